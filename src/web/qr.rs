//! The link of a group as a QR code (ISO/IEC 18004), to be held before a telephone.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use qrcode::QrCode;
use qrcode::render::svg::Color;

use super::error::WebResult;
use super::path::Path;
use super::state::WebState;
use super::visit::Member;
use crate::actions::ActionError;
use crate::domain::ids::GroupId;

/// GET /groups/{id}/qr.svg. It holds the group's plain link, nobody's personal one: it lets nobody in.
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    let found = state.actions.get_group(&member.viewer, id).await?;
    let link = state.actions.settings.public_url.join(&format!("/groups/{}", found.group.id));
    let drawn = drawn(&link).map_err(|error| ActionError::Internal(error.into()))?;
    Ok(([(CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}

/// Black on white with the margin that readers need, whatever the page's colours are.
fn drawn(text: &str) -> Result<String, qrcode::types::QrError> {
    let code = QrCode::new(text)?;
    Ok(code
        .render::<Color<'_>>()
        .quiet_zone(true)
        .dark_color(Color("#000"))
        .light_color(Color("#fff"))
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_black_on_white_on_dark_pages_too() {
        let drawn = drawn("https://moot.corp.example/groups/01a1edc6-ef40-7deb-8e44-244a592ef64a").unwrap();
        assert!(drawn.contains("<rect") && drawn.contains("fill=\"#fff\""), "{drawn}");
        assert!(drawn.contains("fill=\"#000\""), "{drawn}");
    }
}
