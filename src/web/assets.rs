//! Style, script and icons: part of the program, named by one digest of them all, so that browsers keep them for ever
//! and fetch them again when the program changes. One digest, since the scripts import each other by relative path.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use tokio::task::spawn_blocking;

use super::path::Path;
use crate::domain::digest::Digest;

#[derive(RustEmbed)]
#[folder = "templates/assets/"]
struct Assets;

/// The style of the heaviest page in one file: packed together they weigh half, and it is one question instead of many.
const DISCUSSION: (&str, &[&str]) = (
    "style/discussion.css",
    &[
        "tokens", "base", "shell", "presence", "talk", "message", "composer", "combobox", "panel", "files",
        "receipts",
    ],
);

/// One of them, ready to be sent.
struct Asset {
    bytes: Bytes,
    tag: String,
    media_type: &'static str,
    /// As browsers take it that know Brotli (RFC 7932); made when the first of them asks.
    packed: OnceLock<Bytes>,
}

static ALL: LazyLock<HashMap<Cow<'static, str>, Asset>> = LazyLock::new(|| {
    let files = Assets::iter().filter_map(|name| {
        let bytes = Assets::get(&name)?.data;
        Some((name, bytes))
    });
    let (name, parts) = DISCUSSION;
    let joined: Vec<u8> = parts
        .iter()
        .filter_map(|part| Assets::get(&format!("style/{part}.css")))
        .flat_map(|file| file.data.into_owned())
        .collect();
    let joined = (Cow::Borrowed(name), Cow::Owned(joined));
    files.chain([joined]).map(|(name, bytes)| (name.clone(), Asset::new(&name, bytes))).collect()
});

impl Asset {
    fn new(name: &str, bytes: Cow<'static, [u8]>) -> Self {
        Self {
            tag: format!("\"{}\"", &Digest::of(&bytes).hex()[..32]),
            media_type: media_type(name),
            bytes: bytes.into_owned().into(),
            packed: OnceLock::new(),
        }
    }

    /// Packed as tightly as it goes, once for all who ask.
    async fn packed(&'static self) -> Bytes {
        if let Some(packed) = self.packed.get() {
            return packed.clone();
        }
        let work = spawn_blocking(|| self.packed.get_or_init(|| self.pack()).clone());
        work.await.unwrap_or_default()
    }

    fn pack(&self) -> Bytes {
        let is_source = self.media_type.starts_with("text/");
        if is_source { pack(&without_comments(&self.bytes)) } else { pack(&self.bytes) }
    }
}

/// Without the lines that are nothing but a comment: a sixth of what is sent, and for whoever reads the source only.
fn without_comments(bytes: &[u8]) -> Vec<u8> {
    let mut is_inside = false;
    let mut kept = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let words = line.trim_ascii();
        let begins = words.starts_with(b"/*");
        let is_comment = is_inside || words.starts_with(b"//") || (begins && !has_more_after_comment(words));
        is_inside = (is_inside || begins) && !words.windows(2).any(|pair| pair == b"*/");
        if !is_comment {
            kept.extend_from_slice(line);
        }
    }
    kept
}

fn has_more_after_comment(line: &[u8]) -> bool {
    line.windows(2).position(|pair| pair == b"*/").is_some_and(|end| end + 2 < line.len())
}

fn pack(bytes: &[u8]) -> Bytes {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, 11, 22);
    // Writing to memory does not fail.
    let done = writer.write_all(bytes);
    drop(writer);
    debug_assert!(done.is_ok());
    packed.into()
}

/// The digest of all assets, shortened: it stands in every asset's URL.
pub fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut tags: Vec<_> = ALL.iter().map(|(name, asset)| format!("{name}{}", asset.tag)).collect();
        tags.sort();
        Digest::of(tags.concat().as_bytes()).hex()[..16].to_owned()
    })
}

/// The URL of an asset such as `style/base.css`.
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", version())
}

/// An asset for a route of its own.
pub fn contents(name: &str) -> Vec<u8> {
    Assets::get(name).map(|file| file.data.into_owned()).unwrap_or_default()
}

/// GET /assets/{version}/{*name}. An old page that asks for an older version gets today's file, but must not keep it.
pub async fn get(Path((asked, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ALL.get(name.as_str()) else { return StatusCode::NOT_FOUND.into_response() };
    let keep = if asked == version() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut head = HeaderMap::new();
    let mut say = |name, value| head.insert(name, HeaderValue::from_static(value));
    say(header::CONTENT_TYPE, asset.media_type);
    say(header::CACHE_CONTROL, keep);
    say(header::VARY, "accept-encoding");
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // What is kept for ever is never asked for again; there are many of them, and each byte counts.
    if asked != version() {
        say(header::ETAG, &asset.tag);
    }
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == asset.tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    if takes_brotli(&headers) {
        let packed = asset.packed().await;
        return (head, [(header::CONTENT_ENCODING, "br")], packed).into_response();
    }
    (head, asset.bytes.clone()).into_response()
}

/// Whether a browser takes Brotli (RFC 9110 section 12.5.3): all of today's say so, over HTTPS and on loopback.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|one| one.trim() == "br")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        // All are modules, which are UTF-8 whatever is said (HTML, "fetch a single module script"), and there are many of them.
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_are_comments_are_left_out() {
        let source = "// head\na /* b */ + c; // d\n  /** more\n   of it */\n/* e */ f\n/* g */\nconst u = 'http://x';\n";
        let kept = String::from_utf8(without_comments(source.as_bytes())).unwrap();
        assert_eq!(kept, "a /* b */ + c; // d\n/* e */ f\nconst u = 'http://x';\n");
    }
}
