//! Legal holds: groups of which nothing goes.

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Redirect;
use serde::Deserialize;

use crate::actions::retention::Holdable;
use crate::domain::ids::GroupId;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

#[derive(Template, WebTemplate)]
#[template(path = "admin/holds.html")]
pub struct HoldsPage {
    pub view: View,
    /// What was looked for in topics.
    pub query: String,
    pub groups: Vec<Holdable>,
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Debug, Deserialize)]
pub struct WhyForm {
    #[serde(default)]
    why: String,
}

/// GET /admin/holds
pub async fn list(
    State(state): State<WebState>,
    member: Member,
    Query(asked): Query<Asked>,
) -> WebResult<HoldsPage> {
    let groups = state.actions.list_holds(&member.viewer, &asked.q).await?;
    Ok(HoldsPage { view: member.view(&state).await?, query: asked.q, groups })
}

/// POST /admin/holds/{group}
pub async fn set(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Form(form): Form<WhyForm>,
) -> WebResult<Redirect> {
    state.actions.set_hold(&member.viewer, group, &form.why).await?;
    Ok(Redirect::to("/admin/holds"))
}

/// POST /admin/holds/{group}/lift
pub async fn lift(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Form(form): Form<WhyForm>,
) -> WebResult<Redirect> {
    state.actions.lift_hold(&member.viewer, group, &form.why).await?;
    Ok(Redirect::to("/admin/holds"))
}
