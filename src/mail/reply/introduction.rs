//! The line a program writes above a quotation: "On ... wrote:" in the languages programs speak.

use std::borrow::Cow;
use std::ops::Range;

/// An introduction is folded over at most this many lines.
const MOST_LINES: usize = 5;
const LONGEST: usize = 500;

/// "wrote", as it ends an introduction or stands inside of one.
const VERBS: &[&str] = &[
    "wrote",
    "writes",
    "said",
    "schrieb",
    "geschrieben",
    "escribió",
    "escribio",
    "escribía",
    "a écrit",
    "écrit",
    "ha scritto",
    "scrive",
    "escreveu",
    "schreef",
    "geschreven",
    "skrev",
    "skreiv",
    "kirjoitti",
    "napisał",
    "napisała",
    "napisał(a)",
    "pisze",
    "napsal",
    "napsala",
    "napsal(a)",
    "napísal",
    "napísala",
    "napísal(a)",
    "написал",
    "написала",
    "написал(а)",
    "пишет",
    "писал",
    "написав",
    "написала",
    "написав(ла)",
    "пише",
    "έγραψε",
    "yazdı",
    "yazmış",
    "yazıyor",
    "写道",
    "寫道",
    "写",
    "寫",
    "书写",
    "のメール",
    "さんは書きました",
    "書きました",
    "は書きました",
    "작성",
    "작성했습니다",
    "님이 작성",
    "님이 씀",
    "írta",
    "ezt írta",
    "a scris",
    "napisao",
    "napisala",
    "napisao/la",
    "je napisal",
    "rašė",
    "rakstīja",
    "kirjutas",
    "viết",
    "đã viết",
    "menulis",
    "เขียน",
    "כתב",
    "כתבה",
    "كتب",
    "كتبت",
    "va escriure",
    "escribiu",
    "idatzi du",
    "shkroi",
    "skrifaði",
    "написа",
    "wrotes",
    "het volgende geschreven",
    "folgendes geschrieben",
    "napisana przez",
    "писали",
    "쓴 글",
    "تمت كتابة",
    "نوشت",
    "ने लिखा",
    "napísal je",
    "napisao je",
    "napisala je",
    "va escriure",
    "scripsit",
];
/// Words before the author where an introduction names nothing else, in lower case.
const QUOTERS: &[&str] = &[
    "quoting ",
    "zitat von ",
    "citando ",
    "cytowanie ",
    "citerar ",
    "citat från ",
    "citace - ",
    "aanhalen ",
];
/// The words introductions begin with, in lower case.
const STARTERS: &[&str] = &[
    "on",
    "at",
    "in",
    "am",
    "den",
    "le",
    "el",
    "il",
    "em",
    "op",
    "på",
    "pe",
    "w",
    "dnia",
    "dne",
    "dňa",
    "в",
    "во",
    "от",
    "在",
    "于",
    "no",
    "a",
    "az",
    "vào",
    "pada",
    "ที่",
    "στις",
    "la",
    "ter",
    "dia",
    "der",
    "die",
    "lun",
    "mar",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "kl",
    "ב",
    "בתאריך",
    "בתאריך",
    "el",
    "data",
    "date",
    "às",
    "în",
    "на",
    "dne",
    "في",
    "بتاريخ",
    "در",
    "missatge",
];

/// What may stand behind the first word.
const SIGNS: [char; 3] = [',', '.', ':'];

/// The introduction that begins at a line: the range of its lines.
pub fn at(lines: &[&str], start: usize) -> Option<Range<usize>> {
    if is_quoted_text(lines[start]) {
        return None;
    }
    for end in start..lines.len().min(start + MOST_LINES) {
        if end > start && breaks_off(lines, end) {
            return None;
        }
        if !could_end(lines[end]) {
            continue;
        }
        let text = joined(&lines[start..=end]);
        if text.len() > LONGEST {
            return None;
        }
        if !introduces(&text) {
            continue;
        }
        // The paragraph above must not be swallowed: the introduction begins where it can't begin later.
        let later =
            (start + 1..=end).any(|s| !lines[s].trim().is_empty() && introduces(&joined(&lines[s..=end])));
        return (!later || begins_like_one(lines[start])).then_some(start..end + 1);
    }
    None
}

/// An empty line ends the search, unless a lone bracket follows, as some programs fold addresses.
fn breaks_off(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    if line.is_empty() {
        return lines.get(at + 1).is_none_or(|next| !next.trim().starts_with('<') || next.trim().len() > 2);
    }
    is_quoted_text(line)
}

/// `> wrote:` and `>:` are the end of a folded address, not a quotation.
fn is_quoted_text(line: &str) -> bool {
    let bare = line.trim();
    bare.starts_with('>') && !(could_end(bare) && bare.chars().count() < 25)
}

fn could_end(line: &str) -> bool {
    let bare =
        line.trim_end_matches(|c: char| c.is_whitespace() || is_unseen(c) || matches!(c, '-' | '*' | '_'));
    bare.ends_with([':', '：']) || ends_with_verb(&bare.to_lowercase()) || is_dated_by_gmail(line)
}

fn joined(lines: &[&str]) -> String {
    let text = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '_' | '|' | '\u{feff}' | '—'))
        .to_owned()
}

/// Signs that take no room: marks of the writing direction (Unicode Annex 9), joiners, a byte order mark.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// The text without unseen signs and with the digits that programs write in Arabic and Persian as ASCII ones.
fn plain(text: &str) -> Cow<'_, str> {
    let digit = |c: char| match c {
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) - 0x6f0, 10),
        _ => None,
    };
    if !text.chars().any(|c| is_unseen(c) || digit(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !is_unseen(*c)).map(|c| digit(c).unwrap_or(c)).collect())
}

