//! Where a mail belongs, and how that is known: first by an address of ours it was sent to, then by the mail it answers,
//! then by its References, and by these only with an equal base subject, since people take old mails for new matters.
//! Never by the subject alone.

use super::super::{Actions, Result, access};
use super::Arrived;
use crate::domain::address::EmailAddress;
use crate::domain::claim::Claim;
use crate::domain::digest::Digest;
use crate::domain::group::Member;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::ledger::{Ignored, Way};
use crate::domain::secret::Token;
use crate::domain::share_receiver::ShareReceiver;
use crate::mail::base_subject::base_subject;
use crate::mail::identity;
use crate::mail::incoming::IncomingMail;
use crate::store::members::Ended;
use crate::store::{self, Tx};

/// Where a mail belongs.
#[derive(Clone, Debug)]
pub(super) enum Route {
    /// To members' own addresses: one member a group, in the order of the addresses. Never empty.
    Members(Vec<Member>, Way),
    Receiver(Box<ShareReceiver>),
    /// To the address of a question whose an address is.
    Claim(Box<Claim>),
    /// To a group, by nobody's address.
    Group(GroupId, Way),
    Refused(Ignored),
    /// To the gateway itself.
    Draft(Option<Way>),
}

impl Route {
    /// The group that the mail is for; the first one, if it is for several.
    pub fn group(&self) -> Option<GroupId> {
        match self {
            Self::Members(members, _) => members.first().map(|member| member.group_id),
            Self::Group(group, _) => Some(*group),
            _ => None,
        }
    }
}

/// The references looked at, the newest: a mail that answers names the group's own among the last.
const MOST_REFERENCES: usize = 100;
/// Groups that one mail is said in.
const MOST_GROUPS: usize = 5;

impl Actions {
    /// Finds the way of a mail that a person wrote. Twelve statements at the most.
    pub(super) async fn route(&self, tx: &mut Tx, arrived: &Arrived) -> Result<Route> {
        let (mail, settings) = (&arrived.mail, &self.settings.mail);
        let senders = senders(tx, arrived).await?;
        // Private addresses of theirs live on: nobody speaks for the house after they have left it.
        if access::has_departed(tx, &senders).await? {
            return Ok(Route::Refused(Ignored::Departed));
        }
        let addressed = digests(identity::addressed_tokens(mail, settings));
        let members = store::groups::find_members_by_tokens(tx, &addressed).await?;
        if !members.is_empty() {
            let chosen = one_a_group(members, &senders);
            return Ok(match where_moved(tx, mail, &chosen).await? {
                Some(member) => Route::Members(vec![member], Way::Answer),
                None => Route::Members(chosen, Way::Address),
            });
        }
        if let Some(receiver) = store::shares::receivers::find_by_tokens(tx, &addressed).await? {
            return Ok(Route::Receiver(Box::new(receiver)));
        }
        if let Some(claim) = store::claims::find_by_tokens(tx, &addressed).await? {
            return Ok(Route::Claim(Box::new(claim)));
        }
        let referred = digests(identity::referred_tokens(mail));
        let members = store::groups::find_members_by_tokens(tx, &referred).await?;
        if let Some(group) = store::groups::find_by_message_ids(tx, &mail.in_reply_to).await? {
            return Ok(to_group(group, members, &senders, Way::Answer));
        }
        let referred_share = store::shares::receivers::find_by_tokens(tx, &referred).await?;
        if let Some(receiver) = referred_share.filter(|_| members.is_empty()) {
            return Ok(Route::Receiver(Box::new(receiver)));
        }
        let references = newest(mail);
        let named = store::groups::find_by_message_ids(tx, &references).await?;
        if let Some(group) = members.first().map(|member| member.group_id).or(named) {
            return if is_same_matter(tx, group, mail, &references).await? {
                Ok(to_group(group, members, &senders, Way::References))
            } else {
                Ok(Route::Draft(Some(Way::NewMatter)))
            };
        }
        self.lost(tx, mail, [addressed, referred].concat()).await
    }

