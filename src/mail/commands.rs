//! Mails of one word that are meant for mailmoot and not for the group. The one table of these words, in every language.

use super::identity;
use super::incoming::{IncomingFile, IncomingMail};
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::cadence::Cadence;
use crate::domain::command::Command;
use crate::domain::language::Language;
use crate::domain::notices::{ClockTime, QuietHours};
use crate::domain::quoted::Quoted;
use crate::domain::settings::MailSettings;

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

/// Words that stand before addresses, in lower case.
const VERBS: &[(&str, Command)] = &[
    ("add", Command::Add),
    ("invite", Command::Add),
    ("添加", Command::Add),
    ("加入", Command::Add),
    ("邀请", Command::Add),
    ("邀請", Command::Add),
    ("remove", Command::Remove),
    ("移除", Command::Remove),
    ("移出", Command::Remove),
];
/// Words that stand before a number, in lower case: so many earlier messages come along in mails.
const QUOTE: &[&str] = &["quote", "引用"];
/// The same for none; the other ways of [`QUOTE`] with one of [`OFF`].
const QUOTE_OFF: &[&str] = &["不引用"];
const OFF: &[&str] = &["off", "none", "0", "关闭", "關閉", "关", "關"];
/// Words that stand before two times of day, in lower case: in these hours no mails of groups come.
const QUIET: &[&str] = &["quiet", "免打扰", "免打擾"];
/// Above a mail of the group that is handed on.
const SHARES: &[&str] = &["share", "分享", "共享"];
/// Of a signature that nothing marks, in lines and bytes; and how long the line with its author's name is, in characters.
const MOST_SIGNED: usize = 10;
const LONGEST_SIGNED: usize = 600;
const LONGEST_NAME: usize = 60;
/// How many people one mail adds or removes.
pub const MOST_PEOPLE: usize = 20;
/// In bytes.
const LONGEST_LIST: usize = 4_000;

/// What a mail asks of mailmoot, and of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub command: Command,
    /// Whom to add or to remove; none for the other commands.
    pub people: Vec<NamedAddress>,
}

/// In bytes. What is longer is a text, whatever it begins with.
const LONGEST: usize = 60;

/// What a mail asks of mailmoot: by the only word of its text, or by its subject if it has no text, as programs write
/// mails that unsubscribe (RFC 2369 3.2). Whoever hands something on, or brings a file, writes to the group; the logo of
/// a company is no file. `is_own` says that what is handed on is a letter of ours, and `words` what stands above it.
pub fn order_of(
    mail: &IncomingMail,
    settings: &MailSettings,
    (is_own, words): (bool, &str),
) -> Option<Order> {
    let alone = |command| Order { command, people: Vec::new() };
    if mail.handed_on().is_some() {
        let word = words.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let asks = SHARES.contains(&word.as_str()) || identity::is_for_sharing(mail, settings);
        return (is_own && asks).then(|| alone(Command::Share));
    }
    if !mail.files.iter().all(is_decoration) {
        return None;
    }
    match mail.text.new_text.trim() {
        "" => command_in(&mail.subject).map(alone),
        text => command_in(text)
            .or_else(|| command_in(signed(text, &mail.from)?))
            .map(alone)
            .or_else(|| people_in(text)),
    }
}

/// "add bo@x.example, Li <li@x.example>", and nothing else.
/// The first line of a text below which nothing but its author's signature stands, in a few short lines, with their name in it:
/// many programs part it from the text by an empty line alone.
fn signed<'t>(text: &'t str, from: &[NamedAddress]) -> Option<&'t str> {
    let (first, rest) = text.split_once('\n')?;
    let (mut lines, author) = (rest.lines().map(str::trim), from.first()?);
    let name = format!("{} {}", author.display_name(), author.address.local_part()).to_lowercase();
    if !lines.next()?.is_empty() || rest.lines().count() > MOST_SIGNED || rest.len() > LONGEST_SIGNED {
        return None;
    }
    let is_name = |part: &&str| part.chars().count() > if part.is_ascii() { 2 } else { 1 };
    let names: Vec<&str> = name.split([' ', '@', '.', '_']).filter(is_name).collect();
    let names_author = |line: &str| {
        let line = line.to_lowercase();
        line.chars().count() <= LONGEST_NAME && names.iter().any(|part| line.contains(part))
    };
    lines.any(names_author).then_some(first)
}

