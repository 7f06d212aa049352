//! A line of the ledger in words.

use uuid::Uuid;

use crate::domain::ids::{GroupId, MailId};
use crate::domain::ledger::{Delivery, DeliveryState, MailEntry, Outcome};
use crate::domain::ledger_query::LedgerPlace;
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// One mail.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    pub id: Uuid,
    pub at: Timestamp,
    /// The mail's own page.
    pub url: String,
    pub outcome: String,
    /// The colour of the outcome: good, warn, bad or none.
    pub tone: &'static str,
    pub why: String,
    /// The subject of a mail in, the number of tries of a mail out.
    pub detail: String,
    /// Who sent a mail in, or gets a mail out.
    pub address: String,
    pub message_id: String,
    pub group: Option<GroupId>,
    /// Of the group.
    pub topic: String,
    /// Set for a mail that can be run again.
    pub run_again: Option<MailId>,
    /// Whether an admin can do anything with it.
    pub can_be_chosen: bool,
}

/// How a mail was found to belong where it went, and whether its From is true; empty if nothing is known of it.
pub fn way_words(t: Texts, mail: &MailEntry) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(mail.routed.way.map(|way| t.get(way.text_key()).into_owned()));
    if mail.routed.also_groups > 0 {
        words.push(t.with("way-also", &[("n", mail.routed.also_groups)]).into_owned());
    }
    if let Some(proof) = &mail.proof {
        words.push(t.with(proof.verdict.text_key(), &[("words", proof.words.as_str())]).into_owned());
    }
    words.join(" · ")
}

fn joined(words: [String; 2]) -> String {
    words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What became of a mail in: its words, its colour, and why.
pub fn outcome_words(t: Texts, entry: &MailEntry, outcome: &Outcome) -> (String, &'static str, String) {
    let (key, tone, why) = match outcome {
        Outcome::Waiting => ("outcome-waiting", "", String::new()),
        Outcome::Message { .. } => ("outcome-message", "good", way_words(t, entry)),
        Outcome::Moved { name, .. } => {
            let by = t.with("ledger-moved-by", &[("name", name.as_str())]).into_owned();
            ("outcome-moved", "good", joined([by, way_words(t, entry)]))
        }
        Outcome::Draft { .. } => ("outcome-draft", "good", way_words(t, entry)),
        Outcome::ShareAnswer { .. } => ("outcome-share-answer", "good", String::new()),
        Outcome::Command { .. } => ("outcome-command", "good", String::new()),
        Outcome::Claim { accepted: true } => ("outcome-claimed", "good", String::new()),
        Outcome::Claim { accepted: false } => ("outcome-denied", "good", String::new()),
        Outcome::Away { .. } => ("outcome-away", "good", String::new()),
        Outcome::ThreadOnly { .. } => ("outcome-thread", "", String::new()),
        Outcome::Ignored { why } => ("outcome-ignored", "warn", t.get(why.text_key()).into_owned()),
        Outcome::Quarantined { why } => ("outcome-quarantined", "bad", why.clone()),
        Outcome::Unfetched { place, why, again } => {
            let words = [("place", place.to_string()), ("words", why.clone())];
            match again {
                true => ("outcome-waiting", "warn", t.with("ledger-unfetched-again", &words).into_owned()),
                false => ("outcome-quarantined", "bad", t.with("ledger-unfetched", &words).into_owned()),
            }
        }
        Outcome::Dropped { name, was, .. } => {
            let by = t.with("ledger-dropped-by", &[("name", name.as_str())]).into_owned();
            let (before, _, why) = outcome_words(t, entry, was);
            ("outcome-dropped", "", joined([by, joined([before, why])]))
        }
    };
    (t.get(key).into_owned(), tone, why)
}

/// What became of a mail out: its words and its colour.
pub fn state_words(t: Texts, delivery: &Delivery) -> (String, &'static str) {
    let (key, tone) = match delivery.state {
        DeliveryState::Waiting => ("delivery-waiting", if delivery.attempts > 0 { "warn" } else { "" }),
        DeliveryState::Sent => ("delivery-sent", "good"),
        DeliveryState::Failed => ("delivery-failed", "bad"),
        DeliveryState::Dropped => ("delivery-dropped", ""),
    };
    (t.get(key).into_owned(), tone)
}

impl LedgerRow {
    /// A mail that came in.
    pub fn incoming(t: Texts, entry: &MailEntry) -> Self {
        let (outcome, tone, why) = outcome_words(t, entry, &entry.outcome);
        let again = match &entry.outcome {
            Outcome::Quarantined { .. }
            | Outcome::Unfetched { again: false, .. }
            | Outcome::Dropped { .. } => true,
            Outcome::Ignored { why } => why.can_be_mended(),
            _ => false,
        };
        Self {
            id: entry.id.uuid(),
            at: entry.received_at,
            url: format!("/admin/ledger/mails/{}", entry.id),
            outcome,
            tone,
            why,
            detail: entry.subject.clone(),
            address: entry.sender.clone(),
            message_id: entry.message_id.clone(),
            group: entry.routed.group,
            topic: String::new(),
            run_again: again.then_some(entry.id),
            can_be_chosen: entry.outcome.again().is_some() || entry.outcome.can_be_dropped(),
        }
    }

    /// A mail that goes out.
    pub fn outgoing(t: Texts, delivery: &Delivery) -> Self {
        let (outcome, tone) = state_words(t, delivery);
        Self {
            id: delivery.id.uuid(),
            at: delivery.created_at,
            url: format!("/admin/ledger/deliveries/{}", delivery.id),
            outcome,
            tone,
            why: delivery.last_reply.clone(),
            detail: delivery.attempts.to_string(),
            address: delivery.address.to_string(),
            message_id: delivery.message_id.clone(),
            group: delivery.group_id,
            topic: String::new(),
            run_again: None,
            can_be_chosen: matches!(delivery.state, DeliveryState::Waiting | DeliveryState::Failed),
        }
    }

    /// Its place among the lines.
    pub fn place(&self) -> LedgerPlace {
        LedgerPlace { at: self.at, id: self.id }
    }
}
