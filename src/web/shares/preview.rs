//! What a share's mail will look like: its HTML as it is sent, in a frame where nothing runs.

use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::ZoneForm;
use crate::domain::ids::ShareId;
use crate::web::error::WebResult;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; \
    sandbox allow-popups allow-popups-to-escape-sandbox";

/// GET /shares/{id}/preview
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Query(asked): Query<ZoneForm>,
) -> WebResult<Response> {
    let telling = state.actions.telling(&member.viewer, member.visit.language, asked.zone());
    let html = state.actions.preview_share_mail(&member.viewer, id, &telling).await?;
    // Links of a mail open beside the page, not inside its frame.
    let base = "<base target=\"_blank\">";
    let html = html.replacen("<head>", &format!("<head>{base}"), 1);
    let head = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((head, html).into_response())
}
