//! Letters of ours that come back inside of people's mails: they begin nothing, and nobody reads another one's links.

use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::person::Viewer;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::house::{ANNA, DAVID, GATEWAY, House, LI, WANG, Wanted, link_in, mail, on_both};

const OWN_LETTER: Outcome = Outcome::Ignored { why: Ignored::OwnLetter };

/// A group of three, and the invitation that Wang got.
async fn invited(house: &House) -> (Viewer, GroupId, IncomingMail) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    (anna, group, house.mail_of(WANG).await)
}

/// A letter as programs hand it on inside the text.
fn handed_on(words: &str, letter: &IncomingMail) -> String {
    let from = &letter.from[0];
    format!(
        "{words}\r\n\r\n---------- Forwarded message ---------\r\nFrom: {} <{}>\r\nDate: Fri, 20 Nov 2026 at 10:02\r\n\
         Subject: {}\r\nTo: <{}>\r\n\r\n{}",
        from.display_name(),
        from.address,
        letter.subject,
        letter.to[0].address,
        letter.text.new_text
    )
}

fn forward(from: &str, to: &str, letter: &IncomingMail, text: &str) -> String {
    let subject = format!("Fwd: {}", letter.subject);
    mail(&[("From", from), ("To", to), ("Subject", &subject), ("Message-ID", "<fwd@corp.example>")], text)
}

