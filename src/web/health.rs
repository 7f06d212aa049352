//! Whether we live and can serve, for programs: a service manager, or a web server before us. They tell nothing that a
//! stranger may not know.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::state::WebState;

/// What is said of our state.
#[derive(Debug, Serialize)]
pub struct Readiness {
    state: &'static str,
    /// What is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<&'static str>,
}

/// GET /health/live: the process answers. If it does not, starting it anew may help.
pub async fn live() -> Json<Readiness> {
    Json(Readiness { state: "live", missing: Vec::new() })
}

/// GET /health/ready: pages can be served. 503 while the database or the folder of files is away; starting anew would not help.
pub async fn ready(State(state): State<WebState>) -> (StatusCode, Json<Readiness>) {
    let missing = state.actions.not_ready().await;
    match missing.is_empty() {
        true => (StatusCode::OK, Json(Readiness { state: "ready", missing })),
        false => (StatusCode::SERVICE_UNAVAILABLE, Json(Readiness { state: "not ready", missing })),
    }
}
