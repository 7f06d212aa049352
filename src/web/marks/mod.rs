//! Marks: the chips below a message, the form to mark, and the page of one mark.

pub mod chips;
pub mod form;
pub mod one;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::actions::tags::TagChoice;
use crate::domain::ids::{GroupId, MarkId, TagId};
use crate::domain::tag::{TagKind, TagLabel, TagName};

/// The address of one mark.
pub fn path_of(group: GroupId, mark: MarkId) -> String {
    format!("/groups/{group}/marks/{mark}")
}

/// How forms and URLs name a tag: by its kind, or by its id.
pub fn tag_reference(label: &TagLabel, id: Option<TagId>) -> String {
    match (label.kind, id) {
        (Some(kind), _) => kind.name().to_owned(),
        (None, Some(id)) => id.to_string(),
        (None, None) => String::new(),
    }
}

/// A [`tag_reference`] in a path; what is none is no path of ours.
#[derive(Clone, Debug)]
pub struct TagInPath(pub TagChoice);

impl<'de> Deserialize<'de> for TagInPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        tag_choice(&text).map(Self).ok_or_else(|| D::Error::custom("no tag"))
    }
}

/// What a [`tag_reference`] names; `None` for nothing of the kind.
pub fn tag_choice(reference: &str) -> Option<TagChoice> {
    match TagKind::from_name(reference) {
        Some(kind) => Some(TagChoice::Named(TagName::BuiltIn(kind))),
        None => reference.parse().ok().map(TagChoice::Known),
    }
}
