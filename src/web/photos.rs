//! Pictures of people.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::error::WebResult;
use super::files::download::answer_photo;
use super::path::Path;
use super::state::WebState;
use super::visit::Member;
use crate::domain::ids::PersonId;

/// GET /people/{person}/photo/{version}: a small square picture, for those who may see this person. The version is in the address
/// for browsers alone, which may keep what they had there.
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path((person, _)): Path<(PersonId, String)>,
    headers: HeaderMap,
) -> WebResult<Response> {
    let (photo, picture) = state.actions.get_photo(&member.viewer, person).await?;
    Ok(answer_photo(&photo, picture, &headers))
}
