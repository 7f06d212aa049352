//! A share goes out by mail, and what its receivers answer comes back under it: never as if a member had written it.

use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::shares::{AccessChange, Chosen, Form, Kept, Mailing, NewReceivers};
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::ids::{GroupId, ShareId};
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::{DeliveryKind, Ignored, Outcome};
use mailmoot::domain::message::Message;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::policy::Domains;
use mailmoot::domain::settings::ShareSettings;
use mailmoot::domain::share::{Access, Answers};
use mailmoot::domain::share_receiver::AnswerState;
use mailmoot::domain::zone::Zone;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::parse_addresses;

use crate::support::files::{a_picture, bring};
use crate::support::house::{ANNA, DAVID, House, WANG, Wanted, eventually, mail, on_both};
use crate::support::mail_html::{html_of, in_lines};

const KENJI: &str = "kenji.sato@partner.example";

/// A group with a message, a picture and a file, and a share of them that is out for everybody with the link.
async fn shared(house: &House) -> (Viewer, GroupId, ShareId) {
    let (anna, plan, id) = prepared(house).await;
    publish(house, &anna, id).await;
    (anna, plan, id)
}

/// The same before it goes out.
async fn prepared(house: &House) -> (Viewer, GroupId, ShareId) {
    let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
    say(house, &anna, plan, "We buy **two** presses.").await;
    let picture = bring(house, &anna, plan, ("gate.png", &a_picture(40, 30))).await.unwrap().id;
    let offer = bring(house, &anna, plan, ("offer.txt", b"48 200")).await.unwrap().id;
    let files =
        NewMessage { markdown: "The gate".to_owned(), files: vec![picture, offer], ..NewMessage::default() };
    let seq = house.actions.post_message(&anna, plan, files).await.unwrap().seq;
    let chosen = Chosen { seqs: vec![seq - 1, seq], ..Chosen::default() };
    let id = house.actions.start_share(&anna, plan, chosen).await.unwrap();
    let access = AccessChange { access: Access::Link, lasts: 30, password: None };
    house.actions.set_share_access(&anna, id, access).await.unwrap();
    (anna, plan, id)
}

async fn say(house: &House, who: &Viewer, group: GroupId, words: &str) {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap();
}

async fn publish(house: &House, who: &Viewer, id: ShareId) {
    let telling = house.actions.telling(who, Language::English, Zone::UTC);
    house.actions.publish_share(who, id, telling).await.unwrap();
}

async fn add(house: &House, who: &Viewer, id: ShareId, typed: &str) -> Result<(), ActionError> {
    let addresses = parse_addresses(typed).addresses;
    house.actions.add_share_receivers(who, id, NewReceivers { addresses, ..NewReceivers::default() }).await
}

async fn send(house: &House, who: &Viewer, id: ShareId) -> usize {
    house.actions.mail_share(who, id, Mailing { receipt: true, ..Mailing::default() }).await.unwrap()
}

/// How far the mails of a share came, once none waits.
async fn progress(house: &House, who: &Viewer, id: ShareId) -> Vec<String> {
    eventually(async || {
        let mails = house.actions.share_mails(who, id).await.unwrap();
        let names: Vec<String> =
            mails.receivers.iter().map(|one| format!("{} {}", one.address, one.progress.name())).collect();
        (!names.iter().any(|name| name.ends_with("waiting"))).then_some(names)
    })
    .await
}

/// What somebody answers to a mail of ours.
async fn answer(house: &House, from: &str, to: &IncomingMail, (id, words): (&str, &str)) {
    let reply_to = to.reply_to[0].address.to_string();
    let in_reply_to = format!("<{}>", to.message_id.as_deref().unwrap());
    let headers = [
        ("From", from),
        ("To", reply_to.as_str()),
        ("Subject", "Re: Plan"),
        ("Message-ID", id),
        ("In-Reply-To", in_reply_to.as_str()),
    ];
    let text =
        format!("{words}\r\n\r\nOn Fri, 20 Nov 2026 at 10:02, Anna Berg wrote:\r\n> We buy two presses.");
    house.deliver(mail(&headers, &text)).await;
}

async fn newest(house: &House, who: &Viewer, group: GroupId) -> Message {
    house.actions.list_messages_before(who, group, None, 1).await.unwrap().remove(0)
}

