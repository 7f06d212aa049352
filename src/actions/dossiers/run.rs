//! Writing the file, from the database piece by piece. It may run twice: it begins anew then, and the file is there once.

use std::io;

use super::writer::{Head, Writer};
use super::{ActionError, Actions, KEPT, Result};
use crate::actions::off_thread;
use crate::domain::address::EmailAddress;
use crate::domain::audit::{Deed, Doer};
use crate::domain::export::{ExportProblem, ExportState};
use crate::domain::ids::{ExportId, PersonId};
use crate::domain::language::Language;
use crate::domain::person::Person;
use crate::domain::zone::Zone;
use crate::mail::export::page::Voice;
use crate::store;
use crate::texts::Texts;

/// What ends it before it is done.
enum Stop {
    Action(ActionError),
    Disk(io::Error),
}

impl From<ActionError> for Stop {
    fn from(error: ActionError) -> Self {
        Self::Action(error)
    }
}

impl From<store::StoreError> for Stop {
    fn from(error: store::StoreError) -> Self {
        Self::Action(error.into())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Actions {
    /// Writes what was asked for. What comes of it stands in its row.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: it will run again.
    pub(crate) async fn run_dossier(&self, id: ExportId) -> Result<()> {
        let found = store::dossiers::find(&mut self.store.read().await?, id).await?;
        let Some(mut dossier) = found.filter(|dossier| dossier.state.is_open()) else { return Ok(()) };
        let files = self.files.clone();
        let written = match off_thread(move || files.create_export(id)).await? {
            Ok(file) => self.write_dossier(dossier.person_id, dossier.language, file).await,
            Err(error) => Err(error.into()),
        };
        let kept = match written {
            Ok(file) => {
                let files = self.files.clone();
                off_thread(move || files.keep_export(id, &file)).await?.map_err(Stop::from)
            }
            Err(stop) => Err(stop),
        };
        match kept {
            Ok(size) => {
                (dossier.state, dossier.size) = (ExportState::Done, i64::try_from(size).ok());
                tracing::info!(export.id = %id, size, "What is known of a person was exported.");
            }
            Err(Stop::Action(error @ ActionError::Unavailable(_))) => return Err(error),
            Err(stop) => {
                let problem = match &stop {
                    Stop::Disk(_) => ExportProblem::Disk,
                    Stop::Action(_) => ExportProblem::Broken,
                };
                tracing::error!(export.id = %id, error = %stop, "What is known of a person could not be exported.");
                (dossier.state, dossier.problem) = (ExportState::Failed, Some(problem));
                drop(self.files.remove_export(id).await);
            }
        }
        let now = self.clock.now();
        (dossier.finished_at, dossier.expires_at) = (Some(now), Some(now + KEPT));
        let is_there = self.store.write(async move |tx| store::dossiers::update(tx, &dossier).await).await?;
        if !is_there {
            self.files.remove_export(id).await?;
        }
        Ok(())
    }

    /// All that is known of who has an address, into a new file, for whoever sits at the machine. The person.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when nobody has the address, [`ActionError::Internal`] when the file can't be written.
    pub async fn export_person(
        &self,
        address: &EmailAddress,
        (language, file): (Language, std::fs::File),
    ) -> Result<Person> {
        let found = store::persons::find_by_address(&mut self.store.read().await?, address).await?;
        let person = found.ok_or(ActionError::NotFound)?;
        match self.write_dossier(person.id, language, file).await {
            Ok(file) => file.sync_all().map_err(|e| ActionError::Internal(e.into()))?,
            Err(Stop::Action(error)) => return Err(error),
            Err(Stop::Disk(error)) => return Err(ActionError::Internal(error.into())),
        }
        let (actions, deed) = (self.clone(), Deed::PersonExported { of: person.id });
        self.store.write(async move |tx| actions.audit(tx, Doer::at_the_machine(), None, deed).await).await?;
        Ok(person)
    }

    /// Twice over all that is known: for the page, and for the JSON. One section is in memory at a time.
    async fn write_dossier(
        &self,
        person: PersonId,
        language: Language,
        file: std::fs::File,
    ) -> std::result::Result<std::fs::File, Stop> {
        let mut tx = self.store.read().await?;
        let found = store::persons::find(&mut tx, person).await?.ok_or(ActionError::NotFound)?;
        let zone = store::notices::settings(&mut tx, person).await?.zone;
        let files = store::dossiers::files(&mut tx, person).await?;
        let photo = store::photos::find(&mut tx, person).await?.map(|(_, picture)| picture);
        let voice = Voice { t: Texts::of(language), zone: zone.unwrap_or(Zone::UTC) };
        let head = Head { name: found.full_name, voice, made_at: self.clock.now() };
        let (contents, mut writer) = (self.files.clone(), Writer::begin(file, head)?);
        writer.begin_page()?;
        for at in 0..store::dossiers::NAMES {
            let Some(section) = store::dossiers::section(&mut tx, person, at).await? else { break };
            writer = off_thread(move || writer.add_to_page(&section).map(|()| writer)).await??;
        }
        writer.end_page()?;
        for at in 0..store::dossiers::NAMES {
            let Some(section) = store::dossiers::section(&mut tx, person, at).await? else { break };
            writer = off_thread(move || writer.add_to_json(&section).map(|()| writer)).await??;
        }
        drop(tx);
        writer.end_json()?;
        Ok(off_thread(move || writer.add_photo(photo.as_deref())?.add_files(&contents, &files)).await??)
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Action(error) => error.fmt(f),
            Self::Disk(error) => error.fmt(f),
        }
    }
}
