//! From an id to a thing, for those who have a right to it. There is no other way.

use std::time::Duration;

use super::changes::Subject;
use super::{ActionError, Conflict, Problem, Result};
use crate::domain::digest::Digest;
use crate::domain::draft::Draft;
use crate::domain::export::Export;
use crate::domain::file::Upload;
use crate::domain::group::{Group, Member, Role};
use crate::domain::ids::{
    DraftId, ExportId, FileId, GroupId, MarkId, MessageId, PersonId, ShareId, ThreadId, UploadId,
};
use crate::domain::mark::Mark;
use crate::domain::message::{Answered, Grade, Message, MessagePlace};
use crate::domain::person::{Origin, Person, Viewer};
use crate::domain::policy::Policy;
use crate::domain::settings::SignInSettings;
use crate::domain::share::{Access, Share, ShareState};
use crate::domain::thread::Thread;
use crate::domain::time::Timestamp;
use crate::store::files::StoredFile;
use crate::store::{self, Tx};

/// The membership of somebody who wants to use a group.
pub(super) async fn member(tx: &mut Tx, person: PersonId, group: GroupId) -> Result<Member> {
    store::groups::find_member(tx, group, person).await?.ok_or(ActionError::NotFound)
}

/// A group, for its members.
pub(super) async fn group(tx: &mut Tx, person: PersonId, id: GroupId) -> Result<(Group, Member)> {
    let member = member(tx, person, id).await?;
    let group = store::groups::find(tx, id).await?.ok_or(ActionError::NotFound)?;
    Ok((group, member))
}