fn people_in(text: &str) -> Option<Order> {
    if text.len() > LONGEST_LIST {
        return None;
    }
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let (verb, command) = VERBS.iter().find(|(verb, _)| {
        let begin: String = text.chars().take(verb.chars().count()).collect();
        begin.to_lowercase() == *verb
    })?;
    let rest: String = text.chars().skip(verb.chars().count()).collect();
    if verb.is_ascii() && rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = rest.trim_start_matches([':', '：', ' ', '\t']);
    let mut people: Vec<NamedAddress> = Vec::new();
    for part in rest.split([',', ';', '，', '；', '、', '\n']).map(str::trim).filter(|part| !part.is_empty())
    {
        for person in named(part)? {
            if !people.iter().any(|known| known.address == person.address) {
                people.push(person);
            }
        }
    }
    (!people.is_empty() && people.len() <= MOST_PEOPLE).then_some(Order { command: *command, people })
}

/// Addresses with spaces between them, or a name and its address. Outlook writes an address twice, as a link.
fn named(part: &str) -> Option<Vec<NamedAddress>> {
    let bare = |word: &str| {
        let word =
            word.trim_matches(|c: char| matches!(c, '<' | '>' | '(' | ')' | '"' | '.' | '。' | '!' | '！'));
        word.strip_prefix("mailto:").unwrap_or(word).parse::<EmailAddress>().ok()
    };
    if let Some((name, address)) = part.split_once('<').filter(|(name, _)| !name.contains('@')) {
        let name = Some(name.trim().trim_matches('"').trim().to_owned()).filter(|name| !name.is_empty());
        return Some(vec![NamedAddress { name, address: bare(address)? }]);
    }
    let spaced = part.replace('<', " <");
    spaced.split_whitespace().map(|word| bare(word).map(NamedAddress::from)).collect()
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
    let known = WORDS.iter().find(|(known, _)| *known == word).map(|(_, command)| *command);
    known.or_else(|| quote_in(&word)).or_else(|| quiet_in(&word)).or_else(|| mistaken(&word))
}

/// A word that wants a number or times, with wrong ones: nobody says that to a group, and the help tells how it is written.
/// Without any it may be an answer, but for the Chinese name of such hours.
fn mistaken(word: &str) -> Option<Command> {
    let rest = QUOTE.iter().chain(QUIET).find_map(|verb| word.strip_prefix(verb))?;
    let is_number = |c: char| c.is_ascii_digit() || " :：.,-–—~～到至点點时時条條".contains(c);
    let says_one = rest.contains(|c: char| c.is_ascii_digit()) || word.starts_with('免');
    (says_one && rest.chars().all(is_number)).then_some(Command::Help)
}

/// "quiet 20-7", "quiet 22:30-7:00", "quiet off".
fn quiet_in(word: &str) -> Option<Command> {
    let rest = QUIET.iter().find_map(|verb| word.strip_prefix(verb))?.trim_start_matches([' ', ':', '：']);
    if OFF.contains(&rest) {
        return Some(Command::Quiet(None));
    }
    let (from, until) =
        ["-", "–", "—", "~", "～", " to ", "到", "至"].iter().find_map(|sign| rest.split_once(sign))?;
    let hours = QuietHours { from: time_in(from)?, until: time_in(until)? };
    // A whole day has no end at which mails could come.
    (hours.from != hours.until).then_some(Command::Quiet(Some(hours)))
}

/// "7", "07:30", "7.30", "7点".
fn time_in(text: &str) -> Option<ClockTime> {
    let text = text.trim().trim_end_matches(['点', '點', '时', '時']);
    let (hour, minute) = text.split_once([':', '：', '.']).unwrap_or((text, "00"));
    let hour = if hour.len() == 1 { format!("0{hour}") } else { hour.to_owned() };
    format!("{hour}:{minute}").parse().ok()
}

/// "quote 3", "quote off".
fn quote_in(word: &str) -> Option<Command> {
    if QUOTE_OFF.contains(&word) {
        return Some(Command::Quote(Quoted::NONE));
    }
    let rest = QUOTE.iter().find_map(|verb| word.strip_prefix(verb))?;
    let rest = rest.trim_start_matches([' ', ':', '：']).trim_end_matches(['条', '條']).trim_end();
    if OFF.contains(&rest) {
        return Some(Command::Quote(Quoted::NONE));
    }
    // Whoever writes a longer number means something else.
    let is_count = (1..=3).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit());
    rest.parse().ok().filter(|_| is_count).map(|count| Command::Quote(Quoted::of(count)))
}

