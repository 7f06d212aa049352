//! Files taken in: with a form, or in parts as in the IETF's draft of resumable uploads (draft-ietf-httpbis-resumable-upload):
//! POST begins one, PATCH with `Upload-Offset` goes on, HEAD tells how far it is, DELETE cancels it.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::multipart::Field;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use crate::actions::uploads::{LARGEST_PART, Progress};
use crate::actions::{ActionError, Conflict};
use crate::domain::file::File;
use crate::domain::ids::{GroupId, UploadId};
use crate::web::error::{Trouble, WebResult};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
const LIMIT: HeaderName = HeaderName::from_static("upload-limit");

/// What is to come.
#[derive(Debug, Deserialize)]
pub struct Announced {
    name: String,
    /// In bytes.
    size: u64,
}

/// POST /groups/{id}/uploads: begins a file; its parts go to the place in `Location`.
pub async fn begin(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Form(new): Form<Announced>,
) -> WebResult<Response> {
    let upload = state.actions.start_upload(&member.viewer, group, &new.name, new.size).await?;
    let place = format!("/uploads/{}", upload.id);
    let told = Json(json!({ "id": upload.id, "place": place, "name": upload.name, "size": upload.size }));
    let place = HeaderValue::from_str(&place).map_err(|e| ActionError::Internal(e.into()))?;
    let headers = headers_of(&Progress::UnderWay(upload))?;
    Ok((StatusCode::CREATED, [(LOCATION, place)], headers, told).into_response())
}

/// GET and HEAD /uploads/{id}: how far it is.
pub async fn tell(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<UploadId>,
) -> WebResult<Response> {
    let progress = state.actions.find_upload(&member.viewer, id).await?;
    let mut headers = headers_of(&progress)?;
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok((headers, told(&progress)).into_response())
}

/// PATCH /uploads/{id}: the next part. The file itself, when it was the last.
pub async fn append(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<UploadId>,
    headers: HeaderMap,
    part: Bytes,
) -> WebResult<Response> {
    let offset = headers.get(OFFSET).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let offset = offset.ok_or(Trouble::Unreadable)?;
    match state.actions.append_upload(&member.viewer, id, offset, &part).await {
        Ok(progress) => Ok((headers_of(&progress)?, told(&progress)).into_response()),
        Err(ActionError::Conflict(Conflict::OtherOffset { received })) => {
            let place = [(OFFSET, HeaderValue::from(received))];
            Ok((StatusCode::CONFLICT, place, Json(json!({ "offset": received }))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// DELETE /uploads/{id}
pub async fn cancel(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<UploadId>,
) -> WebResult<StatusCode> {
    state.actions.cancel_upload(&member.viewer, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn headers_of(progress: &Progress) -> Result<HeaderMap, ActionError> {
    let (offset, size, is_whole) = match progress {
        Progress::UnderWay(upload) => (upload.received, upload.size, "?0"),
        Progress::Finished(file) => (file.size, file.size, "?1"),
    };
    let limit = format!("max-append-size={LARGEST_PART}");
    let limit = HeaderValue::from_str(&limit).map_err(|e| ActionError::Internal(e.into()))?;
    Ok(HeaderMap::from_iter([
        (OFFSET, HeaderValue::from(offset)),
        (LENGTH, HeaderValue::from(size)),
        (COMPLETE, HeaderValue::from_static(is_whole)),
        (LIMIT, limit),
    ]))
}

fn told(progress: &Progress) -> Json<serde_json::Value> {
    Json(match progress {
        Progress::UnderWay(upload) => json!({ "offset": upload.received }),
        Progress::Finished(file) => json!({ "id": file.id, "name": file.name, "size": file.size }),
    })
}

/// Stores one field of a form as a file of the group.
///
/// # Errors
/// When this person is no member, or the file is too large, empty or forbidden.
pub async fn take_in(
    state: &WebState,
    member: &Member,
    group: GroupId,
    mut field: Field<'_>,
) -> WebResult<File> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let mut upload = state.actions.begin_upload(&member.viewer, group).await?;
    while let Some(piece) = field.chunk().await? {
        upload.write(&piece).await.map_err(ActionError::from)?;
    }
    Ok(state.actions.finish_upload(&member.viewer, group, upload, &name).await?)
}
