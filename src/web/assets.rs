//! Style, script and icons: part of the program, named by one digest of them all, so that browsers keep them for ever
//! and fetch them again when the program changes. One digest, since the scripts import each other by relative path.

use std::sync::OnceLock;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::path::Path;
use crate::domain::digest::Digest;

#[derive(RustEmbed)]
#[folder = "templates/assets/"]
struct Assets;

/// The digest of all assets, shortened: it stands in every asset's URL.
pub fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut names: Vec<_> = Assets::iter().collect();
        names.sort();
        let digests =
            names.iter().filter_map(|name| Assets::get(name)).map(|file| file.metadata.sha256_hash());
        Digest::of(&digests.flatten().collect::<Vec<u8>>()).hex()[..16].to_owned()
    })
}

/// The URL of an asset such as `style/base.css`.
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", version())
}

/// GET /assets/{version}/{*name}. An old page that asks for an older version gets today's file, but must not keep it.
pub async fn get(Path((asked, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(file) = Assets::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{}\"", &Digest::of(&file.metadata.sha256_hash()).hex()[..32]);
    let keep = if asked == version() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let head = [
        (header::CONTENT_TYPE, media_type(&name).to_owned()),
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::ETAG, tag.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    (head, file.data.into_owned()).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
