//! Groups: a discussion and the people in it.

use serde::{Deserialize, Serialize};

use super::cadence::Cadence;
use super::ids::{GroupId, MemberId, PersonId, ThreadId};
use super::quoted::Quoted;
use super::receipt::ReceiptRequest;
use super::time::Timestamp;

/// A discussion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub topic: String,
    pub thread_id: Option<ThreadId>,
    /// The group it was spun off from.
    pub parent_id: Option<GroupId>,
    pub created_by: PersonId,
    pub created_at: Timestamp,
    /// The sequence number of its newest message; 0 before the first.
    pub last_seq: i64,
    /// The number of the newest change of a message that was there already; 0 before the first.
    pub last_change: i64,
    /// The sequence number of the newest message that is no notice; 0 before the first.
    pub said_seq: i64,
    /// How many of its messages are notices.
    pub notices: i64,
    /// The topic it began with: the subject of its mails, which stay one thread when the topic changes.
    pub subject: String,
    /// Who may add members.
    pub adding: Adding,
    /// What a new message asks of its receivers, unless its author says otherwise.
    pub receipt_request: ReceiptRequest,
    /// Whether members may share content with people outside of the group.
    pub outside_sharing: bool,
}

/// A person in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    pub group_id: GroupId,
    pub person_id: PersonId,
    pub role: Role,
    /// The first sequence number they may see; 1 for everything.
    pub first_seq: i64,
    /// Everything up to this sequence number was read.
    pub read_seq: i64,
    /// Everything up to this sequence number went out by mail, or was not needed there.
    pub mailed_seq: i64,
    pub joined_at: Timestamp,
    pub muting: Muting,
    /// How often the group writes to them.
    pub cadence: Cadence,
    /// They write by a messenger, which shows each mail as a bubble: Delta Chat, or one that writes as it does.
    pub chats: bool,
    /// How many messages from before what is new its mails quote.
    pub quoted: Quoted,
    /// They know what became of messages up to this change of the group: by mail, or because they saw the page.
    pub told_change: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    Owner,
    Member,
}

/// How a member is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// A page is open somewhere.
    Browser,
    Mail,
}

/// Who of the organisation may add members. Guests may not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Adding {
    #[default]
    Members,
    Owners,
}

/// What somebody who is added later may read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// Everything that was ever said.
    #[default]
    Start,
    /// What is said from then on.
    Now,
}

/// How much a member wants to hear of a group without looking at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Muting {
    #[default]
    Off,
    /// Nothing pops up but mentions, and no count stands out. Mails are another matter: [`Cadence`].
    Muted,
}

impl Group {
    /// How many messages were said, notices aside.
    pub fn said(&self) -> i64 {
        self.last_seq - self.notices
    }
}
