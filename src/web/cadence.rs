//! How often groups write: the page that the links in their mails open, without signing in, and the choice for new groups.
//! Looking changes nothing, since scanners of mails open every link; the button does, and so does the one click of mail
//! programs (RFC 8058).

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::{Trouble, WebResult};
use super::filters;
use super::path::Path;
use super::state::WebState;
use super::view::View;
use super::visit::{Member, Visit};
use crate::actions::ActionError;
use crate::actions::cadences::{Choice, LinkedCadence};
use crate::domain::cadence::Cadence;
use crate::domain::notices::NoticeSettings;
use crate::domain::quoted::Quoted;
use crate::domain::secret::Token;
use crate::domain::zone::Zone;

/// The page of a link.
#[derive(Template, WebTemplate)]
#[template(path = "cadence/show.html")]
pub struct CadencePage {
    pub view: View,
    pub token: String,
    pub state: PageState,
    /// A choice was just stored.
    pub saved: bool,
}

/// What a link is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageState {
    Member {
        topic: String,
        cadence: Cadence,
        quoted: Quoted,
        /// Of all their groups.
        hours: NoticeSettings,
        /// The clock of whoever never told theirs.
        house: Zone,
    },
    /// They are not in the group any more.
    Left,
    /// Never given.
    Unknown,
}

impl CadencePage {
    fn cadences(&self) -> [(Cadence, bool); 5] {
        let chosen = match self.state {
            PageState::Member { cadence, .. } => cadence,
            PageState::Left | PageState::Unknown => Cadence::None,
        };
        choices(chosen)
    }

    fn is_stopped(&self) -> bool {
        matches!(self.state, PageState::Member { cadence: Cadence::None, .. })
    }
}

/// What can be chosen, and whether it is.
pub fn choices(chosen: Cadence) -> [(Cadence, bool); 5] {
    Cadence::ALL.map(|cadence| (cadence, cadence == chosen))
}

#[derive(Debug, Deserialize)]
pub struct CadenceForm {
    pub cadence: Cadence,
    /// How many earlier messages come along; left out where that is no question.
    quoted: Option<u64>,
}

impl CadenceForm {
    pub fn choice(&self) -> Choice {
        Choice { cadence: self.cadence, quoted: self.quoted.map(Quoted::of) }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    saved: String,
}

/// GET /mails/{token}
pub async fn show(
    State(state): State<WebState>,
    visit: Visit,
    Path(token): Path<String>,
    Query(Asked { saved }): Query<Asked>,
) -> WebResult<Response> {
    let shown = match token.parse::<Token>() {
        Ok(secret) => state.actions.view_cadence_link(&secret).await,
        Err(_) => Err(ActionError::NotFound),
    };
    let shown = match shown {
        Ok(LinkedCadence::Member { topic, choice, hours, .. }) => PageState::Member {
            topic,
            cadence: choice.cadence,
            quoted: choice.quoted.unwrap_or_default(),
            hours,
            house: state.actions.settings.mail.zone,
        },
        Ok(LinkedCadence::Gone) => PageState::Left,
        Err(ActionError::NotFound) => PageState::Unknown,
        Err(error) => return Err(error.into()),
    };
    let status = if shown == PageState::Unknown { Trouble::NotFound.status() } else { StatusCode::OK };
    let page = CadencePage { view: visit.view(), token, state: shown, saved: !saved.is_empty() };
    // Whoever has the address has the choice: no other site learns it, and no store keeps what it said.
    Ok((status, [(REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-store")], page).into_response())
}

/// POST /mails/{token}: by the page's form, or by a mail program on its own, which follows no redirection and has no
/// cookies (RFC 8058 3.2).
pub async fn choose(
    State(state): State<WebState>,
    Path(token): Path<String>,
    body: Bytes,
) -> WebResult<Response> {
    let secret = token.parse::<Token>().map_err(|_| Trouble::NotFound)?;
    let chosen = read(&body).ok_or(Trouble::Unreadable)?;
    let choice = match chosen {
        Chosen::ByClick => Choice { cadence: Cadence::None, quoted: None },
        Chosen::ByForm(choice) => choice,
    };
    state.actions.set_linked_choice(&secret, choice).await?;
    Ok(match chosen {
        Chosen::ByClick => StatusCode::OK.into_response(),
        Chosen::ByForm(_) => Redirect::to(&format!("/mails/{token}?saved=yes")).into_response(),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    ByClick,
    ByForm(Choice),
}

/// Mail programs send the one click as either kind of form (RFC 8058 3.2); it is known by its two words in either.
fn read(body: &[u8]) -> Option<Chosen> {
    let text = std::str::from_utf8(body).ok()?;
    if text.contains("List-Unsubscribe") && text.contains("One-Click") {
        return Some(Chosen::ByClick);
    }
    let field = |name: &str| text.split('&').find_map(|pair| pair.strip_prefix(name));
    let cadence = Cadence::from_name(field("cadence=")?)?;
    let quoted = match field("quoted=") {
        Some(count) => Some(Quoted::of(count.parse().ok()?)),
        None => None,
    };
    Some(Chosen::ByForm(Choice { cadence, quoted }))
}

/// POST /settings/mails
pub async fn set_default(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<CadenceForm>,
) -> WebResult<Redirect> {
    state.actions.set_default_cadence(&member.viewer, form.cadence).await?;
    Ok(Redirect::to("/settings?saved=mails#mails"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_click_is_known_in_both_kinds_of_form() {
        let parts =
            "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        let form = |cadence, quoted| Some(Chosen::ByForm(Choice { cadence, quoted }));
        for (body, chosen) in [
            ("List-Unsubscribe=One-Click", Some(Chosen::ByClick)),
            (parts, Some(Chosen::ByClick)),
            ("cadence=daily", form(Cadence::Daily, None)),
            ("a=b&cadence=none", form(Cadence::None, None)),
            ("cadence=daily&quoted=3", form(Cadence::Daily, Some(Quoted::of(3)))),
            ("cadence=daily&quoted=300", form(Cadence::Daily, Some(Quoted::of(10)))),
            ("cadence=daily&quoted=-3", None),
            ("quoted=3", None),
            ("cadence=weekly", None),
            ("", None),
            ("List-Unsubscribe=Two-Clicks", None),
        ] {
            assert_eq!(read(body.as_bytes()), chosen, "{body}");
        }
        assert_eq!(read(b"\xff"), None);
    }
}