#[tokio::test]
async fn a_draft_s_letter_handed_back_begins_no_second_draft_and_its_sender_is_told_why() {
    on_both(Wanted::default, async |house| {
        let headers = [("From", ANNA), ("To", GATEWAY), ("Cc", DAVID), ("Subject", "Plan")];
        house.deliver(mail(&headers, "Let us talk.")).await;
        let ready = house.mail_of(ANNA).await;
        house.deliver(forward(ANNA, GATEWAY, &ready, &handed_on("See this.", &ready))).await;
        let outcomes = house.outcomes(2).await;
        assert!(matches!(outcomes[0], Outcome::Draft { .. }));
        assert_eq!(outcomes[1], OWN_LETTER);
        let told = house.mails_of(ANNA, 2).await.remove(0);
        assert!(told.text.new_text.contains("mailmoot itself wrote"), "{}", told.text.new_text);

        let answer = format!("<{}>", ready.message_id.unwrap());
        let reply = [("From", ANNA), ("To", GATEWAY), ("Subject", "Re: Plan"), ("In-Reply-To", &answer)];
        house.deliver(mail(&reply, "Please add Wang.")).await;
        assert_eq!(house.outcomes(3).await[2], OWN_LETTER);
        assert_eq!(house.mails_of(ANNA, 3).await.len(), 3, "each unusable mail is answered once");
        assert_eq!(house.answered().await, [ANNA, ANNA]);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_handed_on_to_the_gateway_is_no_message_even_if_it_names_the_group() {
    let house = House::start().await;
    let (anna, group, invitation) = invited(&house).await;
    let references: Vec<String> = invitation.references.iter().map(|id| format!("<{id}>")).collect();
    let inner = format!(
        "From: {}\r\nSubject: {}\r\nX-Mailmoot-Loop: {GATEWAY}\r\n\r\n{}",
        invitation.from[0].address, invitation.subject, invitation.text.new_text
    );
    let headers = [
        ("From", WANG),
        ("To", GATEWAY),
        ("Subject", "Fwd: Plan"),
        ("References", &references.join(" ")),
        ("Content-Type", "multipart/mixed; boundary=b"),
    ];
    let body = format!(
        "--b\r\n\r\nLook.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{}\r\n--b--",
        inner.replace('\n', "\r\n").replace("\r\r", "\r")
    );
    house.deliver(mail(&headers, &body)).await;
    assert_eq!(house.outcomes(2).await[1], OWN_LETTER);
    assert_eq!(house.messages(&anna, group, 1).await.len(), 1);
}

#[tokio::test]
async fn a_letter_handed_on_to_the_group_brings_its_sender_s_words_and_no_link() {
    let house = House::start().await;
    let (anna, group, invitation) = invited(&house).await;
    let to = invitation.reply_to[0].address.to_string();
    let secret = link_in(&invitation).reveal();
    let inline = handed_on("Who else should see this?", &invitation);
    house.deliver(forward(WANG, &to, &invitation, &inline)).await;
    let said = house.messages(&anna, group, 2).await.remove(1);
    assert_eq!(said.body.markdown, "Who else should see this?");
    assert!(said.quotation.contains("/l/…") && !said.quotation.contains(&secret), "{}", said.quotation);

    let attached = format!(
        "--b\r\n\r\nAs a file.\r\n--b\r\nContent-Type: message/rfc822\r\n\
         Content-Disposition: attachment; filename=invitation.eml\r\n\r\n\
         From: mailmoot <{GATEWAY}>\r\nSubject: Plan\r\n\r\n/l/{secret}\r\n--b--"
    );
    let headers = [
        ("From", WANG),
        ("To", &*to),
        ("Subject", "Fwd: Plan"),
        ("Content-Type", "multipart/mixed; boundary=b"),
    ];
    house.deliver(mail(&headers, &attached)).await;
    let said = house.messages(&anna, group, 3).await.remove(2);
    assert_eq!((said.body.markdown.as_str(), said.files.len()), ("As a file.", 0));

    // Without a word of their own there is nothing to say.
    house
        .deliver(forward(WANG, &to, &invitation, &handed_on("", &invitation)).replace("fwd@", "fwd2@"))
        .await;
    assert_eq!(house.outcomes(4).await[3], OWN_LETTER);
}

#[tokio::test]
async fn a_quotation_keeps_no_personal_link_and_no_reply_address() {
    on_both(Wanted::default, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let to = invitation.reply_to[0].address.to_string();
        let token = to[to.find('+').unwrap() + 1..to.find('@').unwrap()].to_owned();
        let secret = link_in(&invitation).reveal();
        let quoted = invitation.text.new_text.replace('\n', "\r\n> ");
        let words = format!(
            "I can't open {}.\r\n\r\nOn Fri, 20 Nov 2026 at 10:02, Anna Berg <{to}> wrote:\r\n> {quoted}",
            house.url(&format!("/l/{secret}"))
        );
        house.deliver(mail(&[("From", WANG), ("To", &to), ("Subject", "Re: Plan")], &words)).await;
        let said = house.messages(&anna, group, 2).await.remove(1);
        let stored = format!("{said:?}");
        assert!(!stored.contains(&secret) && !stored.contains(&token), "{stored}");
        assert!(said.body.markdown.contains("/l/…") && said.quotation.contains("Welcome."), "{stored}");
    })
    .await;
}

#[tokio::test]
async fn a_draft_s_opening_keeps_no_personal_link() {
    let house = House::start().await;
    let (_, _, invitation) = invited(&house).await;
    let secret = link_in(&invitation).reveal();
    // David hands on what Wang had handed on to him.
    let text = format!(
        "Shall we?\r\n\r\n---------- Forwarded message ---------\r\nFrom: Wang <{WANG}>\r\n\
         Date: Fri, 20 Nov 2026 at 10:02\r\nSubject: Fwd: Plan\r\nTo: <{DAVID}>, <{LI}>\r\n\r\n\
         Look at {}\r\n",
        house.url(&format!("/l/{secret}"))
    );
    house.deliver(forward(DAVID, GATEWAY, &invitation, &text)).await;
    let Outcome::Draft { draft } = house.outcomes(2).await[1] else { panic!("no draft") };
    let david = house.person(DAVID).await;
    let opening = house.actions.get_draft(&david, draft).await.unwrap().draft.opening;
    assert!(opening.contains("/l/…") && !opening.contains(&secret), "{opening}");
}

#[tokio::test]
async fn a_letter_of_ours_dropped_on_the_page_begins_nothing() {
    let house = House::start().await;
    let (anna, _, _) = invited(&house).await;
    let letter = house.outbox.list(&WANG.parse().unwrap()).await.unwrap().remove(0).raw;
    let refused = house.actions.start_draft_from_mails(&anna, vec![letter.clone()]).await.unwrap_err();
    assert!(matches!(refused, ActionError::Invalid { problem: Problem::OwnLetter, .. }), "{refused:?}");
    // Among the mails of a thread it is passed over.
    let written = mail(&[("From", DAVID), ("To", ANNA), ("Subject", "Plan")], "From a person.");
    let both = vec![letter, written.into_bytes()];
    let draft = house.actions.start_draft_from_mails(&anna, both).await.unwrap();
    assert_eq!(house.actions.get_draft(&anna, draft).await.unwrap().draft.opening, "From a person.");
}
