//! Announcing a quiet time, and ending it; and what every change is answered while it holds.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::maintenance::Maintenance;
use crate::web::error::{Failure, Trouble, WebResult};
use crate::web::filters;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// What is offered, in minutes; 0 is until somebody ends it.
const CHOICES: [u64; 6] = [30, 60, 120, 240, 480, 0];

/// What goes on while it holds: an admin has to get in to end it, and what only this browser keeps stays free. A mail to sign in
/// by would not be sent.
const FREE: [&str; 6] = ["/sign-in/", "/l/", "/sign-out", "/admin/maintenance", "/language", "/theme"];

#[derive(Template, WebTemplate)]
#[template(path = "admin/maintenance.html")]
pub struct MaintenancePage {
    pub view: View,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct QuietForm {
    /// 0 for one without an end.
    minutes: Option<u64>,
    why: String,
    end: bool,
}

impl MaintenancePage {
    fn choices(&self) -> [u64; 6] {
        CHOICES
    }
    fn longest_why(&self) -> usize {
        Maintenance::LONGEST_WHY
    }
}

/// GET /admin/maintenance
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<MaintenancePage> {
    state.actions.check_admin(&member.viewer)?;
    Ok(MaintenancePage { view: member.view(&state).await? })
}

/// POST /admin/maintenance
pub async fn set(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<QuietForm>,
) -> WebResult<Redirect> {
    state.actions.check_admin(&member.viewer)?;
    match form.minutes {
        _ if form.end => state.actions.end_maintenance(&member.viewer).await?,
        Some(minutes) => {
            let lasts = (minutes > 0).then(|| Duration::from_secs(minutes.saturating_mul(60)));
            state.actions.begin_maintenance(&member.viewer, (lasts, &form.why)).await?;
        }
        None => return Err(Trouble::Unreadable.into()),
    }
    Ok(Redirect::to("/admin/maintenance"))
}

/// Refuses changes while it holds, before anybody looks at them: nothing of a form is lost, its page says so.
pub async fn guard(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if request.method().is_safe() || FREE.iter().any(|free| path.starts_with(free)) {
        return next.run(request).await;
    }
    let Some(quiet) = state.actions.maintenance() else { return next.run(request).await };
    let mut response = Failure::from(Trouble::Maintenance).into_response();
    let wait = HeaderValue::from(quiet.wait(state.actions.clock.now()));
    response.headers_mut().insert(RETRY_AFTER, wait);
    response
}
