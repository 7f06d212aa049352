//! Mails that are broken, huge or meant to do harm: one line in the ledger each, and the good ones between go through.

use std::path::{Path, PathBuf};

use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::ledger_query::LedgerQuery;

use crate::support::browser::Browser;
use crate::support::house::{
    ANNA, DAVID, GATEWAY, House, LI, STRANGER, WANG, Wanted, entry, eventually, mail, on_both,
};

fn good(number: usize) -> String {
    mail(
        &[
            ("From", ANNA),
            ("To", GATEWAY),
            ("Cc", DAVID),
            ("Subject", &format!("Good {number}")),
            ("Message-ID", &format!("<good-{number}@corp.example>")),
        ],
        "All is well.",
    )
}

/// Bad mails, each with what makes it bad.
fn bad_mails() -> Vec<(&'static str, Vec<u8>)> {
    let nested = |depth: usize| {
        let mut mail = format!("From: {ANNA}\r\nTo: {GATEWAY}\r\nSubject: deep\r\n");
        for level in 0..depth {
            mail += &format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
        }
        mail + "Content-Type: text/plain\r\n\r\nAt the bottom.\r\n"
    };
    let inside = |depth: usize| {
        let header = format!("From: {ANNA}\r\nTo: {GATEWAY}\r\nContent-Type: message/rfc822\r\n\r\n");
        header.repeat(depth)
    };
    vec![
        ("empty", Vec::new()),
        ("no mail", b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00".to_vec()),
        ("only spaces", b" \r\n \r\n\t\r\n".to_vec()),
        ("header without end", format!("From: {ANNA}\r\nSubject: {}", "x".repeat(2_000_000)).into_bytes()),
        ("a million headers", format!("From: {ANNA}\r\n{}", "X: y\r\n".repeat(1_000_000)).into_bytes()),
        ("multipart 200 deep", nested(200).into_bytes()),
        ("mails in mails 200 deep", inside(200).into_bytes()),
        ("mails in mails 20,000 deep", inside(20_000).into_bytes()),
        ("nobody wrote it", format!("To: {GATEWAY}\r\nSubject: Anonymous\r\n\r\nBoo.\r\n").into_bytes()),
        (
            "wrong charset",
            [format!("From: {ANNA}\r\nTo: {GATEWAY}\r\nSubject: =?x-none?Q?=FF=FE?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\n").as_bytes(), b"\xff\xfe\x80caf\xe9\r\n"].concat(),
        ),
        (
            "a file named to climb",
            format!("From: {ANNA}\r\nTo: {GATEWAY}, {DAVID}\r\nSubject: File\r\nContent-Type: application/x; name=\"../../../etc/passwd\"\r\nContent-Disposition: attachment; filename=\"..\\\\..\\\\evil\u{202e}gpj.exe\"\r\n\r\nx\r\n").into_bytes(),
        ),
        ("mailbox lines", format!("From someone Thu Jan  1 00:00:00 1970\nFrom: {ANNA}\nTo: {GATEWAY}\n\nHello\n").into_bytes()),
    ]
}

#[tokio::test]
async fn broken_mails_have_one_line_each_and_stop_no_other() {
    let house = House::start().await;
    let bad = bad_mails();
    for (number, (_, raw)) in bad.iter().enumerate() {
        house.deliver(good(number)).await;
        house.deliver(raw).await;
    }
    house.deliver(good(bad.len())).await;
    let lines = house.ledger(2 * bad.len() + 1).await;
    assert_eq!(lines.len(), 2 * bad.len() + 1);
    let drafts = lines.iter().filter(|line| line.subject.starts_with("Good"));
    assert!(drafts.clone().all(|line| matches!(line.outcome, Outcome::Draft { .. })));
    assert_eq!(drafts.count(), bad.len() + 1);
    let quarantined = lines.iter().filter_map(|line| match &line.outcome {
        Outcome::Quarantined { why } => Some(why),
        _ => None,
    });
    for why in quarantined {
        assert!(why.len() > 10 && !why.contains("panic"), "{why}");
    }
    // Whose mail it was can be seen also where it could not be opened.
    let deep = lines.iter().find(
        |line| matches!(&line.outcome, Outcome::Quarantined { why } if why.contains("200 mails within mails")),
    );
    assert_eq!(deep.map(|line| line.sender.as_str()), Some(ANNA));
}

#[tokio::test]
async fn the_odd_mails_of_other_projects_have_one_line_each() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut folders: Vec<PathBuf> = ["mail", "dsn", "mdn", "broken"].map(|name| fixtures.join(name)).to_vec();
    // A larger collection, where it lies.
    folders.extend(std::env::var("MAILMOOT_ODD_MAILS").map(PathBuf::from));
    let paths = folders.iter().flat_map(|folder| files_in(folder));
    let mut raws: Vec<Vec<u8>> = paths.map(|path| std::fs::read(path).unwrap()).collect();
    raws.sort();
    raws.dedup();
    assert!(!raws.is_empty());
    let house = House::start().await;
    for (number, raw) in raws.iter().enumerate() {
        house.deliver(raw).await;
        if number % 50 == 0 {
            house.deliver(good(number)).await;
        }
    }
    let good_ones = raws.len().div_ceil(50);
    let lines = house.ledger(raws.len() + good_ones).await;
    assert_eq!(lines.len(), raws.len() + good_ones);
    let through = lines.iter().filter(|l| l.subject.starts_with("Good ") && l.outcome.name() == "draft");
    assert_eq!(through.count(), good_ones);
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn five_thousand_recipients_are_too_many_and_the_sender_is_told() {
    let house = House::start().await;
    let everybody: Vec<String> = (0..5_000).map(|n| format!("p{n}@corp.example")).collect();
    let raw = mail(
        &[("From", ANNA), ("To", GATEWAY), ("Cc", &everybody.join(",\r\n ")), ("Subject", "All hands")],
        "Hello.",
    );
    house.deliver(raw).await;
    assert_eq!(house.outcomes(1).await, [Outcome::Ignored { why: Ignored::TooManyPeople }]);
    assert_eq!(house.answered().await, [ANNA]);
    let answer = house.mail_of(ANNA).await;
    assert!(answer.subject.contains("All hands") || answer.text.new_text.contains("All hands"));
}

#[tokio::test]
async fn sixty_megabytes_are_too_large_and_the_sender_is_told() {
    let house = House::start().await;
    let raw = mail(&[("From", ANNA), ("To", GATEWAY), ("Subject", "Film")], &"x".repeat(60_000_000));
    house.deliver(raw).await;
    house.deliver(good(1)).await;
    let lines = house.ledger(2).await;
    assert_eq!(lines[0].outcome, Outcome::Ignored { why: Ignored::TooLarge });
    assert!(lines[0].size > 60_000_000);
    assert!(matches!(lines[1].outcome, Outcome::Draft { .. }));
    assert_eq!(house.answered().await, [ANNA]);
    assert_eq!(house.mails_of(ANNA, 2).await.len(), 2);
}

#[tokio::test]
async fn two_addresses_equal_but_for_case_are_one_person() {
    let house = House::start().await;
    let shouted = DAVID.to_uppercase();
    let raw = mail(
        &[("From", ANNA), ("To", &format!("{DAVID}, {shouted}")), ("Cc", GATEWAY), ("Subject", "Case")],
        "x",
    );
    house.deliver(raw).await;
    let Outcome::Draft { draft } = house.outcomes(1).await[0] else { panic!("no draft") };
    let anna = house.person(ANNA).await;
    assert_eq!(house.actions.get_draft(&anna, draft).await.unwrap().members.len(), 2);
}

#[tokio::test]
async fn a_mail_that_was_not_used_is_run_again_by_an_admin_only() {
    let house = House::start().await;
    let raw = mail(&[("From", STRANGER), ("To", GATEWAY), ("Cc", LI), ("Subject", "Offer")], "x");
    house.deliver(raw).await;
    let line = house.ledger(1).await.remove(0);
    assert_eq!(line.outcome, Outcome::Ignored { why: Ignored::NotAllowed });

    let anna = house.person(ANNA).await;
    assert!(house.actions.run_again(&anna, line.id).await.is_err());
    assert!(house.actions.list_mails(&anna, &LedgerQuery::default(), None, 10).await.is_err());

    house.actions.import_people(vec![entry("Kenji Sato", STRANGER)]).await.unwrap();
    house.actions.make_admin(&ANNA.parse().unwrap(), None).await.unwrap();
    let admin = Browser::of(&house, ANNA).await;
    let way = format!("/admin/ledger/{}/run", line.id);
    assert!(admin.page("/admin/ledger").await.contains(&way), "the ledger offers it");
    admin.post(&way, &[]).await;
    let lines = eventually(async || {
        let lines = house.ledger(1).await;
        lines.iter().all(|line| line.outcome != Outcome::Waiting).then_some(lines)
    })
    .await;
    assert_eq!(lines.len(), 1);
    assert!(!admin.page("/admin/ledger").await.contains(&way), "it was used now");
    assert!(matches!(lines[0].outcome, Outcome::Draft { .. }), "{:?}", lines[0].outcome);
    assert!(house.actions.run_again(&house.admin().await, line.id).await.is_err(), "it was used now");
}

#[tokio::test]
async fn too_many_mails_of_one_sender_wait_for_the_admin() {
    let mut wanted = Wanted::default();
    wanted.limits.mails_per_hour = 3;
    let house = House::with(wanted).await;
    for number in 0..5 {
        house.deliver(good(number)).await;
    }
    house.deliver(mail(&[("From", WANG), ("To", GATEWAY), ("Cc", ANNA), ("Subject", "Me too")], "x")).await;
    let outcomes = house.outcomes(6).await;
    let refused = outcomes.iter().filter(|o| **o == Outcome::Ignored { why: Ignored::TooMany }).count();
    assert_eq!(refused, 2);
    assert!(matches!(outcomes[5], Outcome::Draft { .. }), "others are not touched");
}

#[tokio::test]
async fn a_text_longer_than_a_message_may_be_is_a_message_and_a_file() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[DAVID]).await;
        let to = house.mail_of(DAVID).await.reply_to[0].address.to_string();
        let line = "预".repeat(300_000);
        let quoted = "> y\r\n".repeat(100_000);
        let text = format!("{line} <b>end</b>\r\n\r\nOn Friday Anna wrote:\r\n{quoted}");
        let head =
            [("From", DAVID), ("To", &*to), ("Subject", "Re: Plan"), ("Message-ID", "<long@corp.example>")];
        house.deliver(mail(&head, &text)).await;
        let message = house.messages(&anna, group, 2).await.pop().unwrap();
        assert_eq!(message.body.markdown.chars().count(), 40_002);
        assert!(message.body.markdown.ends_with(" …"));
        assert!(message.quotation.chars().count() <= 100_002, "{}", message.quotation.len());
        let [file] = &message.files[..] else { panic!("{:?}", message.files) };
        assert_eq!(file.name.as_str(), "text.txt");
        let whole = Browser::of(&house, ANNA).await.get(&format!("/files/{}", file.id)).await;
        let whole = whole.text().await.unwrap();
        assert!(whole.contains(&line) && whole.contains("<b>end</b>"), "{} bytes", whole.len());
    })
    .await;
}
