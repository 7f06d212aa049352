//! What every page knows: language, theme, who looks at it, and the list beside it.

use askama::Template;
use askama::filters::HtmlSafe;

use super::face::Face;
use super::filters;
use super::groups::GroupRow;
use super::installable::frame_colours;
use super::presence::Mine;
use crate::domain::draft::Draft;
use crate::domain::ids::DraftId;
use crate::domain::language::Language;
use crate::domain::maintenance::Maintenance;
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct View {
    pub t: Texts,
    pub theme: Theme,
    pub viewer: Option<Viewer>,
    pub side: Side,
    /// What the viewer says of themselves; `None` where the page has no menu.
    pub mine: Option<Mine>,
    /// Path and query of this page, to come back to it after a switch.
    pub path: String,
    /// The quiet time that holds now.
    pub quiet: Option<Maintenance>,
    /// Whether this is the demo, which has a Mail desk.
    pub demo: bool,
}

/// The list beside the page.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Guests begin no groups.
    pub may_start: bool,
    pub groups: Vec<GroupRow>,
    pub drafts: Vec<DraftRow>,
}

/// One draft in the list; also sent live.
#[derive(Clone, Debug, Template)]
#[template(path = "drafts/_row.html")]
pub struct DraftRow {
    pub t: Texts,
    pub id: DraftId,
    pub topic: String,
    pub at: Timestamp,
    pub current: bool,
}

impl HtmlSafe for DraftRow {}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system wishes.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn from_name(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }
}

impl View {
    pub fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    /// Whether this page is the one at `path`.
    pub fn at(&self, path: &str) -> bool {
        self.path.split('?').next() == Some(path)
    }

    pub fn frame_colours(&self) -> Vec<(&'static str, &'static str)> {
        frame_colours(self.theme)
    }

    /// The id of who looks at the page, for the scripts; empty for nobody.
    pub fn me(&self) -> String {
        self.viewer.as_ref().map(|viewer| viewer.person_id.to_string()).unwrap_or_default()
    }

    pub fn face(&self) -> Face {
        let viewer = self.viewer.as_ref();
        let photo = viewer.and_then(|v| v.photo.as_ref());
        Face::with(viewer.map(|v| v.person_id), viewer.map_or("", |v| &v.full_name), photo)
    }
}

impl DraftRow {
    /// A line of the list, as the page at `here` shows it.
    pub fn of(t: Texts, draft: Draft, here: &str) -> Self {
        let current = here == format!("/drafts/{}", draft.id);
        Self { t, id: draft.id, topic: draft.topic, at: draft.updated_at, current }
    }
}
