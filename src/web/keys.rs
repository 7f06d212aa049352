//! The page of keys: what the keyboard does where.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use super::error::WebResult;
use super::filters;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::ActionError;
use crate::texts::Texts;

/// A place, and what is pressed there: keys, and the text that says what they do. Keys of one press are joined by `+`,
/// which alone is a key itself; a space parts other ways to the same.
type Place = (&'static str, &'static [(&'static str, &'static str)]);

/// As the scripts have them (`templates/assets/script/`: keys, mention, toolbar, composer) and the menu of a message
/// (`templates/messages/_menu.html`).
const PLACES: &[Place] = &[
    (
        "keys-everywhere",
        &[
            ("?", "keys-list"),
            ("/ Ctrl+K", "keys-search"),
            ("Alt+↑ Alt+↓", "keys-groups"),
            ("Esc", "keys-close"),
            ("Tab Shift+Tab", "keys-tab"),
        ],
    ),
    (
        "keys-discussion",
        &[("c", "keys-write"), ("m", "keys-messages"), ("u", "keys-unread"), ("n", "keys-newest")],
    ),
    (
        "keys-message",
        &[
            ("↑ ↓", "keys-walk"),
            ("Enter", "keys-menu"),
            ("r", "keys-answer"),
            ("+", "keys-react"),
            ("e", "keys-edit"),
            ("t", "keys-mark"),
            ("p", "keys-pin"),
            ("g", "keys-go-on"),
            ("l", "keys-link"),
            ("v", "keys-move"),
            ("Delete", "keys-remove"),
        ],
    ),
    (
        "keys-writing",
        &[
            ("Enter", "keys-send"),
            ("Shift+Enter", "keys-line"),
            ("@", "keys-mention"),
            ("↑ ↓ Enter Tab", "keys-choose"),
            ("↑", "keys-edit-last"),
            ("Ctrl+B", "sign-bold"),
            ("Ctrl+I", "sign-italic"),
            ("Ctrl+Shift+X", "sign-struck"),
            ("Ctrl+E", "sign-code"),
            ("Ctrl+Shift+E", "sign-block"),
            ("Ctrl+K", "sign-link"),
            ("Ctrl+Shift+9", "sign-quote"),
            ("Ctrl+Shift+8", "sign-list"),
            ("Ctrl+Shift+7", "sign-numbers"),
            ("Ctrl+Shift+P", "preview"),
        ],
    ),
];

/// All keys, as the dialog shows them.
#[derive(Clone, Debug, Template)]
#[template(path = "keys/_list.html")]
pub struct KeyList {
    pub t: Texts,
}

impl HtmlSafe for KeyList {}

/// The same as a page.
#[derive(Template)]
#[template(path = "keys/show.html")]
pub struct KeysPage {
    pub view: View,
    pub list: KeyList,
}

/// GET /keys
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<Response> {
    let list = KeyList { t: member.visit.texts() };
    let html = if member.visit.wants_part {
        list.render()
    } else {
        KeysPage { view: member.view(&state).await?, list }.render()
    };
    Ok(Html(html.map_err(|e| ActionError::Internal(e.into()))?).into_response())
}

impl KeyList {
    fn places(&self) -> &'static [Place] {
        PLACES
    }
    fn ways(keys: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
        keys.split(' ').map(|way| if way == "+" { vec![way] } else { way.split('+').collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_the_messages_menu_are_listed() {
        let menu = include_str!("../../templates/messages/_menu.html");
        let keys = menu.split("data-key=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        let (_, listed) = PLACES.iter().find(|(place, _)| *place == "keys-message").unwrap();
        let missing: Vec<_> = keys.filter(|key| listed.iter().all(|(pressed, _)| pressed != key)).collect();
        assert_eq!(missing, [""; 0]);
        assert_eq!(KeyList::ways("+ Alt+↑").collect::<Vec<_>>(), [vec!["+"], vec!["Alt", "↑"]]);
    }
}
