//! The demo's mailboxes: reading them, and writing from them as a mail program would. What is written goes the way of
//! a real mail: into the folders of its receivers, and into the gateway's own.

mod write;

use std::io;
use std::sync::Arc;

pub use write::{Form, Way};

use super::{ActionError, Result};
use crate::clock::Clock;
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::settings::MailSettings;
use crate::domain::time::Timestamp;
use crate::files::data_url;
use crate::mail::incoming::IncomingMail;
use crate::mail::parse;
use crate::transport::local::LocalMail;
use crate::transport::maildir::Maildir;

/// The invented people and their mailboxes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    local: LocalMail,
    gateway: Maildir,
    people: Arc<[NamedAddress]>,
    mail: MailSettings,
    clock: Clock,
}

/// Somebody's mailbox in the list of all.
#[derive(Clone, Debug)]
pub struct Mailbox {
    pub owner: NamedAddress,
    pub mails: usize,
}

/// A line of somebody's mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskLine {
    /// Stands in the address of the mail's page.
    pub id: String,
    pub at: Timestamp,
    pub from: String,
    pub subject: String,
}

/// A mail in somebody's mailbox.
#[derive(Clone, Debug)]
pub struct DeskMail {
    pub id: String,
    pub at: Timestamp,
    pub mail: IncomingMail,
    /// As it was written, quotation and signature included.
    pub text: String,
    /// As it was written, with its pictures: hostile, for a page of its own without any rights.
    pub html: Option<String>,
}

impl Desk {
    pub fn new(
        local: LocalMail,
        gateway: Maildir,
        people: Vec<NamedAddress>,
        mail: MailSettings,
        clock: Clock,
    ) -> Self {
        Self { local, gateway, people: people.into(), mail, clock }
    }

    /// The same mailboxes at another time: for mails that came earlier.
    pub fn at(&self, local: LocalMail, clock: Clock) -> Self {
        Self { local, clock, ..self.clone() }
    }

    /// The address that mails are forwarded to.
    pub fn gateway(&self) -> NamedAddress {
        NamedAddress { name: Some(self.mail.name.clone()), address: self.mail.gateway.address.clone() }
    }

    /// Every mailbox.
    ///
    /// # Errors
    /// [`ActionError::Internal`] when the disk fails.
    pub async fn mailboxes(&self) -> Result<Vec<Mailbox>> {
        let mut found = Vec::with_capacity(self.people.len());
        for owner in self.people.iter() {
            let mails = self.local.count(&owner.address).await.map_err(disk)?;
            found.push(Mailbox { owner: owner.clone(), mails });
        }
        Ok(found)
    }

    /// The invented person with an address.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when nobody has it.
    pub fn owner(&self, address: &str) -> Result<&NamedAddress> {
        let wanted = address.parse().map_err(|_| ActionError::NotFound)?;
        self.people.iter().find(|p| p.address == wanted).ok_or(ActionError::NotFound)
    }

    /// Whether a mail to this address would arrive anywhere: at an invented person, or at the gateway.
    fn has_mailbox(&self, address: &EmailAddress) -> bool {
        self.mail.owns(address) || self.people.iter().any(|p| p.address == *address)
    }

    /// The mails of somebody, newest first.
    ///
    /// # Errors
    /// [`ActionError::Internal`] when the disk fails.
    pub async fn mails(&self, owner: &NamedAddress) -> Result<Vec<DeskLine>> {
        let items = self.local.list(&owner.address).await.map_err(disk)?;
        let read = move || items.into_iter().filter_map(|i| line_of(i.name, &i.raw)).collect();
        tokio::task::spawn_blocking(read).await.map_err(|e| ActionError::Internal(e.into()))
    }

    /// One mail of somebody's.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not there.
    pub async fn mail(&self, owner: &NamedAddress, id: &str) -> Result<DeskMail> {
        let raw = self.local.read(&owner.address, id).await.map_err(disk)?.ok_or(ActionError::NotFound)?;
        let id = id.to_owned();
        let read = tokio::task::spawn_blocking(move || understood(id, &raw));
        read.await.map_err(|e| ActionError::Internal(e.into()))?.ok_or(ActionError::NotFound)
    }

    /// Puts a composed mail into the mailbox of somebody, or into the gateway's, with the lines that a server adds in
    /// front (RFC 5321 4.4).
    pub(super) async fn deliver(&self, from: &NamedAddress, to: &NamedAddress, raw: &[u8]) -> Result<()> {
        let mut stamped =
            format!("Return-Path: <{}>\r\nDelivered-To: {}\r\n", from.address, to.address).into_bytes();
        stamped.extend_from_slice(raw);
        if self.mail.owns(&to.address) {
            self.gateway.deliver(&stamped).await.map_err(disk)?;
            return Ok(());
        }
        self.local.send(&to.address, &stamped).await.map_err(disk)
    }
}

/// Its header is enough, and quickly read.
fn line_of(id: String, raw: &[u8]) -> Option<DeskLine> {
    let end = raw.windows(4).position(|w| w == b"\r\n\r\n").map_or(raw.len(), |at| at + 4);
    let mail = parse::parse(&raw[..end]).ok()?;
    let from = mail.from.first().map_or("", NamedAddress::display_name).to_owned();
    Some(DeskLine { id, at: mail.date.unwrap_or_default(), from, subject: mail.subject })
}

fn understood(id: String, raw: &[u8]) -> Option<DeskMail> {
    let mail = parse::parse(raw).ok()?;
    let texts = parse::texts_of(raw).ok()?;
    let html = Some(texts.html).filter(|html| !html.trim().is_empty());
    Some(DeskMail {
        id,
        at: mail.date.unwrap_or_default(),
        text: texts.plain,
        html: html.map(|html| with_pictures(html, &mail)),
        mail,
    })
}

/// The pictures that came beside the words stand in them (RFC 2392), as in any mail program.
fn with_pictures(html: String, mail: &IncomingMail) -> String {
    let pictures = mail.files.iter().filter(|file| file.media_type.starts_with("image/"));
    pictures.fold(html, |html, file| match &file.content_id {
        Some(id) => html.replace(&format!("cid:{id}"), &data_url(&file.media_type, &file.bytes)),
        None => html,
    })
}

fn disk(error: io::Error) -> ActionError {
    ActionError::Internal(error.into())
}
