//! A member whose mail program is a messenger: Delta Chat shows a group as one chat, and what is done there comes back as
//! what it is.

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::message::Message;
use mailmoot::domain::person::Viewer;
use serde_json::json;

use crate::support::company::Company;
use crate::support::delta_chat::DeltaChat;
use crate::support::house::eventually;
use crate::support::peers::MailPeers;

async fn say(company: &Company, viewer: &Viewer, group: GroupId, words: &str) {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    company.house.actions.post_message(viewer, group, new).await.unwrap();
}

/// The message with this number, once it is as wanted.
async fn once(
    (company, viewer, group): (&Company, &Viewer, GroupId),
    seq: usize,
    wanted: impl Fn(&Message) -> bool,
) -> Message {
    eventually(async || {
        let messages = company.house.messages(viewer, group, seq).await;
        messages.into_iter().nth(seq - 1).filter(&wanted)
    })
    .await
}

#[tokio::test]
async fn a_group_is_one_chat_in_delta_chat() {
    let Some(peers) = MailPeers::find() else { return };
    let company = Company::open(peers, &["carol"]).await;
    let Some(mut david) = DeltaChat::open(&company.peers, &company.david).await else { return };
    let (anna, group) = company.group("预算 2027", "Two more lines, please.").await;
    let chat = david.accept().await;
    assert_eq!((chat.kind.as_str(), chat.is_request), ("Mailinglist", true));
    assert_eq!(chat.name, "预算 2027");
    let invited = david.wait_for(&chat, 1).await;
    assert!(invited[0].text.contains("Two more lines, please."), "{invited:#?}");

    // The first answer says that it is a messenger: from then on each message is a bubble.
    let first = david.say(&chat, json!({"text": "The roof, and the gate."})).await;
    let here = (&company, &anna, group);
    let message = once(here, 2, |_| true).await;
    assert_eq!(
        (message.author.name.as_str(), message.body.markdown.as_str()),
        ("David Okafor", "The roof, and the gate.")
    );
    say(&company, &anna, group, "What does the **roof** cost?").await;
    david.wait_for(&chat, 3).await;
    say(&company, &anna, group, "And the gate?").await;
    let bubbles = david.wait_for(&chat, 4).await;
    let shown: Vec<(&str, &str)> =
        bubbles[2..].iter().map(|b| (b.author.as_str(), b.text.as_str())).collect();
    assert_eq!(shown, [("Anna Berg", "What does the **roof** cost?"), ("Anna Berg", "And the gate?")]);

    // An answer to one message is an answer to it.
    david.say(&chat, json!({"text": "Two million", "quotedMessageId": bubbles[2].id})).await;
    let answer = once(here, 5, |_| true).await;
    assert_eq!(answer.body.markdown, "Two million");
    assert_eq!(answer.answers.unwrap().line.unwrap().words, "What does the roof cost?");

    david.edit(first, "The roof, the gate and the wall.").await;
    let edited = once(here, 2, |message| message.trace.edits > 0).await;
    assert_eq!(edited.body.markdown, "The roof, the gate and the wall.");

    david.react(bubbles[3].id, &["👍"]).await;
    let liked = once(here, 4, |message| !message.reactions.is_empty()).await;
    assert_eq!(
        (liked.reactions[0].emoji.as_str(), liked.reactions[0].first[0].1.as_str()),
        ("👍", "David Okafor")
    );
    david.react(bubbles[3].id, &[]).await;
    once(here, 4, |message| message.reactions.is_empty()).await;

    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.txt");
    std::fs::write(&plan, "roof 2\n").unwrap();
    david.say(&chat, json!({"text": "The plan", "file": plan, "filename": "plan.txt"})).await;
    let filed = once(here, 6, |_| true).await;
    assert_eq!((filed.body.markdown.as_str(), filed.files[0].name.as_str()), ("The plan", "plan.txt"));
    let shown = david.bubbles(&chat).await;
    assert_eq!(shown.last().unwrap().file.as_deref(), Some("plan.txt"), "{shown:#?}");
    // Nothing else was said: neither the edit nor the reactions are messages.
    assert_eq!(company.house.messages(&anna, group, 6).await.len(), 6);
    assert_eq!(david.chats().await.len(), 1);
}
