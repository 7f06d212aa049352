//! What the author typed, apart from quotation and signature (RFC 3676 4.3, 4.5).
//!
//! HTML marks come first, then rules about lines in many languages. Code between fences is never touched, and a
//! text of which nothing would be left is shown whole: better to show too much than to lose a word.

mod added;
mod earlier;
mod glued;
pub(super) mod introduction;
mod marks;
mod signature;

use super::incoming::ReplyText;
use super::{html_text, labels};

/// Passes after which a text that still changes is left as it is.
const MOST_PASSES: usize = 20;

/// The version of these rules, stored with each mail that they read. Count it up whenever they change what is kept, so
/// that `mailmoot reread` finds the mails that older rules have read.
pub const VERSION: i64 = 4;

/// Lines in which the beginning of a quotation is looked for; nobody types more above one.
const MOST_LINES: usize = 3_000;

/// Splits a mail's text; `html` is its HTML part, or empty.
pub fn split(plain: &str, html: &str) -> ReplyText {
    let rendered = if html.is_empty() { html_text::Rendered::default() } else { html_text::render(html) };
    let text = if plain.trim().is_empty() { rendered.text.as_str() } else { plain };
    let parted = glued::parted(text);
    let text = &*parted;
    let marked = marks::cut(text, &rendered);
    let mut found = match marked {
        Some(at) => {
            let mut kept = settled(&text[..at]);
            kept.quotation = joined(&kept.quotation, &text[at..]);
            kept
        }
        None => settled(text),
    };
    if found.new_text.trim().is_empty() {
        found = ReplyText { new_text: trimmed(text).to_owned(), ..ReplyText::default() };
    }
    found
}

/// Applies the rules until nothing changes any more, so that splitting twice is the same as splitting once.
fn settled(text: &str) -> ReplyText {
    let mut result = match earlier::parted(text) {
        Some((text, quotation)) => {
            ReplyText { new_text: trimmed(&text).to_owned(), quotation, ..ReplyText::default() }
        }
        None => ReplyText { new_text: trimmed(text).to_owned(), ..ReplyText::default() },
    };
    for _ in 0..MOST_PASSES {
        let next = pass(&result.new_text);
        if next.new_text == result.new_text || next.new_text.is_empty() {
            break;
        }
        result.quotation = joined(&next.quotation, &result.quotation);
        result.signature = joined(&next.signature, &result.signature);
        result.new_text = next.new_text;
    }
    result
}

fn pass(text: &str) -> ReplyText {
    let lines: Vec<&str> = text.split('\n').collect();
    let code = in_code(&lines);
    let (kept, quoted) = without_quotation(&lines, &code);
    let kept: Vec<&str> = kept.iter().map(|at| lines[*at]).collect();
    let own = added::without(&kept);
    let split = signature::split(own.lines);
    let quotation: Vec<&str> = quoted.iter().map(|at| lines[*at]).collect();
    ReplyText {
        new_text: trimmed(&split.0).to_owned(),
        quotation: trimmed(&quotation.join("\n")).to_owned(),
        signature: joined(&own.above, &joined(&split.1, &own.below)),
    }
}

/// The numbers of the lines to keep, and of those that are quoted.
fn without_quotation(lines: &[&str], code: &[bool]) -> (Vec<usize>, Vec<usize>) {
    let all = || (0..lines.len()).collect::<Vec<_>>();
    let last_note = (0..lines.len().min(MOST_LINES)).rev().find(|at| signature::is_program_note(lines[*at]));
    for at in 0..lines.len().min(MOST_LINES) {
        if code[at] || lines[at].trim().is_empty() {
            continue;
        }
        if let Some(range) = introduction_below(lines, at) {
            return after_introduction(lines, range);
        }
        if begins_quotation(lines, at) {
            let end = before_rules(lines, at);
            return ((0..end).collect(), (end..lines.len()).collect());
        }
        if let Some(range) = introduction::at(lines, at) {
            return after_introduction(lines, range);
        }
        if last_note == Some(at) && text_follows_note(lines, at) {
            return ((0..=at).collect(), (at + 1..lines.len()).collect());
        }
    }
    let end = trailing_quote(lines);
    if end < lines.len() && lines[..end].iter().any(|line| !is_quoted(line) && !line.trim().is_empty()) {
        return ((0..end).collect(), (end..lines.len()).collect());
    }
    (all(), Vec::new())
}

/// An introduction right below a separator, as ProtonMail writes it: both together.
fn introduction_below(lines: &[&str], at: usize) -> Option<std::ops::Range<usize>> {
    labels::separates(lines[at])?;
    let next = (at + 1..lines.len()).take(3).find(|next| !lines[*next].trim().is_empty())?;
    introduction::at(lines, next).map(|range| at..range.end)
}

/// A separator with words, a block of header labels, or our own mark.
fn begins_quotation(lines: &[&str], at: usize) -> bool {
    let line = lines[at];
    is_own_mark(line)
        || is_dated_mark(line)
        || labels::separates(line).is_some()
        || (labels::block_at(lines, at).is_some() && !is_quoted(line))
        || signature::is_list_footer(&lines[at..])
}

/// `> Message du 20/11/26 09:12`, as Orange writes it above what it does not quote.
fn is_dated_mark(line: &str) -> bool {
    let bare = line.trim_start_matches(['>', ' ']);
    let dated = bare.get(..11).is_some_and(|s| s.eq_ignore_ascii_case("Message du "));
    dated && bare.len() < 60 && introduction::has_year(bare)
}

