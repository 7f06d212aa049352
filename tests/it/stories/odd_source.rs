//! A mail that its source does not hand over has a line in the ledger and stops no other.

use std::path::Path;
use std::time::Duration;

use mailmoot::clock::Clock;
use mailmoot::domain::ledger::{MailEntry, Outcome, SourcePlace};
use mailmoot::transport::maildir::Maildir;
use mailmoot::workers::Source;

use crate::support::house::{ANNA, DAVID, GATEWAY, House, Wanted, eventually, mail};
use crate::support::odd_imap::{Odd, OddImap};

fn good(number: u32) -> Odd {
    let (subject, id) = (format!("Good {number}"), format!("<good-{number}@corp.example>"));
    let headers =
        [("From", ANNA), ("To", GATEWAY), ("Cc", DAVID), ("Subject", &*subject), ("Message-ID", &*id)];
    Odd::Well(mail(&headers, "All is well."))
}

async fn house_on(server: &OddImap) -> House {
    let source = Some(Source::Imap(Box::new(server.start().await)));
    House::with(Wanted { source, ..Wanted::default() }).await
}

fn drafts(lines: &[MailEntry]) -> Vec<&str> {
    lines.iter().filter(|l| l.outcome.name() == "draft").map(|l| l.subject.as_str()).collect()
}

#[tokio::test]
async fn a_mail_that_the_server_never_hands_over_is_set_aside_and_the_next_ones_come() {
    for (odd, words) in [
        (Odd::Refuses("[SERVERBUG] disk on fire"), "disk on fire"),
        (Odd::Rejects("Error in IMAP command"), "Error in IMAP command"),
        (Odd::Closes, "lost"),
        (Odd::BreaksOff, "lost"),
        (Odd::KeepsIt, "does not hand over"),
    ] {
        let server = OddImap::default();
        for uid in [1, 2, 4, 5] {
            server.put(uid, good(uid));
        }
        server.put(3, odd.clone());
        let house = house_on(&server).await;
        let lines = house.ledger(5).await;
        assert_eq!(lines.len(), 5, "{odd:?}");
        assert_eq!(drafts(&lines), ["Good 1", "Good 2", "Good 4", "Good 5"], "{odd:?}");
        let Outcome::Unfetched { place, why, again } = &lines[2].outcome else {
            panic!("{odd:?}: {:?}", lines[2].outcome)
        };
        assert_eq!(*place, SourcePlace::Uid { uid_validity: 7, uid: 3 });
        assert!(why.contains(words) && !again, "{odd:?}: {why}");
    }
}

#[tokio::test]
async fn what_was_set_aside_is_fetched_once_more_when_the_admin_wants_it() {
    let server = OddImap::default();
    server.put(1, Odd::Refuses("not now"));
    server.put(2, good(2));
    let house = house_on(&server).await;
    let line = house.ledger(2).await.remove(0);
    let admin = house.admin().await;
    let set_aside = async || {
        let line = house.ledger(2).await.remove(0);
        match line.outcome {
            Outcome::Unfetched { why, again: false, .. } => Some(why),
            _ => None,
        }
    };
    assert!(set_aside().await.unwrap().contains("not now"));

    server.put(1, Odd::Refuses("still not"));
    house.actions.run_again(&admin, line.id).await.unwrap();
    let words = eventually(async || set_aside().await.filter(|why| !why.contains("not now"))).await;
    assert!(words.contains("still not"), "{words}");

    server.put(1, good(1));
    house.actions.run_again(&admin, line.id).await.unwrap();
    let lines = eventually(async || {
        let lines = house.ledger(2).await;
        (drafts(&lines).len() == 2).then_some(lines)
    })
    .await;
    assert_eq!(drafts(&lines), ["Good 1", "Good 2"]);
    assert!(lines[0].size > 0);
}

#[tokio::test]
async fn a_server_that_hands_over_nothing_makes_no_mail_odd() {
    let server = OddImap::default();
    for uid in 1..=3 {
        server.put(uid, Odd::Refuses("[UNAVAILABLE] storage is away"));
    }
    let house = house_on(&server).await;
    eventually(async || (server.connections() > 10).then_some(())).await;
    assert!(house.ledger(0).await.is_empty());
    let state = house.actions.mail_state(&house.admin().await).await.unwrap();
    assert!(state.sources[0].last_error.contains("storage is away"));

    for uid in 1..=3 {
        server.put(uid, good(uid));
    }
    assert_eq!(drafts(&house.ledger(3).await), ["Good 1", "Good 2", "Good 3"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_of_a_maildir_that_can_not_be_read_is_set_aside_and_read_when_the_admin_wants_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let inbox = Maildir::open(folder.path(), Clock::system()).await.unwrap();
    let Odd::Well(raw) = good(1) else { unreachable!() };
    let name = inbox.deliver(raw.as_bytes()).await.unwrap();
    let allow = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let new = folder.path().join("new").join(&name);
    allow(&new, 0);
    if std::fs::read(&new).is_ok() {
        eprintln!("skipped: root may read every file");
        return;
    }
    let Odd::Well(raw) = good(2) else { unreachable!() };
    inbox.deliver(raw.as_bytes()).await.unwrap();
    let house = House::with(Wanted { source: Some(Source::Maildir(inbox)), ..Wanted::default() }).await;
    let lines = house.ledger(2).await;
    let odd = lines.iter().find(|line| matches!(line.outcome, Outcome::Unfetched { .. })).unwrap();
    assert_eq!(drafts(&lines), ["Good 2"]);

    allow(&folder.path().join("cur").join(format!("{name}:2,S")), 0o600);
    house.actions.run_again(&house.admin().await, odd.id).await.unwrap();
    let Odd::Well(raw) = good(3) else { unreachable!() };
    Maildir::open(folder.path(), Clock::system()).await.unwrap().deliver(raw.as_bytes()).await.unwrap();
    let all = eventually(async || Some(house.ledger(3).await).filter(|lines| drafts(lines).len() == 3)).await;
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn tries_at_a_refused_mail_grow_rarer() {
    let server = OddImap::default();
    server.put(1, Odd::Refuses("never"));
    server.put(2, Odd::Refuses("never"));
    let _house = house_on(&server).await;
    eventually(async || (server.connections() >= 6).then_some(())).await;
    let before = server.connections();
    tokio::time::sleep(Duration::from_millis(300)).await;
    // After six tries the pauses are 64 milliseconds and longer.
    assert!(server.connections() - before <= 4, "{}", server.connections() - before);
}
