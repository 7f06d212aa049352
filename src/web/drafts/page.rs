//! The page on which a group is prepared. Each part of it is a partial of its own, rendered anew for every open copy
//! when it changes.

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;

use crate::actions::drafts::{DraftMemberLine, DraftPage as Found};
use crate::domain::draft::{Draft, DraftState, PageId};
use crate::domain::file::File;
use crate::domain::group::Reach;
use crate::domain::ids::PersonId;
use crate::domain::message::Message;
use crate::domain::person::{Origin, Person};
use crate::domain::safe_html::SafeHtml;
use crate::domain::thread::Seen;
use crate::domain::topic::Topic;
use crate::mail::sanitize;
use crate::texts::Texts;
use crate::web::face::Face;
use crate::web::filters;
use crate::web::people_sets::SetOption;
use crate::web::rules::members_rule;
use crate::web::view::View;

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
    pub files: Vec<DraftFile>,
    /// Messages of the group it is spun off from, and whether each is taken along.
    pub chosen: Vec<(Message, bool)>,
    /// Lists to which the mails went.
    pub lists: Vec<SetOption>,
    /// The topic of that group, if the viewer is in it.
    pub parent: Option<String>,
    /// Whether it is the viewer's own: only the owner discards it.
    pub owns: bool,
    /// The opening message as it will be shown.
    pub preview: SafeHtml,
    /// Who from outside may be a member, where not everybody may.
    pub rule: Option<String>,
    /// Those who have just been added at once, and can be taken out again in one step.
    pub added: Vec<PersonId>,
    /// Who was to be added, but is a member: shown in the list.
    pub already: Option<PersonId>,
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
    /// Another page of the same person.
    Elsewhere,
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
    pub seen: Seen,
    pub reach: Reach,
    pub is_you: bool,
    /// Whether the company lets them be a member; otherwise they are left out.
    pub may_join: bool,
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
/// The field for one more member: apart from the list, so that the list can be drawn anew while somebody types.
#[derive(Template)]
#[template(path = "drafts/_adding.html")]
pub struct AddingPart<'a> {
    pub d: &'a DraftView,
}
/// Several people were added: they can be taken out again.
#[derive(Template)]
#[template(path = "drafts/_added.html")]
pub struct AddedPart<'a> {
    pub d: &'a DraftView,
}
/// What the topic lacks: apart from its field, for the same reason.
#[derive(Template)]
#[template(path = "drafts/_missing.html")]
pub struct MissingPart<'a> {
    pub d: &'a DraftView,
}
#[derive(Template)]
#[template(path = "drafts/_opening.html")]
pub struct OpeningPart<'a> {
    pub d: &'a DraftView,
}
#[derive(Template)]
#[template(path = "drafts/_chosen.html")]
pub struct ChosenPart<'a> {
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

impl LeaseView {
    fn of(found: &Found, you: PersonId, page: PageId) -> Self {
        let is_here = found.draft.lease.as_ref().is_some_and(|lease| lease.page == page);
        let wanted_by = found.wanted_by.as_ref();
        match &found.holder {
            None => Self::Free,
            Some(holder) if holder.id != you => Self::Other {
                name: holder.full_name.clone(),
                asked: wanted_by.is_some_and(|asking| asking.id == you),
            },
            Some(_) if is_here => Self::Mine { wanted_by: wanted_by.map(|asking| asking.full_name.clone()) },
            Some(_) => Self::Elsewhere,
        }
    }
}

impl DraftView {
    /// A draft as the open copy `page` of `you` sees it.
    pub fn of(t: Texts, found: Found, you: PersonId, page: PageId) -> Self {
        Self {
            t,
            page,
            rule: members_rule(t, &found.policy),
            lease: LeaseView::of(&found, you, page),
            members: found.members.into_iter().map(|line| DraftMember::of(line, you)).collect(),
            files: found.files.into_iter().map(|(file, keep)| DraftFile { file, keep }).collect(),
            chosen: found.chosen,
            lists: found.lists.into_iter().map(SetOption::from).collect(),
            parent: found.parent,
            preview: sanitize::render_markdown(&found.draft.opening),
            owns: found.draft.owner == you,
            draft: found.draft,
            added: Vec::new(),
            already: None,
            problem: None,
            kept: None,
        }
    }

    /// All parts by name, as they stand on the page.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn parts(&self) -> askama::Result<BTreeMap<&'static str, String>> {
        Ok(BTreeMap::from([
            ("state", StatePart { d: self }.render()?),
            ("lease", LeasePart { d: self }.render()?),
            ("topic", TopicPart { d: self }.render()?),
            ("missing", MissingPart { d: self }.render()?),
            ("members", MembersPart { d: self }.render()?),
            ("adding", AddingPart { d: self }.render()?),
            ("opening", OpeningPart { d: self }.render()?),
            ("chosen", ChosenPart { d: self }.render()?),
            ("files", FilesPart { d: self }.render()?),
            ("finish", FinishPart { d: self }.render()?),
        ]))
    }

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
        self.members.iter().filter(|member| !member.is_you && !member.is_left_out()).count()
    }
    /// How many will be left out of the group by the company's rule.
    fn left_out(&self) -> usize {
        self.members.iter().filter(|member| !member.may_join).count()
    }
    /// How many will be left out since they have left the organisation.
    fn departed(&self) -> usize {
        self.members.iter().filter(|member| member.may_join && member.has_departed()).count()
    }
    fn is_pointed_at(&self, member: &DraftMember) -> bool {
        self.already == Some(member.person.id)
    }
    fn lacks_topic(&self) -> bool {
        self.draft.topic.parse::<Topic>().is_err()
    }
    /// What stands in the way of confirming.
    fn obstacle(&self) -> Option<String> {
        let key = if self.lacks_topic() {
            "confirm-needs-topic"
        } else if self.members.len() - self.left_out() - self.departed() < 2 {
            "confirm-needs-members"
        } else {
            return None;
        };
        Some(self.t.get(key).into_owned())
    }
}

impl DraftMember {
    fn of(line: DraftMemberLine, you: PersonId) -> Self {
        Self {
            face: Face::of_person(&line.person),
            seen: line.seen,
            // Whoever looks is here, even before their page has connected.
            reach: if line.person.id == you { Reach::Browser } else { line.reach },
            is_you: line.person.id == you,
            may_join: line.may_join,
            person: line.person,
        }
    }

    fn has_departed(&self) -> bool {
        self.person.departed_at.is_some()
    }

    fn is_left_out(&self) -> bool {
        !self.may_join || self.has_departed()
    }

    /// From, To and Cc with the number of mails that had the person there.
    fn fields(&self) -> Vec<(&'static str, u32)> {
        let seen = self.seen;
        [("From", seen.from), ("To", seen.to), ("Cc", seen.cc)].into_iter().filter(|(_, n)| *n > 0).collect()
    }
    fn in_browser(&self) -> bool {
        self.reach == Reach::Browser
    }
    fn learnt(&self) -> bool {
        self.person.origin == Origin::Learnt
    }
}
