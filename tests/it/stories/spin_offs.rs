//! A discussion goes on in another group: its members and the messages that were chosen come along, and nothing else.

use mailmoot::actions::ActionError;
use mailmoot::actions::drafts::Change;
use mailmoot::actions::edits::Edit;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::{DraftId, FileId, GroupId};
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::person::Viewer;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, LI, STRANGER, WANG, Wanted, on_both};

/// Posts a message with a file; the file's id.
async fn show(house: &House, who: &Viewer, group: GroupId, words: &str, name: &str) -> FileId {
    let mut upload = house.actions.begin_upload(who, group).await.unwrap();
    upload.write(words.as_bytes()).await.unwrap();
    let file = house.actions.finish_upload(who, group, upload, name).await.unwrap().id;
    let new = NewMessage { markdown: words.to_owned(), files: vec![file], ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap();
    file
}

/// Adds somebody to a draft that is spun off, and confirms it.
async fn confirm_with(house: &House, owner: &Viewer, draft: DraftId, guest: &str) -> GroupId {
    let editor = house.editor(owner);
    house.actions.take_lease(editor, draft).await.unwrap();
    let add = Change::AddAddress { address: guest.to_owned(), name: None };
    house.actions.change_draft(editor, draft, add).await.unwrap();
    house.actions.change_draft(editor, draft, Change::Opening("We go on here.".to_owned())).await.unwrap();
    house.actions.confirm_draft(editor, draft).await.unwrap()
}

#[tokio::test]
async fn who_comes_anew_sees_what_was_chosen_and_nothing_else() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let price = show(&house, &wang, plan, "The price is **12**.", "price.txt").await;
        let secret = show(&house, &wang, plan, "Only between us", "secret.txt").await;
        let wangs = Browser::of(&house, WANG).await;
        wangs.say(&plan.to_string(), "", "Left out again").await;

        let draft = house.actions.start_draft_from_group(&anna, plan, vec![4, 2, 2, 99]).await.unwrap();
        let page = house.actions.get_draft(&anna, draft).await.unwrap();
        let mut names: Vec<_> =
            page.members.iter().map(|m| m.person.main_address().unwrap().to_string()).collect();
        names.sort();
        assert_eq!(names, [ANNA, DAVID, WANG]);
        assert_eq!(page.draft.topic, "The price is 12.", "the first chosen message names it");
        assert_eq!(
            page.chosen.iter().map(|(m, kept)| (m.seq, *kept)).collect::<Vec<_>>(),
            [(2, true), (4, true)]
        );
        assert_eq!(page.parent.as_deref(), Some("Plan"));

        let editor = house.editor(&anna);
        house.actions.take_lease(editor, draft).await.unwrap();
        let leave = Change::TakeAlong { message: page.chosen[1].0.id, kept: false };
        house.actions.change_draft(editor, draft, leave).await.unwrap();
        house.actions.release_lease(editor, draft).await.unwrap();
        let offer = confirm_with(&house, &anna, draft, LI).await;

        let li = house.person(LI).await;
        let told = house.messages(&li, offer, 2).await;
        assert_eq!(told[0].body.markdown, "We go on here.");
        let copy = &told[1];
        assert_eq!(
            (copy.body.markdown.as_str(), copy.author.name.as_str()),
            ("The price is **12**.", "王小明")
        );
        let from = copy.taken_from.as_ref().unwrap();
        assert_eq!((from.place.group, from.place.seq, from.topic.as_str()), (plan, 2, "Plan"));
        assert_eq!(copy.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["price.txt"]);

        // It stays as it was said, but who said it can take it back.
        let place = MessagePlace { group: offer, seq: copy.seq };
        let other = Edit { edits: 0, markdown: "The price is 13.".to_owned() };
        let edited = house.actions.edit_message(&wang, place, other).await;
        assert!(matches!(edited, Err(ActionError::Forbidden)), "{edited:?}");

        // The file is there for who came anew; the other file and the old group are not.
        let lis = Browser::of(&house, LI).await;
        assert_eq!(lis.get(&format!("/files/{price}")).await.status(), 200);
        assert_eq!(lis.get(&format!("/files/{secret}")).await.status(), 404);
        let files = lis.page(&format!("/groups/{offer}/files")).await;
        assert_eq!(files.matches("<li data-file").count(), 1, "{files}");
        assert_eq!(lis.get(&format!("/groups/{plan}")).await.status(), 404);
        let family = lis.page(&format!("/groups/{offer}/family")).await;
        assert!(family.contains("The price is 12.") && !family.contains("Plan"), "{family}");
        // Who is in both groups finds the way, both ways.
        let family = wangs.page(&format!("/groups/{plan}/family")).await;
        assert!(family.contains(&format!("/groups/{offer}\"")), "{family}");
        let discussion = wangs.page(&format!("/groups/{offer}")).await;
        assert!(discussion.contains(&format!("href=\"/groups/{plan}?at=2#m-2\"")), "{discussion}");
        assert!(discussion.contains("it goes on from"), "{discussion}");
        house.actions.remove_message(&wang, place).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn only_who_took_it_along_has_read_it_in_the_new_group() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, plan) = house.group("Plan", &[WANG]).await;
    let wangs = Browser::of(&house, WANG).await;
    wangs.say(&plan.to_string(), "", "The price is 12.").await;
    let mut page = wangs.live().await;
    page.all("").await;
    let draft = house.actions.start_draft_from_group(&anna, plan, vec![2]).await.unwrap();
    let offer = house.actions.confirm_draft(house.editor(&anna), draft).await.unwrap();
    page.next("group_added").await;
    let row = page.next("row").await;
    let row = row["html"].as_str().unwrap();
    assert!(
        row.contains("The price is 12.") && row.contains(&format!("data-by=\"{}\"", anna.person_id)),
        "{row}"
    );
    // Nor does a change of it make it their own.
    let place = MessagePlace { group: offer, seq: 1 };
    house.actions.pin_message(&anna, place, true).await.unwrap();
    let row = page.next("row").await;
    assert!(!row["html"].as_str().unwrap().contains("data-by"), "{row}");
}

