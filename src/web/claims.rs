//! Whose an address is, by the link in the mail that asks: for whoever has the mail, without signing in. Looking decides
//! nothing; the buttons do.

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::{Trouble, WebResult};
use super::filters;
use super::path::Path;
use super::state::WebState;
use super::view::View;
use super::visit::Visit;
use crate::actions::ActionError;
use crate::actions::claims::ClaimView;
use crate::domain::claim::ClaimState;
use crate::domain::secret::Token;

/// The page of a link.
#[derive(Template, WebTemplate)]
#[template(path = "claims/show.html")]
pub struct ClaimPage {
    pub view: View,
    pub token: String,
    /// `None` for a link that was never given, or whose time is over.
    pub claim: Option<ClaimView>,
}

#[derive(Debug, Deserialize)]
pub struct ClaimForm {
    own: bool,
}

/// GET /claims/{token}
pub async fn show(
    State(state): State<WebState>,
    visit: Visit,
    Path(token): Path<String>,
) -> WebResult<Response> {
    let found = match token.parse::<Token>() {
        Ok(secret) => state.actions.view_claim(&secret).await,
        Err(_) => Err(ActionError::NotFound),
    };
    let claim = match found {
        Ok(claim) => Some(claim),
        Err(ActionError::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let status = if claim.is_some() { StatusCode::OK } else { Trouble::NotFound.status() };
    let page = ClaimPage { view: visit.view(), token, claim };
    // Whoever has the address can answer: no other site learns it, and no store keeps what it said.
    Ok((status, [(REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-store")], page).into_response())
}

/// POST /claims/{token}
pub async fn decide(
    State(state): State<WebState>,
    Path(token): Path<String>,
    Form(form): Form<ClaimForm>,
) -> WebResult<Redirect> {
    let secret = token.parse::<Token>().map_err(|_| Trouble::NotFound)?;
    state.actions.decide_claim(&secret, form.own).await?;
    Ok(Redirect::to(&format!("/claims/{token}")))
}
