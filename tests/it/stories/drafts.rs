//! The rules of drafts: who edits, what can be confirmed, what comes back.

use std::time::Duration;

use mailmoot::actions::drafts::{Change, LeaseOutcome};
use mailmoot::actions::{ActionError, Conflict, Problem};
use mailmoot::domain::address::NamedAddress;
use mailmoot::domain::draft::DraftState;

use crate::support::house::{ANNA, DAVID, GATEWAY, WANG, Wanted, on_both};

fn topic(text: &str) -> Change {
    Change::Topic(text.to_owned())
}

#[tokio::test]
async fn two_editors_fight_and_a_lost_lease_saves_nothing() {
    on_both(Wanted::standing, async |house| {
        let (anna, draft) = house.draft("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let (annas, wangs) = (house.editor(&anna), house.editor(&wang));
        let actions = &house.actions;

        assert!(matches!(actions.take_lease(annas, draft).await.unwrap(), LeaseOutcome::Granted { .. }));
        let held = actions.take_lease(wangs, draft).await.unwrap();
        assert_eq!(held, LeaseOutcome::HeldBy { name: "Anna Berg".to_owned() });
        let refused = actions.change_draft(wangs, draft, topic("Mine")).await.unwrap_err();
        assert!(
            matches!(&refused, ActionError::Conflict(Conflict::LeaseLost { holder: Some(name) }) if name == "Anna Berg")
        );
        let refused = actions.confirm_draft(wangs, draft).await.unwrap_err();
        assert!(matches!(refused, ActionError::Conflict(Conflict::LeaseLost { .. })), "not while Anna edits");

        // Anna's second tab has no lease either.
        let second_tab = house.editor(&anna);
        let moved = |result| matches!(result, Err(ActionError::Conflict(Conflict::LeaseMoved)));
        assert!(moved(actions.change_draft(second_tab, draft, topic("Tab")).await));

        // A sign of life at 50 s keeps the lease beyond its first minute.
        house.later(Duration::from_secs(50));
        actions.keep_lease(annas, draft).await.unwrap();
        house.later(Duration::from_secs(50));
        assert!(matches!(actions.take_lease(wangs, draft).await.unwrap(), LeaseOutcome::HeldBy { .. }));
        house.later(Duration::from_secs(11));
        assert!(matches!(actions.take_lease(wangs, draft).await.unwrap(), LeaseOutcome::Granted { .. }));

        let lost = actions.change_draft(annas, draft, topic("Too late")).await.unwrap_err();
        assert!(
            matches!(&lost, ActionError::Conflict(Conflict::LeaseLost { holder: Some(name) }) if name == "王小明")
        );
        assert!(actions.keep_lease(annas, draft).await.is_err());
        actions.change_draft(wangs, draft, topic("Wang's plan")).await.unwrap();
        assert_eq!(actions.get_draft(&anna, draft).await.unwrap().draft.topic, "Wang's plan");

        // Given back, it is free at once.
        actions.release_lease(wangs, draft).await.unwrap();
        assert!(matches!(actions.take_lease(annas, draft).await.unwrap(), LeaseOutcome::Granted { .. }));
    })
    .await;
}

#[tokio::test]
async fn ones_own_other_window_takes_over_at_once_and_somebody_else_only_asks() {
    on_both(Wanted::standing, async |house| {
        let (anna, draft) = house.draft("Plan", &[WANG]).await;
        let wang = house.person(WANG).await;
        let (first, second) = (house.editor(&anna), house.editor(&anna));
        let actions = &house.actions;
        actions.take_lease(first, draft).await.unwrap();
        assert!(matches!(actions.take_lease(second, draft).await.unwrap(), LeaseOutcome::HeldBy { .. }));
        let asked = actions.ask_for_lease(house.editor(&wang), draft).await.unwrap();
        assert_eq!(asked, LeaseOutcome::HeldBy { name: "Anna Berg".to_owned() });
        let wanted_by = async || {
            let page = actions.get_draft(&anna, draft).await.unwrap();
            page.wanted_by.map(|person| person.full_name)
        };
        // Anna sees who asked as long as she edits, whatever she changes meanwhile.
        actions.change_draft(first, draft, topic("One more word")).await.unwrap();
        assert_eq!(wanted_by().await.as_deref(), Some("王小明"));
        let asked = actions.ask_for_lease(second, draft).await.unwrap();
        assert_eq!(wanted_by().await, None);
        assert!(matches!(asked, LeaseOutcome::Granted { .. }));
        let moved = actions.change_draft(first, draft, topic("Typed before")).await.unwrap_err();
        assert!(matches!(moved, ActionError::Conflict(Conflict::LeaseMoved)));
        actions.change_draft(second, draft, topic("Typed here")).await.unwrap();
        assert_eq!(actions.get_draft(&anna, draft).await.unwrap().draft.topic, "Typed here");
    })
    .await;
}

#[tokio::test]
async fn an_expired_lease_saves_nothing_even_if_nobody_took_it() {
    on_both(Wanted::standing, async |house| {
        let (anna, draft) = house.draft("Plan", &[WANG]).await;
        let editor = house.editor(&anna);
        house.actions.take_lease(editor, draft).await.unwrap();
        house.later(Duration::from_secs(61));
        let lost = house.actions.change_draft(editor, draft, topic("Late")).await.unwrap_err();
        assert!(matches!(lost, ActionError::Conflict(Conflict::LeaseLost { holder: None })));
        assert_eq!(house.actions.get_draft(&anna, draft).await.unwrap().draft.topic, "Plan");
    })
    .await;
}

#[tokio::test]
async fn a_draft_without_a_topic_or_with_one_member_is_not_confirmed_and_says_why() {
    on_both(Wanted::default, async |house| {
        let anna = house.person(ANNA).await;
        let draft = house.actions.start_blank_draft(&anna).await.unwrap();
        let editor = house.editor(&anna);
        house.actions.take_lease(editor, draft).await.unwrap();
        let confirm = async || house.actions.confirm_draft(editor, draft).await.unwrap_err();
        assert!(matches!(confirm().await, ActionError::Invalid { field: "topic", problem: Problem::Empty }));
        house.actions.change_draft(editor, draft, topic("Plan")).await.unwrap();
        assert!(matches!(
            confirm().await,
            ActionError::Invalid { field: "members", problem: Problem::TooFewMembers }
        ));
        let add = async |address: &str| {
            let change = Change::AddAddress { address: address.to_owned(), name: None };
            house.actions.change_draft(editor, draft, change).await
        };
        assert!(matches!(
            add("nobody").await,
            Err(ActionError::Invalid { problem: Problem::NotAnAddress, .. })
        ));
        assert!(matches!(add(GATEWAY).await, Err(ActionError::Invalid { problem: Problem::OwnAddress, .. })));
        add(WANG).await.unwrap();
        let again = add(&WANG.to_uppercase()).await;
        assert!(
            matches!(&again, Err(ActionError::Invalid { problem: Problem::AlreadyMember { name, .. }, .. }) if name == "王小明"),
            "{again:?}"
        );
        assert_eq!(house.actions.get_draft(&anna, draft).await.unwrap().members.len(), 2);
        let several = [WANG, DAVID, "new@else.example", "NEW@else.example"];
        let named = several.map(|address| NamedAddress { name: None, address: address.parse().unwrap() });
        house.actions.change_draft(editor, draft, Change::AddAddresses(named.to_vec())).await.unwrap();
        assert_eq!(house.actions.get_draft(&anna, draft).await.unwrap().members.len(), 4);
        house.actions.confirm_draft(editor, draft).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn confirm_pressed_twice_at_once_makes_one_group() {
    on_both(Wanted::default, async |house| {
        let (anna, draft) = house.draft("Plan", &[WANG, DAVID]).await;
        let editor = house.editor(&anna);
        let (first, second) = tokio::join!(
            house.actions.confirm_draft(editor, draft),
            house.actions.confirm_draft(editor, draft)
        );
        assert_eq!(first.unwrap(), second.unwrap());
        assert_eq!(house.actions.list_groups(&anna).await.unwrap().len(), 1);
        house.mail_of(WANG).await;
        house.mail_of(DAVID).await;
        let late = house.actions.change_draft(editor, draft, topic("Late")).await.unwrap_err();
        assert!(matches!(late, ActionError::Conflict(Conflict::AlreadyConfirmed)));
        assert!(house.actions.discard_draft(&anna, draft).await.is_err());
        assert_eq!(house.count_mails_of(WANG).await, 1, "one invitation");
    })
    .await;
}

#[tokio::test]
async fn a_discarded_draft_comes_back_as_it_was_and_only_its_owner_may() {
    on_both(Wanted::default, async |house| {
        let (anna, draft) = house.draft("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        assert!(matches!(house.actions.discard_draft(&wang, draft).await, Err(ActionError::Forbidden)));
        house.actions.discard_draft(&anna, draft).await.unwrap();
        let editor = house.editor(&anna);
        let refused = house.actions.confirm_draft(editor, draft).await.unwrap_err();
        assert!(matches!(refused, ActionError::Conflict(Conflict::Discarded)));
        assert!(house.actions.list_drafts(&anna).await.unwrap().is_empty());
        house.actions.restore_draft(&anna, draft).await.unwrap();
        let page = house.actions.get_draft(&anna, draft).await.unwrap();
        assert_eq!(
            (page.draft.state, page.draft.topic.as_str(), page.members.len()),
            (DraftState::Open, "Plan", 3)
        );
        house.actions.confirm_draft(editor, draft).await.unwrap();
    })
    .await;
}
