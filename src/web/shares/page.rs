//! The page of a share for its readers. It needs no script, asks nobody but us, and tells no other site where its reader
//! came from. Whatever stands in the way of opening it, it looks as if there were nothing.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, extract::Request, middleware};
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::shares::{Form as Kept, OpenShare, Reader, Reading};
use crate::domain::secret::Token;
use crate::domain::share_document::SharedFile;
use crate::mail::share::{self, view};
use crate::web::error::{Failure, Trouble, WebResult};
use crate::web::filters;
use crate::web::path::Path;
use crate::web::peer::Peer;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Visit;

/// No script, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'";
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// A browser forgets a password after this many seconds.
const REMEMBERED: u32 = 12 * 3600;

/// A share as its readers see it.
#[derive(Template)]
#[template(path = "shares/page.html")]
struct SharePage<'a> {
    frame: View,
    view: &'a view::View<'a>,
    /// The editor, for the one who shared it.
    own: Option<String>,
    /// The version that the reader's mail had, if there is a newer one.
    older: Option<i64>,
    /// As what it can be kept: keys of their names, and addresses.
    kept: Vec<(&'static str, String)>,
}

/// Asks for the password, and shows nothing before.
#[derive(Template, WebTemplate)]
#[template(path = "shares/locked.html")]
pub struct LockedPage {
    frame: View,
    token: String,
    problem: Option<String>,
}

/// A link that opens nothing: expired, recalled, never given, or not for this reader.
#[derive(Template, WebTemplate)]
#[template(path = "shares/closed.html")]
pub struct ClosedPage {
    frame: View,
}

/// Who follows a link, and with which pass.
#[derive(Clone, Debug)]
pub struct Follower {
    pub visit: Visit,
    pass: Option<Token>,
}

impl FromRequestParts<WebState> for Follower {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Self::Rejection> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let pass = visit.jar.get(PASS).and_then(|cookie| cookie.value().parse().ok());
        Ok(Self { visit, pass })
    }
}

/// The cookie is for one share: its path is the share's.
const PASS: &str = "moot_pass";

impl Follower {
    pub fn reader(&self) -> Reader<'_> {
        Reader { viewer: self.visit.viewer.as_ref(), pass: self.pass.as_ref() }
    }

    /// The share that a link opens for them, if it does.
    ///
    /// # Errors
    /// As if there were nothing, also while the password was not typed.
    pub async fn open(&self, state: &WebState, link: &str) -> WebResult<OpenShare> {
        let link = link.parse::<Token>().map_err(|_| Trouble::NotFound)?;
        Ok(state.actions.open_share(&link, self.reader()).await?)
    }
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// The version that a mail brought.
    v: Option<String>,
}

#[derive(Deserialize)]
pub struct PasswordForm {
    password: String,
}

/// GET /s/{token}
pub async fn show(
    State(state): State<WebState>,
    follower: Follower,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
) -> WebResult<Response> {
    let Ok(link) = token.parse::<Token>() else { return Ok(closed(&follower.visit)) };
    let open = match state.actions.read_share(&link, follower.reader()).await {
        Ok(Reading::Open(open)) => open,
        Ok(Reading::Locked) => return Ok(locked(&follower.visit, token, None).into_response()),
        Err(ActionError::NotFound) => return Ok(closed(&follower.visit)),
        Err(error) => return Err(error.into()),
    };
    let html = page(&follower, &token, &open, asked).map_err(|e| ActionError::Internal(e.into()))?;
    if let Err(error) = state.actions.note_share_view(&open, follower.visit.viewer.as_ref()).await {
        // Whoever reads need not care.
        tracing::warn!(error = %error, "A look at a share was not counted.");
    }
    Ok(axum::response::Html(html).into_response())
}

/// POST /s/{token}/password
pub async fn unlock(
    State(state): State<WebState>,
    follower: Follower,
    Peer(network): Peer,
    Path(token): Path<String>,
    Form(form): Form<PasswordForm>,
) -> WebResult<Response> {
    let Ok(link) = token.parse::<Token>() else { return Ok(closed(&follower.visit)) };
    let viewer = follower.visit.viewer.as_ref();
    match state.actions.unlock_share(&link, viewer, (form.password, network)).await {
        Ok(pass) => {
            let jar = follower.visit.jar.clone().add(pass_cookie(&state, &token, &pass));
            Ok((jar, Redirect::to(&format!("/s/{token}"))).into_response())
        }
        Err(ActionError::NotFound) => Ok(closed(&follower.visit)),
        Err(error @ ActionError::Invalid { .. }) => {
            let failure = Failure::from(error);
            let problem = Some(failure.words(follower.visit.texts()));
            Ok((failure.status_beside_form(), locked(&follower.visit, token, problem)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn page(follower: &Follower, token: &str, open: &OpenShare, asked: Asked) -> askama::Result<String> {
    let file = |file: &SharedFile| Some(format!("/s/{token}/files/{}", file.id));
    let reading = share::Reading {
        page: None,
        until: open.share.expires_at,
        picture: &|shared: &SharedFile| Some(format!("/s/{token}/files/{}/thumbnail", shared.id)),
        file: &file,
        attached: false,
    };
    let newest = open.document.version;
    SharePage {
        frame: follower.visit.view(),
        view: &view::View::of(&open.document, reading),
        own: open.is_own.then(|| format!("/shares/{}", open.share.id)),
        older: asked.v.and_then(|typed| typed.parse().ok()).filter(|version| (1..newest).contains(version)),
        kept: [Kept::Pdf, Kept::Page, Kept::Markdown]
            .map(|form| (form.text_key(), format!("/s/{token}/download.{}", form.ending())))
            .into(),
    }
    .render()
}

fn locked(visit: &Visit, token: String, problem: Option<String>) -> LockedPage {
    LockedPage { frame: visit.view(), token, problem }
}

/// The same words and the same answer whatever is the matter.
fn closed(visit: &Visit) -> Response {
    (StatusCode::NOT_FOUND, ClosedPage { frame: visit.view() }).into_response()
}

fn pass_cookie(state: &WebState, token: &str, pass: &Token) -> Cookie<'static> {
    let secure = if state.actions.settings.public_url.is_https() { "; Secure" } else { "" };
    let value = pass.reveal();
    let written =
        format!("{PASS}={value}; Path=/s/{token}; HttpOnly; SameSite=Lax; Max-Age={REMEMBERED}{secure}");
    Cookie::parse(written).unwrap_or_else(|_| Cookie::new(PASS, value))
}

/// Around everything below `/s/`: no robot keeps it, no other site learns its address, and what was recalled is not
/// shown from a browser's store.
pub async fn guard(request: Request, next: middleware::Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow, noarchive"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    response
}
