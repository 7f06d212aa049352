//! Wang never opens a page: by mails of one word he says how often the group writes to him, leaves it, and asks how.

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::command::Command;
use mailmoot::domain::group::Role;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::{DeliveryKind, Ignored, Outcome};
use mailmoot::domain::person::Viewer;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, STRANGER, WANG, Wanted, mail, on_both};

/// A group of three, and the address at which Wang answers.
async fn invited(house: &House) -> (Viewer, GroupId, String) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let to = reply_to(&house.mail_of(WANG).await);
    (anna, group, to)
}

fn reply_to(mail: &IncomingMail) -> String {
    mail.reply_to[0].address.to_string()
}

/// A reply as programs write it: the word above what it answers, under a signature of one's own.
fn word(number: usize, from: &str, to: &str, word: &str) -> String {
    let id = format!("<word-{number}@mail.example>");
    let text = format!("{word}\r\n\r\n-- \r\nWang\r\n\r\nOn Friday Anna Berg wrote:\r\n> Welcome.");
    mail(&[("From", from), ("To", to), ("Subject", "Re: Plan"), ("Message-ID", &id)], &text)
}

async fn cadence_of(house: &House, anna: &Viewer, group: GroupId, address: &str) -> Option<Cadence> {
    let members = house.actions.get_group(anna, group).await.unwrap().members;
    let address = address.parse().unwrap();
    members.iter().find(|line| line.person.addresses.contains(&address)).map(|line| line.member.cadence)
}

async fn say(house: &House, who: &Viewer, group: GroupId, words: &str) {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap();
}

fn commanded(outcomes: &[Outcome]) -> Vec<Command> {
    let command = |outcome: &Outcome| match outcome {
        Outcome::Command { command, .. } => Some(*command),
        _ => None,
    };
    outcomes.iter().filter_map(command).collect()
}

#[tokio::test]
async fn a_reply_of_one_word_says_how_often_the_group_writes() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to) = invited(&house).await;
        for (number, (said, cadence)) in [
            ("Mute.", Cadence::None),
            ("unmute", Cadence::Bundled),
            ("digest", Cadence::Daily),
            ("at once", Cadence::AtOnce),
            ("mute", Cadence::None),
        ]
        .into_iter()
        .enumerate()
        {
            house.deliver(word(number, WANG, &to, said)).await;
            let answers = house.mails_of(WANG, number + 2).await;
            assert_eq!(cadence_of(&house, &anna, group, WANG).await, Some(cadence), "{said}");
            assert!(answers[0].automatic.is_some() && answers[0].text.new_text.contains("“Plan”"));
            assert_eq!(reply_to(&answers[0]), to, "it can be answered by the next word");
        }
        let answers = house.mails_of(WANG, 6).await;
        assert!(answers[0].text.new_text.contains("Reply with “resume”"), "{}", answers[0].text.new_text);
        assert_eq!(commanded(&house.outcomes(6).await).len(), 5);
        assert_eq!(house.messages(&anna, group, 1).await.len(), 1, "nobody said a word in the group");
        assert_eq!(cadence_of(&house, &anna, group, DAVID).await, Some(Cadence::Bundled));
        say(&house, &anna, group, "To who listens").await;
        house.mails_of(DAVID, 2).await;
        assert_eq!(house.count_mails_of(WANG).await, 6);
    })
    .await;
}

#[tokio::test]
async fn a_mail_without_text_commands_by_its_subject_as_the_list_header_says() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to) = invited(&house).await;
        house.deliver(mail(&[("From", WANG), ("To", &to), ("Subject", "mute")], "")).await;
        house.mails_of(WANG, 2).await;
        assert_eq!(cadence_of(&house, &anna, group, WANG).await, Some(Cadence::None));
    })
    .await;
}

