//! What the mails that are queued for a member bring them.

use super::super::Result;
use super::super::besides::{self, Besides};
use super::Known;
use crate::domain::group::Member;
use crate::domain::ids::MarkId;
use crate::domain::job::Job;
use crate::store::Tx;

/// What a member knows by their mails once these are queued.
pub(super) struct Brought {
    /// Up to this message all was mailed.
    pub seq: i64,
    /// Up to this change of the group.
    pub change: i64,
    /// Whether the mails say what changed before it.
    pub says_changes: bool,
    pub tasks: Vec<MarkId>,
    /// What is to be done if that does not hold any more.
    pub again: Job,
}

impl Brought {
    pub fn of(known: &Known) -> Self {
        Self {
            seq: known.member.mailed_seq,
            change: known.group.last_change,
            says_changes: false,
            tasks: Vec::new(),
            again: Job::MailTasks { member: known.member.id },
        }
    }

    pub fn with(self, besides: &Besides) -> Self {
        Self { says_changes: !besides.changes.is_empty(), tasks: besides.marks(), ..self }
    }

    /// Whether nobody else told the member meanwhile, and the tasks are still theirs. One statement at the most.
    pub async fn holds_still(&self, tx: &mut Tx, (was, now): (&Member, &Member)) -> Result<bool> {
        if self.says_changes && was.told_change != now.told_change {
            return Ok(false);
        }
        if self.tasks.is_empty() {
            return Ok(true);
        }
        let asked = besides::tasks(tx, now).await?;
        Ok(self.tasks.iter().all(|mark| asked.iter().any(|task| task.mark == *mark)))
    }
}
