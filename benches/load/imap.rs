//! From a mail that the SMTP server took to the draft's link in its sender's mailbox, through a real IMAP server: the
//! one of `tests/run bench`. The bare way: a second IDLE connection (RFC 2177) to the same folder, which fetches the
//! mail and does nothing with it. The difference of the two is what mailmoot itself takes.

use std::time::{Duration, Instant};

use mailmoot::transport::imap::ImapAccount;
use mailmoot::transport::local::LocalMail;
use mailmoot::workers::{Outlet, Source, Workers};
use tokio::sync::mpsc;

use super::draft::{forward, linked};
use super::house::{House, address};
use super::peers::MailPeers;
use super::spread;

const MAILS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn measure() {
    if std::env::var_os("MAILMOOT_TEST_MAIL").is_none() {
        return println!("imap     no mail server here: use tests/run bench");
    }
    let peers = MailPeers::find().expect("the servers of tests/run");
    let gateway = peers.someone_new("bench");
    let house = House::build(MAILS + 10).await;
    let outbox = LocalMail::new(house.folder.path().join("outbox"), house.actions.clock.clone());
    let account = peers.imap(&gateway);
    let (fetched, mut bare) = mpsc::unbounded_channel();
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    tokio::spawn(watch(account.clone(), ready, fetched));
    is_ready.await.unwrap();
    let source = Source::Imap(Box::new(account));
    let workers = Workers::start(&house.actions, vec![source], Outlet::Local(outbox.clone()));
    tokio::time::sleep(Duration::from_secs(1)).await;

    let (mut ours, mut bares, mut beyond) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..MAILS {
        let (from, to) = (address(n), format!("{gateway}@moot.test"));
        peers.deliver(&from, &[&to], forward(n).as_bytes()).await.unwrap();
        let begun = Instant::now();
        linked(&outbox, &from).await;
        ours.push(begun.elapsed());
        let at = tokio::time::timeout(PATIENCE, bare.recv()).await.expect("IDLE tells").unwrap();
        bares.push(at.saturating_duration_since(begun));
        beyond.push(ours[n].saturating_sub(bares[n]));
    }
    workers.stop().await;
    println!("imap     SMTP took the mail -> draft's link in the mailbox: {}", spread(ours));
    println!("imap     bare (IDLE wakes, mail fetched):                   {}", spread(bares));
    println!("imap     beyond the bare way, mail by mail:                 {}", spread(beyond));
}

/// Tells when each mail was fetched.
async fn watch(
    account: ImapAccount,
    ready: tokio::sync::oneshot::Sender<()>,
    fetched: mpsc::UnboundedSender<Instant>,
) {
    let mut session = account.connect().await.unwrap();
    session.select().await.unwrap();
    ready.send(()).unwrap();
    let mut last_uid = 0;
    loop {
        for mail in session.fetch_after(last_uid, 50).await.unwrap() {
            last_uid = mail.uid;
            if fetched.send(Instant::now()).is_err() {
                return;
            }
        }
        session.wait_for_mail(PATIENCE).await.unwrap();
        session.select().await.unwrap();
    }
}
