//! People come into a group later, get rights, leave or are removed; the log tells of it, and the right ends at once.

use mailmoot::actions::members::NewMembers;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::clock::Clock;
use mailmoot::domain::address::NamedAddress;
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::group::{Adding, History, Muting, Role};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::job::Job;
use mailmoot::domain::ledger::{DeliveryState, Outcome};
use mailmoot::domain::message::Message;
use mailmoot::domain::notice::Notice;
use mailmoot::domain::person::Viewer;
use mailmoot::store::{self, jobs::Lane};
use mailmoot::transport::local::LocalMail;
use mailmoot::workers::Outlet;
use reqwest::multipart::Form;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, eventually, mail, on_both};

const KENJI: &str = "kenji@partner.example";

/// These people, as they are found by their addresses.
fn people(addresses: &[&str], history: History) -> NewMembers {
    let addresses =
        addresses.iter().map(|a| NamedAddress { name: None, address: a.parse().unwrap() }).collect();
    NewMembers { persons: Vec::new(), addresses, history }
}

async fn say(house: &House, viewer: &Viewer, group: GroupId, words: &str) -> Message {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(viewer, group, new).await.unwrap()
}

/// What somebody sees of a group, notices by their kind.
async fn log(house: &House, viewer: &Viewer, group: GroupId) -> Vec<String> {
    let messages = house.actions.list_messages_before(viewer, group, None, 100).await.unwrap();
    messages.into_iter().map(|m| m.notice.as_ref().map_or(m.body.markdown, kind)).collect()
}

fn kind(notice: &Notice) -> String {
    match notice {
        Notice::Added { people, .. } => {
            format!("+{}", people.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join("+"))
        }
        Notice::Removed { person } => format!("-{}", person.name),
        Notice::Left => "left".to_owned(),
        Notice::Role { person, role } => format!("{}:{role:?}", person.name),
        Notice::Topic { before, now } => format!("{before}>{now}"),
        Notice::Adding { by } => format!("{by:?}"),
        other => format!("{other:?}"),
    }
}

#[track_caller]
fn not_found<T>(answer: Result<T, ActionError>) {
    assert!(matches!(answer, Err(ActionError::NotFound)));
}

#[track_caller]
fn forbidden<T>(answer: Result<T, ActionError>) {
    assert!(matches!(answer, Err(ActionError::Forbidden)));
}

#[track_caller]
fn problem<T: std::fmt::Debug>(answer: Result<T, ActionError>) -> Problem {
    let Err(ActionError::Invalid { problem, .. }) = answer else { panic!("{answer:?}") };
    problem
}

#[tokio::test]
async fn one_reads_from_the_start_another_from_now_on_and_both_learn_of_it_by_mail() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        say(&house, &anna, group, "Before").await;
        house.actions.add_members(&anna, group, people(&[DAVID], History::Start)).await.unwrap();
        house.actions.add_members(&anna, group, people(&[LI], History::Now)).await.unwrap();
        say(&house, &anna, group, "After").await;
        let (david, li) = (house.person(DAVID).await, house.person(LI).await);
        let names = ["Welcome.", "Before", "+David Okafor", "+李雷", "After"];
        assert_eq!(log(&house, &david, group).await, names);
        assert_eq!(log(&house, &li, group).await, names[3..]);
        let after = house.actions.list_messages_after(&li, group, 0, 100).await.unwrap();
        assert_eq!(after.iter().map(|p| p.message.seq).collect::<Vec<_>>(), [4, 5]);
        // The personal link, with the opening only for whoever may read it.
        let (davids, lis) = (house.mail_of(DAVID).await, house.mail_of(LI).await);
        assert!(davids.text.new_text.contains("Anna Berg invites you"), "{}", davids.text.new_text);
        assert!(davids.text.new_text.contains("Welcome.") && !lis.text.new_text.contains("Welcome."));
        assert_eq!((davids.subject.as_str(), lis.subject.as_str()), ("Plan", "Plan"));
        // What was said before is history: unread is what came after.
        for viewer in [&david, &li] {
            let line = house.actions.list_groups(viewer).await.unwrap().remove(0);
            assert_eq!((line.said - line.read, line.last.unwrap().words.as_str()), (1, "After"));
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_who_reads_from_now_on_sees_what_came_before_in_any_list() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let mut upload = house.actions.begin_upload(&anna, group).await.unwrap();
        upload.write(b"secret").await.unwrap();
        let file = house.actions.finish_upload(&anna, group, upload, "plan.txt").await.unwrap();
        let new = NewMessage { markdown: "Look".to_owned(), files: vec![file.id], ..NewMessage::default() };
        house.actions.post_message(&anna, group, new).await.unwrap();
        house.actions.add_members(&anna, group, people(&[LI], History::Now)).await.unwrap();
        let li = house.person(LI).await;
        assert_eq!(house.actions.list_groups(&li).await.unwrap()[0].last, None, "nothing for Li yet");
        not_found(house.actions.open_file(&li, file.id).await);
        house.actions.open_file(&house.person(WANG).await, file.id).await.unwrap();
        let browser = Browser::of(&house, LI).await;
        let page = browser.page(&format!("/groups/{group}")).await;
        assert!(!page.contains("Welcome.") && !page.contains("plan.txt") && !page.contains("data-older"));
        assert!(page.contains("since you were added") && !page.contains("The group began on"));
    })
    .await;
}

