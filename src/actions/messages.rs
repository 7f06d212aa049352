//! Messages: posting one, whichever door it came through, reading them, and noting how far somebody read.

use super::history::Place;
use super::push::Occasion;
use super::{ActionError, Actions, Problem, Result, access, files, mentions, off_thread};
use crate::domain::event::{self, Audience, Event, GroupActivity};
use crate::domain::group::Group;
use crate::domain::ids::{ClientMessageId, FileId, GroupId, MailId, MessageId, PersonId, ShareId};
use crate::domain::mail_notes::MailNotes;
use crate::domain::message::{Answered, Author, Body, Glance, Grade, Message, Source, Trace};
use crate::domain::person::Viewer;
use crate::domain::receipt::{ReceiptRequest, Receipts};
use crate::domain::safe_html::SafeHtml;
use crate::mail::markdown::first_words;
use crate::store::files::StoredFile;
use crate::store::{self, Tx};

/// What somebody wrote in the browser.
#[derive(Clone, Debug, Default)]
pub struct NewMessage {
    /// Given by the browser; sending the same twice stores it once.
    pub client_id: Option<ClientMessageId>,
    pub markdown: String,
    pub files: Vec<FileId>,
    /// The message of the group that it answers.
    pub answers: Option<MessageId>,
    /// Whom the writer chose from the list, in the order of the text: members of one name are told apart by it.
    pub mentions: Vec<PersonId>,
    /// What it asks of its receivers; as the group has it if `None`.
    pub receipt: Option<ReceiptRequest>,
}

/// A message ready to be stored, from any door.
#[derive(Clone, Debug)]
pub(super) struct Contribution {
    pub author: Author,
    pub source: Source,
    pub body: Body,
    /// Members.
    pub mentions: Vec<PersonId>,
    pub quotation: String,
    pub signature: String,
    /// What its mail is besides its words.
    pub notes: MailNotes,
    pub mail_id: Option<MailId>,
    pub client_id: Option<ClientMessageId>,
    /// Not in the database yet.
    pub new_files: Vec<StoredFile>,
    /// Uploaded before.
    pub uploads: Vec<FileId>,
    pub answers: Option<Answered>,
    /// As the group has it if `None`.
    pub receipt: Option<ReceiptRequest>,
    /// The share whose mail it answers, from outside.
    pub share: Option<ShareId>,
}

/// What a commit of a message has to tell.
pub(super) struct Posted {
    pub group: Group,
    pub message: Message,
    pub mentions: Vec<PersonId>,
}

/// In characters: a long report, not a book.
pub const LONGEST_MESSAGE: usize = 40_000;
pub const MOST_FILES: usize = 20;
/// A text of so many bytes is read sooner than another thread takes it over.
const SHORT: usize = 1_000;

