//! The panel of a message's receipts: who has read it, whom it did not reach and why; one's own; and a reminder.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use serde::Deserialize;

use crate::actions::receipts::{Delayed, ReceiptsPage, Receiver};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::message::{Message, MessagePlace};
use crate::domain::receipt::{Receipt, ReceiptPolicy, ReceiptState, Step};
use crate::domain::time::Timestamp;
use crate::mail::markdown::first_words;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::face::Face;
use crate::web::filters;
use crate::web::panels::{self, Panel};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_receipts.html")]
struct ReceiptsPanel {
    t: Texts,
    message: Message,
    /// In their order, each with those of it who are on this page.
    sections: Vec<Section>,
    next: Option<PersonId>,
    own: Option<Receipt>,
    policy: ReceiptPolicy,
    /// Whether the viewer wrote the message and can remind somebody.
    may_remind: bool,
    /// When they can do it again, if they did just now.
    remind_again_at: Option<Timestamp>,
    /// How many were reminded just now.
    reminded: Option<usize>,
}

impl HtmlSafe for ReceiptsPanel {}

/// Receivers who stand alike.
struct Section {
    title: &'static str,
    count: i64,
    receivers: Vec<ReceiverView>,
}

struct ReceiverView {
    face: Face,
    receipt: Receipt,
    /// Mails to them come back.
    held_back: bool,
    /// The mail to them still waits.
    delayed: Option<Delayed>,
}

/// What the panel's address says.
#[derive(Debug, Deserialize)]
pub struct Wish {
    after: Option<PersonId>,
    reminded: Option<usize>,
}

/// GET /groups/{id}/messages/{seq}/receipts
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let found = state.actions.get_receipts(&member.viewer, MessagePlace { group, seq }, wish.after).await?;
    let you = member.viewer.person_id;
    let sections = sections(&found);
    let open = found.message.receipts.tally.open();
    let is_own = found.message.author.person_id == Some(you);
    let body = ReceiptsPanel {
        t: member.visit.texts(),
        may_remind: is_own && found.message.receipts.request.is_wanted() && open > 0,
        remind_again_at: found.remind_again_at.filter(|_| is_own && open > 0),
        sections,
        message: found.message,
        next: found.next,
        own: found.own,
        policy: found.policy,
        reminded: wish.reminded,
    };
    panels::show(&state, &member, (Panel::Receipts, &found.group), body).await
}

/// POST /groups/{id}/messages/{seq}/receipts: the viewer has read it.
pub async fn confirm(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
) -> WebResult<Redirect> {
    state.actions.confirm_reading(&member.viewer, MessagePlace { group, seq }).await?;
    Ok(Redirect::to(&format!("/groups/{group}/messages/{seq}/receipts")))
}

/// POST /groups/{id}/messages/{seq}/receipts/remind
pub async fn remind(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
) -> WebResult<Redirect> {
    let count = state.actions.remind_unread(&member.viewer, MessagePlace { group, seq }).await?;
    Ok(Redirect::to(&format!("/groups/{group}/messages/{seq}/receipts?reminded={count}")))
}

/// Those it did not reach, who has not read it, who gives no receipt, who has read it.
fn sections(page: &ReceiptsPage) -> Vec<Section> {
    let tally = page.message.receipts.tally;
    let kinds = [
        ("receipts-group-failed", tally.failed),
        ("receipts-group-open", tally.open() - tally.failed),
        ("receipts-group-declined", tally.declined),
        ("receipts-group-read", tally.read),
    ];
    let mut sections: Vec<Section> =
        kinds.map(|(title, count)| Section { title, count, receivers: Vec::new() }).into();
    for Receiver { receipt, name, photo } in &page.receivers {
        let at = match receipt.state {
            Some(ReceiptState::Failed) => 0,
            Some(ReceiptState::Declined) => 2,
            Some(ReceiptState::Read) => 3,
            _ => 1,
        };
        let face = Face::with(Some(receipt.person_id), name, photo.as_ref());
        let is_open = receipt.state.is_none_or(|state| state == ReceiptState::Cached);
        let delayed = page.delayed.get(&receipt.person_id).filter(|_| is_open).cloned();
        let held_back = page.held_back.contains(&receipt.person_id);
        sections[at].receivers.push(ReceiverView { face, receipt: receipt.clone(), held_back, delayed });
    }
    sections.retain(|section| !section.receivers.is_empty());
    sections
}

impl ReceiverView {
    fn state_key(&self) -> String {
        match self.receipt.state {
            Some(state) => format!("receipt-{}", state.name()),
            None if self.delayed.is_some() => "receipt-delayed".to_owned(),
            None if self.held_back => "receipt-held-back".to_owned(),
            None => "receipt-unknown".to_owned(),
        }
    }

    fn last(&self) -> Option<Step> {
        self.receipt.last_step()
    }

    /// The words that say how it became known; none if the state says it already.
    fn source_words(&self, t: &Texts) -> Option<Cow<'static, str>> {
        let step = self.last()?;
        let server = self.receipt.via.as_str();
        match step.state {
            ReceiptState::Cached | ReceiptState::Declined => None,
            _ if step.source.hands_on() && !server.is_empty() => {
                let key = format!("receipt-by-{}-via", step.source.name());
                Some(t.with(&key, &[("server", server)]))
            }
            _ => Some(t.get(&format!("receipt-by-{}", step.source.name()))),
        }
    }

    /// Of those who still have not read it.
    fn reminded_at(&self) -> Option<Timestamp> {
        let is_open = !matches!(self.receipt.state, Some(ReceiptState::Read | ReceiptState::Declined));
        self.receipt.reminded_at.filter(|_| is_open)
    }

    /// The mail that went out for what is stored.
    fn also_mailed(&self) -> Option<Step> {
        self.receipt.step(ReceiptState::Sent).filter(|_| self.receipt.state == Some(ReceiptState::Cached))
    }
}

impl ReceiptsPanel {
    fn path(&self) -> String {
        format!("/groups/{}/messages/{}/receipts", self.message.group_id, self.message.seq)
    }

    /// The beginning of the message, without its marks.
    fn words(&self) -> String {
        first_words(self.message.source, &self.message.body.markdown)
    }

    fn own_state(&self) -> Option<ReceiptState> {
        self.own.as_ref().and_then(|own| own.state)
    }

    fn has_read(&self) -> bool {
        self.own_state() == Some(ReceiptState::Read)
    }

    fn has_declined(&self) -> bool {
        self.own_state() == Some(ReceiptState::Declined)
    }

    fn confirms(&self) -> bool {
        self.policy == ReceiptPolicy::Manual
    }
}
