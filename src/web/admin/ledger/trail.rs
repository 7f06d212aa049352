//! A mail's own page: all that happened to it, in order; and its bytes, to be saved.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::row::{LedgerRow, outcome_words, state_words, way_words};
use crate::actions::ledger::{DeliveryTrail, MailTrail, Original};
use crate::domain::ids::{DeliveryId, GroupId, MailId};
use crate::domain::ledger::{Delivery, DeliveryKind, DeliveryState, MailEntry, Outcome};
use crate::domain::ledger_step::{LedgerStep, StepAt};
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// A mail with its steps.
#[derive(Template, WebTemplate)]
#[template(path = "admin/ledger/trail.html")]
pub struct TrailPage {
    pub view: View,
    pub trail: Trail,
    /// Groups that were looked for by their topic, to hand the mail to.
    pub groups: Vec<(GroupId, String)>,
    pub typed: String,
    pub released: bool,
    pub may_act: bool,
}

/// What the page shows, of either kind.
#[derive(Clone, Debug)]
pub struct Trail {
    pub incoming: bool,
    pub row: LedgerRow,
    /// Name and value of what is known.
    pub facts: Vec<(String, String)>,
    pub steps: Vec<StepView>,
    /// The mails that brought it to members, or told its sender.
    pub mails: Vec<LinkedMail>,
    /// Where its bytes are.
    pub original: Option<String>,
    pub can_run: bool,
    pub can_retry: bool,
    pub can_drop: bool,
    pub can_release: bool,
}

/// One step.
#[derive(Clone, Debug, Default)]
pub struct StepView {
    pub at: Option<Timestamp>,
    pub words: String,
    pub detail: String,
    /// The page of another mail that it is about, and what that is.
    pub other: Option<(String, String)>,
}

/// Another mail.
#[derive(Clone, Debug)]
pub struct LinkedMail {
    pub what: String,
    pub row: LedgerRow,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    topic: String,
    done: String,
}

/// So many mails that brought a message are shown.
const MOST_BROUGHT: usize = 100;
/// So many groups are offered.
const MOST_GROUPS: usize = 20;

/// GET /admin/ledger/mails/{mail}
pub async fn of_mail(
    State(state): State<WebState>,
    member: Member,
    Path(mail): Path<MailId>,
    Query(asked): Query<Asked>,
) -> WebResult<TrailPage> {
    let trail = state.actions.mail_trail(&member.viewer, mail).await?;
    let typed = asked.topic.trim().to_owned();
    let may_act = member.viewer.rights.admin;
    let mut groups = Vec::new();
    if !typed.is_empty() && may_act {
        groups = state.actions.groups_about(&member.viewer, &typed, MOST_GROUPS).await?;
    } else if let (Some(group), Some(topic)) = (trail.entry.routed.group, &trail.topic) {
        groups.push((group, topic.clone()));
    }
    let trail = Trail::of_mail(member.visit.texts(), trail);
    let released = asked.done == "release";
    Ok(TrailPage { view: member.view(&state).await?, trail, groups, typed, released, may_act })
}

/// GET /admin/ledger/deliveries/{delivery}
pub async fn of_delivery(
    State(state): State<WebState>,
    member: Member,
    Path(delivery): Path<DeliveryId>,
) -> WebResult<TrailPage> {
    let trail = state.actions.delivery_trail(&member.viewer, delivery).await?;
    Ok(TrailPage {
        trail: Trail::of_delivery(member.visit.texts(), trail),
        may_act: member.viewer.rights.admin,
        view: member.view(&state).await?,
        groups: Vec::new(),
        typed: String::new(),
        released: false,
    })
}

/// GET /admin/ledger/mails/{mail}/original
pub async fn original_of_mail(
    State(state): State<WebState>,
    member: Member,
    Path(mail): Path<MailId>,
) -> WebResult<Response> {
    Ok(saved(state.actions.original_of_mail(&member.viewer, mail).await?))
}

/// GET /admin/ledger/deliveries/{delivery}/original
pub async fn original_of_delivery(
    State(state): State<WebState>,
    member: Member,
    Path(delivery): Path<DeliveryId>,
) -> WebResult<Response> {
    Ok(saved(state.actions.original_of_delivery(&member.viewer, delivery).await?))
}

