//! The files of a share, for its readers alone: only those that stand in it.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header::CACHE_CONTROL};
use axum::response::Response;

use super::page::Follower;
use crate::domain::ids::FileId;
use crate::web::error::WebResult;
use crate::web::files::download;
use crate::web::path::Path;
use crate::web::state::WebState;

/// Asked for again each time, since the share may have been recalled.
const ASK: HeaderValue = HeaderValue::from_static("private, no-cache");

/// GET /s/{token}/files/{file}
pub async fn contents(
    State(state): State<WebState>,
    follower: Follower,
    Path((token, file)): Path<(String, FileId)>,
    headers: HeaderMap,
) -> WebResult<Response> {
    let open = follower.open(&state, &token).await?;
    let found = state.actions.open_shared_file(&open, file).await?;
    let mut response = download::answer(found, &headers).await?;
    let begins = response.status().is_success() && !headers.contains_key(axum::http::header::RANGE);
    if begins && !open.is_own {
        state.actions.note_share_download(&open, follower.visit.viewer.as_ref(), "file").await?;
    }
    response.headers_mut().insert(CACHE_CONTROL, ASK);
    Ok(response)
}

/// GET /s/{token}/files/{file}/thumbnail
pub async fn thumbnail(
    State(state): State<WebState>,
    follower: Follower,
    Path((token, file)): Path<(String, FileId)>,
    headers: HeaderMap,
) -> WebResult<Response> {
    let open = follower.open(&state, &token).await?;
    let small = state.actions.shared_thumbnail(&open, file).await?;
    let mut response = download::answer_small(&file, small, &headers);
    response.headers_mut().insert(CACHE_CONTROL, ASK);
    Ok(response)
}
