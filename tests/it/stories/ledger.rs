//! The admin's day at the ledger: mails are found, their ways are read, and what went nowhere is set right. Auditors read
//! along, and members see what concerns them.

use std::time::Duration;

use mailmoot::actions::ledger::Act;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::{ActionError, Conflict};
use mailmoot::domain::audit::Deed;
use mailmoot::domain::identity::Right;
use mailmoot::domain::ids::{DeliveryId, GroupId, MailId};
use mailmoot::domain::ledger::{Delivery, DeliveryKind, DeliveryState, Ignored, MailEntry, Outcome};
use mailmoot::domain::ledger_query::LedgerQuery;
use mailmoot::domain::person::Viewer;
use reqwest::StatusCode;
use reqwest::header::LOCATION;

use crate::support::browser::Browser;
use crate::support::house::{
    ADMIN, ANNA, DAVID, GATEWAY, House, LI, STRANGER, WANG, Wanted, eventually, mail, on_both,
};
use crate::support::odd_smtp::{Answer, OddSmtp};

const AUDITOR: &str = "auditor@corp.example";
const HOLD: Duration = Duration::from_secs(120);
const DAY: Duration = Duration::from_secs(24 * 3600);
const HOUR: Duration = Duration::from_secs(3600);

fn standing() -> Wanted {
    Wanted { hold: HOLD, ..Wanted::standing() }
}

/// A reply to the invitation that somebody has, in so many words.
async fn reply(house: &House, from: &str, (id, words): (&str, &str)) -> String {
    let invitation = house.mail_of(from).await;
    let (to, answered) =
        (invitation.reply_to[0].address.to_string(), format!("<{}>", invitation.message_id.unwrap()));
    mail(
        &[
            ("From", from),
            ("To", &to),
            ("Cc", "others@corp.example"),
            ("Subject", "Re: Plan"),
            ("Message-ID", &format!("<{id}@mail.example>")),
            ("In-Reply-To", &answered),
        ],
        words,
    )
}

/// A mail that its sender may not begin a group by.
fn offer(from: &str, subject: &str) -> String {
    mail(&[("From", from), ("To", GATEWAY), ("Cc", LI), ("Subject", subject)], "x")
}

async fn admin(house: &House) -> Browser {
    house.admin().await;
    Browser::of(house, ADMIN).await
}

async fn auditor(house: &House) -> Browser {
    house.actions.give_right(Right::Auditor, &AUDITOR.parse().unwrap(), None).await.unwrap();
    Browser::of(house, AUDITOR).await
}

/// The mails in that a page names, by their subjects.
fn subjects<'s>(page: &str, all: &[&'s str]) -> Vec<&'s str> {
    all.iter().copied().filter(|subject| page.contains(&format!("<bdi>{subject}</bdi>"))).collect()
}

