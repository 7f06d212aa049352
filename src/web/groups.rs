//! Groups: the list of mine, and the discussion page.

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use axum::extract::{Query, State};

use super::address_trouble::TroubleNote;
use super::error::WebResult;
use super::face::Face;
use super::filters;
use super::members::Head;
use super::messages::{AnsweredPart, MessagePart};
use super::path::Path;
use super::place::AskedPlace;
use super::presence::PresenceWords;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions;
use crate::actions::groups::{GroupLine, MemberLine};
use crate::actions::history::Place;
use crate::actions::messages;
use crate::domain::bounce::AddressTrouble;
use crate::domain::event::GroupActivity;
use crate::domain::file::File;
use crate::domain::group::{Group, Muting, Role};
use crate::domain::ids::{ClientMessageId, GroupId, MessageId, PersonId};
use crate::domain::message::Glance;
use crate::domain::person::Person;
use crate::domain::presence::Presence;
use crate::domain::reaction::QUICK;
use crate::domain::receipt::{ReceiptPolicy, ReceiptRequest};
use crate::domain::retention::Keeping;
use crate::domain::time::Timestamp;
use crate::texts::{Texts, Value};

/// One line of the list of groups; also sent live.
#[derive(Clone, Debug, Template)]
#[template(path = "groups/_row.html")]
pub struct GroupRow {
    pub t: Texts,
    pub group: GroupId,
    pub topic: String,
    /// How many messages were said, notices aside.
    pub said: i64,
    /// How many of them the reader has read. `None` when sent live: the same line goes to everybody, and the page
    /// knows.
    pub read: Option<i64>,
    /// Whether the reader has muted it; sent live it is not said, and the page knows.
    pub muted: bool,
    pub last: Option<Glance>,
    /// Who has read all of it, because it is their doing; only said when `read` is not.
    pub by: Option<PersonId>,
    pub at: Timestamp,
    pub current: bool,
    /// Whom the message that has just come mentions.
    pub mentions: Vec<PersonId>,
    /// Its number.
    pub newest: i64,
}

impl HtmlSafe for GroupRow {}

impl GroupRow {
    /// A line of the list, as the page at `here` shows it.
    pub fn of(t: Texts, line: GroupLine, here: &str) -> Self {
        Self {
            t,
            group: line.id,
            current: here == format!("/groups/{}", line.id),
            topic: line.topic,
            said: line.said,
            read: Some(line.read),
            muted: line.muting != Muting::Off,
            last: line.last,
            by: None,
            at: line.last_at,
            mentions: Vec::new(),
            newest: 0,
        }
    }

    /// The line after something new came.
    pub fn active(t: Texts, activity: &GroupActivity) -> Self {
        Self {
            t,
            group: activity.group,
            topic: activity.topic.clone(),
            said: activity.said,
            read: None,
            muted: false,
            last: Some(activity.glance.clone()),
            by: activity.by,
            at: activity.at,
            current: false,
            mentions: activity.mentions.clone(),
            newest: activity.seq,
        }
    }

    /// The line of a group that is new to its reader: what was said before is history.
    pub fn new(t: Texts, (group, topic): (GroupId, &str), said: i64, at: Timestamp) -> Self {
        Self {
            t,
            group,
            topic: topic.to_owned(),
            said,
            read: Some(said),
            muted: false,
            last: None,
            by: None,
            at,
            current: false,
            mentions: Vec::new(),
            newest: 0,
        }
    }

    /// The names of the files, for a message without words.
    fn files_of(&self, last: &Glance) -> String {
        let name = last.file.as_deref().unwrap_or_default();
        let values = [("name", Value::from(name)), ("more", Value::from(last.more_files))];
        self.t.with("glance-files", &values).into_owned()
    }

    fn unread(&self) -> i64 {
        self.read.map_or(0, |read| (self.said - read).max(0))
    }

    fn unread_shown(&self) -> String {
        if self.unread() > 99 { "99+".to_owned() } else { self.unread().to_string() }
    }
}

/// The first page: my groups, and how to start one.
#[derive(Template, WebTemplate)]
#[template(path = "groups/home.html")]
pub struct HomePage {
    pub view: View,
    /// The address mails are forwarded to.
    pub gateway: String,
}

/// GET /
pub async fn home(State(state): State<WebState>, member: Member) -> WebResult<HomePage> {
    let gateway = state.actions.gateway_of(&member.viewer).await?.to_string();
    Ok(HomePage { view: member.view(&state).await?, gateway })
}

/// The discussion page.
#[derive(Template, WebTemplate)]
#[template(path = "groups/show.html")]
pub struct GroupPage {
    pub view: View,
    pub group: Group,
    pub head: Head,
    pub messages: Vec<MessagePart>,
    /// There are messages before the first one here.
    pub older: bool,
    /// There are messages after the last one here.
    pub newer: bool,
    /// The message this page was opened at, to be marked.
    pub at: Option<i64>,
    /// Everything up to here was read before.
    pub read_seq: i64,
    /// The group it was spun off from, if the viewer is in that as well.
    pub parent: Option<Group>,
    /// This person owns the group.
    pub owns: bool,
    /// How long authors may edit, in milliseconds.
    pub edit_time: u128,
    /// When the viewer was added, if they read only what was written from then on.
    pub reads_since: Option<Timestamp>,
    /// The largest file, in bytes.
    pub file_limit: i64,
    pub client_id: ClientMessageId,
    /// What is answered by what was typed.
    pub answers: Option<(MessageId, AnsweredPart)>,
    /// What a new message asks, unless its author says otherwise.
    pub receipt: ReceiptRequest,
    /// How the viewer answers requests.
    pub receipt_policy: ReceiptPolicy,
    /// What was typed: in the message that was not taken, or what is not sent yet.
    pub typed: String,
    /// When what is typed was kept here, in milliseconds; 0 if it was not.
    pub unsent_at: i64,
    /// Files that were stored with it already.
    pub kept: Vec<File>,
    /// Why the message just sent was not taken.
    pub problem: Option<String>,
    /// How long what is said here stays.
    pub keeping: Keeping,
}

