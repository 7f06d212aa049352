//! Browsers that take notices: switching it on and off, and the script that shows them while no page is open.

use axum::Json;
use axum::extract::{Form, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use serde::Deserialize;
use serde_json::json;

use super::assets;
use super::error::WebResult;
use super::path::Path;
use super::state::WebState;
use super::visit::Member;
use crate::actions::{ActionError, Problem};
use crate::domain::ids::SubscriptionId;
use crate::domain::push::{NewReceiver, Receiver};

/// What `PushSubscription.toJSON()` of a browser holds, and its time zone.
#[derive(Deserialize)]
pub struct SubscriptionForm {
    endpoint: String,
    p256dh: String,
    auth: String,
    #[serde(default)]
    zone: String,
}

impl SubscriptionForm {
    /// Keys in base64url, whether filled up with `=` or not; an unknown zone counts as none.
    fn parse(self) -> Option<NewReceiver> {
        let bytes = |text: &str| BASE64URL.decode(text.trim_end_matches('=')).ok();
        let receiver = Receiver {
            endpoint: self.endpoint,
            p256dh: bytes(&self.p256dh)?.try_into().ok()?,
            auth: bytes(&self.auth)?.try_into().ok()?,
        };
        Some(NewReceiver { receiver, zone: self.zone.parse().ok() })
    }
}

/// POST /push/subscriptions
pub async fn subscribe(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<SubscriptionForm>,
) -> WebResult<Response> {
    let unusable = || ActionError::Invalid { field: "endpoint", problem: Problem::NoPushService };
    let (browser, jar) = member.visit.ensure_browser(&state)?;
    state.actions.subscribe(&member.viewer, &browser, form.parse().ok_or_else(unusable)?).await?;
    Ok((jar, Json(json!({}))).into_response())
}

/// POST /push/subscriptions/{id}/remove
pub async fn unsubscribe(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<SubscriptionId>,
) -> WebResult<Redirect> {
    state.actions.unsubscribe(&member.viewer, id).await?;
    Ok(Redirect::to("/settings#notices"))
}

/// GET /sw.js. At the root, since a service worker sees only what lies below its own path; asked for anew each time,
/// so that an old one never stays.
pub async fn worker() -> Response {
    let head = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (head, assets::contents("script/sw.js")).into_response()
}
