//! Panels: what stands beside a discussion. Each is a page of its own; with script it comes into the drawer of the
//! discussion page, and what is done in it stays there.

pub mod exports;
pub mod family;
pub mod files;
pub mod from;
pub mod log;
pub mod members;
pub mod notices;
pub mod pins;
pub mod search;
pub mod settings;
pub mod tags;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::response::{Html, IntoResponse, Response};

use super::error::WebResult;
use super::filters;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::ActionError;
use crate::domain::group::Group;
use crate::texts::Texts;

/// Which panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    Members,
    Files,
    Pins,
    Tags,
    Shares,
    Family,
    Search,
    Settings,
    /// About one message: opened from its line, and not offered beside the others.
    Receipts,
    /// Opened from the settings.
    Exports,
    /// Opened from the shares.
    Log,
}

impl Panel {
    /// In the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Members,
        Self::Files,
        Self::Pins,
        Self::Tags,
        Self::Shares,
        Self::Search,
        Self::Family,
        Self::Settings,
    ];

    /// The last part of its path, which is also its name in the script.
    pub fn name(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Files => "files",
            Self::Pins => "pins",
            Self::Tags => "tags",
            Self::Shares => "shares",
            Self::Family => "family",
            Self::Search => "search",
            Self::Settings => "settings",
            Self::Receipts => "receipts",
            Self::Exports => "exports",
            Self::Log => "log",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Members => "people",
            Self::Files => "clip",
            Self::Pins => "pin",
            Self::Tags => "tag",
            Self::Shares => "share",
            Self::Family => "branch",
            Self::Search => "search",
            Self::Settings => "sliders",
            Self::Receipts => "receipt",
            Self::Exports => "down",
            Self::Log => "ledger",
        }
    }

    /// The key of its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Files => "files",
            Self::Pins => "pins",
            Self::Tags => "tags",
            Self::Shares => "shares",
            Self::Family => "family",
            Self::Search => "search",
            Self::Settings => "group-settings",
            Self::Receipts => "receipts",
            Self::Exports => "exports",
            Self::Log => "group-log",
        }
    }

    pub fn path(self, group: &Group) -> String {
        format!("/groups/{}/{}", group.id, self.name())
    }
}

/// A panel with its head, as the drawer shows it.
#[derive(Template)]
#[template(path = "panels/_panel.html")]
struct Part<'a, B: HtmlSafe> {
    t: Texts,
    panel: Panel,
    group: &'a Group,
    body: B,
}

impl<B: HtmlSafe> HtmlSafe for Part<'_, B> {}

/// The same as a page.
#[derive(Template)]
#[template(path = "panels/page.html")]
struct Page<'a, B: HtmlSafe> {
    view: View,
    panel: Panel,
    group: &'a Group,
    part: Part<'a, B>,
}

/// A panel of a group that this member may see: for the drawer, or as a page.
///
/// # Errors
/// When the database does not answer.
pub async fn show(
    state: &WebState,
    member: &Member,
    (panel, group): (Panel, &Group),
    body: impl HtmlSafe,
) -> WebResult<Response> {
    let part = Part { t: member.visit.texts(), panel, group, body };
    let html = if member.visit.wants_part {
        part.render()
    } else {
        Page { view: member.view(state).await?, panel, group, part }.render()
    };
    Ok(Html(html.map_err(|e| ActionError::Internal(e.into()))?).into_response())
}

impl<B: HtmlSafe> Part<'_, B> {
    fn panels(&self) -> [Panel; Panel::ALL.len()] {
        Panel::ALL
    }
}
