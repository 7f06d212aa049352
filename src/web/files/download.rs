//! Files handed out so that a browser never runs what is in them: whole, or in the ranges it lacks (RFC 9110 14).

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::headers::{ContentRange, ETag, HeaderMapExt, IfNoneMatch, IfRange};
use http_range_header::parse_range_header;
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use tokio_util::io::ReaderStream;

use crate::actions::ActionError;
use crate::actions::dossiers::OpenDossier;
use crate::actions::exports::OpenExport;
use crate::actions::files::OpenFile;
use crate::domain::digest::Digest;
use crate::domain::file::{File, FileName, Shown};
use crate::domain::ids::{ExportId, FileId};
use crate::web::error::WebResult;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

/// Contents never change under their id.
const KEEP: &str = "private, max-age=31536000, immutable";
/// Whatever it is, it runs nothing and fetches nothing, on an origin of its own.
const LOCKED: &str = "default-src 'none'; sandbox";
/// Chromium shows no PDF in a sandbox. Its viewer runs outside of our pages; ours may hold it in a frame.
const PDF: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

/// What of a file is asked for.
enum Asked {
    Whole,
    /// First byte and the one after the last.
    Part(u64, u64),
    /// Nothing of what is there.
    Beyond,
}

/// GET /files/{id}: what browsers show without running anything is shown, everything else is saved.
pub async fn contents(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> WebResult<Response> {
    let open = state.actions.open_file(&member.viewer, id).await?;
    Ok(answer(open, &headers).await?)
}

/// A file as it is asked for: whole, in parts, or not again.
pub(in crate::web) async fn answer(open: OpenFile, headers: &HeaderMap) -> Result<Response, ActionError> {
    let mut answer = HeaderMap::new();
    if let Some(tag) = tag_of(&open.digest, "") {
        if is_known(headers, &tag) {
            return Ok(unchanged(tag));
        }
        answer.typed_insert(tag);
    }
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(KEEP));
    answer.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    describe(&mut answer, &open.file)?;
    send((open.contents, open.file.size), headers, answer).await
}

/// GET /exports/{id}/download: a whole group, to be saved by the one who asked for it.
pub async fn export(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ExportId>,
    headers: HeaderMap,
) -> WebResult<Response> {
    let OpenExport { export, topic, contents } = state.actions.open_export(&member.viewer, id).await?;
    // Who goes on with a download that broke off is still at the same one.
    let goes_on = headers.get(RANGE).is_some_and(|range| !range.as_bytes().starts_with(b"bytes=0"));
    if !goes_on {
        state.actions.note_download(&member.viewer, &export).await?;
    }
    let name = FileName::cleaned(&format!("{topic}.{}", export.format.name()), "group");
    let answer = saved(id, name.as_str(), export.format.media_type())?;
    Ok(send((contents, export.size.unwrap_or(0)), &headers, answer).await?)
}

/// GET /data-exports/{id}/download: all that is known of a person, to be saved by the one who asked for it.
pub async fn dossier(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ExportId>,
    headers: HeaderMap,
) -> WebResult<Response> {
    let OpenDossier { dossier, contents } = state.actions.open_dossier(&member.viewer, id).await?;
    let answer = saved(id, "my-data.zip", "application/zip")?;
    Ok(send((contents, dossier.size.unwrap_or(0)), &headers, answer).await?)
}

/// The head of what is to be saved, and kept nowhere on the way.
fn saved(id: ExportId, name: &str, media_type: &'static str) -> Result<HeaderMap, ActionError> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|e| ActionError::Internal(e.into()));
    let mut answer = HeaderMap::new();
    if let Some(tag) = tag_of(&id.to_string(), "") {
        answer.typed_insert(tag);
    }
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer.insert(CONTENT_DISPOSITION, value(&named("attachment", name))?);
    answer.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(LOCKED));
    Ok(answer)
}

/// GET /files/{id}/thumbnail: a picture made small.
pub async fn thumbnail(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> WebResult<Response> {
    let bytes = state.actions.get_thumbnail(&member.viewer, id).await?;
    Ok(answer_small(&id, bytes, &headers))
}

/// A thumbnail, or that it is the one that is known.
pub(in crate::web) fn answer_small(id: &FileId, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    small((&id.to_string(), "-thumbnail"), bytes, headers)
}

/// The picture of a person, or that it is the one that is known.
pub(in crate::web) fn answer_photo(photo: &Digest, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    small((&photo.hex(), "-person"), bytes, headers)
}

fn small((name, suffix): (&str, &str), bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    let mut answer = HeaderMap::new();
    if let Some(tag) = tag_of(name, suffix) {
        if is_known(headers, &tag) {
            return unchanged(tag);
        }
        answer.typed_insert(tag);
    }
    let kind = if bytes.starts_with(b"RIFF") { "image/webp" } else { "image/jpeg" };
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(KEEP));
    answer.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(LOCKED));
    (answer, bytes).into_response()
}