/// How many messages a page has.
pub const PAGE: i64 = 50;

/// GET /groups/{id}
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Query(asked): Query<AskedPlace>,
) -> WebResult<GroupPage> {
    page(&state, &member, id, asked.place()).await
}

/// The discussion page, opened at a place; by itself where the unread begin, if they are more than a page.
///
/// # Errors
/// When this person is no member.
pub async fn page(
    state: &WebState,
    member: &Member,
    id: GroupId,
    asked: Option<Place>,
) -> WebResult<GroupPage> {
    let actions = &state.actions;
    let found = actions.get_group(&member.viewer, id).await?;
    let place = asked.unwrap_or_else(|| opening_place(&found));
    let history = actions.read_history(&member.viewer, id, place, PAGE).await?;
    let unsent = actions.get_unsent(&member.viewer, id).await?;
    Ok(GroupPage {
        view: member.view(state).await?,
        older: history.older,
        newer: history.newer,
        at: asked.and(history.at),
        messages: MessagePart::list(member.visit.texts(), history.messages),
        head: Head::of(member.visit.texts(), (id, found.heads())),
        read_seq: found.own.read_seq,
        owns: found.own.role == Role::Owner,
        edit_time: actions.settings.limits.edit_time.as_millis(),
        reads_since: (found.own.first_seq > 1).then_some(found.own.joined_at),
        receipt: found.group.receipt_request,
        receipt_policy: found.receipt_policy,
        group: found.group,
        parent: found.parent,
        file_limit: i64::try_from(actions.settings.limits.file_size).unwrap_or(i64::MAX),
        client_id: actions.clock.new_id(),
        answers: unsent
            .answers
            .map(|answered| (answered.id, AnsweredPart::new(member.visit.texts(), id, answered))),
        typed: unsent.markdown,
        unsent_at: unsent.at.millis(),
        kept: Vec::new(),
        problem: None,
        keeping: actions.keeping(&member.viewer, id).await?,
    })
}

/// Nobody who reads on is to begin at the end. Who has not read anything yet begins with what is new.
fn opening_place(found: &actions::groups::GroupPage) -> Place {
    let read = found.own.read_seq;
    if read > 0 && found.group.last_seq - read > PAGE { Place::At(read + 1) } else { Place::Newest }
}

/// One member with everything the panel shows.
#[derive(Clone, Debug)]
pub struct MemberView {
    pub face: Face,
    pub person: Person,
    pub role: Role,
    pub presence: Presence,
    /// What their mail program answers while they are away.
    pub away_words: Option<String>,
    pub is_you: bool,
    /// From outside the organisation.
    pub is_guest: bool,
    /// If mails came back from their address.
    pub trouble: Option<AddressTrouble>,
}

impl MemberView {
    /// As the viewer `you` sees them.
    pub fn of(line: MemberLine, you: PersonId) -> Self {
        Self {
            face: Face::of_person(&line.person),
            role: line.member.role,
            presence: line.presence,
            away_words: None,
            is_you: line.person.id == you,
            is_guest: line.is_guest,
            trouble: line.trouble,
            person: line.person,
        }
    }

    pub fn is_owner(&self) -> bool {
        self.role == Role::Owner
    }
    pub fn state(&self) -> &'static str {
        self.presence.state.name()
    }
    /// Whether groups send nothing to their address.
    pub fn is_held_back(&self) -> bool {
        self.trouble.as_ref().is_some_and(AddressTrouble::holds_back)
    }
    /// If mails to them come back.
    pub fn trouble_note(&self, t: &Texts) -> Option<TroubleNote> {
        let address = self.person.main_address().map(ToString::to_string).unwrap_or_default();
        let trouble = self.trouble.clone()?;
        Some(TroubleNote { t: *t, address, trouble, is_you: self.is_you })
    }
    pub fn presence_words(&self, t: &Texts) -> PresenceWords {
        PresenceWords { t: *t, presence: self.presence.clone() }
    }
}

impl GroupPage {
    fn first_seq(&self) -> i64 {
        self.messages.first().map_or(1, |part| part.message.seq)
    }
    fn has_marks(&self) -> bool {
        self.messages.iter().any(|part| !part.message.marks.is_empty())
    }
    fn last_seq(&self) -> i64 {
        self.messages.last().map_or(0, |part| part.message.seq)
    }
    /// How many members one can expect an answer from.
    fn count_here(&self) -> usize {
        self.head.count_here()
    }
    /// In characters.
    fn longest(&self) -> usize {
        messages::LONGEST_MESSAGE
    }
    fn quick(&self) -> [&'static str; 6] {
        QUICK
    }
    fn limit_shown(&self) -> String {
        filters::in_words(self.file_limit)
    }
    fn my_name(&self) -> &str {
        self.view.viewer.as_ref().map_or("", |viewer| &viewer.full_name)
    }
}
