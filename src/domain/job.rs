//! Jobs: what is to be done after a commit.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::{
    AlertId, AskId, DeliveryId, ExportId, GroupId, MailId, MemberId, MessageId, PersonId, ShareReceiverId,
    SubscriptionId,
};
use super::time::Timestamp;

/// What is to be done. Each kind may run twice with the result of once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Find out what a stored mail is, and do it.
    SortMail { mail: MailId },
    /// Hand a composed mail to the submission server.
    SendMail {
        delivery: DeliveryId,
        /// Where it goes, in lower case.
        #[serde(default)]
        domain: String,
    },
    /// Send a new member their personal link, unless a page of theirs is open. `by` is who added them; whoever made the
    /// group if nobody.
    InviteMember {
        member: MemberId,
        #[serde(default)]
        by: Option<PersonId>,
    },
    /// After the hold: find the members who have not seen everything, and bundle for each of them.
    PlanBundles { group: GroupId },
    /// The same again, for those who looked at the group and had not read everything.
    PlanBundlesAgain { group: GroupId },
    /// Find those members alone who want each message as soon as it was said.
    PlanAtOnce { group: GroupId },
    /// Find those members for whom the daily mail is due at a time, or whose quiet hours end then.
    PlanBundlesAt { group: GroupId, at: Timestamp },
    /// Gather what a member has not seen and compose one mail of it.
    BundleMessages { member: MemberId },
    /// Send a reminder to those who have not read a message that asked for receipts.
    RemindUnread { group: GroupId, seq: i64, asked_at: Timestamp },
    /// Tell the author of a mail that asked for receipts who has read it, if it is time for that. `look` counts how often it
    /// was looked at before, from 0.
    TellReaders { group: GroupId, seq: i64, look: usize },
    /// Compose a mail of a message that a member knows, and that mentions them since it was edited.
    MailMention {
        member: MemberId,
        seq: i64,
        /// It has waited for the member's hours.
        #[serde(default)]
        held: bool,
    },
    /// Compose a mail of what a member was asked to do, with what else they have not seen.
    MailTasks { member: MemberId },
    /// Find out whose address somebody typed who wants to sign in, and compose their mail.
    AnswerAsk { ask: AskId },
    /// What somebody said of themselves holds no longer.
    EndStatus { person: PersonId, until: Timestamp },
    /// Put messages older than this one into the index of the search, the newest first; all if `None`.
    IndexMessages { before: Option<MessageId> },
    /// Write a group into a file.
    Export { export: ExportId },
    /// Write all that is known of a person into a file.
    ExportPerson { export: ExportId },
    /// Take out what an erased person wrote, or their name from it.
    EraseContents { person: PersonId },
    /// Compose the mail of a share to one receiver.
    MailShare { receiver: ShareReceiverId, asked_at: Timestamp },
    /// Find out by a mail whether an address works again that mails came back from, if that is still to be done.
    TryAddress { person: PersonId, at: Timestamp },
    /// A trial of which nothing was heard has arrived.
    EndTrial { trial: DeliveryId },
    /// Tell a browser without an open page of a message.
    SendPush(PushJob),
    /// Read a directory and bring the address book up to date. It is asked for again whenever it is done.
    SyncDirectory { source: String },
    /// Put what was said since into the archive. Always there where there is one, and never done.
    Archive,
    /// Find out whether all runs. Always there, and never done: it is put off by a minute each time.
    Watch,
    /// Look until when the servers' certificates hold. Likewise, every few hours.
    LookAtCertificates,
    /// Compose mails to the admins: something is wrong, or is not any more.
    TellAdmins { alert: AlertId, ended: bool },
    /// Tell another program the same.
    CallWebhook { alert: AlertId, ended: bool },
}

/// A notice of one message for one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushJob {
    pub subscription: SubscriptionId,
    pub group: GroupId,
    pub seq: i64,
    /// Whether the message names the browser's owner.
    pub mentioned: bool,
    /// Whether it does so since it was edited: that they have read it says nothing then.
    #[serde(default)]
    pub edited: bool,
}

impl Job {
    /// The receiving domain of a mail to be sent; empty for other jobs.
    pub fn domain(&self) -> &str {
        match self {
            Self::SendMail { domain, .. } => domain,
            _ => "",
        }
    }

    /// Two waiting jobs with the same key are one job.
    pub fn key(&self) -> String {
        match self {
            Self::SortMail { mail } => format!("sort-mail:{mail}"),
            Self::SendMail { delivery, .. } => format!("send-mail:{delivery}"),
            Self::InviteMember { member, .. } => format!("invite-member:{member}"),
            Self::PlanBundles { group } => format!("plan-bundles:{group}"),
            Self::PlanBundlesAgain { group } => format!("plan-bundles:again:{group}"),
            Self::PlanAtOnce { group } => format!("plan-bundles:at-once:{group}"),
            Self::PlanBundlesAt { group, at } => format!("plan-bundles:at:{group}:{}", at.millis()),
            Self::BundleMessages { member } => format!("bundle-messages:{member}"),
            Self::RemindUnread { group, seq, .. } => format!("remind-unread:{group}:{seq}"),
            Self::TellReaders { group, seq, look } => format!("tell-readers:{group}:{seq}:{look}"),
            Self::MailMention { member, seq, held } => {
                format!("bundle-messages:mention:{member}:{seq}{}", if *held { ":held" } else { "" })
            }
            Self::MailTasks { member } => format!("bundle-messages:tasks:{member}"),
            Self::AnswerAsk { ask } => format!("answer-ask:{ask}"),
            Self::EndStatus { person, until } => format!("end-status:{person}:{}", until.millis()),
            Self::IndexMessages { before } => {
                format!("index-messages:{}", before.map(|id| id.to_string()).unwrap_or_default())
            }
            Self::Export { export } => format!("export:{export}"),
            Self::ExportPerson { export } => format!("export-person:{export}"),
            Self::EraseContents { person } => format!("erase-contents:{person}"),
            Self::SyncDirectory { source } => format!("sync-directory:{source}"),
            Self::MailShare { receiver, .. } => format!("mail-share:{receiver}"),
            Self::TryAddress { person, at } => format!("try-address:{person}:{}", at.millis()),
            Self::EndTrial { trial } => format!("end-trial:{trial}"),
            Self::SendPush(PushJob { subscription, group, seq, edited, .. }) => {
                format!("send-push:{subscription}:{group}:{seq}{}", if *edited { ":edited" } else { "" })
            }
            Self::Archive => "archive".to_owned(),
            Self::Watch => "watch".to_owned(),
            Self::LookAtCertificates => "look-at-certificates".to_owned(),
            Self::TellAdmins { alert, ended } => format!("tell-admins:{alert}:{ended}"),
            Self::CallWebhook { alert, ended } => format!("call-webhook:{alert}:{ended}"),
        }
    }
}

/// How long to wait before try number `tries` + 1: 10 s, doubled each time, an hour at most.
pub fn back_off(tries: u32) -> Duration {
    Duration::from_secs(10u64.saturating_mul(1 << tries.min(9)).min(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_to_an_hour() {
        let waits: Vec<u64> = [0, 1, 2, 8, 9, 200].map(|n| back_off(n).as_secs()).to_vec();
        assert_eq!(waits, [10, 20, 40, 2560, 3600, 3600]);
    }
}