impl Actions {
    /// Posts what a member wrote in the browser. The same client id twice gives the message of the first time.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] when it is empty, too long
    /// or names files that are not there.
    pub async fn post_message(
        &self,
        viewer: &Viewer,
        group: GroupId,
        mut new: NewMessage,
    ) -> Result<Message> {
        // Nobody types one, and PostgreSQL keeps no text that holds one.
        new.markdown.retain(|c| c != '\0');
        check(&new)?;
        let read = self.read_text(group, new.markdown, new.mentions).await?;
        let mut contribution = Contribution {
            author: Author {
                person_id: Some(viewer.person_id),
                name: viewer.full_name.clone(),
                grade: Grade::Confirmed,
                photo: viewer.photo,
            },
            source: Source::Browser,
            body: read.body,
            mentions: read.mentions,
            quotation: String::new(),
            signature: String::new(),
            notes: MailNotes::default(),
            mail_id: None,
            client_id: new.client_id,
            new_files: Vec::new(),
            uploads: new.files,
            answers: None,
            receipt: new.receipt,
            share: None,
        };
        let answers = new.answers;
        let (actions, person, client_id) = (self.clone(), viewer.person_id, new.client_id);
        let posted = self
            .store
            .write(async move |tx| {
                let member = access::member_for_change(tx, person, group).await?;
                if let Some(id) = answers {
                    contribution.answers = Some(access::answered(tx, &member, id).await?);
                }
                let posted = actions.contribute(tx, group, contribution).await?;
                store::groups::mark_read(tx, group, person, posted.message.seq).await?;
                store::unsent::delete(tx, group, person).await?;
                Ok::<_, ActionError>(posted)
            })
            .await;
        match posted {
            Ok(posted) => {
                let message = posted.message.clone();
                self.tell(posted).await;
                Ok(message)
            }
            // Seldom, so nobody asks before: the row's unique key knows.
            Err(error) if error.is_taken() => {
                posted_before(&mut self.store.read().await?, group, person, client_id).await?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// How a message would be shown.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] when it is too long, or
    /// when they ask again and again.
    pub async fn preview_message(&self, viewer: &Viewer, group: GroupId, text: String) -> Result<SafeHtml> {
        access::member(&mut self.store.read().await?, viewer.person_id, group).await?;
        check_text(&text, false)?;
        self.pace.take(viewer.person_id, self.clock.now())?;
        Ok(self.read_text(group, text, Vec::new()).await?.body.html)
    }

    /// Outside of the transaction, since others wait to write; that the writer is a member is checked in it.
    async fn read_text(&self, group: GroupId, text: String, chosen: Vec<PersonId>) -> Result<mentions::Read> {
        let names = self.names_in(group, &text, chosen).await?;
        if text.len() <= SHORT {
            return Ok(mentions::read(Source::Browser, text, &names));
        }
        off_thread(move || mentions::read(Source::Browser, text, &names)).await
    }

    /// Stores a message and adds the jobs that bring it to those who do not see it live. Rights were checked.
    /// Six statements, three for files, one for mentions, five for tags, two for notices and three if it asks for receipts,
    /// however many members.
    pub(super) async fn contribute(&self, tx: &mut Tx, group: GroupId, new: Contribution) -> Result<Posted> {
        let now = self.clock.now();
        let group = store::groups::advance(tx, group, now).await?;
        let mut message = Message {
            id: self.clock.new_id(),
            group_id: group.id,
            seq: group.last_seq,
            author: new.author,
            source: new.source,
            posted_at: now,
            body: new.body,
            quotation: new.quotation,
            signature: new.signature,
            notes: new.notes,
            mail_id: new.mail_id,
            client_id: new.client_id,
            files: Vec::new(),
            reactions: Vec::new(),
            marks: Vec::new(),
            answers: new.answers,
            trace: Trace::default(),
            taken_from: None,
            share: new.share,
            notice: None,
            receipts: Receipts {
                request: new.receipt.unwrap_or(group.receipt_request),
                ..Receipts::default()
            },
        };
        store::messages::insert(tx, &message).await?;
        store::mentions::insert(tx, message.id, &new.mentions).await?;
        store::files::insert(tx, &new.new_files).await?;
        message.files = new.new_files.into_iter().map(|f| f.file).collect();
        if let Some(author) = message.author.person_id {
            message.files.append(&mut files::claim_uploads(tx, (group.id, author), now, &new.uploads).await?);
        }
        let ids: Vec<FileId> = message.files.iter().map(|f| f.id).collect();
        store::files::attach(tx, message.id, &ids).await?;
        store::search::index(tx, &message).await?;
        self.mark_hashtags(tx, &mut message, &new.mentions).await?;
        self.ask_receipts(tx, &mut message).await?;
        self.plan_mails(tx, group.id).await?;
        self.plan_pushes(tx, &message, &new.mentions, Occasion::Post).await?;
        Ok(Posted { group, message, mentions: new.mentions })
    }

    /// Tells open pages of a message, after its commit: one packet for those who look at the group, one for the
    /// members' other pages. Who they are is read only if there are such pages, and outside of the transaction: others
    /// wait to write.
    pub(super) async fn tell(&self, posted: Posted) {
        let Posted { group, message, mentions } = posted;
        self.meters.message();
        let activity = GroupActivity { mentions, ..activity_of(&group, &message) };
        let is_marked = !message.marks.is_empty();
        let event = event::Posted { message, activity: Some(activity.clone()) };
        self.hub.publish(Audience::Group(group.id), Event::MessagePosted(Box::new(event)));
        self.bell.ring();
        let group = activity.group;
        self.tell_lists(activity).await;
        if is_marked {
            self.tell_marks(group).await;
        }
    }

    /// Tells the members' pages that do not look at the group of its line in their lists.
    pub(super) async fn tell_lists(&self, activity: GroupActivity) {
        let looking = Audience::Group(activity.group);
        if !self.hub.has_pages_beside(looking) {
            return;
        }
        match self.member_persons(activity.group).await {
            Ok(members) => self.hub.publish_beside(looking, members, Event::GroupActive(activity)),
            // Lists of groups ask for what they lack when their page comes back.
            Err(error) => tracing::warn!(error = %error, "Open pages could not be told of a message."),
        }
    }

    pub(super) async fn member_persons(&self, group: GroupId) -> Result<Vec<PersonId>> {
        Ok(store::groups::member_persons(&mut self.store.read().await?, group).await?)
    }

    /// Up to `limit` messages before a sequence number, the newest if `None`, in their order.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn list_messages_before(
        &self,
        viewer: &Viewer,
        group: GroupId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Message>> {
        let place = before.map_or(Place::Newest, Place::Before);
        Ok(self.read_history(viewer, group, place, limit).await?.messages)
    }

    /// Up to `limit` messages after a sequence number, in their order: what a page lacks.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn list_messages_after(
        &self,
        viewer: &Viewer,
        group: GroupId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<event::Posted>> {
        let mut tx = self.store.read().await?;
        let (group, own) = access::group(&mut tx, viewer.person_id, group).await?;
        let after = after.max(own.first_seq - 1);
        let messages = store::messages::list_after(&mut tx, group.id, after, limit).await?;
        let posted = messages.into_iter().map(|message| {
            let activity = message.notice.is_none().then(|| activity_of(&group, &message));
            event::Posted { message: message.seen_from(own.first_seq), activity }
        });
        Ok(posted.collect())
    }

    /// Notes that everything up to `seq` was in view; tells the person's other pages.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn mark_read(&self, viewer: &Viewer, group: GroupId, seq: i64) -> Result<()> {
        let person = viewer.person_id;
        let read = self
            .store
            .write(async move |tx| {
                access::member(tx, person, group).await?;
                if !store::groups::mark_read(tx, group, person, seq).await? {
                    return Ok::<_, ActionError>(None);
                }
                // A page shows messages as they are now.
                store::afterwards::mark_seen(tx, group, person).await?;
                Ok(Some(seq - store::groups::notices_until(tx, group, seq).await?))
            })
            .await?;
        if let Some(read) = read {
            self.hub.publish(Audience::Person(person), Event::ReadMoved { group, read_seq: seq, read });
        }
        Ok(())
    }
}

/// The line that the list of groups shows when this is the newest message.
pub(super) fn activity_of(group: &Group, message: &Message) -> GroupActivity {
    GroupActivity {
        group: group.id,
        topic: group.topic.clone(),
        seq: message.seq,
        said: group.said(),
        glance: glance_at(message),
        // Whoever wrote what was taken along may not know yet that it stands here, too.
        by: message.author.person_id.filter(|_| message.taken_from.is_none()),
        at: message.posted_at,
        mentions: Vec::new(),
    }
}

/// What the same browser posted under the same id.
async fn posted_before(
    tx: &mut Tx,
    group: GroupId,
    person: PersonId,
    client_id: Option<ClientMessageId>,
) -> Result<Option<Message>> {
    match client_id {
        Some(client_id) => Ok(store::messages::find_by_client_id(tx, group, person, client_id).await?),
        None => Ok(None),
    }
}

fn check(new: &NewMessage) -> Result<()> {
    check_text(&new.markdown, new.files.is_empty())?;
    if new.files.len() > MOST_FILES {
        return Err(ActionError::invalid("files", Problem::TooMany { limit: MOST_FILES }));
    }
    Ok(())
}

/// A message without files needs words, and nobody reads a book here.
pub(super) fn check_text(markdown: &str, is_alone: bool) -> Result<()> {
    if is_alone && markdown.trim().is_empty() {
        return Err(ActionError::invalid("text", Problem::Empty));
    }
    if markdown.chars().count() > LONGEST_MESSAGE {
        return Err(ActionError::invalid("text", Problem::TooLong { limit: LONGEST_MESSAGE }));
    }
    Ok(())
}

pub(super) fn glance_at(message: &Message) -> Glance {
    let files = &message.files;
    Glance {
        author: message.author.name.clone(),
        words: first_words(message.source, &message.body.markdown),
        file: files.first().map(|file| file.name.to_string()),
        more_files: i64::try_from(files.len().saturating_sub(1)).unwrap_or(i64::MAX),
        removed: message.trace.removed.is_some(),
        moved: message.moved_to().is_some(),
    }
}
