//! A group from an export, for whoever has the machine: who wrote what is taken from the file, so no page offers this.
//!
//! The file is read twice. First all of it is checked, and nothing is written. Then contents and messages are stored,
//! batch by batch, in a group without members, which nobody sees; the last transaction gives it its members. What was
//! broken off in between is cleared when the same group is imported again.

mod marks;
mod people;
mod records;

use std::collections::HashSet;
use std::io::{self, BufRead};

use super::{ActionError, Actions, Result, off_thread};
use crate::domain::file::FileName;
use crate::domain::ids::{GroupId, MarkId, MessageId, PersonId};
use crate::files::{Contents, FilesError, Upload};
use crate::mail::export::read::{
    Contradiction, FileSink, MboxReader, NoFiles, Place, ReadError, ReadMail, ReadProblem,
};
use crate::mail::export::record::{FileRecord, GroupRecord, MessageRecord, PersonRecord};
use crate::store::group_imports::ImportState;
use crate::store::{self, StoreError};

pub use people::MOST_MEMBERS;
use records::Importer;

/// What an export holds, after all of it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub group: GroupRecord,
    pub people: Vec<PersonRecord>,
    pub messages: usize,
    pub files: usize,
    pub marks: usize,
}

/// What was met.
#[derive(Default)]
struct Ids {
    messages: HashSet<MessageId>,
    marks: HashSet<MarkId>,
}

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupImported {
    /// It is there now, with so many members, without those who may be none here.
    Done { checked: Box<Checked>, members: usize, left_out: usize },
    /// It was there before; nothing was changed.
    There,
}

/// Why a group can't be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Or none who may be one here.
    #[error("The group has no member with a usable address")]
    NoMembers,
    #[error("The group has more than {limit} members")]
    TooManyMembers { limit: usize },
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Action(error.into())
    }
}

/// Messages that are stored in one transaction.
const BATCH: usize = 200;

/// Reads all of an export without changing anything. Blocks.
///
/// # Errors
/// [`ImportError::Read`] with the place of what is wrong, the others for a group that can't be made.
pub fn check_group(file: impl BufRead) -> std::result::Result<Checked, ImportError> {
    let mut reader = MboxReader::new(file);
    let mut checked: Option<Checked> = None;
    let (mut ids, mut last) = (Ids::default(), Place::default());
    while let Some(mail) = reader.next_mail(&mut NoFiles)? {
        last = mail.place;
        match &mut checked {
            None => checked = Some(checked_head(&mail)?),
            Some(checked) => checked.messages += 1,
        }
        if let Some(checked) = &mut checked {
            check_message(checked, &mail, &mut ids)?;
        }
    }
    let Some(checked) = checked else { return Err(wrong(last, ReadProblem::NoMbox)) };
    let expected = checked.group.first + i64::try_from(checked.messages).unwrap_or(i64::MAX);
    if expected <= checked.group.last {
        return Err(wrong(last, ReadProblem::Missing { expected }));
    }
    Ok(checked)
}

fn checked_head(mail: &ReadMail) -> std::result::Result<Checked, ImportError> {
    let header = crate::mail::export::record::GROUP;
    let group = mail.group.clone().ok_or_else(|| wrong(mail.place, ReadProblem::Foreign { header }))?;
    if !marks::are_tags(&group.tags) {
        return Err(wrong(mail.place, ReadProblem::Contradiction(Contradiction::Tags)));
    }
    if group.first < 1 || group.last < group.first || !records::is_topic(&group.topic) {
        return Err(wrong(mail.place, ReadProblem::Header { header }));
    }
    people::check(&mail.people)?;
    Ok(Checked { group, people: mail.people.clone(), messages: 1, files: 0, marks: 0 })
}

/// Numbers follow each other without gaps, and no id comes twice.
fn check_message(
    checked: &mut Checked,
    mail: &ReadMail,
    ids: &mut Ids,
) -> std::result::Result<(), ImportError> {
    let expected = checked.group.first + i64::try_from(checked.messages).unwrap_or(i64::MAX) - 1;
    let message = &mail.message;
    if message.number != expected || expected > checked.group.last {
        return Err(wrong(mail.place, ReadProblem::Missing { expected }));
    }
    let what = if !ids.messages.insert(message.id) {
        Contradiction::SameMessage
    } else if !message.marks.iter().all(|mark| ids.marks.insert(mark.id)) {
        Contradiction::SameMark
    } else if !marks::are_marks(message, &checked.group.tags) {
        Contradiction::Mark
    } else if message
        .answers
        .is_some_and(|answers| answers >= message.number || answers < checked.group.first)
    {
        Contradiction::AnswersLater
    } else if message.files.len() > records::MOST_FILES || mail.text.len() > records::LONGEST {
        Contradiction::TooLarge
    } else {
        checked.marks += message.marks.len();
        checked.files += message.files.iter().filter(|file| !file.lost).count();
        return Ok(());
    };
    Err(wrong(mail.place, ReadProblem::Contradiction(what)))
}

