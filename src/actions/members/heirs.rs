//! A group that has members has an owner, also when its last one has departed from the organisation or was erased: who is there
//! longest inherits it, of those whom a directory or a file knows if there are any.

use super::super::log::Noted;
use super::super::{Actions, Result};
use crate::domain::group::Role;
use crate::domain::ids::PersonId;
use crate::domain::notice::{Named, Notice};
use crate::store::members::Candidate;
use crate::store::{self, Tx};

impl Actions {
    /// Gives the groups that nobody owns but these people, who go, to others. `called` is what the log calls them, if not by their
    /// names. One statement; one more if they own any, one for
    /// each of those on PostgreSQL, and three for each that gets another owner.
    pub(in super::super) async fn hand_over(
        &self,
        tx: &mut Tx,
        gone: &[PersonId],
        called: Option<&str>,
    ) -> Result<Vec<Noted>> {
        let groups = store::members::owned_by(tx, gone).await?;
        // In their order, so that two who hold several groups don't wait for each other.
        for group in &groups {
            store::groups::hold(tx, *group).await?;
        }
        let members = store::members::candidates(tx, &groups).await?;
        let mut noted = Vec::new();
        for group in members.chunk_by(|one, next| one.group_id == next.group_id) {
            let Some((former, heir)) = heir_of(group, gone) else { continue };
            store::members::set_role(tx, heir.id, Role::Owner).await?;
            let notice = Notice::Inherited { person: heir.into() };
            let name = called.unwrap_or(&former.full_name).to_owned();
            let author = Named { id: former.person_id, name };
            noted.push(self.note(tx, heir.group_id, author, notice).await?);
        }
        Ok(noted)
    }

    /// Tells those who look at the groups.
    pub(in super::super) async fn tell_heirs(&self, noted: Vec<Noted>) {
        for one in noted {
            self.tell_noted(one).await;
        }
    }
}

/// The last owner of a group, and who comes after them; nobody while another owner is there, or when everybody is gone.
fn heir_of<'a>(group: &'a [Candidate], gone: &[PersonId]) -> Option<(&'a Candidate, &'a Candidate)> {
    let goes = |one: &&Candidate| gone.contains(&one.person_id);
    let present = || group.iter().filter(|one| !one.has_departed && !goes(one));
    if present().any(|one| one.is_owner) {
        return None;
    }
    let former = group.iter().find(|one| one.is_owner && goes(one))?;
    // Of several the first has the least, and they come by how long they are there.
    Some((former, present().min_by_key(|one| !one.is_listed)?))
}

impl From<&Candidate> for Named {
    fn from(member: &Candidate) -> Self {
        Self { id: member.person_id, name: member.full_name.clone() }
    }
}
