//! What was done with content that leaves a group, in words.

use crate::domain::audit::{Deed, Whence};
use crate::domain::identity::Right;
use crate::texts::Texts;

/// What was done, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedWords {
    pub what: String,
    /// Empty where nothing is to be added.
    pub detail: String,
}

/// In the reader's language, without names and titles.
pub fn words(t: Texts, deed: &Deed) -> DeedWords {
    let detail = match deed {
        Deed::SharePublished { version, items, outside, .. } => {
            let key = if *outside { "audit-published-outside" } else { "audit-published-inside" };
            t.with(key, &[("version", *version), ("n", *items)]).into_owned()
        }
        Deed::ShareOpened { outside, password, .. } => {
            let key = match (outside, password) {
                (false, _) => "audit-access-members",
                (true, false) => "audit-access-link",
                (true, true) => "audit-access-password",
            };
            t.get(key).into_owned()
        }
        Deed::ShareViewed { version, .. } => t.with("audit-version", &[("version", *version)]).into_owned(),
        Deed::ShareMailed { version, receivers, .. } => {
            t.with("audit-mailed", &[("version", *version), ("n", *receivers)]).into_owned()
        }
        Deed::ShareDownloaded { what, .. } => what.clone(),
        Deed::MessageMoved { seq, .. } => t.with("audit-message", &[("n", *seq)]).into_owned(),
        Deed::RightGiven { right, name, .. } | Deed::RightWithdrawn { right, name, .. } => {
            let key = match right {
                Right::Admin => "audit-right-admin",
                Right::Auditor => "audit-right-auditor",
            };
            t.with(key, &[("name", name.as_str())]).into_owned()
        }
        Deed::IdentitiesForgotten { name, .. } => name.clone(),
        Deed::PeopleImported { added, changed } => {
            t.with("audit-people-counts", &[("added", *added), ("changed", *changed)]).into_owned()
        }
        Deed::SettingsChanged { names } => names.join(", "),
        Deed::OriginalSaved { mail, delivery } => {
            let id = mail.map(|id| id.to_string()).or_else(|| delivery.map(|id| id.to_string()));
            id.unwrap_or_default()
        }
        Deed::MailReleased { mail } => mail.to_string(),
        Deed::MailsRunAgain { mails } => count(t, mails.len()),
        Deed::MailsRetried { deliveries } => count(t, deliveries.len()),
        Deed::MailsDropped { mails, deliveries } => count(t, mails.len() + deliveries.len()),
        Deed::PersonExported { of } | Deed::PersonExportDownloaded { of } => of.to_string(),
        Deed::PersonErased { of, texts } => {
            let key = if *texts { "audit-erased-texts" } else { "audit-erased-name" };
            t.with(key, &[("id", of.to_string())]).into_owned()
        }
        Deed::HoldSet { why } | Deed::HoldLifted { why } | Deed::MaintenanceBegun { why, .. } => why.clone(),
        Deed::RetentionSet { days: Some(days) } => t.with("keep-days", &[("n", *days)]).into_owned(),
        Deed::RetentionSet { days: None } => t.get("keep-as-house").into_owned(),
        Deed::MessagesExpired { messages } => t.with("export-messages", &[("n", *messages)]).into_owned(),
        // Its words say all.
        Deed::ShareRecalled { .. }
        | Deed::GroupExported { .. }
        | Deed::ExportDownloaded { .. }
        | Deed::AuditDownloaded
        | Deed::AddressReadmitted
        | Deed::MaintenanceEnded
        | Deed::OutsideSharing { .. } => String::new(),
    };
    DeedWords { what: t.get(&key_of(deed)).into_owned(), detail }
}

fn count(t: Texts, mails: usize) -> String {
    t.with("audit-mails-n", &[("n", mails)]).into_owned()
}

/// The key of the words for a deed: by its kind, as the database has it.
fn key_of(deed: &Deed) -> String {
    if let Deed::OutsideSharing { allowed } = deed {
        return format!("audit-outside-{}", if *allowed { "allowed" } else { "forbidden" });
    }
    if let Deed::MessageMoved { back: true, .. } = deed {
        return "audit-message-moved-back".to_owned();
    }
    let kind = serde_json::to_value(deed).ok().and_then(|json| Some(json.get("what")?.as_str()?.to_owned()));
    format!("audit-{}", kind.unwrap_or_default().replace('_', "-"))
}

/// From where something was done.
pub fn whence(t: Texts, whence: &Whence) -> String {
    match whence {
        Whence::House => String::new(),
        Whence::Network(address) => address.to_string(),
        Whence::CommandLine => t.get("audit-from-command-line").into_owned(),
        Whence::Mail(host) => t.with("audit-from-mail", &[("host", host.as_str())]).into_owned(),
    }
}
