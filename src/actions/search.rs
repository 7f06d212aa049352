//! Searching messages, in one group or in all that somebody is in.

use std::collections::{BTreeSet, HashMap};

use super::{Actions, Result, access, off_thread};
use crate::domain::digest::Digest;
use crate::domain::file::File;
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::person::Viewer;
use crate::domain::search::entry::first_number;
use crate::domain::search::excerpt::{Piece, excerpt, marked, on_one_line};
use crate::domain::search::{self, Note, Phrase, Query, Wanted, Who, Zone, words};
use crate::domain::tag::TagName;
use crate::domain::time::Timestamp;
use crate::mail::markdown::text_of;
use crate::store::search::{Found, Tagged};
use crate::store::{self, StoreError, Tx};

/// What somebody searches for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub typed: &'a str,
    /// In all groups if `None`.
    pub group: Option<GroupId>,
    /// Where the last page ended.
    pub before: Option<i64>,
    /// Whose days count.
    pub zone: Zone,
}

/// A page of results, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Nothing was searched for.
    pub is_blank: bool,
    /// Nothing was searched for but people, things, groups and days.
    pub is_wordless: bool,
    pub hits: Vec<Hit>,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
    pub notes: Vec<Note>,
    /// No group of theirs has the topic that was asked for.
    pub no_group: bool,
    /// Older messages are still being put into the index.
    pub is_preparing: bool,
    /// It took longer than anybody waits, and was stopped.
    pub is_too_slow: bool,
}

/// One message that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    pub group: GroupId,
    pub topic: String,
    pub seq: i64,
    pub author_id: Option<PersonId>,
    pub author: String,
    /// What their picture was made of, if there is one.
    pub photo: Option<Digest>,
    pub at: Timestamp,
    /// The part of its text that has what was searched for.
    pub text: Vec<Piece>,
    pub files: Vec<HitFile>,
}

/// A file of a message that was found.
#[derive(Clone, Debug)]
pub struct HitFile {
    pub file: File,
    pub name: Vec<Piece>,
}

/// How many results a page has.
const PAGE: i64 = 30;
/// So many groups are asked for by name. Whoever is in more has most of what is there: the rest is left out one by one.
const NAMED_GROUPS: usize = 200;

impl Actions {
    /// Searches the messages this person may see. At most seven statements.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member of the group they named,
    /// [`super::ActionError::Invalid`] when they ask again and again.
    pub async fn search(&self, viewer: &Viewer, asked: Asked<'_>) -> Result<Results> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let groups = groups_for(&mut tx, viewer.person_id, asked.group).await?;
        let mut query = Query::parse(asked.typed, asked.zone.date(now));
        let mut results = Results {
            is_blank: query.is_empty(),
            is_wordless: query.phrases.is_empty() && query.files.is_empty(),
            notes: std::mem::take(&mut query.notes),
            is_preparing: store::jobs::is_waiting(&mut tx, store::jobs::Lane::Index).await?,
            ..Results::default()
        };
        if results.is_blank {
            return Ok(results);
        }
        self.pace.take(viewer.person_id, now)?;
        let Some(places) = places(&groups, &query) else {
            results.no_group = true;
            return Ok(results);
        };
        let mut found = match find(&mut tx, (viewer.person_id, asked), &query, places).await {
            Err(StoreError::TooSlow) => {
                results.is_too_slow = true;
                return Ok(results);
            }
            found => found?,
        };
        if found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX) {
            found.pop();
            results.next = found.last().map(|last| last.number);
        }
        let ids: Vec<_> = found.iter().map(|found| found.id).collect();
        let files = store::files::list_of_messages(&mut tx, &ids).await?;
        drop(tx);
        let marks = query.marks();
        results.hits = off_thread(move || hits(found, files, &groups, &marks)).await?;
        Ok(results)
    }
}

type Groups = Vec<(GroupId, String)>;

/// The groups that are searched, with their topics: the one that was named, or all of this person.
async fn groups_for(tx: &mut Tx, person: PersonId, group: Option<GroupId>) -> Result<Groups> {
    match group {
        Some(id) => {
            let (group, _) = access::group(tx, person, id).await?;
            Ok(vec![(group.id, group.topic)])
        }
        None => Ok(store::groups::topics_for(tx, person).await?),
    }
}

