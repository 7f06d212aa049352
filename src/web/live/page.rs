//! One open page and what it looks at.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::changes::Known;
use super::frames::{Asked, GroupState, Told};
use super::pace::Pace;
use super::way::Way;
use crate::actions::ActionError;
use crate::actions::groups::{GroupLine, LIST};
use crate::domain::draft::PageId;
use crate::domain::event::{Audience, Event, GroupActivity, MemberHead, Posted};
use crate::domain::group::Muting;
use crate::domain::ids::{DraftId, GroupId};
use crate::domain::person::Viewer;
use crate::hub::{Heard, OpenPage, Packet, Subscription};
use crate::texts::Texts;
use crate::web::drafts::page::DraftView;
use crate::web::groups::GroupRow;
use crate::web::members::Head;
use crate::web::messages::MessagePart;
use crate::web::panels::exports::ExportLine;
use crate::web::state::WebState;
use crate::web::view::DraftRow;
use crate::web::visit::Member;

/// How many messages are read at once to fill a gap.
pub(super) const REPAIR: i64 = 100;
/// After so many of them a page that was away for long is only told how far it is behind.
const ROUNDS: usize = 3;

/// Dropping it ends all listening.
pub struct Page {
    pub(super) state: WebState,
    pub(super) member: Reader,
    pub(super) way: Way,
    pub(super) open: OpenPage,
    pub(super) pace: Pace,
    /// The page knows how the others see its person.
    pub(super) has_own: bool,
    own: Subscription,
    pub(super) group: Option<Watched>,
    /// Held while the group is in sight: whoever has it needs no notice.
    sight: Option<Subscription>,
    marks: Option<Subscription>,
    draft: Option<WatchedDraft>,
}

/// Who looks at it. The rest of their request is not kept as long as their page is open.
pub(super) struct Reader {
    pub viewer: Viewer,
    t: Texts,
}

/// What was heard, and from which listening.
pub enum Source {
    Own(Heard),
    Group(Heard),
    Marks(Heard),
    Draft(Heard),
}

pub(super) struct Watched {
    pub id: GroupId,
    events: Subscription,
    /// The page has every message up to here.
    sent: i64,
    /// And every change of a message up to this one.
    pub changed: i64,
    /// The first message this member may see.
    pub first_seq: i64,
}

struct WatchedDraft {
    id: DraftId,
    page: PageId,
    events: Subscription,
    /// What the page shows, so that only what changed is sent.
    shown: BTreeMap<&'static str, String>,
}

impl Page {
    pub async fn open(state: WebState, member: Member, way: Way) -> Self {
        let person = member.viewer.person_id;
        let open = state.actions.hub.open(person);
        let own = open.subscribe(Audience::Person(person));
        let member = Reader { t: member.visit.texts(), viewer: member.viewer };
        let (pace, group, sight, marks, draft) = (Pace::new(), None, None, None, None);
        let mut page =
            Self { state, member, way, open, pace, has_own: false, own, group, sight, marks, draft };
        page.send(&Told::Hello { me: person }).await;
        page
    }

    /// Waits for the next event of whatever the page looks at.
    pub async fn next(&mut self) -> Source {
        let (group, marks, draft) = (self.group.as_mut(), self.marks.as_mut(), self.draft.as_mut());
        tokio::select! {
            heard = self.own.next() => Source::Own(heard),
            heard = async { match group { Some(watched) => watched.events.next().await, None => std::future::pending().await } } => Source::Group(heard),
            heard = async { match marks { Some(watched) => watched.next().await, None => std::future::pending().await } } => Source::Marks(heard),
            heard = async { match draft { Some(watched) => watched.events.next().await, None => std::future::pending().await } } => Source::Draft(heard),
        }
    }

    /// Does what the page asked for. `false` ends the connection.
    pub async fn answer(&mut self, asked: Asked) -> bool {
        match asked {
            Asked::Ping => self.send(&Told::Pong).await,
            Asked::Watch { group, after, changed } => {
                self.watch(group, after, changed).await && self.show_presences(group).await
            }
            Asked::Here { looks } => self.here(looks).await,
            Asked::Writing { group, writes } => {
                self.writing(group, writes);
                true
            }
            Asked::List { at } => self.list(at).await,
            Asked::Sight { group, seen } => {
                self.sight = seen.then(|| self.open.subscribe(Audience::Sight(group)));
                true
            }
            Asked::WatchMarks => {
                self.marks = Some(self.open.subscribe(Audience::Marks(self.member.viewer.person_id)));
                true
            }
            Asked::WatchDraft { draft, page } => self.watch_draft(draft, page).await,
            // Nothing is changed now; the page says it again afterwards.
            Asked::Read { .. } if self.state.actions.maintenance().is_some() => true,
            Asked::Read { group, seq } => {
                // Lost or not: the page says it again with the next message, and when it comes back.
                drop(self.state.actions.mark_read(&self.member.viewer, group, seq).await);
                true
            }
            Asked::Got { group, seqs } => self.note_got(group, &seqs),
            Asked::Seen { group, seqs } => self.note_seen(group, &seqs),
            Asked::ShowReceipts { group, seqs } => self.show_receipts(group, &seqs).await,
        }
    }

