//! Errors as pages: what happened to the visitor, what to do, and a way on. Only this file knows status codes.

use askama::Template;
use askama_web::WebTemplate;

use super::filters;
use super::view::View;

/// A page that says what went wrong.
#[derive(Template, WebTemplate)]
#[template(path = "errors/show.html")]
pub struct ErrorPage {
    pub view: View,
    pub title: String,
    pub text: String,
    pub way: String,
    pub way_label: String,
}

/// What happened to the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Not there, or not for this visitor's eyes: it looks the same.
    NotFound,
    /// A form from another site, or without the browser's marks.
    Foreign,
    /// More bytes than we take.
    TooLarge,
    /// The page was older than the thing.
    Stale,
    /// The form could not be read.
    Unreadable,
    /// Something of ours failed.
    Ours,
    /// The database is away for the moment.
    Busy,
}

impl Trouble {
    pub const ALL: [Self; 7] = [
        Self::NotFound,
        Self::Foreign,
        Self::TooLarge,
        Self::Stale,
        Self::Unreadable,
        Self::Ours,
        Self::Busy,
    ];

    /// The keys of title and text.
    pub fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => ("error-not-found", "error-not-found-text"),
            Self::Foreign => ("error-foreign", "error-foreign-text"),
            Self::TooLarge => ("error-too-large", "error-too-large-text"),
            Self::Stale => ("error-stale", "error-stale-text"),
            Self::Unreadable => ("error-unreadable", "error-unreadable-text"),
            Self::Ours => ("error-ours", "error-ours-text"),
            Self::Busy => ("error-busy", "error-busy-text"),
        }
    }

    /// The page for it, with the way back `to` a path.
    pub fn page(self, view: View, to: &str) -> ErrorPage {
        let (title, text) = self.keys();
        let t = view.t;
        ErrorPage {
            title: t.get(title).into_owned(),
            text: t.get(text).into_owned(),
            way: to.to_owned(),
            way_label: t.get(if to == "/" { "to-groups" } else { "back" }).into_owned(),
            view,
        }
    }
}
