//! The job that writes an export. It may run twice: it begins anew then, and the file is there once.

use super::gather::{Head, Span};
use super::writer::{Pass, WriteError, Writer};
use super::{ActionError, Actions, KEPT, Result};
use crate::actions::off_thread;
use crate::domain::event::{Audience, Event};
use crate::domain::export::{Export, ExportProblem, ExportState};
use crate::domain::ids::ExportId;
use crate::domain::job::Job;
use crate::mail::export::page::ON_PAGE;
use crate::store;

/// What ends an export before it is done.
enum Stop {
    /// The database does not answer: the job is tried again.
    Later(ActionError),
    /// It stays so; the member can begin again.
    Failed(ExportProblem),
    /// Nobody waits for it any more.
    Gone,
}

impl From<ActionError> for Stop {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Unavailable(_) => Self::Later(error),
            ActionError::NotFound => Self::Failed(ExportProblem::NotMember),
            other => {
                tracing::error!(error = %other, "An export could not be put together.");
                Self::Failed(ExportProblem::Broken)
            }
        }
    }
}

impl From<WriteError> for Stop {
    fn from(error: WriteError) -> Self {
        tracing::error!(error = %error, "An export could not be written.");
        match error {
            WriteError::Disk(_) => Self::Failed(ExportProblem::Disk),
            WriteError::Broken(_) => Self::Failed(ExportProblem::Broken),
        }
    }
}

impl Actions {
    /// Writes an export from its beginning. What comes of it stands in its row, and on the pages of whoever asked.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: it will run again.
    pub(crate) async fn run_export(&self, id: ExportId) -> Result<()> {
        let found = store::exports::find(&mut self.store.read().await?, id).await?;
        let Some(mut export) = found.filter(|export| export.state.is_open()) else { return Ok(()) };
        (export.state, export.written) = (ExportState::Running, 0);
        let ended = self.write_export(&mut export).await;
        let now = self.clock.now();
        match ended {
            Ok(size) => {
                export.state = ExportState::Done;
                export.size = Some(i64::try_from(size).unwrap_or(i64::MAX));
                tracing::info!(export.id = %id, messages = export.messages(), size, "A group was exported.");
            }
            Err(Stop::Later(error)) => return Err(error),
            Err(Stop::Gone) => return Ok(self.files.remove_export(id).await?),
            Err(Stop::Failed(problem)) => {
                (export.state, export.problem) = (ExportState::Failed, Some(problem));
                if let Err(error) = self.files.remove_export(id).await {
                    // Where nothing can be written, perhaps nothing can be removed; that it failed is told all the same.
                    tracing::warn!(export.id = %id, error = %error, "What was written of an export stays.");
                }
            }
        }
        (export.finished_at, export.expires_at) = (Some(now), Some(now + KEPT));
        self.note_export(&export).await?;
        Ok(())
    }

    /// The size of the file.
    async fn write_export(&self, export: &mut Export) -> std::result::Result<u64, Stop> {
        let head: Head = self.export_head(export).await?;
        let (begun, files) = (export.clone(), self.files.clone());
        let mut writer = off_thread(move || Writer::begin(&begun, head, files)).await??;
        if !self.note_export(export).await? {
            return Err(Stop::Gone);
        }
        for pass in Pass::all(export.format) {
            writer = self.write_pass(export, writer, *pass).await?;
        }
        Ok(off_thread(move || writer.finish()).await??)
    }

    async fn write_pass(
        &self,
        export: &mut Export,
        mut writer: Writer,
        pass: Pass,
    ) -> std::result::Result<Writer, Stop> {
        writer.begin_pass(pass)?;
        let mut after = export.first_seq - 1;
        while after < export.last_seq {
            let batch = self.gather(Span::of(export), writer.head(), (after, ON_PAGE)).await?;
            let Some(last) = batch.last().map(|gathered| gathered.record.number) else { break };
            let before = export.percent();
            export.written += last - after;
            after = last;
            writer = off_thread(move || writer.add(pass, batch).map(|()| writer)).await??;
            // A hundred times at the most, however many messages.
            if export.percent() != before {
                self.tell_written(export).await?;
            }
        }
        writer.end_pass(pass)?;
        Ok(writer)
    }

    async fn tell_written(&self, export: &Export) -> std::result::Result<(), Stop> {
        if self.note_export(export).await? { Ok(()) } else { Err(Stop::Gone) }
    }

    /// Whether whoever asked still waits for it.
    async fn note_export(&self, export: &Export) -> Result<bool> {
        let (noted, now) = (export.clone(), self.clock.now());
        let is_there = self
            .store
            .write(async move |tx| {
                // Others must not take the job for a dead worker's.
                store::jobs::keep(tx, &Job::Export { export: noted.id }, now).await?;
                store::exports::update(tx, &noted).await
            })
            .await?;
        if is_there {
            self.tell_export(export.clone());
        }
        Ok(is_there)
    }

    /// Tells the open pages of whoever asked how far it is.
    pub(super) fn tell_export(&self, export: Export) {
        self.hub.publish(Audience::Person(export.person_id), Event::ExportChanged(Box::new(export)));
    }
}