#[tokio::test]
async fn a_word_in_a_longer_text_is_a_word() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to) = invited(&house).await;
        for (number, said) in ["Please mute the microphones", "help\r\n\r\nI am lost here"].iter().enumerate()
        {
            house.deliver(word(number, WANG, &to, said)).await;
        }
        let messages = house.messages(&anna, group, 3).await;
        assert_eq!(messages.len(), 3);
        assert_eq!(cadence_of(&house, &anna, group, WANG).await, Some(Cadence::Bundled));
        assert!(house.answered().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn nobody_commands_for_another_and_no_program_at_all() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to) = invited(&house).await;
        // Whoever got Wang's mail forwarded has his address, but is not he.
        house.deliver(word(1, STRANGER, &to, "leave")).await;
        // His address alone proves nothing either.
        let id = house.mail_of(WANG).await.message_id.unwrap();
        let headers = [
            ("From", WANG),
            ("To", "moot@corp.example"),
            ("Subject", "Re: Plan"),
            ("In-Reply-To", &*format!("<{id}>")),
        ];
        house.deliver(mail(&headers, "leave")).await;
        let absent = word(3, WANG, &to, "mute").replacen("\r\n", "\r\nAuto-Submitted: auto-replied\r\n", 1);
        house.deliver(absent).await;
        let refused = Outcome::Ignored { why: Ignored::NotConfirmed };
        assert_eq!(
            house.outcomes(4).await[1..],
            [refused.clone(), refused, Outcome::Ignored { why: Ignored::Automatic }]
        );
        assert_eq!(cadence_of(&house, &anna, group, WANG).await, Some(Cadence::Bundled));
        assert_eq!(house.answered().await, [STRANGER, WANG]);
        assert!(house.mail_of(STRANGER).await.text.new_text.contains("only one word"));
        assert_eq!(house.messages(&anna, group, 1).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_mail_acts_once_and_answers_have_an_end() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to) = invited(&house).await;
        house.deliver(word(0, WANG, &to, "mute")).await;
        house.outcomes(2).await;
        let wang = house.person(WANG).await;
        house.actions.set_cadence(&wang, group, Cadence::Daily).await.unwrap();
        // By another way, with other bytes; and run again by the admin.
        house.deliver(word(0, WANG, &to, "mute").replace("Subject:", "Received: by relay\r\nSubject:")).await;
        assert_eq!(house.outcomes(3).await[2], Outcome::Ignored { why: Ignored::Duplicate });
        assert_eq!(cadence_of(&house, &anna, group, WANG).await, Some(Cadence::Daily));
        assert_eq!(house.answered().await.len(), 1);
        for number in 1..=13 {
            house.deliver(word(number, WANG, &to, if number % 2 == 0 { "mute" } else { "daily" })).await;
        }
        assert_eq!(commanded(&house.outcomes(16).await).len(), 14);
        assert_eq!(house.answered().await.len(), 10);
        assert_eq!(cadence_of(&house, &anna, group, WANG).await, Some(Cadence::Daily), "the last one");
    })
    .await;
}

#[tokio::test]
async fn leaving_by_mail_is_leaving_and_the_only_owner_is_asked_back() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to) = invited(&house).await;
        house.deliver(word(1, WANG, &to, "退出")).await;
        let answer = house.mails_of(WANG, 2).await.remove(0);
        assert!(answer.text.new_text.contains("您已退出“Plan”"), "{}", answer.text.new_text);
        assert_eq!(cadence_of(&house, &anna, group, WANG).await, None);
        let page = Browser::of(&house, ANNA).await.page(&format!("/groups/{group}")).await;
        assert!(page.contains("王小明</bdi> left"), "{page}");
        // Anna owns it alone. She gets mails, too, when her page is closed.
        say(&house, &house.person(DAVID).await, group, "Anna?").await;
        let annas = reply_to(&house.mail_of(ANNA).await);
        house.deliver(word(2, ANNA, &annas, "leave")).await;
        let answer = house.mails_of(ANNA, 2).await.remove(0);
        let text = &answer.text.new_text;
        assert!(text.contains("only owner") && text.contains(&format!("/groups/{group}/settings")), "{text}");
        assert!(cadence_of(&house, &anna, group, ANNA).await.is_some());
        let david = house.person(DAVID).await.person_id;
        house.actions.set_role(&anna, group, david, Role::Owner).await.unwrap();
        house.deliver(word(3, ANNA, &annas, "leave")).await;
        house.mails_of(ANNA, 3).await;
        assert!(house.actions.get_group(&anna, group).await.is_err());
        assert_eq!(commanded(&house.outcomes(4).await), [Command::Leave; 3]);
    })
    .await;
}

#[tokio::test]
async fn who_asks_for_help_gets_it_in_their_language() {
    on_both(Wanted::default, async |house| {
        let (_, _, to) = invited(&house).await;
        house.deliver(word(1, WANG, &to, "help")).await;
        let help = house.mails_of(WANG, 2).await.remove(0).text;
        for part in [
            "reply to any mail",
            "25.0 MB",
            "@Anna Berg",
            "#decision",
            "moot+share.",
            "Cc",
            "mute",
            "leave",
            "moot@corp.example",
        ] {
            assert!(help.new_text.contains(part), "{part}: {}", help.new_text);
        }
        assert!(help.signature.contains("/mails/"), "{}", help.signature);
        // In that of the word while they never chose one.
        house.deliver(word(2, WANG, &to, "帮助")).await;
        let help = house.mails_of(WANG, 3).await.remove(0).text.new_text;
        assert!(help.contains("只回复“退出”") && help.contains("静音"), "{help}");
        let wang = house.person(WANG).await;
        house.actions.set_language(&wang, Language::Chinese).await.unwrap();
        house.deliver(word(3, WANG, &to, "Daily!")).await;
        assert!(house.mails_of(WANG, 4).await.remove(0).text.new_text.contains("每日一封"));
        let sent = house.deliveries().await;
        assert!(sent[..3].iter().all(|delivery| delivery.kind == DeliveryKind::Answer));
    })
    .await;
}
