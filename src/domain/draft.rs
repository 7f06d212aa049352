//! Drafts: a group being prepared, and the right to edit it.

use std::time::Duration;

use super::ids::{DraftId, GroupId, PersonId, SessionId, ThreadId};
use super::time::Timestamp;

/// A group being prepared. Its owner and those who are to be its members may open and edit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub id: DraftId,
    pub owner: PersonId,
    pub topic: String,
    pub opening: String,
    pub thread_id: Option<ThreadId>,
    /// The group it is spun off from.
    pub parent_id: Option<GroupId>,
    pub state: DraftState,
    /// Made when it was confirmed.
    pub group_id: Option<GroupId>,
    /// Counts the changes; an open copy of the page knows by it what it has.
    pub version: i64,
    pub lease: Option<EditLease>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum DraftState {
    Open,
    Confirmed,
    Discarded,
}

/// The right to edit a draft, held by one open page until a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditLease {
    pub holder: PersonId,
    /// The page that holds it: the same person's second tab does not.
    pub page: PageId,
    pub until: Timestamp,
    /// Who asked the holder to hand over.
    pub wanted_by: Option<PersonId>,
}

/// One open copy of a page, named by its browser.
pub type PageId = super::ids::Id<OpenPage>;
/// What a [`PageId`] names.
#[derive(Debug)]
pub struct OpenPage;

/// What asking for the lease gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseAnswer {
    Granted(EditLease),
    /// By another page; the lease as it is now.
    HeldBy(EditLease),
}

impl EditLease {
    /// How long a lease lasts after its holder's last sign of life.
    pub const LASTS: Duration = Duration::from_secs(60);

    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// Who holds the lease after `person` asked for it on `page`: a live lease of another page stays.
    pub fn asked(current: Option<&Self>, person: PersonId, page: PageId, now: Timestamp) -> LeaseAnswer {
        match current {
            Some(lease) if lease.is_live(now) && lease.page != page => LeaseAnswer::HeldBy(lease.clone()),
            // Whoever waited for the page that has it still does.
            Some(lease) if lease.page == page && lease.holder == person => {
                LeaseAnswer::Granted(Self { until: now + Self::LASTS, ..lease.clone() })
            }
            _ => {
                LeaseAnswer::Granted(Self { holder: person, page, until: now + Self::LASTS, wanted_by: None })
            }
        }
    }

    /// The same after `person` asked to take over: one's own lease comes along from another page, somebody else's
    /// keeps in mind who asked.
    pub fn taken_over(current: Option<&Self>, person: PersonId, page: PageId, now: Timestamp) -> LeaseAnswer {
        match Self::asked(current.filter(|lease| lease.holder != person), person, page, now) {
            LeaseAnswer::HeldBy(lease) => LeaseAnswer::HeldBy(Self { wanted_by: Some(person), ..lease }),
            granted => granted,
        }
    }
}

/// Session and page from which somebody acts on a draft.
#[derive(Clone, Copy, Debug)]
pub struct Editor {
    pub person: PersonId,
    pub session: SessionId,
    pub page: PageId,
}