#[tokio::test]
async fn an_admin_finds_mails_by_address_group_day_and_outcome() {
    on_both(standing, async |house| {
        let (_, group) = house.group("Plan für Übermorgen", &[WANG, DAVID]).await;
        house.group("Plan B", &[WANG, DAVID]).await;
        house.quiet().await;
        let invitation = house.mails_of(WANG, 2).await;
        let of_plan = invitation.iter().find(|mail| mail.subject.contains("Übermorgen")).unwrap();
        let to = of_plan.reply_to[0].address.to_string();
        house
            .deliver(mail(
                &[
                    ("From", WANG),
                    ("To", &to),
                    ("Cc", LI),
                    ("Subject", "Re: one"),
                    ("Message-ID", "<1@x.example>"),
                ],
                "Yes",
            ))
            .await;
        house.ledger(3).await;
        house.later(DAY);
        house.deliver(offer("Sales@Partner.example", "two")).await;
        house.deliver(offer("100%_sure@partner.example", "three")).await;
        house.ledger(5).await;
        let admin = admin(&house).await;
        let all = ["Re: one", "two", "three"];
        let found = async |query: &str| {
            let page = admin.page(&format!("/admin/ledger?{query}")).await;
            subjects(&page, &all).join(", ")
        };
        assert_eq!(found("").await, "Re: one, two, three");
        assert_eq!(found("address=SALES%40").await, "two");
        assert_eq!(found("address=partner").await, "two, three");
        assert_eq!(found("address=%25_sure").await, "three", "signs of patterns are letters");
        assert_eq!(found("address=%25nobody").await, "");
        assert_eq!(found("outcome=message").await, "Re: one");
        assert_eq!(found("outcome=ignored&address=sales").await, "two");
        assert_eq!(found(&format!("group={group}")).await, "Re: one");
        assert_eq!(found("topic=%C3%9CBERmorgen").await, "Re: one", "by a part of its topic, in any case");
        assert_eq!(found("topic=%C3%BCbermorgen&outcome=ignored").await, "");
        // 2026-11-20, 10 o'clock, and a day later.
        assert_eq!(found("until=2026-11-20").await, "Re: one");
        assert_eq!(found("from=2026-11-21&until=2026-11-21").await, "two, three");
        assert_eq!(found("from=2026-11-22").await, "");
        // There it is midnight, and the 21st begins, when it is 10 o'clock of the 20th.
        assert_eq!(found("from=2026-11-21&until=2026-11-21&zone=Pacific%2FKiritimati").await, "Re: one");
    })
    .await;
}

#[tokio::test]
async fn a_search_is_kept_while_paging_and_says_what_to_do_where_it_finds_nothing() {
    let house = House::with(standing()).await;
    let (anna, _) = house.group("Plan", &[WANG]).await;
    house.group("Plan B", &[WANG]).await;
    let raw: Vec<Vec<u8>> = (0..60).map(|n| offer(STRANGER, &format!("offer {n}.")).into_bytes()).collect();
    for part in raw.chunks(20) {
        house.actions.file_mails(part.to_vec(), "test").await.unwrap();
    }
    drop(anna);
    let admin = admin(&house).await;
    let mut path = "/admin/ledger?address=kenji&outcome=thread_only&zone=UTC".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = admin.page(&path).await;
        assert!(page.contains("2 filters are on") && page.contains("Address: kenji"), "{page}");
        assert!(seen.len() <= 60, "{path}");
        seen.extend((0..60).filter(|n| page.contains(&format!("<bdi>offer {n}.</bdi>"))));
        let next = "href=\"/admin/ledger?address=kenji&#38;outcome=thread_only&#38;zone=UTC&#38;before=";
        let Some(at) = page.find(next) else { break };
        let url = page[at..].split('"').nth(1).unwrap();
        path = url.replace("&#38;", "&");
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..60).collect::<Vec<_>>(), "each once");

    let nothing = admin.page("/admin/ledger?address=nobody&outcome=draft").await;
    assert!(
        nothing.contains("No mail matches: Address: nobody · Draft.") && nothing.contains("Widen the search")
    );
    for (query, words) in [
        ("from=2026-02-30", "“2026-02-30” is no day"),
        ("until=yesterday", "“yesterday” is no day"),
        ("from=2026-11-21&until=2026-11-20", "The first day is after the last one"),
        ("outcome=lost", "“lost” is nothing that becomes of a mail"),
        ("topic=none+such", "No group has “none such” in its topic"),
        ("group=1", "This group is not there any more"),
        ("before=x", "The link to this page of the ledger is damaged"),
    ] {
        let page = admin.page(&format!("/admin/ledger?address=kenji&{query}")).await;
        assert!(page.contains(words), "{query}: {page}");
        assert!(page.contains("value=\"kenji\"") && subjects(&page, &["offer 1."]).is_empty(), "{query}");
    }
    assert!(admin.page("/admin/ledger?from=2026-02-30").await.contains("value=\"2026-02-30\""), "it is kept");
    let several = admin.page("/admin/ledger?topic=plan&outcome=ignored").await;
    assert!(several.contains("Which group?") && several.contains("<bdi>Plan B</bdi>"), "{several}");
    let long = format!("/admin/ledger?address={}", "x".repeat(300));
    assert!(admin.page(&long).await.contains("No address is that long"));
    admin.page("/admin/ledger?address=%00&topic=%00&from=%00").await;
}

