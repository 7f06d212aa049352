//! All that is known of one person, as a file: for themself and for admins (GDPR Art. 15 and 20). A job writes it; whoever
//! asked fetches it within a week, as an exported group.

mod page;
mod run;
mod writer;

use super::exports::KEPT;
use super::{ActionError, Actions, Result, access};
use crate::domain::audit::Deed;
use crate::domain::dossier::Dossier;
use crate::domain::export::ExportState;
use crate::domain::ids::{ExportId, PersonId};
use crate::domain::job::Job;
use crate::domain::language::Language;
use crate::domain::person::{Person, Viewer};
use crate::store;

/// One that may be sent to the one who asked.
#[derive(Debug)]
pub struct OpenDossier {
    pub dossier: Dossier,
    pub contents: tokio::fs::File,
}

impl Actions {
    /// Asks for all that is known of a person, as it is when it is written. While one is being written already, that is
    /// what is meant; an earlier one is given up for the new one.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but the person and admins, and when there is no such person.
    pub async fn ask_dossier(
        &self,
        viewer: &Viewer,
        person: PersonId,
        language: Language,
    ) -> Result<ExportId> {
        access::dossier_of(viewer, person)?;
        let (actions, viewer) = (self.clone(), viewer.clone());
        let asked = self.store.write(async move |tx| {
            store::persons::hold(tx, person).await?;
            store::persons::find(tx, person).await?.ok_or(ActionError::NotFound)?;
            let earlier = store::dossiers::list(tx, person, viewer.person_id).await?;
            if let Some(open) = earlier.iter().find(|dossier| dossier.state.is_open()) {
                return Ok::<_, ActionError>((open.id, Vec::new()));
            }
            let earlier: Vec<ExportId> = earlier.iter().map(|dossier| dossier.id).collect();
            store::dossiers::delete(tx, &earlier).await?;
            let (id, now) = (actions.clock.new_id(), actions.clock.now());
            let dossier = Dossier {
                id,
                person_id: person,
                asked_by: viewer.person_id,
                language,
                state: ExportState::Waiting,
                size: None,
                problem: None,
                asked_at: now,
                finished_at: None,
                expires_at: None,
            };
            store::dossiers::insert(tx, &dossier).await?;
            actions.audit(tx, (&viewer).into(), None, Deed::PersonExported { of: person }).await?;
            let job = (actions.clock.new_id(), Job::ExportPerson { export: id });
            store::jobs::add(tx, &[job], now, now).await?;
            Ok((id, earlier))
        });
        let (id, earlier) = asked.await?;
        self.bell.ring();
        for export in earlier {
            // What can't be taken away now goes within the hour.
            drop(self.files.remove_export(export).await);
        }
        Ok(id)
    }

    /// What this person asked to have of somebody, the newest first.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but the person and admins.
    pub async fn list_dossiers(&self, viewer: &Viewer, person: PersonId) -> Result<Vec<Dossier>> {
        access::dossier_of(viewer, person)?;
        let mut tx = self.store.read().await?;
        let mut dossiers = store::dossiers::list(&mut tx, person, viewer.person_id).await?;
        let now = self.clock.now();
        dossiers.retain(|dossier| dossier.expires_at.is_none_or(|end| end > now));
        Ok(dossiers)
    }

    /// Opens a file for the one who asked, and notes that it was fetched.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for anybody else, and while there is none, or no longer.
    pub async fn open_dossier(&self, viewer: &Viewer, id: ExportId) -> Result<OpenDossier> {
        let found = store::dossiers::find(&mut self.store.read().await?, id).await?;
        let dossier = found.filter(|one| one.asked_by == viewer.person_id).ok_or(ActionError::NotFound)?;
        // Whoever is an admin no longer gets nothing that they asked for as one.
        access::dossier_of(viewer, dossier.person_id)?;
        let is_over = dossier.expires_at.is_none_or(|end| end <= self.clock.now());
        if dossier.state != ExportState::Done || is_over {
            return Err(ActionError::NotFound);
        }
        let contents = self.files.open_export(id).await?.ok_or(ActionError::NotFound)?;
        let (actions, who) = (self.clone(), viewer.into());
        let deed = Deed::PersonExportDownloaded { of: dossier.person_id };
        self.store.write(async move |tx| actions.audit(tx, who, None, deed).await).await?;
        Ok(OpenDossier { dossier, contents })
    }

    /// The person behind an id, for an admin.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for others, and when there is none.
    pub async fn person_for_admin(&self, viewer: &Viewer, person: PersonId) -> Result<Person> {
        access::admin(viewer)?;
        let found = store::persons::find(&mut self.store.read().await?, person).await?;
        found.ok_or(ActionError::NotFound)
    }

    /// Forgets files whose time is over. Those that belong to nothing go with the exports of groups.
    pub(super) async fn clear_dossiers(&self) -> Result<()> {
        loop {
            let now = self.clock.now();
            let over = store::dossiers::list_expired(&mut self.store.read().await?, now, 100).await?;
            if over.is_empty() {
                return Ok(());
            }
            // The file goes first: if we are interrupted, the row leads to it the next time.
            for id in &over {
                self.files.remove_export(*id).await?;
            }
            self.store.write(async move |tx| store::dossiers::delete(tx, &over).await).await?;
        }
    }
}
