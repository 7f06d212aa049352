//! The page on which a share is prepared, and from which it is looked after once it is out. Its parts are drawn anew one
//! by one, so that nothing is lost that somebody types.

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;

use super::list::state_of;
use crate::actions::shares::{Piece, SharePage as Found};
use crate::domain::file::File;
use crate::domain::ids::ShareId;
use crate::domain::mark::What;
use crate::domain::share::{Access, Context, Enclosing, Grouping, Share, ShareState};
use crate::domain::tag::TagLabel;
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::face::Face;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// The page of one share.
#[derive(Template, WebTemplate)]
#[template(path = "shares/editor.html")]
pub struct EditorPage {
    pub view: View,
    pub s: ShareView,
}

/// A share as its page shows it.
#[derive(Clone, Debug)]
pub struct ShareView {
    pub t: Texts,
    pub found: Found,
    pub now: Timestamp,
    /// Why the last change was not taken.
    pub problem: Option<String>,
    /// What was typed over a text that was saved elsewhere meanwhile.
    pub typed: Option<Typed>,
}

/// Texts that were not taken.
#[derive(Clone, Debug)]
pub struct Typed {
    pub title: String,
    pub note: String,
}

/// What was chosen, in its order.
#[derive(Template)]
#[template(path = "shares/_items.html")]
pub struct ItemsPart<'a> {
    pub s: &'a ShareView,
}
/// How far it is, and what can be done with it.
#[derive(Template)]
#[template(path = "shares/_state.html")]
pub struct StatePart<'a> {
    pub s: &'a ShareView,
}
/// Who can open it.
#[derive(Template)]
#[template(path = "shares/_access.html")]
pub struct AccessPart<'a> {
    pub s: &'a ShareView,
}

/// GET /shares/{id}
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
) -> WebResult<EditorPage> {
    let s = ShareView::load(&state, &member, id).await?;
    Ok(EditorPage { view: member.view(&state).await?, s })
}

impl ShareView {
    /// The share as it is now.
    ///
    /// # Errors
    /// When it is not there, or not for this member.
    pub async fn load(state: &WebState, member: &Member, id: ShareId) -> WebResult<Self> {
        let found = state.actions.get_share(&member.viewer, id).await?;
        let now = state.actions.clock.now();
        Ok(Self { t: member.visit.texts(), found, now, problem: None, typed: None })
    }

    /// All parts that are drawn anew, by name.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn parts(&self) -> askama::Result<BTreeMap<&'static str, String>> {
        Ok(BTreeMap::from([
            ("items", ItemsPart { s: self }.render()?),
            ("state", StatePart { s: self }.render()?),
            ("access", AccessPart { s: self }.render()?),
        ]))
    }

    pub fn share(&self) -> &Share {
        &self.found.share
    }
    fn title(&self) -> &str {
        self.typed.as_ref().map_or(&self.share().title, |typed| &typed.title)
    }
    fn note(&self) -> &str {
        self.typed.as_ref().map_or(&self.share().note, |typed| &typed.note)
    }
    fn chip(&self) -> (&'static str, &'static str) {
        state_of(self.share(), self.now)
    }
    fn is_draft(&self) -> bool {
        self.share().version == 0
    }
    fn is_out(&self) -> bool {
        self.share().state == ShareState::Out
    }
    /// Whether its link opens it.
    fn is_open(&self) -> bool {
        self.share().is_open(self.now)
    }
    /// Whether publishing changes anything.
    fn may_publish(&self) -> bool {
        !self.is_open() || self.share().has_news()
    }
    fn is_recalled(&self) -> bool {
        self.share().state == ShareState::Recalled
    }
    /// How many pieces go out.
    fn count(&self) -> usize {
        self.found.pieces.iter().filter(|piece| !piece.item.taken_out).count()
    }
    /// What stands in the way of publishing.
    fn obstacle(&self) -> Option<String> {
        let key = if self.count() == 0 {
            "problem-nothing-shared"
        } else if self.share().title.is_empty() {
            "share-needs-title"
        } else {
            return None;
        };
        Some(self.t.get(key).into_owned())
    }
    fn obstacle_is_title(&self) -> bool {
        self.count() > 0
    }
    /// The key of the words on its main button.
    fn publish_key(&self) -> &'static str {
        if self.is_draft() {
            "share-publish"
        } else if !self.is_open() {
            "share-publish-again"
        } else {
            "share-publish-changes"
        }
    }

    fn groupings(&self) -> Vec<Choice> {
        let now = self.share().form.grouping;
        let key = |grouping| match grouping {
            Grouping::None => "share-sections-none",
            Grouping::Topic => "share-sections-topic",
            Grouping::Tag => "share-sections-tag",
            Grouping::Day => "share-sections-day",
        };
        Grouping::ALL
            .map(|one| Choice { value: one.name().into(), label: self.words(key(one)), is_so: one == now })
            .into()
    }
    fn enclosings(&self) -> Vec<Choice> {
        let now = self.share().form.files;
        let key = |files| match files {
            Enclosing::Included => "share-files-included",
            Enclosing::Linked => "share-files-linked",
            Enclosing::LeftOut => "share-files-left-out",
        };
        Enclosing::ALL
            .map(|one| Choice { value: one.name().into(), label: self.words(key(one)), is_so: one == now })
            .into()
    }
    fn lasts(&self) -> Vec<Choice> {
        let words = |days: i64| self.t.with("share-days", &[("n", days)]).into_owned();
        let choice = |days: i64| Choice {
            value: days.to_string(),
            label: words(days),
            is_so: days == self.share().lasts,
        };
        self.found.policy.share_choices().map(choice).collect()
    }
    fn around(&self, now: &i64) -> Vec<Choice> {
        (0..=Context::MOST)
            .map(|n| Choice { value: n.to_string(), label: n.to_string(), is_so: n == *now })
            .collect()
    }
    fn words(&self, key: &str) -> String {
        self.t.get(key).into_owned()
    }
    /// Why only members can open it, if that is so.
    fn no_link(&self) -> Option<&'static str> {
        if !self.found.policy.share_links {
            Some("problem-links-not-allowed")
        } else if !self.found.group.outside_sharing {
            Some("problem-outside-forbidden")
        } else {
            None
        }
    }
    fn by_link(&self) -> bool {
        self.share().access == Access::Link
    }

    fn face(&self, piece: &Piece) -> Face {
        Face::of_author(&piece.message.author)
    }
    /// Each tag once.
    fn tags<'a>(&self, piece: &'a Piece) -> Vec<&'a TagLabel> {
        piece.marks.iter().map(|mark| &mark.tag).collect()
    }
    fn tag_name(&self, tag: &TagLabel) -> String {
        self.t.tag(tag)
    }
    fn is_passage(&self, piece: &Piece) -> bool {
        piece.item.what == What::Passage
    }
    fn is_link(&self, piece: &Piece) -> bool {
        piece.item.what == What::Link
    }
    fn is_message(&self, piece: &Piece) -> bool {
        piece.item.what == What::Message
    }
    fn files<'a>(&self, piece: &'a Piece) -> Vec<&'a File> {
        let is_shown = |file: &&File| match piece.item.what {
            What::Message => true,
            What::File => Some(file.id) == piece.item.file_id,
            What::Passage | What::Link => false,
        };
        piece.message.files.iter().filter(is_shown).collect()
    }
    fn link_to(&self, piece: &Piece) -> String {
        crate::web::messages::link_to(piece.message.place())
    }
}

/// One of several values.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub is_so: bool,
}
