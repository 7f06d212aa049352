//! Confirming a draft: group, members, links and the first message in one transaction.

use super::super::messages::Contribution;
use super::super::{ActionError, Actions, Problem, Result, access, mentions, messages, people, policy};
use super::lease::{check_lease, check_open};
use crate::domain::cadence::Cadence;
use crate::domain::draft::{Draft, DraftState, Editor};
use crate::domain::event::{Audience, DraftPart, Event, GroupActivity};
use crate::domain::file::File;
use crate::domain::group::{Adding, Group, Member, Muting, Role};
use crate::domain::ids::{DraftId, FileId, GroupId, MemberId, PersonId};
use crate::domain::mail_notes::MailNotes;
use crate::domain::message::{Author, Grade, Message, Source};
use crate::domain::quoted::Quoted;
use crate::domain::receipt::ReceiptRequest;
use crate::domain::secret::Token;
use crate::domain::topic::Topic;
use crate::store::drafts::DraftMember;
use crate::store::{self, Tx};

/// What confirming made, to be told after the commit.
struct Confirmed {
    group: Group,
    members: Vec<PersonId>,
    first: Option<messages::Posted>,
    /// The last message that was taken along from another group.
    taken: Option<(Group, Message)>,
    version: i64,
}

impl Actions {
    /// Makes the group: its members, their links and reply tokens, and the opening as its first message. Every member's
    /// open browser gets one event with the id and the members; the others get their personal link by mail.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] without a topic or with fewer than two people. [`ActionError::Conflict`] while
    /// somebody else edits, or when it is closed.
    pub async fn confirm_draft(&self, editor: Editor, id: DraftId) -> Result<GroupId> {
        let actions = self.clone();
        let confirmed = self
            .store
            .write(async move |tx| {
                let draft =
                    access::draft_for_change(tx, (editor.person, &actions.settings.sign_in), id).await?;
                if let (DraftState::Confirmed, Some(group)) = (draft.state, draft.group_id) {
                    // Pressed twice: the group is there.
                    return Ok(Err(group));
                }
                check_open(&draft)?;
                if draft.lease.as_ref().is_some_and(|l| l.is_live(actions.clock.now())) {
                    check_lease(tx, &draft, editor, actions.clock.now()).await?;
                }
                Ok::<_, ActionError>(Ok(actions.make_group(tx, draft, editor.person).await?))
            })
            .await?;
        let confirmed = match confirmed {
            Ok(confirmed) => confirmed,
            Err(group) => return Ok(group),
        };
        Ok(self.tell_confirmed(id, confirmed).await)
    }

    async fn make_group(&self, tx: &mut Tx, mut draft: Draft, by: PersonId) -> Result<Confirmed> {
        let now = self.clock.now();
        let topic: Topic = draft.topic.parse().map_err(|_| ActionError::invalid("topic", Problem::Empty))?;
        let mut members = store::drafts::members(tx, draft.id).await?;
        // Somebody may have left the house since.
        people::leave_out_departed(tx, &mut members).await?;
        if !members.iter().any(|member| member.person_id == draft.owner) {
            draft.owner = by;
        }
        policy::leave_out_strangers(tx, (&self.settings, draft.owner), &mut members).await?;
        if members.len() < 2 {
            return Err(ActionError::invalid("members", Problem::TooFewMembers));
        }
        let group = Group {
            id: self.clock.new_id(),
            topic: topic.as_str().to_owned(),
            thread_id: draft.thread_id,
            parent_id: draft.parent_id,
            created_by: draft.owner,
            created_at: now,
            last_seq: 0,
            last_change: 0,
            said_seq: 0,
            notices: 0,
            subject: topic.as_str().to_owned(),
            adding: Adding::default(),
            receipt_request: ReceiptRequest::None,
            outside_sharing: true,
        };
        store::groups::insert(tx, &group).await?;
        self.enrol_all(tx, &group, &members).await?;
        let first = self.open_discussion(tx, &draft, group.id).await?;
        let taken = self.take_along(tx, &draft, &group).await?;
        draft.state = DraftState::Confirmed;
        draft.group_id = Some(group.id);
        draft.lease = None;
        let version = store::drafts::update(tx, &draft, now).await?;
        store::ledger::set_group_of_draft(tx, draft.id, group.id).await?;
        let members = members.into_iter().map(|m| m.person_id).collect();
        Ok(Confirmed { group, members, first, taken, version })
    }

