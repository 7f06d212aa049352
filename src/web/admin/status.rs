//! The system's status: whether all runs, and what to do where it does not.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;

use crate::actions::health::Status;
use crate::domain::health::{Disk, Health, LaneLoad};
use crate::texts::{Texts, concerns};
use crate::web::admin::ledger::outcome_key;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// What runs, and what does not.
#[derive(Template, WebTemplate)]
#[template(path = "admin/status.html")]
pub struct StatusPage {
    pub view: View,
    pub status: Status,
}

/// GET /admin/status
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<StatusPage> {
    let status = state.actions.status(&member.viewer).await?;
    Ok(StatusPage { view: member.view(&state).await?, status })
}

impl StatusPage {
    fn t(&self) -> Texts {
        self.view.t
    }

    fn health(&self) -> &Health {
        &self.status.health
    }

    /// A lane's work in words.
    fn work(&self, lane: &LaneLoad) -> String {
        self.t().get(concerns::work_key(&lane.lane)).into_owned()
    }

    /// What became of mails, with how many.
    fn outcomes(&self) -> Vec<(String, i64)> {
        let outcomes = self.health().mails_in.outcomes.iter();
        outcomes.map(|(outcome, n)| (self.t().get(outcome_key(outcome)).into_owned(), *n)).collect()
    }

    fn sent_and_failed(&self) -> String {
        let out = &self.health().mails_out;
        self.t().with("status-sent-failed", &[("sent", out.sent), ("failed", out.failed)]).into_owned()
    }

    fn room(&self, disk: &Disk) -> String {
        let size = |bytes: u64| filters::in_words(i64::try_from(bytes).unwrap_or(i64::MAX));
        self.t().with("status-disk-of", &[("free", size(disk.free)), ("size", size(disk.size))]).into_owned()
    }
}
