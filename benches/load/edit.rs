//! A change to a draft: until every other open copy of its page shows it. The bare way: the same change written by
//! itself, durably, with nobody looking.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use mailmoot::actions::drafts::Change;
use mailmoot::domain::draft::Editor;
use mailmoot::domain::ids::DraftId;
use mailmoot::domain::secret::Token;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use super::house::{House, address};
use super::live::{open_socket, serve};
use super::spread;

const MEMBERS: usize = 60;
const PAGES: usize = 10;
const CHANGES: usize = 100;

pub async fn measure() {
    let house = House::build(MEMBERS).await;
    let (owner, _) = house.sign_in(0).await;
    let draft = house.actions.start_blank_draft(&owner).await.unwrap();
    let page = house.actions.clock.new_id();
    let editor = Editor { person: owner.person_id, session: owner.session_id, page };
    house.actions.take_lease(editor, draft).await.unwrap();
    for n in 1..MEMBERS {
        let change = Change::AddAddress { address: address(n), name: None };
        house.actions.change_draft(editor, draft, change).await.unwrap();
    }
    let alone = changes(&house, editor, draft, None).await;
    let server = serve(&house).await;
    let (shown, mut arrivals) = mpsc::unbounded_channel();
    for n in 1..=PAGES {
        let (_, cookie) = house.sign_in(n).await;
        look_on(server, &cookie, (&house, draft), shown.clone()).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    while arrivals.try_recv().is_ok() {}
    let shown = changes(&house, editor, draft, Some(&mut arrivals)).await;
    println!("edit     a draft of {MEMBERS} changed -> seen by {PAGES} other open pages: {}", spread(shown));
    println!("edit     bare (written, nobody looking):                          {}", spread(alone));
}

/// The times of some changes of the topic, each until all pages have shown it.
async fn changes(
    house: &House,
    editor: Editor,
    draft: DraftId,
    mut pages: Option<&mut mpsc::UnboundedReceiver<Instant>>,
) -> Vec<Duration> {
    let mut times = Vec::with_capacity(CHANGES);
    for n in 0..CHANGES {
        let begun = Instant::now();
        house.actions.change_draft(editor, draft, Change::Topic(format!("Topic {n}"))).await.unwrap();
        let mut end = Instant::now();
        if let Some(pages) = &mut pages {
            for _ in 0..PAGES {
                let seen = tokio::time::timeout(Duration::from_secs(60), pages.recv()).await;
                end = end.max(seen.expect("every page hears of it").unwrap());
            }
        }
        times.push(end - begun);
    }
    times
}

/// An open copy of the draft's page, which tells when its topic changed.
async fn look_on(
    server: SocketAddr,
    cookie: &Token,
    (house, draft): (&House, DraftId),
    shown: mpsc::UnboundedSender<Instant>,
) {
    let mut socket = open_socket(server, "/live", Some(cookie)).await;
    let page = house.actions.clock.new_id::<House>();
    let watch = format!(r#"{{"type":"watch_draft","draft":"{draft}","page":"{page}"}}"#);
    socket.send(Message::Text(watch.into())).await.unwrap();
    tokio::spawn(async move {
        while let Some(Ok(frame)) = socket.next().await {
            let Message::Text(text) = frame else { continue };
            if text.contains("draft_changed") && shown.send(Instant::now()).is_err() {
                return;
            }
        }
    });
}
