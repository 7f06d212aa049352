//! Mail in and out: texts through the rules of replies, answers from an IMAP folder to messages, and one message to a
//! thousand members by SMTP. The bare way: `smtp-source`, Postfix's
//! own load program, with as many mails of the same size. `tests/run bench` starts the servers.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::digest::Digest;
use mailmoot::domain::group::{Member, Muting, Role};
use mailmoot::domain::ids::{GroupId, PersonId};
use mailmoot::domain::ledger::DeliveryState;
use mailmoot::domain::ledger_query::LedgerQuery;
use mailmoot::domain::person::{Entry, Viewer};
use mailmoot::domain::quoted::Quoted;
use mailmoot::mail::parse::parse;
use mailmoot::mail::reply;
use mailmoot::store;
use mailmoot::transport::local::LocalMail;
use mailmoot::transport::smtp::Submitter;
use mailmoot::workers::{Outlet, Source, Workers};

use super::house::{House, address};
use super::peers::MailPeers;

/// Members whose answers come in, and how many each writes: who answers more within seconds is taken for a program.
const WRITERS: usize = 450;
const EACH: usize = 2;
/// So long nobody waits for mails that do not come.
const PATIENCE: Duration = Duration::from_secs(180);
/// Members who get one message by mail.
const READERS: usize = 1_000;
/// Connections of `smtp-source`.
const SESSIONS: &str = "4";
const LONG: Duration = Duration::from_secs(2);

pub async fn measure() {
    replies();
    if std::env::var_os("MAILMOOT_TEST_MAIL").is_none() {
        return println!("mail     no mail server here: use tests/run bench");
    }
    let peers = MailPeers::find().expect("the servers of tests/run");
    answers_come_in(&peers).await;
    one_message_goes_out(&peers).await;
}

/// How often something can be done in a second; `bytes` is how much one round reads.
fn rate(bytes: usize, count: usize, mut work: impl FnMut()) -> (f64, f64) {
    let begun = Instant::now();
    let mut rounds = 0;
    while begun.elapsed() < LONG {
        work();
        rounds += 1;
    }
    let per_second = f64::from(rounds) / begun.elapsed().as_secs_f64();
    (per_second * count as f64, per_second * bytes as f64 / 1e6)
}

fn replies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mails: Vec<Vec<u8>> =
        ["replies", "mail"].iter().flat_map(|folder| mails_in(&root.join(folder))).collect();
    let texts: Vec<String> = mails
        .iter()
        .filter_map(|raw| parse(raw).ok())
        .map(|mail| format!("{}\n\n{}\n\n{}", mail.text.new_text, mail.text.quotation, mail.text.signature))
        .collect();
    let (split, split_mb) = rate(texts.iter().map(String::len).sum(), texts.len(), || {
        texts.iter().for_each(|text| drop(std::hint::black_box(reply::split(text, ""))));
    });
    let (parsed, parsed_mb) = rate(mails.iter().map(Vec::len).sum(), mails.len(), || {
        mails.iter().for_each(|raw| drop(std::hint::black_box(parse(raw))));
    });
    println!("mail     texts through mail/reply, one thread: {split:.0} a second ({split_mb:.1} MB/s)");
    println!("mail     whole mails read, one thread:         {parsed:.0} a second ({parsed_mb:.1} MB/s)");
}

