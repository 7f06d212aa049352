//! Notices: what changed about a group, as an event in its log.

use serde::{Deserialize, Serialize};

use super::export::Format;
use super::group::{Adding, History, Role};
use super::ids::PersonId;
use super::mail_notes::Attendance;
use super::person::{Person, Viewer};

/// What somebody changed. The message that holds it names who did it, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// Brought these people in.
    Added {
        people: Vec<Named>,
        history: History,
    },
    Removed {
        person: Named,
    },
    /// Took out again whom the author had just brought in.
    TakenBack {
        people: Vec<Named>,
        /// To how many of them the invitation had gone out by mail.
        #[serde(default)]
        invited: usize,
    },
    /// The author left.
    Left,
    Role {
        person: Named,
        role: Role,
    },
    /// The last owner has gone from the organisation: the author owns it now.
    Inherited,
    Topic {
        before: String,
        now: String,
    },
    Adding {
        by: Adding,
    },
    /// Published a share: for the first time, or another version of it.
    Shared {
        title: String,
        version: i64,
    },
    ShareRecalled {
        title: String,
    },
    /// Said whether members may share content with people outside.
    OutsideSharing {
        allowed: bool,
    },
    /// Answered an invitation to a meeting, in their calendar.
    InvitationAnswered {
        attendance: Attendance,
        title: String,
        /// As their calendar says it; empty if it does not.
        when: String,
        /// What they said besides; empty if nothing.
        words: String,
    },
    /// Took all that they see of it away as a file.
    Exported {
        format: Format,
    },
}

/// Somebody as they were called then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: PersonId,
    pub name: String,
}

impl From<&Person> for Named {
    fn from(person: &Person) -> Self {
        Self { id: person.id, name: person.full_name.clone() }
    }
}

impl From<&Viewer> for Named {
    fn from(viewer: &Viewer) -> Self {
        Self { id: viewer.person_id, name: viewer.full_name.clone() }
    }
}
