//! What mailmoot understands of one mail that came in.

use crate::domain::address::{EmailAddress, NamedAddress};
pub use crate::domain::bounce::FailureClass;
use crate::domain::file::FileName;
use crate::domain::mail_notes::MailNotes;
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;
use crate::mail::authentic::TraceLine;
use crate::mail::calendar::InvitationAnswer;
use crate::mail::chat::Chat;
use crate::mail::rich::Rich;

/// The value of a Message-ID header (RFC 5322 3.6.4) without its angle brackets.
pub type InternetMessageId = String;

/// One RFC 5322 message, understood as far as it can be.
#[derive(Clone, Debug, Default)]
pub struct IncomingMail {
    pub message_id: Option<InternetMessageId>,
    /// Several ids can stand there.
    pub in_reply_to: Vec<InternetMessageId>,
    /// Oldest first, as written.
    pub references: Vec<InternetMessageId>,
    /// The Date header; `None` if missing or unreadable.
    pub date: Option<Timestamp>,
    /// Decoded, on one line.
    pub subject: String,
    /// RFC 5256 2.1, and the marks of more languages.
    pub base_subject: String,
    pub from: Vec<NamedAddress>,
    pub to: Vec<NamedAddress>,
    pub cc: Vec<NamedAddress>,
    pub reply_to: Vec<NamedAddress>,
    /// Where its sender wants to hear that it was shown (RFC 8098 2.1).
    pub receipt_to: Vec<NamedAddress>,
    /// Where it was really delivered: Delivered-To, X-Original-To, Envelope-To, X-Forwarded-To.
    pub delivered_to: Vec<EmailAddress>,
    /// What servers on the way put above it, the topmost first.
    pub trace: Vec<TraceLine>,
    /// The marks of our own loop header (`X-Mailmoot-Loop`), as written.
    pub loop_marks: Vec<String>,
    pub automatic: Option<Automatic>,
    pub report: Option<Report>,
    pub text: ReplyText,
    /// The mail inside, if this one hands another one on (inline, or attached as `message/rfc822`).
    pub forwarded: Option<Forwarded>,
    /// Sanitised; empty if the mail has no HTML part.
    pub html: SafeHtml,
    /// What was typed, where its form says something.
    pub rich: Option<Rich>,
    /// What it is besides: signed, encrypted, an invitation.
    pub notes: MailNotes,
    /// What its sender answers to an invitation, for themselves.
    pub invitation_answer: Option<InvitationAnswer>,
    /// What only messengers write.
    pub chat: Chat,
    pub files: Vec<IncomingFile>,
    /// The Content-IDs of pictures that stand in the quotation or the signature only.
    pub hidden_pictures: Vec<String>,
    pub problems: Vec<Problem>,
}

impl IncomingMail {
    /// The mail inside, if this one surely hands it on: attached, or with a subject or a separator that says so. An
    /// Outlook answer carries the same lines above the mail it answers.
    pub fn handed_on(&self) -> Option<&Forwarded> {
        self.forwarded.as_ref().filter(|inner| inner.marked || inner.attached.is_some())
    }
}

/// What the author typed, apart from what the program put around it. Nothing is lost: the three together are the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyText {
    pub new_text: String,
    pub quotation: String,
    pub signature: String,
}

/// A mail that no person wrote, and the sign that says so, such as `Auto-Submitted: auto-replied` (RFC 3834 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Automatic {
    pub why: String,
}

/// The mail inside a forwarded one.
#[derive(Clone, Debug, Default)]
pub struct Forwarded {
    pub from: Option<NamedAddress>,
    pub to: Vec<NamedAddress>,
    pub cc: Vec<NamedAddress>,
    pub subject: String,
    pub text: String,
    /// The mail says that it hands the inner one on, by its subject or a separator. Otherwise it may as well be an
    /// answer above the mail it answers, as Outlook writes it.
    pub marked: bool,
    /// The whole inner mail, when it came as an attachment.
    pub attached: Option<Box<IncomingMail>>,
}

/// A part that is a file, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingFile {
    pub name: FileName,
    /// As the mail says it, in lower case, such as `image/png`.
    pub media_type: String,
    /// Without angle brackets; the HTML names it by `cid:` (RFC 2392).
    pub content_id: Option<String>,
    pub inline: bool,
    pub bytes: Vec<u8>,
}

/// Something odd that did not stop the parsing, in words for an admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(pub String);

/// What a mail server or a mail program reports about one of our mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    Delivery(DeliveryReport),
    Disposition(DispositionReport),
}

/// A delivery status notification (RFC 3464), or a bounce in a server's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    pub original_message_id: Option<InternetMessageId>,
    /// Original-Envelope-Id (RFC 3464 2.2.1).
    pub envelope_id: Option<String>,
    /// Who reports: the name in Reporting-MTA (RFC 3464 2.2.2).
    pub reporter: Option<String>,
    pub recipients: Vec<RecipientReport>,
}

/// What became of one recipient (RFC 3464 2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientReport {
    pub final_recipient: String,
    pub original_recipient: Option<String>,
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
    pub action: String,
    /// RFC 3463, such as `5.1.1`.
    pub status: Option<String>,
    pub class: FailureClass,
    pub diagnostic: Option<String>,
}

/// A message disposition notification (RFC 8098).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DispositionReport {
    pub original_message_id: Option<InternetMessageId>,
    pub final_recipient: Option<String>,
    /// `displayed`, `deleted`, `dispatched` or `processed`.
    pub disposition: String,
    /// `manual-action/MDN-sent-manually` and the like.
    pub mode: String,
}