fn mails_in(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// A folder full of answers becomes messages.
async fn answers_come_in(peers: &MailPeers) {
    let house = House::build(WRITERS + 1).await;
    let (owner, _) = house.sign_in(0).await;
    let outbox = LocalMail::new(house.folder.path().join("outbox"), house.actions.clock.clone());
    let workers = Workers::start(&house.actions, Vec::new(), Outlet::Local(outbox.clone()));
    let group = house.group(&owner, WRITERS + 1).await;
    let gateway = peers.someone_new("bench");
    let mut number = 0;
    for n in 1..=WRITERS {
        let to = reply_address(&outbox, n).await;
        for _ in 0..EACH {
            number += 1;
            let raw = answer(n, &to, number);
            peers.deliver(&address(n), &[&format!("{gateway}@moot.test")], raw.as_bytes()).await.unwrap();
        }
    }
    workers.stop().await;
    let mails = WRITERS * EACH;
    peers.wait_for_mails(&gateway, mails).await;

    let source = Source::Imap(Box::new(peers.imap(&gateway)));
    let begun = Instant::now();
    let workers = Workers::start(&house.actions, vec![source], Outlet::Local(outbox));
    wait_for_messages(&house, (&owner, group), mails).await;
    let ours = mails as f64 / begun.elapsed().as_secs_f64();
    workers.stop().await;
    println!("mail     {mails} answers, IMAP folder -> messages:  {ours:.0} a second");
}

/// Where somebody answers, from the invitation to them.
async fn reply_address(outbox: &LocalMail, n: usize) -> String {
    let of = address(n).parse().unwrap();
    loop {
        if let Some(item) = outbox.list(&of).await.unwrap().into_iter().next() {
            let raw = outbox.read(&of, &item.name).await.unwrap().unwrap();
            return parse(&raw).unwrap().reply_to[0].address.to_string();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn answer(n: usize, to: &str, number: usize) -> String {
    format!(
        "From: Person {n} <{from}>\r\nTo: {to}\r\nCc: {other}\r\nSubject: Re: Load\r\nMessage-ID: <answer-{number}@corp.example>\r\n\
         Date: Thu, 19 Nov 2026 16:12:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Number {number}: the plan needs two more lines, and the roof is not in it.\r\n\r\n\
         On Thu, 19 Nov 2026 at 16:02, Person 0 wrote:\r\n> Which lines do you miss?\r\n> And what do they cost?\r\n",
        from = address(n),
        other = address(n % WRITERS + 1),
    )
}

async fn wait_for_messages(house: &House, (viewer, group): (&Viewer, GroupId), count: usize) {
    let (wanted, begun) = (i64::try_from(count).unwrap(), Instant::now());
    loop {
        let said = house.actions.get_group(viewer, group).await.unwrap().group.said_seq;
        if said >= wanted {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{said} of {wanted} messages are there");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// One message to a thousand members who want each at once; `smtp-sink` takes what Postfix hands on.
async fn one_message_goes_out(peers: &MailPeers) {
    let _sink = Sink::start(peers.port("sink"));
    let house = House::build(2).await;
    let (owner, _) = house.sign_in(0).await;
    let submitter = Submitter::new(peers.mail_exchanger());
    let workers = Workers::start(&house.actions, Vec::new(), Outlet::smtp(submitter));
    let group = house.group(&owner, 2).await;
    // A group has two members at least; this one's domain is none of the rig's.
    let (other, _) = house.sign_in(1).await;
    house.actions.set_cadence(&other, group, Cadence::None).await.unwrap();
    join(&house, group).await;
    let before = peak_memory();
    let begun = Instant::now();
    let new = NewMessage { markdown: words(), ..NewMessage::default() };
    house.actions.post_message(&owner, group, new).await.unwrap();
    let size = sent(&house).await;
    let ours = READERS as f64 / begun.elapsed().as_secs_f64();
    let grown = peak_memory().saturating_sub(before);
    workers.stop().await;
    let bare = READERS as f64 / smtp_source(peers.port("smtp"), size).as_secs_f64();
    println!(
        "mail     one message -> {READERS} members by SMTP:    {ours:.0} mails a second; smtp-source {bare:.0}; ratio {:.2}",
        ours / bare
    );
    println!(
        "mail     memory at its peak, beyond that before:    {} MB (mails of {size} bytes)",
        grown / 1_000
    );
}

fn words() -> String {
    "The plan needs two more lines, and the roof is not in it. ".repeat(10)
}

/// Waits until every mail was handed over. How large one of them was, in bytes.
async fn sent(house: &House) -> usize {
    let mut size = None;
    loop {
        let mut tx = house.actions.store.read().await.unwrap();
        let mails = store::ledger_lists::mails_out(&mut tx, &LedgerQuery::default(), None, READERS as i64)
            .await
            .unwrap();
        drop(tx);
        if let (None, Some(first)) = (size, mails.first()) {
            size = house.actions.mail_to_send(first.id).await.unwrap().map(|mail| mail.raw.len());
        }
        if mails.iter().filter(|one| one.state == DeliveryState::Sent).count() == READERS {
            return size.expect("one was seen while it waited");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Makes a thousand people members at once.
async fn join(house: &House, group: GroupId) {
    let entry = |n: usize| Entry {
        full_name: format!("Reader {n}"),
        addresses: vec![format!("reader{n}@sink.moot.test").parse().unwrap()],
        phones: Vec::new(),
        department: String::new(),
        position: String::new(),
        photo: None,
    };
    house.actions.import_people((0..READERS).map(entry).collect()).await.unwrap();
    let addresses: Vec<_> = (0..READERS).map(|n| entry(n).addresses[0].clone()).collect();
    let found =
        store::persons::find_by_addresses(&mut house.actions.store.read().await.unwrap(), &addresses).await;
    let people: Vec<PersonId> = found.unwrap().into_iter().map(|(_, id)| id).collect();
    let clock = &house.actions.clock;
    let member = |person_id: PersonId| Member {
        id: clock.new_id(),
        group_id: group,
        person_id,
        role: Role::Member,
        first_seq: 1,
        read_seq: 0,
        mailed_seq: 0,
        joined_at: clock.now(),
        muting: Muting::Off,
        cadence: Cadence::AtOnce,
        chats: false,
        quoted: Quoted::NONE,
        told_change: 0,
    };
    let members: Vec<(Member, Digest)> =
        people.iter().map(|id| (member(*id), Digest::of(id.uuid().as_bytes()))).collect();
    let stored = house.actions.store.write(async move |tx| store::groups::insert_members(tx, &members).await);
    stored.await.unwrap();
}

/// Postfix's own receiver that keeps nothing. Stops when it is dropped.
struct Sink(Child);

impl Sink {
    fn start(port: u16) -> Self {
        let sink = Command::new("/usr/sbin/smtp-sink")
            .args(["-c", &format!("127.0.0.1:{port}"), "1000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(sink.expect("smtp-sink of Debian's postfix"))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn smtp_source(port: u16, size: usize) -> Duration {
    let begun = Instant::now();
    let done = Command::new("/usr/sbin/smtp-source")
        .args(["-d", "-s", SESSIONS, "-m", &READERS.to_string(), "-l", &size.to_string()])
        .args(["-f", "bench@moot.test", "-t", "bare@sink.moot.test", &format!("127.0.0.1:{port}")])
        .status()
        .expect("smtp-source of Debian's postfix");
    assert!(done.success());
    begun.elapsed()
}

/// This process's largest size so far, in kB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
