//! Language and theme: chosen once, remembered in a cookie, the language with the account as well.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::WebResult;
use super::own_path::own_path;
use super::state::WebState;
use super::view::Theme;
use super::visit::{Visit, language_cookie, theme_cookie};
use crate::domain::language::Language;

#[derive(Debug, Deserialize)]
pub struct LanguageForm {
    pub language: String,
    #[serde(default)]
    pub back: String,
}

#[derive(Debug, Deserialize)]
pub struct ThemeForm {
    theme: String,
    #[serde(default)]
    back: String,
}

/// POST /language
pub async fn language(
    State(state): State<WebState>,
    visit: Visit,
    Form(form): Form<LanguageForm>,
) -> WebResult<Response> {
    let back = Redirect::to(&own_path(&form.back));
    let Some(language) = Language::from_tag(&form.language) else { return Ok(back.into_response()) };
    if let Some(viewer) = &visit.viewer {
        state.actions.set_language(viewer, language).await?;
    }
    Ok((visit.jar.add(language_cookie(&state, language)), back).into_response())
}

/// POST /theme
pub async fn theme(State(state): State<WebState>, visit: Visit, Form(form): Form<ThemeForm>) -> Response {
    let theme = Theme::from_name(&form.theme);
    (visit.jar.add(theme_cookie(&state, theme)), Redirect::to(&own_path(&form.back))).into_response()
}
