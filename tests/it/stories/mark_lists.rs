//! Anna has to report. What was marked while reading is on one page: by time, by type, by topic, by tag, and all of these
//! together.

use std::time::Duration;

use mailmoot::actions::edits::Edit;
use mailmoot::actions::mark_lists::{Asked, Counts, MarkPage};
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::saved_views::{MOST_VIEWS, NewView};
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::mark_query::MarkQuery;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::share::Grouping;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::files::{a_picture, bring, send};
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, on_both};
use crate::support::marks::{Marking, mark, place};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn say(house: &House, who: &Viewer, group: GroupId, words: &str) -> i64 {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap().seq
}

/// The marks that somebody sees under a URL's parameters, all pages of them, and the first page.
async fn ask(house: &House, who: &Viewer, group: Option<GroupId>, query: &str) -> (Vec<String>, MarkPage) {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = MarkQuery::read(pairs);
    let zone = "Asia/Shanghai".parse().ok();
    let mut asked = Asked { group, query, zone, ..Asked::default() };
    let first = house.actions.list_marks(who, asked.clone()).await.unwrap();
    let (mut said, mut page) = (Vec::new(), first.clone());
    loop {
        said.extend(page.marks.iter().map(|listed| listed.said.text.clone()));
        let Some(key) = page.next.clone() else { return (said, first) };
        asked.after = Some(key);
        page = house.actions.list_marks(who, asked.clone()).await.unwrap();
    }
}

async fn said(house: &House, who: &Viewer, group: Option<GroupId>, query: &str) -> Vec<String> {
    ask(house, who, group, query).await.0
}

/// Anna's group, in which things were marked on three days, the last one today.
async fn reported(house: &House) -> (Viewer, Viewer, GroupId) {
    let (anna, group) = house.group("Budget", &[WANG, DAVID]).await;
    let wang = house.person(WANG).await;
    let approved = say(house, &wang, group, "The budget is approved.").await;
    mark(
        house,
        &anna,
        place(group, approved),
        Marking { tag: "decision", topic: "Budget", ..Marking::default() },
    )
    .await;
    let ask_bank = say(house, &anna, group, "Somebody must ask the bank.").await;
    house.later(10 * DAY);
    let action = Marking {
        tag: "action",
        topic: "Bank",
        assignee: Some(&wang),
        due: "2026-12-01",
        ..Marking::default()
    };
    mark(house, &wang, place(group, ask_bank), action).await;
    house.later(Duration::from_secs(1));
    let offer = say(house, &wang, group, "See [the offer](https://x.example/offer).").await;
    let link =
        Marking { tag: "fact", topic: "budget", link: "https://x.example/offer", ..Marking::default() };
    mark(house, &wang, place(group, offer), link).await;
    house.later(10 * DAY);
    let plan = bring(house, &anna, group, ("plan.png", &a_picture(40, 30))).await.unwrap();
    let seq = send(house, &anna, group, &[&plan]).await.unwrap().seq;
    mark(house, &anna, place(group, seq), Marking { tag: "Next steps", file: true, ..Marking::default() })
        .await;
    (anna, wang, group)
}

