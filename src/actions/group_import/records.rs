//! From the records of an export to the rows of a group.

use std::collections::{HashMap, HashSet};

use super::marks::{self, Marked, Tags};
use super::people::{self, name_of};
use super::{Checked, Here, ImportError, ReadMessage};
use crate::actions::{ActionError, Actions, Result, mentions, off_thread};
use crate::domain::cadence::Cadence;
use crate::domain::file::File;
use crate::domain::group::{Group, Member, Muting, Role};
use crate::domain::ids::{FileId, GroupId, MessageId, PersonId};
use crate::domain::mail_notes::MailNotes;
use crate::domain::message::{
    Answered, Author, Body, Message, MessagePlace, Removed, Source, TakenFrom, Trace,
};
use crate::domain::notice::{Named, Notice};
use crate::domain::quoted::Quoted;
use crate::domain::reaction::Emoji;
use crate::domain::receipt::Receipts;
use crate::domain::topic::Topic;
use crate::mail::export::record::{MessageRecord, PersonRecord};
use crate::mail::mentions::Names;
use crate::store::files::StoredFile;
use crate::store::group_imports::{self, History};
use crate::store::{self};

/// Files of one message: mails bring more than browsers may.
pub(super) const MOST_FILES: usize = 1_000;
/// A text, in bytes.
pub(super) const LONGEST: usize = 4 * 1024 * 1024;

/// Whether a group can be called so.
pub(super) fn is_topic(topic: &str) -> bool {
    topic.parse::<Topic>().is_ok_and(|parsed| parsed.as_str() == topic)
}

/// A group on its way in.
pub(super) struct Importer {
    actions: Actions,
    group: GroupId,
    first: i64,
    here: Here,
    /// Whom the company lets be members.
    may_join: HashSet<PersonId>,
    /// Who stands for somebody who can't be found: an owner.
    owner: PersonId,
    /// By which names texts mention people.
    names: Vec<(PersonId, String)>,
    tags: Tags,
    /// Of the messages that were added, in the order of their numbers.
    ids: Vec<MessageId>,
}

impl Importer {
    /// Makes the group; so far nobody is in it.
    pub async fn begin(actions: Actions, checked: &Checked) -> std::result::Result<Self, ImportError> {
        let (clock, checked, first) = (actions.clock.clone(), checked.clone(), checked.group.first);
        let settings = actions.settings.clone();
        let (group, here, may_join, owner, names, tags) = actions
            .store
            .write(async move |tx| {
                let here = people::find_or_learn(tx, &clock, &checked.people).await?;
                let may_join = people::who_may_join(tx, &settings, &here).await?;
                let owner = owner_of(&checked.people, &here, &may_join);
                let owner = owner.ok_or(ImportError::NoMembers)?;
                let group = group_of(&checked, &here, owner);
                store::groups::insert(tx, &group).await?;
                store::groups::update(tx, &group).await?;
                store::receipt_settings::set_request(tx, group.id, group.receipt_request).await?;
                group_imports::begin(tx, group.id, clock.now()).await?;
                let tags = marks::tags(&checked.group.tags, group.id, &here, &clock);
                let rows: Vec<_> = tags.iter().map(|(folded, tag)| (tag.clone(), folded.clone())).collect();
                store::tags::insert(tx, &rows).await?;
                let named = |person: &PersonRecord| Some((*here.get(&person.id)?, name_of(&person.name)));
                let names = checked.people.iter().filter_map(named).collect();
                Ok::<_, ImportError>((group.id, here, may_join, owner, names, tags))
            })
            .await?;
        Ok(Self { actions, group, first, here, may_join, owner, names, tags, ids: Vec::new() })
    }

    pub fn actions(&self) -> Actions {
        self.actions.clone()
    }

    /// Stores the next messages. A fixed number of statements, and some for each that has files or was changed.
    pub async fn add(&mut self, batch: Vec<ReadMessage>) -> Result<()> {
        let mut messages = Vec::with_capacity(batch.len());
        for (record, text, contents) in batch {
            let files: Vec<StoredFile> = contents
                .iter()
                .map(|(name, contents)| {
                    self.actions.named(contents, name.clone(), self.person(record.author))
                })
                .collect();
            self.ids.push(record.id);
            let (message, history) = self.message(record, text, &files).await?;
            messages.push((message, history, files));
        }
        self.actions
            .store
            .write(async move |tx| {
                let all: Vec<Message> = messages.iter().map(|(message, ..)| message.clone()).collect();
                store::messages::insert_all(tx, &all).await?;
                let files: Vec<StoredFile> =
                    messages.iter().flat_map(|(.., files)| files.iter().cloned()).collect();
                for part in files.chunks(1_000) {
                    store::files::insert(tx, part).await?;
                }
                for (message, _, files) in &messages {
                    let ids: Vec<FileId> = files.iter().map(|stored| stored.file.id).collect();
                    store::files::attach(tx, message.id, &ids).await?;
                }
                let said: Vec<Message> = all
                    .into_iter()
                    .filter(|message| message.notice.is_none() && message.trace.removed.is_none())
                    .collect();
                store::search::index_all(tx, &said).await?;
                let histories: Vec<(Message, History)> =
                    messages.into_iter().map(|(message, history, _)| (message, history)).collect();
                Ok::<_, ActionError>(group_imports::add_history(tx, &histories).await?)
            })
            .await
    }

