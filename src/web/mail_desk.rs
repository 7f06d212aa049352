//! The demo's Mail desk: the mailbox of every invented person, so that one person can try the whole round trip.
//! Not there outside of the demo.

use askama::Template;
use askama_web::WebTemplate;

use super::face::Face;
use super::filters;
use super::view::View;
use crate::domain::time::Timestamp;

pub use crate::actions::desk::Desk;

/// Everybody's mailbox.
#[derive(Template, WebTemplate)]
#[template(path = "mail_desk/people.html")]
pub struct DeskPage {
    pub view: View,
    pub gateway: String,
    pub people: Vec<DeskPerson>,
}

/// One invented person.
#[derive(Clone, Debug)]
pub struct DeskPerson {
    pub face: Face,
    pub address: String,
    pub mails: usize,
}

/// One person's mailbox, perhaps with a mail open and a form to answer it.
#[derive(Template, WebTemplate)]
#[template(path = "mail_desk/mailbox.html")]
pub struct MailboxPage {
    pub view: View,
    pub owner: Face,
    pub address: String,
    pub mails: Vec<DeskMail>,
    pub open: Option<Letter>,
    pub form: Option<WriteForm>,
    pub sent: bool,
    pub problem: Option<String>,
}

/// One line of a mailbox.
#[derive(Clone, Debug)]
pub struct DeskMail {
    pub id: String,
    pub from: String,
    pub subject: String,
    pub at: Timestamp,
    pub is_open: bool,
}

/// A mail as it is read.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: String,
    pub subject: String,
    pub from: String,
    pub to: String,
    pub cc: String,
    pub at: Timestamp,
    pub text: String,
    pub has_html: bool,
    /// Names of the files in it.
    pub files: String,
}

/// A mail as it is written.
#[derive(Clone, Debug, Default)]
pub struct WriteForm {
    /// The mail it answers or hands on.
    pub answers: String,
    /// `new`, `reply`, `reply-all` or `forward`.
    pub kind: String,
    pub to: String,
    pub cc: String,
    pub subject: String,
    pub text: String,
}
