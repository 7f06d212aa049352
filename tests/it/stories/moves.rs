//! A mail came into the wrong group. Whoever wrote it, or an owner, moves its message by hand, and answers follow it.

use std::time::Duration;

use mailmoot::actions::edits::Edit;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::moves::Wish;
use mailmoot::actions::{ActionError, Conflict, Problem};
use mailmoot::domain::audit::Deed;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Outcome, Way};
use mailmoot::domain::message::{Grade, Message, MessagePlace};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::receipt::ReceiptRequest;
use mailmoot::domain::tag::TagKind;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::browser::Browser;
use crate::support::files::{a_picture, bring, send};
use crate::support::house::{DAVID, House, LI, WANG, Wanted, mail as a_mail, on_both};
use crate::support::marks::{Marking, mark};

/// A group of Anna's with Wang and others, and the mail by which Wang was asked into it.
async fn invited(house: &House, topic: &str, others: &[&str]) -> (Viewer, GroupId, IncomingMail) {
    let before = house.count_mails_of(WANG).await;
    let (anna, group) = house.group(topic, &[&[WANG], others].concat()).await;
    let invitation = house.mails_of(WANG, before + 1).await.remove(0);
    (anna, group, invitation)
}

fn at(group: GroupId, seq: i64) -> MessagePlace {
    MessagePlace { group, seq }
}

fn to(group: GroupId) -> Wish {
    Wish { to: group, edits: 0 }
}

async fn post(house: &House, who: &Viewer, group: GroupId, words: &str) -> Message {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap()
}

/// An offer of Wang's to the wrong address, in answer to a mail that nobody here has seen. Li got a copy.
fn wrong_mail(address: &str) -> String {
    let picture = "--x\r\nContent-Type: text/plain; name=price.txt\r\n\
                   Content-Disposition: attachment; filename=price.txt\r\n\r\n12 euros\r\n--x--\r\n";
    let headers = [
        ("From", WANG),
        ("To", address),
        ("Cc", LI),
        ("Subject", "Re: Hall"),
        ("Message-ID", "<offer@mail.example>"),
        ("In-Reply-To", "<question@mail.example>"),
        ("Date", "Fri, 20 Nov 2026 08:00:00 +0000"),
        ("Content-Type", "multipart/mixed; boundary=x"),
    ];
    let text = "The hall costs 12 a day.\n\nOn Thu, Nov 19, 2026 at 9:00 AM Li Lei <lei.li@corp.example> wrote:\n> What does the hall cost?";
    a_mail(&headers, &format!("--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n{picture}"))
}

/// What somebody answers who has that mail, by ids alone or to an address.
fn answer(from: &str, number: usize, (address, ids): (&str, &str), words: &str) -> String {
    let id = format!("<answer-{number}@mail.example>");
    let headers = [
        ("From", from),
        ("To", address),
        ("Cc", "others@partner.example"),
        ("Subject", "Re: Hall"),
        ("Message-ID", id.as_str()),
        ("In-Reply-To", ids),
    ];
    a_mail(&headers, words)
}

fn reply_to(mail: &IncomingMail) -> String {
    mail.reply_to[0].address.to_string()
}

