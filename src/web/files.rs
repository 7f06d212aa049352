//! Files: taken in piece by piece, handed out so that a browser never runs what is in them.

use axum::Json;
use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio_util::io::ReaderStream;

use super::error::{Trouble, WebResult};
use super::path::Path;
use super::state::WebState;
use super::visit::Member;
use crate::actions::ActionError;
use crate::domain::file::File;
use crate::domain::ids::{FileId, GroupId};

/// POST /groups/{id}/files: one file; its id is to be named by a message.
pub async fn upload(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    mut form: Multipart,
) -> WebResult<Response> {
    while let Some(field) = form.next_field().await? {
        if field.name() == Some("upload") {
            let file = take_in(&state, &member, group, field).await?;
            return Ok(Json(json!({ "id": file.id, "name": file.name, "size": file.size })).into_response());
        }
    }
    Err(Trouble::Unreadable.into())
}

/// Stores one field of a form as a file of the group.
///
/// # Errors
/// When this person is no member, or the file is too large.
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

/// GET /files/{id}: pictures are shown, everything else is saved. Sniffing is off for every answer of this server.
pub async fn download(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> WebResult<Response> {
    let open = state.actions.open_file(&member.viewer, id).await?;
    let tag = format!("\"{}\"", open.digest);
    let keep = [(ETAG, tag.clone()), (CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned())];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, keep).into_response());
    }
    let kind =
        if open.file.is_picture() { open.file.media_type.as_str() } else { "application/octet-stream" };
    let head = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_LENGTH, open.file.size.to_string()),
        (CONTENT_DISPOSITION, disposition(&open.file)),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((keep, head, Body::from_stream(ReaderStream::new(open.contents))).into_response())
}

/// RFC 6266 with the name in RFC 8187 form, and a plain one for old programs.
fn disposition(file: &File) -> String {
    let kind = if file.is_picture() { "inline" } else { "attachment" };
    let name = file.name.as_str();
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\') || c == ' ' { c } else { '_' })
        .collect();
    let attr = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    let coded: String =
        name.bytes().map(|b| if attr(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;
    use crate::web::samples::file;

    #[test]
    fn a_files_name_survives_in_any_script() {
        assert_eq!(
            disposition(&file(1, "预算 \"v2\".pdf", "application/pdf", 1)),
            "attachment; filename=\"__ _v2_.pdf\"; filename*=UTF-8''%E9%A2%84%E7%AE%97%20_v2_.pdf"
        );
        assert!(disposition(&file(2, "a.png", "image/png", 1)).starts_with("inline; "));
        assert!(disposition(&file(3, "a.svg", "image/svg+xml", 1)).starts_with("attachment; "));
    }
}
