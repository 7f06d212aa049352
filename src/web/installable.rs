//! mailmoot as a program of its own on a desk or a phone: the manifest that browsers read, and the colour of its frame.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::assets;
use super::view::Theme;
use super::visit::Visit;

/// The list beside the page, light and dark, as in `templates/assets/style/tokens.css`: what lies at the frame.
const LIGHT: &str = "#f3f6f5";
const DARK: &str = "#0f1312";

/// GET /manifest.webmanifest (W3C Web Application Manifest). Browsers ask without cookies.
pub async fn manifest(visit: Visit) -> Response {
    let head = [(CONTENT_TYPE, "application/manifest+json"), (CACHE_CONTROL, "no-cache")];
    let manifest = json!({
        "id": "/",
        "name": "mailmoot",
        "short_name": "mailmoot",
        "description": visit.texts().get("install-description"),
        "lang": visit.language.tag(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "icons": [
            icon("mark.svg", "any", "any"),
            icon("mark-192.png", "192x192", "any"),
            icon("mark-512.png", "512x512", "any"),
            icon("maskable-192.png", "192x192", "maskable"),
            icon("maskable-512.png", "512x512", "maskable"),
        ],
    });
    (head, Json(manifest).into_response().into_body()).into_response()
}

fn icon(name: &str, sizes: &str, purpose: &str) -> Value {
    let kind = if name.ends_with("svg") { "image/svg+xml" } else { "image/png" };
    json!({ "src": assets::url(&format!("icons/{name}")), "sizes": sizes, "type": kind, "purpose": purpose })
}

/// The colours of the browser's frame, each with the media query under which it holds; for a page's head.
pub fn frame_colours(theme: Theme) -> Vec<(&'static str, &'static str)> {
    match theme {
        Theme::Auto => vec![("(prefers-color-scheme: light)", LIGHT), ("(prefers-color-scheme: dark)", DARK)],
        Theme::Light => vec![("all", LIGHT)],
        Theme::Dark => vec![("all", DARK)],
    }
}
