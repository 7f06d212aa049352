//! The base subject (RFC 5256 2.1): a subject without what programs and lists put around it.
//!
//! The RFC knows `Re`, `Fw` and `Fwd`; programs in other languages write their own marks.

/// Marks of replies and forwards, in lower case, without the colon.
const MARKS: &[&str] = &[
    "re",
    "fw",
    "fwd",
    "aw",
    "antw",
    "antwort",
    "wg",
    "weitergeleitet",
    "sv",
    "svar",
    "vs",
    "vl",
    "vb",
    "videresendt",
    "r",
    "rif",
    "i",
    "inoltra",
    "tr",
    "réf",
    "réponse",
    "rép",
    "rv",
    "rsp",
    "res",
    "enc",
    "resp",
    "reenv",
    "odp",
    "pd",
    "ynt",
    "i̇lt",
    "ilt",
    "vá",
    "va",
    "továbbítás",
    "doorst",
    "bls",
    "trs",
    "fs",
    "atb",
    "απ",
    "πρθ",
    "σχετ",
    "ha",
    "на",
    "отв",
    "ответ",
    "пересл",
    "fwd fwd",
    "odpověď",
    "přeposláno",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "转发",
    "轉寄",
    "轉發",
    "返信",
    "転送",
    "답장",
    "회신",
    "전달",
    "השב",
    "תגובה",
    "הועבר",
    "رد",
    "إعادة توجيه",
    "trả lời",
    "tl",
    "chuyển tiếp",
    "ff",
    "fyi fw",
];
/// Marks that count even when something else than a colon follows.
const PLAIN_MARKS: &[&str] = &["re", "fw", "fwd"];
/// No mark with its counter is longer than this many characters.
const LONGEST_MARK: usize = 24;

/// The subject without marks of replies and forwards, list tags and trailing `(fwd)`; white space folded.
pub fn base_subject(subject: &str) -> String {
    let folded = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = folded.as_str();
    loop {
        let before = rest.len();
        rest = without_trailing_forward(rest);
        rest = without_mark(rest).unwrap_or(rest);
        rest = unwrapped(rest).unwrap_or(rest);
        rest = without_list_tag(rest).unwrap_or(rest);
        if rest.len() == before {
            return rest.to_owned();
        }
    }
}

/// Whether the subject begins with the mark of a reply or a forward.
pub fn has_mark(subject: &str) -> bool {
    let rest = subject.trim_start();
    without_mark(without_list_tag(rest).unwrap_or(rest)).is_some() || unwrapped(rest).is_some()
}

/// Marks that say a mail is handed on, in lower case.
const FORWARD_MARKS: &[&str] = &[
    "fw",
    "fwd",
    "wg",
    "weitergeleitet",
    "vs",
    "vl",
    "vb",
    "videresendt",
    "i",
    "inoltra",
    "tr",
    "rv",
    "enc",
    "reenv",
    "pd",
    "i̇lt",
    "ilt",
    "továbbítás",
    "doorst",
    "trs",
    "fs",
    "πρθ",
    "пересл",
    "přeposláno",
    "转发",
    "轉寄",
    "轉發",
    "転送",
    "전달",
    "הועבר",
    "إعادة توجيه",
    "chuyển tiếp",
    "ff",
];

/// Whether the first mark of the subject is that of a forward.
pub fn has_forward_mark(subject: &str) -> bool {
    let rest = subject.trim_start();
    let rest = if unwrapped(rest).is_some() { &rest[1..] } else { without_list_tag(rest).unwrap_or(rest) };
    let mark = rest.split([':', '：']).next().filter(|mark| mark.len() < rest.len()).unwrap_or_default();
    FORWARD_MARKS.contains(&without_counter(mark.trim()).to_lowercase().as_str())
}

/// `(fwd)` at the end (RFC 5256 2.1, subj-trailer).
fn without_trailing_forward(text: &str) -> &str {
    let text = text.trim();
    let cut = text.len().checked_sub("(fwd)".len()).filter(|at| text.is_char_boundary(*at));
    match cut {
        Some(at) if text[at..].eq_ignore_ascii_case("(fwd)") => text[..at].trim_end(),
        _ => text,
    }
}

/// Cuts one mark such as `Re:`, `RE[2] :`, `AW：`, `Re^3:` or `RE--`.
fn without_mark(text: &str) -> Option<&str> {
    let (at, separator) = text
        .char_indices()
        .take(LONGEST_MARK)
        .find(|(at, c)| matches!(c, ':' | '：' | ';' | '；') || text[*at..].starts_with("--"))?;
    let mark = without_counter(text[..at].trim()).to_lowercase();
    let known = match separator {
        ':' | '：' => MARKS.contains(&mark.as_str()),
        _ => PLAIN_MARKS.contains(&mark.as_str()),
    };
    let after =
        text[at..].trim_start_matches(|c: char| matches!(c, ':' | '：' | ';' | '；') || c.is_whitespace());
    known.then(|| if separator == '-' { after.trim_start_matches('-').trim_start() } else { after })
}

/// `Re[2]`, `Re(3)`, `Re^4`, `Re*5` and `Re2` count how often; the number is no part of the mark.
fn without_counter(mark: &str) -> &str {
    let inner = mark.trim_end_matches([']', ')']);
    let digits = inner.trim_end_matches(|c: char| c.is_ascii_digit());
    if digits.len() == inner.len() {
        return mark;
    }
    digits.trim_end_matches(['[', '(', '^', '*']).trim_end()
}

/// `[Fwd: something]` is `something` (RFC 5256 2.1, subj-fwd-hdr).
fn unwrapped(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    without_mark(inner.trim_start())
}

/// `[list] something` is `something`, unless nothing would be left (RFC 5256 2.1, subj-blob).
fn without_list_tag(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('[')?;
    let end = inside.find(['[', ']'])?;
    let rest = inside[end..].strip_prefix(']')?.trim_start();
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_tags_and_trailers_are_cut() {
        for (subject, base) in [
            ("Budget", "Budget"),
            ("Re: Re: Budget", "Budget"),
            ("RE[2]: Fwd : Budget (fwd)", "Budget"),
            ("Re^3: Budget", "Budget"),
            ("回复：[team] 转发: 预算", "预算"),
            ("AW: WG: [proj-1] Re: Budget", "Budget"),
            ("İLT: YNT: Bütçe", "Bütçe"),
            ("[Fwd: [list] Budget]", "Budget"),
            ("[only]", "[only]"),
            ("Re: [only]", "[only]"),
            ("RE--", ""),
            ("Re; Many", "Many"),
            (": noah", ": noah"),
            ("Regarding: lunch", "Regarding: lunch"),
            ("Room 5: lunch", "Room 5: lunch"),
            ("Re: ", ""),
            ("", ""),
        ] {
            assert_eq!(base_subject(subject), base, "{subject:?}");
        }
    }

    #[test]
    fn a_mark_is_seen() {
        assert!(has_mark("[team] Re: x") && has_mark("回复：x") && has_mark("[Fwd: x]"));
        assert!(!has_mark("Report: x"));
        assert!(
            has_forward_mark("[team] FW: x") && has_forward_mark("转发：x") && has_forward_mark("[Fwd: x]")
        );
        assert!(!has_forward_mark("Re: Fwd: x") && !has_forward_mark("Budget"));
    }
}
