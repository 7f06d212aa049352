//! The text part: what reads well in a terminal, and what programs without HTML show.

use unicode_width::UnicodeWidthStr;

use super::columns::{COLUMNS, fold};
use super::view::{FileView, ItemView, SectionView, View};
use crate::mail::letters::SIGNATURE;

/// The document as plain text; `foot` stands below its signature mark.
pub(super) fn render(view: &View<'_>, foot: &[String]) -> String {
    let mut blocks = vec![head(view)];
    let note = view.document.note.as_ref().map(|note| prose(&note.markdown, ""));
    blocks.extend(note.filter(|note| !note.is_empty()));
    blocks.extend(view.sections.iter().map(section));
    blocks.push(last_lines(view, foot));
    blocks.join("\n\n") + "\n"
}

fn head(view: &View<'_>) -> String {
    let lines =
        [underlined(&view.document.title, '='), fold(&view.by(), "", ""), fold(&view.published(), "", "")];
    lines.join("\n")
}

fn section(section: &SectionView<'_>) -> String {
    let heading = section.heading.as_deref().map(|heading| underlined(heading, '-'));
    heading.into_iter().chain(section.items.iter().map(item)).collect::<Vec<_>>().join("\n\n")
}

fn underlined(text: &str, sign: char) -> String {
    let folded = fold(&text.split_whitespace().collect::<Vec<_>>().join(" "), "", "");
    let width = folded.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
    format!("{folded}\n{}", sign.to_string().repeat(width.min(COLUMNS)))
}

fn item(item: &ItemView<'_>) -> String {
    let tags: Vec<String> = item.tags.iter().map(|tag| format!("[{}]", tag.name)).collect();
    let parts =
        item.author.into_iter().chain([item.when.as_str()]).chain(item.remarks.iter().map(String::as_str));
    let line = parts.collect::<Vec<_>>().join(" · ");
    let said = item.body.map(|body| prose(&body.markdown, if item.passage { "  | " } else { "  " }));
    let one = |text: &str| fold(text, "  ", "    ");
    let task = item.task.as_deref().map(|task| one(&format!("→ {task}")));
    let link = item.link.map(|link| format!("  {link}"));
    let pictures = item.pictures.iter().map(|picture| match &picture.link {
        Some(link) => format!("{}\n    {link}", one(&format!("* {}", picture.name))),
        None => one(&format!("* {}", picture.name)),
    });
    let below: Vec<String> =
        link.into_iter().chain(task).chain(pictures).chain(item.files.iter().map(file)).collect();
    let below = Some(below.join("\n")).filter(|below| !below.is_empty());
    let blocks = [said.filter(|said| !said.is_empty()), below];
    let blocks = blocks.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let head = [tags.join(" "), line].into_iter().filter(|line| !line.is_empty());
    head.map(|line| fold(&line, "", "")).chain([blocks]).collect::<Vec<_>>().join("\n")
}

fn file(file: &FileView<'_>) -> String {
    let remark = file.remark.as_ref().map(|remark| format!(", {remark}")).unwrap_or_default();
    let line = fold(&format!("* {} ({}{remark})", file.name, file.size), "  ", "    ");
    match &file.link {
        Some(link) => format!("{line}\n    {link}"),
        None => line,
    }
}

/// Markdown as it was written, folded; tables and code as they stand.
fn prose(markdown: &str, margin: &str) -> String {
    let mut is_code = false;
    let lines = markdown.trim_end().lines().map(|line| {
        let fence = line.trim_start().starts_with("```");
        let whole = is_code || fence || line.trim_start().starts_with('|');
        is_code ^= fence;
        match whole {
            true => format!("{margin}{line}"),
            false => prose_line(line, margin),
        }
    });
    let folded: Vec<String> = lines.collect();
    folded.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

/// What follows in a list or a quotation stands below the words, not below the sign.
fn prose_line(line: &str, margin: &str) -> String {
    let words = line.trim_start();
    let indent = &line[..line.len() - words.len()];
    let (sign, words) = words.split_at(sign_length(words));
    let below = if sign.starts_with('>') { sign.to_owned() } else { " ".repeat(sign.len()) };
    fold(words, &format!("{margin}{indent}{sign}"), &format!("{margin}{indent}{below}"))
}

/// How long the sign of a list or a quotation is, with the space behind it.
fn sign_length(words: &str) -> usize {
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    let sign = match words.as_bytes().get(digits) {
        Some(b'.' | b')') if (1..=3).contains(&digits) => digits + 1,
        Some(b'-' | b'*' | b'+' | b'>') if digits == 0 => 1,
        _ => return 0,
    };
    if words[sign..].starts_with(' ') { sign + 1 } else { 0 }
}

fn last_lines(view: &View<'_>, foot: &[String]) -> String {
    let page = view.reading.page.map(|page| format!("{}\n{page}", view.t.get("share-doc-page-text")));
    let lines = page.into_iter().chain(view.until().map(|until| fold(&until, "", "")));
    let foot = foot.iter().map(|line| fold(line, "", ""));
    std::iter::once(SIGNATURE.to_owned()).chain(lines).chain(foot).collect::<Vec<_>>().join("\n")
}
