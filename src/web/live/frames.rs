//! What goes over the live socket, as JSON. Markup in it is the same partial that the page is made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::draft::PageId;
use crate::domain::ids::{ClientMessageId, DraftId, ExportId, GroupId, PersonId};
use crate::domain::presence::{Choice, Presence, Whereabouts};
use crate::domain::receipt::{ReceiptPolicy, ReceiptRequest};

/// What a page says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Asked {
    /// I show this group and have every message up to `after`, and every change of one up to `changed`. A page of old
    /// messages names no `after`: it wants no new ones. One that was just loaded may name no `changed`.
    Watch {
        group: GroupId,
        after: Option<i64>,
        changed: Option<i64>,
    },
    /// I show the list of groups, with nothing newer than `at`, in milliseconds.
    List {
        at: i64,
    },
    /// This group is in sight, or not any more: the page is visible and has the focus.
    Sight {
        group: GroupId,
        seen: bool,
    },
    /// I show marks, of one group or of all.
    WatchMarks,
    /// I show this draft.
    WatchDraft {
        draft: DraftId,
        page: PageId,
    },
    /// Everything up to `seq` was in sight.
    Read {
        group: GroupId,
        seq: i64,
    },
    /// Somebody looks at this page: it is in sight and in use. Or no longer.
    Here {
        looks: bool,
    },
    /// A message to this group is being written, or no longer.
    Writing {
        group: GroupId,
        writes: bool,
    },
    /// These messages, which ask for receipts, have come.
    Got {
        group: GroupId,
        seqs: Vec<i64>,
    },
    /// These were in sight.
    Seen {
        group: GroupId,
        seqs: Vec<i64>,
    },
    /// I show these messages; how do their receipts stand?
    ShowReceipts {
        group: GroupId,
        seqs: Vec<i64>,
    },
    Ping,
}

/// What a page is told.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told<'a> {
    Message {
        group: GroupId,
        seq: i64,
        client_id: Option<ClientMessageId>,
        html: String,
        /// The group's line in the list, as in `Row`; a notice changes nothing there.
        row: Option<String>,
    },
    /// So much is missing that the page fetches it while somebody reads on; what is new after `newest` is told again.
    Behind {
        group: GroupId,
        newest: i64,
    },
    /// A message that was there already, as it is after change number `change`.
    Changed {
        group: GroupId,
        seq: i64,
        change: i64,
        html: String,
        /// Its line above the messages that answer it.
        answered: String,
        /// The group's line in the list, if this is its newest message.
        row: Option<String>,
    },
    /// A new group: its id and members in one packet, and its line for the list.
    GroupAdded {
        group: GroupId,
        topic: &'a str,
        members: &'a [PersonId],
        html: String,
    },
    /// The topic and the members of the group on the page, and who of them are guests.
    Head {
        group: GroupId,
        topic: &'a str,
        names: String,
        faces: String,
        guests: Vec<PersonId>,
    },
    /// What the list says of groups besides their newest message; `whole` if others are not one's own any more.
    Groups {
        groups: BTreeMap<GroupId, GroupState>,
        whole: bool,
    },
    /// Marks of the group are different now: a page that shows them asks again.
    Marks {
        group: GroupId,
    },
    /// This person is no member of the group any more; nothing of it follows.
    GroupGone {
        group: GroupId,
    },
    /// The group's line in the list changed. How much of it is unread the page knows.
    Row {
        group: GroupId,
        html: String,
    },
    /// What stands at a message of its receipts. The same for everybody.
    Receipts {
        group: GroupId,
        seq: i64,
        html: String,
    },
    /// How this person answers requests for receipts, what new messages of the group ask, and the messages that wait for their own word.
    ToConfirm {
        group: GroupId,
        policy: ReceiptPolicy,
        request: ReceiptRequest,
        seqs: Vec<i64>,
    },
    /// What new messages of the group ask, unless their authors say otherwise.
    ReceiptDefault {
        group: GroupId,
        request: ReceiptRequest,
    },
    /// This person has confirmed that they read it.
    Confirmed {
        group: GroupId,
        seq: i64,
    },
    /// How far this person has read, here or in another page of theirs.
    Read {
        read: BTreeMap<GroupId, i64>,
    },
    /// The line of one's own draft in the list.
    DraftRow {
        draft: DraftId,
        html: String,
    },
    /// All of one's own drafts, after a gap.
    DraftList {
        html: String,
    },
    /// One's own draft is a group now, or discarded.
    DraftGone {
        draft: DraftId,
    },
    DraftChanged {
        draft: DraftId,
        version: i64,
        parts: BTreeMap<&'a str, String>,
    },
    /// How far a file is that this person asked for: its line in the panel.
    Export {
        group: GroupId,
        export: ExportId,
        html: String,
    },
    /// Whose socket this is: another person may have signed in by the same browser meanwhile.
    Hello {
        me: PersonId,
    },
    /// Who of a group's members is how present: all of whom there is something to tell, or those who changed.
    Presence {
        group: GroupId,
        whole: bool,
        people: &'a [Whereabouts],
    },
    /// How the others see this person, and what of it they chose.
    OwnPresence {
        #[serde(flatten)]
        presence: &'a Presence,
        choice: Choice,
    },
    /// Somebody writes a message to this group, or no longer.
    Writing {
        group: GroupId,
        person: PersonId,
        name: &'a str,
        writes: bool,
    },
    /// How a group's members can be reached is different now.
    People {
        group: GroupId,
    },
    /// This browser was signed out; nothing follows.
    SignedOut,
    /// Something was missed: say again what you have.
    Resync,
    Pong,
}

/// What the list says of a group besides its newest message; only what has changed.
#[derive(Debug, Default, Serialize)]
pub struct GroupState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
}

impl Told<'_> {
    /// The frame's text.
    pub fn text(&self) -> String {
        // Numbers, texts and ids always can be written as JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}
