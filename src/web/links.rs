//! Links in mails: sign-in links and members' personal links to a group. Looking at one changes nothing, since mail
//! scanners open every link; the button does. An outsider learns nothing from one.

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::{Failure, Trouble, WebResult};
use super::filters;
use super::path::Path;
use super::peer::Peer;
use super::state::WebState;
use super::view::View;
use super::visit::{Visit, session_cookie};
use crate::actions::ActionError;
use crate::actions::asks::Asker;
use crate::actions::sign_in::LinkView;
use crate::domain::link::Purpose;
use crate::domain::secret::Token;

/// What a link opens.
#[derive(Template, WebTemplate)]
#[template(path = "links/show.html")]
pub struct LinkPage {
    pub view: View,
    pub token: String,
    pub state: LinkState,
    pub problem: Option<String>,
}

/// What a link is good for in this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// A sign-in link, in the browser that asked for it.
    SignIn {
        name: String,
    },
    /// A personal link: a button makes this browser the one it belongs to.
    Open {
        name: String,
        place: Place,
    },
    /// A sign-in link that was asked for in another browser.
    OtherBrowser,
    /// A personal link that another browser used before.
    Claimed,
    CodeSent,
    /// They were added to a group by mistake, by whom half a name tells.
    AddedByMistake {
        by: String,
    },
    /// Its person has left the house.
    Departed,
    /// Expired, taken back, or never given.
    Gone,
}

/// Where a personal link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Group,
    Draft,
    /// The list of groups.
    Home,
}

impl Place {
    fn of(target: &str) -> Self {
        match target.split('/').nth(1) {
            Some("groups") => Self::Group,
            Some("drafts") => Self::Draft,
            _ => Self::Home,
        }
    }

    /// The key of the page's title.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Group => "personal-link-group",
            Self::Draft => "personal-link-draft",
            Self::Home => "personal-link-home",
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct CodeForm {
    /// Missing while asking for the mail with the digits.
    code: Option<String>,
}

/// GET /l/{token}
pub async fn show(
    State(state): State<WebState>,
    visit: Visit,
    Path(token): Path<String>,
) -> WebResult<Response> {
    let Ok(secret) = token.parse::<Token>() else { return Ok(page(&visit, token, LinkState::Gone)) };
    if let Some(viewer) = &visit.viewer
        && let Some(target) = state.actions.target_of_own_link(&secret, viewer.person_id).await?
    {
        return Ok(Redirect::to(&target).into_response());
    }
    let shown = match state.actions.view_link(&secret, visit.browser().as_ref()).await? {
        LinkView::Usable { full_name, purpose: Purpose::SignIn, .. } => LinkState::SignIn { name: full_name },
        LinkView::Usable { full_name, purpose: Purpose::Group, target } => {
            LinkState::Open { name: shortened(&full_name), place: Place::of(&target) }
        }
        LinkView::OtherBrowser => LinkState::OtherBrowser,
        LinkView::Claimed => LinkState::Claimed,
        LinkView::AddedByMistake { by } => LinkState::AddedByMistake { by: shortened(&by) },
        LinkView::Departed => LinkState::Departed,
        LinkView::Gone => LinkState::Gone,
    };
    Ok(page(&visit, token, shown))
}

/// POST /l/{token}
pub async fn open(
    State(state): State<WebState>,
    visit: Visit,
    Path(token): Path<String>,
) -> WebResult<Response> {
    let Ok(secret) = token.parse::<Token>() else { return Ok(page(&visit, token, LinkState::Gone)) };
    let (browser, jar) = visit.ensure_browser(&state)?;
    match state.actions.use_link(&secret, &browser, &visit.user_agent).await {
        Ok(signed_in) => {
            let jar = jar.add(session_cookie(&state, &signed_in.cookie));
            Ok((jar, Redirect::to(&signed_in.target)).into_response())
        }
        // Used elsewhere, or run out, since the page was shown: show what it is now.
        Err(ActionError::NotFound | ActionError::Invalid { .. }) => {
            Ok(Redirect::to(&format!("/l/{token}")).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /l/{token}/code: first to have the digits sent, then with them.
pub async fn code(
    State(state): State<WebState>,
    visit: Visit,
    Peer(network): Peer,
    Path(token): Path<String>,
    Form(form): Form<CodeForm>,
) -> WebResult<Response> {
    let Ok(secret) = token.parse::<Token>() else { return Ok(page(&visit, token, LinkState::Gone)) };
    let (browser, jar) = visit.ensure_browser(&state)?;
    let Some(code) = form.code else {
        let asker = Asker { browser: &browser, network, language: visit.language };
        return match state.actions.ask_code_for_link(&secret, asker).await {
            Ok(()) => Ok((jar, page(&visit, token, LinkState::CodeSent)).into_response()),
            Err(ActionError::NotFound) => Ok(page(&visit, token, LinkState::Gone)),
            Err(error @ ActionError::Invalid { .. }) => {
                let failure = Failure::from(error);
                let problem = Some(failure.words(visit.texts()));
                let page = LinkPage { view: visit.view(), token, state: LinkState::Claimed, problem };
                Ok((failure.status_beside_form(), page).into_response())
            }
            Err(error) => Err(error.into()),
        };
    };
    match state.actions.use_code(&code, &browser, &visit.user_agent).await {
        Ok(signed_in) => {
            let jar = jar.add(session_cookie(&state, &signed_in.cookie));
            Ok((jar, Redirect::to(&signed_in.target)).into_response())
        }
        Err(error @ ActionError::Invalid { .. }) => {
            let problem = Some(Failure::from(error).words(visit.texts()));
            Ok(LinkPage { view: visit.view(), token, state: LinkState::CodeSent, problem }.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn page(visit: &Visit, token: String, state: LinkState) -> Response {
    let status = match state {
        // Whether it ran out or never was: that is forgotten, and would tell a guesser something.
        LinkState::Gone => Trouble::NotFound.status(),
        LinkState::Departed => StatusCode::FORBIDDEN,
        _ => StatusCode::OK,
    };
    (status, LinkPage { view: visit.view(), token, state, problem: None }).into_response()
}

/// "Anna B." or "王**": enough for the member to know it is theirs, not enough for a stranger.
fn shortened(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    if name.is_ascii() || words.clone().next().is_some() {
        let last = words.next_back().and_then(|word| word.chars().next());
        return last.map_or_else(|| first.to_owned(), |letter| format!("{first} {letter}."));
    }
    let mut letters = first.chars();
    let initial: String = letters.by_ref().take(1).collect();
    initial + &"*".repeat(letters.count())
}

#[cfg(test)]
mod tests {
    use super::{Place, shortened};

    #[test]
    fn a_personal_link_says_where_it_leads() {
        for (target, place) in [
            ("/groups/0190", Place::Group),
            ("/drafts/0190", Place::Draft),
            ("/", Place::Home),
            ("/threads", Place::Home),
        ] {
            assert_eq!(Place::of(target), place, "{target}");
        }
    }

    #[test]
    fn a_personal_link_shows_half_a_name() {
        for (name, shown) in [
            ("Anna Berg", "Anna B."),
            ("anna", "anna"),
            ("王小明", "王**"),
            ("Maria de la Torre", "Maria T."),
        ] {
            assert_eq!(shortened(name), shown);
        }
    }
}
