//! Drafts: starting one, and the page on which a group is prepared. Each part of the page is a partial of its own,
//! rendered anew for every open copy when it changes.

use askama::Template;
use askama_web::WebTemplate;

use super::face::Face;
use super::filters;
use super::view::View;
use crate::domain::draft::{Draft, DraftState, PageId};
use crate::domain::file::File;
use crate::domain::group::Reach;
use crate::domain::person::{Origin, Person};
use crate::domain::safe_html::SafeHtml;
use crate::domain::thread::Seen;
use crate::domain::time::Timestamp;
use crate::domain::topic::Topic;
use crate::texts::Texts;

/// "New group": drop mails, or begin with nothing.
#[derive(Template, WebTemplate)]
#[template(path = "drafts/new.html")]
pub struct NewDraftPage {
    pub view: View,
    pub gateway: String,
    /// The largest mail, in words.
    pub limit: String,
    pub problem: Option<String>,
}

/// The page of one draft.
#[derive(Template, WebTemplate)]
#[template(path = "drafts/show.html")]
pub struct DraftPage {
    pub view: View,
    pub d: DraftView,
}

/// A draft as one open copy of its page shows it.
#[derive(Clone, Debug)]
pub struct DraftView {
    pub t: Texts,
    pub draft: Draft,
    /// This open copy.
    pub page: PageId,
    pub lease: LeaseView,
    pub members: Vec<DraftMember>,
    pub texts: Vec<DraftText>,
    pub files: Vec<DraftFile>,
    /// The opening message as it will be shown.
    pub preview: SafeHtml,
    /// Why the last change was not taken.
    pub problem: Option<String>,
    /// What was typed into a form that was not taken.
    pub kept: Option<String>,
}

/// Who may edit, seen from one open copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseView {
    Free,
    /// This copy; somebody may be waiting for it.
    Mine {
        wanted_by: Option<String>,
    },
    Other {
        name: String,
        asked: bool,
    },
}

/// One member of the group to be.
#[derive(Clone, Debug)]
pub struct DraftMember {
    pub face: Face,
    pub person: Person,
    /// Where the thread's mails had this person.
    pub seen: Option<Seen>,
    pub reach: Reach,
    pub is_you: bool,
}

/// The text of one of the thread's mails.
#[derive(Clone, Debug)]
pub struct DraftText {
    pub id: String,
    pub author: String,
    pub start: String,
    pub at: Timestamp,
    pub keep: bool,
}

/// A file of the thread's mails.
#[derive(Clone, Debug)]
pub struct DraftFile {
    pub file: File,
    pub keep: bool,
}

/// The parts that are sent to open copies when they change.
#[derive(Template)]
#[template(path = "drafts/_state.html")]
pub struct StatePart<'a> {
    pub d: &'a DraftView,
}
#[derive(Template)]
#[template(path = "drafts/_lease.html")]
pub struct LeasePart<'a> {
    pub d: &'a DraftView,
}
#[derive(Template)]
#[template(path = "drafts/_topic.html")]
pub struct TopicPart<'a> {
    pub d: &'a DraftView,
}
#[derive(Template)]
#[template(path = "drafts/_members.html")]
pub struct MembersPart<'a> {
    pub d: &'a DraftView,
}
#[derive(Template)]
#[template(path = "drafts/_opening.html")]
pub struct OpeningPart<'a> {
    pub d: &'a DraftView,
}
#[derive(Template)]
#[template(path = "drafts/_files.html")]
pub struct FilesPart<'a> {
    pub d: &'a DraftView,
}
#[derive(Template)]
#[template(path = "drafts/_finish.html")]
pub struct FinishPart<'a> {
    pub d: &'a DraftView,
}

impl DraftView {
    fn open(&self) -> bool {
        self.draft.state == DraftState::Open
    }
    fn confirmed(&self) -> bool {
        self.draft.state == DraftState::Confirmed
    }
    fn discarded(&self) -> bool {
        self.draft.state == DraftState::Discarded
    }
    /// Whether this copy may change the draft.
    pub fn mine(&self) -> bool {
        self.open() && matches!(self.lease, LeaseView::Mine { .. })
    }
    /// How many will be told.
    fn others(&self) -> usize {
        self.members.iter().filter(|member| !member.is_you).count()
    }
    /// What stands in the way of confirming.
    fn obstacle(&self) -> Option<String> {
        let key = if self.draft.topic.parse::<Topic>().is_err() {
            "confirm-needs-topic"
        } else if self.members.len() < 2 {
            "confirm-needs-members"
        } else {
            return None;
        };
        Some(self.t.get(key).into_owned())
    }
}

impl DraftMember {
    /// From, To and Cc with the number of mails that had the person there.
    fn fields(&self) -> Vec<(&'static str, u32)> {
        let seen = self.seen.unwrap_or_default();
        [("From", seen.from), ("To", seen.to), ("Cc", seen.cc)].into_iter().filter(|(_, n)| *n > 0).collect()
    }
    fn in_browser(&self) -> bool {
        self.reach == Reach::Browser
    }
    fn learnt(&self) -> bool {
        self.person.origin == Origin::Learnt
    }
}
