//! Mails of one word that are meant for mailmoot and not for the group. The one table of these words, in every language.

use super::incoming::{IncomingFile, IncomingMail};
use crate::domain::cadence::Cadence;
use crate::domain::command::Command;
use crate::domain::language::Language;

/// In lower case, and only words that hardly anybody answers a group with: "stop", "none" or "immediately" are answers.
const WORDS: &[(&str, Command)] = &[
    ("mute", Command::Cadence(Cadence::None)),
    ("unsubscribe", Command::Cadence(Cadence::None)),
    ("no mails", Command::Cadence(Cadence::None)),
    ("静音", Command::Cadence(Cadence::None)),
    ("靜音", Command::Cadence(Cadence::None)),
    ("退订", Command::Cadence(Cadence::None)),
    ("退訂", Command::Cadence(Cadence::None)),
    ("不发邮件", Command::Cadence(Cadence::None)),
    ("mentions", Command::Cadence(Cadence::Mentions)),
    ("mentions only", Command::Cadence(Cadence::Mentions)),
    ("仅提及", Command::Cadence(Cadence::Mentions)),
    ("僅提及", Command::Cadence(Cadence::Mentions)),
    ("daily", Command::Cadence(Cadence::Daily)),
    ("digest", Command::Cadence(Cadence::Daily)),
    ("每日", Command::Cadence(Cadence::Daily)),
    ("每日一封", Command::Cadence(Cadence::Daily)),
    ("摘要", Command::Cadence(Cadence::Daily)),
    ("bundled", Command::Cadence(Cadence::Bundled)),
    ("合并发送", Command::Cadence(Cadence::Bundled)),
    ("合併發送", Command::Cadence(Cadence::Bundled)),
    ("at once", Command::Cadence(Cadence::AtOnce)),
    ("即时", Command::Cadence(Cadence::AtOnce)),
    ("即時", Command::Cadence(Cadence::AtOnce)),
    ("unmute", Command::Resume),
    ("resume", Command::Resume),
    ("恢复", Command::Resume),
    ("恢復", Command::Resume),
    ("取消静音", Command::Resume),
    ("取消靜音", Command::Resume),
    ("leave", Command::Leave),
    ("退出", Command::Leave),
    ("退群", Command::Leave),
    ("help", Command::Help),
    ("帮助", Command::Help),
    ("幫助", Command::Help),
];

/// In bytes. What is longer is a text, whatever it begins with.
const LONGEST: usize = 60;

/// What a mail asks of mailmoot: by the only word of its text, or by its subject if it has no text, as programs write
/// mails that unsubscribe (RFC 2369 3.2). Whoever hands something on, or brings a file, writes to the group; the logo of
/// a company is no file.
pub fn command_of(mail: &IncomingMail) -> Option<Command> {
    if mail.handed_on().is_some() || !mail.files.iter().all(is_decoration) {
        return None;
    }
    match mail.text.new_text.trim() {
        "" => command_in(&mail.subject),
        text => command_in(text),
    }
}

/// The language of the word: what its writer reads who never chose one.
pub fn language_of(mail: &IncomingMail) -> Language {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let word = mail.text.new_text.trim();
    let word = if word.is_empty() { &mail.subject } else { word };
    if word.contains(is_chinese) { Language::Chinese } else { Language::English }
}

/// The command that is all of a text, however it is written and punctuated.
fn command_in(text: &str) -> Option<Command> {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric());
    if word.len() > LONGEST {
        return None;
    }
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, command)| *command)
}

fn is_decoration(file: &IncomingFile) -> bool {
    file.content_id.is_some() && file.media_type.starts_with("image/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    #[test]
    fn a_command_is_the_only_word() {
        let (none, daily) = (Command::Cadence(Cadence::None), Command::Cadence(Cadence::Daily));
        for (text, command) in [
            ("mute", none),
            (" Mute.\r\n", none),
            ("MUTE!", none),
            ("\u{ff02}静音\u{ff02}。", none),
            ("「退订」", none),
            ("*Daily*", daily),
            ("摘要", daily),
            ("At  once", Command::Cadence(Cadence::AtOnce)),
            ("Unmute", Command::Resume),
            ("恢复！", Command::Resume),
            ("leave", Command::Leave),
            ("退出", Command::Leave),
            ("help?", Command::Help),
            ("帮助", Command::Help),
        ] {
            assert_eq!(command_in(text), Some(command), "{text}");
        }
        for text in [
            "",
            "...",
            "Please mute",
            "mute\n\nand then call me",
            "I leave at six",
            "请帮助我",
            "stop",
            "none",
            "muted",
            "@help",
            "mute mute",
            "https://help",
        ] {
            let is_alone = text == "@help";
            assert_eq!(command_in(text).is_some(), is_alone, "{text}");
        }
        assert_eq!(command_in(&format!("mute{}", " ".repeat(100) + "x")), None);
    }

    #[test]
    fn each_word_stands_there_once_and_every_choice_has_one() {
        let mut words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), WORDS.len());
        assert!(WORDS.iter().all(|(word, _)| word.len() <= LONGEST && *word == word.to_lowercase()));
        for cadence in Cadence::ALL {
            assert!(WORDS.iter().any(|(_, command)| *command == Command::Cadence(cadence)), "{cadence:?}");
        }
    }

    #[test]
    fn a_mail_commands_by_its_text_or_by_its_subject_alone() {
        let with = |subject: &str, body: &str| {
            let mail = format!("From: a@x.example\r\nTo: b@x.example\r\nSubject: {subject}\r\n{body}");
            command_of(&parse(mail.as_bytes()).unwrap())
        };
        let none = Some(Command::Cadence(Cadence::None));
        assert_eq!(with("Re: Plan", "\r\nmute\r\n\r\n> Welcome.\r\n"), none);
        assert_eq!(with("mute", "\r\n\r\n"), none);
        assert_eq!(with("Re: Plan", "\r\nDaily\r\n-- \r\nWang\r\n"), Some(Command::Cadence(Cadence::Daily)));
        // The topic of a group is no command.
        assert_eq!(with("Re: Help", "\r\n\r\n> Welcome.\r\n"), None);
        assert_eq!(
            with(
                "Fwd: Plan",
                "\r\nmute\r\n\r\n---------- Forwarded message ---------\r\nFrom: c@x.example\r\nSubject: Plan\r\n\r\nHi\r\n"
            ),
            None
        );
        let parts = |disposition: &str| {
            format!(
                "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nmute\r\n\
                 --b\r\nContent-Type: image/png\r\n{disposition}\r\n\r\nx\r\n--b--\r\n"
            )
        };
        assert_eq!(
            with("Re: Plan", &parts("Content-ID: <logo>\r\nContent-Disposition: inline; filename=logo.png")),
            none
        );
        assert_eq!(with("Re: Plan", &parts("Content-Disposition: attachment; filename=plan.png")), None);
    }
}
