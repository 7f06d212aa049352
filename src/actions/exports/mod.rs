//! Exports: all that a member sees of a group, as a file. A job writes it; whoever asked fetches it within a week.

mod clear;
pub(super) mod gather;
mod run;
pub(super) mod writer;

use std::time::Duration;

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::audit::{Deed, Doer};
use crate::domain::export::{Export, ExportState, Format};
use crate::domain::group::Group;
use crate::domain::ids::{ExportId, GroupId};
use crate::domain::job::Job;
use crate::domain::language::Language;
use crate::domain::notice::Notice;
use crate::domain::person::Viewer;
use crate::store;

/// How long a file can be fetched.
pub const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// An export that may be sent to the one who asked.
#[derive(Debug)]
pub struct OpenExport {
    pub export: Export,
    pub topic: String,
    pub contents: tokio::fs::File,
}

impl Actions {
    /// Asks for a group as a file, of what is there now. While the same is being written already, that is what is meant;
    /// an earlier file of the same kind is given up for the new one.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] when they see no message.
    pub async fn ask_export(
        &self,
        viewer: &Viewer,
        group: GroupId,
        (format, language): (Format, Language),
    ) -> Result<ExportId> {
        let (actions, viewer) = (self.clone(), viewer.clone());
        let asked = self.store.write(async move |tx| {
            let (group, member) = access::group_for_change(tx, viewer.person_id, group).await?;
            let mut earlier = store::exports::list(tx, group.id, viewer.person_id).await?;
            earlier.retain(|export| export.format == format);
            if let Some(open) = earlier.iter().find(|export| export.state.is_open()) {
                return Ok::<_, ActionError>((open.id, Vec::new(), None));
            }
            let export = actions.new_export((&group, member.first_seq), &viewer, (format, language));
            if export.messages() < 1 {
                return Err(ActionError::invalid("export", Problem::NothingToExport));
            }
            let earlier: Vec<ExportId> = earlier.iter().map(|export| export.id).collect();
            store::exports::delete(tx, &earlier).await?;
            store::exports::insert(tx, &export).await?;
            let deed = Deed::GroupExported { export: export.id, format, messages: export.messages() };
            actions.audit(tx, (&viewer).into(), Some(group.id), deed).await?;
            let noted = actions.note(tx, group.id, &viewer, Notice::Exported { format }).await?;
            let job = (actions.clock.new_id(), Job::Export { export: export.id });
            store::jobs::add(tx, &[job], export.asked_at, export.asked_at).await?;
            Ok((export.id, earlier, Some((export, noted))))
        });
        let (id, earlier, new) = asked.await?;
        if let Some((export, noted)) = new {
            self.tell_notice(noted);
            self.tell_export(export);
            self.bell.ring();
        }
        for export in earlier {
            // What can't be taken away now goes within the hour.
            drop(self.files.remove_export(export).await);
        }
        Ok(id)
    }

    fn new_export(
        &self,
        (group, first_seq): (&Group, i64),
        viewer: &Viewer,
        (format, language): (Format, Language),
    ) -> Export {
        Export {
            id: self.clock.new_id(),
            group_id: group.id,
            person_id: viewer.person_id,
            format,
            language,
            state: ExportState::Waiting,
            first_seq,
            last_seq: group.last_seq,
            written: 0,
            size: None,
            problem: None,
            asked_at: self.clock.now(),
            finished_at: None,
            expires_at: None,
        }
    }

    /// What this person asked to have of a group of theirs, the newest first.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when they are no member.
    pub async fn list_exports(&self, viewer: &Viewer, group: GroupId) -> Result<(Group, Vec<Export>)> {
        let mut tx = self.store.read().await?;
        let (group, _) = access::group(&mut tx, viewer.person_id, group).await?;
        let mut exports = store::exports::list(&mut tx, group.id, viewer.person_id).await?;
        let now = self.clock.now();
        exports.retain(|export| export.expires_at.is_none_or(|end| end > now));
        Ok((group, exports))
    }

    /// Opens the file of an export for the one who asked.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for anybody else, and while there is none, or no longer.
    pub async fn open_export(&self, viewer: &Viewer, id: ExportId) -> Result<OpenExport> {
        let mut tx = self.store.read().await?;
        let export = access::export(&mut tx, viewer.person_id, id).await?;
        let (group, _) = access::group(&mut tx, viewer.person_id, export.group_id).await?;
        let is_over = export.expires_at.is_none_or(|end| end <= self.clock.now());
        if export.state != ExportState::Done || is_over {
            return Err(ActionError::NotFound);
        }
        let contents = self.files.open_export(id).await?.ok_or(ActionError::NotFound)?;
        Ok(OpenExport { export, topic: group.topic, contents })
    }

    /// Notes that an export is being fetched.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: it is not fetched unseen.
    pub async fn note_download(&self, viewer: &Viewer, export: &Export) -> Result<()> {
        let (actions, who) = (self.clone(), Doer::from(viewer));
        let (group, deed) = (Some(export.group_id), Deed::ExportDownloaded { export: export.id });
        self.store.write(async move |tx| actions.audit(tx, who, group, deed).await).await
    }
}
