//! The earlier messages that our mails quote for those who want it: nobody who answers means them.

use super::{is_quoted, is_wrapped};

/// What stands above them, in each of our languages.
pub const HEADINGS: [&str; 2] = ["Earlier messages, for reference", "此前的消息，供参考"];

/// The text without them, and they.
pub fn parted(text: &str) -> Option<(String, String)> {
    if !HEADINGS.iter().any(|heading| text.contains(heading)) {
        return None;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let start = (0..lines.len()).find(|at| begins(&lines, *at))?;
    let depth = depth(lines[start]);
    let mut end = start + 1;
    let mut at = end;
    while at < lines.len() {
        if is_deeper(lines[at], depth) || (depth == 0 && is_wrapped(&lines, at)) {
            end = at + 1;
        } else if !bare(lines[at]).is_empty() {
            break;
        }
        at += 1;
    }
    let kept: Vec<&str> = lines[..start].iter().chain(&lines[end..]).copied().collect();
    Some((kept.join("\n"), lines[start..end].join("\n")))
}

/// A heading with a quotation right below it; whoever only speaks of earlier messages quotes none.
fn begins(lines: &[&str], at: usize) -> bool {
    let words = bare(lines[at]).trim_matches(['*', '_', '-', ' ']);
    let next = lines[at + 1..].iter().find(|line| !bare(line).is_empty());
    HEADINGS.contains(&words) && next.is_some_and(|next| is_deeper(next, depth(lines[at])))
}

/// How many signs of a quotation stand before a line.
fn depth(line: &str) -> usize {
    let signs = line.chars().take_while(|c| matches!(c, '>' | '＞' | ' ' | '\u{a0}'));
    signs.filter(|c| matches!(c, '>' | '＞')).count()
}

fn is_deeper(line: &str, than: usize) -> bool {
    is_quoted(line) && depth(line) > than
}

fn bare(line: &str) -> &str {
    line.trim_start_matches(['>', '＞', ' ', '\u{a0}']).trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::mail::reply::split;
    use crate::texts::Texts;

    #[test]
    fn the_headings_are_those_of_our_mails() {
        let written = Language::ALL.map(|language| Texts::of(language).get("mail-quoted").into_owned());
        assert!(written.iter().all(|heading| HEADINGS.contains(&heading.as_str())), "{written:?}");
    }

    const OURS: &str = "Ben · 2026-11-20 10:12 UTC\n\nWhich room?\n\nEarlier messages, for reference\n\n\
        > Anna · 2026-11-20 09:00 UTC\n> Let us meet.\n>\n> David · 2026-11-20 09:01 UTC\n> > Let us meet.\n> Yes\n\n-- \nPlan\n";

    fn quoted(text: &str) -> String {
        text.lines().map(|line| format!("> {line}\n")).collect()
    }

    #[test]
    fn an_answer_between_the_lines_keeps_what_it_answers_and_not_what_was_quoted_before() {
        let text = quoted(OURS).replace("> Which room?\n", "> Which room?\n\nRoom 7.\n\n");
        let reply = split(&format!("On Friday Ben wrote:\n{text}"), "");
        assert!(reply.new_text.contains("> Which room?") && reply.new_text.contains("Room 7."), "{reply:?}");
        assert!(!reply.new_text.contains("Let us meet"), "{}", reply.new_text);
        assert!(reply.quotation.contains("Let us meet"), "{}", reply.quotation);
    }

    #[test]
    fn no_way_of_quoting_brings_them_back() {
        for (text, kept) in [
            (format!("Room 7.\n\nOn Friday Ben wrote:\n{}", quoted(OURS)), "Room 7."),
            (format!("On Friday Ben wrote:\n{}\nRoom 7.\n", quoted(OURS)), "Room 7."),
            (format!("{}\nRoom 7.\n", quoted(OURS)), "Room 7."),
            // A program that marks nothing.
            (format!("Room 7.\n\n{OURS}"), "Room 7."),
            (format!("房间 7。\n\n{}", OURS.replace(HEADINGS[0], HEADINGS[1])), "房间 7。"),
        ] {
            let reply = split(&text, "");
            assert!(reply.new_text.contains(kept), "{text}\n{reply:?}");
            assert!(!reply.new_text.contains("Let us meet"), "{text}\n{}", reply.new_text);
        }
    }

    #[test]
    fn who_speaks_of_them_is_heard() {
        for text in
            ["Earlier messages, for reference", "Earlier messages, for reference\n\nare useful", "> a\n\nb"]
        {
            assert_eq!(parted(text), None, "{text}");
        }
    }
}
