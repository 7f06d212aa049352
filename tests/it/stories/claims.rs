//! An address that nobody knew: whoever has the reply address it wrote to is asked, once, where they are known.

use std::time::Duration;

use mailmoot::domain::claim::Claim;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{DeliveryKind, Ignored, Outcome};
use mailmoot::domain::message::{Grade, Message};
use mailmoot::domain::person::Viewer;
use mailmoot::mail::incoming::IncomingMail;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, GATEWAY, House, STRANGER, WANG, Wanted, mail, on_both};

const HOME: &str = "xiaoming@home.example";

/// Without bundles in between: Wang's mails are the invitation and what the test is about.
fn wanted() -> Wanted {
    Wanted { hold: Duration::from_secs(3600), ..Wanted::standing() }
}

/// A group of three, and the invitation that Wang got.
async fn invited(house: &House) -> (Viewer, GroupId, IncomingMail) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let invitation = house.mail_of(WANG).await;
    (anna, group, invitation)
}

fn to(mail: &IncomingMail) -> String {
    mail.reply_to[0].address.to_string()
}

fn said(from: &str, to: &str, number: usize, words: &str) -> String {
    let id = format!("<home-{number}@home.example>");
    mail(&[("From", from), ("To", to), ("Subject", "Re: Plan"), ("Message-ID", &id)], words)
}

/// The path of the link in a question.
fn link(question: &IncomingMail) -> String {
    let text = &question.text.new_text;
    let at = text.find("/claims/").unwrap();
    text[at..at + "/claims/".len() + 26].to_owned()
}

async fn last(house: &House, anna: &Viewer, group: GroupId, count: usize) -> Message {
    house.messages(anna, group, count).await.remove(count - 1)
}

#[tokio::test]
async fn one_mail_asks_and_the_address_and_its_messages_are_theirs() {
    on_both(wanted, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        house.deliver(said(HOME, &to(&invitation), 1, "From my sofa.")).await;
        assert_eq!(last(&house, &anna, group, 2).await.author.grade, Grade::ByLink);
        let question = house.mails_of(WANG, 2).await.remove(0);
        assert!(question.text.new_text.contains(HOME) && question.text.new_text.contains("From my sofa."));
        assert!(question.automatic.is_some(), "programs do not answer it");
        assert_eq!(house.count_mails_of(HOME).await, 0, "whoever wrote it learns nothing");
        // Not asked again for the next one.
        house.deliver(said(HOME, &to(&invitation), 2, "Still from my sofa.")).await;
        last(&house, &anna, group, 3).await;
        assert_eq!(house.count_mails_of(WANG).await, 2);
        // Looking decides nothing; the button does, without signing in, and once.
        let visitor = Browser::new(&house);
        let path = link(&question);
        let page = visitor.page(&path).await;
        assert!(page.contains("Is this address yours?") && page.contains(HOME), "{page}");
        assert_eq!(last(&house, &anna, group, 3).await.author.grade, Grade::ByLink);
        visitor.post(&path, &[("own", "true")]).await;
        assert!(visitor.page(&path).await.contains("are yours now"));
        visitor.post(&path, &[("own", "false")]).await;
        for message in &house.messages(&anna, group, 3).await[1..] {
            assert_eq!((message.author.name.as_str(), message.author.grade), ("王小明", Grade::Confirmed));
            assert!(message.trace.changed > 0, "open pages hear of it");
        }
        // From now on it is simply theirs, and it stays so when the address book is read again.
        house.actions.import_people(wanted().people).await.unwrap();
        house.deliver(said(HOME, &to(&invitation), 3, "Home again.")).await;
        assert_eq!(last(&house, &anna, group, 4).await.author.grade, Grade::Confirmed);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_theirs_is_marked_and_not_asked_again() {
    on_both(wanted, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        house.deliver(said(STRANGER, &to(&invitation), 1, "I am Wang. Really.")).await;
        let question = house.mails_of(WANG, 2).await.remove(0);
        let no = |from: &str, number, word| {
            let id = format!("<no-{number}@corp.example>");
            let headers = [("From", from), ("To", &to(&question)), ("Subject", "Re: ?"), ("Message-ID", &id)];
            mail(&headers, word)
        };
        // The stranger may guess, and a sentence is no answer.
        house.deliver(no(STRANGER, 1, "yes")).await;
        house.deliver(no(WANG, 2, "What is this?")).await;
        assert_eq!(last(&house, &anna, group, 2).await.author.grade, Grade::ByLink);
        house.deliver(no(WANG, 3, "不是。")).await;
        let outcomes = house.outcomes(5).await;
        // The clock stands: mails of one moment have no order.
        let count = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        assert_eq!(count(Outcome::Ignored { why: Ignored::ClaimUnclear }), 2);
        assert_eq!(count(Outcome::Claim { accepted: false }), 1);
        let message = last(&house, &anna, group, 2).await;
        assert_eq!((message.author.grade, message.author.person_id), (Grade::Disowned, None));
        let page = Browser::of(&house, ANNA).await.page(&format!("/groups/{group}")).await;
        assert!(page.contains("they say it is not from them"), "{page}");
        house.later(Claim::LASTS * 2);
        house.deliver(said(STRANGER, &to(&invitation), 4, "It is me again.")).await;
        last(&house, &anna, group, 3).await;
        // A question is queued with its message.
        let deliveries = house.deliveries().await;
        let asked =
            deliveries.iter().filter(|d| d.address.as_str() == WANG && d.kind == DeliveryKind::Answer);
        assert_eq!(asked.count(), 2, "the question, and why one answer to it did not count");
    })
    .await;
}

#[tokio::test]
async fn a_yes_by_mail_is_as_good_as_the_button() {
    let house = House::with(wanted()).await;
    let (anna, group, invitation) = invited(&house).await;
    house.deliver(said(HOME, &to(&invitation), 1, "From my sofa.")).await;
    let question = house.mails_of(WANG, 2).await.remove(0);
    let yes =
        [("From", WANG), ("To", &to(&question)), ("Subject", "Re: ?"), ("Message-ID", "<y@corp.example>")];
    house.deliver(mail(&yes, "Yes\r\n\r\nOn Friday mailmoot wrote:\r\n> Is it?")).await;
    assert!(house.outcomes(3).await.contains(&Outcome::Claim { accepted: true }));
    assert_eq!(last(&house, &anna, group, 2).await.author.grade, Grade::Confirmed);
}

#[tokio::test]
async fn nobody_is_asked_about_colleagues_forgeries_or_too_often_and_a_link_ends() {
    let house = House::with(wanted()).await;
    let (anna, group, invitation) = invited(&house).await;
    house.deliver(said(DAVID, &to(&invitation), 1, "By Wang's address.")).await;
    let forged = "Authentication-Results: mx.corp.example; dmarc=fail header.from=home.example\r\n";
    house.deliver(format!("{forged}{}", said(HOME, &to(&invitation), 2, "Forged."))).await;
    last(&house, &anna, group, 3).await;
    assert_eq!(house.count_mails_of(WANG).await, 1);
    for number in 3..8 {
        house
            .deliver(said(
                &format!("n{number}@home.example"),
                &to(&invitation),
                number,
                &format!("No. {number}"),
            ))
            .await;
    }
    last(&house, &anna, group, 8).await;
    let question = house.mails_of(WANG, 4).await.remove(0);
    assert_eq!(house.count_mails_of(WANG).await, 4, "three questions a day");
    house.later(Claim::LASTS);
    let answer = Browser::new(&house).get(&link(&question)).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(house.count_mails_of(GATEWAY).await, 0);
}