#[tokio::test]
async fn what_its_owner_may_not_see_any_more_does_not_come_along() {
    on_both(Wanted::long_hold, async |house| {
        let (_, plan) = house.group("Plan", &[WANG, DAVID, STRANGER]).await;
        let wang = house.person(WANG).await;
        house
            .actions
            .post_message(&wang, plan, NewMessage { markdown: "Numbers".to_owned(), ..NewMessage::default() })
            .await
            .unwrap();
        let outsider = house.person(LI).await;
        let nothing = house.actions.start_draft_from_group(&outsider, plan, vec![1]).await;
        assert!(matches!(nothing, Err(ActionError::NotFound)), "{nothing:?}");
        let guest = house.person(STRANGER).await;
        let refused = house.actions.start_draft_from_group(&guest, plan, vec![1]).await;
        assert!(matches!(refused, Err(ActionError::Invalid { .. })), "{refused:?}");
        let many = house.actions.start_draft_from_group(&wang, plan, (1..=201).collect()).await;
        assert!(matches!(many, Err(ActionError::Invalid { .. })), "{many:?}");

        // Numbers that are nobody's begin a group without messages.
        let draft = house.actions.start_draft_from_group(&wang, plan, vec![-1, 0, 77]).await.unwrap();
        let page = house.actions.get_draft(&wang, draft).await.unwrap();
        assert!(page.chosen.is_empty());
        assert_eq!((page.draft.topic.as_str(), page.members.len()), ("Plan", 4));
    })
    .await;
}

#[tokio::test]
async fn the_chosen_messages_reach_members_who_live_in_their_mail() {
    let house = House::with(Wanted::default()).await;
    let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
    house
        .actions
        .post_message(&anna, plan, NewMessage { markdown: "At nine".to_owned(), ..NewMessage::default() })
        .await
        .unwrap();
    let draft = house.actions.start_draft_from_group(&anna, plan, vec![2]).await.unwrap();
    confirm_with(&house, &anna, draft, LI).await;
    let invitation = house.mail_of(LI).await;
    assert!(invitation.text.new_text.contains("We go on here."), "{}", invitation.text.new_text);
    assert!(invitation.text.new_text.contains("At nine"), "{}", invitation.text.new_text);
    assert!(invitation.text.new_text.contains("from “Plan”"), "{}", invitation.text.new_text);
}

