//! What the Mail desk shows.

use askama::Template;
use askama_web::WebTemplate;
use serde::Deserialize;

use crate::actions::desk::{DeskLine, DeskMail, Form, Way};
use crate::domain::address::NamedAddress;
use crate::domain::time::Timestamp;
use crate::web::face::Face;
use crate::web::filters;
use crate::web::view::View;

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
    pub mails: Vec<DeskRow>,
    pub open: Option<Letter>,
    pub form: Option<WriteForm>,
    pub sent: bool,
    pub problem: Option<String>,
}

/// One line of a mailbox.
#[derive(Clone, Debug)]
pub struct DeskRow {
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
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
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

impl DeskRow {
    pub(super) fn of(line: &DeskLine, is_open: bool) -> Self {
        Self {
            id: line.id.clone(),
            from: line.from.clone(),
            subject: line.subject.clone(),
            at: line.at,
            is_open,
        }
    }
}

impl Letter {
    pub(super) fn of(found: &DeskMail) -> Self {
        let mail = &found.mail;
        Self {
            id: found.id.clone(),
            subject: mail.subject.clone(),
            from: in_a_row(&mail.from),
            to: in_a_row(&mail.to),
            cc: in_a_row(&mail.cc),
            at: found.at,
            text: found.text.clone(),
            has_html: found.html.is_some(),
            files: mail.files.iter().map(|file| file.name.to_string()).collect::<Vec<_>>().join(", "),
        }
    }
}

impl From<Form> for WriteForm {
    fn from(form: Form) -> Self {
        let Form { way, answers, to, cc, subject, text } = form;
        Self { kind: way.name().to_owned(), answers, to, cc, subject, text }
    }
}

impl From<WriteForm> for Form {
    fn from(form: WriteForm) -> Self {
        let WriteForm { answers, kind, to, cc, subject, text } = form;
        Self { way: Way::from_name(&kind).unwrap_or(Way::New), answers, to, cc, subject, text }
    }
}

/// `Anna Berg <anna@corp.example>, moot@corp.example`
fn in_a_row(addresses: &[NamedAddress]) -> String {
    let written = addresses.iter().map(|a| match &a.name {
        Some(name) => format!("{name} <{}>", a.address),
        None => a.address.to_string(),
    });
    written.collect::<Vec<_>>().join(", ")
}
