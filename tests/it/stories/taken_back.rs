//! Somebody adds a whole department to the wrong group, sees it, and takes that back.

use std::time::Duration;

use mailmoot::actions::members::{NewMembers, TAKEN_BACK_WITHIN};
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::group::Role;
use mailmoot::domain::ids::{GroupId, PersonId};
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::person::{Entry, Viewer};

use crate::support::browser::Browser;
use crate::support::house::{ANNA, House, WANG, Wanted, entry, link_in, mail, on_both};

fn address(n: usize) -> String {
    format!("b{n}@corp.example")
}

/// A group of Anna and Wang, and six people who are not in it.
async fn department(house: &House) -> (Viewer, GroupId, Vec<PersonId>) {
    let buyer =
        |n| Entry { department: "Purchasing".to_owned(), ..entry(&format!("Buyer {n}"), &address(n)) };
    house.actions.import_people((0..6).map(buyer).collect()).await.unwrap();
    let (anna, group) = house.group("Customs papers", &[WANG]).await;
    house.mail_of(WANG).await;
    let found = house.actions.search_people(&anna, "Purchasing", 10).await.unwrap();
    house.later(Duration::from_secs(1));
    (anna, group, found.into_iter().map(|person| person.id).collect())
}

async fn add(house: &House, viewer: &Viewer, group: GroupId, persons: &[PersonId]) {
    let new = NewMembers { persons: persons.to_vec(), ..NewMembers::default() };
    house.actions.add_members(viewer, group, new).await.unwrap();
}