/// Whether a line, already joined, introduces a quotation.
pub(super) fn introduces(text: &str) -> bool {
    let text = &*plain(text);
    let text = text.trim();
    let lower = text.to_lowercase();
    let addressed = text.contains('@') || lower.contains("mailto:");
    let dated = has_year(text) || has_time(text);
    let colon = text.ends_with([':', '：']);
    if colon && holds_verb(&lower) && (dated || addressed) {
        return begins_like_one(text)
            || addressed
            || dates_verb(&lower)
            || ends_with_verb(lower.trim_end_matches([':', '：', ' ', '\u{a0}']));
    }
    if !colon && ends_with_verb(&lower) && dated && addressed {
        return true;
    }
    if colon && (dates_verb(&lower) || quotes_author(&lower)) {
        return true;
    }
    // "Missatge de Anna <a@b.example> del dia dv., 20 de nov. 2026 a les 9:12:"
    if colon && text.contains('<') && text.contains('@') && has_time(text) && has_year(text) {
        return true;
    }
    // "2016-10-24 15:36 GMT+02:00 Anna <a@b.example>:", "ср, 30 апр. 2025 г. в 15:19, Anna <a@b.example>:"
    (colon
        && addressed
        && has_time(text)
        && (has_year(text) || begins_with_digit(text))
        && begins_like_one(text))
        || is_dated_by_gmail(text)
}

/// "Anna Berg kirjoitti 20.11.2026 klo 9.12:", "Вы писали 20 ноября 2026 г., 9:12:00:": after the verb nothing but a date.
fn dates_verb(lower: &str) -> bool {
    let after = VERBS.iter().filter_map(|verb| lower.rfind(verb).map(|at| (at, at + verb.len())));
    after.max().is_some_and(|(at, end)| {
        let (head, tail) = (&lower[..at], &lower[end..]);
        let words = tail.split_whitespace().count();
        head.chars().count() <= 60
            && (2..=8).contains(&words)
            && tail.chars().filter(char::is_ascii_digit).count() >= 6
            && has_year(tail)
    })
}

/// "Zitat von Anna Berg <a@b.example>:"
fn quotes_author(lower: &str) -> bool {
    lower.contains('@') && lower.len() < 200 && QUOTERS.iter().any(|word| lower.starts_with(word))
}

/// "2016-03-03 17:21 GMT+01:00 Anna": Gmail without the colon.
fn is_dated_by_gmail(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let (date, time, zone) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    text.len() < 120
        && date.len() == 10
        && date.split('-').count() == 3
        && has_time(time)
        && zone.starts_with("GMT")
        && words.count() > 0
}

fn holds_verb(lower: &str) -> bool {
    VERBS.iter().any(|verb| {
        match verb.is_ascii() || verb.chars().all(char::is_alphabetic) && !is_wide(verb) {
            true => lower.match_indices(verb).any(|(at, _)| stands_free(lower, at, verb.len())),
            false => lower.contains(verb),
        }
    })
}

/// "wrote:" and nothing else.
pub(super) fn is_verb(lower: &str) -> bool {
    VERBS.contains(&lower.trim().trim_end_matches([':', '：', ' ', '\u{a0}']))
}

pub(super) fn ends_with_verb(lower: &str) -> bool {
    let lower = lower.trim_end_matches([':', '：', ' ', '\u{a0}', '"']);
    VERBS.iter().any(|verb| {
        lower.ends_with(verb) && (is_wide(verb) || stands_free(lower, lower.len() - verb.len(), verb.len()))
    })
}

/// Chinese, Japanese, Korean and Thai put no spaces between words.
fn is_wide(verb: &str) -> bool {
    verb.chars().any(|c| matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'))
}

fn stands_free(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + length..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// A starter, a digit, or an abbreviated weekday, and a date somewhere behind it.
pub(super) fn begins_like_one(line: &str) -> bool {
    let line = &*plain(line);
    let text = line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '-' | '*' | '_' | '|' | '\u{feff}' | '—')
    });
    if !has_year(text) && !has_time(text) {
        return false;
    }
    let first = first_word(text);
    let word = first.trim_end_matches(SIGNS);
    begins_with_digit(text)
        || begins_with_starter(text)
        || (word.len() < first.len() && word.chars().count() <= 12)
}

/// "On", "Am", 在 ...
pub(super) fn begins_with_starter(text: &str) -> bool {
    STARTERS.contains(&first_word(text).trim_end_matches(SIGNS))
        || ["在", "于", "於"].iter().any(|starter| text.starts_with(starter))
}

fn first_word(text: &str) -> String {
    text.split(|c: char| c.is_whitespace()).next().unwrap_or_default().to_lowercase()
}

/// A year from 1970 to 2099, standing alone or followed by a sign of a date.
pub(super) fn has_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).enumerate().any(|(at, year)| {
        let year_like =
            (year.starts_with(b"20") || year.starts_with(b"19")) && year.iter().all(u8::is_ascii_digit);
        let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        year_like && !digit(at.checked_sub(1)) && !digit(Some(at + 4))
    }) || has_short_date(text)
}

/// `01/03/11`, `26.6.14`.
fn has_short_date(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '/' | '.' | '-'))).any(|word| {
        let parts: Vec<&str> = word.split(['/', '.', '-']).filter(|part| !part.is_empty()).collect();
        parts.len() == 3
            && parts.iter().all(|part| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// `9:31`, `14.25` after a digitless word is not enough; `14:25` and `2:01 PM` are.
pub(super) fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        *byte == b':' && digit(at.checked_sub(1)) && digit(Some(at + 1)) && digit(Some(at + 2))
    })
}