#[tokio::test]
async fn a_removed_members_rights_end_at_once_and_come_back_with_the_next_adding() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let mut upload = house.actions.begin_upload(&anna, group).await.unwrap();
        upload.write(b"x").await.unwrap();
        let file = house.actions.finish_upload(&anna, group, upload, "plan.txt").await.unwrap();
        let new = NewMessage { markdown: "Look".to_owned(), files: vec![file.id], ..NewMessage::default() };
        house.actions.post_message(&anna, group, new).await.unwrap();
        let invitation = house.mails_of(DAVID, 2).await.pop().unwrap();
        let link = crate::support::house::link_in(&invitation);
        let (david, wang) = (house.person(DAVID).await, house.person(WANG).await);

        forbidden(house.actions.remove_member(&wang, group, david.person_id).await);
        house.actions.remove_member(&anna, group, david.person_id).await.unwrap();
        house.actions.remove_member(&anna, group, david.person_id).await.unwrap();
        not_found(house.actions.get_group(&david, group).await);
        not_found(house.actions.list_messages_after(&david, group, 0, 10).await);
        not_found(house.actions.open_file(&david, file.id).await);
        assert!(house.actions.list_groups(&david).await.unwrap().is_empty());
        let browser = Browser::new(&house);
        assert_eq!(browser.get(&format!("/l/{}", link.reveal())).await.status(), 404, "the personal link");

        // An answer to an old mail is not used, and its author told why.
        let reply_to = invitation.reply_to[0].address.to_string();
        let answer = |id: &str| {
            mail(
                &[("From", DAVID), ("To", &reply_to), ("Subject", "Re: Plan"), ("Message-ID", id)],
                &format!("By mail {id}"),
            )
        };
        house.deliver(answer("<one@corp.example>")).await;
        // The first line is that of the thread the group began with.
        house.ledger(2).await;
        let told = house.mails_of(DAVID, 3).await.remove(0);
        assert!(told.text.new_text.contains("you are not a member"), "{}", told.text.new_text);
        assert_eq!(log(&house, &wang, group).await, ["Welcome.", "Look", "-David Okafor"]);

        // Back again, the address in the old mails is David's, too.
        house.actions.add_members(&anna, group, people(&[DAVID], History::Start)).await.unwrap();
        house.deliver(answer("<two@corp.example>")).await;
        let outcomes = house.outcomes(3).await;
        assert!(matches!(outcomes[2], Outcome::Message { .. }), "{outcomes:?}");
        let names = log(&house, &david, group).await;
        assert_eq!(names[2..], ["-David Okafor", "+David Okafor", "By mail <two@corp.example>"]);
        house.actions.open_file(&david, file.id).await.unwrap();
        assert!(house.mails_of(DAVID, 4).await[0].text.new_text.contains("invites you"));
    })
    .await;
}

