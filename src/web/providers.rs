//! Signing in at an OpenID provider: a button sends the browser there, it comes back with a code, and the provider may say
//! later that somebody signed out. Coming back is the one GET that does something: the protocol asks for it, and it counts
//! only once, with a secret that this browser alone was sent out with (docs/DECISIONS.md).

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use super::error::{ErrorPage, WebResult};
use super::filters;
use super::own_path::own_path;
use super::path::Path;
use super::peer::Peer;
use super::state::WebState;
use super::view::View;
use super::visit::{Visit, session_cookie};
use crate::actions::providers::{Refusal, Returned, Traveller};
use crate::domain::identity::Untrusted;
use crate::texts::Texts;

/// "On to the other sign-in": goes there by itself, or by its link. A redirect after a form would be stopped by our own
/// rule that forms go nowhere else (CSP `form-action`).
#[derive(Template, WebTemplate)]
#[template(path = "sign_in/leaving.html")]
pub struct LeavingPage {
    pub view: View,
    pub title: String,
    pub url: String,
}

#[derive(Debug, Deserialize)]
pub struct Begin {
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
pub struct Back {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Logout {
    #[serde(default)]
    logout_token: String,
}

/// POST /sign-in/with/{provider}
pub async fn begin(
    State(state): State<WebState>,
    visit: Visit,
    Peer(network): Peer,
    Path(provider): Path<String>,
    Form(form): Form<Begin>,
) -> WebResult<Response> {
    let (browser, jar) = visit.ensure_browser(&state)?;
    let who = Traveller { browser: &browser, network, language: visit.language };
    let next = own_path(&form.next);
    match state.actions.begin_at_provider(&provider, next, who).await? {
        Ok(url) => Ok((jar, leaving(&visit, "leaving-to-sign-in", url)).into_response()),
        Err(refusal) => Ok(refused(&state, &visit, &provider, &refusal)),
    }
}

/// GET /sign-in/with/{provider}/back
pub async fn back(
    State(state): State<WebState>,
    visit: Visit,
    Path(provider): Path<String>,
    Query(back): Query<Back>,
) -> WebResult<Response> {
    let returned = Returned {
        provider: &provider,
        state: &back.state,
        code: back.code.as_deref(),
        error: back.error.as_deref(),
        issuer: back.iss.as_deref(),
    };
    let browser = visit.browser();
    match state.actions.finish_at_provider(returned, browser.as_ref(), &visit.user_agent).await? {
        Ok(signed_in) => {
            let jar = visit.jar.add(session_cookie(&state, &signed_in.cookie));
            Ok((jar, Redirect::to(&signed_in.target)).into_response())
        }
        // Loaded again, or gone back to, by somebody who is in already.
        Err(Refusal::Gone) if visit.viewer.is_some() => Ok(Redirect::to("/").into_response()),
        Err(refusal) => Ok(refused(&state, &visit, &provider, &refusal)),
    }
}

/// POST /sign-in/with/{provider}/logout, by the provider itself (OpenID Connect Back-Channel Logout 1.0 2.5).
pub async fn logout(
    State(state): State<WebState>,
    Path(provider): Path<String>,
    Form(form): Form<Logout>,
) -> WebResult<Response> {
    let answer = match state.actions.end_by_provider(&provider, &form.logout_token).await? {
        Ok(()) => StatusCode::OK.into_response(),
        Err(Refusal::NoProvider) => (StatusCode::NOT_FOUND, refused_json()).into_response(),
        Err(Refusal::Unreachable) => (StatusCode::SERVICE_UNAVAILABLE, refused_json()).into_response(),
        Err(_) => (StatusCode::BAD_REQUEST, refused_json()).into_response(),
    };
    Ok(([(CACHE_CONTROL, "no-store")], answer).into_response())
}

fn refused_json() -> Json<serde_json::Value> {
    Json(json!({ "error": "invalid_request" }))
}

/// Sends a browser on, without telling the other side which page it was on.
pub fn leaving(visit: &Visit, title: &'static str, url: String) -> Response {
    let view = here(visit);
    let title = view.t.get(title).into_owned();
    let headers = [(CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer")];
    (headers, LeavingPage { view, title, url }).into_response()
}

fn refused(state: &WebState, visit: &Visit, provider: &str, refusal: &Refusal) -> Response {
    let offers = state.actions.offered_providers();
    let title = offers.iter().find(|offer| offer.name == provider).map_or("", |offer| offer.title.as_str());
    let status = match refusal {
        Refusal::NoProvider => StatusCode::NOT_FOUND,
        Refusal::Gone | Refusal::NotBelieved => StatusCode::BAD_REQUEST,
        Refusal::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Unfit | Refusal::Answered { .. } => StatusCode::BAD_GATEWAY,
        Refusal::Denied
        | Refusal::Untrusted(_)
        | Refusal::OwnAddress
        | Refusal::Unknown
        | Refusal::OtherAccount
        | Refusal::Departed => StatusCode::FORBIDDEN,
    };
    (status, refusal_page(here(visit), title, refusal)).into_response()
}

/// The frame of a page that cannot be asked for again: who changes the language goes to the sign-in page.
fn here(visit: &Visit) -> View {
    View { path: "/sign-in".to_owned(), ..visit.view() }
}

/// What happened and what to do, with the way back to signing in.
pub fn refusal_page(view: View, provider: &str, refusal: &Refusal) -> ErrorPage {
    let t = view.t;
    let title = match refusal {
        Refusal::NoProvider => "error-not-found",
        Refusal::Denied => "provider-denied",
        Refusal::Unreachable | Refusal::Unfit => "provider-away",
        _ => "provider-refused",
    };
    ErrorPage {
        title: t.get(title).into_owned(),
        text: refusal_words(t, provider, refusal),
        way: "/sign-in".to_owned(),
        way_label: t.get("to-sign-in").into_owned(),
        view,
    }
}

fn refusal_words(t: Texts, provider: &str, refusal: &Refusal) -> String {
    let key = match refusal {
        Refusal::NoProvider => "provider-none",
        Refusal::Gone => "provider-gone",
        Refusal::Denied => "provider-denied-text",
        Refusal::Answered { error } => {
            let values = [("provider", provider), ("error", error.as_str())];
            return t.with("provider-answered", &values).into_owned();
        }
        Refusal::Unreachable => "provider-unreachable",
        Refusal::Unfit => "provider-unfit",
        Refusal::NotBelieved => "provider-not-believed",
        Refusal::Untrusted(Untrusted::NoAddress) => "provider-no-address",
        Refusal::Untrusted(Untrusted::NotVerified) => "provider-not-verified",
        Refusal::Untrusted(Untrusted::OtherDomain) => "provider-other-domain",
        Refusal::OwnAddress => "provider-own-address",
        Refusal::Unknown => "provider-unknown",
        Refusal::OtherAccount => "provider-other-account",
        Refusal::Departed => "problem-no-longer-here",
    };
    t.with(key, &[("provider", provider)]).into_owned()
}
