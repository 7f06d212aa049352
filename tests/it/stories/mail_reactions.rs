//! What programs write that know more of mail than text: reactions, edits, and mails of messengers, whoever makes them.

use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::message::{Grade, Message, MessagePlace};
use mailmoot::mail::incoming::IncomingMail;

use crate::support::house::{ANNA, House, WANG, Wanted, eventually, mail, on_both};

/// An answer of Wang's to a mail of the group.
fn answer(to: &IncomingMail, more: &[(&str, &str)], text: &str) -> String {
    let back = to.reply_to[0].address.to_string();
    let answered = format!("<{}>", to.message_id.as_deref().unwrap());
    let mut headers =
        vec![("From", WANG), ("To", &*back), ("Subject", "Re: Plan"), ("In-Reply-To", &*answered)];
    headers.extend_from_slice(more);
    mail(&headers, text)
}

async fn first(house: &House, place: MessagePlace, wanted: impl Fn(&Message) -> bool) -> Message {
    let anna = house.person(ANNA).await;
    eventually(async || house.messages(&anna, place.group, 1).await.into_iter().next().filter(&wanted)).await
}

#[tokio::test]
async fn a_reaction_by_mail_is_a_reaction() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let place = MessagePlace { group, seq: 1 };
        let invitation = house.mail_of(WANG).await;
        let reaction = [("Message-ID", "<r1@x>"), ("Content-Disposition", "reaction")];
        house.deliver(answer(&invitation, &reaction, "👍 ❤\r\n")).await;
        let liked = first(&house, place, |message| message.reactions.len() == 2).await;
        assert_eq!(liked.reactions[1].emoji, "❤️");
        // Gmail's is one of three parts that say the same.
        let gmail = [
            ("Message-ID", "<r2@x>"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "multipart/alternative; boundary=b"),
        ];
        let parts = "--b\r\nContent-Type: text/plain\r\n\r\nWang reacted via Gmail\r\n--b\r\n\
            Content-Type: text/vnd.google.email-reaction+json\r\n\r\n{\"emoji\":\"🎉\",\"version\":1}\r\n--b\r\n\
            Content-Type: text/html\r\n\r\n<p>Wang reacted via Gmail</p>\r\n--b--\r\n";
        house.deliver(answer(&invitation, &gmail, parts)).await;
        let liked = first(&house, place, |message| message.reactions.len() == 3).await;
        assert_eq!(liked.reactions[2].emoji, "🎉");
        // A stranger who got hold of the address reacts for nobody; what answers nothing we know is said.
        let forged = answer(&invitation, &reaction, "👎").replace(WANG, "eve@elsewhere.example").replace("r1@x", "r3@x");
        house.deliver(forged).await;
        let lost = answer(&invitation, &reaction, "👀").replace("r1@x", "r4@x");
        let id = invitation.message_id.clone().unwrap();
        house.deliver(lost.replace(&format!("<{id}>"), "<unknown@elsewhere.example>")).await;
        let said = house.messages(&anna, group, 3).await;
        let grades: Vec<_> = said[1..].iter().map(|m| (m.body.markdown.as_str(), m.author.grade)).collect();
        assert_eq!(grades, [("👎", Grade::ByLink), ("👀", Grade::Confirmed)]);
        assert_eq!(first(&house, place, |_| true).await.reactions.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_messenger_edits_what_it_said_and_nothing_else() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let invitation = house.mail_of(WANG).await;
        let chat = |id: &'static str| [("Message-ID", id), ("Chat-Version", "1.0")];
        house.deliver(answer(&invitation, &chat("<c1@x>"), "One wall")).await;
        let said = house.messages(&anna, group, 2).await;
        let edit = |id: &'static str, of: &'static str| {
            [("Message-ID", id), ("Chat-Version", "1.0"), ("Chat-Edit", of)]
        };
        house
            .deliver(answer(&invitation, &edit("<c2@x>", "<c1@x>"), "> One wall\r\n\r\n✏\u{fe0f}Two walls"))
            .await;
        eventually(async || {
            let now = house.messages(&anna, group, 2).await;
            (now[1].trace.edits == 1).then_some(())
        })
        .await;
        assert_eq!(house.messages(&anna, group, 2).await[1].body.markdown, "Two walls");
        // What is not theirs, or is not there, can't be edited: it is said.
        let opening = format!("<{}>", invitation.message_id.as_deref().unwrap());
        let of_another =
            answer(&invitation, &edit("<c3@x>", "<gone@x>"), "✏\u{fe0f}Three").replace("<gone@x>", &opening);
        house.deliver(of_another).await;
        let all = house.messages(&anna, group, 3).await;
        assert_eq!((all[0].trace.edits, all[2].body.markdown.as_str()), (0, "Three"));
        assert_eq!(said[1].id, all[1].id);
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_to_write_by_a_messenger_gets_bubbles_until_they_write_mails_again() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let wang = house.person(WANG).await;
        let invitation = house.mail_of(WANG).await;
        house
            .deliver(answer(&invitation, &[("Message-ID", "<c1@x>"), ("Chat-Version", "1.0")], "Here"))
            .await;
        house.messages(&anna, group, 2).await;
        let cadence = async || house.actions.get_group(&wang, group).await.unwrap().own.cadence;
        assert_eq!(cadence().await, Cadence::AtOnce);
        let say = async |words: &str| {
            let new =
                mailmoot::actions::messages::NewMessage { markdown: words.to_owned(), ..Default::default() };
            house.actions.post_message(&anna, group, new).await.unwrap();
        };
        say("Welcome").await;
        let mails = house.mails_of(WANG, 2).await;
        let bubble = mails.into_iter().find(|mail| mail.message_id != invitation.message_id).unwrap();
        assert_eq!((bubble.text.new_text.as_str(), bubble.text.signature.as_str()), ("Welcome", ""));
        assert_eq!(bubble.from[0].name.as_deref(), Some("Anna Berg"));
        // A choice of their own stays theirs, and a mail brings mails back.
        house.actions.set_cadence(&wang, group, Cadence::Bundled).await.unwrap();
        house
            .deliver(answer(&invitation, &[("Message-ID", "<c2@x>"), ("Chat-Version", "1.0")], "There"))
            .await;
        house.messages(&anna, group, 4).await;
        assert_eq!(cadence().await, Cadence::Bundled);
        house.deliver(answer(&invitation, &[("Message-ID", "<c3@x>")], "By mail")).await;
        house.messages(&anna, group, 5).await;
        say("Fine").await;
        let mails = house.mails_of(WANG, 3).await;
        let letter = mails.into_iter().find(|mail| mail.text.new_text.contains("Fine")).unwrap();
        assert!(
            letter.from[0].name.as_deref().unwrap().contains("(Plan)") && !letter.text.signature.is_empty()
        );
    })
    .await;
}
