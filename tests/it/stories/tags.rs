//! The tags of a group: made, renamed, coloured and merged, seen at once on the marks that have them.

use mailmoot::actions::marks::Chosen;
use mailmoot::actions::tags::{MOST_OWN, TagChange, TagChoice};
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::ids::{GroupId, TagId};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::tag::{Colour, TagKind, TagName};

use super::marks::new_mark;
use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, WANG, Wanted, on_both};

/// The group's own tag of that name.
async fn own(house: &House, who: &Viewer, group: GroupId, name: &str) -> Option<TagId> {
    let lines = house.actions.list_tags(who, group).await.unwrap().lines;
    lines.into_iter().find(|line| line.label.name == name).and_then(|line| line.id)
}

#[tokio::test]
async fn a_tag_is_made_renamed_and_coloured_and_its_marks_show_it_at_once() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
        let wangs = Browser::of(&house, WANG).await;
        let path = format!("/groups/{group}/tags");
        let panel = wangs.page(&path).await;
        assert!(panel.contains("Decision") && panel.contains("not used"), "{panel}");
        let made = wangs.post(&path, &[("name", "<b>Money"), ("colour", "teal")]).await;
        assert_eq!(made.headers()["location"], path);
        assert!(wangs.page(&path).await.contains("&#60;b&#62;Money"));
        let id = own(&house, &anna, group, "<b>Money").await.unwrap();
        house.actions.mark(&anna, (group, vec![1]), new_mark("<B>money", Chosen::Message)).await.unwrap();
        let mut page = Browser::of(&house, ANNA).await.live().await;
        page.watch(&group.to_string(), 1).await;
        page.all("changed").await;
        let fields = [("name", "Budget"), ("colour", "red")];
        wangs.post(&format!("{path}/{id}"), &fields).await;
        let html = page.next("changed").await["html"].as_str().unwrap().to_owned();
        assert!(html.contains("tag-red") && html.contains("Budget"), "{html}");
        // Whoever made it may, and owners; nobody else.
        let change = || TagChange { name: Some("X".to_owned()), colour: None };
        let tag = || (group, TagChoice::Known(id));
        assert!(matches!(
            house.actions.change_tag(&david, tag(), change()).await,
            Err(ActionError::Forbidden)
        ));
        house.actions.change_tag(&anna, tag(), change()).await.unwrap();
        // A tag of every group only has another colour, given by owners.
        let risk = || (group, TagChoice::Named(TagName::BuiltIn(TagKind::Risk)));
        let orange = || TagChange { name: Some("Danger".to_owned()), colour: Some(Colour::Orange) };
        assert!(matches!(
            house.actions.change_tag(&wang, risk(), orange()).await,
            Err(ActionError::Forbidden)
        ));
        house.actions.change_tag(&anna, risk(), orange()).await.unwrap();
        let lines = house.actions.list_tags(&wang, group).await.unwrap().lines;
        let risk = lines.iter().find(|line| line.label.kind == Some(TagKind::Risk)).unwrap();
        assert_eq!((risk.label.colour, risk.label.name.as_str()), (Colour::Orange, ""));
    })
    .await;
}

#[tokio::test]
async fn names_that_cannot_be_are_told_and_stand_in_the_form() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let annas = Browser::of(&house, ANNA).await;
        let path = format!("/groups/{group}/tags");
        annas.post(&path, &[("name", "Budget")]).await;
        annas.post(&path, &[("name", "Money")]).await;
        let money = own(&house, &anna, group, "Money").await.unwrap();
        let long = "x".repeat(10_000);
        for (way, name, words) in [
            (path.clone(), " ", "cannot be empty"),
            (path.clone(), "a#b", "no # or comma"),
            (path.clone(), long.as_str(), "40 characters"),
            (format!("{path}/{money}"), "ｂｕｄｇｅｔ", "has this name"),
            (format!("{path}/{money}"), "Decision", "has this name"),
        ] {
            let answer = annas.post(&way, &[("name", name)]).await;
            assert_eq!(answer.status(), 200);
            let page = answer.text().await.unwrap();
            assert!(page.contains(words) || words == "cannot be empty", "{name}: {page}");
            assert!(page.contains(&format!("value=\"{name}\"")), "{name}");
        }
        for n in 2..MOST_OWN {
            house.actions.make_tag(&anna, group, (&format!("Tag {n}"), None)).await.unwrap();
        }
        let full = house.actions.make_tag(&anna, group, ("One more", None)).await;
        assert!(
            matches!(full, Err(ActionError::Invalid { problem: Problem::TooManyTags { .. }, .. })),
            "{full:?}"
        );
        house.actions.make_tag(&anna, group, ("Money", None)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_merged_tag_gives_its_marks_away_on_all_pages() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        house.actions.mark(&anna, (group, vec![1]), new_mark("Todo list", Chosen::Message)).await.unwrap();
        let mut page = Browser::of(&house, WANG).await.live().await;
        page.watch(&group.to_string(), 1).await;
        page.all("changed").await;
        let from = own(&house, &anna, group, "Todo list").await.unwrap();
        let annas = Browser::of(&house, ANNA).await;
        let path = format!("/groups/{group}/tags/{from}/merge");
        let nothing = annas.post(&path, &[("into", "")]).await.text().await.unwrap();
        assert!(nothing.contains("Choose a tag"), "{nothing}");
        annas.post(&path, &[("into", "action")]).await;
        let html = page.next("changed").await["html"].as_str().unwrap().to_owned();
        assert!(html.contains("tag-blue") && !html.contains("Todo list"), "{html}");
        assert_eq!(own(&house, &anna, group, "Todo list").await, None);
        let gone = annas.post(&path, &[("into", "action")]).await.text().await.unwrap();
        assert!(gone.contains("merged into another one"), "{gone}");
    })
    .await;
}

#[tokio::test]
async fn a_tag_of_many_messages_is_renamed_and_pages_get_all_of_them() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let annas = Browser::of(&house, ANNA).await;
        for n in 2..=130 {
            annas.say(&group.to_string(), "", &n.to_string()).await;
        }
        house
            .actions
            .mark(&anna, (group, (1..=130).collect()), new_mark("Todo", Chosen::Message))
            .await
            .unwrap();
        house
            .actions
            .mark(&anna, (group, (1..=130).collect()), new_mark("Old", Chosen::Message))
            .await
            .unwrap();
        let mut page = annas.live().await;
        page.watch(&group.to_string(), 130).await;
        page.all("changed").await;
        let old = own(&house, &anna, group, "Old").await.unwrap();
        let change = TagChange { name: Some("New".to_owned()), colour: None };
        house.actions.change_tag(&anna, (group, TagChoice::Known(old)), change).await.unwrap();
        // More than are told one by one: the page asks for what lies between.
        let mut got = Vec::new();
        while got.len() < 130 {
            let frame = page.next("changed").await;
            assert!(frame["html"].as_str().unwrap().contains("New"));
            got.push(frame["seq"].as_i64().unwrap());
        }
        assert_eq!(got, (1..=130).collect::<Vec<_>>());
    })
    .await;
}
