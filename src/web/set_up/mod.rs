//! The pages of a program that nobody has set up yet. Whoever has the link that it printed names the mail account and
//! becomes the first admin; nobody else gets further than a page that says so.

mod form;

use std::net::IpAddr;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{DefaultBodyLimit, Form, FromRequestParts, State};
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;

use self::form::SetUpForm;
use super::admin::settings::form::Typed;
use super::own_path::own_path;
use super::path::Path;
use super::peer::{is_private, visitor_of};
use super::switches::LanguageForm;
use super::view::View;
use super::visit::{Visit, first_language_cookie};
use super::{assets, filters, headers, health};
use crate::clock::Clock;
use crate::config::check::check_section;
use crate::config::set_up::{Begun, SetUp, SetUps};
use crate::config::{Config, Origin, ServerSettings};
use crate::domain::digest::Digest;
use crate::domain::language::Language;
use crate::domain::secret::Token;
use crate::texts::Texts;
use crate::transport::check::{CheckStep, Outcome};

/// What came of trying each server, by its section of the settings.
type Tried = [(&'static str, Vec<CheckStep>); 2];

/// What a form may bring, in bytes.
const FORM: usize = 50_000;

/// What these pages work with. Cheap enough to clone.
#[derive(Clone, Debug)]
pub struct SetUpState {
    origin: Origin,
    server: ServerSettings,
    token: Digest,
    asks: SetUps,
    clock: Clock,
}

/// The first page: which account it is.
#[derive(Template, WebTemplate)]
#[template(path = "set_up/start.html")]
pub struct StartPage {
    pub view: View,
    pub address: String,
    pub problem: Option<String>,
    /// What is typed can be read on the way.
    pub open: bool,
}

/// What strangers see, and whoever comes too late.
#[derive(Template, WebTemplate)]
#[template(path = "set_up/closed.html")]
pub struct ClosedPage {
    pub view: View,
    /// It runs already.
    pub done: bool,
}

/// It runs.
#[derive(Template, WebTemplate)]
#[template(path = "set_up/done.html")]
pub struct DonePage {
    pub view: View,
    /// Signs the first admin in.
    pub link: String,
    /// The address of the pages from now on, where it is not the one that was come by.
    pub moved: Option<String>,
    /// Nobody else's browser gets there.
    pub is_local: bool,
    pub listen: String,
}

/// Whoever has the link. It is looked at before anything else of a request is read.
struct Holder {
    visitor: Visitor,
    token: String,
}

/// Who asks, and how.
#[derive(Clone, Debug)]
struct Visitor {
    visit: Visit,
    address: IpAddr,
    is_private: bool,
    /// As the browser calls us, such as `moot.corp.example:8080`.
    host: String,
}

#[derive(Debug, Deserialize)]
struct AddressForm {
    #[serde(default)]
    address: String,
    /// The servers are typed, and not looked for.
    by_hand: Option<String>,
}

impl SetUpState {
    pub fn new(
        origin: Origin,
        server: ServerSettings,
        (token, asks): (&Token, SetUps),
        clock: Clock,
    ) -> Self {
        Self { origin, server, token: token.digest(), asks, clock }
    }

    fn admits(&self, token: &str) -> bool {
        token.parse::<Token>().is_ok_and(|token| token.digest() == self.token)
    }
}

impl FromRequestParts<SetUpState> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &SetUpState) -> Result<Self, Self::Rejection> {
        let trusted = &state.server.trusted_proxies;
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        Ok(Self {
            visit: Visit::of_parts(parts),
            address: visitor_of(parts, trusted),
            is_private: is_private(parts, trusted),
            host: host.to_owned(),
        })
    }
}

impl FromRequestParts<SetUpState> for Holder {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &SetUpState) -> Result<Self, Response> {
        let Ok(visitor) = Visitor::from_request_parts(parts, state).await;
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(token)) if state.admits(&token) => Ok(Self { visitor, token }),
            _ => Err(visitor.closed(false)),
        }
    }
}

impl Visitor {
    fn texts(&self) -> Texts {
        self.visit.texts()
    }

    /// The frame of a page; a switch of the language leads back to the first one.
    fn view(&self, token: &str) -> View {
        View { path: format!("/set-up/{token}"), ..self.visit.view() }
    }

