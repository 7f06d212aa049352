//! What was changed on the pages of settings, when and by whom, and putting it back.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{SettingsDesk, desk, guard};
use crate::actions::kept_settings::Saving;
use crate::domain::kept::{Changed, Save, Told};
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// The last times that settings were saved.
#[derive(Template, WebTemplate)]
#[template(path = "admin/settings/history.html")]
pub struct HistoryPage {
    pub view: View,
    pub saves: Vec<SaveRow>,
    /// What came of putting something back.
    pub done: Option<String>,
    pub problems: Vec<String>,
}

/// One time.
#[derive(Clone, Debug)]
pub struct SaveRow {
    pub number: i64,
    pub at: Timestamp,
    pub who: String,
    /// Names, and what they were and are.
    pub changes: Vec<(String, String, String)>,
}

#[derive(Debug, Deserialize)]
pub struct Done {
    done: Option<String>,
}

impl SaveRow {
    pub fn of(t: Texts, save: Save) -> Self {
        let words = |told: Told| match told {
            Told::Nothing => t.get("settings-usual").into_owned(),
            Told::Text(text) => text,
            Told::Secret => "••••••".to_owned(),
        };
        let row = |changed: Changed| (changed.name, words(changed.before), words(changed.after));
        let who = Some(save.who).filter(|who| !who.is_empty());
        Self {
            number: save.number,
            at: save.at,
            who: who.unwrap_or_else(|| t.get("settings-somebody").into_owned()),
            changes: save.changes.into_iter().map(row).collect(),
        }
    }
}

/// GET /admin/settings/history
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Query(done): Query<Done>,
) -> WebResult<HistoryPage> {
    desk(&state, &member)?;
    let mut page = HistoryPage::of(&state, &member).await?;
    page.done = done.done.map(|_| member.visit.texts().get("settings-saved").into_owned());
    Ok(page)
}

/// POST /admin/settings/history/{save}: puts back what stood there before.
pub async fn put_back(
    State(state): State<WebState>,
    member: Member,
    Path(save): Path<i64>,
) -> WebResult<Response> {
    let (desk, t) = (desk(&state, &member)?, member.visit.texts());
    let changes = state.actions.settings_before(&member.viewer, save).await?;
    let now = desk.now(&state).await?;
    let newest = state.actions.list_setting_saves(&member.viewer).await?;
    let mut problems = desk.problems(t, &now.kept, &changes);
    problems.extend(guard::problems_of_putting_back(t, &now, &changes, (save, &newest)));
    let mut problems: Vec<String> = problems.into_iter().map(|(_, words)| words).collect();
    if problems.is_empty() {
        let saving = state.actions.keep_settings(&member.viewer, changes, now.last).await?;
        problems = match in_force(desk, t, saving).await {
            None => return Ok(Redirect::to("/admin/settings/history?done=yes").into_response()),
            Some(words) => vec![words],
        };
    }
    let mut page = HistoryPage::of(&state, &member).await?;
    page.problems = problems;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// What stands in the way of it.
async fn in_force(desk: &SettingsDesk, t: Texts, saving: Saving) -> Option<String> {
    match saving {
        Saving::Unchanged => None,
        Saving::Saved => {
            let why = desk.renewals.ask().await.err()?;
            Some(t.with("settings-not-taken", &[("why", why.as_str())]).into_owned())
        }
        Saving::Meanwhile(saves) => {
            let who = saves.first().map_or(String::new(), |save| save.who.clone());
            Some(t.with("settings-meanwhile", &[("who", who.as_str())]).into_owned())
        }
    }
}

impl HistoryPage {
    async fn of(state: &WebState, member: &Member) -> WebResult<Self> {
        let t = member.visit.texts();
        let saves = state.actions.list_setting_saves(&member.viewer).await?;
        Ok(Self {
            view: member.view(state).await?,
            saves: saves.into_iter().map(|save| SaveRow::of(t, save)).collect(),
            done: None,
            problems: Vec::new(),
        })
    }
}
