//! A group of 100,000 messages, each twentieth with a file and each third in answer to another, as mbox and as zip, and
//! the mbox imported into an empty house: messages a second, and how much memory it took besides what the house had.
//! The bare way: the same rows read by their numbers, and nothing else.

use std::fs::File;
use std::io::BufReader;
use std::time::{Duration, Instant};

use mailmoot::actions::Actions;
use mailmoot::actions::group_import::GroupImported;
use mailmoot::actions::messages::NewMessage;
use mailmoot::clock::Clock;
use mailmoot::domain::export::{ExportState, Format};
use mailmoot::domain::ids::{FileId, GroupId, MessageId};
use mailmoot::domain::language::Language;
use mailmoot::domain::mail_notes::MailNotes;
use mailmoot::domain::message::{Answered, Author, Body, Grade, Message, Source, Trace};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::receipt::Receipts;
use mailmoot::mail::sanitize::render_markdown;
use mailmoot::store;
use mailmoot::transport::local::LocalMail;
use mailmoot::workers::{Outlet, Workers};

use super::house::House;

/// A debug build (`cargo test --bench load -- export`) only shows that it runs.
pub const MESSAGES: usize = if cfg!(debug_assertions) { 1_000 } else { 100_000 };
/// How many are stored in one transaction.
const TOGETHER: usize = 1_000;
/// In bytes, of each file.
const FILE: usize = 20_000;

pub async fn measure(messages: usize) {
    let house = House::build(20).await;
    let (owner, _) = house.sign_in(0).await;
    let group = house.group(&owner, 20).await;
    let files = files(&house.actions, &owner, group).await;
    fill(&house.actions, &owner, (group, &files), messages).await;
    let begun = Instant::now();
    read_all(&house.actions, group).await;
    tell("bare (the rows read)", messages, begun.elapsed(), None);
    let outbox = LocalMail::new(house.folder.path().join("outbox"), Clock::system());
    let workers = Workers::start(&house.actions, Vec::new(), Outlet::Local(outbox));
    for format in Format::ALL {
        let before = forget_peak();
        let begun = Instant::now();
        export(&house.actions, &owner, (group, format)).await;
        tell(format.name(), messages, begun.elapsed(), Some(peak().saturating_sub(before)));
    }
    workers.stop().await;
    import(&house, &owner, group, messages).await;
}

