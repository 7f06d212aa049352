//! Our own mail, fed back through the parser, says the same.

use mailmoot::domain::address::NamedAddress;
use mailmoot::domain::file::FileName;
use mailmoot::domain::time::Timestamp;
use mailmoot::mail::compose::{ListHeaders, OutgoingFile, OutgoingMail, compose};
use mailmoot::mail::parse::parse;

fn person(name: &str, address: &str) -> NamedAddress {
    NamedAddress { name: Some(name.to_owned()), address: address.parse().unwrap() }
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        from: person("李雷 (预算 2027)", "moot@corp.example"),
        to: vec![person("Berg, Anna \"AB\"", "anna@corp.example")],
        cc: vec![person("Eva Holm", "eva@corp.example")],
        reply_to: Some("moot+abcdefghijklmnopqrstuvwxy4@corp.example".parse().unwrap()),
        subject: "Re: 预算 2027, with a subject so long that it has to be folded somewhere on its way"
            .to_owned(),
        message_id: "moot.1.2@corp.example".to_owned(),
        in_reply_to: vec!["a@corp.example".to_owned()],
        references: (0..70).map(|n| format!("r{n}@corp.example")).collect(),
        date: Timestamp::from_millis(1_795_000_000_000),
        list: Some(ListHeaders {
            name: "预算 2027, final".to_owned(),
            id: "budget.corp.example".to_owned(),
            post: "moot@corp.example".parse().unwrap(),
            by_mail: true,
            unsubscribe_url: Some("https://moot.corp.example/u/abc".to_owned()),
            one_click: true,
        }),
        notify: Some("moot+abc@corp.example".parse().unwrap()),
        auto_submitted: false,
        loop_mark: Some("abc".to_owned()),
        chat: false,
        text: "Agreed.\n\nSee you on Thursday – 周四见。\n.\nFrom here on".to_owned(),
        html: Some("<p>Agreed. <img src=\"cid:logo\"></p>".to_owned()),
        files: vec![
            OutgoingFile {
                name: FileName::cleaned("logo.png", "x"),
                media_type: "image/png".to_owned(),
                content_id: Some("logo".to_owned()),
                inline: true,
                bytes: vec![0, 1, 2, 255],
            },
            OutgoingFile {
                name: FileName::cleaned("预算 2027 – Übersicht.pdf", "x"),
                media_type: "application/pdf".to_owned(),
                content_id: None,
                inline: false,
                bytes: b"%PDF-1.7\nfrom\r\n\r\n.\r\n".to_vec(),
            },
        ],
    }
}

#[test]
fn our_own_mail_is_read_back_as_it_was_meant() {
    let sent = mail();
    let bytes = compose(&sent).unwrap();
    let got = parse(&bytes).unwrap();
    assert_eq!(got.message_id.as_deref(), Some(sent.message_id.as_str()));
    assert_eq!(got.subject, sent.subject);
    assert_eq!(got.from, [sent.from]);
    assert_eq!(got.to, sent.to);
    assert_eq!(got.cc, sent.cc);
    assert_eq!(got.reply_to[0].address, sent.reply_to.unwrap());
    assert_eq!(got.in_reply_to, sent.in_reply_to);
    assert_eq!(got.references.first(), sent.references.first());
    assert_eq!(got.references.last(), sent.references.last());
    assert_eq!(got.references.len(), 61);
    assert_eq!(got.date, Some(sent.date));
    assert_eq!(got.text.new_text, sent.text);
    assert_eq!(got.loop_marks, ["abc"]);
    assert_eq!(got.html.as_str(), "<p>Agreed. <img data-cid=\"logo\"></p>");
    let files: Vec<_> = got.files.iter().map(|f| (f.name.as_str(), f.inline, f.bytes.as_slice())).collect();
    assert!(files.contains(&("logo.png", true, &[0, 1, 2, 255][..])), "{files:?}");
    assert!(files.contains(&("预算 2027 – Übersicht.pdf", false, &sent.files[1].bytes[..])), "{files:?}");
    assert!(got.problems.is_empty(), "{:?}", got.problems);
}

#[test]
fn lines_are_short_and_end_with_crlf() {
    let bytes = compose(&mail()).unwrap();
    assert!(bytes.is_ascii());
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.split("\r\n").all(|line| line.len() <= 998));
    assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    let unfolded = text.replace("\r\n ", " ");
    let ways = "<https://moot.corp.example/u/abc>, <mailto:moot@corp.example?subject=mute>";
    for header in [
        "List-Id: =?utf-8?b?6aKE566X?= 2027 final <budget.corp.example>",
        "List-Post: <mailto:moot@corp.example>",
        "List-Help: <mailto:moot@corp.example?subject=help>",
        &format!("List-Unsubscribe: {ways}"),
    ] {
        assert!(unfolded.contains(&format!("{header}\r\n")), "{header}: {unfolded}");
    }
    assert!(text.contains("Message-ID: <moot.1.2@corp.example>\r\n"));
}

#[test]
fn nothing_in_a_value_becomes_a_header() {
    let evil = "x\r\nBcc: victim@corp.example\r\n\r\nbody";
    let mut sent = mail();
    sent.subject = evil.to_owned();
    sent.from.name = Some(evil.to_owned());
    sent.message_id = evil.to_owned();
    sent.in_reply_to = vec![evil.to_owned()];
    sent.references = vec![evil.to_owned()];
    sent.loop_mark = Some(evil.to_owned());
    sent.list.as_mut().unwrap().id = evil.to_owned();
    sent.list.as_mut().unwrap().name = evil.to_owned();
    sent.list.as_mut().unwrap().unsubscribe_url = Some(evil.to_owned());
    sent.files[0].content_id = Some(evil.to_owned());
    sent.files[1].media_type = evil.to_owned();
    let text = String::from_utf8(compose(&sent).unwrap()).unwrap();
    assert!(!text.to_lowercase().lines().any(|line| line.starts_with("bcc:")), "{text}");
    assert!(parse(text.as_bytes()).unwrap().text.new_text.starts_with("Agreed."));
}

#[test]
fn a_mail_of_text_alone_is_one_part() {
    let sent = OutgoingMail { html: None, files: Vec::new(), list: None, auto_submitted: true, ..mail() };
    let bytes = compose(&sent).unwrap();
    let got = parse(&bytes).unwrap();
    assert_eq!(got.text.new_text, sent.text);
    assert!(got.automatic.is_some());
    assert!(!String::from_utf8(bytes).unwrap().contains("multipart"));
}
