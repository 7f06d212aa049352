//! How often a group writes to a member: chosen on its page, by the link in its mails, by a mail, and for new groups in
//! one's settings. What waits follows the choice at once; nothing is mailed twice.

use super::{ActionError, Actions, Result, access};
use crate::domain::cadence::Cadence;
use crate::domain::group::{Group, Member};
use crate::domain::ids::{GroupId, MemberId, PersonId};
use crate::domain::job::Job;
use crate::domain::notices::{NoticeSettings, QuietHours};
use crate::domain::person::Viewer;
use crate::domain::quoted::Quoted;
use crate::domain::secret::Token;
use crate::domain::zone::Zone;
use crate::store::cadences::CadenceLink;
use crate::store::{self, Tx};

/// What the ledger says of a mail that its receiver did not want any more.
const UNWANTED: &str = "The receiver chose to get no mails of the group before this was sent.";

/// The same of a mail whose messages its receiver wants once a day.
const LATER: &str = "The receiver chose one mail a day before this was sent.";

/// What a member chooses about the mails of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub cadence: Cadence,
    /// How many earlier messages come along; `None` leaves it as it is.
    pub quoted: Option<Quoted>,
}

/// When somebody wants no mails of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkedHours {
    /// `None`: at any time.
    pub quiet: Option<QuietHours>,
    /// `None` leaves it as it is.
    pub zone: Option<Zone>,
}

/// What a link in a mail of a group is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkedCadence {
    Member {
        group: GroupId,
        topic: String,
        choice: Choice,
        /// When they want no mails, of this group or another one.
        hours: NoticeSettings,
    },
    /// They are not in the group any more: nothing comes.
    Gone,
}

impl Actions {
    /// Remembers how often a group writes to this person.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when they are no member.
    pub async fn set_cadence(&self, viewer: &Viewer, group: GroupId, cadence: Cadence) -> Result<()> {
        self.choose_mails(viewer, group, Choice { cadence, quoted: None }).await
    }

