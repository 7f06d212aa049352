//! A Maildir as a source of mail.

use std::time::{Duration, Instant};

use mailmoot::clock::Clock;
use mailmoot::domain::time::Timestamp;
use mailmoot::transport::imap::Woken;
use mailmoot::transport::maildir::Maildir;

async fn maildir(folder: &tempfile::TempDir) -> Maildir {
    Maildir::open(folder.path().join("Maildir"), Clock::system()).await.unwrap()
}

#[tokio::test]
async fn a_mail_stays_until_it_is_taken_over_and_is_never_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let mails = maildir(&folder).await;
    let first = mails.deliver(b"Subject: one\n\n").await.unwrap();
    let second = mails.deliver(b"Subject: two\n\n").await.unwrap();
    for _ in 0..2 {
        let names: Vec<String> =
            mails.fetch(10, 1000).await.unwrap().mails.into_iter().map(|mail| mail.name).collect();
        assert_eq!(names, [first.clone(), second.clone()]);
    }
    assert_eq!(mails.fetch(1, 1000).await.unwrap().mails.len(), 1);
    mails.done(&first).await.unwrap();
    mails.done(&first).await.unwrap();
    let left = mails.fetch(10, 1000).await.unwrap().mails;
    assert_eq!((left.len(), left[0].raw.as_slice()), (1, b"Subject: two\n\n".as_slice()));
    let kept = folder.path().join("Maildir/cur").join(format!("{first}:2,S"));
    assert_eq!(std::fs::read(kept).unwrap(), b"Subject: one\n\n");
}

#[tokio::test]
async fn mails_sort_by_time_and_of_too_large_ones_the_beginning_comes() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::standing_at(Timestamp::from_millis(999_999_999_000));
    let mails = Maildir::open(folder.path(), clock.clone()).await.unwrap();
    let early = mails.deliver(b"early").await.unwrap();
    clock.advance(Duration::from_secs(1));
    let late = mails.deliver(&vec![b'x'; 400_000]).await.unwrap();
    let found = mails.fetch(10, 1000).await.unwrap().mails;
    assert_eq!(found.iter().map(|mail| mail.name.clone()).collect::<Vec<_>>(), [early, late]);
    assert_eq!((found[1].too_large, found[1].raw.len()), (Some(400_000), 256 * 1024));
}

#[tokio::test]
async fn what_another_program_did_to_a_mail_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let mails = maildir(&folder).await;
    let root = folder.path().join("Maildir");
    std::fs::write(root.join("cur/1.a.host:2,"), "looked at by nobody").unwrap();
    std::fs::write(root.join("cur/2.b.host:2,RS"), "read").unwrap();
    std::fs::write(root.join("new/3.c.host"), "new").unwrap();
    std::fs::write(root.join("new/.hidden"), "no mail").unwrap();
    std::fs::create_dir(root.join("new/folder")).unwrap();
    std::fs::write(root.join("tmp/4.d.host"), "half written").unwrap();
    let names: Vec<String> =
        mails.fetch(10, 1000).await.unwrap().mails.into_iter().map(|mail| mail.name).collect();
    assert_eq!(names, ["1.a.host", "3.c.host"]);
    mails.done("1.a.host").await.unwrap();
    assert!(root.join("cur/1.a.host:2,S").exists());
}

#[tokio::test]
async fn a_delivery_wakes_at_once_and_a_foreign_one_soon() {
    let folder = tempfile::tempdir().unwrap();
    let mails = maildir(&folder).await;
    assert_eq!(mails.wait_for_mail(Duration::from_millis(50)).await.unwrap(), Woken::Quiet);
    let begin = Instant::now();
    let other = mails.clone();
    let (woken, name) = tokio::join!(mails.wait_for_mail(Duration::from_secs(30)), async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        other.deliver(b"mail").await.unwrap()
    });
    assert_eq!(woken.unwrap(), Woken::NewMail);
    assert!(begin.elapsed() < Duration::from_millis(900), "{:?}", begin.elapsed());
    mails.done(&name).await.unwrap();

    let path = folder.path().join("Maildir/new/9.x.host");
    let (woken, ()) = tokio::join!(mails.wait_for_mail(Duration::from_secs(30)), async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        std::fs::write(path, "mail").unwrap();
    });
    assert_eq!(woken.unwrap(), Woken::NewMail);
}
