//! A share as a file: for its sharer and its readers.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};

use crate::actions::ActionError;
use crate::actions::shares::{Form, Kept, MadeFile};
use crate::domain::address::NamedAddress;
use crate::domain::ids::ShareId;
use crate::web::error::WebResult;
use crate::web::files::download::saved_as;
use crate::web::path::Path;
use crate::web::shares::page::Follower;
use crate::web::state::WebState;
use crate::web::visit::Member;

/// GET /shares/{id}/download.{form}: as it is now, published or not.
pub async fn own(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    uri: Uri,
) -> WebResult<Response> {
    let form = form(&uri)?;
    let page = state.actions.get_share(&member.viewer, id).await?;
    let document = state.actions.kept_document(&member.viewer, &page, member.visit.language).await?;
    let own = state.actions.own_entry(&member.viewer).await?;
    let reader = own
        .main_address()
        .map(|address| NamedAddress { name: Some(own.full_name.clone()), address: address.clone() });
    let kept = Kept { share: &page.share, document, reader };
    let made = state.actions.make_file(kept, form).await?;
    state.actions.note_own_download(&member.viewer, &page.share, form.ending()).await?;
    answer(made)
}

/// GET /s/{token}/download.{form}: the newest version.
pub async fn shared(
    State(state): State<WebState>,
    follower: Follower,
    Path(link): Path<String>,
    uri: Uri,
) -> WebResult<Response> {
    let form = Some(form(&uri)?).filter(|form| *form != Form::Mail).ok_or(ActionError::NotFound)?;
    let open = follower.open(&state, &link).await?;
    let kept = Kept { share: &open.share, document: open.document.clone(), reader: None };
    let made = state.actions.make_file(kept, form).await?;
    state.actions.note_share_download(&open, follower.visit.viewer.as_ref(), form.ending()).await?;
    answer(made)
}

/// What the address ends with; the routes know no other ones.
fn form(uri: &Uri) -> Result<Form, ActionError> {
    uri.path().rsplit_once('.').and_then(|(_, ending)| Form::from_ending(ending)).ok_or(ActionError::NotFound)
}

fn answer(made: MadeFile) -> WebResult<Response> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|e| ActionError::Internal(e.into()));
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(made.media_type));
    headers.insert(CONTENT_DISPOSITION, value(&saved_as(made.name.as_str()))?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok((headers, made.bytes).into_response())
}