#[tokio::test]
async fn a_draft_shows_what_is_left_out_to_nobody_else_and_outlives_no_membership() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
        for words in ["This comes along", "This does not"] {
            let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
            house.actions.post_message(&wang, plan, new).await.unwrap();
        }
        let draft = house.actions.start_draft_from_group(&anna, plan, vec![2, 3]).await.unwrap();
        let page = house.actions.get_draft(&anna, draft).await.unwrap();
        let editor = house.editor(&anna);
        house.actions.take_lease(editor, draft).await.unwrap();
        let leave = Change::TakeAlong { message: page.chosen[1].0.id, kept: false };
        house.actions.change_draft(editor, draft, leave).await.unwrap();
        let add = Change::AddAddress { address: LI.to_owned(), name: None };
        house.actions.change_draft(editor, draft, add).await.unwrap();
        let li = house.person(LI).await;
        let seen = async |who: &Viewer| {
            let chosen = house.actions.get_draft(who, draft).await.unwrap().chosen;
            chosen.into_iter().map(|(message, _)| message.seq).collect::<Vec<_>>()
        };
        assert_eq!(seen(&anna).await, [2, 3]);
        assert_eq!(seen(&david).await, [2, 3], "who sees it in the group it stands in may put it back");
        assert_eq!(seen(&li).await, [2], "what is left out is for nobody else");

        house.actions.change_draft(editor, draft, Change::Opening("Go on.".to_owned())).await.unwrap();
        let group = house.actions.confirm_draft(editor, draft).await.unwrap();
        assert_eq!(seen(&li).await, [0; 0], "the group has it now");
        house.actions.remove_member(&anna, group, david.person_id).await.unwrap();
        let gone = house.actions.get_draft(&david, draft).await;
        assert!(matches!(gone, Err(ActionError::NotFound)), "{gone:?}");
    })
    .await;
}

#[tokio::test]
async fn the_files_of_a_mail_follow_the_group_it_became() {
    on_both(Wanted::long_hold, async |house| {
        let mail = format!(
            "From: Anna Berg <{ANNA}>\r\nTo: {DAVID}, {STRANGER}\r\nSubject: Plan\r\nMessage-ID: <plan@corp.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nTwo files.\r\n\
             --b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=kept.txt\r\n\r\nkept\r\n\
             --b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=left.txt\r\n\r\nleft\r\n--b--\r\n"
        );
        let anna = house.person(ANNA).await;
        let draft = house.actions.start_draft_from_mails(&anna, vec![mail.into_bytes()]).await.unwrap();
        let (david, guest) = (house.person(DAVID).await, house.person(STRANGER).await);
        let page = house.actions.get_draft(&anna, draft).await.unwrap();
        let [kept, left] = page.files.iter().map(|(file, _)| file.id).collect::<Vec<_>>()[..] else { panic!() };
        let opens = async |who: &Viewer, file: FileId| house.actions.open_file(who, file).await.is_ok();
        assert!(opens(&david, left).await, "a colleague prepares the group as well");
        assert!(!opens(&guest, kept).await, "a guest sees nothing before the group is there");

        let editor = house.editor(&anna);
        house.actions.take_lease(editor, draft).await.unwrap();
        let leave = Change::KeepFile { file: left, kept: false };
        house.actions.change_draft(editor, draft, leave).await.unwrap();
        let group = house.actions.confirm_draft(editor, draft).await.unwrap();
        assert!(opens(&guest, kept).await && opens(&david, kept).await);
        for who in [&anna, &david, &guest] {
            assert!(!opens(who, left).await, "it was left out");
        }
        house.actions.remove_member(&anna, group, david.person_id).await.unwrap();
        assert!(!opens(&david, kept).await, "who is gone downloads nothing");
        house.actions.remove_message(&anna, MessagePlace { group, seq: 1 }).await.unwrap();
        assert!(!opens(&guest, kept).await && !opens(&anna, kept).await, "removed with its message");
    })
    .await;
}
