use super::*;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

fn safe(html: &str) -> SafeHtml {
    serde_json::from_value(html.into()).unwrap()
}

fn letters(t: Texts) -> Vec<(&'static str, Letter)> {
    let members = || vec!["Anna Berg".to_owned(), "王小明".to_owned(), "David <Okafor>".to_owned()];
    let topic = || "Budget 2027: second round".to_owned();
    let link = || "https://moot.corp.example/l/aaaabbbbccccddddeeeeffffgg".to_owned();
    let message = |author: &str, text: &str, files: &[&str]| LetterMessage {
        author: author.to_owned(),
        not_confirmed: files.is_empty(),
        at: Timestamp::from_millis(1_795_165_200_000),
        text: text.to_owned(),
        html: safe(&format!("<p>{text}</p>")),
        files: files.iter().map(|f| (*f).to_owned()).collect(),
    };
    let sign_in = SignInLetter { t, link: Some(link()), code: "204 917".to_owned() };
    let code = SignInLetter { t, link: None, code: "204 917".to_owned() };
    let draft = DraftReadyLetter {
        t,
        topic: topic(),
        link: link(),
        members: members(),
        notes: vec!["a note".to_owned()],
    };
    let group = GroupLinkLetter {
        t,
        topic: topic(),
        inviter: "Anna Berg".to_owned(),
        link: link(),
        opening: "Let us settle the **budget** here.".to_owned(),
        opening_html: safe("<p>Let us settle the <strong>budget</strong> here.</p>"),
        members: members(),
        files: vec!["Budget v3.xlsx".to_owned()],
    };
    let messages = MessagesLetter {
        t,
        topic: topic(),
        link: link(),
        messages: vec![
            message("王小明", "供应商的新报价我放在附件里了。", &["报价单.pdf", "list.xlsx"]),
            message(
                "Maria-Fernanda Gutiérrez",
                "Please do not sign before we have seen the liability clause.",
                &[],
            ),
        ],
    };
    let answer = AnswerLetter {
        t,
        subject: "Lunch".to_owned(),
        why: t.get("ignored-not-a-member").into_owned(),
        advice: t.get("advice-not-a-member").into_owned(),
    };
    vec![
        ("sign-in", sign_in.letter().unwrap()),
        ("code", code.letter().unwrap()),
        ("draft-ready", draft.letter().unwrap()),
        ("group-link", group.letter().unwrap()),
        ("messages", messages.letter().unwrap()),
        ("answer", answer.letter().unwrap()),
    ]
}

/// With MAILMOOT_PAGES=folder the letters are left there to look at.
#[test]
fn every_letter_can_be_rendered_in_every_language() {
    for language in Language::ALL {
        for (name, letter) in letters(Texts::of(language)) {
            assert!(!letter.subject.is_empty() && !letter.subject.contains('\n'), "{name}");
            assert!(
                !letter.text.contains("letter-") && !letter.html.contains("letter-hello"),
                "{name}: {}",
                letter.text
            );
            assert!(!letter.text.contains("\n\n\n"), "{name}: {}", letter.text);
            assert!(!letter.html.contains("<Okafor>"), "{name}");
            if let Some(folder) = std::env::var_os("MAILMOOT_PAGES") {
                let file = std::path::Path::new(&folder).join(format!("letter-{name}.{}", language.tag()));
                std::fs::write(file.with_extension(format!("{}.html", language.tag())), &letter.html)
                    .unwrap();
                std::fs::write(
                    file.with_extension(format!("{}.txt", language.tag())),
                    format!("{}\n\n{}", letter.subject, letter.text),
                )
                .unwrap();
            }
        }
    }
}

#[test]
fn the_digits_alone_come_without_a_link() {
    let letter = SignInLetter { t: Texts::of(Language::English), link: None, code: "204 917".to_owned() }
        .letter()
        .unwrap();
    assert!(letter.text.contains("204 917") && !letter.text.contains("http"), "{}", letter.text);
}
