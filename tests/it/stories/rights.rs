//! An outsider learns nothing: what is not for somebody is as if it were not there.

use mailmoot::actions::ActionError;
use mailmoot::actions::drafts::Change;
use mailmoot::actions::messages::NewMessage;

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
        let new = NewMessage { client_id: None, markdown: String::new(), files: vec![file.id] };
        house.actions.post_message(&anna, group, new).await.unwrap();

        let li = house.person(LI).await;
        let (actions, editor) = (&house.actions, house.editor(&li));
        let new = NewMessage { client_id: None, markdown: "hi".to_owned(), files: Vec::new() };
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
        not_found(actions.list_mails(&li, &[], None, 1).await);
        not_found(actions.list_deliveries(&li, None, 1).await);
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
        let with_file = || NewMessage { client_id: None, markdown: String::new(), files: vec![file] };
        let wang = house.person(WANG).await;
        assert!(house.actions.post_message(&wang, group, with_file()).await.is_err(), "not Wang's upload");
        assert!(house.actions.post_message(&anna, other, with_file()).await.is_err(), "not this group's");
        not_found(house.actions.open_file(&house.person(DAVID).await, file).await.map(|_| ()));
        house.actions.post_message(&anna, group, with_file()).await.unwrap();
        house.actions.open_file(&house.person(DAVID).await, file).await.unwrap();
    })
    .await;
}
