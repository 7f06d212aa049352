//! The whole way by mail alone: members come and go, a tag is put, a page to hand on is prepared, and nobody opens a page.

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::command::Command;
use mailmoot::domain::group::{Adding, Role};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::person::Viewer;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, LI, STRANGER, WANG, Wanted, link_in, mail, on_both};

const BO: &str = "bo.lind@corp.example";

/// A group of Anna, Wang and David, with the mail that Wang has of it.
async fn invited(house: &House) -> (Viewer, GroupId, IncomingMail) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let invitation = house.mail_of(WANG).await;
    (anna, group, invitation)
}

fn reply_to(mail: &IncomingMail) -> String {
    mail.reply_to[0].address.to_string()
}

/// A reply to a mail, with more people in Cc.
fn reply(number: usize, from: &str, to: &IncomingMail, (cc, text): (&str, &str)) -> String {
    let (id, address) = (format!("<by-mail-{number}@mail.example>"), reply_to(to));
    let answered = format!("<{}>", to.message_id.clone().unwrap());
    let mut headers = vec![
        ("From", from),
        ("To", &*address),
        ("Subject", "Re: Plan"),
        ("Message-ID", &*id),
        ("In-Reply-To", &*answered),
    ];
    if !cc.is_empty() {
        headers.push(("Cc", cc));
    }
    mail(&headers, text)
}

async fn addresses(house: &House, anna: &Viewer, group: GroupId) -> Vec<String> {
    let members = house.actions.get_group(anna, group).await.unwrap().members;
    let mut all: Vec<String> =
        members.iter().filter_map(|line| line.person.main_address().map(ToString::to_string)).collect();
    all.sort_unstable();
    all
}

async fn owner(house: &House, anna: &Viewer, group: GroupId, address: &str) {
    let person = house.person(address).await.person_id;
    house.actions.set_role(anna, group, person, Role::Owner).await.unwrap();
}

/// Only owners add people.
async fn owners_only(house: &House, anna: &Viewer, group: GroupId) {
    house.actions.set_adding(anna, group, Adding::Owners).await.unwrap();
}

#[tokio::test]
async fn words_and_addresses_bring_people_and_take_them_out() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        owner(&house, &anna, group, WANG).await;
        house.deliver(reply(1, WANG, &invitation, ("", &format!("add {LI}, Bo Lind <{BO}>")))).await;
        let answer = house.mails_of(WANG, 2).await.remove(0).text.new_text;
        assert!(answer.contains("李雷") && answer.contains("Bo Lind"), "{answer}");
        assert_eq!(addresses(&house, &anna, group).await.len(), 5);
        assert!(house.mail_of(BO).await.text.new_text.contains("Welcome."), "the opening");
        house.deliver(reply(2, WANG, &invitation, ("", &format!("移除 {LI}")))).await;
        let answer = house.mails_of(WANG, 3).await.remove(0).text.new_text;
        assert!(answer.contains("已不在“Plan”中"), "{answer}");
        assert!(!addresses(&house, &anna, group).await.contains(&LI.to_owned()));
        // Twice is said to be so.
        house.deliver(reply(3, WANG, &invitation, ("", &format!("add {BO}")))).await;
        assert!(house.mails_of(WANG, 4).await[0].text.new_text.contains("already"));
        let page = Browser::of(&house, ANNA).await.page(&format!("/groups/{group}")).await;
        assert!(page.contains("Bo Lind") && page.contains("removed"), "the log says it");
        assert_eq!(house.outcomes(4).await[1], Outcome::Command { group, command: Command::Add });
    })
    .await;
}

#[tokio::test]
async fn who_may_not_is_told_and_nobody_commands_for_others() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        owners_only(&house, &anna, group).await;
        let before = addresses(&house, &anna, group).await;
        house.deliver(reply(1, WANG, &invitation, ("", &format!("remove {DAVID}")))).await;
        assert!(house.mails_of(WANG, 2).await[0].text.new_text.contains("Only its owners take people out"));
        house.deliver(reply(2, WANG, &invitation, ("", &format!("add {LI}")))).await;
        assert!(house.mails_of(WANG, 3).await[0].text.new_text.contains("Only its owners add people"));
        house.deliver(reply(3, STRANGER, &invitation, ("", &format!("add {STRANGER}")))).await;
        assert_eq!(house.outcomes(4).await[3], Outcome::Ignored { why: Ignored::NotConfirmed });
        assert_eq!(addresses(&house, &anna, group).await, before);
    })
    .await;
}

