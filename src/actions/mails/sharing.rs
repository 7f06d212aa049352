//! A mail of the group that its receiver hands on to be shared: a share is begun of what it carried. Nothing is published by
//! mail, since whoever publishes looks it over first.

use super::super::shares::Chosen;
use super::super::{Actions, Result};
use super::Arrived;
use super::commands::Commander;
use crate::domain::command::Command;
use crate::domain::ids::ShareId;
use crate::domain::person::Viewer;
use crate::mail::letters::Became;
use crate::store;

impl Actions {
    /// Begins a share of the messages that a handed-on mail of ours carried, and answers with the link to it.
    pub(super) async fn share_handed_on(&self, arrived: Arrived, by: Commander) -> Result<()> {
        let mail = &arrived.mail;
        // The mail inside says best which one it is; a forward within the text names it in its own headers.
        let inside = mail.handed_on().and_then(|inner| inner.attached.as_ref());
        let ids = inside.iter().filter_map(|inner| inner.message_id.as_ref());
        let ids = ids.chain(&mail.in_reply_to).chain(mail.references.iter().rev());
        let ids: Vec<String> = ids.take(20).cloned().collect();
        let mut tx = self.store.read().await?;
        let ids = store::aliases::our_names(&mut tx, &ids).await?;
        let carried = store::deliveries::carried(&mut tx, (by.group.id, Some(by.person.id)), &ids).await?;
        drop(tx);
        let seqs = carried.into_iter().find(|seqs| !seqs.is_empty()).unwrap_or_default();
        if seqs.is_empty() {
            let page = self.settings.public_url.join(&format!("/groups/{}", by.group.id));
            return self.conclude(arrived, &by, (Command::Share, Became::NotShared { page: &page })).await;
        }
        let viewer = Viewer::by_mail(&by.person, self.clock.new_id());
        let share = self.start_share(&viewer, by.group.id, Chosen { seqs, ..Chosen::default() }).await?;
        let link = self.link_to_share(&by, share).await?;
        self.conclude(arrived, &by, (Command::Share, Became::Shared { link: &link })).await
    }

    /// Signs the sharer in, as the link of a draft does.
    async fn link_to_share(&self, by: &Commander, share: ShareId) -> Result<String> {
        let token = self.new_token()?;
        let link = self.personal_link(by.person.id, format!("/shares/{share}"), &token);
        self.store.write(async move |tx| store::links::insert(tx, &link).await).await?;
        Ok(self.settings.public_url.join(&format!("/l/{}", token.reveal())))
    }
}
