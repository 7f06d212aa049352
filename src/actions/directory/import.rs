//! Taking a file of people on a page: looked at first, taken when the admin says so.

use super::super::imports::Imported;
use super::super::{ActionError, Actions, Result, access, off_thread};
use crate::directory::{self, Book, BookError, Problem};
use crate::domain::audit::{Deed, Doer};
use crate::domain::ids::ImportId;
use crate::domain::import_preview::ImportPreview;
use crate::domain::person::Viewer;
use crate::store;

/// What a file would do, if it were taken now.
#[derive(Clone, Debug)]
pub struct ImportSeen {
    /// Under which it waits, for a day.
    pub id: ImportId,
    /// How many people it has.
    pub people: usize,
    pub preview: ImportPreview,
    pub problems: Vec<Problem>,
    pub more_problems: usize,
}

impl Actions {
    /// Reads a file of people and keeps them and their pictures for a day; nothing of the address book changes.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins. The inner error when nothing of the file can be used.
    pub async fn look_at_import(
        &self,
        viewer: &Viewer,
        bytes: Vec<u8>,
    ) -> Result<std::result::Result<ImportSeen, BookError>> {
        access::admin(viewer)?;
        let book = off_thread(move || directory::read(&bytes)).await?;
        let mut book = match book {
            Ok(book) => book,
            Err(error) => return Ok(Err(error)),
        };
        self.shelve(&mut book).await?;
        let Book { entries, problems, more_problems, .. } = book;
        let preview = self.preview_import(entries.clone()).await?;
        let (id, person, now) = (self.clock.new_id(), viewer.person_id, self.clock.now());
        let people = entries.len();
        self.store
            .write(async move |tx| store::directories::keep_import(tx, (id, person), &entries, now).await)
            .await?;
        Ok(Ok(ImportSeen { id, people, preview, problems, more_problems }))
    }

    /// Takes the people of a file that this admin has looked at. A second time it changes nothing.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins, and when the file was taken or forgotten.
    pub async fn take_import(&self, viewer: &Viewer, id: ImportId) -> Result<Imported> {
        access::admin(viewer)?;
        let found =
            store::directories::find_import(&mut self.store.read().await?, id, viewer.person_id).await?;
        let done = self.import_people(found.ok_or(ActionError::NotFound)?).await?;
        self.store.write(async move |tx| store::directories::forget_import(tx, id).await).await?;
        self.note_import(Doer::from(viewer), &done).await?;
        Ok(done)
    }

    /// Writes down who took a file of people, if it changed anything.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn note_import(&self, who: Doer, done: &Imported) -> Result<()> {
        let (added, changed) = (done.added, done.updated);
        if added + changed == 0 {
            return Ok(());
        }
        let actions = self.clone();
        let deed = Deed::PeopleImported { added, changed };
        self.store.write(async move |tx| actions.audit(tx, who, None, deed).await).await
    }
}