/// The line of a mail in, when so many have come and nothing waits.
async fn by_subject(house: &House, (count, subject): (usize, &str)) -> MailEntry {
    house.ledger(count).await.into_iter().find(|line| line.subject == subject).unwrap()
}

/// The newest mail out of a kind to somebody.
async fn newest(house: &House, kind: DeliveryKind, to: &str) -> Delivery {
    let all = house.deliveries().await;
    all.into_iter().find(|one| one.kind == kind && one.address.as_str() == to).unwrap()
}

#[tokio::test]
async fn the_way_of_a_mail_is_read_from_its_coming_in_to_whom_it_reached() {
    on_both(standing, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.quiet().await;
        house.deliver(reply(&house, WANG, ("yes", "My <b>secret</b> words")).await).await;
        let line = by_subject(&house, (2, "Re: Plan")).await;
        assert_eq!(line.routed.group, Some(group));
        house.later(HOLD);
        house.quiet().await;
        let auditor = auditor(&house).await;
        let path = format!("/admin/ledger/mails/{}", line.id);
        let page = auditor.page(&path).await;
        for words in [
            "Came in over ",
            "It came to the reply address of 王小明",
            "It was sent to a member&#39;s own reply address",
            "Became message 2 of “Plan”",
            "Sent to members",
            DAVID,
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("secret"), "no content");
        assert!(!page.contains("<button class=\"button\" name=\"act\""), "who only reads has no buttons");
        let out = newest(&house, DeliveryKind::Messages, DAVID).await;
        let page = auditor.page(&format!("/admin/ledger/deliveries/{}", out.id)).await;
        for words in
            ["Written and put into the outbox", "The submission server took it", "Messages of a group"]
        {
            assert!(page.contains(words), "{words}: {page}");
        }
        // The original: to be saved, and each time is noted.
        let original = auditor.get(&format!("{path}/original")).await;
        assert_eq!(original.status(), StatusCode::OK);
        let head = |name: &str| original.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(head("content-type"), "message/rfc822");
        assert!(head("content-disposition").starts_with("attachment; "));
        assert_eq!(head("x-content-type-options"), "nosniff");
        assert!(head("content-security-policy").contains("sandbox"));
        assert!(original.text().await.unwrap().contains("My <b>secret</b> words"));
        let noted = house.audited().await;
        assert_eq!(noted[0].deed, Deed::OriginalSaved { mail: Some(line.id), delivery: None });
        assert_eq!(noted[0].group_id, Some(group), "the group's members see it in their log");
        let out = auditor.get(&format!("/admin/ledger/deliveries/{}/original", out.id)).await;
        assert_eq!(out.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

/// Everything that Anna's group was to get hangs, since the server is away.
async fn stuck(odd: &OddSmtp, house: &House, people: usize) -> (Viewer, GroupId, Vec<DeliveryId>) {
    odd.set_away(true);
    let people: Vec<String> = (0..people).map(|n| format!("p{n}@quick.example")).collect();
    let (anna, group) = house.group("Plan", &people.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let ids = eventually(async || {
        let all = house.deliveries().await;
        (all.len() == people.len()).then(|| all.iter().map(|one| one.id).collect())
    });
    (anna, group, ids.await)
}

/// To how many of the group mails were taken: admins are told as well what is wrong.
fn taken(odd: &OddSmtp) -> usize {
    odd.taken().iter().filter(|to| to.ends_with("@quick.example")).count()
}

/// Of invitations.
async fn states(house: &House) -> Vec<DeliveryState> {
    let invitations = house.deliveries().await.into_iter().filter(|one| one.kind == DeliveryKind::GroupLink);
    let mut states: Vec<DeliveryState> = invitations.map(|one| one.state).collect();
    states.sort_unstable_by_key(|state| state.name());
    states
}

#[tokio::test]
async fn after_a_servers_trouble_what_waits_is_tried_at_once_and_all_together() {
    let odd = OddSmtp::start().await;
    let house = House::with(Wanted { outlet: Some(odd.outlet()), ..standing() }).await;
    let (_, _, ids) = stuck(&odd, &house, 120).await;
    // It is known that the server is away, and asked again only after a while; the clock stands.
    eventually(async || house.deliveries().await.iter().any(|one| one.attempts > 0).then_some(())).await;
    odd.set_away(false);
    let admin = admin(&house).await;
    let form = [("out", "yes"), ("asked", "outcome=waiting"), ("all", "yes"), ("act", "retry")];
    let answer = admin.post("/admin/ledger/acts", &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let back = answer.headers()[LOCATION].to_str().unwrap().to_owned();
    assert!(back.contains("outcome=waiting") && back.contains("done=retry&n=120&left=0"), "{back}");
    assert!(admin.page(&back).await.contains("120 mails are tried now."));
    eventually(async || (taken(&odd) >= 120).then_some(())).await;
    eventually(async || states(&house).await.iter().all(|s| *s == DeliveryState::Sent).then_some(())).await;
    assert_eq!(taken(&odd), 120, "each once");
    let admin = house.admin().await;
    let refused = house.actions.act_on_deliveries(&admin, Act::Retry, ids).await.unwrap_err();
    assert!(matches!(refused, ActionError::Conflict(Conflict::MailDecided)), "they were sent: {refused:?}");
}

#[tokio::test]
async fn a_mail_that_was_given_up_is_tried_again_as_long_as_it_is_kept() {
    let odd = OddSmtp::start().await;
    let house = House::with(Wanted { outlet: Some(odd.outlet()), ..standing() }).await;
    odd.answers("quick.example", Answer::Says("550 5.1.1 No such user"));
    house.group("Plan", &["p@quick.example"]).await;
    eventually(async || (states(&house).await == [DeliveryState::Failed]).then_some(())).await;
    house.quiet().await;
    let failed = newest(&house, DeliveryKind::GroupLink, "p@quick.example").await;
    house.later(6 * DAY);
    odd.answers("quick.example", Answer::Says("250 2.1.5 OK"));
    let admin = admin(&house).await;
    let path = format!("/admin/ledger/deliveries/{}", failed.id);
    let page = admin.page(&path).await;
    assert!(page.contains("Tried; given up") && page.contains("5.1.1 No such user"), "{page}");
    assert!(page.contains("value=\"retry\"") && !page.contains("value=\"drop\""), "{page}");
    let id = failed.id.to_string();
    let form = [("out", "yes"), ("mail", id.as_str()), ("one", "yes"), ("act", "retry")];
    let answer = admin.post("/admin/ledger/acts", &form).await;
    assert_eq!(answer.headers()[LOCATION].to_str().unwrap(), path);
    eventually(async || (states(&house).await == [DeliveryState::Sent]).then_some(())).await;
    let page = admin.page(&path).await;
    assert!(page.contains("had it tried again") && page.contains("The submission server took it"), "{page}");
    // What was given up is not kept for ever.
    odd.answers("quick.example", Answer::Says("550 5.1.1 No such user"));
    house.group("Another", &["q@quick.example"]).await;
    eventually(async || states(&house).await.contains(&DeliveryState::Failed).then_some(())).await;
    let failed = newest(&house, DeliveryKind::GroupLink, "q@quick.example").await;
    house.later(15 * DAY);
    house.actions.clean_up().await.unwrap();
    let admin = house.admin().await;
    let refused = house.actions.act_on_deliveries(&admin, Act::Retry, vec![failed.id]).await.unwrap_err();
    assert!(matches!(refused, ActionError::Conflict(Conflict::MailDecided)), "{refused:?}");
}

#[tokio::test]
async fn what_is_dropped_is_never_sent_and_stays_in_the_ledger_with_who_dropped_it() {
    let odd = OddSmtp::start().await;
    let house = House::with(Wanted { outlet: Some(odd.outlet()), ..standing() }).await;
    let (_, _, ids) = stuck(&odd, &house, 3).await;
    eventually(async || house.deliveries().await.iter().any(|one| one.attempts > 0).then_some(())).await;
    let (admin, auditor) = (admin(&house).await, auditor(&house).await);
    let (one, two) = (ids[0].to_string(), ids[1].to_string());
    let form = [("out", "yes"), ("mail", one.as_str()), ("mail", two.as_str()), ("act", "drop")];
    assert_eq!(auditor.post("/admin/ledger/acts", &form).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(admin.post("/admin/ledger/acts", &form).await.status(), StatusCode::SEE_OTHER);
    // A second admin, whose page is older.
    let second = admin.post("/admin/ledger/acts", &form).await;
    assert_eq!(second.status(), StatusCode::CONFLICT);
    assert!(second.text().await.unwrap().contains("somebody else decided about this mail meanwhile"));
    let none = admin.post("/admin/ledger/acts", &[("out", "yes"), ("act", "drop")]).await;
    assert_eq!(none.status(), StatusCode::UNPROCESSABLE_ENTITY);
    odd.set_away(false);
    house.later(6 * HOUR);
    eventually(async || (taken(&odd) == 1).then_some(())).await;
    house.quiet().await;
    house.later(6 * HOUR);
    house.quiet().await;
    assert_eq!(taken(&odd), 1);
    assert_eq!(states(&house).await, [DeliveryState::Dropped, DeliveryState::Dropped, DeliveryState::Sent]);
    let page = admin.page(&format!("/admin/ledger/deliveries/{one}")).await;
    assert!(page.contains("Dropped") && page.contains("dropped it"), "{page}");
    let mut dropped = vec![ids[0], ids[1]];
    dropped.sort_unstable();
    let lines = house.actions.list_audit(&house.admin().await, None, 20).await.unwrap();
    let deed = Deed::MailsDropped { mails: Vec::new(), deliveries: dropped };
    assert!(lines.iter().any(|line| line.line.deed == deed), "{lines:?}");
    assert!(auditor.page("/admin/audit").await.contains("Dropped mails · 2 mails"));
}

/// A mail to a group that can't be opened: mails inside of mails inside of mails.
fn unopenable(headers: &[(&str, &str)]) -> String {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(300);
    let with_type: Vec<(&str, &str)> =
        headers.iter().copied().chain([("Content-Type", "message/rfc822")]).collect();
    mail(&with_type, &nested)
}

#[tokio::test]
async fn a_mail_that_was_set_aside_goes_to_its_group_when_an_admin_says_so() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.quiet().await;
        let to = house.mail_of(WANG).await.reply_to[0].address.to_string();
        house.deliver(unopenable(&[("From", WANG), ("To", &to), ("Subject", "Re: Plan, as agreed")])).await;
        let line = by_subject(&house, (2, "Re: Plan, as agreed")).await;
        assert!(matches!(line.outcome, Outcome::Quarantined { .. }), "{:?}", line.outcome);
        assert_eq!(line.routed.group, Some(group), "the admin sees for whom it was");
        let wang = Browser::of(&house, WANG).await;
        let settings = wang.page(&format!("/groups/{group}/settings")).await;
        assert!(settings.contains("Re: Plan, as agreed") && settings.contains("waits for the admins"));
        let admin = admin(&house).await;
        let page = admin.page(&format!("/admin/ledger/mails/{}", line.id)).await;
        assert!(page.contains("To the group Plan"), "{page}");
        let way = format!("/admin/ledger/mails/{}/release", line.id);
        let id = group.to_string();
        let nowhere = DeliveryId::from(uuid::Uuid::nil()).to_string();
        assert_eq!(admin.post(&way, &[("group", &nowhere)]).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(admin.post(&way, &[("group", &id)]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(admin.post(&way, &[("group", &id)]).await.status(), StatusCode::CONFLICT, "once");
        let message = house.messages(&anna, group, 2).await.remove(1);
        assert_eq!(message.author.person_id, None, "nobody is surely its author");
        assert!(message.body.markdown.contains("Plan, as agreed"));
        assert_eq!(message.files[0].name.as_str(), "mail.eml");
        let line = by_subject(&house, (2, "Re: Plan, as agreed")).await;
        assert!(matches!(line.outcome, Outcome::Message { .. }), "{:?}", line.outcome);
        let log = house.audited().await;
        assert_eq!(log[0].deed, Deed::MailReleased { mail: line.id });
        assert!(!wang.page(&format!("/groups/{group}/settings")).await.contains("waits for the admins"));
        let page = admin.page(&format!("/admin/ledger/mails/{}", line.id)).await;
        assert!(page.contains("handed it to a group"), "{page}");
    })
    .await;
}

async fn act(house: &House, act: Act, id: MailId) -> Result<usize, ActionError> {
    Ok(house.actions.act_on_mails(&house.admin().await, act, vec![id]).await?.done)
}

#[tokio::test]
async fn a_mail_that_was_dropped_can_be_run_again_and_one_that_waits_can_not() {
    on_both(standing, async |house| {
        let nested = unopenable(&[("From", ANNA), ("To", GATEWAY), ("Subject", "Odd")]);
        house.deliver(nested).await;
        house.deliver(offer(STRANGER, "Offer")).await;
        let odd = by_subject(&house, (2, "Odd")).await.id;
        let offer = by_subject(&house, (2, "Offer")).await.id;
        let decided =
            |answer| matches!(answer, Err(ActionError::Conflict(Conflict::MailDecided)));
        assert!(decided(act(&house, Act::Drop, offer).await), "it waits for nobody");
        assert_eq!(act(&house, Act::Drop, odd).await.unwrap(), 1);
        assert!(decided(act(&house, Act::Drop, odd).await));
        let dropped = LedgerQuery { outcome: Some("dropped"), ..LedgerQuery::default() };
        let admin = house.admin().await;
        let found = house.actions.list_mails(&admin, &dropped, None, 10).await.unwrap();
        let [line] = &found[..] else { panic!("{found:?}") };
        assert!(matches!(&line.outcome, Outcome::Dropped { was, .. } if matches!(**was, Outcome::Quarantined { .. })));
        assert_eq!(act(&house, Act::RunAgain, odd).await.unwrap(), 1);
        house.quiet().await;
        let line = by_subject(&house, (2, "Odd")).await;
        assert!(matches!(line.outcome, Outcome::Quarantined { .. }), "{:?}", line.outcome);
        let page = Browser::of(&house, ADMIN).await.page(&format!("/admin/ledger/mails/{odd}")).await;
        assert!(page.contains("dropped it") && page.contains("had it sorted again"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_member_sees_their_own_mails_that_went_wrong_and_nobody_elses() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.quiet().await;
        house.deliver(reply(&house, WANG, ("empty", "")).await).await;
        let line = by_subject(&house, (2, "Re: Plan")).await;
        assert_eq!(line.outcome, Outcome::Ignored { why: Ignored::Empty });
        let panel = format!("/groups/{group}/settings");
        let (wang, david) = (Browser::of(&house, WANG).await, Browser::of(&house, DAVID).await);
        for path in [panel.as_str(), "/settings"] {
            let page = wang.page(path).await;
            assert!(page.contains("Your mails that were not taken") && page.contains("Re: Plan"), "{page}");
            assert!(
                page.contains("It has neither text nor files.") && page.contains("What to do:"),
                "{page}"
            );
            assert!(!david.page(path).await.contains("not taken"), "it is none of his");
        }
        let new = NewMessage { markdown: "More".to_owned(), ..NewMessage::default() };
        house.actions.post_message(&anna, group, new).await.unwrap();
        house.later(31 * DAY);
        assert!(!wang.page("/settings").await.contains("not taken"), "it is long ago");
    })
    .await;
}