#[tokio::test]
async fn new_people_in_cc_take_part_and_those_who_left_do_not_come_back() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let cc =
            format!("{BO}, {DAVID}, no-reply@corp.example, list-request@corp.example, moot@corp.example");
        house.deliver(reply(1, WANG, &invitation, (&cc, "Bo knows the numbers."))).await;
        let answer = house.mails_of(WANG, 2).await.remove(0).text.new_text;
        assert!(answer.contains("bo.lind@corp.example") && answer.contains("remove"), "{answer}");
        let with_bo = addresses(&house, &anna, group).await;
        assert_eq!(with_bo.len(), 4, "{with_bo:?}");
        assert!(house.mail_of(BO).await.text.new_text.contains("Welcome."));
        assert_eq!(house.messages(&anna, group, 3).await[1].body.markdown, "Bo knows the numbers.");
        let bo = house.person(BO).await.person_id;
        house.actions.remove_member(&anna, group, bo).await.unwrap();
        // An old Cc; a mail that answers somebody else's; one that came by another's hands.
        house.deliver(reply(2, WANG, &invitation, (BO, "To all as before."))).await;
        let foreign = reply(3, WANG, &invitation, (LI, "And this."));
        let foreign = foreign.replace(&invitation.message_id.clone().unwrap(), "elsewhere@partner.example");
        house.deliver(foreign).await;
        house.deliver(reply(4, STRANGER, &invitation, (LI, "Let us in."))).await;
        house.outcomes(5).await;
        assert_eq!(addresses(&house, &anna, group).await.len(), 3);
        assert_eq!(house.count_mails_of(LI).await, 0);
    })
    .await;
}

#[tokio::test]
async fn where_owners_add_they_are_asked_once_and_add_by_a_word() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        owner(&house, &anna, group, DAVID).await;
        owners_only(&house, &anna, group).await;
        house.deliver(reply(1, WANG, &invitation, (BO, "Bo knows the numbers."))).await;
        let answer = house.mails_of(WANG, 2).await.remove(0).text.new_text;
        assert!(answer.contains("have been asked about bo.lind@corp.example"), "{answer}");
        let asked = house.mails_of(DAVID, 2).await.remove(0);
        assert!(asked.text.new_text.contains(&format!("add {BO}")), "{}", asked.text.new_text);
        assert_eq!(addresses(&house, &anna, group).await.len(), 3);
        house.deliver(reply(2, WANG, &invitation, (BO, "As I said."))).await;
        house.outcomes(3).await;
        house.deliver(reply(3, DAVID, &asked, ("", &format!("add {BO}")))).await;
        house.mail_of(BO).await;
        house.mails_of(DAVID, 3).await;
        assert_eq!((house.count_mails_of(WANG).await, house.count_mails_of(ANNA).await), (2, 1));
        assert_eq!(addresses(&house, &anna, group).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_tag_in_a_mail_marks_it() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        house.deliver(reply(1, WANG, &invitation, ("", "We take the cheaper one. #decision"))).await;
        let message = house.messages(&anna, group, 2).await.remove(1);
        assert_eq!(message.marks.len(), 1, "{:?}", message.marks);
    })
    .await;
}

#[tokio::test]
async fn a_mail_handed_on_to_be_shared_becomes_a_draft_of_its_reader() {
    on_both(Wanted::default, async |house| {
        let (anna, group, _) = invited(&house).await;
        let new = NewMessage { markdown: "The plant opens in May.".to_owned(), ..NewMessage::default() };
        house.actions.post_message(&anna, group, new).await.unwrap();
        let got = house.mails_of(WANG, 2).await.remove(0);
        let id = got.message_id.clone().unwrap();
        let forward = |number: usize, from: &str, to: &str, words: &str, id: &str| {
            let own = format!("<forward-{number}@mail.example>");
            let references = format!("<{id}>");
            let headers = [
                ("From", from), ("To", to), ("Subject", "Fwd: Plan"), ("Message-ID", &*own),
                ("References", &*references),
            ];
            let inner = "---------- Forwarded message ---------\r\nFrom: Anna Berg (Plan) <moot@corp.example>\r\n\
                Subject: Plan\r\nTo: wang\r\n\r\nThe plant opens in May.";
            mail(&headers, &format!("{words}\r\n\r\n{inner}"))
        };
        let to = reply_to(&got);
        let to_share = to.replacen("moot+", "moot+share.", 1);
        house.deliver(forward(1, WANG, &to, "Share", &id)).await;
        let answer = house.mails_of(WANG, 3).await.remove(0);
        assert!(answer.text.new_text.contains("Nobody but you sees it yet"), "{}", answer.text.new_text);
        let (wang, target) = house.sign_in(&link_in(&answer)).await;
        assert!(target.starts_with("/shares/"), "{target}");
        let page = Browser::of(&house, WANG).await.page(&target).await;
        assert!(page.contains("The plant opens in May."), "{page}");
        assert_ne!(wang.person_id, anna.person_id);
        house.deliver(forward(2, WANG, &to_share, "", &id)).await;
        assert!(house.mails_of(WANG, 4).await[0].text.new_text.contains("/l/"));
        house.deliver(forward(3, WANG, &to_share, "", "unknown@mail.example")).await;
        assert!(house.mails_of(WANG, 5).await[0].text.new_text.contains("It is not known which mail"));
        // Whoever has the address alone gets nothing of it.
        house.deliver(forward(4, STRANGER, &to_share, "share", &id)).await;
        let outcomes = house.outcomes(5).await;
        assert_eq!(outcomes[4], Outcome::Ignored { why: Ignored::NotConfirmed });
        assert_eq!(outcomes[1], Outcome::Command { group, command: Command::Share });
        assert_eq!(house.messages(&anna, group, 2).await.len(), 2);
    })
    .await;
}
