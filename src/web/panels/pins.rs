//! What is pinned in a group.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Panel;
use crate::domain::ids::GroupId;
use crate::domain::message::{MessagePlace, Pin};
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::message_page;
use crate::web::messages::AnsweredPart;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_pins.html")]
struct Pins {
    t: Texts,
    group: GroupId,
    pins: Vec<Pin>,
}

impl HtmlSafe for Pins {}

impl Pins {
    fn line(&self, pin: &Pin) -> AnsweredPart {
        AnsweredPart::new(self.t, self.group, pin.message.clone())
    }
    fn path(&self, pin: &Pin) -> String {
        message_page::path_of(MessagePlace { group: self.group, seq: pin.message.seq })
    }
}

/// GET /groups/{id}/pins
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    let (group, pins) = state.actions.list_pins(&member.viewer, id).await?;
    let body = Pins { t: member.visit.texts(), group: id, pins };
    super::show(&state, &member, (Panel::Pins, &group), body).await
}

#[derive(Debug, Deserialize)]
pub struct PinForm {
    #[serde(default)]
    on: bool,
    /// From the panel, which is shown again.
    #[serde(default)]
    panel: bool,
}

/// POST /groups/{id}/messages/{seq}/pin
pub async fn pin(
    State(state): State<WebState>,
    member: Member,
    Path((group, seq)): Path<(GroupId, i64)>,
    Form(form): Form<PinForm>,
) -> WebResult<Response> {
    let place = MessagePlace { group, seq };
    let done = state.actions.pin_message(&member.viewer, place, form.on).await;
    if form.panel && done.is_ok() {
        return Ok(Redirect::to(&format!("/groups/{group}/pins")).into_response());
    }
    message_page::answer(&state, &member, (place, None), done).await
}
