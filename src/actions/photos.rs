//! Pictures of people: what sources give is made into small square ones, which are shown to those who may see the person.

use std::collections::HashMap;

use super::{ActionError, Actions, Result, access};
use crate::directory::Book;
use crate::domain::digest::Digest;
use crate::domain::ids::PersonId;
use crate::domain::person::Viewer;
use crate::store;

/// A larger photo is not looked at, in bytes.
pub const MOST_BYTES: usize = 12_000_000;

/// Where pictures are put while a source is read: what is known already is not made again.
#[derive(Debug)]
pub(super) struct Shelf {
    actions: Actions,
    /// Whether there is a picture of it.
    known: HashMap<Digest, bool>,
}

impl Actions {
    /// The picture of somebody, and what it was made of. It is a JPEG of at most 10 kB or so.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there is none, and for whoever may not see this person.
    pub async fn get_photo(&self, viewer: &Viewer, person: PersonId) -> Result<(Digest, Vec<u8>)> {
        let mut tx = self.store.read().await?;
        access::face(&mut tx, viewer, (person, &self.settings.sign_in)).await?;
        store::photos::find(&mut tx, person).await?.ok_or(ActionError::NotFound)
    }

    /// Keeps the pictures of a file, and says of each entry which is theirs. What is no picture is told among the file's problems.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn shelve(&self, book: &mut Book) -> Result<()> {
        if book.photos.is_empty() {
            return Ok(());
        }
        let mut shelf = self.photo_shelf().await?;
        let mut photos = Vec::new();
        for mut given in std::mem::take(&mut book.photos) {
            let kept = shelf.put(std::mem::take(&mut given.bytes)).await?;
            match (kept, book.entries.get_mut(given.entry)) {
                (Some(photo), Some(entry)) => {
                    entry.photo = Some(photo);
                    photos.push(photo);
                }
                _ => book.refuse_photo(&given),
            }
        }
        book.problems.sort_by_key(|problem| problem.line);
        // What was known is perhaps nobody's, and was about to be forgotten.
        let now = self.clock.now();
        self.store
            .write(async move |tx| Ok::<_, ActionError>(store::photos::touch(tx, &photos, now).await?))
            .await
    }

    /// For a source that is to be read.
    pub(super) async fn photo_shelf(&self) -> Result<Shelf> {
        let known = store::photos::known(&mut self.store.read().await?).await?;
        Ok(Shelf { actions: self.clone(), known })
    }
}

impl Shelf {
    /// Keeps a picture of what a source gives, once; its name, or `None` if it is nothing that can be shown.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn put(&mut self, bytes: Vec<u8>) -> Result<Option<Digest>> {
        if bytes.len() > MOST_BYTES {
            return Ok(None);
        }
        let digest = Digest::of(&bytes);
        if let Some(is_picture) = self.known.get(&digest) {
            return Ok(is_picture.then_some(digest));
        }
        let picture = self.actions.files.portrait(bytes).await;
        let is_picture = picture.is_some();
        let now = self.actions.clock.now();
        let kept = self.actions.store.write(async move |tx| {
            store::photos::keep(tx, &digest, picture.as_deref(), now).await?;
            Ok::<_, ActionError>(())
        });
        kept.await?;
        self.known.insert(digest, is_picture);
        Ok(is_picture.then_some(digest))
    }
}