fn wrong(place: Place, problem: ReadProblem) -> ImportError {
    ImportError::Read(ReadError { place, problem })
}

impl Actions {
    /// Makes the group of an export; `open` opens the file, once for each reading. The same group a second time changes
    /// nothing.
    ///
    /// # Errors
    /// As [`check_group`], before anything is changed; [`ImportError::Action`] when database or folder fail: what was
    /// written by then nobody sees, and importing again begins anew.
    pub async fn import_group<R, O>(&self, open: O) -> std::result::Result<GroupImported, ImportError>
    where
        R: BufRead,
        O: Fn() -> io::Result<R> + Send + 'static,
    {
        let (open, checked) = off_thread(move || {
            let file = open().map_err(|error| wrong(Place::default(), error.into()))?;
            Ok::<_, ImportError>((check_group(file), open))
        })
        .await?
        .and_then(|(checked, open)| Ok((open, checked?)))?;
        let group = checked.group.id;
        if !self.begin_import(group).await? {
            return Ok(GroupImported::There);
        }
        match self.read_group(open, &checked).await {
            Ok((members, left_out)) => {
                Ok(GroupImported::Done { checked: Box::new(checked), members, left_out })
            }
            Err(error) => {
                // Otherwise it is cleared when the group is imported again.
                drop(self.begin_import(group).await);
                Err(error)
            }
        }
    }

    /// How many members the group has then, and how many of the file's are left out.
    async fn read_group<R, O>(
        &self,
        open: O,
        checked: &Checked,
    ) -> std::result::Result<(usize, usize), ImportError>
    where
        R: BufRead,
        O: Fn() -> io::Result<R> + Send + 'static,
    {
        let importer = Importer::begin(self.clone(), checked).await?;
        let runtime = tokio::runtime::Handle::current();
        // Reading blocks, and writing waits for the database: on a thread of its own both may.
        let importer = off_thread(move || {
            let file = open().map_err(|error| wrong(Place::default(), error.into()))?;
            read_into(file, importer, &runtime)
        })
        .await??;
        Ok(importer.finish(checked).await?)
    }

    /// Whether the group is to be made. What an earlier import has left half done is cleared.
    async fn begin_import(&self, group: GroupId) -> Result<bool> {
        let now = self.clock.now();
        self.store
            .write(async move |tx| {
                match store::group_imports::find(tx, group).await? {
                    Some(ImportState::Begun) => store::group_imports::clear(tx, group, now).await?,
                    Some(ImportState::Finished) => return Ok(false),
                    None if store::groups::find(tx, group).await?.is_some() => return Ok(false),
                    None => {}
                }
                Ok::<_, ActionError>(true)
            })
            .await
    }
}

fn read_into(
    file: impl BufRead,
    mut importer: Importer,
    runtime: &tokio::runtime::Handle,
) -> std::result::Result<Importer, ImportError> {
    let mut reader = MboxReader::new(file);
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let mut incoming = Incoming { actions: importer.actions(), runtime, at: None, stored: Vec::new() };
        let Some(mail) = reader.next_mail(&mut incoming)? else { break };
        batch.push((mail.message, mail.text, incoming.stored));
        if batch.len() == BATCH {
            runtime.block_on(importer.add(std::mem::take(&mut batch)))?;
        }
    }
    runtime.block_on(importer.add(batch))?;
    Ok(importer)
}

/// A message as it was read, and what was stored of its files, in their order.
type ReadMessage = (MessageRecord, String, Vec<(FileName, Contents)>);

/// Files on their way into the folder of contents.
struct Incoming<'a> {
    actions: Actions,
    runtime: &'a tokio::runtime::Handle,
    at: Option<(FileName, Upload)>,
    stored: Vec<(FileName, Contents)>,
}

impl FileSink for Incoming<'_> {
    fn begin(&mut self, file: &FileRecord) -> io::Result<()> {
        let upload = self.runtime.block_on(self.actions.files.begin(u64::MAX)).map_err(in_words)?;
        self.at = Some((FileName::cleaned(&file.name, "file"), upload));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.at {
            Some((_, upload)) => self.runtime.block_on(upload.write(bytes)).map_err(in_words),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some((name, upload)) = self.at.take() {
            let contents = self.runtime.block_on(upload.finish_file()).map_err(in_words)?;
            self.stored.push((name, contents));
        }
        Ok(())
    }
}

fn in_words(error: FilesError) -> io::Error {
    match error {
        FilesError::Folder(error) => error,
        other => io::Error::other(other),
    }
}

/// Whom a person of the export is here.
type Here = std::collections::HashMap<PersonId, PersonId>;
