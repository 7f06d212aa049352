//! Receipts on an open page: what it has and what was in sight goes up, how they stand comes down. A page that comes back
//! says which of its messages ask for receipts, and is told how all of them stand.

use super::frames::Told;
use super::page::Page;
use crate::domain::ids::GroupId;
use crate::domain::message::MessagePlace;
use crate::domain::receipt::Receipts;
use crate::hub::Packet;
use crate::texts::Texts;
use crate::web::receipts::line::ReceiptLine;

impl Page {
    /// Only of the group that it looks at.
    pub(super) fn note_got(&self, group: GroupId, seqs: &[i64]) -> bool {
        if self.shows(group) {
            self.state.actions.note_delivered(&self.member.viewer, group, seqs);
        }
        true
    }

    pub(super) fn note_seen(&self, group: GroupId, seqs: &[i64]) -> bool {
        if self.shows(group) {
            self.state.actions.note_seen(&self.member.viewer, group, seqs);
        }
        true
    }

    /// What shows a message has it.
    pub(super) async fn show_receipts(&mut self, group: GroupId, seqs: &[i64]) -> bool {
        if !self.shows(group) {
            return true;
        }
        let (t, viewer) = (self.texts(), &self.member.viewer);
        self.state.actions.note_delivered(viewer, group, seqs);
        let Ok(counted) = self.state.actions.count_receipts(viewer, group, seqs).await else { return false };
        for (seq, receipts) in counted {
            let place = MessagePlace { group, seq };
            if !self.way.put(&receipts_frame(t, place, receipts)).await {
                return false;
            }
        }
        self.tell_to_confirm().await
    }

    /// Sent whole: whoever chose another way of answering has other messages waiting.
    pub(super) async fn tell_to_confirm(&mut self) -> bool {
        let Some(group) = self.group.as_ref().map(|watched| watched.id) else { return true };
        let waiting = self.state.actions.list_to_confirm(&self.member.viewer, group).await;
        let Ok((policy, request, seqs)) = waiting else { return false };
        self.send(&Told::ToConfirm { group, policy, request, seqs }).await
    }

    /// Rendered once for all pages of one language.
    pub(super) async fn tell_receipts(
        &mut self,
        packet: &Packet,
        place: MessagePlace,
        receipts: Receipts,
    ) -> bool {
        let Some(watched) = &self.group else { return true };
        if watched.id != place.group || place.seq < watched.first_seq {
            return true;
        }
        let t = self.texts();
        self.way.put(packet.rendered(t.language(), || receipts_frame(t, place, receipts))).await
    }
}

fn receipts_frame(t: Texts, place: MessagePlace, receipts: Receipts) -> String {
    let html = ReceiptLine { t, place, receipts }.to_string();
    Told::Receipts { group: place.group, seq: place.seq, html }.text()
}