    /// What was told leaves now. `false` when the browser takes nothing.
    pub async fn flush(&mut self) -> bool {
        self.way.flush().await
    }

    pub async fn close(self) {
        self.way.close().await;
    }

    /// Tells the page what it needs to know of an event.
    pub async fn tell(&mut self, heard: Source) -> bool {
        match heard {
            Source::Own(Heard::Packet(packet)) => self.tell_own(&packet).await,
            Source::Marks(Heard::Packet(packet)) => self.tell_marks(packet.event()).await,
            Source::Group(Heard::Packet(packet)) => self.tell_group(&packet).await,
            Source::Draft(Heard::Packet(packet)) => self.tell_draft(packet.event()).await,
            Source::Own(Heard::Missed)
            | Source::Group(Heard::Missed)
            | Source::Marks(Heard::Missed)
            | Source::Draft(Heard::Missed) => self.send(&Told::Resync).await,
        }
    }

    async fn tell_marks(&mut self, event: &Event) -> bool {
        match event {
            Event::MarksChanged { group } => self.send(&Told::Marks { group: *group }).await,
            _ => true,
        }
    }

    async fn tell_own(&mut self, packet: &Packet) -> bool {
        let t = self.texts();
        match packet.event() {
            // The line is rendered once for all pages of one language, and so is a message.
            Event::GroupActive(activity) => {
                self.way.put(packet.rendered(t.language(), || row_frame(t, activity))).await
            }
            Event::GroupAdded { group, topic, members, said, at } => {
                let html = GroupRow::new(t, (*group, topic), *said, *at).to_string();
                self.send(&Told::GroupAdded { group: *group, topic, members, html }).await
            }
            Event::GroupRenamed { group, topic } => {
                let state = GroupState { topic: Some(topic.clone()), muted: None };
                self.send(&Told::Groups { groups: BTreeMap::from([(*group, state)]), whole: false }).await
            }
            Event::MutingChanged { group, muting } => {
                let state = GroupState { topic: None, muted: Some(*muting != Muting::Off) };
                self.send(&Told::Groups { groups: BTreeMap::from([(*group, state)]), whole: false }).await
            }
            Event::MemberGone { group, .. } => {
                self.forget(*group);
                self.send(&Told::GroupGone { group: *group }).await
            }
            Event::ReadMoved { group, read, .. } => {
                self.send(&Told::Read { read: BTreeMap::from([(*group, *read)]) }).await
            }
            Event::ReadingConfirmed { place } => {
                self.send(&Told::Confirmed { group: place.group, seq: place.seq }).await
            }
            Event::ReceiptPolicyChanged => self.tell_to_confirm().await,
            Event::DraftListed { draft, topic, at } => {
                let row = DraftRow { t, id: *draft, topic: topic.clone(), at: *at, current: false };
                self.send(&Told::DraftRow { draft: *draft, html: row.to_string() }).await
            }
            Event::DraftUnlisted { draft } => self.send(&Told::DraftGone { draft: *draft }).await,
            Event::OwnPresence { attention, status } => self.tell_own_presence(*attention, status).await,
            Event::ExportChanged(export) => {
                let html = ExportLine { t, export: (**export).clone() }.to_string();
                self.send(&Told::Export { group: export.group_id, export: export.id, html }).await
            }
            // Signed out elsewhere: this page hears nothing more.
            Event::SessionEnded { session } if *session == self.member.viewer.session_id => {
                self.send(&Told::SignedOut).await;
                false
            }
            _ => true,
        }
    }