#[tokio::test]
async fn marks_are_found_by_time_type_tag_topic_and_person_in_any_combination() {
    on_both(Wanted::standing, async |house| {
        let (anna, wang, group) = reported(&house).await;
        let all = ["plan.png", "the offer", "Somebody must ask the bank.", "The budget is approved."];
        let here = async |query| said(&house, &anna, Some(group), query).await;
        assert_eq!(here("").await, all, "the newest first");
        let (wangs_id, annas_id) = (format!("by={}", wang.person_id), format!("by={}", anna.person_id));
        let (for_wang, for_anna) = (format!("who={}", wang.person_id), format!("who={}", anna.person_id));
        for (query, expected) in [
            ("when=2026-11-20", &all[3..]),
            ("when=2026-W49", &all[1..3]),
            ("when=2026-11", &all[1..]),
            ("when=today", &all[..1]),
            ("when=this-month", &all[..1]),
            ("from=2026-11-21&until=2026-11-30", &all[1..3]),
            ("until=2026-11-20", &all[3..]),
            ("type=text", &all[2..]),
            ("type=link&type=picture", &all[..2]),
            ("tag=decision&tag=action", &all[2..]),
            ("tag=NEXT-steps", &all[..1]),
            ("topic=Budget", &[all[1], all[3]]),
            ("topic=", &all[..1]),
            (&wangs_id, &all[1..3]),
            (&annas_id, &[all[0], all[3]]),
            ("task=open", &all[2..3]),
            ("task=overdue", &all[2..3]),
            ("task=done", &[]),
            (&for_wang, &all[2..3]),
            (&for_anna, &[]),
            ("topic=budget&type=text&when=2026-11", &all[3..]),
            ("topic=budget&tag=action", &[]),
            ("tag=nothing", &[]),
        ] {
            assert_eq!(here(query).await, expected, "{query}");
        }
        // Under other headings, in their order.
        assert_eq!(here("group=tag").await, [all[3], all[2], all[1], all[0]]);
        assert_eq!(here("group=type").await, [all[2], all[3], all[1], all[0]]);
        assert_eq!(here("group=topic").await, [all[2], all[1], all[3], all[0]]);
        // The action is Wang's.
        assert_eq!(said(&house, &wang, Some(group), "task=mine").await, all[2..3]);
        assert!(here("task=mine").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn each_choice_says_how_many_it_would_leave() {
    on_both(Wanted::standing, async |house| {
        let (anna, wang, group) = reported(&house).await;
        let counts = ask(&house, &anna, Some(group), "").await.1.counts;
        let by_type: Vec<_> =
            counts.contents.iter().map(|(content, count)| (content.name(), *count)).collect();
        assert_eq!(counts.total, 4);
        assert_eq!(by_type.iter().map(|(_, count)| count).sum::<i64>(), 4);
        assert!(by_type.contains(&("text", 2)) && by_type.contains(&("picture", 1)), "{by_type:?}");
        let by_tag: Vec<_> = counts.tags.iter().map(|tag| (tag.folded.as_str(), tag.count)).collect();
        assert_eq!(by_tag, [("action", 1), ("decision", 1), ("fact", 1), ("next-steps", 1)]);
        let by_topic: Vec<_> =
            counts.topics.iter().map(|topic| (topic.folded.as_str(), topic.count)).collect();
        assert_eq!(by_topic, [("budget", 2), ("", 1), ("bank", 1)]);
        let by_time: Vec<_> =
            counts.periods.iter().map(|(period, count)| (period.to_string(), *count)).collect();
        let expected = [("today", 1), ("this-week", 1), ("this-month", 1), ("2026-11", 3)];
        assert_eq!(by_time, expected.map(|(period, count)| (period.to_owned(), count)));
        let tasks: Vec<i64> = counts.tasks.iter().map(|(_, count)| *count).collect();
        assert_eq!(tasks, [1, 0, 1, 0]);
        assert_eq!(counts.markers.iter().map(|(.., count)| *count).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(
            counts.assignees.iter().map(|(who, _, count)| (*who, *count)).collect::<Vec<_>>(),
            [(wang.person_id, 1)]
        );
        assert!(counts.groups.is_empty(), "the group is chosen");
        // A facet counts in what the others leave, and not in its own choice.
        let counts = ask(&house, &anna, Some(group), "type=text&tag=decision").await.1.counts;
        assert_eq!(counts.total, 1);
        let by_tag: Vec<_> = counts.tags.iter().map(|tag| (tag.folded.as_str(), tag.count)).collect();
        assert_eq!(by_tag, [("action", 1), ("decision", 1)]);
        assert_eq!(counts.contents.len(), 1, "{:?}", counts.contents);
    })
    .await;
}

#[tokio::test]
async fn a_member_sees_the_marks_of_what_they_may_see() {
    on_both(Wanted::standing, async |house| {
        let (anna, wang, group) = reported(&house).await;
        let (_, other) = house.group("Moving", &[DAVID]).await;
        let done = Marking { tag: "Entscheidung", topic: "Boxes", ..Marking::default() };
        mark(&house, &anna, place(other, 1), done).await;
        let everywhere = async |who| said(&house, who, None, "").await;
        assert_eq!(everywhere(&anna).await.len(), 5);
        assert_eq!(said(&house, &anna, None, "tag=decision").await, ["Welcome.", "The budget is approved."]);
        let Counts { tags, groups, .. } = ask(&house, &anna, None, "").await.1.counts;
        let by_group: Vec<_> =
            groups.iter().map(|(id, topic, count)| (*id, topic.as_str(), *count)).collect();
        assert_eq!(by_group[0].2 + by_group[1].2, 5);
        assert!(by_group.contains(&(other, "Moving", 1)), "{by_group:?}");
        let page = Browser::of(&house, ANNA).await.page("/marks?tag=decision").await;
        assert!(page.contains(&format!("/groups/{other}/marks?tag=decision")), "the same marks of one group");
        assert_eq!(
            tags.iter().find(|tag| tag.folded == "decision").map(|tag| tag.count),
            Some(2),
            "of both groups"
        );
        assert_eq!(everywhere(&wang).await.len(), 4);
        // Who came later sees nothing of what was before.
        house.sees_from(&wang, group, 4).await;
        assert_eq!(everywhere(&wang).await, ["plan.png", "the offer"]);
        let (said, page) = ask(&house, &wang, Some(group), "").await;
        assert_eq!((said.len(), page.counts.total, page.counts.tags.len()), (2, 2, 2));
        assert_eq!(page.counts.tasks.iter().map(|(_, count)| count).sum::<i64>(), 0);
        house.leaves(&wang, group).await;
        assert!(everywhere(&wang).await.is_empty());
        let gone = house.actions.list_marks(&wang, Asked { group: Some(group), ..Asked::default() }).await;
        assert!(matches!(gone, Err(ActionError::NotFound)), "{gone:?}");
        let li = Browser::of(&house, LI).await;
        assert_eq!(li.get(&format!("/groups/{group}/marks")).await.status(), StatusCode::NOT_FOUND);
        assert!(li.page("/marks").await.contains("Nothing is marked in your groups yet."));
    })
    .await;
}

#[tokio::test]
async fn a_long_list_goes_on_page_by_page_and_has_each_mark_once() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        for n in 0..125 {
            let seq = say(&house, &anna, group, &format!("No. {n}")).await;
            // Several are of one moment.
            if n % 3 == 0 {
                house.later(Duration::from_secs(3600));
            }
            let tag = ["risk", "idea", "Next steps"][n % 3];
            let topic = ["", "Budget", "预算"][n / 3 % 3];
            mark(&house, &anna, place(group, seq), Marking { tag, topic, ..Marking::default() }).await;
        }
        for query in
            ["", "group=week", "group=tag", "group=topic", "group=type", "group=topic&tag=risk&tag=idea"]
        {
            let (mut said, page) = ask(&house, &anna, Some(group), query).await;
            let expected = if query.contains("tag=risk") { 84 } else { 125 };
            assert_eq!((said.len(), page.counts.total), (expected, expected as i64), "{query}");
            assert_eq!(page.marks.len(), expected.min(100));
            said.sort();
            said.dedup();
            assert_eq!(said.len(), expected, "{query}: each once");
        }
        let long = Asked { group: Some(group), is_long: true, ..Asked::default() };
        let long = house.actions.list_marks(&anna, long).await.unwrap();
        assert_eq!((long.marks.len(), long.next), (125, None));
    })
    .await;
}

#[tokio::test]
async fn a_mark_shows_what_was_said_then_and_on_demand_what_it_says_now() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let seq = say(&house, &anna, group, "We take the **red** one.").await;
        mark(&house, &anna, place(group, seq), Marking { tag: "decision", ..Marking::default() }).await;
        let browser = Browser::of(&house, WANG).await;
        let path = format!("/groups/{group}/marks");
        let before = browser.page(&path).await;
        assert!(before.contains("<strong>red</strong>") && !before.contains("Edited since"), "{before}");
        assert!(before.contains(&format!("href=\"/groups/{group}?at={seq}#m-{seq}\"")), "{before}");
        let edit = Edit { edits: 0, markdown: "We take the **blue** one.".to_owned() };
        house.actions.edit_message(&anna, place(group, seq), edit).await.unwrap();
        let after = browser.page(&path).await;
        assert!(after.contains("<strong>red</strong>") && after.contains("Edited since"), "{after}");
        assert!(after.contains("<strong>blue</strong>"), "what it says now");
    })
    .await;
}

