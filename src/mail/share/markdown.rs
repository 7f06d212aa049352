//! The document as a Markdown file (CommonMark).

use std::fmt::Write;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::Reading;
use super::view::{FileView, ItemView, PictureView, View};
use crate::domain::share_document::Document;

/// The document as one file without pictures: they are links where the readers can follow them.
pub fn render_markdown_file(document: &Document, reading: Reading<'_>) -> String {
    let view = View::of(document, reading);
    let mut out =
        format!("# {}\n\n{}  \n{}\n", plain(&document.title), plain(&view.by()), plain(&view.published()));
    if let Some(page) = view.reading.page {
        let _ = write!(out, "\n<{page}>\n");
    }
    if let Some(note) = document.note.as_ref().filter(|note| !note.markdown.trim().is_empty()) {
        let _ = write!(out, "\n{}\n", harmless(note.markdown.trim()));
    }
    for section in &view.sections {
        if let Some(heading) = &section.heading {
            let _ = write!(out, "\n## {}\n", plain(heading));
        }
        for item in &section.items {
            let _ = write!(out, "\n{}\n", self::item(item));
        }
    }
    out
}

fn item(item: &ItemView<'_>) -> String {
    let author = item.author.map(|author| format!("**{}**", plain(author)));
    let remarks = item.remarks.iter().map(|remark| format!("*{}*", plain(remark)));
    let tags = item.tags.iter().map(|tag| format!("`{}`", tag.name.replace('`', "'")));
    let head = author.into_iter().chain([item.when.clone()]).chain(remarks).chain(tags);
    let said = item.body.map(|body| quoted(&harmless(body.markdown.trim())));
    let link = item.link.map(|link| format!("<{}>", link.replace(['<', '>', ' '], "")));
    let task = item.task.as_deref().map(|task| format!("→ {}", plain(task)));
    let files: Vec<String> = item.pictures.iter().map(picture).chain(item.files.iter().map(file)).collect();
    let files = Some(files.join("\n")).filter(|files| !files.is_empty());
    let head = std::iter::once(head.collect::<Vec<_>>().join(" · "));
    head.chain(said).chain(link).chain(task).chain(files).collect::<Vec<_>>().join("\n\n")
}

fn picture(picture: &PictureView<'_>) -> String {
    linked(picture.name, picture.link.as_deref())
}

fn file(file: &FileView<'_>) -> String {
    let remark = file.remark.as_ref().map(|remark| format!(", {}", plain(remark))).unwrap_or_default();
    format!("{} ({}{remark})", linked(file.name, file.link.as_deref()), file.size)
}

fn linked(name: &str, link: Option<&str>) -> String {
    match link {
        Some(link) => format!("- [{}](<{link}>)", plain(name)),
        None => format!("- {}", plain(name)),
    }
}

fn quoted(markdown: &str) -> String {
    markdown.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// One line of words in which no sign has a meaning (CommonMark 2.4).
fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '&' | '|' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Markdown whose HTML is text for every program that shows it, and whose links lead nowhere dangerous: on our pages
/// both hold anyway, but not every program is as careful.
fn harmless(markdown: &str) -> String {
    let mut marks: Vec<usize> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, Options::empty()).into_offset_iter() {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let found = html.match_indices('<').map(|(at, _)| range.start + at);
                marks.extend(found.filter(|at| markdown[*at..].starts_with('<')));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if !is_harmless(&dest_url) =>
            {
                marks.push(range.start);
            }
            _ => {}
        }
    }
    marks.sort_unstable();
    marks.dedup();
    let mut out = String::with_capacity(markdown.len() + marks.len());
    let mut from = 0;
    for at in marks {
        out.push_str(&markdown[from..at]);
        out.push('\\');
        from = at;
    }
    out + &markdown[from..]
}

fn is_harmless(link: &str) -> bool {
    let lower = link.trim_start().to_ascii_lowercase();
    ["http://", "https://", "mailto:", "tel:"].iter().any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::{harmless, plain};

    fn html_of(markdown: &str) -> String {
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(markdown));
        html
    }

    #[test]
    fn foreign_html_is_text_in_every_program() {
        for hostile in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div>\n<script>\nalert(1)\n</script>\n</div>\n\nafter",
            "> - <svg onload=alert(1)>",
            "[x](javascript:alert(1)) and <javascript:alert(1)>",
            "[x]: javascript:alert(1)\n\n[x]",
            "![x](data:text/html,1)",
        ] {
            let html = html_of(&harmless(hostile)).to_ascii_lowercase();
            for bad in ["<script", "<img", "<svg", "href=\"javascript", "src=\"data"] {
                assert!(!html.contains(bad), "{hostile}\n{html}");
            }
        }
    }

    #[test]
    fn what_is_no_html_stays_as_it_was() {
        for text in [
            "**b** `a<b` https://x.example",
            "```\nif a < b { }\n```",
            "3 < 4 & 5 > 2",
            "[x](https://y.example)",
        ] {
            assert_eq!(harmless(text), text);
        }
        assert_eq!(plain("a *b*\n[c](d)"), "a \\*b\\* \\[c\\](d)");
    }
}