    async fn tell_group(&mut self, packet: &Arc<Packet>) -> bool {
        let t = self.texts();
        match packet.event() {
            Event::MessagePosted(posted) => self.tell_message(packet, posted).await,
            Event::MessageChanged(changed) => self.tell_change(packet, changed).await,
            Event::HeadChanged { group, topic, members } => {
                let text = || head_frame(t, (*group, topic), members.clone());
                self.way.put(packet.rendered(t.language(), text)).await
            }
            // In the order of the group's own events: whoever is gone hears nothing that came later. Their page is
            // told as all of theirs are.
            Event::MemberGone { group, person } if *person == self.member.viewer.person_id => {
                self.forget(*group);
                true
            }
            Event::ReceiptRequestChanged { group, request } => {
                self.send(&Told::ReceiptDefault { group: *group, request: *request }).await
            }
            Event::AddressChanged { group } => self.send(&Told::People { group: *group }).await,
            Event::ReceiptsChanged { place, receipts } => self.tell_receipts(packet, *place, *receipts).await,
            around => self.tell_around(around).await,
        }
    }

    /// Ends the listening to a group.
    fn forget(&mut self, group: GroupId) {
        if self.group.as_ref().is_some_and(|watched| watched.id == group) {
            self.group = None;
        }
    }

    async fn tell_message(&mut self, packet: &Packet, posted: &Posted) -> bool {
        let t = self.texts();
        let Some(watched) = self.group.as_mut().filter(|watched| watched.id == posted.message.group_id)
        else {
            return true;
        };
        if posted.message.seq <= watched.sent {
            return true;
        }
        watched.sent = posted.message.seq;
        if posted.message.quotes_before(watched.first_seq) {
            let message = posted.message.clone().seen_from(watched.first_seq);
            let text = message_frame(t, Posted { message, ..posted.clone() });
            return self.way.put(&text).await;
        }
        self.way.put(packet.rendered(t.language(), || message_frame(t, posted.clone()))).await
    }

    async fn tell_draft(&mut self, event: &Event) -> bool {
        match event {
            Event::DraftChanged { .. } => self.show_draft().await,
            _ => true,
        }
    }

    /// Sends what the page lacks, and from then on everything new.
    async fn watch(&mut self, id: GroupId, after: Option<i64>, changed: Option<i64>) -> bool {
        match self.catch_up_with(id, after, changed).await {
            Ok(()) => true,
            // No member, any more or ever: it sounds the same.
            Err(Gap::NotFound) => self.send(&Told::GroupGone { group: id }).await,
            Err(Gap::Broken) => false,
        }
    }

    async fn catch_up_with(
        &mut self,
        id: GroupId,
        after: Option<i64>,
        changed: Option<i64>,
    ) -> Result<(), Gap> {
        // First, so that this page never counts as two.
        self.group = None;
        // Listening begins before reading, so nothing falls between.
        let events = self.open.subscribe(Audience::Group(id));
        let sent = match after {
            Some(after) => self.repair_messages(id, after).await?,
            None => i64::MAX,
        };
        let Known { changed, first_seq } = match changed {
            Some(changed) => self.repair_changes(id, changed).await?,
            None => self.newest_change(id).await?,
        };
        self.group = Some(Watched { id, events, sent, changed, first_seq });
        Ok(())
    }

    /// Sends the messages after a sequence number. The number up to which the page has them all then.
    async fn repair_messages(&mut self, id: GroupId, after: i64) -> Result<i64, Gap> {
        let (mut sent, mut is_noted, mut is_behind) = (after, false, true);
        for _ in 0..ROUNDS {
            let actions = &self.state.actions;
            let posted = actions.list_messages_after(&self.member.viewer, id, sent, REPAIR).await?;
            let full = i64::try_from(posted.len()).is_ok_and(|n| n == REPAIR);
            for one in posted {
                sent = one.message.seq;
                is_noted |= one.message.notice.is_some();
                let text = message_frame(self.texts(), one);
                self.put(&text).await?;
            }
            if !full {
                is_behind = false;
                break;
            }
        }
        // Topic and members change together with a line in the log.
        if is_noted {
            let found = self.state.actions.get_group(&self.member.viewer, id).await?;
            let text = head_frame(self.texts(), (id, &found.group.topic), found.heads());
            self.put(&text).await?;
        }
        if !is_behind {
            return Ok(sent);
        }
        let newest = self.state.actions.get_group(&self.member.viewer, id).await?.group.last_seq;
        if newest > sent {
            self.put(&Told::Behind { group: id, newest }.text()).await?;
        }
        Ok(newest)
    }

