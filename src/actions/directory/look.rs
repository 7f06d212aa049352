//! Looking at a source: what it says now of people. Nothing is changed by it but that pictures are kept, which are nobody's yet.

use super::super::{ActionError, Actions};
use super::{Source, Way};
use super::{look_dav, look_ldap, own_addresses};
use crate::domain::directory::SourceEntry;
use crate::domain::directory_sync::{Hitch, Refused, SyncReport, SyncTrouble, Why};
use crate::domain::people_set::SourceList;
use crate::domain::settings::MailSettings;
use crate::transport::connect::ConnectError;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// Whether these are all, or only what changed.
    pub full: bool,
    pub entries: Vec<SourceEntry>,
    pub lists: Vec<SourceList>,
    /// The lists could not be read: those that are known stay as they are.
    pub lists_missing: bool,
    /// The photos could not be read: those that are known stay as they are.
    pub photos_missing: bool,
    /// Who is surely gone, where only what changed was asked for.
    pub gone: Vec<String>,
    /// Who is surely there, although what is said of them can't be read.
    pub kept: Vec<String>,
    pub refused: SyncReport,
    /// From where on to ask next time; empty if all has to be read again.
    pub position: String,
}

impl Looked {
    /// Without our own mailbox among the people.
    fn of_others(mut self, mail: &MailSettings) -> Self {
        self.entries.retain_mut(|entry| {
            if let Some(Refused { who, why }) = own_addresses::take_out(mail, &mut entry.said.entry) {
                self.refused.refuse(&who, why);
            }
            let is_other = !entry.said.entry.addresses.is_empty();
            if !is_other {
                // In case it had another address before.
                self.gone.push(entry.uid.clone());
            }
            is_other
        });
        self
    }

    pub fn refuse(&mut self, who: &str, why: Why) {
        self.refused.refuse(who, why);
    }
}

/// Looks at a source: for what changed since `position`, or at all of it if that is empty.
///
/// # Errors
/// [`SyncTrouble`] when not all of it was seen.
pub(super) async fn look(actions: &Actions, source: &Source, position: &str) -> Result<Looked, SyncTrouble> {
    let mail = actions.settings.mail.clone();
    let (actions, source, position) = (actions.clone(), source.clone(), position.to_owned());
    // A task of its own: if a library falls over what a server says, the workers go on.
    let looked = tokio::spawn(async move {
        let mut shelf = actions.photo_shelf().await.map_err(|error| unkept(&error))?;
        match &source.way {
            Way::Ldap { account, names, lists } => {
                look_ldap::look((account, names.as_ref(), lists.as_ref()), &position, &mut shelf).await
            }
            Way::Carddav(account) => look_dav::look(account, &position, &mut shelf).await,
        }
    });
    match looked.await {
        Ok(looked) => looked.map(|looked| looked.of_others(&mail)),
        Err(error) => Err(SyncTrouble { hitch: Hitch::Internal, words: error.to_string() }),
    }
}

/// A picture can't be kept: our own database does not answer.
pub(super) fn unkept(error: &ActionError) -> SyncTrouble {
    SyncTrouble { hitch: Hitch::Internal, words: error.to_string() }
}

pub(super) fn of_connection(error: &ConnectError) -> SyncTrouble {
    let (hitch, words) = match error {
        ConnectError::UnknownHost { why, .. } => (Hitch::UnknownHost, why.clone()),
        ConnectError::Unreachable { why, .. } => (Hitch::Unreachable, why.clone()),
        ConnectError::Timeout { .. } => (Hitch::Timeout, String::new()),
        ConnectError::Certificate { why, .. } => (Hitch::Certificate, why.clone()),
        ConnectError::Handshake { why } => (Hitch::Handshake, why.clone()),
        ConnectError::NoStartTls { .. } => (Hitch::NoStartTls, String::new()),
        ConnectError::PlainAbroad { .. } => (Hitch::PlainAbroad, String::new()),
        ConnectError::Greeting { said, .. } => (Hitch::Lost, said.clone()),
        ConnectError::CaFile { path, why } => (Hitch::CaFile, format!("{}: {why}", path.display())),
        ConnectError::Lost { why, .. } => (Hitch::Lost, why.clone()),
    };
    SyncTrouble { hitch, words }
}