    fn closed(&self, done: bool) -> Response {
        let status = if done { StatusCode::CONFLICT } else { StatusCode::SERVICE_UNAVAILABLE };
        let view = View { path: "/".to_owned(), ..self.visit.view() };
        (status, ClosedPage { view, done }).into_response()
    }
}

/// All pages until it is set up.
pub fn router(state: SetUpState) -> Router {
    Router::new()
        .route("/set-up/{token}", get(start).post(begin))
        .route("/set-up/{token}/servers", post(servers))
        .route("/language", post(language))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(not_ready))
        .fallback(stranger)
        .layer(DefaultBodyLimit::max(FORM))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(headers::add))
        .route("/assets/{version}/{*name}", get(assets::get))
        .with_state(state)
}

/// GET /set-up/{token}
async fn start(Holder { visitor, token }: Holder) -> Response {
    let (view, open) = (visitor.view(&token), !visitor.is_private);
    StartPage { view, address: String::new(), problem: None, open }.into_response()
}

/// POST /set-up/{token}/servers: looks for the servers of the account, and shows everything that is to be known.
async fn servers(
    Holder { visitor, token }: Holder,
    State(state): State<SetUpState>,
    Form(typed): Form<AddressForm>,
) -> Response {
    let (t, text) = (visitor.texts(), typed.address.trim());
    let Ok(address) = text.parse() else {
        let (view, open) = (visitor.view(&token), !visitor.is_private);
        let problem = Some(t.with("discover-no-address", &[("address", text)]).into_owned());
        return StartPage { view, address: typed.address, problem, open }.into_response();
    };
    let mut form = SetUpForm::of(&state, &visitor, &token);
    form.name_account(&address);
    if typed.by_hand.is_none() {
        form.find(&state, &address).await;
    }
    form.into_response()
}

/// POST /set-up/{token}: begins with what was typed, when it is well-formed and works; with what does not work, when whoever
/// typed it says so.
async fn begin(
    Holder { visitor, token }: Holder,
    State(state): State<SetUpState>,
    Form(typed): Form<Typed>,
) -> Response {
    let mut form = SetUpForm::of(&state, &visitor, &token);
    let Some((config, changes, admin)) = form.take(&state, &typed, visitor.address) else {
        return (StatusCode::UNPROCESSABLE_ENTITY, form).into_response();
    };
    if !typed.contains_key("anyway") {
        let tried = try_out(&config, &state.clock, visitor.texts()).await;
        if tried.iter().flat_map(|(_, steps)| steps).any(|step| step.outcome == Outcome::Failed) {
            form.meet(tried);
            return (StatusCode::UNPROCESSABLE_ENTITY, form).into_response();
        }
    }
    let url = config.server.public_url.clone();
    match state.asks.ask(SetUp { config, changes, admin }).await {
        Begun::Runs { link } => {
            let moved = (url.authority() != visitor.host).then(|| url.as_str().to_owned());
            let is_local = moved.is_none() && url.is_of_this_machine();
            let listen = state.server.listen.to_string();
            let page = DonePage { view: visitor.view(&token), link, moved, is_local, listen };
            // The link in it is worth as much as a password.
            ([(header::CACHE_CONTROL, "no-store")], page).into_response()
        }
        Begun::Already => visitor.closed(true),
        Begun::Failed { why } => {
            form.fail(&why);
            (StatusCode::INTERNAL_SERVER_ERROR, form).into_response()
        }
    }
}

/// The steps of reading and of sending, without a mail.
async fn try_out(config: &Config, clock: &Clock, t: Texts) -> Tried {
    // A server that says nothing is waited for; not one after the other.
    let (reading, sending) =
        tokio::join!(check_section(config, "imap", clock, t), check_section(config, "smtp", clock, t));
    [("imap", reading), ("smtp", sending)]
}

/// POST /language
async fn language(visitor: Visitor, Form(form): Form<LanguageForm>) -> Response {
    let back = Redirect::to(&own_path(&form.back));
    let Some(language) = Language::from_tag(&form.language) else { return back.into_response() };
    (visitor.visit.jar.add(first_language_cookie(language)), back).into_response()
}

/// GET /health/ready
async fn not_ready() -> Response {
    let answer = Json(json!({ "state": "not ready", "missing": ["set-up"] }));
    (StatusCode::SERVICE_UNAVAILABLE, answer).into_response()
}

async fn stranger(visitor: Visitor) -> Response {
    visitor.closed(false)
}