    /// The draft's owner owns the group. Everybody else is brought their link.
    async fn enrol_all(&self, tx: &mut Tx, group: &Group, members: &[DraftMember]) -> Result<()> {
        let member = |draft_member: &DraftMember| Member {
            id: self.clock.new_id(),
            group_id: group.id,
            person_id: draft_member.person_id,
            role: if draft_member.person_id == group.created_by { Role::Owner } else { Role::Member },
            read_seq: 0,
            mailed_seq: 0,
            first_seq: 1,
            joined_at: group.created_at,
            muting: Muting::default(),
            cadence: Cadence::default(),
            chats: false,
            quoted: Quoted::NONE,
            told_change: 0,
        };
        self.enrol(tx, members.iter().map(member).collect(), group.created_by).await
    }

    /// The token of a member's reply address.
    pub(in super::super) fn reply_token(&self, member: MemberId) -> Token {
        Token::derived(&self.key, "reply", member.uuid())
    }

    /// The token of a member's personal link.
    pub(in super::super) fn link_token(&self, member: MemberId) -> Token {
        Token::derived(&self.key, "link", member.uuid())
    }

    /// The opening and the files that were kept become the first message, by the draft's owner.
    async fn open_discussion(
        &self,
        tx: &mut Tx,
        draft: &Draft,
        group: GroupId,
    ) -> Result<Option<messages::Posted>> {
        let files = store::files::list_of_draft(tx, draft.id).await?;
        let kept: Vec<File> = files.into_iter().filter(|(_, kept)| *kept).map(|(file, _)| file).collect();
        if draft.opening.trim().is_empty() && kept.is_empty() {
            return Ok(None);
        }
        let owner = store::persons::find(tx, draft.owner).await?.ok_or(ActionError::NotFound)?;
        let names = mentions::names_for(tx, group, &draft.opening, Vec::new()).await?;
        let read = mentions::read(Source::Draft, draft.opening.clone(), &names);
        let contribution = Contribution {
            author: Author {
                person_id: Some(owner.id),
                name: owner.full_name,
                grade: Grade::Confirmed,
                photo: owner.photo,
            },
            source: Source::Draft,
            body: read.body,
            mentions: read.mentions,
            quotation: String::new(),
            signature: String::new(),
            notes: MailNotes::default(),
            mail_id: None,
            client_id: None,
            new_files: Vec::new(),
            uploads: Vec::new(),
            answers: None,
            receipt: None,
            share: None,
        };
        let mut posted = self.contribute(tx, group, contribution).await?;
        let ids: Vec<FileId> = kept.iter().map(|f| f.id).collect();
        store::files::attach(tx, posted.message.id, &ids).await?;
        posted.message.files = kept;
        store::groups::mark_read(tx, group, draft.owner, posted.message.seq).await?;
        Ok(Some(posted))
    }

    async fn tell_confirmed(&self, draft: DraftId, confirmed: Confirmed) -> GroupId {
        let Confirmed { group, members, first, taken, version } = confirmed;
        let added = Event::GroupAdded {
            group: group.id,
            topic: group.topic,
            members: members.clone(),
            said: 0,
            at: group.created_at,
        };
        self.hub.publish_to_persons(members, added);
        self.hub
            .publish(Audience::Draft(draft), Event::DraftChanged { draft, version, part: DraftPart::State });
        self.hub.publish(Audience::Person(group.created_by), Event::DraftUnlisted { draft });
        if let Some(posted) = first {
            self.tell(posted).await;
        }
        if let Some((group, message)) = taken {
            let by = Some(group.created_by);
            self.tell_lists(GroupActivity { by, ..messages::activity_of(&group, &message) }).await;
        }
        self.bell.ring();
        group.id
    }
}