    /// Gives the group its members: from now on they see it. How many they are, and how many may be none here: what these
    /// said stays theirs.
    pub async fn finish(self, checked: &Checked) -> Result<(usize, usize)> {
        let mut members = self.members(checked);
        let all = members.len();
        members.retain(|member| self.may_join.contains(&member.person_id));
        let count = members.len();
        let (actions, group, now) = (self.actions.clone(), self.group, self.actions.clock.now());
        self.actions
            .store
            .write(async move |tx| {
                group_imports::finish(tx, group, now).await?;
                actions.enrol_quietly(tx, members).await
            })
            .await?;
        Ok((count, all - count))
    }

    /// What was said before is history: it is nobody's unread, and goes out in no mail.
    fn members(&self, checked: &Checked) -> Vec<Member> {
        let mut members: HashMap<PersonId, Member> = HashMap::new();
        for record in &checked.people {
            let (Some(person), Some(member)) = (self.here.get(&record.id), record.member) else { continue };
            let last = checked.group.last;
            let role = if *person == self.owner { Role::Owner } else { member.role };
            members.entry(*person).or_insert_with(|| Member {
                id: self.actions.clock.new_id(),
                group_id: self.group,
                person_id: *person,
                role,
                first_seq: member.sees_from.clamp(self.first, last + 1),
                read_seq: last,
                mailed_seq: last,
                joined_at: member.joined_at,
                muting: Muting::default(),
                cadence: Cadence::default(),
                chats: false,
                quoted: Quoted::NONE,
                told_change: 0,
            });
        }
        let mut members: Vec<Member> = members.into_values().collect();
        members.sort_by_key(|member| (member.joined_at, member.person_id));
        members
    }

    fn person(&self, id: Option<PersonId>) -> Option<PersonId> {
        id.and_then(|id| self.here.get(&id)).copied()
    }

    async fn message(
        &self,
        mut record: MessageRecord,
        text: String,
        files: &[StoredFile],
    ) -> Result<(Message, History)> {
        let mut bodies = self.bodies(&record, text).await?;
        let marked = (!record.marks.is_empty()).then(|| (bodies.clone(), by_number(&record, files)));
        let body = bodies.pop().unwrap_or_default();
        let taken_from = self.taken_from(&record).await?;
        let versions: Vec<_> =
            bodies.into_iter().zip(record.versions.iter().map(|version| version.at)).collect();
        let edits = i64::try_from(versions.len()).unwrap_or(0);
        let mut history = History {
            versions,
            reactions: self.reactions(&record),
            mentions: record.mentions.iter().filter_map(|person| self.person(Some(*person))).collect(),
            pinned_by: record.pinned.map(|pin| self.person(pin.by).unwrap_or(self.owner)),
            marks: Vec::new(),
        };
        let removed = record.removed.as_ref().map(|removed| Removed {
            by: self.person(Some(removed.by)).unwrap_or(self.owner),
            name: name_of(&removed.name),
            at: removed.at,
            moved_to: None,
        });
        let trace = Trace {
            changed: 0,
            edits,
            edited_at: record.edited_at.filter(|_| edits > 0),
            removed,
            pinned_at: record.pinned.map(|pin| pin.at),
        };
        let author = Author {
            person_id: self.person(record.author),
            name: name_of(&record.author_name),
            grade: record.grade,
            photo: None,
        };
        let marks = std::mem::take(&mut record.marks);
        let message = Message {
            id: record.id,
            group_id: self.group,
            seq: record.number,
            author,
            source: record.source,
            posted_at: record.at,
            body,
            quotation: without_null(record.quotation),
            signature: without_null(record.signature),
            notes: MailNotes::default(),
            mail_id: None,
            client_id: None,
            files: files.iter().map(|stored| stored.file.clone()).collect(),
            reactions: Vec::new(),
            marks: Vec::new(),
            answers: record.answers.and_then(|seq| self.answered(seq)),
            trace,
            notice: record.notice.map(|notice| self.notice(notice)),
            share: None,
            taken_from,
            receipts: Receipts { request: record.receipt_request, ..Receipts::default() },
        };
        if let Some((bodies, files)) = marked {
            let (tags, here) = (&self.tags, &self.here);
            let marked = Marked { message: &message, bodies: &bodies, files: &files, tags, here };
            history.marks = marked.marks(marks);
        }
        Ok((message, history))
    }

