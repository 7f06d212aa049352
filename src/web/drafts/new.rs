//! Starting a draft: from dropped mails, or with nothing.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::actions::ActionError;
use crate::web::error::{WebResult, words_of};
use crate::web::filters::{self, in_words};
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// "New group": drop mails, or begin with nothing.
#[derive(Template, WebTemplate)]
#[template(path = "drafts/new.html")]
pub struct NewDraftPage {
    pub view: View,
    pub gateway: String,
    /// The largest mail, in words.
    pub limit: String,
    pub problem: Option<String>,
}

/// GET /drafts/new
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<NewDraftPage> {
    state.actions.check_may_start(&member.viewer).await?;
    page(&state, &member, None).await
}

/// POST /drafts
pub async fn blank(State(state): State<WebState>, member: Member) -> WebResult<Redirect> {
    let draft = state.actions.start_blank_draft(&member.viewer).await?;
    Ok(Redirect::to(&format!("/drafts/{draft}")))
}

/// POST /drafts/mails
pub async fn from_mails(
    State(state): State<WebState>,
    member: Member,
    mut form: Multipart,
) -> WebResult<Response> {
    let mut mails = Vec::new();
    while let Some(field) = form.next_field().await? {
        if field.name() == Some("mail") {
            let bytes = field.bytes().await?;
            if !bytes.is_empty() {
                mails.push(bytes.to_vec());
            }
        }
    }
    match state.actions.start_draft_from_mails(&member.viewer, mails).await {
        Ok(draft) => Ok(Redirect::to(&format!("/drafts/{draft}")).into_response()),
        Err(error @ ActionError::Invalid { .. }) => {
            let problem = words_of(member.visit.texts(), &error);
            Ok(page(&state, &member, Some(problem)).await?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(state: &WebState, member: &Member, problem: Option<String>) -> WebResult<NewDraftPage> {
    let settings = &state.actions.settings.mail;
    Ok(NewDraftPage {
        view: member.view(state).await?,
        gateway: state.actions.gateway_of(&member.viewer).await?.to_string(),
        limit: in_words(i64::try_from(settings.max_size).unwrap_or(i64::MAX)),
        problem,
    })
}
