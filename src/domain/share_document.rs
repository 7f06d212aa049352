//! What a share says: everything its readers see, written down once for each version that is published.
//!
//! The database keeps it as JSON. A later edit, a renamed tag or a member who left changes nothing of a version that is
//! out, and page, mail and downloads are all made of the same document.

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::digest::Digest;
use super::file::{FileName, PictureSize};
use super::ids::FileId;
use super::language::Language;
use super::message::Body;
use super::tag::TagLabel;
use super::time::Timestamp;
use super::zone::Zone;

/// One version of a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub title: String,
    /// The group's topic.
    pub topic: String,
    /// The name of whoever shares it.
    pub sharer: String,
    /// What the sharer says about it.
    pub note: Option<Body>,
    /// In which its own words are written, such as dates and the names of built-in tags.
    pub language: Language,
    /// By whose clock its times are told.
    pub zone: Zone,
    /// Whether it says who said what.
    pub names: bool,
    /// When this version was published.
    pub at: Timestamp,
    /// 1, 2, 3 ...; 0 in the preview of what was never published.
    pub version: i64,
    /// In order; none of them empty.
    pub sections: Vec<Section>,
}

/// A part of the document under a heading of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// `None` where the sharer asked for no sections, and for items that belong under no heading.
    pub heading: Option<Heading>,
    pub items: Vec<Item>,
}

/// What the items of a section have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "is", rename_all = "snake_case")]
pub enum Heading {
    Topic(String),
    Tag(TagLabel),
    /// A day by the document's zone.
    Day(Day),
}

/// One chosen piece of content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The same in every version, made of letters, digits and `-`: anchors and comparisons are built on it.
    pub key: String,
    /// `None` when the share does not say who said what.
    pub author: Option<String>,
    /// When it was said.
    pub at: Timestamp,
    /// As they looked when the version was published.
    pub tags: Vec<TagLabel>,
    /// The message, or the passage chosen from it. `None` for files and links alone.
    pub body: Option<Body>,
    /// Of a marked link: where it leads, `http` or `https`.
    pub link: Option<String>,
    /// The body is a passage of a message.
    pub passage: bool,
    /// The message says something else by now.
    pub edited_since: bool,
    /// Of an action: who does it, by when, and whether it is done.
    pub task: Option<Task>,
    pub files: Vec<SharedFile>,
    /// It was not chosen itself, but shows what came before or after.
    pub context: bool,
    /// It came from somebody outside of the group.
    pub from_outside: bool,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Empty while nobody was named.
    pub who: String,
    pub due: Option<Day>,
    pub done: bool,
}

/// A file of a chosen piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFile {
    pub id: FileId,
    pub name: FileName,
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// Where its contents are stored.
    pub digest: Digest,
    /// Of a picture that can be shown.
    pub picture: Option<PictureSize>,
    pub how: Enclosure,
}

/// How a file goes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enclosure {
    /// A picture among the words.
    Inline,
    /// Attached to the mail; on the page to be downloaded.
    Attached,
    /// To be downloaded from the page, also by readers of the mail.
    Linked,
    /// Only named.
    LeftOut,
}

impl Document {
    /// All items in their order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }

    /// All files in their order; one that belongs to several items comes several times.
    pub fn files(&self) -> impl Iterator<Item = &SharedFile> {
        self.items().flat_map(|item| &item.files)
    }
}

impl SharedFile {
    /// Whether its contents are there for the readers at all.
    pub fn is_given(&self) -> bool {
        self.how != Enclosure::LeftOut
    }

    /// Whether it is shown as a picture among the words.
    pub fn is_shown(&self) -> bool {
        self.how == Enclosure::Inline && self.picture.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tag::Colour;

    fn tag() -> TagLabel {
        TagLabel { kind: None, name: "超出预算".to_owned(), colour: Colour::Orange }
    }

    fn item() -> Item {
        let html = serde_json::from_str("\"<p>We buy <b>two</b>.</p>\"").unwrap();
        Item {
            key: String::from("m12"),
            author: Some("Anna \"A\" Berg".to_owned()),
            at: Timestamp::from_millis(1_795_000_000_000),
            tags: vec![tag()],
            body: Some(Body { markdown: "We buy **two**.\n".to_owned(), html }),
            link: Some("https://suppliers.example/?a=1&b=2".to_owned()),
            passage: true,
            edited_since: true,
            task: Some(Task { who: "王小明".to_owned(), due: "2027-01-05".parse().ok(), done: false }),
            files: vec![SharedFile {
                id: uuid::Uuid::from_u128(7).into(),
                name: FileName::cleaned("plan.png", "file"),
                media_type: "image/png".to_owned(),
                size: 4_211,
                digest: Digest::of(b"plan"),
                picture: Some(PictureSize { width: 800, height: 600 }),
                how: Enclosure::Inline,
            }],
            context: false,
            from_outside: true,
        }
    }

    fn document() -> Document {
        let day = "2026-11-20".parse().ok().map(Heading::Day);
        let headings = [None, Some(Heading::Topic("Budget".to_owned())), Some(Heading::Tag(tag())), day];
        Document {
            title: "Where we stand".to_owned(),
            topic: "Budget 2027".to_owned(),
            sharer: "Anna Berg".to_owned(),
            note: Some(Body::default()),
            language: Language::Chinese,
            zone: Zone::named("Europe/Stockholm"),
            names: true,
            at: Timestamp::from_millis(1_795_000_000_000),
            version: 3,
            sections: headings.map(|heading| Section { heading, items: vec![item()] }).into(),
        }
    }

    #[test]
    fn a_document_comes_back_from_its_json_as_it_was() {
        let json = serde_json::to_string(&document()).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document());
    }

    #[test]
    fn a_document_that_is_stored_can_be_read_by_every_later_build() {
        let json = serde_json::to_value(document()).unwrap();
        assert_eq!(json["language"], "zh-CN");
        assert_eq!(json["zone"], "Europe/Stockholm");
        let [none, topic, tag, day] = [0, 1, 2, 3].map(|at| &json["sections"][at]["heading"]);
        assert!(none.is_null());
        assert_eq!(topic, &serde_json::json!({ "by": "topic", "is": "Budget" }));
        assert_eq!(
            tag,
            &serde_json::json!({ "by": "tag", "is": { "kind": null, "name": "超出预算", "colour": "orange" } })
        );
        assert_eq!(day, &serde_json::json!({ "by": "day", "is": 20_777 }));
        let file = &json["sections"][0]["items"][0]["files"][0];
        assert_eq!(file["how"], "inline");
        assert_eq!(file["digest"], Digest::of(b"plan").hex());
    }

    #[test]
    fn files_that_are_left_out_are_named_and_no_more() {
        let file = document().files().next().unwrap().clone();
        assert!(file.is_given() && file.is_shown());
        let out = SharedFile { how: Enclosure::LeftOut, ..file };
        assert!(!out.is_given() && !out.is_shown());
    }
}
