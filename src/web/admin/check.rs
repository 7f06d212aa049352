//! Trying everything that mailmoot needs, as the command `mailmoot check` does. Each step is shown as soon as it is done: the
//! page is sent while it is made, so that it needs no script.

use std::convert::Infallible;

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::config::check::check_all;
use crate::texts::Texts;
use crate::transport::check::{CheckStep, Outcome};
use crate::web::error::{Trouble, WebResult};
use crate::web::filters;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// Where the steps go in the page.
const HERE: &str = "<!--steps-->";

/// The page around the steps.
#[derive(Template, WebTemplate)]
#[template(path = "admin/check.html")]
pub struct CheckPage {
    pub view: View,
    pub runs: bool,
}

/// One step.
#[derive(Template)]
#[template(path = "admin/_step.html")]
pub struct StepRow<'a> {
    pub t: Texts,
    pub step: &'a CheckStep,
}

/// What is sent bit by bit and must not wait until there is more to pack.
#[derive(Clone, Copy, Debug)]
pub struct SentLive;

/// The class of an outcome, and the key of its words.
pub fn outcome_mark(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Ok => ("good", "check-outcome-ok"),
        Outcome::Warning => ("warn", "check-outcome-warning"),
        Outcome::Failed => ("bad", "check-outcome-failed"),
    }
}

impl HtmlSafe for StepRow<'_> {}

impl<'a> StepRow<'a> {
    /// For a page that has them all.
    pub fn all(t: &Texts, steps: &'a [CheckStep]) -> impl Iterator<Item = Self> + use<'a> {
        let t = *t;
        steps.iter().map(move |step| Self { t, step })
    }

    fn mark(&self) -> (&'static str, &'static str) {
        outcome_mark(self.step.outcome)
    }
}

/// GET /admin/check
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<CheckPage> {
    state.actions.check_admin(&member.viewer)?;
    Ok(CheckPage { view: member.view(&state).await?, runs: false })
}

/// POST /admin/check: runs all steps.
pub async fn run(State(state): State<WebState>, member: Member) -> WebResult<Response> {
    state.actions.check_admin(&member.viewer)?;
    let desk = state.settings.as_ref().ok_or(Trouble::NotFound)?;
    let (kept, _) = state.actions.kept_settings().await?;
    // The house runs by it.
    let config = desk.origin.config(&kept).map_err(|_| Trouble::Ours)?;
    state.actions.look_after(config.oauth.as_ref());
    let t = member.visit.texts();
    let page = CheckPage { view: member.view(&state).await?, runs: true }.render();
    let page = page.map_err(|_| Trouble::Ours)?;
    let (before, after) = page.split_once(HERE).ok_or(Trouble::Ours)?;
    let (before, after) = (before.to_owned(), after.to_owned());
    let steps = steps(config, &state, t);
    let whole = futures_util::stream::iter([before]).chain(steps).chain(futures_util::stream::iter([after]));
    let body = Body::from_stream(whole.map(Ok::<_, Infallible>));
    let mut answer = ([(CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response();
    answer.extensions_mut().insert(SentLive);
    Ok(answer)
}

/// The steps as they are done, and when all is well, nobody waits any more for what was away; they go on to the end although nobody may look any more.
fn steps(
    config: Config,
    state: &WebState,
    t: Texts,
) -> impl futures_util::Stream<Item = String> + Send + use<> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let (clock, bell) = (state.actions.clock.clone(), state.actions.bell.clone());
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut is_well = true;
        let mut show = |step: &CheckStep| {
            is_well &= step.outcome != Outcome::Failed;
            // A page that was closed hears nothing.
            let _ = sender.send(StepRow { t, step }.render().unwrap_or_default());
        };
        runtime.block_on(check_all(&config, &clock, t, &mut show));
        if is_well {
            bell.ring_out();
        }
    });
    futures_util::stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)))
}