fn problem<T: std::fmt::Debug>(done: Result<T, ActionError>) -> Problem {
    match done {
        Err(ActionError::Invalid { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

/// The mail has the words, the picture and the file of the share, and says that a person sent it.
async fn brings_everything(house: &House, got: &IncomingMail, plan: GroupId) {
    assert_eq!((got.subject.as_str(), got.from[0].name.as_deref()), ("Plan", Some("Anna Berg (Plan)")));
    assert!(got.text.new_text.contains("We buy **two** presses."), "{}", got.text.new_text);
    let picture = got.files.iter().find(|file| file.inline).unwrap();
    assert_eq!((picture.name.as_str(), picture.bytes.as_slice()), ("gate.png", a_picture(40, 30).as_slice()));
    let offer = got.files.iter().find(|file| !file.inline).unwrap();
    assert_eq!((offer.name.as_str(), offer.bytes.as_slice()), ("offer.txt", b"48 200".as_slice()));
    let html = got.html.as_str();
    assert!(html.contains(&format!("data-cid=\"{}\"", picture.content_id.as_deref().unwrap())), "{html}");
    let raw = house.outbox.list(&KENJI.parse().unwrap()).await.unwrap().remove(0).raw;
    let raw = String::from_utf8_lossy(&raw).into_owned();
    assert!(
        raw.contains("Disposition-Notification-To: <moot+")
            && !raw.contains("List-")
            && !raw.contains("Auto-Submitted"),
        "{raw}"
    );
    assert!(
        house
            .deliveries()
            .await
            .iter()
            .all(|one| one.kind != DeliveryKind::Share || one.group_id == Some(plan))
    );
}

#[tokio::test]
async fn a_share_is_mailed_with_its_pictures_and_the_sharer_decides_about_answers() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan, share) = shared(&house).await;
        let wang = house.person(WANG).await;
        assert!(matches!(
            add(&house, &wang, share, KENJI).await,
            Err(ActionError::NotFound | ActionError::Forbidden)
        ));
        add(&house, &anna, share, &format!("Kenji Sato <{KENJI}>, {DAVID}")).await.unwrap();
        add(&house, &anna, share, &KENJI.to_uppercase()).await.unwrap();
        assert_eq!(send(&house, &anna, share).await, 2);
        assert_eq!(progress(&house, &anna, share).await, [format!("{KENJI} sent"), format!("{DAVID} sent")]);
        let again = house.actions.mail_share(&anna, share, Mailing::default()).await;
        assert_eq!(problem(again), Problem::NobodyToMail);

        let got = house.mail_of(KENJI).await;
        brings_everything(&house, &got, plan).await;

        answer(&house, &format!("Kenji Sato <{KENJI}>"), &got, ("<k1@partner.example>", "Agreed, go on."))
            .await;
        answer(
            &house,
            &format!("Kenji Sato <{KENJI}>"),
            &got,
            ("<k2@partner.example>", "Buy from my cousin!"),
        )
        .await;
        // The first mail began the group.
        let outcomes = house.outcomes(3).await;
        assert!(outcomes[1..].iter().all(|one| *one == Outcome::ShareAnswer { share }), "{outcomes:?}");
        assert_ne!(newest(&house, &anna, plan).await.body.markdown, "Agreed, go on.");
        let told = eventually(async || {
            let mails = house.mails_of(ANNA, 2).await;
            let answered: Vec<_> =
                mails.into_iter().filter(|mail| mail.subject == "Answer to your share: Plan").collect();
            (answered.len() == 2).then_some(answered)
        })
        .await;
        let words = &told[0].text.new_text;
        assert!(words.contains(&format!("Kenji Sato ({KENJI}) has answered")), "{words}");
        assert!(words.contains(&format!("/shares/{share}/mail")), "{words}");
        let list = house.actions.list_shares(&anna, plan, None).await.unwrap();
        assert_eq!(list.lines[0].line.waiting, 2);
        let mails = house.actions.share_mails(&anna, share).await.unwrap();
        assert_eq!(mails.receivers[0].progress.name(), "read", "whoever answers has read it");
        let find = |words: &str| mails.answers.iter().find(|one| one.words == words).unwrap().id;
        let (good, bad) = (find("Agreed, go on."), find("Buy from my cousin!"));
        let decide = async |who: &Viewer, id, take| house.actions.decide_answer(who, share, (id, take)).await;
        assert!(decide(&wang, good, true).await.is_err());
        decide(&anna, good, true).await.unwrap();
        decide(&anna, bad, false).await.unwrap();
        assert_eq!(problem(decide(&anna, good, true).await), Problem::AnswerDecided);
        let taken = newest(&house, &wang, plan).await;
        assert_eq!(
            (taken.body.markdown.as_str(), taken.author.name.as_str()),
            ("Agreed, go on.", "Kenji Sato")
        );
        assert_eq!((taken.author.person_id, taken.share), (None, Some(share)));
        let states: Vec<AnswerState> = house
            .actions
            .share_mails(&anna, share)
            .await
            .unwrap()
            .answers
            .iter()
            .map(|one| one.state)
            .collect();
        assert!(states.contains(&AnswerState::Taken) && states.contains(&AnswerState::Declined));
    })
    .await;
}

