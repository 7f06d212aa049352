//! What a share's mail will look like: its HTML as it is sent, in a frame where nothing runs.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::ZoneForm;
use crate::actions::ActionError;
use crate::domain::digest::Digest;
use crate::domain::ids::ShareId;
use crate::domain::share_document::SharedFile;
use crate::mail::share::{Reading, ShareLetter};
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
    let document = state.actions.preview_share(&member.viewer, id, &telling).await?;
    let pictures: HashMap<Digest, String> = state.actions.shown_pictures(&document).await?;
    let page = state.actions.settings.public_url.join("/s/");
    let letter = ShareLetter {
        document: &document,
        reading: Reading {
            page: Some(&page),
            until: None,
            picture: &|file: &SharedFile| pictures.get(&file.digest).cloned(),
            file: &|_| None,
            attached: true,
        },
        can_reply: true,
    };
    let html = letter.words().map_err(|e| ActionError::Internal(e.into()))?.html;
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
