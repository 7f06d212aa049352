//! Personal links to a group, as they stand in mails. An outsider learns nothing from one.

use askama::Template;
use askama_web::WebTemplate;

use super::filters;
use super::view::View;

/// What a personal link opens.
#[derive(Template, WebTemplate)]
#[template(path = "links/show.html")]
pub struct PersonalLinkPage {
    pub view: View,
    pub token: String,
    pub state: PersonalLink,
    pub problem: Option<String>,
}

/// What a personal link is good for in this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonalLink {
    /// First use: a button makes this browser the one it belongs to.
    Open {
        name: String,
    },
    /// Used by another browser before.
    Claimed {
        name: String,
    },
    CodeSent,
    /// Expired, taken back, or never given.
    Gone,
}
