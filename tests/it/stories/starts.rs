//! The ways a group begins: Cc of the gateway, a forward as attachment, a dropped mail.

use mailmoot::domain::ids::DraftId;
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::person::Viewer;

use crate::support::house::{
    ANNA, DAVID, GATEWAY, House, LI, STRANGER, WANG, Wanted, link_in, mail, on_both,
};

async fn open_draft(house: &House, person: &str) -> (Viewer, DraftId) {
    let (viewer, target) = house.sign_in(&link_in(&house.mail_of(person).await)).await;
    (viewer, target.strip_prefix("/drafts/").unwrap().parse().unwrap())
}

async fn names(house: &House, viewer: &Viewer, draft: DraftId) -> Vec<String> {
    let page = house.actions.get_draft(viewer, draft).await.unwrap();
    let mut names: Vec<String> = page.members.into_iter().map(|m| m.person.full_name).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn the_gateway_in_cc_makes_one_draft_for_a_thread() {
    on_both(Wanted::default, async |house| {
        let first = mail(
            &[
                ("From", ANNA),
                ("To", DAVID),
                ("Cc", GATEWAY),
                ("Subject", "Line 4 stands still"),
                ("Message-ID", "<a@corp.example>"),
            ],
            "What happened?",
        );
        house.deliver(first).await;
        let Outcome::Draft { draft } = house.outcomes(1).await[0].clone() else { panic!("no draft") };

        let answer = mail(
            &[
                ("From", DAVID),
                ("To", ANNA),
                ("Cc", &format!("{GATEWAY}, {WANG}")),
                ("Subject", "Re: Line 4 stands still"),
                ("Message-ID", "<b@corp.example>"),
                ("In-Reply-To", "<a@corp.example>"),
                ("References", "<a@corp.example>"),
            ],
            "A bearing.",
        );
        house.deliver(answer).await;
        let second = house.outcomes(2).await[1].clone();
        let Outcome::ThreadOnly { thread } = second else { panic!("a second draft: {second:?}") };

        let (anna, opened) = open_draft(&house, ANNA).await;
        assert_eq!(opened, draft);
        assert_eq!(names(&house, &anna, draft).await, ["Anna Berg", "David Okafor"]);
        assert_eq!(house.count_mails_of(DAVID).await, 0, "only the sender of the first mail is told");

        // Who came later is in the thread, so the next draft made from it has all of them.
        let thread = house.actions.get_thread(&anna, thread).await.unwrap();
        assert_eq!((thread.thread.mails, thread.participants.len()), (2, 3));
        let next = house.actions.start_draft_from_thread(&anna, thread.thread.id).await.unwrap();
        assert_eq!(names(&house, &anna, next).await, ["Anna Berg", "David Okafor", "王小明"]);
        assert_eq!(house.actions.get_draft(&anna, next).await.unwrap().draft.opening, "A bearing.");
    })
    .await;
}

#[tokio::test]
async fn a_forward_as_attachment_gives_members_and_topic_of_the_mail_inside() {
    on_both(Wanted::default, async |house| {
        let forward = format!(
            "From: Anna Berg <{ANNA}>\r\nTo: {GATEWAY}\r\nSubject: WG: see below\r\nMessage-ID: <f@corp.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nPlease take over.\r\n\
             --b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"mail.eml\"\r\n\r\n\
             From: Kenji Sato <{STRANGER}>\r\nTo: David Okafor <{DAVID}>\r\nCc: {LI}\r\n\
             Subject: =?utf-8?B?UmU6IOS6pOS7mOWRqOacnw==?=\r\nMessage-ID: <inner@partner.example>\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\nSix weeks, no less.\r\n--b--\r\n"
        );
        house.deliver(forward).await;
        let (anna, draft) = open_draft(&house, ANNA).await;
        let page = house.actions.get_draft(&anna, draft).await.unwrap().draft;
        assert_eq!(page.topic, "交付周期");
        assert_eq!(names(&house, &anna, draft).await, ["Anna Berg", "David Okafor", "Kenji Sato", "李雷"]);
        assert_eq!(page.opening, "Please take over.\n\nSix weeks, no less.");
    })
    .await;
}

#[tokio::test]
async fn a_dropped_mail_begins_a_draft_and_its_later_copy_by_mail_does_nothing() {
    on_both(Wanted::default, async |house| {
        let anna = house.person(ANNA).await;
        let raw = mail(
            &[
                ("From", DAVID),
                ("To", &format!("{ANNA}, {WANG}")),
                ("Cc", GATEWAY),
                ("Subject", "Re: Night shift"),
                ("Message-ID", "<n@corp.example>"),
            ],
            "Two people are missing.",
        );
        let draft =
            house.actions.start_draft_from_mails(&anna, vec![raw.clone().into_bytes()]).await.unwrap();
        assert_eq!(names(&house, &anna, draft).await, ["Anna Berg", "David Okafor", "王小明"]);
        assert_eq!(house.actions.get_draft(&anna, draft).await.unwrap().draft.topic, "Night shift");

        house.deliver(format!("Received: from relay.example\r\n{raw}")).await;
        let outcomes = house.outcomes(2).await;
        assert_eq!(outcomes[1], Outcome::Ignored { why: Ignored::Duplicate });
    })
    .await;
}

#[tokio::test]
async fn what_is_dropped_but_no_mail_is_named_and_nothing_is_kept() {
    let house = House::start().await;
    let anna = house.person(ANNA).await;
    let good = mail(&[("From", DAVID), ("To", ANNA), ("Subject", "Good")], "Good.");
    for bad in [b"".to_vec(), b"\x00\x01\x02PK\x03\x04".to_vec()] {
        let dropped = vec![good.clone().into_bytes(), bad];
        let error = house.actions.start_draft_from_mails(&anna, dropped).await.unwrap_err();
        assert!(
            error.to_string().contains("mails") || format!("{error:?}").contains("NotAMail"),
            "{error:?}"
        );
    }
    assert!(house.actions.list_drafts(&anna).await.unwrap().is_empty());
    assert!(house.ledger(0).await.is_empty());
}

#[tokio::test]
async fn somebody_whom_nobody_knows_begins_no_group() {
    let house = House::start().await;
    let raw = mail(&[("From", STRANGER), ("To", GATEWAY), ("Subject", "Hello")], "Let me in.");
    house.deliver(raw).await;
    assert_eq!(house.outcomes(1).await, [Outcome::Ignored { why: Ignored::NotAllowed }]);
    let answer = house.mail_of(STRANGER).await;
    assert!(answer.automatic.is_some(), "an answer of a program says so");
}
