//! The ledger: what became of every mail, and why.

use askama::Template;
use askama_web::WebTemplate;

use crate::domain::ids::MailId;
use crate::domain::ledger::{Delivery, DeliveryState, MailEntry, Outcome};
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::filters;
use crate::web::view::View;

/// One page of the ledger: mails that came in, or that go out.
#[derive(Template, WebTemplate)]
#[template(path = "admin/ledger.html")]
pub struct LedgerPage {
    pub view: View,
    pub incoming: bool,
    pub rows: Vec<LedgerRow>,
    /// The URL of the next ones.
    pub next: Option<String>,
}

/// One mail.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    pub at: Timestamp,
    pub outcome: String,
    /// The colour of the outcome: good, warn, bad or none.
    pub tone: &'static str,
    pub why: String,
    /// The Message-ID of a mail in, the number of tries of a mail out.
    pub detail: String,
    /// Set for a mail that can be run again.
    pub run_again: Option<MailId>,
}

impl LedgerRow {
    /// A mail that came in.
    pub fn incoming(t: Texts, entry: &MailEntry) -> Self {
        let (outcome, tone, why) = match &entry.outcome {
            Outcome::Waiting => ("outcome-waiting", "", String::new()),
            Outcome::Message { .. } => ("outcome-message", "good", String::new()),
            Outcome::Draft { .. } => ("outcome-draft", "good", String::new()),
            Outcome::ThreadOnly { .. } => ("outcome-thread", "", String::new()),
            Outcome::Ignored { why } => ("outcome-ignored", "warn", t.get(why.text_key()).into_owned()),
            Outcome::Quarantined { why } => ("outcome-quarantined", "bad", why.clone()),
        };
        let again = matches!(entry.outcome, Outcome::Quarantined { .. });
        Self {
            at: entry.received_at,
            outcome: t.get(outcome).into_owned(),
            tone,
            why,
            detail: entry.message_id.clone(),
            run_again: again.then_some(entry.id),
        }
    }

    /// A mail that goes out.
    pub fn outgoing(t: Texts, delivery: &Delivery) -> Self {
        let (outcome, tone) = match delivery.state {
            DeliveryState::Waiting => ("delivery-waiting", if delivery.attempts > 0 { "warn" } else { "" }),
            DeliveryState::Sent => ("delivery-sent", "good"),
            DeliveryState::Failed => ("delivery-failed", "bad"),
        };
        Self {
            at: delivery.updated_at,
            outcome: t.get(outcome).into_owned(),
            tone,
            why: delivery.last_reply.clone(),
            detail: delivery.attempts.to_string(),
            run_again: None,
        }
    }
}
