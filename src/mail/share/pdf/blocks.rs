//! Sanitised HTML as paragraphs, rows and rules, in the order in which they are read.

use crate::domain::safe_html::SafeHtml;
use crate::mail::html_text::{Tag, Token, decode, tokens};

/// Words of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub code: bool,
    pub link: Option<String>,
}

/// What stands below one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Words(Words),
    /// A row of a table, cell by cell.
    Row(Vec<Vec<Span>>),
    Rule,
}

/// A paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub spans: Vec<Span>,
    /// In how many lists and quotations it stands.
    pub depth: usize,
    pub quoted: bool,
    /// What stands before it in a list.
    pub marker: Option<String>,
    pub code: bool,
}

/// The blocks of a message.
pub(super) fn blocks(html: &SafeHtml) -> Vec<Block> {
    let mut reader = Reader::default();
    for token in tokens(html.as_str()) {
        match token {
            Token::Text(text) => reader.text(&decode(text)),
            Token::Tag(tag) => reader.tag(&tag),
        }
    }
    reader.end_paragraph();
    reader.done
}

#[derive(Default)]
struct Reader {
    done: Vec<Block>,
    spans: Vec<Span>,
    bold: usize,
    italic: usize,
    code: usize,
    pre: usize,
    quotes: usize,
    /// The number of the next item; `None` in a list without numbers.
    lists: Vec<Option<u64>>,
    marker: Option<String>,
    link: Option<String>,
    row: Option<Vec<Vec<Span>>>,
}

impl Reader {
    fn text(&mut self, text: &str) {
        let begins = self.spans.last().is_none_or(|span| span.text.ends_with([' ', '\n']));
        let text = if self.pre > 0 { text.to_owned() } else { folded(text, begins) };
        if text.is_empty() {
            return;
        }
        let span = Span {
            text,
            bold: self.bold > 0,
            italic: self.italic > 0,
            code: self.code > 0 || self.pre > 0,
            link: self.link.clone(),
        };
        self.spans.push(span);
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let depth =
            |count: &mut usize| *count = if tag.closes { count.saturating_sub(1) } else { *count + 1 };
        match tag.name.as_str() {
            "strong" | "b" => depth(&mut self.bold),
            "em" | "i" => depth(&mut self.italic),
            "code" | "tt" => depth(&mut self.code),
            "a" => {
                self.link =
                    tag.attribute("href").filter(|_| !tag.closes).map(|href| decode(href).into_owned())
            }
            "br" => self.plain("\n"),
            "input" => self.plain(if tag.attribute("checked").is_some() { "[x] " } else { "[ ] " }),
            "img" => {
                self.plain(&tag.attribute("alt").map(|alt| format!("[{}]", decode(alt))).unwrap_or_default())
            }
            "td" | "th" => self.cell(tag),
            _ => self.container(tag, depth),
        }
    }

    fn container(&mut self, tag: &Tag<'_>, depth: impl Fn(&mut usize)) {
        match tag.name.as_str() {
            "p" | "div" => self.end_paragraph(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_paragraph();
                depth(&mut self.bold);
            }
            "pre" => {
                self.end_paragraph();
                depth(&mut self.pre);
            }
            "blockquote" => {
                self.end_paragraph();
                depth(&mut self.quotes);
            }
            "ul" | "ol" => self.list(tag),
            "li" => self.item(tag),
            "tr" => self.row(tag),
            "hr" => {
                self.end_paragraph();
                self.done.push(Block::Rule);
            }
            _ => {}
        }
    }

    fn list(&mut self, tag: &Tag<'_>) {
        self.end_paragraph();
        if tag.closes {
            self.lists.pop();
        } else {
            let first = tag.attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1);
            self.lists.push((tag.name == "ol").then_some(first));
        }
    }

    fn item(&mut self, tag: &Tag<'_>) {
        self.end_paragraph();
        if tag.closes {
            return;
        }
        self.marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                Some(format!("{}.", *number - 1))
            }
            _ => Some("•".to_owned()),
        };
    }

    fn row(&mut self, tag: &Tag<'_>) {
        self.end_paragraph();
        match self.row.take() {
            Some(cells) if !cells.is_empty() => self.done.push(Block::Row(cells)),
            _ => {}
        }
        self.row = (!tag.closes).then(Vec::new);
    }

    fn cell(&mut self, tag: &Tag<'_>) {
        let spans = std::mem::take(&mut self.spans);
        if let Some(cells) = self.row.as_mut().filter(|_| tag.closes) {
            cells.push(spans);
        }
        if tag.name == "th" {
            self.bold = usize::from(!tag.closes);
        }
    }

    fn plain(&mut self, text: &str) {
        self.spans.push(Span { text: text.to_owned(), link: self.link.clone(), ..Span::default() });
    }

    fn end_paragraph(&mut self) {
        if self.row.is_some() {
            return;
        }
        let mut spans = std::mem::take(&mut self.spans);
        if let Some(last) = spans.last_mut() {
            last.text.truncate(last.text.trim_end().len());
        }
        if spans.iter().all(|span| span.text.trim().is_empty()) {
            return;
        }
        self.done.push(Block::Words(Words {
            spans,
            depth: self.lists.len() + self.quotes,
            quoted: self.quotes > 0,
            marker: self.marker.take(),
            code: self.pre > 0,
        }));
    }
}

/// White space as browsers fold it.
fn folded(text: &str, begins: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = begins;
    for c in text.chars() {
        let is_space = matches!(c, ' ' | '\t' | '\n' | '\r');
        if !(is_space && space) {
            out.push(if is_space { ' ' } else { c });
        }
        space = is_space;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Block, Span, blocks};
    use crate::mail::sanitize::render_markdown;

    fn shown(spans: &[Span]) -> String {
        let shown = spans.iter().map(|s| match (s.bold, s.italic, s.code, &s.link) {
            (.., Some(link)) => format!("({})<{link}>", s.text),
            (true, ..) => format!("*{}*", s.text),
            (_, true, ..) => format!("/{}/", s.text),
            (_, _, true, _) => format!("`{}`", s.text),
            _ => s.text.clone(),
        });
        shown.collect()
    }

    /// One line for each block.
    fn outline(markdown: &str) -> Vec<String> {
        let line = |block: Block| match block {
            Block::Rule => "---".to_owned(),
            Block::Row(cells) => {
                let cells: Vec<String> = cells.iter().map(|cell| shown(cell)).collect();
                format!("|{}|", cells.join("|"))
            }
            Block::Words(words) => {
                let marker = words.marker.map(|marker| format!("{marker} ")).unwrap_or_default();
                format!("{}{marker}{}", "> ".repeat(words.depth), shown(&words.spans))
            }
        };
        blocks(&render_markdown(markdown)).into_iter().map(line).collect()
    }

    #[test]
    fn what_a_message_is_made_of_is_found_in_its_html() {
        let found = outline(
            "# Head\n\nWe *buy* **two** `x<y`\nnow: https://a.example/?b=1&c=2\n\n- one\n  1. in\n- [x] done\n\n> said\n\n\
             ```\na\n  b\n```\n\n---\n\n| A | B |\n|---|---|\n| 1 | 预算 |\n",
        );
        let expected = [
            "*Head*",
            "We /buy/ *two* `x<y`\nnow: (https://a.example/?b=1&c=2)<https://a.example/?b=1&c=2>",
            "> • one",
            "> > 1. in",
            "> • [x] done",
            "> said",
            "`a\n  b`",
            "---",
            "|*A*|*B*|",
            "|1|预算|",
        ];
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.replace(" \n", "\n"), expected);
        }
    }
}
