//! Sign-in by a link in a mail: ask for it, then open it (`links`) or type its six digits. The answer to asking is the
//! same whether the address is known or not.

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use super::error::{Failure, WebResult};
use super::filters;
use super::own_path::own_path;
use super::peer::Peer;
use super::providers;
use super::state::WebState;
use super::view::View;
use super::visit::{Visit, session_cookie, without_session};
use crate::actions::ActionError;
use crate::actions::asks::Asker;
use crate::actions::mail_password::Attempt;
use crate::actions::providers::Offer;

/// "What is your address?"
#[derive(Template, WebTemplate)]
#[template(path = "sign_in/ask.html")]
pub struct AskPage {
    pub view: View,
    /// Where one can sign in without a mail.
    pub offers: Vec<Offer>,
    /// Whether one can by the password of one's mailbox.
    pub passwords: bool,
    /// Whether that is kept until the end of the session, to open the mailbox.
    pub keeps_passwords: bool,
    pub address: String,
    /// Where to go afterwards.
    pub next: String,
    pub problem: Option<String>,
    /// With the password, beside its form.
    pub password_problem: Option<String>,
}

impl AskPage {
    fn of(state: &WebState, visit: &Visit, form: AskForm) -> Self {
        Self {
            view: View { path: "/sign-in".to_owned(), ..visit.view() },
            offers: state.actions.offered_providers(),
            passwords: state.actions.takes_mail_passwords(),
            keeps_passwords: state.actions.opens_own_mailboxes(),
            next: own_path(&form.next),
            address: form.address,
            problem: None,
            password_problem: None,
        }
    }
}

/// "Look into your mail", with a field for the code.
#[derive(Template, WebTemplate)]
#[template(path = "sign_in/waiting.html")]
pub struct WaitingPage {
    pub view: View,
    pub address: String,
    pub problem: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct AskForm {
    #[serde(default)]
    address: String,
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    address: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    address: String,
    code: String,
}

#[derive(Debug, Deserialize)]
pub struct Waiting {
    #[serde(default)]
    address: String,
}

/// GET /sign-in
pub async fn ask_page(State(state): State<WebState>, visit: Visit, Query(form): Query<AskForm>) -> Response {
    let next = own_path(&form.next);
    if visit.viewer.is_some() {
        return Redirect::to(&next).into_response();
    }
    let page = AskPage::of(&state, &visit, form);
    AskPage { view: visit.view(), ..page }.into_response()
}

/// POST /sign-in
pub async fn ask(
    State(state): State<WebState>,
    visit: Visit,
    Peer(network): Peer,
    Form(form): Form<AskForm>,
) -> WebResult<Response> {
    let (browser, jar) = visit.ensure_browser(&state)?;
    let (address, next) = (form.address.trim(), own_path(&form.next));
    let asker = Asker { browser: &browser, network, language: visit.language };
    match state.actions.ask_sign_in(address, &next, asker).await {
        Ok(()) => {
            let waiting = format!("/sign-in/waiting?address={}", super::error::form_urlencoded(address));
            Ok((jar, Redirect::to(&waiting)).into_response())
        }
        Err(error @ ActionError::Invalid { .. }) => {
            let failure = Failure::from(error);
            let problem = Some(failure.words(visit.texts()));
            let page = AskPage { problem, ..AskPage::of(&state, &visit, form) };
            Ok((failure.status_beside_form(), page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /sign-in/password
pub async fn password(
    State(state): State<WebState>,
    visit: Visit,
    Peer(network): Peer,
    Form(form): Form<PasswordForm>,
) -> WebResult<Response> {
    let (browser, jar) = visit.ensure_browser(&state)?;
    let attempt = Attempt {
        address: form.address.trim(),
        password: &form.password,
        target: own_path(&form.next),
        browser: &browser,
        network,
        user_agent: &visit.user_agent,
    };
    match state.actions.sign_in_by_password(attempt).await {
        Ok(signed_in) => {
            let jar = jar.add(session_cookie(&state, &signed_in.cookie));
            Ok((jar, Redirect::to(&signed_in.target)).into_response())
        }
        Err(error @ ActionError::Invalid { .. }) => {
            let failure = Failure::from(error);
            let password_problem = Some(failure.words(visit.texts()));
            let form = AskForm { address: form.address, next: form.next };
            let page = AskPage { password_problem, ..AskPage::of(&state, &visit, form) };
            Ok((failure.status_beside_form(), jar, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// GET /sign-in/waiting
pub async fn waiting(visit: Visit, Query(query): Query<Waiting>) -> WaitingPage {
    WaitingPage { view: visit.view(), address: query.address, problem: None }
}

/// POST /sign-in/code
pub async fn code(
    State(state): State<WebState>,
    visit: Visit,
    Form(form): Form<CodeForm>,
) -> WebResult<Response> {
    let (browser, jar) = visit.ensure_browser(&state)?;
    match state.actions.use_code(&form.code, &browser, &visit.user_agent).await {
        Ok(signed_in) => {
            let jar = jar.add(session_cookie(&state, &signed_in.cookie));
            Ok((jar, Redirect::to(&signed_in.target)).into_response())
        }
        Err(error @ ActionError::Invalid { .. }) => {
            let problem = Some(Failure::from(error).words(visit.texts()));
            Ok(WaitingPage { view: visit.view(), address: form.address, problem }.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /sign-out
pub async fn sign_out(State(state): State<WebState>, visit: Visit) -> WebResult<Response> {
    let mut there = None;
    if let Some(viewer) = &visit.viewer {
        let back = state.actions.settings.public_url.join("/sign-in");
        there = state.actions.sign_out(viewer, &back).await?;
    }
    let onward = match there {
        Some(url) => providers::leaving(&visit, "leaving-to-sign-out", url),
        None => Redirect::to("/sign-in").into_response(),
    };
    Ok((without_session(visit.jar), onward).into_response())
}
