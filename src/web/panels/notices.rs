//! The section "Notices" of a group's settings: of what one wants to hear.

use axum::extract::{Form, State};
use axum::response::Redirect;
use serde::Deserialize;

use crate::actions::notices::GroupNotices;
use crate::domain::ids::GroupId;
use crate::domain::notices::{Level, SMALL_GROUP};
use crate::texts::{Texts, Value};
use crate::web::error::WebResult;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Debug, Deserialize)]
pub struct LevelForm {
    /// The name of a level; anything else: as usual.
    #[serde(default)]
    level: String,
}

/// One of the things to want.
pub(super) struct Choice {
    pub value: &'static str,
    pub label: String,
    pub chosen: bool,
}

/// As usual, which says what that is, and then each level.
pub(super) fn choices(t: Texts, notices: GroupNotices) -> Vec<Choice> {
    let usual = t.get(label(notices.usual));
    let values = [("what", Value::from(usual.as_ref())), ("n", Value::from(SMALL_GROUP))];
    let first = Choice {
        value: "usual",
        label: t.with("notices-usual", &values).into_owned(),
        chosen: notices.chosen.is_none(),
    };
    let each = Level::EACH.map(|level| Choice {
        value: level.name(),
        label: t.get(label(level)).into_owned(),
        chosen: notices.chosen == Some(level),
    });
    std::iter::once(first).chain(each).collect()
}

fn label(level: Level) -> &'static str {
    match level {
        Level::All => "notices-all",
        Level::Mentions => "notices-mentions",
        Level::None => "notices-none",
    }
}

/// POST /groups/{id}/notices
pub async fn set(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<LevelForm>,
) -> WebResult<Redirect> {
    state.actions.set_group_notices(&member.viewer, id, Level::from_name(&form.level)).await?;
    Ok(Redirect::to(&format!("/groups/{id}/settings")))
}
