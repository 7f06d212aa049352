//! A group's settings: what it is, and how one has it for oneself. Each section has its own form.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::response::Response;

use super::Panel;
use super::notices::{self, Choice};
use crate::actions::notices::GroupNotices;
use crate::domain::group::Group;
use crate::domain::ids::GroupId;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_settings.html")]
struct Settings<'a> {
    t: Texts,
    group: &'a Group,
    /// Empty if they have left.
    begun_by: String,
    /// The group's address for members.
    link: String,
    notices: GroupNotices,
}

impl HtmlSafe for Settings<'_> {}

impl Settings<'_> {
    fn choices(&self) -> Vec<Choice> {
        notices::choices(self.t, self.notices)
    }
}

/// GET /groups/{id}/settings
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    let found = state.actions.get_group(&member.viewer, id).await?;
    let beginner = found.members.iter().find(|line| line.person.id == found.group.created_by);
    let body = Settings {
        t: member.visit.texts(),
        group: &found.group,
        begun_by: beginner.map_or(String::new(), |line| line.person.full_name.clone()),
        link: state.actions.settings.public_url.join(&format!("/groups/{id}")),
        notices: state.actions.get_group_notices(&member.viewer, id).await?,
    };
    super::show(&state, &member, (Panel::Settings, &found.group), body).await
}
