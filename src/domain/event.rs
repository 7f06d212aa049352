//! Events: what happened, for those who look on.

use super::digest::Digest;
use super::export::Export;
use super::group::Muting;
use super::ids::{DraftId, GroupId, PersonId, SessionId};
use super::message::{Glance, Message, MessagePlace};
use super::presence::{Attention, Presence, Status, Whereabouts};
use super::receipt::{ReceiptRequest, Receipts};
use super::time::Timestamp;

/// What happened. Live delivery may lose one; sequence numbers and versions let a page notice and ask.
#[derive(Clone, Debug)]
pub enum Event {
    /// To those who look at the group.
    MessagePosted(Box<Posted>),
    /// To those who look at the group: a message that was there is different now.
    MessageChanged(Box<Changed>),
    /// To the members' other pages: the group has something new.
    GroupActive(GroupActivity),
    /// To every member of a group that was just made, and to those who were just added to one: its id and members in
    /// one packet, and how many messages were said before.
    GroupAdded { group: GroupId, topic: String, members: Vec<PersonId>, said: i64, at: Timestamp },
    /// To all members' pages: the group has another topic.
    GroupRenamed { group: GroupId, topic: String },
    /// To those who look at the group: its topic, who is in it, or as what, has changed.
    HeadChanged { group: GroupId, topic: String, members: Vec<MemberHead> },
    /// To those who look at the group: mails to a member come back now, or arrive again.
    AddressChanged { group: GroupId },
    /// To those who look at the group, and to the pages of the one who is no member any more.
    MemberGone { group: GroupId, person: PersonId },
    /// To a person's pages: they have muted the group, or not any more.
    MutingChanged { group: GroupId, muting: Muting },
    /// To the other pages of the one who read: how far, and how many messages that are, notices aside.
    ReadMoved { group: GroupId, read_seq: i64, read: i64 },
    /// To those who look at the group: how the receipts of a message stand now.
    ReceiptsChanged { place: MessagePlace, receipts: Receipts },
    /// To those who look at the group: what its new messages ask, unless their authors say otherwise.
    ReceiptRequestChanged { group: GroupId, request: ReceiptRequest },
    /// To the pages of the one who confirmed: the message waits for their word no longer.
    ReadingConfirmed { place: MessagePlace },
    /// To the pages of the one who chose: they answer requests for receipts in another way now.
    ReceiptPolicyChanged,
    /// To the pages of the one who asked: how far an export is.
    ExportChanged(Box<Export>),
    /// To those who look at the draft.
    DraftChanged { draft: DraftId, version: i64, part: DraftPart },
    /// To the pages of a draft's owner: it stands in the list of drafts like this now.
    DraftListed { draft: DraftId, topic: String, at: Timestamp },
    /// To the pages of a draft's owner: it is a group now, or discarded.
    DraftUnlisted { draft: DraftId },
    /// To the pages of a session that was ended.
    SessionEnded { session: SessionId },
    /// To the members' Marks pages: something is marked in the group, or not any more, or a mark is different now.
    MarksChanged { group: GroupId },
    /// To those who look at the group: members came, went, or say something else of themselves.
    PresenceChanged { group: GroupId, people: Vec<Whereabouts> },
    /// To a person's own pages: how the others see them now.
    OwnPresence { attention: Attention, status: Status },
    /// To those who look at the group: a member begins, goes on or stops writing.
    Writing { group: GroupId, person: PersonId, name: String, writes: bool },
}

/// A message, and the line of the list of groups that it makes: a notice makes none.
#[derive(Clone, Debug)]
pub struct Posted {
    pub message: Message,
    pub activity: Option<GroupActivity>,
}

/// A message after a change; the change's number is the message's own.
#[derive(Clone, Debug)]
pub struct Changed {
    pub message: Message,
    /// How it begins, for the messages that answer it.
    pub line: Glance,
    /// The line of the list of groups, if the message is the newest.
    pub activity: Option<GroupActivity>,
}

/// A line of the list of groups, when something new came or the newest message changed.
#[derive(Clone, Debug)]
pub struct GroupActivity {
    pub group: GroupId,
    pub topic: String,
    /// The newest message's number, and how many messages were said by then, notices aside.
    pub seq: i64,
    pub said: i64,
    pub glance: Glance,
    /// Whose doing it is: what they said here, or took along to here, they have read.
    pub by: Option<PersonId>,
    pub at: Timestamp,
    /// Whom a message that was just posted mentions.
    pub mentions: Vec<PersonId>,
}

/// A member as all pages of a group show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberHead {
    pub id: PersonId,
    pub name: String,
    /// What their picture was made of, if there is one.
    pub photo: Option<Digest>,
    /// From outside the organisation.
    pub is_guest: bool,
    pub presence: Presence,
}

/// Which part of a draft changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DraftPart {
    Topic,
    Members,
    Opening,
    Files,
    /// What it takes along from the group it is spun off from.
    Chosen,
    Lease,
    /// Confirmed or discarded.
    State,
}

/// Where an event is published and listened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// All open pages of a person.
    Person(PersonId),
    /// The open Marks pages of a person, whichever groups they show.
    Marks(PersonId),
    /// All who look at a group.
    Group(GroupId),
    /// All who have a group in sight: its page is visible and has the focus. Nothing is published here; who listens
    /// needs no notice.
    Sight(GroupId),
    /// All who look at a draft.
    Draft(DraftId),
}
