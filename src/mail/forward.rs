//! Mails handed on inline: who wrote the mail inside, to whom, about what. The marks are those of mail programs in
//! many languages; an Outlook answer carries the same block, so `marked` tells whether the mail says it forwards.

use super::base_subject;
use super::incoming::Forwarded;
use super::labels::{Block, Label, Separator, block_at, separates, unsqueezed};
use super::parse::parse_addresses;
use super::reply::{introduction, is_quoted};
use crate::domain::address::NamedAddress;

/// Lines in which the mail inside is looked for; nobody writes more above it.
const MOST_LINES: usize = 3_000;

/// The first mail inside a text.
pub fn find_forwarded(subject: &str, text: &str) -> Option<Forwarded> {
    let lines: Vec<&str> = text.split('\n').collect();
    let marked_subject = base_subject::has_forward_mark(subject);
    let mut separator = None;
    for at in 0..lines.len().min(MOST_LINES) {
        if let Some(kind) = separates(lines[at]) {
            separator = Some(kind);
        }
        let Some(block) = found_block(&lines, at) else { continue };
        let mut found = forwarded(&lines, &block)?;
        found.marked = marked_subject || separator == Some(Separator::Forwarded);
        return Some(found);
    }
    let mut found = introduced(&lines)?;
    found.subject = base_subject::base_subject(subject);
    found.marked = marked_subject;
    Some(found)
}

/// Outlook for Mac forwards with "On ..., Anna wrote:" as the first line, and the mail below it without signs.
fn introduced(lines: &[&str]) -> Option<Forwarded> {
    let first = lines.iter().position(|line| !line.trim().is_empty())?;
    let range = introduction::at(lines, first)?;
    let below = lines[range.end..].iter().find(|line| !line.trim().is_empty())?;
    if is_quoted(below) {
        return None;
    }
    let joined = lines[range.clone()].join(" ");
    let (before, rest) = joined.split_once('<')?;
    let address = rest.split_once('>')?.0.trim().parse().ok()?;
    let name = before.rsplit(", ").next().unwrap_or(before).trim();
    let name = name.split('"').nth(1).unwrap_or(name);
    let name = name.rsplit(|c: char| c.is_ascii_digit()).next().unwrap_or(name).trim();
    let name = (!name.is_empty()).then(|| name.to_owned());
    let from = Some(NamedAddress { name, address });
    Some(Forwarded { from, text: text_below(&lines[range.end..]), ..Forwarded::default() })
}

/// A block of labels here, also one that stands on the separator's own line, as Yahoo writes it.
fn found_block(lines: &[&str], at: usize) -> Option<Block> {
    if let Some(block) = block_at(lines, at) {
        return Some(block);
    }
    let line = lines[at];
    if !line.trim_start().starts_with("--") || line.len() > 4_000 {
        return None;
    }
    let pieces = unsqueezed(line)?;
    let joined: Vec<&str> = pieces.iter().map(String::as_str).collect();
    block_at(&joined, 0).map(|block| Block { end: at + 1, ..block })
}

fn forwarded(lines: &[&str], block: &Block) -> Option<Forwarded> {
    let from = addresses(block.get(Label::From)?).into_iter().next();
    let list = |label| block.get(label).map(addresses).unwrap_or_default();
    Some(Forwarded {
        from,
        to: list(Label::To),
        cc: list(Label::Cc),
        subject: block
            .get(Label::Subject)
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        text: text_below(&lines[block.end..]),
        marked: false,
        attached: None,
    })
}

/// Outlook writes `Anna<mailto:a@b> <a@b<mailto:a@b>> on behalf of c@d`.
fn addresses(value: &str) -> Vec<NamedAddress> {
    let mut clean = value.replace(['*', '\u{200b}'], "");
    while let Some(start) = clean.find("<mailto:") {
        let Some(length) = clean[start..].find('>') else { break };
        let inside = clean[start + "<mailto:".len()..start + length].to_owned();
        let without = format!("{}{}", &clean[..start], &clean[start + length + 1..]);
        clean = if without.contains('@') { without } else { format!("{} <{inside}>", &clean[..start]) };
    }
    let clean =
        clean.split(" on behalf of ").next().unwrap_or_default().replace("[mailto:", "<").replace(']', ">");
    parse_addresses(&clean).addresses
}

/// The inner mail's text, its quote signs taken off if every line has them.
fn text_below(lines: &[&str]) -> String {
    let filled: Vec<&&str> = lines.iter().filter(|line| !line.trim().is_empty()).collect();
    let quoted =
        !filled.is_empty() && filled.iter().filter(|line| line.starts_with('>')).count() * 2 > filled.len();
    let bare = |line: &&str| {
        let cut = line.strip_prefix("> ").or_else(|| line.strip_prefix('>')).unwrap_or(line);
        if quoted { cut.to_owned() } else { (*line).to_owned() }
    };
    lines.iter().map(bare).collect::<Vec<_>>().join("\n").trim_matches(['\n', ' ', '\u{a0}']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forward_is_read_in_many_forms() {
        for text in [
            "FYI\n\n---------- Forwarded message ---------\nFrom: Anna <a@x.example>\nDate: today\nSubject: Plan\nTo: <b@x.example>\nCc: C <c@x.example>\n\nold",
            "Début du message transféré :\n\n> De: Anna <a@x.example>\n> Objet: Plan\n> À: b@x.example\n> Cc: C <c@x.example>\n>\n> old",
            "---------- 转发邮件 ----------\n发件人：Anna <a@x.example>\n收件人：b@x.example\n抄送：C <c@x.example>\n主题：Plan\n\nold",
            "----- Messaggio inoltrato ----- Da: Anna <a@x.example>A: <b@x.example>Cc: C <c@x.example>Oggetto: Plan\nold",
        ] {
            let found = find_forwarded("FYI", text).unwrap();
            assert_eq!(found.from.unwrap().address.as_str(), "a@x.example", "{text}");
            assert_eq!(found.to[0].address.as_str(), "b@x.example", "{text}");
            assert_eq!(found.cc[0].address.as_str(), "c@x.example", "{text}");
            assert_eq!(
                (found.subject.as_str(), found.text.as_str(), found.marked),
                ("Plan", "old", true),
                "{text}"
            );
        }
    }

    #[test]
    fn an_answer_by_outlook_is_not_marked_as_a_forward() {
        let text = "Yes.\n\nFrom: Anna <a@x.example>\nSent: today\nTo: b@x.example\nSubject: Plan\n\nold";
        assert!(!find_forwarded("Re: Plan", text).unwrap().marked);
        assert!(find_forwarded("FW: Plan", text).unwrap().marked);
        assert!(find_forwarded("Plan", "just a text").is_none());
    }
}
