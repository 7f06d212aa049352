//! One open page and what it looks at.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::frames::{Asked, Told};
use crate::domain::draft::PageId;
use crate::domain::event::{Audience, Event, GroupActivity};
use crate::domain::ids::{DraftId, GroupId};
use crate::domain::message::Message;
use crate::hub::{Heard, Packet, Subscription};
use crate::texts::Texts;
use crate::web::drafts::page::DraftView;
use crate::web::groups::GroupRow;
use crate::web::messages::MessagePart;
use crate::web::state::WebState;
use crate::web::view::DraftRow;
use crate::web::visit::Member;

/// How many messages are read at once to fill a gap.
const REPAIR: i64 = 100;

/// Dropping it ends all listening.
pub struct Page {
    state: WebState,
    member: Member,
    out: mpsc::Sender<String>,
    own: Subscription,
    group: Option<Watched>,
    draft: Option<WatchedDraft>,
    /// How far this person has read, by group.
    read: HashMap<GroupId, i64>,
}

/// What was heard, and from which listening.
pub enum Source {
    Own(Heard),
    Group(Heard),
    Draft(Heard),
}

struct Watched {
    id: GroupId,
    events: Subscription,
    /// The page has everything up to here.
    sent: i64,
}

struct WatchedDraft {
    id: DraftId,
    page: PageId,
    events: Subscription,
    /// What the page shows, so that only what changed is sent.
    shown: BTreeMap<&'static str, String>,
}

impl Page {
    pub async fn open(state: WebState, member: Member, out: mpsc::Sender<String>) -> Self {
        let person = member.viewer.person_id;
        // Listening begins before reading, so nothing falls between.
        let own = state.actions.hub.subscribe(Audience::Person(person), person);
        let lines = state.actions.list_groups(&member.viewer).await.unwrap_or_default();
        let read = lines.into_iter().map(|line| (line.id, line.read_seq)).collect();
        let page = Self { state, member, out, own, group: None, draft: None, read };
        page.send(&Told::Hello { me: person });
        page
    }

    /// Waits for the next event of whatever the page looks at.
    pub async fn next(&mut self) -> Source {
        let (group, draft) = (self.group.as_mut(), self.draft.as_mut());
        tokio::select! {
            heard = self.own.next() => Source::Own(heard),
            heard = async { match group { Some(watched) => watched.events.next().await, None => std::future::pending().await } } => Source::Group(heard),
            heard = async { match draft { Some(watched) => watched.events.next().await, None => std::future::pending().await } } => Source::Draft(heard),
        }
    }

    /// Does what the page asked for. `false` ends the connection.
    pub async fn answer(&mut self, asked: Asked) -> bool {
        match asked {
            Asked::Ping => self.send(&Told::Pong),
            Asked::Watch { group, after } => self.watch(group, after).await,
            Asked::WatchDraft { draft, page } => self.watch_draft(draft, page).await,
            Asked::Read { group, seq } => {
                // Lost or not: the page says it again with the next message, and when it comes back.
                if self.state.actions.mark_read(&self.member.viewer, group, seq).await.is_ok() {
                    self.note_read(group, seq);
                }
                true
            }
        }
    }

    /// Tells the page what it needs to know of an event.
    pub async fn tell(&mut self, heard: Source) -> bool {
        match heard {
            Source::Own(Heard::Packet(packet)) => self.tell_own(packet.event()),
            Source::Group(Heard::Packet(packet)) => self.tell_message(&packet),
            Source::Draft(Heard::Packet(packet)) => self.tell_draft(packet.event()).await,
            Source::Own(Heard::Missed) | Source::Group(Heard::Missed) | Source::Draft(Heard::Missed) => {
                self.send(&Told::Resync)
            }
        }
    }