fn is_decoration(file: &IncomingFile) -> bool {
    file.content_id.is_some() && file.media_type.starts_with("image/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;
    use crate::mail::redact::tests::settings;

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
    fn a_number_of_earlier_messages_is_asked_for_with_a_word_before_it() {
        for (text, count) in [
            ("quote 3", 3),
            ("Quote: 10.", 10),
            ("QUOTE 5", 5),
            ("quote 99", 10),
            ("quote off", 0),
            ("quote 0", 0),
            ("引用 3", 3),
            ("引用3条。", 3),
            ("引用：关闭", 0),
            ("不引用", 0),
        ] {
            assert_eq!(command_in(text), Some(Command::Quote(Quoted::of(count))), "{text}");
        }
        for text in ["quote 2026", "quote 99999", "引用 99999", "quote -1"] {
            assert_eq!(command_in(text), Some(Command::Help), "{text}");
        }
        for text in
            ["quote", "引用", "quote three", "quote 3 of these", "unquote 3", "quote 3\nand 4", "quoted"]
        {
            assert_eq!(command_in(text), None, "{text}");
        }
    }

    #[test]
    fn quiet_hours_are_two_times_of_day() {
        let written = |text: &str| match command_in(text) {
            Some(Command::Quiet(Some(hours))) => format!("{}-{}", hours.from, hours.until),
            Some(Command::Quiet(None)) => "off".to_owned(),
            other => format!("{other:?}"),
        };
        for (text, hours) in [
            ("quiet 20-7", "20:00-07:00"),
            ("Quiet 22:30 – 07:00.", "22:30-07:00"),
            ("quiet: 8.30 to 9", "08:30-09:00"),
            ("quiet off", "off"),
            ("免打扰 22点到7点", "22:00-07:00"),
            ("免打扰：22:00-7:00", "22:00-07:00"),
            ("免打扰 关闭", "off"),
        ] {
            assert_eq!(written(text), hours, "{text}");
        }
        for text in ["quiet 7-7", "quiet 25-7", "quiet 25-99", "quiet 20", "quiet 8-9-10", "免打扰"] {
            assert_eq!(command_in(text), Some(Command::Help), "{text}");
        }
        for text in ["quiet", "quiet please", "quietly 20-7", "quiet hours from 20"] {
            assert_eq!(command_in(text), None, "{text}");
        }
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
            let mail = parse(mail.as_bytes()).unwrap();
            order_of(&mail, &settings().mail, (false, "")).map(|order| order.command)
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

    #[test]
    fn a_signature_without_a_mark_leaves_the_word_a_command() {
        let from = |text: &str| {
            let raw = format!(
                "From: Maria-Fernanda =?utf-8?B?6ZmI5oCd6L+c?= <mf.gutierrez@corp.example>\r\nSubject: Re: Plan\r\n\
                 Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"
            );
            let mail = parse(raw.as_bytes()).unwrap();
            order_of(&mail, &settings().mail, (false, "")).map(|order| order.command)
        };
        for (text, command) in [
            (
                "mute\n\nBest regards\nMaria-Fernanda Gutierrez\nLegal counsel",
                Some(Command::Cadence(Cadence::None)),
            ),
            ("leave\n\nM. Gutierrez", Some(Command::Leave)),
            ("引用 3\n\n陈思远\n财务", Some(Command::Quote(Quoted::of(3)))),
            (
                "mute\n\nthe microphone, please, before the call begins, said Gutierrez when we met there",
                None,
            ),
            ("mute\nMaria-Fernanda", None),
            ("mute\n\nKind regards\nSomebody else", None),
            ("leave\n\nit\n\nas it is", None),
        ] {
            assert_eq!(from(text), command, "{text}");
        }
    }

    #[test]
    fn a_word_and_addresses_bring_people_and_take_them_out() {
        let people = |text: &str| {
            let order = people_in(text)?;
            let written = |p: &NamedAddress| {
                format!("{}{}", p.name.as_ref().map_or(String::new(), |n| format!("{n} ")), p.address)
            };
            Some((order.command, order.people.iter().map(written).collect::<Vec<_>>().join(", ")))
        };
        for (text, command, who) in [
            ("add bo@x.example", Command::Add, "bo@x.example"),
            (
                "Add: bo@x.example; Li Lei <li@x.example>\nbo@x.example.",
                Command::Add,
                "bo@x.example, Li Lei li@x.example",
            ),
            ("invite bo@x.example li@x.example", Command::Add, "bo@x.example, li@x.example"),
            ("Remove bo@x.example<mailto:bo@x.example>", Command::Remove, "bo@x.example"),
            ("移除 bo@x.example", Command::Remove, "bo@x.example"),
            ("添加：bo@x.example、li@x.example", Command::Add, "bo@x.example, li@x.example"),
            ("添加bo@x.example", Command::Add, "bo@x.example"),
        ] {
            assert_eq!(people(text), Some((command, who.to_owned())), "{text}");
        }
        for text in [
            "add",
            "add bo",
            "address bo@x.example",
            "add bo@x.example to the list please",
            "please add bo@x.example",
            "bo@x.example",
            "remove the chair",
            "添加王小明",
            "",
        ] {
            assert_eq!(people(text), None, "{text}");
        }
        assert_eq!(people(&format!("add {}", "a@x.example ".repeat(4_000))), None);
        let many: String = (0..30).map(|n| format!("a{n}@x.example ")).collect();
        assert_eq!(people(&format!("add {many}")), None);
    }
}
