//! The ledger: what became of every mail, and why; what is looked for in it, and what admins do with it.

pub mod acts;
pub mod filter;
pub mod row;
pub mod trail;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};

use self::filter::{Filter, Typed};
use self::row::LedgerRow;
use crate::actions::ledger::MOST_AT_ONCE;
use crate::domain::ids::GroupId;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// One page of the ledger: mails that came in, or that go out.
#[derive(Template, WebTemplate)]
#[template(path = "admin/ledger/page.html")]
pub struct LedgerPage {
    pub view: View,
    pub filter: Filter,
    pub rows: Vec<LedgerRow>,
    /// The URL of the next ones.
    pub next: Option<String>,
    /// What was just done.
    pub done: Vec<String>,
    /// Whether the visitor may do something with mails; who only reads gets no buttons.
    pub may_act: bool,
}

const PAGE: i64 = 50;

/// GET /admin/ledger
pub async fn list(
    State(state): State<WebState>,
    member: Member,
    Query(typed): Query<Typed>,
) -> WebResult<LedgerPage> {
    let (actions, t) = (&state.actions, member.visit.texts());
    let done = done_words(t, &typed);
    let filter = Filter::of(t, typed, (actions, &member.viewer)).await?;
    let mut rows = found(&state, &member, (&filter, PAGE)).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE);
    let next = rows.last().filter(|_| full).map(LedgerRow::place);
    let next = next.map(|place| filter.typed.url(&format!("before={place}")));
    let mut groups: Vec<GroupId> = rows.iter().filter_map(|row| row.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let topics = actions.ledger_topics(&member.viewer, &groups).await?;
    let may_act = member.viewer.rights.admin;
    for row in &mut rows {
        row.topic = row.group.and_then(|group| topics.get(&group).cloned()).unwrap_or_default();
        row.run_again = row.run_again.filter(|_| may_act);
    }
    Ok(LedgerPage { view: member.view(&state).await?, filter, rows, next, done, may_act })
}

/// The lines that a filter finds; none for one that can't be understood.
async fn found(
    state: &WebState,
    member: &Member,
    (filter, most): (&Filter, i64),
) -> WebResult<Vec<LedgerRow>> {
    let (actions, t, viewer) = (&state.actions, member.visit.texts(), &member.viewer);
    if !filter.problems.is_empty() || !filter.groups.is_empty() {
        return Ok(Vec::new());
    }
    if filter.incoming {
        let mails = actions.list_mails(viewer, &filter.query, filter.after, most).await?;
        Ok(mails.iter().map(|mail| LedgerRow::incoming(t, mail)).collect())
    } else {
        let mails = actions.list_deliveries(viewer, &filter.query, filter.after, most).await?;
        Ok(mails.iter().map(|mail| LedgerRow::outgoing(t, mail)).collect())
    }
}

fn done_words(t: Texts, typed: &Typed) -> Vec<String> {
    let key = match typed.done.as_str() {
        "run" => "ledger-done-run",
        "retry" => "ledger-done-retry",
        "drop" => "ledger-done-drop",
        _ => return Vec::new(),
    };
    let count = |text: &str| text.parse::<u32>().unwrap_or(0);
    let mut words = vec![t.with(key, &[("n", count(&typed.n))]).into_owned()];
    if count(&typed.left) > 0 {
        words.push(t.with("ledger-left", &[("n", count(&typed.left))]).into_owned());
    }
    words
}

/// The key of the words of an outcome's name.
pub fn outcome_key(outcome: &str) -> &'static str {
    match outcome {
        "message" => "outcome-message",
        "draft" => "outcome-draft",
        "thread_only" => "outcome-thread",
        "ignored" => "outcome-ignored",
        "quarantined" => "outcome-quarantined",
        "dropped" => "outcome-dropped",
        _ => "outcome-waiting",
    }
}

impl LedgerPage {
    fn asked(&self) -> String {
        let words: Vec<&str> = self.filter.active.iter().map(|(words, _)| words.as_str()).collect();
        words.join(" · ")
    }

    fn other(&self) -> [(String, &'static str, bool); 2] {
        let to =
            |out: Option<String>| Typed { out, outcome: String::new(), ..self.filter.typed.clone() }.url("");
        [
            (to(None), "ledger-in", self.filter.incoming),
            (to(Some("yes".to_owned())), "ledger-out", !self.filter.incoming),
        ]
    }

    fn clear(&self) -> &'static str {
        if self.filter.incoming { "/admin/ledger" } else { "/admin/ledger?out=yes" }
    }

    fn most(&self) -> usize {
        MOST_AT_ONCE
    }

    fn can_choose(&self) -> bool {
        self.may_act && self.rows.iter().any(|row| row.can_be_chosen)
    }
}
