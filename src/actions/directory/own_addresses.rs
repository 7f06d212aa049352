//! Many address books have an entry for mailmoot's own mailbox. It is nobody who takes part.

use crate::domain::directory_sync::{Refused, Why};
use crate::domain::person::Entry;
use crate::domain::settings::MailSettings;

/// Takes our own addresses out of what a source says of somebody, and tells of them. Without another address it was our mailbox.
pub fn take_out(mail: &MailSettings, entry: &mut Entry) -> Option<Refused> {
    let own = entry.addresses.iter().find(|address| mail.owns(address))?.to_string();
    entry.addresses.retain(|address| !mail.owns(address));
    Some(Refused { who: entry.full_name.clone(), why: Why::OwnAddress { value: own } })
}