    /// What a message said before, from the first text on, and what it says now: rendered anew, since nothing that comes
    /// from a file is shown as it is.
    async fn bodies(&self, record: &MessageRecord, text: String) -> Result<Vec<Body>> {
        if record.notice.is_some() || record.removed.is_some() {
            return Ok(Vec::new());
        }
        let mut texts: Vec<String> = record.versions.iter().map(|version| version.text.clone()).collect();
        texts.push(text);
        let (source, names) = (record.source, self.names_for(record, &texts));
        off_thread(move || texts.into_iter().map(|text| body_of(source, text, &names)).collect()).await
    }

    fn names_for(&self, record: &MessageRecord, texts: &[String]) -> Names {
        if !texts.iter().any(|text| Names::may_be_in(text)) {
            return Names::default();
        }
        let chosen = record.mentions.iter().filter_map(|person| self.person(Some(*person))).collect();
        Names::of(self.names.clone(), chosen)
    }

    fn reactions(&self, record: &MessageRecord) -> Vec<(PersonId, String, crate::domain::time::Timestamp)> {
        let reaction = |by: PersonId, emoji: &str, at| {
            let emoji: Emoji = emoji.parse().ok()?;
            Some((self.person(Some(by))?, emoji.as_str().to_owned(), at))
        };
        record.reactions.iter().filter_map(|r| reaction(r.by, &r.emoji, r.at)).collect()
    }

    fn answered(&self, seq: i64) -> Option<Answered> {
        let place = usize::try_from(seq - self.first).ok()?;
        self.ids.get(place).map(|id| Answered { id: *id, seq, line: None })
    }

    /// Where a message stood first, if that group is here, too.
    async fn taken_from(&self, record: &MessageRecord) -> Result<Option<TakenFrom>> {
        let Some(from) = &record.taken_from else { return Ok(None) };
        let mut tx = self.actions.store.read().await?;
        let is_here = store::groups::find(&mut tx, from.group).await?.is_some();
        Ok(is_here.then(|| TakenFrom {
            place: MessagePlace { group: from.group, seq: from.number },
            topic: name_of(&from.topic),
            at: from.at,
            moved_by: None,
        }))
    }

    fn notice(&self, notice: Notice) -> Notice {
        let here = |named: Named| Named {
            id: self.person(Some(named.id)).unwrap_or(named.id),
            name: name_of(&named.name),
        };
        match notice {
            Notice::Added { people, history } => {
                Notice::Added { people: people.into_iter().map(here).collect(), history }
            }
            Notice::TakenBack { people, invited } => {
                Notice::TakenBack { people: people.into_iter().map(here).collect(), invited }
            }
            Notice::Removed { person } => Notice::Removed { person: here(person) },
            Notice::Role { person, role } => Notice::Role { person: here(person), role },
            Notice::Topic { before, now } => Notice::Topic { before: name_of(&before), now: name_of(&now) },
            Notice::Shared { title, version } => Notice::Shared { title: name_of(&title), version },
            Notice::ShareRecalled { title } => Notice::ShareRecalled { title: name_of(&title) },
            Notice::InvitationAnswered { attendance, title, when, words } => Notice::InvitationAnswered {
                attendance,
                title: name_of(&title),
                when: name_of(&when),
                words: name_of(&words),
            },
            other => other,
        }
    }
}

pub(super) fn body_of(source: Source, text: String, names: &Names) -> Body {
    mentions::read(source, without_null(text), names).body
}

/// The files that came along, by their numbers in the export.
fn by_number(record: &MessageRecord, files: &[StoredFile]) -> Vec<Option<File>> {
    let mut came = files.iter().map(|stored| stored.file.clone());
    record.files.iter().map(|file| if file.lost { None } else { came.next() }).collect()
}

/// PostgreSQL keeps no text that holds one.
pub(super) fn without_null(mut text: String) -> String {
    text.retain(|c| c != '\0');
    text
}

fn owner_of(people: &[PersonRecord], here: &Here, may_join: &HashSet<PersonId>) -> Option<PersonId> {
    let known = || people.iter().filter_map(|person| Some((here.get(&person.id)?, person.member?)));
    let members = || known().filter(|(person, _)| may_join.contains(person));
    let owner = members().find(|(_, member)| member.role == Role::Owner).or_else(|| members().next());
    owner.map(|(person, _)| *person)
}

fn group_of(checked: &Checked, here: &Here, owner: PersonId) -> Group {
    let record = &checked.group;
    Group {
        id: record.id,
        topic: record.topic.clone(),
        thread_id: None,
        parent_id: None,
        created_by: here.get(&record.created_by).copied().unwrap_or(owner),
        created_at: record.created_at,
        last_seq: 0,
        last_change: 0,
        said_seq: 0,
        notices: 0,
        subject: name_of(&record.subject),
        adding: record.adding,
        receipt_request: record.receipt_request,
        outside_sharing: record.outside_sharing,
    }
}