#[tokio::test]
async fn owners_decide_about_the_answers_to_a_share_whose_sharer_is_gone() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
        let chosen = Chosen { seqs: vec![1], ..Chosen::default() };
        let share = house.actions.start_share(&wang, plan, chosen).await.unwrap();
        publish(&house, &wang, share).await;
        add(&house, &wang, share, KENJI).await.unwrap();
        send(&house, &wang, share).await;
        let got = house.mail_of(KENJI).await;
        answer(&house, KENJI, &got, ("<k1@partner.example>", "Agreed.")).await;
        house.outcomes(2).await;
        house.actions.leave_group(&wang, plan).await.unwrap();
        let waiting = house.actions.share_mails(&anna, share).await.unwrap().answers.remove(0).id;
        assert!(house.actions.decide_answer(&david, share, (waiting, true)).await.is_err());
        house.actions.decide_answer(&anna, share, (waiting, true)).await.unwrap();
        assert_eq!(newest(&house, &anna, plan).await.body.markdown, "Agreed.");
    })
    .await;
}

#[tokio::test]
async fn an_answer_comes_in_at_once_where_the_sharer_wants_it_and_never_as_a_member() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan, share) = shared(&house).await;
        house.actions.set_share_answers(&anna, share, Answers::AtOnce).await.unwrap();
        add(&house, &anna, share, WANG).await.unwrap();
        send(&house, &anna, share).await;
        // Not the invitation to the group.
        let got = eventually(async || {
            let mails = house.mails_of(WANG, 1).await;
            mails.into_iter().find(|mail| mail.files.iter().any(|file| file.inline))
        })
        .await;
        // Whoever got the mail from Wang writes with Wang's name; and Wang's own answer here is one from outside as well.
        for (from, id, words) in [
            ("王小明 <stranger@elsewhere.example>", "<s1@elsewhere.example>", "I am Wang, pay me."),
            (WANG, "<w1@corp.example>", "Fine."),
        ] {
            answer(&house, from, &got, (id, words)).await;
            let message = eventually(async || {
                Some(newest(&house, &anna, plan).await).filter(|one| one.body.markdown == words)
            })
            .await;
            assert_eq!((message.author.person_id, message.share), (None, Some(share)));
        }
        let answers = house.actions.share_mails(&anna, share).await.unwrap().answers;
        assert!(answers.iter().all(|one| one.state == AnswerState::Taken && one.message.is_some()));

        house.actions.recall_share(&anna, share).await.unwrap();
        answer(&house, &format!("Kenji <{KENJI}>"), &got, ("<late@partner.example>", "Too late?")).await;
        assert_eq!(house.outcomes(4).await[3], Outcome::Ignored { why: Ignored::ShareRecalled });
        assert_eq!(house.answered().await, [KENJI]);
        let told = house.mail_of(KENJI).await;
        assert!(told.text.new_text.contains("has taken back since"), "{}", told.text.new_text);
    })
    .await;
}

/// Of 80 MB of files a mail takes along what mail systems take, and says where the rest is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_no_mail_takes_are_linked_and_fetched_from_the_page() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
    let mut files = Vec::new();
    for n in 1..=8_u8 {
        let film = vec![n; 10_000_000];
        files.push(bring(&house, &anna, plan, (&format!("film-{n}.mp4"), &film)).await.unwrap().id);
    }
    let new = NewMessage { markdown: "The films".to_owned(), files, ..NewMessage::default() };
    let seq = house.actions.post_message(&anna, plan, new).await.unwrap().seq;
    let chosen = Chosen { seqs: vec![seq], ..Chosen::default() };
    let share = house.actions.start_share(&anna, plan, chosen).await.unwrap();
    let access = AccessChange { access: Access::Link, lasts: 30, password: None };
    house.actions.set_share_access(&anna, share, access).await.unwrap();
    publish(&house, &anna, share).await;
    add(&house, &anna, share, KENJI).await.unwrap();
    send(&house, &anna, share).await;
    let got = house.mail_of(KENJI).await;
    assert_eq!(got.files.len(), 1, "17.5 MB go along, which are 24 in a mail");
    let words = &got.text.new_text;
    let linked: Vec<&str> = words
        .split_whitespace()
        .filter_map(|word| Some(&word[word.find("/s/")?..]))
        .filter(|word| word.contains("/files/"))
        .collect();
    assert_eq!(linked.len(), 7, "{words}");
    let film = reqwest::get(house.url(linked[6])).await.unwrap();
    assert_eq!(film.bytes().await.unwrap().as_ref(), vec![8; 10_000_000].as_slice());
}

