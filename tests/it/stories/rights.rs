//! An outsider learns nothing: what is not for somebody is as if it were not there.

use mailmoot::actions::drafts::Change;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::ledger_query::LedgerQuery;

use crate::support::house::{DAVID, LI, WANG, Wanted, mail, on_both};

#[track_caller]
fn not_found<T>(answer: Result<T, ActionError>) {
    assert!(matches!(answer, Err(ActionError::NotFound)));
}

#[tokio::test]
async fn an_outsider_finds_no_group_draft_file_or_thread() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (_, draft) = house.draft("Other plan", &[WANG]).await;
        let raw =
            mail(&[("From", WANG), ("To", DAVID), ("Subject", "Ours"), ("Message-ID", "<o@x.example>")], "x");
        let thread = house.actions.file_mails(vec![raw.into_bytes()], "test").await.unwrap()[0];
        let mut upload = house.actions.begin_upload(&anna, group).await.unwrap();
        upload.write(b"secret").await.unwrap();
        let file = house.actions.finish_upload(&anna, group, upload, "plan.txt").await.unwrap();
        let new = NewMessage { files: vec![file.id], ..NewMessage::default() };
        house.actions.post_message(&anna, group, new).await.unwrap();

        let li = house.person(LI).await;
        let (actions, editor) = (&house.actions, house.editor(&li));
        let new = NewMessage { markdown: "hi".to_owned(), ..NewMessage::default() };
        not_found(actions.get_group(&li, group).await);
        not_found(actions.list_messages_after(&li, group, 0, 10).await);
        not_found(actions.list_messages_before(&li, group, None, 10).await);
        not_found(actions.post_message(&li, group, new).await);
        not_found(actions.mark_read(&li, group, 1).await);
        not_found(actions.begin_upload(&li, group).await);
        not_found(actions.open_file(&li, file.id).await);
        not_found(actions.get_draft(&li, draft).await);
        not_found(actions.take_lease(editor, draft).await);
        not_found(actions.keep_lease(editor, draft).await);
        not_found(actions.ask_for_lease(editor, draft).await);
        not_found(actions.change_draft(editor, draft, Change::Topic("x".to_owned())).await);
        not_found(actions.confirm_draft(editor, draft).await);
        not_found(actions.discard_draft(&li, draft).await);
        not_found(actions.get_thread(&li, thread).await);
        not_found(actions.start_draft_from_thread(&li, thread).await);
        not_found(actions.list_mails(&li, &LedgerQuery::default(), None, 1).await);
        not_found(actions.list_deliveries(&li, &LedgerQuery::default(), None, 1).await);
        assert!(actions.list_groups(&li).await.unwrap().is_empty());
        assert!(actions.list_drafts(&li).await.unwrap().is_empty());
        assert!(actions.list_threads(&li, "", None, 10).await.unwrap().is_empty());
        assert!(actions.list_threads(&li, "ours", None, 10).await.unwrap().is_empty());

        let wang = house.person(WANG).await;
        actions.get_group(&wang, group).await.unwrap();
        actions.open_file(&wang, file.id).await.unwrap();
        actions.get_draft(&wang, draft).await.unwrap();
        actions.get_thread(&wang, thread).await.unwrap();
        assert_eq!(actions.list_threads(&wang, "ours", None, 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_belongs_to_the_group_it_was_put_into_and_to_its_author() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (_, other) = house.group("Other", &[WANG]).await;
        let mut upload = house.actions.begin_upload(&anna, group).await.unwrap();
        upload.write(b"x").await.unwrap();
        let file = house.actions.finish_upload(&anna, group, upload, "a.txt").await.unwrap().id;
        let with_file = || NewMessage { files: vec![file], ..NewMessage::default() };
        let wang = house.person(WANG).await;
        assert!(house.actions.post_message(&wang, group, with_file()).await.is_err(), "not Wang's upload");
        assert!(house.actions.post_message(&anna, other, with_file()).await.is_err(), "not this group's");
        not_found(house.actions.open_file(&house.person(DAVID).await, file).await.map(|_| ()));
        house.actions.post_message(&anna, group, with_file()).await.unwrap();
        house.actions.open_file(&house.person(DAVID).await, file).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_guest_begins_no_group_finds_nobody_and_sees_a_draft_only_as_a_group() {
    const KENJI: &str = "kenji@partner.example";
    on_both(Wanted::default, async |house| {
        let refused = |answer: Result<(), ActionError>| {
            assert!(
                matches!(answer, Err(ActionError::Invalid { problem: Problem::Guest, .. })),
                "{answer:?}"
            );
        };
        let (anna, draft) = house.draft("Plan", &[WANG, KENJI]).await;
        let raw = mail(
            &[("From", KENJI), ("To", DAVID), ("Subject", "Ours"), ("Message-ID", "<g@x.example>")],
            "x",
        );
        let thread = house.actions.file_mails(vec![raw.clone().into_bytes()], "test").await.unwrap()[0];
        let kenji = house.person(KENJI).await;
        let (actions, editor) = (&house.actions, house.editor(&kenji));
        refused(actions.check_may_start(&kenji).await);
        refused(actions.start_blank_draft(&kenji).await.map(drop));
        refused(actions.start_draft_from_mails(&kenji, vec![raw.into_bytes()]).await.map(drop));
        refused(actions.start_draft_from_thread(&kenji, thread).await.map(drop));
        refused(actions.search_people(&kenji, "a", 8).await.map(drop));
        not_found(actions.get_draft(&kenji, draft).await);
        not_found(actions.take_lease(editor, draft).await);
        not_found(actions.change_draft(editor, draft, Change::Topic("x".to_owned())).await);
        not_found(actions.confirm_draft(editor, draft).await);

        let wang = house.person(WANG).await;
        actions.check_may_start(&wang).await.unwrap();
        actions.get_draft(&wang, draft).await.unwrap();
        assert!(!actions.search_people(&wang, "a", 8).await.unwrap().is_empty());
        let group = actions.confirm_draft(house.editor(&anna), draft).await.unwrap();
        actions.get_group(&kenji, group).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_dropped_mail_to_more_people_than_a_group_can_have_is_refused_before_anything_is_written() {
    on_both(Wanted::default, async |house| {
        let anna = house.person(crate::support::house::ANNA).await;
        let to: Vec<String> = (0..5_000).map(|n| format!("p{n}@x.example")).collect();
        let raw = mail(
            &[("From", crate::support::house::ANNA), ("To", &to.join(",\r\n ")), ("Subject", "All")],
            "x",
        );
        let answer = house.actions.start_draft_from_mails(&anna, vec![raw.into_bytes()]).await;
        let Err(ActionError::Invalid { problem, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(problem, Problem::TooManyPeople { limit: 500 });
        assert!(house.actions.list_threads(&anna, "", None, 10).await.unwrap().is_empty());
        assert!(house.actions.search_people(&anna, "p4999", 8).await.unwrap().is_empty());
    })
    .await;
}
