//! The company's rules where they bite: who may be a member, who may begin groups, what may be opened from outside.

use std::sync::Arc;

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::group::Group;
use crate::domain::ids::PersonId;
use crate::domain::person::{Person, Viewer};
use crate::domain::policy::Policy;
use crate::domain::settings::Settings;
use crate::store::drafts::DraftMember;
use crate::store::{self, Tx};

/// What holds for everybody, as its page says it.
#[derive(Clone, Debug)]
pub struct HouseRules {
    pub settings: Arc<Settings>,
    /// Whether the reader may begin groups.
    pub may_start: bool,
}

impl Actions {
    /// What the organisation has set, for its people.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for guests, whom the names of other partners are no business of.
    pub async fn house_rules(&self, viewer: &Viewer) -> Result<HouseRules> {
        let mut tx = self.store.read().await?;
        let person = access::colleague(&mut tx, viewer, &self.settings.sign_in).await?;
        let may_start = viewer.rights.admin || self.policy().may_start(&person);
        Ok(HouseRules { settings: self.settings.clone(), may_start })
    }

    /// Whether this person may be made a member: everybody of the organisation, and others by the rule for them.
    /// Whoever is a member stays one.
    pub fn may_become_member(&self, person: &Person) -> bool {
        may_become_member(&self.settings, person)
    }

    pub fn policy(&self) -> &Policy {
        &self.settings.policy
    }
}

/// See [`Actions::may_become_member`].
pub(super) fn may_become_member(settings: &Settings, person: &Person) -> bool {
    let Some(main) = person.main_address() else { return true };
    let rules = &settings.policy.outside_members;
    rules.allow(main) || access::belongs(person, &settings.sign_in) || settings.mail.is_at_home(main)
}

/// That each of these may be made a member.
///
/// # Errors
/// [`ActionError::Invalid`] for the first who may not.
pub(super) fn check_may_join(settings: &Settings, persons: &[Person]) -> Result<()> {
    match persons.iter().find(|person| !may_become_member(settings, person)) {
        Some(person) => {
            let domain = person.main_address().map_or("", |address| address.domain()).to_owned();
            let name = person.full_name.clone();
            Err(ActionError::invalid("members", Problem::MemberNotAllowed { name, domain }))
        }
        None => Ok(()),
    }
}

/// The same where nobody chose them, such as those of a thread: they are left out, as the draft's page says. The owner
/// of the draft stays.
pub(super) async fn leave_out_strangers(
    tx: &mut Tx,
    (settings, owner): (&Settings, PersonId),
    members: &mut Vec<DraftMember>,
) -> Result<()> {
    if settings.policy.outside_members.0.is_none() {
        return Ok(());
    }
    let ids: Vec<_> = members.iter().map(|member| member.person_id).collect();
    let persons = store::persons::list(tx, &ids).await?;
    let may = |id| persons.iter().any(|person| person.id == id && may_become_member(settings, person));
    members.retain(|member| member.person_id == owner || may(member.person_id));
    Ok(())
}

/// That somebody may begin groups: a person of the organisation whom the rule for it names, or an admin.
///
/// # Errors
/// [`ActionError::Invalid`] for all others.
pub(super) async fn may_start(tx: &mut Tx, viewer: &Viewer, settings: &Settings) -> Result<()> {
    let person = access::colleague(tx, viewer, &settings.sign_in).await?;
    if viewer.rights.admin || settings.policy.may_start(&person) {
        Ok(())
    } else {
        Err(ActionError::invalid("starter", Problem::MayNotStart))
    }
}

/// That everybody who has the link may open what is shared of a group.
///
/// # Errors
/// [`ActionError::Invalid`] where the company or the owners of the group do not want it.
pub(super) fn check_share_link(policy: &Policy, group: &Group) -> Result<()> {
    if !policy.share_links {
        return Err(ActionError::invalid("access", Problem::LinksNotAllowed));
    }
    access::may_share_outside(group)
}