#[tokio::test]
async fn a_group_with_members_has_an_owner() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
        let actions = &house.actions;
        assert_eq!(problem(actions.leave_group(&anna, group).await), Problem::LastOwner);
        assert_eq!(
            problem(actions.set_role(&anna, group, anna.person_id, Role::Member).await),
            Problem::LastOwner
        );
        forbidden(actions.set_role(&wang, group, wang.person_id, Role::Owner).await);
        actions.set_role(&anna, group, wang.person_id, Role::Owner).await.unwrap();
        actions.leave_group(&anna, group).await.unwrap();
        not_found(actions.leave_group(&anna, group).await);
        actions.remove_member(&wang, group, david.person_id).await.unwrap();
        assert_eq!(log(&house, &wang, group).await, ["Welcome.", "王小明:Owner", "left", "-David Okafor"]);
        // Alone, the last one may go.
        actions.leave_group(&wang, group).await.unwrap();
        assert!(actions.list_groups(&wang).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_owners_who_leave_at_the_same_moment_do_not_leave_the_others_alone() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        house.actions.set_role(&anna, group, wang.person_id, Role::Owner).await.unwrap();
        let (one, other) =
            tokio::join!(house.actions.leave_group(&anna, group), house.actions.leave_group(&wang, group));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_removed_while_posting_has_said_it_before_or_not_at_all() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let david = house.person(DAVID).await;
        for n in 0..10 {
            let new = NewMessage { markdown: format!("Just now {n}"), ..NewMessage::default() };
            let (posted, removed) = tokio::join!(
                house.actions.post_message(&david, group, new),
                house.actions.remove_member(&anna, group, david.person_id)
            );
            removed.unwrap();
            let lines = log(&house, &anna, group).await;
            assert_eq!(lines.last().unwrap(), "-David Okafor", "nothing of David's comes after: {lines:?}");
            let said = lines.contains(&format!("Just now {n}"));
            assert_eq!(said, posted.is_ok(), "{posted:?}");
            house.actions.add_members(&anna, group, people(&[DAVID], History::Start)).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn mail_that_still_waits_is_not_sent_to_whoever_was_removed() {
    let slow = Outlet::Local(LocalMail::new("/dev/null/nowhere", Clock::system()));
    on_both(
        || Wanted { outlet: Some(slow.clone()), ..Wanted::default() },
        async |house| {
            let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
            let david = house.person(DAVID).await;
            let waiting = async || {
                let mut mails = house.deliveries().await;
                mails.retain(|d| d.person_id == Some(david.person_id) && d.group_id == Some(group));
                mails
            };
            eventually(async || (!waiting().await.is_empty()).then_some(())).await;
            assert!(waiting().await.iter().all(|d| d.state == DeliveryState::Waiting));
            house.actions.remove_member(&anna, group, david.person_id).await.unwrap();
            // An attempt that was under way ends now.
            for mail in waiting().await {
                house.actions.record_delay(&mail, "4.2.0 Later", true).await.unwrap();
            }
            for mail in waiting().await {
                assert_eq!(mail.state, DeliveryState::Failed);
                assert!(mail.last_reply.contains("left the group"), "{}", mail.last_reply);
                assert!(house.actions.mail_to_send(mail.id).await.unwrap().is_none());
            }
        },
    )
    .await;
}

#[tokio::test]
async fn guests_add_nobody_and_an_owner_may_keep_adding_to_owners() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, KENJI]).await;
        let (wang, kenji) = (house.person(WANG).await, house.person(KENJI).await);
        let actions = &house.actions;
        assert_eq!(
            problem(actions.add_members(&kenji, group, people(&[LI], History::Start)).await),
            Problem::Guest
        );
        actions.add_members(&wang, group, people(&[LI], History::Start)).await.unwrap();
        forbidden(actions.set_adding(&wang, group, Adding::Owners).await);
        actions.set_adding(&anna, group, Adding::Owners).await.unwrap();
        forbidden(actions.add_members(&wang, group, people(&[DAVID], History::Start)).await);
        let many = people(&[DAVID, WANG, "new@else.example", "new@else.example"], History::Start);
        let added = actions.add_members(&anna, group, many).await.unwrap();
        assert_eq!((added.persons.len(), added.already), (2, 1));
        let again = actions.add_members(&anna, group, people(&[DAVID], History::Now)).await;
        assert!(matches!(problem(again), Problem::AlreadyMember { name, .. } if name == "David Okafor"));
        assert_eq!(problem(actions.add_members(&anna, group, NewMembers::default()).await), Problem::Empty);
        let guests: Vec<bool> =
            actions.get_group(&anna, group).await.unwrap().members.iter().map(|m| m.is_guest).collect();
        assert_eq!(guests.iter().filter(|is_guest| **is_guest).count(), 2, "Kenji and the new one");
    })
    .await;
}

