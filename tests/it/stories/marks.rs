//! Marking what matters: a message, a passage, a file, a link, several at once; seen at once by everybody in the group.

use mailmoot::actions::edits::Edit;
use mailmoot::actions::marks::{Chosen, MOST_ON_MESSAGE, NewMark, TaskChange};
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::tags::TagChoice;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::mark::{Content, Mark, MarkSource, Piece};
use mailmoot::domain::message::{Message, MessagePlace};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::tag::TagKind;

use crate::support::browser::Browser;
use crate::support::files::{a_picture, bring};
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, eventually, mail, on_both};

/// A mark as a form without more fields makes it.
pub(super) fn new_mark(tag: &str, piece: Chosen) -> NewMark {
    NewMark {
        tag: TagChoice::Named(tag.parse().unwrap()),
        piece,
        topic: String::new(),
        assignee: None,
        due_on: None,
    }
}

async fn say(house: &House, who: &Viewer, group: GroupId, markdown: &str) -> Message {
    let new = NewMessage { markdown: markdown.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap()
}

async fn marks_at(house: &House, who: &Viewer, place: MessagePlace) -> Vec<Mark> {
    house.actions.get_message(who, place).await.unwrap().message.marks
}

/// Marks what one piece says of a message.
async fn mark(house: &House, who: &Viewer, message: &Message, new: NewMark) -> Mark {
    let mut changed = house.actions.mark(who, (message.group_id, vec![message.seq]), new).await.unwrap();
    changed.remove(0).marks.pop().unwrap()
}

fn problem<T: std::fmt::Debug>(done: Result<T, ActionError>) -> Problem {
    match done {
        Err(ActionError::Invalid { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_mark_is_seen_at_once_with_topic_and_task_and_goes_again() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let (annas, davids) = (Browser::of(&house, ANNA).await, Browser::of(&house, DAVID).await);
        let mut page = annas.live().await;
        page.watch(&group.to_string(), 1).await;
        page.all("changed").await;
        let path = format!("/groups/{group}/marks");
        let who = wang.person_id.to_string();
        let fields = [
            ("seq", "1"),
            ("tag", "action"),
            ("topic", " Offer\r\nof May "),
            ("who", &who),
            ("due", "2026-11-27"),
        ];
        let done = davids.post(&path, &fields).await;
        assert_eq!(done.headers()["location"], format!("/groups/{group}/messages/1"));
        let frame = page.next("changed").await;
        let html = frame["html"].as_str().unwrap();
        assert!(
            html.contains("tag-blue") && html.contains("Action") && html.contains("Offer of May"),
            "{html}"
        );
        assert!(html.contains("王小明") && html.contains("27 November 2026"), "{html}");
        // A page that was away gets it with what changed meanwhile.
        let mut back = Browser::of(&house, WANG).await.live().await;
        back.say(serde_json::json!({ "type": "watch", "group": group, "after": 1, "changed": 0 })).await;
        assert!(back.next("changed").await["html"].as_str().unwrap().contains("Offer of May"));

        let place = MessagePlace { group, seq: 1 };
        let made = marks_at(&house, &anna, place).await.remove(0);
        assert_eq!((made.tag.label.kind, made.content), (Some(TagKind::Action), Content::Text));
        assert_eq!((made.marked_by.name.as_str(), made.source), ("David Okafor", MarkSource::Browser));
        let own = format!("{path}/{}", made.id);
        let shown = annas.page(&own).await;
        assert!(shown.contains("Welcome.") && shown.contains("David Okafor") && shown.contains("2026-11-27"));
        // Anybody ticks it off and says what it is about; taking it back is for whoever made it, and for owners.
        let wangs = Browser::of(&house, WANG).await;
        assert_eq!(wangs.post(&format!("{own}/task"), &[("done", "true")]).await.headers()["location"], own);
        wangs.post(&format!("{own}/topic"), &[("topic", "")]).await;
        let done = marks_at(&house, &anna, place).await.remove(0);
        assert_eq!(done.task.done.as_ref().unwrap().by.name, "王小明");
        assert_eq!(
            (done.topic.as_str(), done.task.due_on),
            ("", made.task.due_on),
            "what was not sent stays"
        );
        assert_eq!(wangs.post(&format!("{own}/remove"), &[]).await.status(), 404);
        davids.post(&format!("{own}/remove"), &[]).await;
        assert_eq!(marks_at(&house, &anna, place).await, []);
        let first = house.messages(&anna, group, 1).await.remove(0);
        let again = mark(&house, &wang, &first, new_mark("risk", Chosen::Message)).await;
        house.actions.unmark(&anna, (group, again.id)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn passages_files_pictures_and_links_are_marked_and_keep_what_they_said() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let picture = bring(&house, &anna, group, ("plan.png", &a_picture(2, 2))).await.unwrap().id;
        let text = bring(&house, &anna, group, ("a.txt", b"x")).await.unwrap().id;
        let new = NewMessage {
            markdown: "We go. **预算** is 5 & [the offer](https://x.example/?a=1&b=2)".to_owned(),
            files: vec![picture, text],
            ..NewMessage::default()
        };
        let message = house.actions.post_message(&anna, group, new).await.unwrap();
        let passage = |quote: &str| Chosen::Passage { quote: quote.to_owned(), start: None };
        let link = Chosen::Link("https://x.example/?a=1&b=2".to_owned());
        for (piece, content, said) in [
            (passage("预算  is 5"), Content::Text, "预算 is 5"),
            (Chosen::File(picture), Content::Picture, "plan.png"),
            (Chosen::File(text), Content::Attachment, "a.txt"),
            (link, Content::Link, "the offer"),
            (Chosen::Message, Content::Text, message.body.markdown.as_str()),
        ] {
            let made = mark(&house, &anna, &message, new_mark("fact", piece)).await;
            let details = house.actions.get_mark(&anna, (group, made.id)).await.unwrap();
            assert_eq!((made.content, details.said.text.as_str()), (content, said));
        }
        let again =
            house.actions.mark(&anna, (group, vec![message.seq]), new_mark("fact", passage("预算 is 5")));
        assert_eq!(problem(again.await), Problem::MarkedAlready);
        for (piece, wrong) in [
            (passage("not there"), Problem::PassageMissing),
            (passage(" "), Problem::PassageMissing),
            (Chosen::Link("https://elsewhere.example/".to_owned()), Problem::PieceGone),
            (Chosen::File(house.actions.clock.new_id()), Problem::PieceGone),
        ] {
            let done = house.actions.mark(&anna, (group, vec![message.seq]), new_mark("fact", piece)).await;
            assert_eq!(problem(done), wrong);
        }
        // A message of pictures alone is a picture, one of a link alone a link.
        let link = say(&house, &anna, group, "https://y.example/").await;
        let made = mark(&house, &anna, &link, new_mark("idea", Chosen::Message)).await;
        assert_eq!(made.content, Content::Link);
    })
    .await;
}

#[tokio::test]
async fn an_edit_moves_marked_passages_and_tells_which_it_lost() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let message = say(&house, &anna, group, "We pay 5. They pay 5.").await;
        let passage = |quote: &str, start| Chosen::Passage { quote: quote.to_owned(), start: Some(start) };
        let ours = mark(&house, &anna, &message, new_mark("fact", passage("pay 5", 3))).await;
        let theirs = mark(&house, &anna, &message, new_mark("fact", passage("pay 5", 15))).await;
        let edit = async |edits, markdown: &str| {
            let edit = Edit { edits, markdown: markdown.to_owned() };
            house.actions.edit_message(&anna, message.place(), edit).await.unwrap();
            let marks = marks_at(&house, &anna, message.place()).await;
            let start = |id| marks.iter().find(|mark| mark.id == id).unwrap().piece.passage().unwrap().start;
            (start(ours.id), start(theirs.id))
        };
        assert_eq!(
            edit(0, "They pay 5. **We** pay 5.").await,
            (Some(15), Some(5)),
            "each by its surroundings"
        );
        assert_eq!(edit(1, "They pay 6. We pay 5.").await, (Some(15), None));
        let lost = house.actions.get_mark(&anna, (group, theirs.id)).await.unwrap();
        assert!(lost.mark.is_lost() && lost.said.text == "pay 5");
        let page =
            Browser::of(&house, WANG).await.page(&format!("/groups/{group}/marks/{}", theirs.id)).await;
        assert!(page.contains("An edit took this out"), "{page}");
        assert_eq!(edit(2, "They pay 5. We pay 5.").await, (Some(15), Some(5)), "an edit brought it back");
        // With the message nothing of it stays.
        house.actions.remove_message(&anna, message.place()).await.unwrap();
        assert_eq!(marks_at(&house, &anna, message.place()).await, []);
        let late =
            house.actions.mark(&anna, (group, vec![message.seq]), new_mark("fact", Chosen::Message)).await;
        assert_eq!(problem(late), Problem::MessageGone);
        let gone = house.actions.get_mark(&anna, (group, ours.id)).await;
        assert!(matches!(gone, Err(ActionError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn several_messages_are_marked_at_once_and_each_is_told() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        for n in 2..=5 {
            say(&house, &anna, group, &n.to_string()).await;
        }
        let wangs = Browser::of(&house, WANG).await;
        let mut page = wangs.live().await;
        page.watch(&group.to_string(), 5).await;
        page.all("changed").await;
        let fields =
            [("seq", "2"), ("seq", "4"), ("seq", "4"), ("seq", "5"), ("tag", ""), ("other", "Next steps")];
        let (status, answer) = wangs.post_json(&format!("/groups/{group}/marks"), &fields).await;
        assert_eq!((status.as_u16(), answer["changed"].as_array().unwrap().len()), (200, 3), "{answer}");
        let told = page.all("changed").await;
        let seqs: Vec<i64> = told.iter().map(|frame| frame["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, [2, 4, 5]);
        // Those that have it already are left as they are.
        let new = new_mark("#next_steps", Chosen::Message);
        house.actions.mark(&anna, (group, vec![4, 3]), new).await.unwrap();
        let told = page.all("changed").await;
        assert_eq!(told.iter().map(|frame| frame["seq"].as_i64().unwrap()).collect::<Vec<_>>(), [3]);
        for seqs in [vec![1, 99], vec![0], vec![-1, 2]] {
            let done = house.actions.mark(&anna, (group, seqs), new_mark("risk", Chosen::Message)).await;
            assert!(matches!(done, Err(ActionError::NotFound)));
        }
        let many = (1..=201).collect();
        let done = house.actions.mark(&anna, (group, many), new_mark("risk", Chosen::Message)).await;
        assert_eq!(problem(done), Problem::TooManyMarked { limit: 200 });
        let none = house.actions.mark(&anna, (group, vec![]), new_mark("risk", Chosen::Message)).await;
        assert_eq!(problem(none), Problem::Empty);
    })
    .await;
}

#[tokio::test]
async fn a_tag_in_a_message_marks_it_by_browser_and_by_mail_for_as_long_as_it_stands_there() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let names = |marks: &[Mark]| {
            let name = |mark: &Mark| {
                mark.tag.label.kind.map_or_else(|| mark.tag.label.name.clone(), |kind| kind.name().to_owned())
            };
            let mut names: Vec<String> = marks.iter().map(name).collect();
            names.sort();
            names
        };
        let text = "#action @David Okafor: ask them. #Budget #12 #fff `#code` https://x.example/#part";
        let message = say(&house, &anna, group, text).await;
        assert_eq!(names(&message.marks), ["Budget", "action"]);
        let marks = marks_at(&house, &anna, message.place()).await;
        let action = marks.iter().find(|mark| mark.tag.label.kind == Some(TagKind::Action)).unwrap();
        assert_eq!(action.task.assignee.as_ref().unwrap().name, "David Okafor", "the only one it names");
        assert_eq!((action.source, &action.piece), (MarkSource::Hashtag, &Piece::Message));
        // Removed from the text, it is removed; what somebody marked beside stays.
        mark(&house, &anna, &message, new_mark("risk", Chosen::Message)).await;
        let edit = Edit { edits: 0, markdown: "#决定: we ask them".to_owned() };
        house.actions.edit_message(&anna, message.place(), edit).await.unwrap();
        assert_eq!(names(&marks_at(&house, &anna, message.place()).await), ["decision", "risk"]);

        let invitation = house.mail_of(WANG).await;
        let to = invitation.reply_to[0].address.to_string();
        house
            .deliver(mail(&[("From", WANG), ("To", &to), ("Subject", "Re: Plan")], "同意 #决定 #budget"))
            .await;
        let marks = eventually(async || {
            let last = house.actions.list_messages_before(&anna, group, None, 1).await.unwrap().pop()?;
            last.body.markdown.contains("同意").then_some(last.marks)
        });
        let marks = marks.await;
        assert_eq!(names(&marks), ["Budget", "decision"], "the group's own tag as it was named first");
        assert_eq!(marks[0].marked_by.name, "王小明");
    })
    .await;
}

#[tokio::test]
async fn a_mark_is_only_for_who_may_see_its_message() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, li) = (house.person(WANG).await, house.person(LI).await);
        let first = house.messages(&anna, group, 1).await.remove(0);
        let made = mark(
            &house,
            &anna,
            &first,
            NewMark { topic: "Secret".into(), ..new_mark("risk", Chosen::Message) },
        );
        let made = made.await;
        say(&house, &anna, group, "two").await;
        house.sees_from(&wang, group, 2).await;
        for (who, seq) in [(&wang, 1), (&li, 1), (&li, 2)] {
            let tried = house.actions.mark(who, (group, vec![seq]), new_mark("fact", Chosen::Message)).await;
            assert!(matches!(tried, Err(ActionError::NotFound)));
            let asked = house.actions.get_marking(who, group, vec![seq]).await;
            assert!(matches!(asked, Err(ActionError::NotFound)));
            let id = (group, made.id);
            assert!(matches!(house.actions.get_mark(who, id).await, Err(ActionError::NotFound)));
            assert!(matches!(house.actions.unmark(who, id).await, Err(ActionError::NotFound)));
            assert!(matches!(house.actions.set_mark_topic(who, id, "x").await, Err(ActionError::NotFound)));
        }
        let marking = house.actions.get_marking(&wang, group, vec![2]).await.unwrap();
        assert_eq!(marking.topics, ["Plan"], "no topic of what he may not see");
        assert!(marking.tags.iter().all(|line| line.marks == 0));
        // A mark of another group is none here.
        let (_, other) = house.group("Other", &[WANG]).await;
        let crossed = house.actions.set_task(&anna, (other, made.id), TaskChange::default()).await;
        assert!(matches!(crossed, Err(ActionError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_spun_off_copy_takes_no_marks_along() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let first = house.messages(&anna, group, 1).await.remove(0);
        mark(&house, &anna, &first, new_mark("risk", Chosen::Message)).await;
        let draft = house.actions.start_draft_from_group(&anna, group, vec![1]).await.unwrap();
        let next = house.actions.confirm_draft(house.editor(&anna), draft).await.unwrap();
        assert_eq!(house.messages(&anna, next, 1).await[0].marks, []);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_marked_is_told_and_nothing_typed_is_lost() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let annas = Browser::of(&house, ANNA).await;
        let path = format!("/groups/{group}/marks");
        for (fields, words) in [
            ([("tag", "risk"), ("topic", "Typed"), ("due", "someday"), ("other", "")], "no day"),
            ([("tag", "risk"), ("topic", &"长".repeat(3_000)), ("due", ""), ("other", "")], "200 characters"),
            ([("tag", "none"), ("topic", "Typed"), ("due", ""), ("other", "")], "Choose a tag"),
            ([("tag", ""), ("topic", "Typed"), ("due", ""), ("other", "a,b\u{0}")], "no # or comma"),
        ] {
            let answer = annas.post(&path, &[&[("seq", "1")], &fields[..]].concat()).await;
            assert_eq!(answer.status(), 200);
            let page = answer.text().await.unwrap();
            assert!(page.contains(words) && page.contains(fields[1].1), "{words}: {page}");
        }
        let who = house.person(LI).await.person_id.to_string();
        let fields = [("seq", "1"), ("tag", "action"), ("who", who.as_str())];
        let page = annas.post(&path, &fields).await.text().await.unwrap();
        assert!(page.contains("must be in the group"), "{page}");
        let first = house.messages(&anna, group, 1).await.remove(0);
        assert_eq!(first.marks, []);
        for n in 0..MOST_ON_MESSAGE {
            mark(&house, &anna, &first, new_mark(&format!("tag {n}"), Chosen::Message)).await;
        }
        let full = house.actions.mark(&anna, (group, vec![1]), new_mark("risk", Chosen::Message)).await;
        assert_eq!(problem(full), Problem::TooManyMarks { limit: MOST_ON_MESSAGE });
    })
    .await;
}
