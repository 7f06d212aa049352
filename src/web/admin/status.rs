//! The system's status: whether all runs, and what to do where it does not.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;

use crate::actions::directory::Directories;
use crate::actions::directory::words::words;
use crate::actions::health::Status;
use crate::domain::failure::{DirectoryAge, FailureKind};
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
    pub directories: Directories,
}

/// GET /admin/status
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<StatusPage> {
    let status = state.actions.status(&member.viewer).await?;
    let directories = state.actions.directories.clone();
    Ok(StatusPage { view: member.view(&state).await?, status, directories })
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

    /// A mailbox says that something is wrong, which need not last.
    fn has_trouble(&self) -> bool {
        self.health().sources.iter().any(|source| !source.last_error.is_empty())
    }

    /// What went wrong: in words, how often, and the page that shows it.
    fn failures(&self) -> Vec<(String, i64, &'static str)> {
        let words = |kind: &FailureKind| match kind {
            FailureKind::MailSetAside => self.t().get("failure-mail-set-aside").into_owned(),
            FailureKind::MailGivenUp => self.t().get("failure-mail-given-up").into_owned(),
            FailureKind::DirectoryStopped => self.t().get("failure-directory").into_owned(),
            FailureKind::WorkAgain { lane } => {
                let work = self.t().get(concerns::work_key(lane));
                self.t().with("failure-work", &[("work", work.as_ref())]).into_owned()
            }
        };
        let all = self.health().failures.iter();
        all.map(|one| (words(&one.kind), one.count, one.kind.page())).collect()
    }

    /// What is in the way of a directory, in the admin's words.
    fn trouble(&self, one: &DirectoryAge) -> Option<String> {
        let source = self.directories.find(&one.name)?;
        Some(words(self.t(), one.trouble.as_ref()?, source).seen)
    }

    /// How old what it said is.
    fn age(&self, one: &DirectoryAge) -> Option<String> {
        let hours = (self.health().at - one.well_at?).as_secs() / 3600;
        let (key, n) = if hours < 48 { ("status-hours-old", hours) } else { ("status-days-old", hours / 24) };
        Some(self.t().with(key, &[("n", n)]).into_owned())
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
