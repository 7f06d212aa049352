//! Changes of messages on their way to one open page: in the order of their numbers, none left out.

use super::frames::Told;
use super::page::{Gap, Page, REPAIR};
use crate::domain::event::Changed;
use crate::domain::ids::GroupId;
use crate::hub::Packet;
use crate::texts::Texts;
use crate::web::groups::GroupRow;
use crate::web::messages::{AnsweredPart, MessagePart};

/// What a page has, and what its reader may see.
pub(super) struct Known {
    pub changed: i64,
    pub first_seq: i64,
}

impl Page {
    /// A message that changed. Two commits may tell of themselves in the other order: a number that jumps means that
    /// what lies between comes from the database, and a number that is known is passed over.
    pub(super) async fn tell_change(&mut self, packet: &Packet, changed: &Changed) -> bool {
        let t = self.texts();
        let Some(watched) = self.group.as_mut() else { return true };
        let change = changed.message.trace.changed;
        if change <= watched.changed {
            return true;
        }
        if change > watched.changed + 1 {
            return self.catch_up().await;
        }
        watched.changed = change;
        if changed.message.seq < watched.first_seq {
            return true;
        }
        if changed.message.quotes_before(watched.first_seq) {
            let message = changed.message.clone().seen_from(watched.first_seq);
            let text = changed_frame(t, Changed { message, ..changed.clone() });
            return self.way.put(&text).await;
        }
        self.way.put(packet.rendered(t.language(), || changed_frame(t, changed.clone()))).await
    }

    async fn catch_up(&mut self) -> bool {
        let Some((id, from)) = self.group.as_ref().map(|watched| (watched.id, watched.changed)) else {
            return true;
        };
        match self.repair_changes(id, from).await {
            Ok(known) => {
                if let Some(watched) = self.group.as_mut() {
                    watched.changed = known.changed;
                }
                true
            }
            Err(gap) => gap.goes_on(),
        }
    }

    /// Sends the messages that changed after a change number, as they are now.
    pub(super) async fn repair_changes(&mut self, id: GroupId, after: i64) -> Result<Known, Gap> {
        let mut changed = after;
        loop {
            let actions = &self.state.actions;
            let changes = actions.list_changes_after(&self.member.viewer, id, changed, REPAIR).await?;
            let known = Known { changed: changes.last_change, first_seq: changes.first_seq };
            let full = i64::try_from(changes.messages.len()).is_ok_and(|n| n == REPAIR);
            for one in changes.messages {
                changed = one.message.trace.changed;
                let text = changed_frame(self.texts(), one);
                self.put(&text).await?;
            }
            if !full {
                return Ok(Known { changed: known.changed.max(changed), ..known });
            }
        }
    }

    /// For a page that shows everything as it is.
    pub(super) async fn newest_change(&mut self, id: GroupId) -> Result<Known, Gap> {
        let changes = self.state.actions.list_changes_after(&self.member.viewer, id, i64::MAX, 1).await?;
        Ok(Known { changed: changes.last_change, first_seq: changes.first_seq })
    }
}

fn changed_frame(t: Texts, changed: Changed) -> String {
    let Changed { message, line, activity } = changed;
    let (group, seq, change) = (message.group_id, message.seq, message.trace.changed);
    let answered = AnsweredPart { t, group, seq, line: Some(line) }.to_string();
    let html = MessagePart { t, message, follows: false }.to_string();
    let row = activity.map(|activity| GroupRow::active(t, &activity).to_string());
    Told::Changed { group, seq, change, html, answered, row }.text()
}