/// `##- Reply above this line -##` in our two languages, and as other systems write it.
fn is_own_mark(line: &str) -> bool {
    let lower = line.to_lowercase();
    lower.len() < 200
        && [
            "reply above this line",
            "above this line to reply",
            "请在此行上方回复",
            "在此行以上回复",
            "write above this line",
        ]
        .iter()
        .any(|mark| lower.contains(mark))
}

/// Where the text before a quotation ends, without the rule a program drew above it.
fn before_rules(lines: &[&str], at: usize) -> usize {
    let is_rule = |line: &str| {
        let bare = line.trim();
        bare.chars().count() >= 3
            && bare.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '—' | '─' | ' '))
    };
    let mut end = at;
    while end > 0 && (lines[end - 1].trim().is_empty() || is_rule(lines[end - 1])) {
        end -= 1;
    }
    end
}

/// What follows "On ... wrote:" is quoted. If it is quoted with `>` and more text comes after it, that text was typed
/// below the quotation and stays; between several quotations the whole stays, since the answers need them.
fn after_introduction(lines: &[&str], range: std::ops::Range<usize>) -> (Vec<usize>, Vec<usize>) {
    let above = before_rules(lines, range.start);
    let has_above = lines[..above].iter().any(|line| !line.trim().is_empty());
    let first = (range.end..lines.len()).find(|at| !lines[*at].trim().is_empty()).unwrap_or(lines.len());
    if first == lines.len() || !is_quoted(lines[first]) {
        // Nothing stands above: the text below is all there is, and what the person typed.
        let end = if has_above || first == lines.len() { lines.len() } else { range.end };
        return ((0..above).chain(end..lines.len()).collect(), (above..end).collect());
    }
    let end = quote_end(lines, first);
    let typed = signature::split(&lines[end..]).0;
    let has_below = typed.lines().any(|line| !line.trim().is_empty() && !is_quoted(line));
    // Answers between several quotations need them; below one quotation they do not.
    let interleaved = has_below && lines[end..].iter().any(|line| is_quoted(line));
    let end = if interleaved { range.end } else { end };
    ((0..above).chain(end..lines.len()).collect(), (above..end).collect())
}

/// Where the quotation that begins here ends. A line without `>` between two with it is one that was wrapped.
fn quote_end(lines: &[&str], first: usize) -> usize {
    let mut end = first;
    let mut at = first;
    while at < lines.len() {
        let wrapped = is_wrapped(lines, at);
        if is_quoted(lines[at]) || wrapped {
            end = at + 1;
        } else if !lines[at].trim().is_empty() {
            break;
        }
        at += 1;
    }
    end
}

/// The rest of a long quoted line, broken by a program that did not repeat the sign.
fn is_wrapped(lines: &[&str], at: usize) -> bool {
    let above = at.checked_sub(1).and_then(|above| lines.get(above));
    let long = above.is_some_and(|line| is_quoted(line) && line.chars().count() >= 60);
    long && !lines[at].trim().is_empty() && lines.get(at + 1).is_some_and(|line| is_quoted(line))
}

/// Where the quotation at the end of the text begins; the number of lines if there is none.
fn trailing_quote(lines: &[&str]) -> usize {
    let mut start = lines.len();
    for at in (0..lines.len()).rev() {
        if is_quoted(lines[at]) {
            start = at;
        } else if !lines[at].trim().is_empty() {
            break;
        }
    }
    start
}

pub(super) fn is_quoted(line: &str) -> bool {
    line.trim_start_matches([' ', '\u{a0}']).starts_with(['>', '＞'])
}

/// After "Sent from my phone" a program puts the quotation, even if it marks it in no other way.
fn text_follows_note(lines: &[&str], at: usize) -> bool {
    let is_empty = |at: usize| lines.get(at).is_some_and(|line| line.trim().is_empty());
    let stands_alone = at > 0 && is_empty(at - 1) && is_empty(at + 1);
    stands_alone
        && lines[at + 1..].iter().any(|line| !line.trim().is_empty())
        && !lines[at + 1..].iter().any(|line| is_quoted(line) || line.trim() == "--")
        && (at + 1..lines.len().min(MOST_LINES))
            .all(|next| introduction::at(lines, next).is_none() && !begins_quotation(lines, next))
}

/// Which lines stand between code fences (CommonMark 4.5). A fence that is never closed opens nothing.
fn in_code(lines: &[&str]) -> Vec<bool> {
    let mut code = vec![false; lines.len()];
    let mut open: Option<(usize, &str)> = None;
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim_start();
        let fence = ["```", "~~~"].into_iter().find(|fence| bare.starts_with(fence));
        match (open, fence) {
            (None, Some(fence)) => open = Some((at, fence)),
            (Some((start, opened)), Some(fence))
                if fence == opened && bare.trim_end().trim_end_matches(&fence[..1]).is_empty() =>
            {
                code[start..=at].iter_mut().for_each(|line| *line = true);
                open = None;
            }
            _ => {}
        }
    }
    code
}

/// Without empty lines before and after, and without white space at the end; indentation stays.
fn trimmed(text: &str) -> &str {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut rest = text;
    while let Some((first, after)) = rest.split_once('\n').filter(|(first, _)| first.trim().is_empty()) {
        let _ = first;
        rest = after;
    }
    rest
}

fn joined(first: &str, second: &str) -> String {
    match (trimmed(first), trimmed(second)) {
        ("", second) => second.to_owned(),
        (first, "") => first.to_owned(),
        (first, second) => format!("{first}\n\n{second}"),
    }
}

#[cfg(test)]
mod tests;