#[tokio::test]
async fn a_notice_is_nobodys_unread_and_goes_by_mail_with_the_next_message_only() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mails_of(WANG, 1).await;
        let wang = house.person(WANG).await;
        house.actions.set_topic(&anna, group, "Better plan").await.unwrap();
        let unread = async |viewer: &Viewer| {
            let line = house.actions.list_groups(viewer).await.unwrap().remove(0);
            (line.topic, line.said - line.read)
        };
        assert_eq!(unread(&wang).await, ("Better plan".to_owned(), 1), "the opening");
        house.actions.mark_read(&wang, group, 1).await.unwrap();
        assert_eq!(unread(&wang).await.1, 0);
        house.actions.plan_bundles(group).await.unwrap();
        say(&house, &anna, group, "Now it is better").await;
        let mails = house.mails_of(DAVID, 2).await;
        assert_eq!(mails.len(), 2, "the notice alone started none");
        let text = &mails[0].text.new_text;
        let said = text.find("Now it is better").unwrap();
        let noted = text.find("Anna Berg changed the topic from “Plan” to “Better plan”").unwrap();
        assert!(noted < said, "{text}");
        assert_eq!(mails[0].subject, "Re: Plan", "one thread, whatever the topic");
        assert!(mails[0].html.as_str().contains("Better plan"));
        assert_eq!(unread(&wang).await.1, 1);
    })
    .await;
}

#[tokio::test]
async fn a_notice_can_neither_be_changed_nor_answered_nor_found_nor_taken_along() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.actions.set_topic(&anna, group, "Better plan").await.unwrap();
        house.actions.add_members(&anna, group, people(&[LI], History::Start)).await.unwrap();
        let notice = house.actions.list_messages_before(&anna, group, None, 1).await.unwrap().remove(0);
        assert!(notice.notice.is_some() && notice.author.person_id == Some(anna.person_id));
        // She wrote it, so to say, and owns the group: nobody has more rights.
        let browser = Browser::of(&house, ANNA).await;
        let own = format!("/groups/{group}/messages/{}", notice.seq);
        assert_eq!(browser.get(&own).await.status(), 404);
        for (rest, fields) in [
            ("edit", &[("edits", "0"), ("markdown", "Not so")][..]),
            ("remove", &[]),
            ("react", &[("emoji", "👍"), ("on", "true")]),
            ("pin", &[("on", "true")]),
        ] {
            assert_eq!(browser.post(&format!("{own}/{rest}"), fields).await.status(), 404, "{rest}");
        }
        let form = Form::new().text("markdown", "Why?").text("answers", notice.id.to_string());
        let request = browser.request("POST", &format!("/groups/{group}/messages"));
        let answer = request.header("accept", "application/json").multipart(form).send().await.unwrap();
        assert_eq!(answer.status(), 422);
        assert_eq!(
            log(&house, &anna, group).await,
            ["Welcome.", "Plan>Better plan", "+李雷"],
            "all is as it was"
        );
        // Nor does the index take it up when it is made anew.
        let anew = [(house.actions.clock.new_id(), Job::IndexMessages { before: None })];
        let now = house.actions.clock.now();
        house.actions.store.write(async move |tx| store::jobs::add(tx, &anew, now, now).await).await.unwrap();
        house.actions.bell.ring();
        eventually(async || {
            let mut tx = house.actions.store.read().await.unwrap();
            (!store::jobs::is_waiting(&mut tx, Lane::Index).await.unwrap()).then_some(())
        })
        .await;
        let hits = async |words: &str| {
            let page = browser.page(&format!("/groups/{group}/search?q={words}&zone=UTC")).await;
            page.matches("class=\"hit\"").count()
        };
        assert_eq!((hits("Welcome").await, hits("Better").await, hits("李雷").await), (1, 0, 0));
        assert_eq!(hits("from:Anna").await, 1, "the opening alone");
        let draft = house.actions.start_draft_from_group(&anna, group, vec![1, 2, 3]).await.unwrap();
        let chosen = house.actions.get_draft(&anna, draft).await.unwrap().chosen;
        assert_eq!(chosen.iter().map(|(message, _)| message.seq).collect::<Vec<_>>(), [1]);
    })
    .await;
}

