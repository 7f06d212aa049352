//! Groups: a discussion and the people in it.

use serde::{Deserialize, Serialize};

use super::ids::{GroupId, MemberId, PersonId, ThreadId};
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
