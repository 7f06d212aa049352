//! Who comes to a page, and how: session, language, theme, and whether a script asks or a person.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, USER_AGENT};
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;

use super::error::{Failure, WebResult};
use super::groups::GroupRow;
use super::peer::address_of_visitor;
use super::presence::Mine;
use super::state::WebState;
use super::view::{DraftRow, Side, Theme, View};
use crate::actions::ActionError;
use crate::domain::audit::Whence;
use crate::domain::language::Language;
use crate::domain::person::Viewer;
use crate::domain::presence::Status;
use crate::domain::secret::Token;
use crate::texts::Texts;

const SESSION: &str = "moot_session";
const BROWSER: &str = "moot_browser";
const LANGUAGE: &str = "moot_language";
const THEME: &str = "moot_theme";
/// The header of a script that wants a panel for the drawer.
const PART: &str = "x-part";
/// In seconds.
const A_YEAR: u32 = 365 * 24 * 3600;

/// One request, as pages see it. Everybody may come.
#[derive(Clone, Debug)]
pub struct Visit {
    pub language: Language,
    pub theme: Theme,
    pub viewer: Option<Viewer>,
    /// Path and query.
    pub path: String,
    /// A script asks, and wants JSON.
    pub wants_json: bool,
    /// A script asks for what the drawer shows, without the page around it.
    pub wants_part: bool,
    pub user_agent: String,
    pub jar: CookieJar,
}

/// A request of somebody who is signed in; others are sent to the sign-in page.
#[derive(Clone, Debug)]
pub struct Member {
    pub visit: Visit,
    pub viewer: Viewer,
}

impl FromRequestParts<WebState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let mut visit = Self::of_parts(parts);
        visit.recognise(state).await;
        if let Some(viewer) = visit.viewer.as_mut() {
            viewer.whence = Whence::Network(address_of_visitor(parts, state));
        }
        Ok(visit)
    }
}

impl FromRequestParts<WebState> for Member {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Failure> {
        let Ok(visit) = Visit::from_request_parts(parts, state).await;
        match visit.viewer.clone() {
            Some(viewer) => Ok(Self { visit, viewer }),
            None => Err(Failure::SignInFirst { path: visit.path }),
        }
    }
}

impl Visit {
    /// Without asking who it is.
    pub fn of_parts(parts: &Parts) -> Self {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let jar = CookieJar::from_headers(&parts.headers);
        let chosen = jar.get(LANGUAGE).and_then(|cookie| Language::from_tag(cookie.value()));
        Self {
            language: chosen.unwrap_or_else(|| Language::from_accept_language(header(ACCEPT_LANGUAGE))),
            theme: Theme::from_name(jar.get(THEME).map_or("", |cookie| cookie.value())),
            viewer: None,
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            wants_json: header(ACCEPT).contains("application/json"),
            wants_part: parts.headers.contains_key(PART),
            user_agent: header(USER_AGENT).to_owned(),
            jar,
        }
    }

    /// Finds out who it is. The language they chose wins over the browser's.
    pub async fn recognise(&mut self, state: &WebState) {
        if let Some(token) = self.token(SESSION) {
            // A database that is away makes nobody a stranger for long: the page itself will fail and say so.
            self.viewer = state.actions.find_viewer(&token).await.ok().flatten();
        }
        if let Some(language) = self.viewer.as_ref().and_then(|viewer| viewer.language) {
            self.language = language;
        }
    }

    pub fn texts(&self) -> Texts {
        Texts::of(self.language)
    }

    /// The frame of a page without the list.
    pub fn view(&self) -> View {
        View {
            t: self.texts(),
            theme: self.theme,
            viewer: self.viewer.clone(),
            side: Side::default(),
            mine: None,
            path: self.path.clone(),
            demo: false,
            quiet: None,
        }
    }

    /// By which sign-in links know this browser.
    pub fn browser(&self) -> Option<Token> {
        self.token(BROWSER)
    }

    fn token(&self, name: &str) -> Option<Token> {
        self.jar.get(name)?.value().parse().ok()
    }

    /// This browser's token, and the cookies that hold it: made now if it has none.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn ensure_browser(&self, state: &WebState) -> WebResult<(Token, CookieJar)> {
        if let Some(token) = self.browser() {
            return Ok((token, self.jar.clone()));
        }
        let bytes = state.actions.clock.random_bytes().map_err(|e| ActionError::Internal(e.into()))?;
        let token = Token::from_random(bytes);
        let cookie = cookie(state, BROWSER, token.reveal());
        Ok((token, self.jar.clone().add(cookie)))
    }
}

impl Member {
    /// The frame of a page with the list of groups and drafts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn view(&self, state: &WebState) -> WebResult<View> {
        let mut view = self.visit.view();
        view.demo = state.desk.is_some();
        view.quiet = state.actions.maintenance();
        let mut status = state.actions.own_status(&self.viewer).await?;
        // Whoever reads a page is back.
        if status.absence.is_some() {
            state.actions.end_absence(self.viewer.person_id).await?;
            status = Status::default();
        }
        view.mine = Some(Mine::new(status, state.actions.settings.presence.idle));
        let groups = state.actions.list_groups(&self.viewer).await?;
        let drafts = state.actions.list_drafts(&self.viewer).await?;
        let here = self.visit.path.split('?').next().unwrap_or_default();
        view.side = Side {
            may_start: state.actions.check_may_start(&self.viewer).await.is_ok(),
            groups: groups.into_iter().map(|line| GroupRow::of(view.t, line, here)).collect(),
            drafts: drafts.into_iter().map(|draft| DraftRow::of(view.t, draft, here)).collect(),
        };
        Ok(view)
    }
}

/// The cookie of a session.
pub fn session_cookie(state: &WebState, token: &Token) -> Cookie<'static> {
    cookie(state, SESSION, token.reveal())
}

pub fn language_cookie(state: &WebState, language: Language) -> Cookie<'static> {
    cookie(state, LANGUAGE, language.tag().to_owned())
}

/// The same before anything is set up: whether there will be TLS is not known.
pub fn first_language_cookie(language: Language) -> Cookie<'static> {
    written(LANGUAGE, language.tag(), "")
}

pub fn theme_cookie(state: &WebState, theme: Theme) -> Cookie<'static> {
    cookie(state, THEME, theme.name().to_owned())
}

/// The cookies without the session.
pub fn without_session(jar: CookieJar) -> CookieJar {
    jar.remove(Cookie::build(SESSION).path("/"))
}

fn cookie(state: &WebState, name: &'static str, value: String) -> Cookie<'static> {
    let secure = if state.actions.settings.public_url.is_https() { "; Secure" } else { "" };
    written(name, &value, secure)
}

fn written(name: &'static str, value: &str, secure: &str) -> Cookie<'static> {
    let written = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={A_YEAR}{secure}");
    Cookie::parse(written).unwrap_or_else(|_| Cookie::new(name, value.to_owned()))
}