#[tokio::test]
async fn a_muted_member_gets_mails_and_one_who_wants_what_is_meant_for_them_none() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID, LI]).await;
        for address in [WANG, DAVID, LI] {
            house.mails_of(address, 1).await;
        }
        let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
        house.actions.set_muting(&wang, group, Muting::Muted).await.unwrap();
        house.actions.set_cadence(&david, group, Cadence::Mentions).await.unwrap();
        assert_eq!(house.actions.list_groups(&wang).await.unwrap()[0].muting, Muting::Muted);
        say(&house, &anna, group, "To all").await;
        house.mails_of(WANG, 2).await;
        house.mails_of(LI, 2).await;
        assert_eq!(house.count_mails_of(DAVID).await, 1);
        assert_eq!(
            log(&house, &anna, group).await,
            ["Welcome.", "To all"],
            "muting is nobody else's business"
        );
    })
    .await;
}

#[tokio::test]
async fn a_mention_reaches_also_whoever_wants_no_mails_and_brings_nothing_else_along() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mails_of(DAVID, 1).await;
        let david = house.person(DAVID).await;
        house.actions.set_cadence(&david, group, Cadence::Mentions).await.unwrap();
        say(&house, &anna, group, "To all others").await;
        house.mails_of(WANG, 2).await;
        say(&house, &anna, group, "@David Okafor, can you?").await;
        say(&house, &anna, group, "No hurry").await;
        let mails = house.mails_of(DAVID, 2).await;
        let text = &mails[0].text.new_text;
        assert!(text.contains("@David Okafor, can you?"), "{text}");
        assert!(!text.contains("To all others") && !text.contains("No hurry"), "{text}");
        // He answers, and still has not read what was never sent to him.
        let to = mails[0].reply_to[0].address.to_string();
        house.deliver(mail(&[("From", DAVID), ("To", &to), ("Subject", "Re: Plan")], "I can.")).await;
        house.messages(&anna, group, 5).await;
        let line = house.actions.list_groups(&david).await.unwrap().remove(0);
        assert_eq!((line.said, line.read), (5, 0));
        // Once: what comes after it does not name him.
        say(&house, &anna, group, "Thank you").await;
        eventually(async || {
            let mails = house.mails_of(WANG, 3).await;
            mails.iter().any(|mail| mail.text.new_text.contains("Thank you")).then_some(())
        })
        .await;
        assert_eq!(house.count_mails_of(DAVID).await, 2);
    })
    .await;
}

