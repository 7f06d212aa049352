//! Who gives receipts, and who asks for them: a section of one's own settings, and one of a group's.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use crate::domain::ids::GroupId;
use crate::domain::receipt::{ReceiptPolicy, ReceiptRequest};
use crate::web::error::{Trouble, WebResult};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Debug, Deserialize)]
pub struct Chosen {
    policy: String,
}

#[derive(Debug, Deserialize)]
pub struct Asks {
    #[serde(default)]
    receipt: String,
}

/// POST /settings/receipts
pub async fn everywhere(
    State(state): State<WebState>,
    member: Member,
    Form(chosen): Form<Chosen>,
) -> WebResult<Redirect> {
    let policy = ReceiptPolicy::from_name(&chosen.policy).ok_or(Trouble::Unreadable)?;
    state.actions.set_receipt_policy(&member.viewer, policy).await?;
    Ok(Redirect::to("/settings?saved=receipts#receipts"))
}

/// POST /groups/{id}/settings/receipts
pub async fn in_group(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Form(chosen): Form<Chosen>,
) -> WebResult<Redirect> {
    let policy = match chosen.policy.as_str() {
        "as-everywhere" => None,
        name => Some(ReceiptPolicy::from_name(name).ok_or(Trouble::Unreadable)?),
    };
    state.actions.set_receipt_policy_in(&member.viewer, group, policy).await?;
    Ok(Redirect::to(&format!("/groups/{group}/settings")))
}

/// POST /groups/{id}/settings/receipt-default: for owners. A box that is not checked sends nothing.
pub async fn of_group(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Form(asks): Form<Asks>,
) -> WebResult<Redirect> {
    let request = ReceiptRequest::from_name(&asks.receipt).unwrap_or_default();
    state.actions.set_receipt_request(&member.viewer, group, request).await?;
    Ok(Redirect::to(&format!("/groups/{group}/settings")))
}
