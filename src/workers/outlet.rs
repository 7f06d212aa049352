//! Where mails go: to a submission server, or into local folders.

use std::sync::Arc;

use crate::actions::outbox::MailToSend;
use crate::transport::local::LocalMail;
use crate::transport::smtp::{Envelope, Reports, Submitter};

/// Cheap to clone.
#[derive(Clone, Debug)]
pub enum Outlet {
    Smtp(Arc<Submitter>),
    Local(LocalMail),
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
    },
}

impl Outlet {
    /// Hands over one mail to one receiver.
    pub(super) async fn send(&self, mail: &MailToSend) -> Handed {
        match self {
            Self::Smtp(submitter) => {
                let envelope_id = mail.delivery.id.to_string();
                let envelope = Envelope {
                    from: Some(&mail.return_path),
                    to: &mail.delivery.address,
                    reports: Some(Reports { envelope_id: &envelope_id, success: mail.wants_report }),
                };
                match submitter.send(envelope, &mail.raw).await {
                    Ok(accepted) => Handed::Over { reply: accepted.reply.to_string() },
                    Err(e) if e.is_permanent() => Handed::Refused { reply: e.to_string() },
                    Err(e) => Handed::NotNow { reply: e.to_string() },
                }
            }
            Self::Local(folder) => match folder.send(&mail.delivery.address, &mail.raw).await {
                Ok(()) => Handed::Over { reply: "250 OK".to_owned() },
                Err(e) => Handed::NotNow { reply: e.to_string() },
            },
        }
    }
}