    /// The lines of the list of groups that are newer than what the page shows, how far all was read, and all drafts.
    async fn list(&mut self, at: i64) -> bool {
        let t = self.texts();
        let Ok(lines) = self.state.actions.list_groups(&self.member.viewer).await else { return false };
        let read = lines.iter().map(|line| (line.id, line.read)).collect();
        let groups = lines.iter().map(|line| (line.id, state_of(line))).collect();
        // Of very many the list shows the newest only: who is not among them may be one's own all the same.
        let whole = i64::try_from(lines.len()).is_ok_and(|n| n < LIST);
        // Oldest first, as if each had come when it was written.
        for line in lines.into_iter().rev().filter(|line| line.last_at.max(line.changed_at).millis() >= at) {
            let (group, html) = (line.id, GroupRow::of(t, line, "").to_string());
            if !self.send(&Told::Row { group, html }).await {
                return false;
            }
        }
        let Ok(drafts) = self.state.actions.list_drafts(&self.member.viewer).await else { return false };
        let html = drafts.into_iter().map(|draft| DraftRow::of(t, draft, "").to_string()).collect();
        self.send(&Told::Groups { groups, whole }).await
            && self.send(&Told::Read { read }).await
            && self.send(&Told::DraftList { html }).await
    }

    async fn watch_draft(&mut self, id: DraftId, page: PageId) -> bool {
        let events = self.open.subscribe(Audience::Draft(id));
        // Everything is sent at first: what the page shows may be older, and who is here is known only now.
        self.draft = Some(WatchedDraft { id, page, events, shown: BTreeMap::new() });
        self.show_draft().await
    }

    /// Sends the parts that look different now.
    async fn show_draft(&mut self) -> bool {
        let (t, you) = (self.texts(), self.member.viewer.person_id);
        let Some(watched) = self.draft.as_mut() else { return true };
        let Ok(found) = self.state.actions.get_draft(&self.member.viewer, watched.id).await else {
            return true;
        };
        let d = DraftView::of(t, found, you, watched.page);
        let Ok(now) = d.parts() else { return true };
        let changed: BTreeMap<&str, String> = now
            .iter()
            .filter(|(name, html)| watched.shown.get(*name) != Some(html))
            .map(|(n, h)| (*n, h.clone()))
            .collect();
        watched.shown = now;
        let (draft, version) = (watched.id, d.draft.version);
        changed.is_empty() || self.send(&Told::DraftChanged { draft, version, parts: changed }).await
    }

    pub(super) fn texts(&self) -> Texts {
        self.member.t
    }

    /// Whether this page shows a group, of which its person is a member.
    pub(super) fn shows(&self, group: GroupId) -> bool {
        self.group.as_ref().is_some_and(|watched| watched.id == group)
    }

    pub(super) async fn send(&mut self, told: &Told<'_>) -> bool {
        self.way.put(&told.text()).await
    }

    pub(super) async fn put(&mut self, text: &str) -> Result<(), Gap> {
        if self.way.put(text).await { Ok(()) } else { Err(Gap::Broken) }
    }
}

/// Why a page did not get what it lacks.
pub(super) enum Gap {
    /// It is no page of a member: nothing is said, and the listening ends.
    NotFound,
    /// The browser has gone, or the database does not answer: the page comes again.
    Broken,
}

impl Gap {
    /// Whether the connection goes on.
    pub(super) fn goes_on(&self) -> bool {
        matches!(self, Self::NotFound)
    }
}

impl From<ActionError> for Gap {
    fn from(error: ActionError) -> Self {
        if matches!(error, ActionError::NotFound) { Self::NotFound } else { Self::Broken }
    }
}

fn message_frame(t: Texts, posted: Posted) -> String {
    let Posted { message, activity } = posted;
    let (group, seq, client_id) = (message.group_id, message.seq, message.client_id);
    let html = MessagePart { t, message, follows: false }.to_string();
    let row = activity.map(|activity| GroupRow::active(t, &activity).to_string());
    Told::Message { group, seq, client_id, html, row }.text()
}

fn head_frame(t: Texts, (group, topic): (GroupId, &str), members: Vec<MemberHead>) -> String {
    let head = Head::of(t, (group, members));
    let (names, faces) = (head.names().to_string(), head.faces().to_string());
    Told::Head { group, topic, names, faces, guests: head.guests() }.text()
}

fn state_of(line: &GroupLine) -> GroupState {
    GroupState { topic: Some(line.topic.clone()), muted: Some(line.muting != Muting::Off) }
}

fn row_frame(t: Texts, activity: &GroupActivity) -> String {
    Told::Row { group: activity.group, html: GroupRow::active(t, activity).to_string() }.text()
}