/// The groups by name, as far as that helps: `Some(None)` for all of many, `None` if none has the topic.
fn places(groups: &Groups, query: &Query) -> Option<Option<Vec<GroupId>>> {
    let is_meant = |topic: &str| {
        let words: Vec<_> = words(topic).collect();
        query.topics.is_empty() || query.topics.iter().any(|wanted| wanted.find(&words).next().is_some())
    };
    let meant: Vec<GroupId> = groups.iter().filter(|(_, topic)| is_meant(topic)).map(|(id, _)| *id).collect();
    if meant.is_empty() {
        return None;
    }
    if query.topics.is_empty() && meant.len() > NAMED_GROUPS {
        return Some(None);
    }
    Some(Some(meant.into_iter().take(NAMED_GROUPS).collect()))
}

/// One more than a page has, if there are as many. Two statements at most.
async fn find(
    tx: &mut Tx,
    (person, asked): (PersonId, Asked<'_>),
    query: &Query,
    places: Option<Vec<GroupId>>,
) -> std::result::Result<Vec<Found>, StoreError> {
    let mut wanted = query.wanted();
    add_authors(tx, person, &query.from, &mut wanted).await?;
    let range = numbers(query, asked);
    if query.tags.is_empty() {
        if let Some(places) = places {
            wanted.and_one_of(places.into_iter().map(search::in_group).collect());
        }
        return store::search::find(tx, person, &wanted, range, PAGE + 1).await;
    }
    // What can't be the name of a tag is on no message.
    let Some(tags) = tags(query) else { return Ok(Vec::new()) };
    // All groups of this person need no names: their marks are looked up from these groups on.
    let is_narrowed = asked.group.is_some() || !query.topics.is_empty();
    let tagged = Tagged { wanted, tags, groups: places.filter(|_| is_narrowed) };
    store::search::find_tagged(tx, person, &tagged, range, PAGE + 1).await
}

/// The names by which groups know these tags.
fn tags(query: &Query) -> Option<BTreeSet<String>> {
    query.tags.iter().map(|tag| Some(tag.parse::<TagName>().ok()?.folded())).collect()
}

/// One of these has written it. An address that is nobody's has written nothing.
async fn add_authors(
    tx: &mut Tx,
    me: PersonId,
    from: &[Who],
    wanted: &mut Wanted,
) -> std::result::Result<(), StoreError> {
    if from.is_empty() {
        return Ok(());
    }
    let (mut authors, mut addresses) = (Vec::new(), Vec::new());
    for who in from {
        match who {
            Who::Me => authors.push(search::by_author(me)),
            Who::Named(name) => authors.push(search::by_name(name.clone())),
            Who::Address(address) => addresses.push(address.clone()),
        }
    }
    let owners = store::persons::find_by_addresses(tx, &addresses).await?;
    authors.extend(owners.into_iter().map(|(_, person)| search::by_author(person)));
    wanted.and_one_of(authors);
    Ok(())
}

/// The numbers of the messages of these days that come after the last page.
fn numbers(query: &Query, asked: Asked<'_>) -> (i64, i64) {
    let begin = |day| first_number(asked.zone.begin(day));
    let before = query.days.before.map_or(i64::MAX, begin).min(asked.before.unwrap_or(i64::MAX));
    (query.days.from.map_or(0, begin), before)
}

fn hits(found: Vec<Found>, named: Vec<(MessageId, File)>, groups: &Groups, marks: &[Phrase]) -> Vec<Hit> {
    let topics: HashMap<GroupId, &str> = groups.iter().map(|(id, topic)| (*id, topic.as_str())).collect();
    let mut files: HashMap<_, Vec<HitFile>> = HashMap::new();
    for (message, file) in named {
        let name = marked(file.name.as_str(), marks);
        files.entry(message).or_default().push(HitFile { file, name });
    }
    found
        .into_iter()
        .map(|found| Hit {
            topic: topics.get(&found.group_id).copied().unwrap_or_default().to_owned(),
            files: files.remove(&found.id).unwrap_or_default(),
            text: excerpt(&on_one_line(&text_of(found.source, &found.markdown)), marks),
            group: found.group_id,
            seq: found.seq,
            author_id: found.author_id,
            author: found.author_name,
            photo: found.author_photo.and_then(|photo| Digest::from_bytes(&photo)),
            at: found.posted_at,
        })
        .collect()
}
