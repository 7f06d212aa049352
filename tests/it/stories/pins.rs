//! Pinning what everybody is to find again.

use mailmoot::actions::pins::MOST_PINS;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::message::MessagePlace;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, WANG, Wanted, on_both};

#[tokio::test]
async fn a_pin_is_seen_at_once_and_stands_in_the_panel_until_it_is_taken_away() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, place) = (house.person(WANG).await, MessagePlace { group, seq: 1 });
        let annas = Browser::of(&house, ANNA).await;
        let mut page = annas.live().await;
        page.watch(&group.to_string(), 1).await;
        page.all("changed").await;
        house.actions.pin_message(&wang, place, true).await.unwrap();
        assert!(page.next("changed").await["html"].as_str().unwrap().contains("data-pinned"));
        // Pinned already: nothing new.
        house.actions.pin_message(&anna, place, true).await.unwrap();
        assert!(page.all("changed").await.is_empty());
        let panel = annas.page(&format!("/groups/{group}/pins")).await;
        assert!(panel.contains("王小明") && panel.contains("Welcome."), "{panel}");
        let own = format!("/groups/{group}/messages/1/pin");
        let done = annas.post(&own, &[("panel", "true")]).await;
        assert_eq!(done.headers()["location"], format!("/groups/{group}/pins"));
        assert!(!page.next("changed").await["html"].as_str().unwrap().contains("data-pinned"));
        assert_eq!(house.actions.list_pins(&anna, group).await.unwrap().1, []);
        // With the message its pin goes, and a removed one takes none.
        annas.post(&own, &[("on", "true")]).await;
        house.actions.remove_message(&anna, place).await.unwrap();
        assert_eq!(house.actions.list_pins(&anna, group).await.unwrap().1, []);
        let late = house.actions.pin_message(&anna, place, true).await;
        assert!(matches!(late, Err(ActionError::Invalid { problem: Problem::MessageGone, .. })), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn a_group_has_so_many_pins_and_no_more() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let browser = Browser::of(&house, ANNA).await;
        for seq in 1..=51 {
            browser.say(&group.to_string(), "", &seq.to_string()).await;
            let pinned = house.actions.pin_message(&anna, MessagePlace { group, seq }, true).await;
            let is_full = matches!(
                pinned,
                Err(ActionError::Invalid { problem: Problem::TooManyPins { limit: MOST_PINS }, .. })
            );
            assert_eq!(is_full, seq > 50, "{seq}");
        }
        let pins = house.actions.list_pins(&anna, group).await.unwrap().1;
        assert_eq!((pins.len(), pins[0].message.seq), (MOST_PINS, 50), "the newest pin first");
    })
    .await;
}
