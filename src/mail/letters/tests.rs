use super::*;
use crate::domain::language::Language;
use crate::texts::Texts;

struct Written {
    name: &'static str,
    subject: String,
    text: String,
    html: String,
}

const LINK: &str = "https://moot.corp.example/l/aaaabbbbccccddddeeeeffffgg";

fn message(author: &str, text: &str, files: &[&str]) -> LetterMessage {
    LetterMessage {
        author: author.to_owned(),
        when: "2026-11-20 09:00 UTC".to_owned(),
        html: serde_json::from_value(format!("<p>{text}</p>").into()).unwrap(),
        text: text.to_owned(),
        note: files.is_empty().then(|| "not confirmed".to_owned()),
        files: files
            .iter()
            .map(|name| LetterFile {
                name: (*name).to_owned(),
                size: "12 kB".to_owned(),
                link: LINK.to_owned(),
            })
            .collect(),
    }
}

fn notices(texts: Texts) -> Vec<Written> {
    let sign_in = SignInLetter { texts, name: "Anna Berg", link: LINK, code: "204917", minutes: 15 };
    let draft = DraftReadyLetter {
        texts,
        name: "Anna Berg",
        topic: "Budget <2027>",
        link: LINK,
        members: 7,
        gateway: "moot@corp.example",
    };
    let answer = AnswerLetter {
        texts,
        name: "Anna Berg",
        subject: "Lunch",
        why: "ignored-not-a-member",
        gateway: "moot@corp.example",
    };
    vec![
        Written {
            name: "sign-in",
            subject: sign_in.subject(),
            text: sign_in.text().unwrap(),
            html: sign_in.html().unwrap(),
        },
        Written {
            name: "draft-ready",
            subject: draft.subject(),
            text: draft.text().unwrap(),
            html: draft.html().unwrap(),
        },
        Written {
            name: "answer",
            subject: answer.subject(),
            text: answer.text().unwrap(),
            html: answer.html().unwrap(),
        },
    ]
}

fn of_groups(texts: Texts) -> Vec<Written> {
    let member =
        |name: &str, detail: &str| InvitedMember { name: name.to_owned(), detail: detail.to_owned() };
    let members = [
        member("Anna Berg", "Finance · Head of controlling"),
        member("王小明", "采购部 · 采购经理"),
        member("David <Okafor>", ""),
    ];
    let invitation = InvitationLetter {
        texts,
        name: "王小明",
        inviter: "Anna Berg",
        topic: "Budget <2027>",
        link: LINK,
        members: &members,
        opening: Some(message("Anna Berg", "Let us settle the budget here.", &["Budget v3.xlsx"])),
        can_reply: true,
        days: 30,
    };
    let messages = [
        message("王小明", "供应商的新报价我放在附件里了。", &["报价单.pdf", "list.xlsx"]),
        message(
            "Maria-Fernanda Gutiérrez",
            "Please do not sign before we have seen the liability clause.",
            &[],
        ),
    ];
    let bundle = MessagesLetter {
        texts,
        name: "David",
        topic: "Budget <2027>",
        link: LINK,
        messages: &messages,
        earlier: 3,
    };
    vec![
        Written {
            name: "invitation",
            subject: invitation.subject(),
            text: invitation.text().unwrap(),
            html: invitation.html().unwrap(),
        },
        Written {
            name: "messages",
            subject: bundle.subject(),
            text: bundle.text().unwrap(),
            html: bundle.html().unwrap(),
        },
    ]
}

/// With MAILMOOT_PAGES=folder the letters are left there to look at.
#[test]
fn every_letter_can_be_rendered_in_every_language() {
    for language in Language::ALL {
        for written in notices(Texts::of(language)).into_iter().chain(of_groups(Texts::of(language))) {
            let Written { name, subject, text, html } = written;
            assert!(!subject.is_empty() && !subject.contains('\n'), "{name}");
            assert!(!text.contains("letter-") && !text.contains("\n\n\n"), "{name}: {text}");
            assert!(!html.contains("<Okafor>") && !html.contains("<2027>"), "{name}");
            if let Some(folder) = std::env::var_os("MAILMOOT_PAGES") {
                let file = std::path::Path::new(&folder).join(format!("letter-{name}.{}", language.tag()));
                std::fs::write(file.with_extension(format!("{}.html", language.tag())), html).unwrap();
                std::fs::write(
                    file.with_extension(format!("{}.txt", language.tag())),
                    format!("{subject}\n\n{text}"),
                )
                .unwrap();
            }
        }
    }
}

#[test]
fn the_digits_are_written_in_two_groups() {
    let texts = Texts::of(Language::English);
    let letter = SignInLetter { texts, name: "Anna", link: LINK, code: "204917", minutes: 15 };
    assert!(letter.subject().contains("204 917"), "{}", letter.subject());
    assert!(letter.text().unwrap().contains(LINK));
}