#[tokio::test]
async fn a_mail_in_the_wrong_group_is_moved_and_its_answers_follow() {
    on_both(Wanted::default, async |house| {
        let (anna, plan, to_plan) = invited(&house, "Plan", &[DAVID]).await;
        let (_, hall, _) = invited(&house, "Hall", &[LI]).await;
        let wang = house.person(WANG).await;
        house.deliver(wrong_mail(&reply_to(&to_plan))).await;
        let wrong = house.messages(&anna, plan, 2).await.remove(1);
        let before = house.mails_of(LI, 1).await.len();

        let moved = house.actions.move_message(&wang, wrong.place(), to(hall)).await.unwrap();
        assert_eq!(moved.place(), at(hall, 2));
        assert_eq!(moved.body.markdown, "The hall costs 12 a day.");
        assert_eq!(moved.quotation, "", "others said it in the other group");
        assert_eq!((moved.author.person_id, moved.author.grade), (Some(wang.person_id), Grade::Confirmed));
        assert_eq!(*moved.said_at(), wrong.posted_at, "when it was said");
        assert_eq!(moved.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["price.txt"]);
        assert_eq!(moved.mail_id, wrong.mail_id);
        // Its new readers get it as any new message, and nothing of where it was.
        let mail = house.mails_of(LI, before + 1).await.remove(0);
        let words = mail.text.new_text;
        assert!(words.contains("The hall costs 12 a day."), "{words}");
        assert!(words.contains("moved here by 王小明") && !words.contains("Plan"), "{words}");

        // A trace stays, with nothing in it.
        let trace = house.messages(&anna, plan, 2).await.remove(1);
        assert_eq!((trace.moved_to(), trace.mail_id), (Some(at(hall, 2)), None));
        assert_eq!((trace.body.markdown.as_str(), trace.quotation.as_str()), ("", ""));
        assert!(trace.files.is_empty());
        // The ledger says where it went, and by whom.
        let line =
            house.ledger(3).await.into_iter().find(|line| line.message_id == "offer@mail.example").unwrap();
        let Outcome::Moved { group, message, from, by, name, .. } = &line.outcome else { panic!("{line:?}") };
        assert_eq!((*group, *message, *from, *by), (hall, moved.id, plan, wang.person_id));
        assert_eq!((name.as_str(), line.routed.way), ("王小明", Some(Way::Address)));

        // Answers to it, to what it answers, and to all whom it was sent to, land where it is.
        let gateway = "moot@corp.example";
        house.deliver(answer(LI, 1, (gateway, "<offer@mail.example>"), "Too much.")).await;
        house.messages(&anna, hall, 3).await;
        house.deliver(answer(LI, 2, (gateway, "<question@mail.example>"), "And on Sundays?")).await;
        house.messages(&anna, hall, 4).await;
        house.deliver(answer(WANG, 3, (&reply_to(&to_plan), "<offer@mail.example>"), "Less, then.")).await;
        let all = house.messages(&anna, hall, 5).await;
        assert_eq!((all[4].author.person_id, all[4].author.grade), (Some(wang.person_id), Grade::Confirmed));
        assert_eq!(house.messages(&anna, plan, 2).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn who_moved_it_takes_it_back_and_it_is_as_before() {
    on_both(Wanted::standing, async |house| {
        let (anna, plan, to_plan) = invited(&house, "Plan", &[DAVID, LI]).await;
        let (_, hall, _) = invited(&house, "Hall", &[LI]).await;
        let wang = house.person(WANG).await;
        house.deliver(wrong_mail(&reply_to(&to_plan))).await;
        let wrong = house.messages(&anna, plan, 2).await.remove(1);
        let moved = house.actions.move_message(&wang, wrong.place(), to(hall)).await.unwrap();
        let edited = Edit { edits: 0, markdown: "The hall costs 13 a day.".to_owned() };
        house.actions.edit_message(&wang, moved.place(), edited).await.unwrap();

        let others = house.actions.move_message_back(&anna, wrong.place()).await;
        assert!(matches!(others, Err(ActionError::Forbidden)), "only who moved it: {others:?}");
        let back = house.actions.move_message_back(&wang, wrong.place()).await.unwrap();
        assert_eq!((back.id, back.place(), back.posted_at), (wrong.id, wrong.place(), wrong.posted_at));
        assert_eq!(back.body.markdown, "The hall costs 13 a day.", "as it says now");
        assert_eq!((back.mail_id, back.taken_from.clone()), (wrong.mail_id, None));
        assert_eq!(back.files, wrong.files);
        assert_eq!(back.quotation, wrong.quotation);
        let page = house.actions.get_message(&wang, wrong.place()).await.unwrap();
        assert_eq!(page.versions.len(), 1, "what it said before came along, there and back");
        let trace = house.messages(&anna, hall, 2).await.remove(1);
        assert_eq!((trace.moved_to(), trace.body.markdown.as_str()), (Some(wrong.place()), ""));
        // What was learnt is forgotten: what it answers is nobody's, and answers to it come here again.
        house.later(Duration::from_secs(60));
        house.deliver(answer(LI, 1, ("moot@corp.example", "<offer@mail.example>"), "Too much.")).await;
        house.messages(&anna, plan, 3).await;
        let line =
            house.ledger(4).await.into_iter().find(|line| line.message_id == "offer@mail.example").unwrap();
        assert_eq!(line.outcome, Outcome::Message { group: plan, message: wrong.id });
        house
            .deliver(answer(LI, 2, ("moot@corp.example", "<question@mail.example>"), "And on Sundays?"))
            .await;
        let outcomes = house.outcomes(5).await;
        assert!(matches!(outcomes[4], Outcome::Draft { .. } | Outcome::Message { .. }), "{outcomes:?}");
        assert_eq!(house.messages(&anna, hall, 2).await.len(), 2);
        // There is nothing left to take back, nor after a day or a while.
        let again = house.actions.move_message_back(&wang, wrong.place()).await;
        assert!(matches!(again, Err(ActionError::Forbidden)), "{again:?}");
        house.actions.move_message(&wang, wrong.place(), Wish { to: hall, edits: 1 }).await.unwrap();
        house.later(house.actions.settings.limits.edit_time + Duration::from_secs(1));
        let late = house.actions.move_message_back(&wang, wrong.place()).await;
        assert!(matches!(late, Err(ActionError::Invalid { problem: Problem::TooLate, .. })), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_the_answers_to_another_mail_away_by_its_message_id() {
    on_both(Wanted::default, async |house| {
        let (anna, plan, to_plan) = invited(&house, "Plan", &[DAVID]).await;
        let (_, hall, _) = invited(&house, "Hall", &[LI]).await;
        let wang = house.person(WANG).await;
        // David's program ignores his reply address, so it is not sure that it was he.
        let ours = format!("<{}>", house.mails_of(DAVID, 1).await.remove(0).message_id.unwrap());
        house.deliver(answer(DAVID, 1, ("moot@corp.example", &ours), "My offer.")).await;
        house.messages(&anna, plan, 2).await;
        // Wang's mail has the same id, says something else, and is moved away.
        house.deliver(answer(WANG, 1, (&reply_to(&to_plan), "<other@mail.example>"), "My own words.")).await;
        let own = house.messages(&anna, plan, 3).await.remove(2);
        assert_eq!(own.author.person_id, Some(wang.person_id));
        house.actions.move_message(&wang, own.place(), to(hall)).await.unwrap();
        house
            .deliver(answer(DAVID, 3, ("moot@corp.example", "<answer-1@mail.example>"), "And one more."))
            .await;
        assert_eq!(house.messages(&anna, plan, 4).await[3].body.markdown, "And one more.");
    })
    .await;
}

#[tokio::test]
async fn what_was_on_it_stays_behind_and_what_points_to_it_says_so() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let (_, hall) = house.group("Hall", &[WANG, LI]).await;
        let (wang, li) = (house.person(WANG).await, house.person(LI).await);
        let picture = bring(&house, &wang, plan, ("hall.png", &a_picture(9, 9))).await.unwrap();
        let shown = send(&house, &wang, plan, &[&picture]).await.unwrap();
        let words =
            Edit { edits: 0, markdown: "#decision @David Okafor @Anna Berg the blue hall".to_owned() };
        house.actions.edit_message(&wang, shown.place(), words).await.unwrap();
        let davids = house.person(DAVID).await;
        house.actions.react(&davids, shown.place(), ("👍".parse().unwrap(), true)).await.unwrap();
        house.actions.pin_message(&anna, shown.place(), true).await.unwrap();
        mark(&house, &anna, shown.place(), Marking { tag: "risk", ..Marking::default() }).await;
        let new = NewMessage {
            markdown: "I like it.".to_owned(),
            answers: Some(shown.id),
            ..NewMessage::default()
        };
        let answer = house.actions.post_message(&davids, plan, new).await.unwrap();

        let moved =
            house.actions.move_message(&anna, shown.place(), Wish { to: hall, edits: 1 }).await.unwrap();
        let at_hall = house.messages(&li, hall, 2).await.remove(1);
        assert_eq!((at_hall.reactions.len(), at_hall.trace.pinned_at, at_hall.trace.edits), (0, None, 1));
        let kinds: Vec<_> = at_hall.marks.iter().filter_map(|mark| mark.tag.label.kind).collect();
        assert_eq!(
            kinds,
            [TagKind::Decision],
            "its own hashtag comes along, the mark of the others does not"
        );
        assert_eq!(moved.author.person_id, Some(wang.person_id));
        // The file is for the new group, and no more for the old one.
        let (lis, hers) = (Browser::of(&house, LI).await, Browser::of(&house, DAVID).await);
        assert_eq!(lis.get(&format!("/files/{}", picture.id)).await.status(), 200);
        assert_eq!(hers.get(&format!("/files/{}", picture.id)).await.status(), 404);
        // Found where it is; whom it mentions there was told.
        let find = async |who: &Browser, words: &str| who.page(&format!("/search?q={words}")).await;
        assert!(find(&lis, "blue").await.contains(&format!("/groups/{hall}?at=2")));
        assert!(!find(&hers, "blue").await.contains("the blue hall"));
        let (_, pins) = house.actions.list_pins(&anna, plan).await.unwrap();
        assert!(pins.is_empty(), "{pins:?}");
        let now = house.messages(&davids, plan, 3).await;
        assert_eq!(now[2].id, answer.id);
        let line = now[2].answers.clone().unwrap().line.unwrap();
        assert!(line.moved && line.words.is_empty(), "{line:?}");
        let page = hers.page(&format!("/groups/{plan}")).await;
        assert!(page.contains("Moved to another group") && page.contains("Anna Berg"), "{page}");
        assert!(!page.contains("Hall") && !page.contains(&hall.to_string()), "{page}");
        assert!(page.contains("Message moved to another group"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn only_who_is_in_both_groups_sees_from_where_and_where_to() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let (_, hall) = house.group("Secret hall", &[WANG, LI]).await;
        let wang = house.person(WANG).await;
        let said = post(&house, &wang, plan, "Belongs elsewhere").await;
        let moved = house.actions.move_message(&wang, said.place(), to(hall)).await.unwrap();
        let trace = format!("/groups/{plan}/messages/{}", said.seq);
        let place = format!("/groups/{hall}/messages/{}", moved.seq);
        let (wangs, davids, lis) = (
            Browser::of(&house, WANG).await,
            Browser::of(&house, DAVID).await,
            Browser::of(&house, LI).await,
        );
        let (old, new) = (wangs.page(&trace).await, wangs.page(&place).await);
        assert!(old.contains("Secret hall") && old.contains("Take it back"), "{old}");
        assert!(new.contains("Moved here") && new.contains("Plan"), "{new}");
        let (old, new) = (davids.page(&trace).await, lis.page(&place).await);
        assert!(
            old.contains("Moved to another group")
                && !old.contains("Secret")
                && !old.contains("Take it back")
        );
        assert!(new.contains("Moved here") && !new.contains("Plan"), "{new}");
        assert!(!new.contains(&plan.to_string()), "{new}");
        assert!(!lis.page(&format!("/groups/{hall}")).await.contains(&plan.to_string()));
        // Each group's log names what left it.
        let log = house.audited().await.remove(0);
        assert_eq!(log.deed, Deed::MessageMoved { seq: said.seq, to: hall, back: false });
        assert_eq!((log.group_id, log.who.person_id), (Some(plan), Some(wang.person_id)));
        let log = davids.page(&format!("/groups/{plan}/log")).await;
        assert!(log.contains("Moved a message to another group") && !log.contains("Secret"), "{log}");
        house.actions.get_message(&anna, at(hall, moved.seq)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_may_not_move_it_or_comes_too_late_is_told_why() {
    on_both(Wanted::standing, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let (_, hall) = house.group("Hall", &[WANG, LI]).await;
        let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
        let said = post(&house, &wang, plan, "Belongs elsewhere").await;
        let go = async |who: &Viewer, place, wish| house.actions.move_message(who, place, wish).await;
        let others = go(&david, said.place(), to(hall)).await;
        assert!(matches!(others, Err(ActionError::Forbidden)), "{others:?}");
        let outsider = go(&house.person(LI).await, said.place(), to(hall)).await;
        assert!(matches!(outsider, Err(ActionError::NotFound)), "{outsider:?}");
        let nowhere =
            |error| matches!(error, Err(ActionError::Invalid { problem: Problem::NoOtherGroup, .. }));
        let own = post(&house, &david, plan, "Mine").await;
        assert!(nowhere(go(&david, own.place(), to(hall)).await), "David is not in the hall");
        assert!(nowhere(go(&wang, said.place(), to(plan)).await));
        // Edited while the other one was reading it.
        let edit = Edit { edits: 0, markdown: "Belongs there".to_owned() };
        house.actions.edit_message(&wang, said.place(), edit).await.unwrap();
        let unread = go(&anna, said.place(), to(hall)).await;
        assert!(matches!(unread, Err(ActionError::Conflict(Conflict::EditedMeanwhile))), "{unread:?}");
        // Two at once: the first wins, the second is told.
        let wish = Wish { to: hall, edits: 1 };
        let (one, two) = tokio::join!(go(&anna, said.place(), wish), go(&wang, said.place(), wish));
        let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
        assert!(
            won.is_ok() && matches!(lost, Err(ActionError::Conflict(Conflict::MessageMoved))),
            "{lost:?}"
        );
        assert_eq!(house.messages(&anna, hall, 2).await.len(), 2);
        // The author has a while, as for removing it; an owner any time.
        let late = post(&house, &wang, plan, "Late").await;
        house.later(house.actions.settings.limits.edit_time + Duration::from_secs(1));
        let refused = go(&wang, late.place(), to(hall)).await;
        assert!(
            matches!(refused, Err(ActionError::Invalid { problem: Problem::TooLate, .. })),
            "{refused:?}"
        );
        let taken = go(&anna, late.place(), to(hall)).await.unwrap();
        let remove = house.actions.remove_message(&wang, taken.place()).await;
        assert!(remove.is_err(), "moving makes it no younger");
    })
    .await;
}

#[tokio::test]
async fn waiting_mails_leave_it_out_and_receipts_are_asked_anew() {
    on_both(Wanted::standing, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let (_, hall) = house.group("Hall", &[WANG, LI]).await;
        let wang = house.person(WANG).await;
        house.later(Duration::from_secs(60));
        // What became due by that is not to take along what is said below.
        house.quiet().await;
        let (davids, lis) = (house.count_mails_of(DAVID).await, house.count_mails_of(LI).await);
        let new = NewMessage {
            markdown: "For the hall".to_owned(),
            receipt: Some(ReceiptRequest::Wanted),
            ..NewMessage::default()
        };
        let said = house.actions.post_message(&wang, plan, new).await.unwrap();
        post(&house, &anna, plan, "For the plan").await;
        house.actions.move_message(&wang, said.place(), to(hall)).await.unwrap();
        house.later(Duration::from_secs(60));
        let bundle = house.mails_of(DAVID, davids + 1).await.remove(0);
        let words = bundle.text.new_text;
        assert!(words.contains("For the plan") && !words.contains("For the hall"), "{words}");
        let told = house.mails_of(LI, lis + 1).await.remove(0);
        assert!(told.text.new_text.contains("For the hall"), "{}", told.text.new_text);
        let asked = house.actions.get_receipts(&wang, at(hall, 2), None).await.unwrap();
        let mut who: Vec<_> = asked.receivers.iter().map(|one| one.name.clone()).collect();
        who.sort();
        assert_eq!(who, ["Anna Berg", "李雷"]);
    })
    .await;
}

#[tokio::test]
async fn open_pages_of_both_groups_hear_of_it() {
    let house = House::with(Wanted::long_hold()).await;
    let (_, plan) = house.group("Plan", &[WANG, DAVID]).await;
    let (_, hall) = house.group("Hall", &[WANG, LI]).await;
    let wang = house.person(WANG).await;
    let said = post(&house, &wang, plan, "Belongs elsewhere").await;
    let (mut davids, mut lis) =
        (Browser::of(&house, DAVID).await.live().await, Browser::of(&house, LI).await.live().await);
    davids.watch(&plan.to_string(), 2).await;
    lis.watch(&hall.to_string(), 1).await;
    let wangs = Browser::of(&house, WANG).await;
    let path = format!("/groups/{plan}/messages/{}/move", said.seq);
    // First which group, then who will read it; nothing happens before the button.
    let page = wangs.page(&path).await;
    assert!(page.contains("Hall") && page.contains("3 members"), "{page}");
    let found = wangs.page(&format!("{path}?q=nothing+like+it")).await;
    assert!(found.contains("None of your groups") && !found.contains("?to="), "{found}");
    let sure = wangs.page(&format!("{path}?to={hall}")).await;
    assert!(sure.contains("3 members will read it in") && sure.contains("李雷"), "{sure}");
    assert_eq!(house.messages(&wang, hall, 1).await.len(), 1);
    let none = wangs.get(&format!("{path}?to={}", GroupId::from(uuid::Uuid::nil()))).await;
    assert_eq!(none.status(), 422);
    let (status, answer) = wangs.post_json(&path, &[("to", &hall.to_string()), ("edits", "0")]).await;
    assert_eq!((status.as_u16(), answer["seq"].as_i64()), (200, Some(2)), "{answer}");
    let changed = davids.next("changed").await;
    assert!(changed["html"].as_str().unwrap().contains("Moved to another group"), "{changed}");
    let posted = lis.next("message").await;
    assert!(posted["html"].as_str().unwrap().contains("Moved here"), "{posted}");
    let again = wangs.post(&path, &[("to", &hall.to_string()), ("edits", "0")]).await;
    assert_eq!(again.status(), 409);
    assert!(again.text().await.unwrap().contains("moved to another group meanwhile"));
    let back = wangs.post(&format!("{path}/back"), &[]).await;
    assert_eq!(back.status(), 303);
    let changed = davids.next("changed").await;
    assert!(changed["html"].as_str().unwrap().contains("Belongs elsewhere"), "{changed}");
    let gone = lis.next("changed").await;
    assert!(gone["html"].as_str().unwrap().contains("Moved to another group"), "{gone}");
}