/// To be saved and never shown: what is in it is foreign. Every answer of ours forbids sniffing anyway.
fn saved(original: Original) -> Response {
    let head = [
        (CONTENT_TYPE, "message/rfc822".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", original.name)),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    (head, original.bytes).into_response()
}

impl Trail {
    /// A mail that came in.
    pub fn of_mail(t: Texts, trail: MailTrail) -> Self {
        let entry = &trail.entry;
        let row = LedgerRow::incoming(t, entry);
        let has_bytes = !matches!(entry.outcome, Outcome::Unfetched { .. });
        Self {
            incoming: true,
            facts: facts_of_mail(t, &trail),
            steps: steps_of_mail(t, &trail, &row),
            mails: linked(t, &trail),
            original: has_bytes.then(|| format!("{}/original", row.url)),
            can_run: entry.outcome.again().is_some(),
            can_retry: false,
            can_drop: entry.outcome.can_be_dropped(),
            can_release: entry.outcome.can_be_released(),
            row,
        }
    }

    /// A mail that goes out.
    pub fn of_delivery(t: Texts, trail: DeliveryTrail) -> Self {
        let delivery = &trail.delivery;
        let row = LedgerRow::outgoing(t, delivery);
        Self {
            incoming: false,
            facts: facts_of_delivery(t, &trail),
            steps: steps_of_delivery(t, &trail),
            mails: Vec::new(),
            original: trail.has_original.then(|| format!("{}/original", row.url)),
            can_run: false,
            can_retry: matches!(delivery.state, DeliveryState::Waiting | DeliveryState::Failed),
            can_drop: delivery.state == DeliveryState::Waiting,
            can_release: false,
            row,
        }
    }
}

fn fact(t: Texts, key: &str, value: impl Into<String>) -> Option<(String, String)> {
    let value: String = value.into();
    (!value.is_empty()).then(|| (t.get(key).into_owned(), value))
}

fn facts_of_mail(t: Texts, trail: &MailTrail) -> Vec<(String, String)> {
    let entry = &trail.entry;
    let size = if entry.size > 0 { filters::in_words(entry.size) } else { String::new() };
    let facts = [
        fact(t, "subject", entry.subject.as_str()),
        fact(t, "ledger-sender", entry.sender.as_str()),
        fact(t, "ledger-group", trail.topic.clone().unwrap_or_default()),
        fact(t, "ledger-source", entry.source.as_str()),
        fact(t, "ledger-size", size),
        fact(t, "ledger-message-id", entry.message_id.as_str()),
    ];
    facts.into_iter().flatten().collect()
}

fn facts_of_delivery(t: Texts, trail: &DeliveryTrail) -> Vec<(String, String)> {
    let delivery = &trail.delivery;
    let receiver = match &trail.receiver {
        Some(name) => format!("{name} <{}>", delivery.address),
        None => delivery.address.to_string(),
    };
    let mut purpose = t.get(purpose_key(delivery.kind)).into_owned();
    if trail.messages > 0 {
        let messages = t.with("ledger-messages-in", &[("n", trail.messages)]);
        purpose = format!("{purpose} · {messages}");
    }
    let facts = [
        fact(t, "ledger-purpose", purpose),
        fact(t, "ledger-receiver", receiver),
        fact(t, "ledger-group", trail.topic.clone().unwrap_or_default()),
        fact(t, "ledger-attempts", delivery.attempts.to_string()),
        fact(t, "ledger-message-id", delivery.message_id.as_str()),
    ];
    facts.into_iter().flatten().collect()
}

fn steps_of_mail(t: Texts, trail: &MailTrail, row: &LedgerRow) -> Vec<StepView> {
    let entry = &trail.entry;
    let came_in = t.with("step-came-in", &[("source", entry.source.as_str())]).into_owned();
    let mut steps = vec![StepView { at: Some(entry.received_at), words: came_in, ..StepView::default() }];
    if let Some(name) = &trail.addressee {
        let words = t.with("step-addressee", &[("name", name.as_str())]).into_owned();
        steps.push(StepView { words, ..StepView::default() });
    }
    let way = way_words(t, entry);
    if !way.is_empty() {
        let words = t.get("step-sorted").into_owned();
        steps.push(StepView { words, detail: way, ..StepView::default() });
    }
    steps.extend(trail.steps.iter().map(|step| step_view(t, step, Some(entry))));
    if let (Some((place, at)), Some(topic)) = (&trail.message, &trail.topic) {
        let values = [("n", place.seq.to_string()), ("topic", topic.clone())];
        let words = t.with("step-became-message", &values).into_owned();
        steps.push(StepView { at: Some(*at), words, ..StepView::default() });
    }
    let words = format!("{}: {}", t.get("step-now"), row.outcome);
    let detail = if entry.outcome.group().is_some() { String::new() } else { row.why.clone() };
    steps.push(StepView { words, detail, ..StepView::default() });
    steps
}

fn steps_of_delivery(t: Texts, trail: &DeliveryTrail) -> Vec<StepView> {
    let delivery = &trail.delivery;
    let made = t.get("step-made").into_owned();
    let mut steps = vec![StepView { at: Some(delivery.created_at), words: made, ..StepView::default() }];
    steps.extend(trail.steps.iter().map(|step| step_view(t, step, None)));
    let is_told = |fates: &[&str]| {
        trail.steps.iter().any(|one| match &one.step {
            LedgerStep::Reported { fate, .. } => fates.contains(&fate.text_key()),
            _ => false,
        })
    };
    // Mails from before each step was written down.
    for (at, key) in
        [(trail.handed_on_at, "step-reported-handed-on"), (trail.delivered_at, "step-reported-delivered")]
    {
        if at.is_some() && !is_told(&[key, "step-reported-displayed", "step-reported-declined"]) {
            steps.push(StepView { at, words: t.get(key).into_owned(), ..StepView::default() });
        }
    }
    let words = format!("{}: {}", t.get("step-now"), state_words(t, delivery).0);
    let known = trail.steps.iter().any(|one| {
        matches!(&one.step, LedgerStep::Tried { words, .. } | LedgerStep::Reported { words, .. }
            if *words == delivery.last_reply)
    });
    let detail = if known { String::new() } else { delivery.last_reply.clone() };
    steps.push(StepView { at: Some(delivery.updated_at), words, detail, ..StepView::default() });
    steps
}

/// `of` is the mail in on whose page it stands.
fn step_view(t: Texts, StepAt { at, mail, delivery, step }: &StepAt, of: Option<&MailEntry>) -> StepView {
    let named = |key: &str, name: &str| t.with(key, &[("name", name)]).into_owned();
    let (words, detail) = match step {
        LedgerStep::Tried { state, words } => {
            let key = match state {
                DeliveryState::Waiting => "step-tried-waiting",
                DeliveryState::Sent => "step-tried-sent",
                DeliveryState::Failed => "step-tried-failed",
                DeliveryState::Dropped => "step-tried-dropped",
            };
            (t.get(key).into_owned(), words.clone())
        }
        LedgerStep::Reported { fate, words } => (t.get(fate.text_key()).into_owned(), words.clone()),
        LedgerStep::RunAgain { name, was } => {
            let was = of.map_or(String::new(), |entry| {
                let (outcome, _, why) = outcome_words(t, entry, was);
                if why.is_empty() { outcome } else { format!("{outcome} · {why}") }
            });
            (t.with("step-run-again", &[("name", name.clone()), ("was", was)]).into_owned(), String::new())
        }
        LedgerStep::Retried { name } => (named("step-retried", name), String::new()),
        LedgerStep::Dropped { name } => (named("step-dropped", name), String::new()),
        LedgerStep::Released { name, group } => {
            let key = if group.is_some() { "step-released-group" } else { "step-released-draft" };
            (named(key, name), String::new())
        }
    };
    let other = match (of, mail, delivery) {
        (Some(_), _, Some(id)) => {
            Some((format!("/admin/ledger/deliveries/{id}"), t.get("step-report-of").into_owned()))
        }
        (None, Some(id), _) => {
            Some((format!("/admin/ledger/mails/{id}"), t.get("step-report-is").into_owned()))
        }
        _ => None,
    };
    StepView { at: Some(*at), words, detail, other }
}

fn linked(t: Texts, trail: &MailTrail) -> Vec<LinkedMail> {
    let mail = |key: &str, delivery: &Delivery| LinkedMail {
        what: t.get(key).into_owned(),
        row: LedgerRow::outgoing(t, delivery),
    };
    let told_key = match trail.entry.outcome {
        Outcome::Draft { .. } => "ledger-told-draft",
        _ => "ledger-told",
    };
    let told = trail.told.iter().map(|one| mail(told_key, one));
    told.chain(trail.brought.iter().take(MOST_BROUGHT).map(|one| mail("ledger-brought", one))).collect()
}

fn purpose_key(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::SignIn => "purpose-sign-in",
        DeliveryKind::DraftReady => "purpose-draft-ready",
        DeliveryKind::GroupLink => "purpose-group-link",
        DeliveryKind::Messages => "purpose-messages",
        DeliveryKind::Answer => "purpose-answer",
        DeliveryKind::Reminder => "purpose-reminder",
        DeliveryKind::Share => "purpose-share",
        DeliveryKind::Trial => "purpose-trial",
        DeliveryKind::Readers => "purpose-readers",
        DeliveryKind::Alert => "purpose-alert",
    }
}
