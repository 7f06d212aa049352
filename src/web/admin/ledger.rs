//! The ledger: what became of every mail, and why.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::response::Redirect;
use serde::Deserialize;

use crate::domain::ids::{DeliveryId, MailId};
use crate::domain::ledger::{Delivery, DeliveryState, MailEntry, Outcome};
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

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
    /// The subject of a mail in, the number of tries of a mail out.
    pub detail: String,
    /// Who sent a mail in.
    pub sender: String,
    pub message_id: String,
    /// Set for a mail that can be run again.
    pub run_again: Option<MailId>,
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Mails out are wanted.
    out: Option<String>,
    before: Option<uuid::Uuid>,
}

const PAGE: i64 = 50;

/// GET /admin/ledger
pub async fn list(
    State(state): State<WebState>,
    member: Member,
    Query(asked): Query<Asked>,
) -> WebResult<LedgerPage> {
    let (actions, t) = (&state.actions, member.visit.texts());
    let incoming = asked.out.is_none();
    let (rows, last): (Vec<LedgerRow>, _) = if incoming {
        let mails = actions.list_mails(&member.viewer, &[], asked.before.map(MailId::from), PAGE).await?;
        (mails.iter().map(|m| LedgerRow::incoming(t, m)).collect(), mails.last().map(|m| m.id.uuid()))
    } else {
        let before = asked.before.map(DeliveryId::from);
        let mails = actions.list_deliveries(&member.viewer, before, PAGE).await?;
        (mails.iter().map(|d| LedgerRow::outgoing(t, d)).collect(), mails.last().map(|d| d.id.uuid()))
    };
    // Who only reads gets no button.
    let may_run = member.viewer.rights.admin;
    let show = |row: LedgerRow| LedgerRow { run_again: row.run_again.filter(|_| may_run), ..row };
    let rows: Vec<LedgerRow> = rows.into_iter().map(show).collect();
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE);
    let out = if incoming { "" } else { "&out=yes" };
    let next = last.filter(|_| full).map(|id| format!("/admin/ledger?before={id}{out}"));
    Ok(LedgerPage { view: member.view(&state).await?, incoming, rows, next })
}

/// POST /admin/ledger/{mail}/run
pub async fn run_again(
    State(state): State<WebState>,
    member: Member,
    Path(mail): Path<MailId>,
) -> WebResult<Redirect> {
    state.actions.run_again(&member.viewer, mail).await?;
    Ok(Redirect::to("/admin/ledger"))
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

impl LedgerRow {
    /// A mail that came in.
    pub fn incoming(t: Texts, entry: &MailEntry) -> Self {
        let (outcome, tone, why) = match &entry.outcome {
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
                    true => {
                        ("outcome-waiting", "warn", t.with("ledger-unfetched-again", &words).into_owned())
                    }
                    false => ("outcome-quarantined", "bad", t.with("ledger-unfetched", &words).into_owned()),
                }
            }
        };
        let again = match &entry.outcome {
            Outcome::Quarantined { .. } | Outcome::Unfetched { again: false, .. } => true,
            Outcome::Ignored { why } => why.can_be_mended(),
            _ => false,
        };
        Self {
            at: entry.received_at,
            outcome: t.get(outcome).into_owned(),
            tone,
            why,
            detail: entry.subject.clone(),
            sender: entry.sender.clone(),
            message_id: entry.message_id.clone(),
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
            sender: String::new(),
            message_id: delivery.message_id.clone(),
            run_again: None,
        }
    }
}