    /// What is not found: it was for a group that is no more, or whose author is no more in it, or it is for none.
    async fn lost(&self, tx: &mut Tx, mail: &IncomingMail, tokens: Vec<Digest>) -> Result<Route> {
        if let Some(ended) = store::members::find_ended(tx, &tokens).await? {
            return Ok(Route::Refused(match ended {
                Ended::Left => Ignored::NotAMember,
                Ended::TakenBack => Ignored::TakenBack,
            }));
        }
        let domain = self.settings.mail.domain();
        let is_ours = |id: &String| {
            let at_home = id.rsplit_once('@').is_some_and(|(_, host)| host.eq_ignore_ascii_case(domain));
            at_home && identity::group_of_message_id(id).is_some()
        };
        if !tokens.is_empty() || mail.in_reply_to.iter().any(is_ours) {
            return Ok(Route::Refused(Ignored::NoSuchGroup));
        }
        Ok(Route::Draft(None))
    }
}

/// Whose the addresses in From are, with or without a detail after a `+`.
pub(super) async fn senders(tx: &mut Tx, arrived: &Arrived) -> Result<Vec<PersonId>> {
    Ok(store::persons::find_by_written(tx, &from(arrived)).await?.into_iter().map(|(_, id)| id).collect())
}

/// Whose the addresses in From are, just as they stand there.
pub(super) async fn exact_senders(tx: &mut Tx, arrived: &Arrived) -> Result<Vec<PersonId>> {
    Ok(store::persons::find_by_addresses(tx, &from(arrived)).await?.into_iter().map(|(_, id)| id).collect())
}

fn from(arrived: &Arrived) -> Vec<EmailAddress> {
    arrived.mail.from.iter().map(|from| from.address.clone()).collect()
}

fn digests(tokens: Vec<Token>) -> Vec<Digest> {
    tokens.iter().map(Token::digest).collect()
}

/// The last of the References, the newest first.
fn newest(mail: &IncomingMail) -> Vec<String> {
    mail.references.iter().rev().take(MOST_REFERENCES).cloned().collect()
}

/// One member a group. Where several addresses of one group stand there, because somebody answers to all of another
/// member's mail, the sender's own counts.
fn one_a_group(members: Vec<Member>, senders: &[PersonId]) -> Vec<Member> {
    let mut chosen: Vec<Member> = Vec::new();
    for member in members {
        let is_own = |member: &Member| senders.contains(&member.person_id);
        match chosen.iter().position(|one| one.group_id == member.group_id) {
            Some(at) if !is_own(&chosen[at]) && is_own(&member) => chosen[at] = member,
            None if chosen.len() < MOST_GROUPS => chosen.push(member),
            Some(_) | None => {}
        }
    }
    chosen
}

/// Whoever answers all of a mail that was moved by hand writes to the group it had come to. It goes after the mail, if
/// whoever has that address is in the other group as well, and for none of the other groups it was written to.
async fn where_moved(tx: &mut Tx, mail: &IncomingMail, members: &[Member]) -> Result<Option<Member>> {
    let [only] = members else { return Ok(None) };
    match store::moves::moved_id(tx, &mail.in_reply_to).await? {
        Some((from, to)) if from == only.group_id => {
            Ok(store::groups::find_member(tx, to, only.person_id).await?)
        }
        _ => Ok(None),
    }
}

fn to_group(group: GroupId, members: Vec<Member>, senders: &[PersonId], way: Way) -> Route {
    let own: Vec<Member> = members.into_iter().filter(|member| member.group_id == group).collect();
    let own = one_a_group(own, senders);
    if own.is_empty() { Route::Group(group, way) } else { Route::Members(own, way) }
}

/// Whether a mail is about what its group is about: its base subject (RFC 5256 2.1) is that of our mails, or that of a mail
/// it refers to.
async fn is_same_matter(
    tx: &mut Tx,
    group: GroupId,
    mail: &IncomingMail,
    references: &[String],
) -> Result<bool> {
    let own = comparable(&mail.base_subject);
    let Some(group) = store::groups::find(tx, group).await? else { return Ok(false) };
    if own == comparable(&group.subject) || own == comparable(&group.topic) {
        return Ok(true);
    }
    let subjects = store::ledger::subjects_of(tx, references).await?;
    Ok(subjects.iter().any(|subject| comparable(subject) == own))
}

fn comparable(subject: &str) -> String {
    base_subject(subject).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