fn tag_of(name: &str, suffix: &str) -> Option<ETag> {
    format!("\"{name}{suffix}\"").parse().ok()
}

fn is_known(headers: &HeaderMap, tag: &ETag) -> bool {
    headers.typed_get::<IfNoneMatch>().is_some_and(|known| !known.precondition_passes(tag))
}

fn unchanged(tag: ETag) -> Response {
    let mut answer = HeaderMap::new();
    answer.typed_insert(tag);
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(KEEP));
    (StatusCode::NOT_MODIFIED, answer).into_response()
}

fn describe(answer: &mut HeaderMap, file: &File) -> Result<(), ActionError> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|e| ActionError::Internal(e.into()));
    let policy = if file.shown() == Some(Shown::Pdf) { PDF } else { LOCKED };
    answer.insert(CONTENT_TYPE, value(&file.media_type)?);
    answer.insert(CONTENT_DISPOSITION, value(&disposition(file))?);
    answer.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    Ok(())
}

/// Sends what is asked for. Several ranges at once are answered with everything, as a server may (RFC 9110 14.2).
async fn send(
    (mut contents, size): (tokio::fs::File, i64),
    headers: &HeaderMap,
    mut answer: HeaderMap,
) -> Result<Response, ActionError> {
    let size = u64::try_from(size).unwrap_or(0);
    let (from, to) = match asked(headers, &answer, size) {
        Asked::Whole => (0, size),
        Asked::Part(from, to) => (from, to),
        Asked::Beyond => {
            answer.typed_insert(ContentRange::unsatisfied_bytes(size));
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, answer).into_response());
        }
    };
    let status = if to - from < size { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(range) = ContentRange::bytes(from..to, Some(size))
    {
        answer.typed_insert(range);
        contents.seek(SeekFrom::Start(from)).await.map_err(|e| ActionError::Internal(e.into()))?;
    }
    answer.insert(CONTENT_LENGTH, HeaderValue::from(to - from));
    let body = Body::from_stream(ReaderStream::new(contents.take(to - from)));
    Ok((status, answer, body).into_response())
}

fn asked(headers: &HeaderMap, answer: &HeaderMap, size: u64) -> Asked {
    let range = headers.get(RANGE).and_then(|range| range.to_str().ok());
    // What can't be read as ranges asks for none (RFC 9110 14.2).
    let Some(Ok(ranges)) = range.map(parse_range_header) else { return Asked::Whole };
    // What the asker has is of other contents (RFC 9110 13.1.5).
    let condition = headers.typed_get::<IfRange>();
    if condition.is_some_and(|known| known.is_modified(answer.typed_get::<ETag>().as_ref(), None)) {
        return Asked::Whole;
    }
    match ranges.validate(size).as_deref() {
        Ok([range]) => Asked::Part(*range.start(), *range.end() + 1),
        Ok(_) => Asked::Whole,
        // More of the end than there is means all of it (RFC 9110 14.1.2).
        Err(_) if size > 0 && range.is_some_and(|range| range.starts_with("bytes=-")) => Asked::Whole,
        Err(_) => Asked::Beyond,
    }
}

/// RFC 6266 with the name in RFC 8187 form, and a plain one for old programs. A text is shown on a page of ours, since
/// it does not say in which charset it is.
fn disposition(file: &File) -> String {
    let is_shown = file.shown().is_some_and(|shown| shown != Shown::Text);
    let kind = if is_shown { "inline" } else { "attachment" };
    named(kind, file.name.as_str())
}

/// For what is made to be saved under this name.
pub fn saved_as(name: &str) -> String {
    named("attachment", name)
}

fn named(kind: &str, name: &str) -> String {
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
            disposition(&file(1, "预算 \"v2\".xlsx", "application/vnd.ms-excel", 1)),
            "attachment; filename=\"__ _v2_.xlsx\"; filename*=UTF-8''%E9%A2%84%E7%AE%97%20_v2_.xlsx"
        );
        for (name, media_type, kind) in [
            ("a.png", "image/png", "inline"),
            ("a.pdf", "application/pdf", "inline"),
            ("a.svg", "image/svg+xml", "attachment"),
            ("a.html", "text/html", "attachment"),
            ("a.txt", "text/plain", "attachment"),
        ] {
            assert!(disposition(&file(2, name, media_type, 1)).starts_with(&format!("{kind}; ")), "{name}");
        }
    }
}