#[tokio::test]
async fn a_view_is_kept_by_name_opened_again_and_forgotten() {
    on_both(Wanted::standing, async |house| {
        let (_, _, group) = reported(&house).await;
        let (browser, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let path = format!("/groups/{group}/marks");
        let id = group.to_string();
        let form = |name| {
            [
                ("name", name),
                ("group", id.as_str()),
                ("query", "tag=decision&when=this-week&x=1"),
                ("zone", "Asia/Shanghai"),
            ]
        };
        let kept = browser.post("/views", &form(" This week's\u{202e} decisions ")).await;
        assert_eq!(kept.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            kept.headers()["location"],
            format!("{path}?when=this-week&tag=decision&zone=Asia/Shanghai")
        );
        let page = browser.page(&path).await;
        assert!(page.contains("<bdi>This week&#39;s decisions</bdi>"), "{page}");
        assert!(page.contains(&format!("href=\"{path}?when=this-week&#38;tag=decision\"")), "{page}");
        // It is hers alone, and of this group.
        assert!(!wang.page(&path).await.contains("decisions</bdi>"));
        assert!(!browser.page("/marks").await.contains("decisions</bdi>"));
        // A name that is none is told beside the form, and nothing typed is lost.
        let long = "x".repeat(61);
        let refused = browser.post("/views", &form(&long)).await;
        assert_eq!(refused.status(), StatusCode::OK);
        let refused = refused.text().await.unwrap();
        assert!(refused.contains(&long) && refused.contains("The limit is 60 characters."), "{refused}");
        assert!(
            browser.post("/views", &form(" ")).await.text().await.unwrap().contains("Write something first.")
        );
        let outside = [("name", "x"), ("group", "01900000-0000-7000-8000-000000000003")];
        assert_eq!(browser.post("/views", &outside).await.status(), StatusCode::NOT_FOUND);
        let view = page.split("action=\"/views/").nth(1).unwrap().split("/remove").next().unwrap().to_owned();
        let remove = format!("/views/{view}/remove");
        assert_eq!(wang.post(&remove, &[]).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(browser.post(&remove, &[]).await.status(), StatusCode::SEE_OTHER);
        assert!(!browser.page(&path).await.contains("decisions</bdi>"));
        // As many as anybody needs, and no more.
        let anna = house.person(ANNA).await;
        let keep = async || {
            let new = NewView { group: None, name: "Open".to_owned(), query: "task=open".to_owned() };
            house.actions.save_view(&anna, new).await
        };
        for _ in 0..MOST_VIEWS {
            keep().await.unwrap();
        }
        let full = keep().await;
        assert!(
            matches!(full, Err(ActionError::Invalid { problem: Problem::TooMany { limit: 100 }, .. })),
            "{full:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn odd_parameters_ask_for_nothing_and_break_nothing() {
    on_both(Wanted::standing, async |house| {
        let (_, _, group) = reported(&house).await;
        let browser = Browser::of(&house, DAVID).await;
        let long = "x".repeat(10_000);
        for odd in [
            "when=soon&type=gold&tag=&by=me&task=no&group=gold&zone=Mars%2FOlympus&after=1.2.3".to_owned(),
            "tag=%00&topic=%00&after=1.01900000-0000-7000-8000-000000000003.%00".to_owned(),
            format!("tag={long}&topic={long}"),
            format!("after=1.01900000-0000-7000-8000-000000000003.{long}"),
            "when=2026-99&from=0000-00-00&until=99999-01-01".to_owned(),
            "after=9223372036854775807.01900000-0000-7000-8000-000000000003.&group=tag".to_owned(),
            "topic=%27%22%3Cscript%3E".to_owned(),
        ] {
            let page = browser.page(&format!("/groups/{group}/marks?{odd}")).await;
            assert!(!page.contains("<script>"), "{odd}");
        }
        let none = browser.page(&format!("/groups/{group}/marks?topic=nothing")).await;
        assert!(none.contains("No mark fits these filters."), "{none}");
    })
    .await;
}

#[tokio::test]
async fn what_a_view_shows_goes_into_a_share_all_of_it_or_what_was_ticked() {
    on_both(Wanted::standing, async |house| {
        let (anna, _, group) = reported(&house).await;
        let page = Browser::of(&house, ANNA).await;
        let shared = async |fields: &[(&str, &str)]| {
            let answer = page.post(&format!("/groups/{group}/shares"), fields).await;
            let place = answer.headers()["location"].to_str().unwrap().to_owned();
            let share = place.strip_prefix("/shares/").unwrap().parse().unwrap();
            let found = house.actions.get_share(&anna, share).await.unwrap();
            let seqs: Vec<i64> = found.pieces.iter().map(|piece| piece.item.seq).collect();
            (seqs, found.share.form.grouping)
        };
        // As it was said, whatever was marked first or stands first on the page.
        let (by_topic, grouping) = shared(&[("view", "?topic=budget&group=topic")]).await;
        assert_eq!((by_topic.len(), grouping), (2, Grouping::Topic));
        assert!(by_topic.is_sorted());
        assert_eq!(shared(&[("view", "?")]).await.0.len(), 4);
        assert_eq!(shared(&[("view", "?tag=risk")]).await.0, [] as [i64; 0]);
        let all = ask(&house, &anna, Some(group), "").await.1;
        let (newest, oldest) = (&all.marks[0].mark, &all.marks[3].mark);
        let (first, last) = (newest.id.to_string(), oldest.id.to_string());
        let ticked = shared(&[("mark", &first), ("mark", &last), ("view", "?group=tag")]).await;
        assert_eq!(ticked, (vec![oldest.place.seq, newest.place.seq], Grouping::Tag));
    })
    .await;
}
