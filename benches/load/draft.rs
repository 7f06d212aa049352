//! From a mail in the folder to the draft's link in its sender's mailbox. The bare way: parse the same mail and write
//! its bytes durably to disk.

use std::time::{Duration, Instant};

use mailmoot::domain::address::EmailAddress;
use mailmoot::transport::local::LocalMail;
use mailmoot::transport::maildir::Maildir;
use mailmoot::workers::{Outlet, Source, Workers};

use super::house::{House, address};
use super::spread;

const MAILS: usize = 200;

pub async fn measure() {
    let house = House::build(MAILS + 10).await;
    let clock = house.actions.clock.clone();
    let inbox = Maildir::open(house.folder.path().join("inbox"), clock.clone()).await.unwrap();
    let outbox = LocalMail::new(house.folder.path().join("outbox"), clock);
    let workers =
        Workers::start(&house.actions, vec![Source::Maildir(inbox.clone())], Outlet::Local(outbox.clone()));
    let mut times = Vec::new();
    for n in 0..MAILS {
        let begun = Instant::now();
        inbox.deliver(forward(n).as_bytes()).await.unwrap();
        linked(&outbox, &address(n)).await;
        times.push(begun.elapsed());
    }
    workers.stop().await;
    println!("draft    mail in the folder -> draft's link in the mailbox: {}", spread(times));
    println!("draft    bare (parse, write, sync):                         {}", spread(bare(&house)));
}

/// Waits until somebody's first mail is there.
pub async fn linked(outbox: &LocalMail, sender: &str) {
    let sender: EmailAddress = sender.parse().unwrap();
    while outbox.count(&sender).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
}

fn bare(house: &House) -> Vec<Duration> {
    use std::io::Write;
    (0..MAILS)
        .map(|n| {
            let begun = Instant::now();
            let raw = forward(n);
            std::hint::black_box(mailmoot::mail::parse::parse(raw.as_bytes()).unwrap());
            let mut file = std::fs::File::create(house.folder.path().join(format!("bare{n}"))).unwrap();
            file.write_all(raw.as_bytes()).unwrap();
            file.sync_all().unwrap();
            begun.elapsed()
        })
        .collect()
}

/// Somebody forwards a thread of seven.
pub fn forward(n: usize) -> String {
    let people: Vec<String> = (1..7).map(|k| format!("Person {} <{}>", n + k, address(n + k))).collect();
    format!(
        "From: Person {n} <{}>\r\nTo: moot@corp.example\r\nSubject: Fwd: Budget {n}\r\n\
         Message-ID: <bench-{n}@corp.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Let us settle this live.\r\n\r\n---------- Forwarded message ---------\r\nFrom: {}\r\n\
         Date: Thu, 19 Nov 2026 at 16:12\r\nSubject: Re: Budget {n}\r\nTo: {}\r\n\r\nThe plan needs two more lines.\r\n",
        address(n),
        people[0],
        people[1..].join(", "),
    )
}
