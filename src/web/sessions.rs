//! Where somebody is signed in, and signing out there.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::response::Redirect;

use super::error::WebResult;
use super::filters;
use super::path::Path;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::domain::ids::SessionId;
use crate::domain::person::Session;

/// The list of my sessions.
#[derive(Template, WebTemplate)]
#[template(path = "sessions/list.html")]
pub struct SessionsPage {
    pub view: View,
    pub sessions: Vec<SessionRow>,
}

/// One browser.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Such as "Firefox, Windows".
    pub device: String,
    pub current: bool,
    pub session: Session,
}

/// GET /sessions
pub async fn list(State(state): State<WebState>, member: Member) -> WebResult<SessionsPage> {
    let view = member.view(&state).await?;
    let unknown = view.t.get("unknown-device").into_owned();
    let row = |session: Session| SessionRow {
        device: device_of(&session.user_agent).unwrap_or_else(|| unknown.clone()),
        current: session.id == member.viewer.session_id,
        session,
    };
    let sessions = state.actions.list_sessions(&member.viewer).await?.into_iter().map(row).collect();
    Ok(SessionsPage { view, sessions })
}

/// POST /sessions/{id}/revoke
pub async fn revoke(
    State(state): State<WebState>,
    member: Member,
    Path(session): Path<SessionId>,
) -> WebResult<Redirect> {
    state.actions.end_session(&member.viewer, session).await?;
    Ok(Redirect::to("/sessions"))
}

/// Browser and system out of a User-Agent header (RFC 9110 10.1.5), as far as people know them by name.
pub fn device_of(user_agent: &str) -> Option<String> {
    let pick = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    // The order matters: Edge calls itself Chrome as well, and Chrome calls itself Safari.
    let browser = pick(&[("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari")]);
    let system = pick(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::device_of;

    #[test]
    fn a_browser_is_known_by_its_name() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0";
        assert_eq!(device_of(edge).as_deref(), Some("Edge, Windows"));
        assert_eq!(device_of("curl/8"), None);
    }
}