#[tokio::test]
async fn everybody_who_looks_sees_each_change_and_who_is_removed_hears_no_more() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let id = group.to_string();
        let (davids, lis) = (Browser::of(&house, DAVID).await, Browser::of(&house, LI).await);
        let mut wang = Browser::of(&house, WANG).await.live().await;
        let (mut david, mut li) = (davids.live().await, lis.live().await);
        wang.watch(&id, 1).await;
        david.watch(&id, 1).await;
        wang.all("pong").await;
        david.all("pong").await;

        house.actions.add_members(&anna, group, people(&[LI], History::Now)).await.unwrap();
        let added = li.next("group_added").await;
        assert_eq!(added["group"], id.as_str());
        assert!(added["html"].as_str().unwrap().contains("data-seq=\"1\" data-read=\"1\""), "{added}");
        let notice = wang.next("message").await;
        assert!(notice["html"].as_str().unwrap().contains("<bdi>Anna Berg</bdi> added <bdi>李雷</bdi>"));
        assert!(notice["row"].is_null());
        let head = wang.next("head").await;
        assert!(head["names"].as_str().unwrap().contains("李雷"));

        let person = house.person(DAVID).await.person_id;
        house.actions.remove_member(&anna, group, person).await.unwrap();
        assert_eq!(david.next("group_gone").await["group"], id.as_str());
        say(&house, &anna, group, "Not for David").await;
        wang.next("head").await;
        assert!(david.all("message").await.is_empty() && david.all("row").await.is_empty());
        // A page that was away when it happened is told when it comes back.
        let mut late = davids.live().await;
        late.watch(&id, 1).await;
        assert_eq!(late.next("group_gone").await["group"], id.as_str());
        late.say(serde_json::json!({ "type": "list", "at": 0 })).await;
        let groups = late.next("groups").await;
        assert!(groups["whole"].as_bool().unwrap() && groups["groups"].as_object().unwrap().is_empty());

        house.actions.set_topic(&anna, group, "Better plan").await.unwrap();
        assert_eq!(li.next("groups").await["groups"][&id]["topic"], "Better plan");
        let mut again = Browser::of(&house, WANG).await.live().await;
        again.watch(&id, 1).await;
        assert_eq!(again.next("head").await["topic"], "Better plan", "the state whole, after a gap");
    })
    .await;
}

#[tokio::test]
async fn the_panels_forms_work_without_script() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let browser = Browser::of(&house, ANNA).await;
    let path = |rest: &str| format!("/groups/{group}{rest}");
    let list = "Ada <ada@else.example>, bob@else.example";
    let fields = [("who", list), ("who", "李雷"), ("history", "now")];
    assert_eq!(browser.post(&path("/members"), &fields).await.status(), 303);
    let page = browser.page(&path("/members")).await;
    for name in ["Ada", "bob", "李雷"] {
        assert!(page.contains(&format!("<bdi>{name}</bdi>")), "{name}");
    }
    assert_eq!(page.matches("From outside the organisation").count(), 2);
    // What cannot be used stays in its field, with the reason beside it.
    let wrong = browser.post(&path("/members"), &[("who", "ada@else.example, nonsense@")]).await;
    assert_eq!(wrong.status(), 200);
    let text = wrong.text().await.unwrap();
    assert!(text.contains("ada@else.example, nonsense@") && text.contains("Nobody was added"), "{text}");
    let li = house.person(LI).await;
    let role = path(&format!("/members/{}/role", li.person_id));
    assert_eq!(browser.post(&role, &[("role", "owner")]).await.status(), 303);
    assert_eq!(browser.post(&path("/topic"), &[("topic", "Better plan")]).await.status(), 303);
    assert_eq!(browser.post(&path("/adding"), &[("adding", "owners")]).await.status(), 303);
    assert_eq!(browser.post(&path("/muting"), &[("muting", "muted")]).await.status(), 303);
    let page = browser.page(&path("/settings")).await;
    assert!(page.contains("value=\"Better plan\""), "{page}");
    assert!(page.contains("value=\"owners\" checked") && page.contains("value=\"muted\" checked"));
    let page = browser.page(&path("")).await;
    for line in ["Ada</bdi>, <bdi>", "</bdi> an owner", "Better plan</bdi>”", "only owners add members"] {
        assert!(page.contains(line), "{line}");
    }
    assert_eq!(browser.post(&path("/leave"), &[]).await.status(), 303);
    assert_eq!(browser.get(&path("")).await.status(), 404);
    not_found(house.actions.get_group(&anna, group).await);
}
