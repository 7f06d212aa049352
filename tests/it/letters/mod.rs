//! Every mail we write, in every language: snapshots to be read by people, and what must never happen.

mod samples;
mod share;

use mailmoot::domain::address::NamedAddress;
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::Ignored;
use mailmoot::domain::time::Timestamp;
use mailmoot::mail::compose::{OutgoingMail, compose};
use mailmoot::mail::letters::{AnswerLetter, SignInLetter, Words};
use mailmoot::mail::parse::parse;
use mailmoot::texts::Texts;

use samples::{GATEWAY, LINK, Sample, samples};

/// With MAILMOOT_PAGES=folder the letters are left there to look at.
#[test]
fn every_letter_reads_well_in_every_language() {
    for language in Language::ALL {
        for sample in samples(Texts::of(language)) {
            let name = format!("{}.{}", sample.name, language.tag());
            insta::assert_snapshot!(
                format!("{name}.txt"),
                format!("{}\n\n{}", sample.words.subject, sample.words.text)
            );
            insta::assert_snapshot!(format!("{name}.html"), sample.words.html);
            if let Some(folder) = std::env::var_os("MAILMOOT_PAGES").map(std::path::PathBuf::from) {
                std::fs::write(folder.join(format!("letter-{name}.html")), &sample.words.html).unwrap();
                std::fs::write(
                    folder.join(format!("letter-{name}.txt")),
                    format!("{}\n\n{}", sample.words.subject, sample.words.text),
                )
                .unwrap();
            }
        }
    }
}

fn everything() -> impl Iterator<Item = Sample> {
    Language::ALL.into_iter().flat_map(|language| samples(Texts::of(language)))
}

#[test]
fn what_people_wrote_is_escaped_in_html_and_left_as_it_is_in_text() {
    for Sample { name, words: Words { subject, text, html } } in everything() {
        assert!(!subject.contains(['\r', '\n']) && !subject.is_empty(), "{name}: {subject:?}");
        assert!(!html.contains("<script") && !html.contains("<Okafor>"), "{name}");
        assert!(!text.contains("&#") && !text.contains("&lt;") && !text.contains("&amp;"), "{name}: {text}");
        assert!(!text.contains("mail-") && !html.contains("mail-"), "{name}: a key is missing\n{text}");
        if !["sign-in", "chat", "chat-several", "command-quiet"].contains(&name) {
            assert!(text.contains("<script>"), "{name}: {text}");
        }
    }
}

#[test]
fn no_letter_loads_anything() {
    for Sample { name, words: Words { html, .. } } in everything() {
        for loading in [" src=", "url(", "<link", "@import", "background=", "<img"] {
            assert!(!html.contains(loading), "{name} has {loading}");
        }
    }
}

#[test]
fn a_composed_letter_comes_back_with_the_same_words() {
    for Sample { name, words: Words { subject, text, html } } in everything() {
        let raw = compose(&OutgoingMail {
            from: NamedAddress { name: Some("mailmoot".to_owned()), address: GATEWAY.parse().unwrap() },
            to: vec![NamedAddress {
                name: Some("王小明".to_owned()),
                address: "wang@corp.example".parse().unwrap(),
            }],
            cc: Vec::new(),
            reply_to: None,
            subject: subject.clone(),
            message_id: "letter@corp.example".to_owned(),
            in_reply_to: Vec::new(),
            references: Vec::new(),
            date: Timestamp::from_millis(1_795_000_000_000),
            list: None,
            notify: None,
            auto_submitted: true,
            loop_mark: None,
            chat: false,
            text: text.clone(),
            html: Some(html),
            files: Vec::new(),
        })
        .unwrap();
        let mail = parse(&raw).unwrap();
        assert_eq!(mail.subject, subject, "{name}");
        let back = format!("{}\n{}\n{}", mail.text.new_text, mail.text.quotation, mail.text.signature);
        let back: Vec<&str> = back.lines().map(str::trim_end).collect();
        for line in text.lines().map(str::trim_end).filter(|line| *line != "--") {
            assert!(back.contains(&line), "{name} has lost {line:?}\n{back:#?}");
        }
        assert!(mail.problems.is_empty(), "{name}: {:?}", mail.problems);
    }
}

#[test]
fn every_reason_to_answer_is_explained_and_helped() {
    for texts in Language::ALL.map(Texts::of) {
        for why in [
            Ignored::NotAMember,
            Ignored::Departed,
            Ignored::TakenBack,
            Ignored::NoSuchGroup,
            Ignored::NotAllowed,
            Ignored::TooMany,
            Ignored::TooManyPeople,
            Ignored::TooLarge,
            Ignored::Empty,
            Ignored::OwnLetter,
        ] {
            let letter = AnswerLetter { texts, name: "", subject: "", why: why.text_key(), gateway: GATEWAY };
            let text = letter.words().unwrap().text;
            assert!(!text.contains("mail-answer") && !text.contains("ignored-"), "{text}");
            assert!(!text.contains(&*texts.get("mail-answer-other-help")), "{why:?} has no help");
        }
    }
}

#[test]
fn the_digits_are_written_in_two_groups_and_not_in_the_subject() {
    let texts = Texts::of(Language::English);
    let letter = SignInLetter { texts, name: "Anna", link: LINK, code: "204917", minutes: 15 };
    let words = letter.words().unwrap();
    assert!(words.text.contains("\n204 917\n"), "{}", words.text);
    // Lock screens show the subject and the beginning of a mail.
    assert_eq!(words.subject, "Sign in to mailmoot");
    let beginning: String = words.text.chars().take(160).collect();
    assert!(!beginning.contains("204"), "{beginning}");
}