/// The same where a page says more to those who are members.
pub(super) async fn find_group(tx: &mut Tx, person: PersonId, id: GroupId) -> Result<Option<Group>> {
    match group(tx, person, id).await {
        Ok((group, _)) => Ok(Some(group)),
        Err(ActionError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// All that is known of a person: for themself and for admins.
pub(super) fn dossier_of(viewer: &Viewer, person: PersonId) -> Result<()> {
    if viewer.person_id == person { Ok(()) } else { admin(viewer) }
}

/// A message, for the members who may see it. Nobody else changes the group until this transaction ends.
pub(super) async fn message_for_change(
    tx: &mut Tx,
    person: PersonId,
    place: MessagePlace,
) -> Result<Subject> {
    let member = member(tx, person, place.group).await?;
    let group = store::groups::find_for_change(tx, place.group).await?.ok_or(ActionError::NotFound)?;
    let message = visible(tx, &member, place.seq).await?;
    Ok(Subject { member, group, message })
}

/// The same, only to be looked at.
pub(super) async fn message(tx: &mut Tx, person: PersonId, place: MessagePlace) -> Result<Subject> {
    let (group, member) = group(tx, person, place.group).await?;
    let message = visible(tx, &member, place.seq).await?;
    Ok(Subject { member, group, message })
}

/// Messages of a group by their numbers, for a member who may see them all and is about to change them.
pub(super) async fn messages_for_change(
    tx: &mut Tx,
    person: PersonId,
    (group, seqs): (GroupId, &[i64]),
) -> Result<(Group, Vec<Message>)> {
    let (group, member) = group_for_change(tx, person, group).await?;
    let messages = messages(tx, &member, seqs).await?;
    Ok((group, messages))
}

/// The same, only to be looked at. Each number once.
pub(super) async fn messages(tx: &mut Tx, member: &Member, seqs: &[i64]) -> Result<Vec<Message>> {
    let found = store::messages::list_at(tx, member.group_id, seqs).await?;
    let is_there = |message: &Message| message.seq >= member.first_seq && message.notice.is_none();
    if found.len() != seqs.len() || !found.iter().all(is_there) {
        return Err(ActionError::NotFound);
    }
    found.iter().try_for_each(standing)?;
    Ok(found)
}

/// A mark, for the members who may see its message.
pub(super) async fn mark(tx: &mut Tx, person: PersonId, (group, id): (GroupId, MarkId)) -> Result<Mark> {
    let member = member(tx, person, group).await?;
    let mark = store::marks::find(tx, group, id).await?;
    mark.filter(|mark| mark.place.seq >= member.first_seq).ok_or(ActionError::NotFound)
}

/// Taking a mark away: one's own, and those who own the group any.
pub(super) fn may_unmark(member: &Member, mark: &Mark) -> Result<()> {
    let is_own = mark.marked_by.id == Some(member.person_id);
    if is_own || member.role == Role::Owner { Ok(()) } else { Err(ActionError::Forbidden) }
}

async fn visible(tx: &mut Tx, member: &Member, seq: i64) -> Result<Message> {
    if seq < member.first_seq {
        return Err(ActionError::NotFound);
    }
    let place = MessagePlace { group: member.group_id, seq };
    let found = store::messages::find(tx, place).await?;
    // A notice is nobody's to change or to answer.
    found.filter(|message| message.notice.is_none()).ok_or(ActionError::NotFound)
}

/// A message that a member's new one answers: any that they may see, also one that was removed meanwhile.
pub(super) async fn answered(tx: &mut Tx, member: &Member, id: MessageId) -> Result<Answered> {
    let answered = store::answers::find(tx, member.group_id, id).await?;
    let visible = answered.filter(|answered| answered.seq >= member.first_seq);
    visible.ok_or(ActionError::invalid("answers", Problem::AnswerGone))
}

/// Editing: for the author alone, so long after the message was posted. What was taken along from another group stays as
/// it was said there.
pub(super) fn may_edit(subject: &Subject, now: Timestamp, edit_time: Duration) -> Result<()> {
    is_own(subject, now, edit_time)?;
    let is_copy = subject.message.taken_from.is_some() && !subject.message.is_moved();
    if is_copy { Err(ActionError::Forbidden) } else { Ok(()) }
}

fn is_own(subject: &Subject, now: Timestamp, edit_time: Duration) -> Result<()> {
    let Subject { member, message, .. } = subject;
    if message.trace.removed.is_some() {
        return Err(gone(message));
    }
    if message.author.person_id != Some(member.person_id) || message.author.grade != Grade::Confirmed {
        return Err(ActionError::Forbidden);
    }
    if now > *message.said_at() + edit_time {
        return Err(ActionError::invalid("text", Problem::TooLate));
    }
    Ok(())
}

/// Reacting, pinning, confirming and reminding: while something is left of the message.
pub(super) fn standing(message: &Message) -> Result<()> {
    let is_gone = message.trace.removed.is_some();
    if is_gone { Err(ActionError::invalid("message", Problem::MessageGone)) } else { Ok(()) }
}

/// Taking back: while the message stands where it was moved.
pub(super) fn still_there(message: &Message) -> Result<()> {
    if message.trace.removed.is_some() { Err(gone(message)) } else { Ok(()) }
}

fn gone(message: &Message) -> ActionError {
    let is_moved = message.moved_to().is_some();
    ActionError::Conflict(if is_moved { Conflict::MessageMoved } else { Conflict::MessageRemoved })
}

/// Moving into another group: as removing, since nothing of the message is left where it stood.
pub(super) fn may_move(subject: &Subject, now: Timestamp, edit_time: Duration) -> Result<()> {
    may_remove(subject, now, edit_time)
}

/// Taking a moved message back: for whoever moved it, so long after they did.
pub(super) fn may_move_back(subject: &Subject, now: Timestamp, edit_time: Duration) -> Result<MessagePlace> {
    let removed = subject.message.trace.removed.as_ref().ok_or(ActionError::Forbidden)?;
    let to = removed.moved_to.ok_or(ActionError::Forbidden)?;
    if removed.by != subject.member.person_id {
        return Err(ActionError::Forbidden);
    }
    if now > removed.at + edit_time {
        return Err(ActionError::invalid("move", Problem::TooLate));
    }
    Ok(to)
}

/// Removing: as editing, also of what was taken along, and for those who own the group at any time.
pub(super) fn may_remove(subject: &Subject, now: Timestamp, edit_time: Duration) -> Result<()> {
    if subject.member.role == Role::Owner {
        return still_there(&subject.message);
    }
    is_own(subject, now, edit_time)
}

/// A member who is about to add to a group: nobody removes them while this transaction lasts.
pub(super) async fn member_for_change(tx: &mut Tx, person: PersonId, group: GroupId) -> Result<Member> {
    store::groups::hold(tx, group).await?;
    member(tx, person, group).await
}

/// A group for its members, held against others until the transaction ends.
pub(super) async fn group_for_change(tx: &mut Tx, person: PersonId, id: GroupId) -> Result<(Group, Member)> {
    let group = store::groups::find_for_change(tx, id).await?.ok_or(ActionError::NotFound)?;
    Ok((group, member(tx, person, id).await?))
}

/// The same for what only owners may do.
pub(super) async fn group_of_owner(tx: &mut Tx, person: PersonId, id: GroupId) -> Result<(Group, Member)> {
    let (group, member) = group_for_change(tx, person, id).await?;
    if member.role == Role::Owner { Ok((group, member)) } else { Err(ActionError::Forbidden) }
}

/// Whether somebody belongs to the organisation: by its address book, or by a domain that may sign in. All others are
/// guests of the groups they were asked into. They begin none, and do not find people.
pub(super) fn belongs(person: &Person, sign_in: &SignInSettings) -> bool {
    person.origin == Origin::Imported || person.addresses.iter().any(|address| sign_in.takes(address))
}

/// What only those may do who belong to the organisation. Gives who it is.
pub(super) async fn colleague(tx: &mut Tx, viewer: &Viewer, sign_in: &SignInSettings) -> Result<Person> {
    let person = store::persons::find(tx, viewer.person_id).await?.ok_or(ActionError::NotFound)?;
    if viewer.rights.admin || belongs(&person, sign_in) {
        Ok(person)
    } else {
        Err(ActionError::invalid("starter", Problem::Guest))
    }
}

/// What somebody looks like: for themself, for who may look into the address book, and for those who are in a group with them.
pub(super) async fn face(
    tx: &mut Tx,
    viewer: &Viewer,
    (person, sign_in): (PersonId, &SignInSettings),
) -> Result<()> {
    if viewer.person_id == person {
        return Ok(());
    }
    match colleague(tx, viewer, sign_in).await {
        Ok(_) => return Ok(()),
        Err(error @ ActionError::Unavailable(_)) => return Err(error),
        // Guests know those they talk with.
        Err(_) => {}
    }
    match store::members::share_a_group(tx, viewer.person_id, person).await? {
        true => Ok(()),
        false => Err(ActionError::NotFound),
    }
}

/// Whether one of these has left the house: no directory has them any more that had them. At most one statement.
pub(super) async fn has_departed(tx: &mut Tx, persons: &[PersonId]) -> Result<bool> {
    Ok(!store::persons::list_departed(tx, persons).await?.is_empty())
}

/// Being let in at all, by whatever door: nobody who has left the house. Coming back, by the same entry or address, they find
/// everything as it was.
pub(super) async fn entrance(tx: &mut Tx, person: PersonId) -> Result<()> {
    match has_departed(tx, &[person]).await? {
        true => Err(ActionError::invalid("person", Problem::NoLongerHere)),
        false => Ok(()),
    }
}

/// Who asks for a draft, and by which settings it is known who belongs to the organisation.
pub(super) type Asks<'a> = (PersonId, &'a SignInSettings);

/// A draft, for its owner and those colleagues who are to be its members. Guests see nothing before the group is there.
/// Once it is, the draft is for its members: whoever has left sees it no more than the group.
pub(super) async fn draft(tx: &mut Tx, asks: Asks<'_>, id: DraftId) -> Result<Draft> {
    let draft = store::drafts::find(tx, id).await?.ok_or(ActionError::NotFound)?;
    may_see_draft(tx, asks, draft).await
}

/// The same, held against others until the transaction ends.
pub(super) async fn draft_for_change(tx: &mut Tx, asks: Asks<'_>, id: DraftId) -> Result<Draft> {
    let draft = store::drafts::find_for_change(tx, id).await?.ok_or(ActionError::NotFound)?;
    may_see_draft(tx, asks, draft).await
}

async fn may_see_draft(tx: &mut Tx, (id, sign_in): Asks<'_>, draft: Draft) -> Result<Draft> {
    if let Some(group) = draft.group_id {
        member(tx, id, group).await?;
        return Ok(draft);
    }
    if draft.owner == id {
        return Ok(draft);
    }
    let is_invited = store::drafts::members(tx, draft.id).await?.iter().any(|m| m.person_id == id);
    let person = store::persons::find(tx, id).await?;
    let may = is_invited && person.is_some_and(|person| belongs(&person, sign_in));
    if may { Ok(draft) } else { Err(ActionError::NotFound) }
}

/// A thread, for those who take part in it.
pub(super) async fn thread(tx: &mut Tx, person: PersonId, id: ThreadId) -> Result<Thread> {
    if !store::threads::takes_part(tx, id, person).await? {
        return Err(ActionError::NotFound);
    }
    store::threads::find(tx, id).await?.ok_or(ActionError::NotFound)
}

/// A file, for members of the groups it is used in, and for those who see a draft that may take it into a group.
pub(super) async fn file(tx: &mut Tx, asks: Asks<'_>, id: FileId) -> Result<StoredFile> {
    if !store::files::may_open(tx, id, asks.0).await? && !stands_in_draft(tx, asks, id).await? {
        return Err(ActionError::NotFound);
    }
    store::files::find(tx, id).await?.ok_or(ActionError::NotFound)
}

async fn stands_in_draft(tx: &mut Tx, asks: Asks<'_>, id: FileId) -> Result<bool> {
    for found in store::files::list_drafts(tx, id).await? {
        match draft(tx, asks, found).await {
            Err(ActionError::NotFound) => {}
            seen => return seen.map(|_| true),
        }
    }
    Ok(false)
}

/// An upload, for the one who began it, while they are a member of its group. `None` when all of it has come, or when
/// there was none: then [`file()`] knows.
pub(super) async fn upload(tx: &mut Tx, person: PersonId, id: UploadId) -> Result<Option<Upload>> {
    let Some(upload) = store::uploads::find(tx, id).await? else { return Ok(None) };
    if upload.person_id != person {
        return Err(ActionError::NotFound);
    }
    member(tx, person, upload.group_id).await?;
    Ok(Some(upload))
}

/// A share, and who looks after it.
#[derive(Debug)]
pub(super) struct Kept {
    pub share: Share,
    pub group: Group,
    pub member: Member,
}

impl Kept {
    /// Whether it is this member's own: only they decide what it says.
    pub fn is_own(&self) -> bool {
        self.share.created_by == self.member.person_id
    }
}

/// A share, for its sharer, and once it is out for those who own the group.
pub(super) async fn share(tx: &mut Tx, person: PersonId, id: ShareId) -> Result<Kept> {
    let share = store::shares::find(tx, id).await?.ok_or(ActionError::NotFound)?;
    let (group, member) = group(tx, person, share.group_id).await?;
    looks_after(Kept { share, group, member })
}

/// The same, held against others until the transaction ends, and with it everything that is said in the group.
pub(super) async fn share_for_change(tx: &mut Tx, person: PersonId, id: ShareId) -> Result<Kept> {
    let place = store::shares::find(tx, id).await?.ok_or(ActionError::NotFound)?.group_id;
    let (group, member) = group_for_change(tx, person, place).await?;
    let share = store::shares::find_for_change(tx, id).await?.ok_or(ActionError::NotFound)?;
    looks_after(Kept { share, group, member })
}

fn looks_after(kept: Kept) -> Result<Kept> {
    if may_look_after(&kept.share, &kept.member) { Ok(kept) } else { Err(ActionError::NotFound) }
}

/// Whether a member of its group manages a share.
pub(super) fn may_look_after(share: &Share, member: &Member) -> bool {
    let is_own = share.created_by == member.person_id;
    is_own || (member.role == Role::Owner && share.state != ShareState::Draft)
}

/// The same for what only the sharer may do.
pub(super) async fn own_share(tx: &mut Tx, person: PersonId, id: ShareId) -> Result<Kept> {
    let kept = share_for_change(tx, person, id).await?;
    if kept.is_own() { Ok(kept) } else { Err(ActionError::Forbidden) }
}

/// A share that a link opens, and its reader.
#[derive(Debug)]
pub(super) struct Opened {
    pub share: Share,
    /// The reader's membership of the group, if they are signed in and have one.
    pub member: Option<Member>,
    /// It is not for everybody who has the link: each member sees it from where they joined.
    pub for_members: bool,
}

/// A share by its link: for the members of its group, and for everybody who has the link where its sharer and the
/// group's owners allow that. Whatever stands in the way, there is nothing here.
pub(super) async fn opened_share(
    tx: &mut Tx,
    (link, policy): (&Digest, &Policy),
    reader: Option<PersonId>,
    now: Timestamp,
) -> Result<Opened> {
    let share = store::shares::find_by_link(tx, link).await?.ok_or(ActionError::NotFound)?;
    let group = store::groups::find(tx, share.group_id).await?.ok_or(ActionError::NotFound)?;
    let member = match reader {
        Some(person) => store::groups::find_member(tx, group.id, person).await?,
        None => None,
    };
    let for_members = share.access == Access::Members || !group.outside_sharing || !policy.share_links;
    let may = member.is_some() || !for_members;
    if may && share.is_open(now) {
        Ok(Opened { share, member, for_members })
    } else {
        Err(ActionError::NotFound)
    }
}

/// Whether a group's content may be given to people outside of it.
pub(super) fn may_share_outside(group: &Group) -> Result<()> {
    if group.outside_sharing {
        Ok(())
    } else {
        Err(ActionError::invalid("access", Problem::OutsideForbidden))
    }
}

/// An export, for the one who asked, while they are a member of its group.
pub(super) async fn export(tx: &mut Tx, person: PersonId, id: ExportId) -> Result<Export> {
    let export = store::exports::find(tx, id).await?.ok_or(ActionError::NotFound)?;
    if export.person_id != person {
        return Err(ActionError::NotFound);
    }
    member(tx, person, export.group_id).await?;
    Ok(export)
}

/// What only admins see and do.
pub(super) fn admin(viewer: &Viewer) -> Result<()> {
    if viewer.rights.admin { Ok(()) } else { Err(ActionError::NotFound) }
}

/// What auditors read as well: what became of mails, and who did what. No content of a group.
pub(super) fn auditor(viewer: &Viewer) -> Result<()> {
    if viewer.rights.audits() { Ok(()) } else { Err(ActionError::NotFound) }
}
