//! Where mails go: to a submission server, or into local folders.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::turns::Reached;
use crate::actions::outbox::MailToSend;
use crate::transport::local::LocalMail;
use crate::transport::smtp::{Envelope, Reports, SmtpError, Stage, Submitter};

/// Cheap to clone.
#[derive(Clone, Debug)]
pub enum Outlet {
    Smtp(Submitters),
    Local(LocalMail),
}

/// The submission servers: the house's own, and those of branches by their names. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Submitters {
    own: Arc<Submitter>,
    branches: Arc<BTreeMap<String, Submitter>>,
}

impl Submitters {
    pub fn new(own: Submitter, branches: BTreeMap<String, Submitter>) -> Self {
        Self { own: Arc::new(own), branches: Arc::new(branches) }
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Submitter> {
        std::iter::once(&*self.own).chain(self.branches.values())
    }

    fn of(&self, branch: Option<&str>) -> &Submitter {
        branch.and_then(|name| self.branches.get(name)).unwrap_or(&self.own)
    }
}

/// How handing over a mail ended, with the server's words.
#[derive(Debug)]
pub(super) enum Handed {
    Over {
        reply: String,
    },
    Refused {
        reply: String,
    },
    /// Try again.
    NotNow {
        reply: String,
        reached: Reached,
    },
}

impl Handed {
    /// What the submission server, or nobody, says when it can't be used at all.
    pub(super) fn server_is_away(&self) -> Option<String> {
        match self {
            Self::NotNow { reply, reached: Reached::Nobody } => Some(reply.clone()),
            _ => None,
        }
    }

    /// How far it came.
    pub(super) fn reached(&self) -> Reached {
        match self {
            Self::Over { .. } | Self::Refused { .. } => Reached::Receiver,
            Self::NotNow { reached, .. } => *reached,
        }
    }
}

/// How far a mail came that was not taken now. What the server says of the receiver's domain is told by its status: its
/// servers are not found or do not answer (RFC 3463 3.2, 3.5).
fn reached(error: &SmtpError) -> Reached {
    match error {
        SmtpError::Refused { stage: Stage::Sender, .. } => Reached::Nobody,
        SmtpError::Refused { reply, .. } if reply.code == 421 || reply.wants_login() => Reached::Nobody,
        SmtpError::Refused { reply, .. } => match reply.enhanced.as_deref() {
            Some("4.1.2") => Reached::Server,
            Some(status) if status.starts_with("4.4.") => Reached::Server,
            Some(status) if status.starts_with("4.3.") => Reached::Nobody,
            _ => Reached::Receiver,
        },
        // It was asked about this receiver or this mail, and said nothing, or hung up: the next mail finds out whether it
        // does so to everybody.
        SmtpError::Silent | SmtpError::Lost { .. } => Reached::Server,
        _ => Reached::Nobody,
    }
}

impl Outlet {
    /// One submission server for all mails.
    pub fn smtp(submitter: Submitter) -> Self {
        Self::Smtp(Submitters::new(submitter, BTreeMap::new()))
    }

    /// How long a submission server is not asked, since it refused our login.
    pub(super) fn shut_for(&self, branch: Option<&str>) -> Option<Duration> {
        match self {
            Self::Smtp(submitters) => submitters.of(branch).server().shut_for(),
            Self::Local(_) => None,
        }
    }

    /// An admin says that it takes our login again.
    pub(super) fn open_gate(&self, branch: Option<&str>) {
        if let Self::Smtp(submitters) = self {
            submitters.of(branch).server().open_gate();
        }
    }

    /// Hands over one mail to one receiver.
    pub(super) async fn send(&self, mail: &MailToSend) -> Handed {
        match self {
            Self::Smtp(submitters) => {
                let submitter = submitters.of(mail.branch.as_deref());
                let envelope_id = mail.delivery.id.to_string();
                let from = mail.return_path.as_ref();
                let reports = Reports { envelope_id: &envelope_id, success: mail.wants_report };
                let envelope = Envelope { from, to: &mail.delivery.address, reports: from.map(|_| reports) };
                match submitter.send(envelope, &mail.raw).await {
                    Ok(accepted) => Handed::Over { reply: accepted.reply.to_string() },
                    Err(e) if e.is_permanent() => Handed::Refused { reply: e.to_string() },
                    Err(e) => {
                        Handed::NotNow { reached: reached(&e), reply: submitter.server().told(e.to_string()) }
                    }
                }
            }
            Self::Local(folder) => match folder.send(&mail.delivery.address, &mail.raw).await {
                Ok(()) => Handed::Over { reply: "250 OK".to_owned() },
                Err(e) => Handed::NotNow { reply: e.to_string(), reached: Reached::Nobody },
            },
        }
    }
}