/// Waits until the file is there.
async fn export(actions: &Actions, owner: &Viewer, (group, format): (GroupId, Format)) {
    let id = actions.ask_export(owner, group, (format, Language::English)).await.unwrap();
    loop {
        let (_, exports) = actions.list_exports(owner, group).await.unwrap();
        let export = exports.into_iter().find(|export| export.id == id).unwrap();
        match export.state {
            ExportState::Done => break,
            ExportState::Failed => panic!("{export:?}"),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn import(house: &House, owner: &Viewer, group: GroupId, messages: usize) {
    let (_, exports) = house.actions.list_exports(owner, group).await.unwrap();
    let mbox = exports.iter().find(|export| export.format == Format::Mbox).unwrap();
    let path = house.folder.path().join("files/exports").join(mbox.id.to_string());
    let other = House::build(1).await;
    let before = forget_peak();
    let begun = Instant::now();
    let done = other.actions.import_group(move || Ok(BufReader::new(File::open(&path)?))).await.unwrap();
    assert!(matches!(done, GroupImported::Done { .. }), "{done:?}");
    tell("mbox imported", messages, begun.elapsed(), Some(peak().saturating_sub(before)));
}

fn tell(what: &str, messages: usize, took: Duration, memory: Option<u64>) {
    let each = messages as f64 / took.as_secs_f64();
    let memory = memory.map_or(String::new(), |kilobytes| format!(", {} MB of memory", kilobytes / 1_000));
    println!(
        "export   {what:22} {messages} messages in {:.1} s: {each:.0} a second{memory}",
        took.as_secs_f64()
    );
}

/// Forgets how much memory this process had at the most. What it has now, in kilobytes (Linux only; 0 elsewhere).
fn forget_peak() -> u64 {
    drop(std::fs::write("/proc/self/clear_refs", "5"));
    status("VmRSS:")
}

/// How much memory this process had at the most since then, in kilobytes.
fn peak() -> u64 {
    status("VmHWM:")
}

fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

async fn read_all(actions: &Actions, group: GroupId) {
    let mut after = 0;
    loop {
        let mut tx = actions.store.read().await.unwrap();
        let messages = store::messages::list_after(&mut tx, group, after, 200).await.unwrap();
        let Some(last) = messages.last() else { break };
        after = std::hint::black_box(last.seq);
    }
}

/// Different files; each stands in many messages.
async fn files(actions: &Actions, owner: &Viewer, group: GroupId) -> Vec<FileId> {
    let mut ids = Vec::new();
    for n in 0..100_u8 {
        let mut upload = actions.begin_upload(owner, group).await.unwrap();
        let bytes: Vec<u8> = (0..FILE).map(|at| (at as u8).wrapping_mul(31) ^ n).collect();
        upload.write(&bytes).await.unwrap();
        ids.push(actions.finish_upload(owner, group, upload, &format!("sheet-{n}.bin")).await.unwrap().id);
    }
    for part in ids.chunks(20) {
        let new = NewMessage { files: part.to_vec(), ..NewMessage::default() };
        actions.post_message(owner, group, new).await.unwrap();
    }
    ids
}

async fn fill(actions: &Actions, owner: &Viewer, (group, files): (GroupId, &[FileId]), messages: usize) {
    let mut last: Option<(MessageId, i64)> = None;
    let mut left = messages;
    while left > 0 {
        let count = left.min(TOGETHER);
        left -= count;
        let (clock, person, files, begun) = (actions.clock.clone(), owner.person_id, files.to_vec(), last);
        let stored = actions.store.write(async move |tx| {
            let group = store::groups::advance_by(tx, group, count as i64, clock.now()).await?;
            let mut last = begun;
            let mut all = Vec::with_capacity(count);
            for seq in group.last_seq - count as i64 + 1..=group.last_seq {
                let answers = last.filter(|_| seq % 3 == 0).map(|(id, seq)| Answered { id, seq, line: None });
                let message = message(&clock, (group.id, seq), person, answers);
                last = Some((message.id, seq));
                all.push(message);
            }
            store::messages::insert_all(tx, &all).await?;
            for message in all.iter().filter(|message| message.seq % 20 == 0) {
                let file = files[message.seq as usize / 20 % files.len()];
                store::files::attach(tx, message.id, &[file]).await?;
            }
            Ok::<_, store::StoreError>(last)
        });
        last = stored.await.unwrap();
    }
}

fn message(
    clock: &Clock,
    (group_id, seq): (GroupId, i64),
    person: mailmoot::domain::ids::PersonId,
    answers: Option<Answered>,
) -> Message {
    let markdown = format!(
        "Message **{seq}**: the price of line {seq} is settled, see https://corp.example/{seq}\n\n- 采购部已经确认\n- delivery by the end of week {}\n",
        seq % 52
    );
    Message {
        id: clock.new_id(),
        group_id,
        seq,
        author: Author {
            person_id: Some(person),
            name: "Person 0".to_owned(),
            grade: Grade::Confirmed,
            photo: None,
        },
        source: Source::Browser,
        posted_at: clock.now(),
        body: Body { html: render_markdown(&markdown), markdown },
        quotation: String::new(),
        signature: String::new(),
        notes: MailNotes::default(),
        mail_id: None,
        client_id: None,
        files: Vec::new(),
        reactions: Vec::new(),
        share: None,
        marks: Vec::new(),
        answers,
        trace: Trace::default(),
        taken_from: None,
        notice: None,
        receipts: Receipts::default(),
    }
}