async fn names(house: &House, viewer: &Viewer, group: GroupId) -> Vec<String> {
    let members = house.actions.get_group(viewer, group).await.unwrap().members;
    let mut names: Vec<String> = members.into_iter().map(|line| line.person.full_name).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_department_that_was_added_by_mistake_goes_in_one_step_and_who_has_written_stays() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, persons) = department(&house).await;
        add(&house, &anna, group, &persons).await;
        for n in 0..6 {
            house.mail_of(&address(n)).await;
        }
        house.later(Duration::from_secs(1));
        let (writer, owner) = (house.person(&address(3)).await, house.person(&address(4)).await);
        let said = NewMessage { markdown: "Glad to help.".to_owned(), ..NewMessage::default() };
        house.actions.post_message(&writer, group, said).await.unwrap();
        house.actions.set_role(&anna, group, owner.person_id, Role::Owner).await.unwrap();

        let at = format!("/groups/{group}/members");
        let (browser, others) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let panel = browser.page(&at).await;
        assert!(panel.contains("You have added 6 people; 4 of them have not written since"), "{panel}");
        assert!(panel.contains("4 invitations have gone out already"), "{panel}");
        assert!(!others.page(&at).await.contains("You have added"), "it was not him");
        let undo = panel.split("/additions/").nth(1).unwrap().split('"').next().unwrap();
        let undo = format!("/groups/{group}/additions/{undo}");
        assert_eq!(others.post(&undo, &[]).await.status(), 409);
        assert_eq!(browser.post(&undo, &[]).await.status(), 303);
        assert_eq!(names(&house, &anna, group).await, ["Anna Berg", "Buyer 3", "Buyer 4", "王小明"]);
        let page = browser.page(&format!("/groups/{group}")).await;
        assert_eq!(page.matches("took back adding").count(), 1, "one line for all of them: {page}");
        assert!(page.contains("4 invitations had gone out already"), "{page}");

        // Their right ends, nothing more comes to them, and nobody writes to them about it.
        let gone = house.person(&address(0)).await;
        assert!(matches!(house.actions.get_group(&gone, group).await, Err(ActionError::NotFound)));
        house.later(Duration::from_secs(3600));
        house.mails_of(WANG, 2).await;
        house.quiet().await;
        assert_eq!(house.count_mails_of(&address(0)).await, 1, "the invitation that had gone out");

        // Twice is no more than once.
        assert!(!browser.page(&at).await.contains("You have added"));
        let again = browser.post(&undo, &[]).await;
        assert_eq!(again.status(), 409);
        assert!(again.text().await.unwrap().contains("taken back any more"));
        assert_eq!(names(&house, &anna, group).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn it_can_be_taken_back_for_a_while_only_and_not_what_came_after() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, persons) = department(&house).await;
        let one = persons[0];
        // One alone is taken out beside their name.
        add(&house, &anna, group, &[one]).await;
        assert_eq!(house.actions.find_addition(&anna, group).await.unwrap(), None);
        add(&house, &anna, group, &persons[1..4]).await;
        let addition = house.actions.find_addition(&anna, group).await.unwrap().unwrap();
        assert_eq!((addition.added, addition.people.len()), (3, 3));

        // Whoever is taken out and added again was meant.
        house.actions.remove_member(&anna, group, persons[1]).await.unwrap();
        house.later(Duration::from_secs(1));
        add(&house, &anna, group, &[persons[1]]).await;
        let done = house.actions.take_back_addition(&anna, group, addition.seq).await.unwrap();
        assert_eq!(done.people.len(), 2);
        assert_eq!(names(&house, &anna, group).await.len(), 4, "Anna, Wang, and two who were added alone");

        add(&house, &anna, group, &persons[4..]).await;
        let late = house.actions.find_addition(&anna, group).await.unwrap().unwrap();
        house.later(TAKEN_BACK_WITHIN + Duration::from_secs(1));
        assert_eq!(house.actions.find_addition(&anna, group).await.unwrap(), None);
        let refused = house.actions.take_back_addition(&anna, group, late.seq).await;
        let too_late = Problem::NobodyToTakeBack;
        assert!(matches!(refused, Err(ActionError::Invalid { problem, .. }) if problem == too_late));
        let stranger = house.person(&address(0)).await;
        let by = Viewer { person_id: PersonId::from(house.actions.clock.new_id::<()>().uuid()), ..stranger };
        assert!(matches!(house.actions.find_addition(&by, group).await, Err(ActionError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn whoever_follows_or_answers_an_invitation_that_was_a_mistake_is_told_so_and_nothing_of_the_group() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, persons) = department(&house).await;
        add(&house, &anna, group, &persons[..2]).await;
        let invitation = house.mail_of(&address(0)).await;
        house.mail_of(&address(1)).await;
        house.quiet().await;
        house.later(Duration::from_secs(1));
        let addition = house.actions.find_addition(&anna, group).await.unwrap().unwrap();
        assert_eq!((addition.people.len(), addition.invited), (2, 2));
        house.actions.take_back_addition(&anna, group, addition.seq).await.unwrap();

        let link = format!("/l/{}", link_in(&invitation).reveal());
        let browser = Browser::new(&house);
        let page = browser.page(&link).await;
        for said in ["You were added by mistake", "nothing for you to do", "ask Anna B., who"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("Customs papers"), "the topic is not theirs to know any more: {page}");
        browser.post(&link, &[]).await;
        assert_eq!(browser.get(&format!("/groups/{group}")).await.status(), 303, "it lets nobody in");

        // The same by mail, once.
        let (from, reply_to) = (address(0), invitation.reply_to[0].address.to_string());
        let headers = [
            ("From", from.as_str()),
            ("To", reply_to.as_str()),
            ("Cc", WANG),
            ("Subject", "Re: Customs papers"),
            ("Message-ID", "<what@corp.example>"),
        ];
        house.deliver(mail(&headers, "What is this about?")).await;
        // The first line is the mail of which the group was made.
        let outcomes = house.outcomes(2).await;
        assert_eq!(outcomes[1..], [Outcome::Ignored { why: Ignored::TakenBack }]);
        assert_eq!(house.answered().await, [address(0)]);
        let answer = house.mails_of(&address(0), 2).await.remove(0);
        assert!(answer.text.new_text.contains("added to a group by mistake"), "{}", answer.text.new_text);

        // Whoever is added after all needs no word of a mistake, and the new invitation works.
        house.later(Duration::from_secs(1));
        add(&house, &anna, group, &persons[..1]).await;
        let again = house.mails_of(&address(0), 3).await.remove(0);
        let old = browser.get(&link).await;
        assert_eq!(old.status(), 404);
        let new = format!("/l/{}", link_in(&again).reveal());
        assert_eq!(browser.post(&new, &[]).await.status(), 303);
        assert!(browser.page(&format!("/groups/{group}")).await.contains("Customs papers"));
    })
    .await;
}