    /// Remembers how often a group writes to this person, and how many earlier messages its mails quote.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when they are no member.
    pub async fn choose_mails(&self, viewer: &Viewer, group: GroupId, choice: Choice) -> Result<()> {
        let (actions, person) = (self.clone(), viewer.person_id);
        self.store
            .write(async move |tx| {
                let (group, own) = access::group_for_change(tx, person, group).await?;
                actions.change_mails(tx, (&group, &own), choice).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// What groups begin with that this person comes into.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn default_cadence(&self, viewer: &Viewer) -> Result<Cadence> {
        Ok(store::cadences::default_of(&mut self.store.read().await?, viewer.person_id).await?)
    }

    /// Remembers what groups begin with that this person comes into; those they are in stay as they are.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn set_default_cadence(&self, viewer: &Viewer, cadence: Cadence) -> Result<()> {
        let person = viewer.person_id;
        Ok(self.store.write(async move |tx| store::cadences::set_default(tx, person, cadence).await).await?)
    }

    /// Whose choice a link changes, and what they chose. Looking changes nothing: scanners of mails open every link.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when no mail ever had this link.
    pub async fn view_cadence_link(&self, token: &Token) -> Result<LinkedCadence> {
        let mut tx = self.store.read().await?;
        let Some((group, own)) = linked(&mut tx, token).await? else { return Ok(LinkedCadence::Gone) };
        // Who has left the house learns no more of it, not even what a group is called by now.
        if access::has_departed(&mut tx, &[own.person_id]).await? {
            return Ok(LinkedCadence::Gone);
        }
        let choice = Choice { cadence: own.cadence, quoted: Some(own.quoted) };
        let hours = store::notices::settings(&mut tx, own.person_id).await?;
        Ok(LinkedCadence::Member { group: group.id, topic: group.topic, choice, hours })
    }

    /// Remembers what is chosen about the mails of a group to whoever got a link, whoever comes with it. Of a group they
    /// are not in any more, nothing comes anyway.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when no mail ever had this link.
    pub async fn set_linked_choice(&self, token: &Token, choice: Choice) -> Result<()> {
        let (group, person) = link(&mut self.store.read().await?, token).await?;
        let actions = self.clone();
        self.store
            .write(async move |tx| {
                let held = match access::group_for_change(tx, person, group).await {
                    Err(ActionError::NotFound) => return Ok(()),
                    held => held?,
                };
                actions.change_mails(tx, (&held.0, &held.1), choice).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// Remembers when whoever got a link wants no mails of groups. Notices in their browsers keep to the same hours; those
    /// that are kept for notices alone stay when mails are to come at any time.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when no mail ever had this link.
    pub async fn set_linked_hours(&self, token: &Token, hours: LinkedHours) -> Result<()> {
        let (_, person) = link(&mut self.store.read().await?, token).await?;
        let actions = self.clone();
        self.store.write(async move |tx| actions.change_mail_hours(tx, person, hours).await).await?;
        self.bell.ring();
        Ok(())
    }

    /// The same for a person who is known, in the caller's transaction. What waits for them is looked at anew.
    pub(super) async fn change_mail_hours(
        &self,
        tx: &mut Tx,
        person: PersonId,
        hours: LinkedHours,
    ) -> Result<()> {
        // Who never signs in has hours as well.
        store::sessions::ensure_account(tx, person, self.clock.now()).await?;
        let before = store::notices::settings(tx, person).await?;
        let settings = NoticeSettings {
            quiet: hours.quiet.or(before.quiet.filter(|_| !before.quiet_mails)),
            quiet_mails: hours.quiet.is_some(),
            zone: hours.zone.or(before.zone),
            ..before
        };
        store::notices::set_settings(tx, person, settings).await?;
        let waiting = store::cadences::memberships(tx, person).await?;
        self.look_anew(tx, &waiting).await
    }

    async fn change_mails(&self, tx: &mut Tx, held: (&Group, &Member), choice: Choice) -> Result<()> {
        if let Some(quoted) = choice.quoted {
            store::cadences::set_quoted(tx, held.1.id, quoted).await?;
        }
        self.change_cadence(tx, held, choice.cadence).await
    }

    /// The choice of a member of a group that is held. What waits for them is looked at anew: it goes out now, later, or
    /// not at all. Whoever had chosen less hears of what is said from now on, and of what was to be mailed all the same.
    pub(super) async fn change_cadence(
        &self,
        tx: &mut Tx,
        (group, member): (&Group, &Member),
        cadence: Cadence,
    ) -> Result<()> {
        if member.cadence == cadence {
            return Ok(());
        }
        let mailed = match member.cadence {
            Cadence::None => {
                store::asked::forget_all(tx, member.group_id, member.person_id).await?;
                store::afterwards::mark_seen(tx, member.group_id, member.person_id).await?;
                group.last_seq
            }
            Cadence::Mentions => {
                let after = member.read_seq.max(member.mailed_seq);
                let waiting = store::cadences::list_meant(tx, member, after, 1).await?;
                waiting.first().map_or(group.last_seq, |seq| seq - 1)
            }
            _ => member.mailed_seq,
        };
        let now = self.clock.now();
        store::cadences::set(tx, member.id, cadence, mailed).await?;
        if cadence == Cadence::Daily {
            // What waits for the server comes with the mail of the day instead.
            let whose = (member.group_id, member.person_id);
            let back = store::deliveries::take_back_messages(tx, whose, LATER, now).await?;
            if let Some(first) = back.into_iter().min() {
                store::cadences::set_mailed(tx, member.id, first - 1).await?;
            }
        }
        if cadence == Cadence::None {
            let whose = (member.group_id, member.person_id);
            return Ok(store::deliveries::withdraw_messages(tx, whose, UNWANTED, now).await?);
        }
        self.look_anew(tx, &[member.id]).await
    }

    /// What waits for these members may be due at another time now.
    pub(super) async fn look_anew(&self, tx: &mut Tx, members: &[MemberId]) -> Result<()> {
        let now = self.clock.now();
        let bundle = |member: &MemberId| (self.clock.new_id(), Job::BundleMessages { member: *member });
        let jobs: Vec<_> = members.iter().map(bundle).collect();
        Ok(store::jobs::add(tx, &jobs, now, now).await?)
    }

    /// The secret of the link in the mails of a group to a member, the same for ever.
    pub(super) fn cadence_token(&self, group: GroupId, person: PersonId) -> Token {
        let key = Token::derived(&self.key, "cadence", group.uuid());
        Token::derived(&self.key, &format!("cadence of {}", key.reveal()), person.uuid())
    }

    /// What makes that link good; put down with the first mail that has it.
    pub(super) fn cadence_link(&self, group: GroupId, person: PersonId) -> CadenceLink {
        CadenceLink { token: self.cadence_token(group, person).digest(), group, person }
    }
}

async fn link(tx: &mut Tx, token: &Token) -> Result<(GroupId, PersonId)> {
    store::cadences::find_link(tx, &token.digest()).await?.ok_or(ActionError::NotFound)
}

/// The membership that a link is about, if it still is one.
async fn linked(tx: &mut Tx, token: &Token) -> Result<Option<(Group, Member)>> {
    let (group, person) = link(tx, token).await?;
    match access::group(tx, person, group).await {
        Ok(found) => Ok(Some(found)),
        Err(ActionError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