#[tokio::test]
async fn a_newer_version_is_mailed_again_and_nothing_of_a_share_that_was_recalled() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, _, share) = shared(&house).await;
        add(&house, &anna, share, KENJI).await.unwrap();
        send(&house, &anna, share).await;
        house.mails_of(KENJI, 1).await;
        publish(&house, &anna, share).await;
        let one = house.actions.share_mails(&anna, share).await.unwrap().receivers.remove(0);
        assert_eq!(one.version, 1);
        assert_eq!(send(&house, &anna, share).await, 1);
        let mails = house.mails_of(KENJI, 2).await;
        assert!(mails.iter().any(|mail| mail.text.new_text.contains("Version 2")));
        progress(&house, &anna, share).await;
        // Once more, because it got lost.
        let only = vec![one.id];
        house.actions.mail_share(&anna, share, Mailing { only, receipt: false }).await.unwrap();
        house.mails_of(KENJI, 3).await;

        house.actions.recall_share(&anna, share).await.unwrap();
        let refused = house.actions.mail_share(&anna, share, Mailing::default()).await;
        assert_eq!(problem(refused), Problem::NotPublished);
    })
    .await;
}

#[tokio::test]
async fn what_may_not_go_outside_goes_to_nobody_outside() {
    let wanted = || Wanted {
        share: ShareSettings { outside_domains: Domains(Some(vec!["friend.example".to_owned()])) },
        ..Wanted::long_hold()
    };
    on_both(wanted, async |house| {
        let (anna, _, share) = shared(&house).await;
        let domain = "partner.example".to_owned();
        assert_eq!(problem(add(&house, &anna, share, KENJI).await), Problem::DomainNotAllowed { domain });
        add(&house, &anna, share, "eva@friend.example, somebody@corp.example").await.unwrap();
        assert_eq!(problem(add(&house, &anna, share, "moot+x@corp.example").await), Problem::OwnAddress);
        let many: Vec<String> = (0..200).map(|n| format!("p{n}@friend.example")).collect();
        assert_eq!(
            problem(add(&house, &anna, share, &many.join(", ")).await),
            Problem::TooMany { limit: 200 }
        );
    })
    .await;
}

#[tokio::test]
async fn what_the_sharer_sees_before_is_the_mail_letter_by_letter() {
    on_both(Wanted::standing, async |house| {
        let (anna, _, share) = prepared(&house).await;
        let telling = house.actions.telling(&anna, Language::English, Zone::UTC);
        let preview = house.actions.preview_share_mail(&anna, share, &telling).await.unwrap();
        publish(&house, &anna, share).await;
        add(&house, &anna, share, "eva@friend.example").await.unwrap();
        send(&house, &anna, share).await;
        house.mail_of("eva@friend.example").await;
        let raw = house.outbox.list(&"eva@friend.example".parse().unwrap()).await.unwrap().remove(0).raw;
        assert_eq!(html_of(&raw), (in_lines(&preview), 1));
    })
    .await;
}

#[tokio::test]
async fn a_share_is_kept_in_every_form() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, _, share) = shared(&house).await;
    let page = house.actions.get_share(&anna, share).await.unwrap();
    for form in Form::ALL {
        let document = house.actions.kept_document(&anna, &page, Language::English).await.unwrap();
        let own = parse_addresses("Anna <anna.berg@corp.example>").addresses.remove(0);
        let kept = Kept { share: &page.share, document, reader: Some(own) };
        let made = house.actions.make_file(kept, form).await.unwrap();
        assert_eq!(made.name.as_str(), format!("Plan.{}", form.ending()));
        let text = String::from_utf8_lossy(&made.bytes).into_owned();
        match form {
            Form::Mail => assert!(text.contains("Subject: Plan\r\n") && text.contains("multipart/related")),
            Form::Page => assert!(text.contains("data:image/png;base64,") && !text.contains("src=\"http")),
            Form::Markdown => assert!(text.contains("> We buy **two** presses.")),
            Form::Pdf => assert!(text.starts_with("%PDF-")),
        }
    }
}