    fn tell_own(&mut self, event: &Event) -> bool {
        match event {
            Event::GroupActive(activity) => self.tell_activity(activity),
            Event::GroupAdded { group, topic, members, at } => {
                let row = GroupRow {
                    t: self.texts(),
                    group: *group,
                    topic: topic.clone(),
                    unread: 0,
                    last: None,
                    at: *at,
                    current: false,
                };
                self.send(&Told::GroupAdded { group: *group, topic, members, html: row.to_string() })
            }
            Event::ReadMoved { group, read_seq, unread } => {
                self.note_read(*group, *read_seq);
                self.send(&Told::Unread { group: *group, unread: *unread })
            }
            Event::DraftListed { draft, topic, at } => {
                let (id, topic) = (*draft, topic.clone());
                let row = DraftRow { t: self.texts(), id, topic, at: *at, current: false };
                self.send(&Told::DraftRow { draft: id, html: row.to_string() })
            }
            Event::DraftUnlisted { draft } => self.send(&Told::DraftGone { draft: *draft }),
            // Signed out elsewhere: this page hears nothing more.
            Event::SessionEnded { session } if *session == self.member.viewer.session_id => {
                self.send(&Told::SignedOut);
                false
            }
            _ => true,
        }
    }

    fn tell_activity(&mut self, activity: &GroupActivity) -> bool {
        if activity.author == Some(self.member.viewer.person_id) {
            self.note_read(activity.group, activity.seq);
        }
        let read = self.read.get(&activity.group).copied().unwrap_or(0);
        let row = GroupRow::active(self.texts(), activity, (activity.seq - read).max(0));
        self.send(&Told::Row { group: activity.group, html: row.to_string() })
    }

    /// A message is rendered once for all pages of one language.
    fn tell_message(&mut self, packet: &Arc<Packet>) -> bool {
        let Event::MessagePosted(message) = packet.event() else { return true };
        let Some(watched) = self.group.as_mut().filter(|watched| watched.id == message.group_id) else {
            return true;
        };
        if message.seq <= watched.sent {
            return true;
        }
        watched.sent = message.seq;
        let t = self.member.visit.texts();
        let text = packet.rendered(t.language(), || message_frame(t, message.as_ref().clone()));
        self.out.try_send(text.to_owned()).is_ok()
    }

    async fn tell_draft(&mut self, event: &Event) -> bool {
        match event {
            Event::DraftChanged { .. } => self.show_draft().await,
            _ => true,
        }
    }

    async fn watch(&mut self, id: GroupId, after: i64) -> bool {
        let person = self.member.viewer.person_id;
        let events = self.state.actions.hub.subscribe(Audience::Group(id), person);
        let mut sent = after;
        loop {
            let lacking = self.state.actions.list_messages_after(&self.member.viewer, id, sent, REPAIR).await;
            // No member: nothing is said, and the listening ends here.
            let Ok(messages) = lacking else { return true };
            let full = i64::try_from(messages.len()).is_ok_and(|n| n == REPAIR);
            for message in messages {
                sent = message.seq;
                let text = message_frame(self.texts(), message);
                if self.out.send(text).await.is_err() {
                    return false;
                }
            }
            if !full {
                break;
            }
        }
        self.group = Some(Watched { id, events, sent });
        true
    }

    async fn watch_draft(&mut self, id: DraftId, page: PageId) -> bool {
        let person = self.member.viewer.person_id;
        let events = self.state.actions.hub.subscribe(Audience::Draft(id), person);
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
        changed.is_empty() || self.send(&Told::DraftChanged { draft, version, parts: changed })
    }

    fn note_read(&mut self, group: GroupId, seq: i64) {
        let read = self.read.entry(group).or_default();
        *read = (*read).max(seq);
    }

    fn texts(&self) -> Texts {
        self.member.visit.texts()
    }

    /// `false` when the page does not keep up: it will come again and ask for what it lacks.
    fn send(&self, told: &Told<'_>) -> bool {
        self.out.try_send(told.text()).is_ok()
    }
}

fn message_frame(t: Texts, message: Message) -> String {
    let (group, seq, client_id) = (message.group_id, message.seq, message.client_id);
    let html = MessagePart { t, message, follows: false }.to_string();
    Told::Message { group, seq, client_id, html }.text()
}
