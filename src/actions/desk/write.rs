//! Writing as an invented person: what the form holds at first, and sending what it holds then.

use super::{ActionError, Desk, DeskMail, Result};
use crate::actions::Problem;
use crate::domain::address::NamedAddress;
use crate::mail::compose::{self, OutgoingFile, OutgoingMail};
use crate::mail::incoming::IncomingFile;
use crate::mail::parse::parse_addresses;
use crate::mail::quoting::{self, Original, Program};

/// What a mail is to the one it begins from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    New,
    Reply,
    ReplyAll,
    Forward,
}

/// A mail as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub way: Way,
    /// The id of the mail it begins from; empty for a new one.
    pub answers: String,
    /// Addresses as people write them, with commas or semicolons between.
    pub to: String,
    pub cc: String,
    pub subject: String,
    pub text: String,
}

/// Receivers of one mail.
const MOST_RECEIVERS: usize = 200;
/// In characters.
const LONGEST_TEXT: usize = 200_000;

impl Way {
    pub const ALL: [Self; 4] = [Self::New, Self::Reply, Self::ReplyAll, Self::Forward];

    /// As it stands in addresses and forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reply => "reply",
            Self::ReplyAll => "reply-all",
            Self::Forward => "forward",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }
}

impl Form {
    /// An empty mail to the gateway.
    pub fn new(to: &NamedAddress) -> Self {
        Self {
            way: Way::New,
            answers: String::new(),
            to: written(std::slice::from_ref(to)),
            cc: String::new(),
            subject: String::new(),
            text: String::new(),
        }
    }
}

impl Desk {
    /// What the form holds when somebody begins to answer a mail or to hand it on.
    pub fn form(&self, owner: &NamedAddress, way: Way, mail: &DeskMail) -> Form {
        let original = original(owner, mail);
        let to = match way {
            Way::New => return Form::new(&self.gateway()),
            Way::Forward => vec![self.gateway()],
            Way::Reply | Way::ReplyAll if mail.mail.reply_to.is_empty() => mail.mail.from.clone(),
            Way::Reply | Way::ReplyAll => mail.mail.reply_to.clone(),
        };
        let cc = if way == Way::ReplyAll { others(owner, mail, &to) } else { Vec::new() };
        let (subject, below) = match way {
            Way::Forward => (quoting::forward_subject(&mail.mail.subject), quoting::forward_block(&original)),
            _ => (quoting::reply_subject(&mail.mail.subject), quoting::quotation(Program::Gmail, &original)),
        };
        Form {
            way,
            answers: mail.id.clone(),
            to: written(&to),
            cc: written(&cc),
            subject,
            text: format!("\n\n\n{below}\n"),
        }
    }

    /// Sends a mail: one copy to each receiver.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] with the field that can't be used, [`ActionError::NotFound`] when the mail it begins
    /// from is gone.
    pub async fn send(&self, owner: &NamedAddress, form: &Form) -> Result<()> {
        let to = receivers("to", &form.to)?;
        let cc = receivers("cc", &form.cc)?;
        if to.is_empty() {
            return Err(ActionError::invalid("to", Problem::Empty));
        }
        if to.len() + cc.len() > MOST_RECEIVERS {
            return Err(ActionError::invalid("to", Problem::TooMany { limit: MOST_RECEIVERS }));
        }
        for (field, receiver) in to.iter().map(|r| ("to", r)).chain(cc.iter().map(|r| ("cc", r))) {
            if !self.has_mailbox(&receiver.address) {
                let address = receiver.address.to_string();
                return Err(ActionError::invalid(field, Problem::NobodyThere { address }));
            }
        }
        if form.text.chars().count() > LONGEST_TEXT {
            return Err(ActionError::invalid("text", Problem::TooLong { limit: LONGEST_TEXT }));
        }
        let begun = match (form.way, form.answers.as_str()) {
            (Way::New, _) | (_, "") => None,
            (_, id) => Some(self.mail(owner, id).await?),
        };
        let mut mail = self.outgoing(owner, form, begun.as_ref());
        (mail.to, mail.cc) = (to, cc);
        let raw = compose::compose(&mail).map_err(|e| ActionError::Internal(e.into()))?;
        let mut told: Vec<&NamedAddress> = Vec::new();
        for receiver in mail.to.iter().chain(&mail.cc) {
            if !told.iter().any(|t| t.address == receiver.address) {
                self.deliver(owner, receiver, &raw).await?;
                told.push(receiver);
            }
        }
        Ok(())
    }

    fn outgoing(&self, owner: &NamedAddress, form: &Form, begun: Option<&DeskMail>) -> OutgoingMail {
        // An answer names the mail it answers (RFC 5322 3.6.4); a forwarded mail stays in the thread only.
        let parent: Option<String> = begun.and_then(|b| b.mail.message_id.clone());
        let mut references = begun.map(|b| b.mail.references.clone()).unwrap_or_default();
        references.extend(parent.iter().cloned());
        let in_reply_to = parent.filter(|_| form.way != Way::Forward).into_iter().collect();
        let files = match (form.way, begun) {
            (Way::Forward, Some(begun)) => begun.mail.files.iter().map(kept).collect(),
            _ => Vec::new(),
        };
        OutgoingMail {
            from: owner.clone(),
            to: Vec::new(),
            cc: Vec::new(),
            reply_to: None,
            subject: form.subject.clone(),
            message_id: format!("{}@{}", self.clock.new_id::<Form>(), owner.address.domain()),
            in_reply_to,
            references,
            date: self.clock.now(),
            list: None,
            notify: None,
            auto_submitted: false,
            loop_mark: None,
            chat: false,
            text: form.text.replace("\r\n", "\n"),
            html: None,
            files,
        }
    }
}

/// A mail as an answer to it quotes it.
fn original(owner: &NamedAddress, mail: &DeskMail) -> Original {
    Original {
        // A mail without a sender can only be one's own.
        from: mail.mail.from.first().unwrap_or(owner).clone(),
        to: mail.mail.to.clone(),
        cc: mail.mail.cc.clone(),
        subject: mail.mail.subject.clone(),
        date: mail.at,
        text: mail.text.clone(),
    }
}

/// Everybody else whom a mail went to.
fn others(owner: &NamedAddress, mail: &DeskMail, to: &[NamedAddress]) -> Vec<NamedAddress> {
    let is_told =
        |n: &&NamedAddress| n.address != owner.address && !to.iter().any(|t| t.address == n.address);
    mail.mail.to.iter().chain(&mail.mail.cc).filter(is_told).cloned().collect()
}

fn receivers(field: &'static str, written: &str) -> Result<Vec<NamedAddress>> {
    if written.trim().is_empty() {
        return Ok(Vec::new());
    }
    let found = parse_addresses(written);
    let clean = found.unreadable == 0 && !found.cut && !found.addresses.is_empty();
    if clean { Ok(found.addresses) } else { Err(ActionError::invalid(field, Problem::NotAnAddress)) }
}

/// `"Berg, Anna" <anna@corp.example>, moot@corp.example`.
fn written(all: &[NamedAddress]) -> String {
    let one = |n: &NamedAddress| match &n.name {
        Some(name) if name.contains([',', ';', '"', '<', '(', '@']) => {
            format!("\"{}\" <{}>", name.replace(['"', '\\'], ""), n.address)
        }
        Some(name) => format!("{name} <{}>", n.address),
        None => n.address.to_string(),
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn kept(file: &IncomingFile) -> OutgoingFile {
    OutgoingFile {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        content_id: None,
        inline: false,
        bytes: file.bytes.clone(),
    }
}
