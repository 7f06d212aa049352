//! Writes the text of HTML: lines where a browser breaks them, `>` before quoted ones.

use super::entities::decode;
use super::tokens::Tag;

/// Quotations deeper than this get no more signs.
const DEEPEST_SHOWN: usize = 20;

/// Text as it grows, tag by tag.
#[derive(Default)]
pub struct Writer {
    out: String,
    /// Line ends due before the next word.
    breaks: usize,
    space: bool,
    quotes: usize,
    preformatted: usize,
    /// The target of the open link and where its text began.
    link: Option<(String, usize)>,
}

impl Writer {
    /// How many bytes are written.
    pub fn written(&self) -> usize {
        self.out.len()
    }

    pub fn quote_depth(&self) -> usize {
        self.quotes
    }

    /// Writes a text; gives whether something of it is seen.
    pub fn text(&mut self, raw: &str) -> bool {
        let text = decode(raw);
        if self.preformatted > 0 {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.breaks += 1;
                }
                if !line.is_empty() {
                    self.begin();
                    self.out.push_str(line.trim_end_matches('\r'));
                }
            }
            return !text.trim().is_empty();
        }
        let hidden =
            |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{200c}' | '\u{ad}');
        let mut filled = false;
        if text.starts_with(hidden) {
            self.space = true;
        }
        for word in text.split(hidden).filter(|word| !word.is_empty()) {
            if filled {
                self.space = true;
            }
            self.begin();
            self.out.push_str(word);
            filled = true;
        }
        if filled {
            self.space = text.ends_with(hidden);
        }
        filled
    }

    /// Ends the line if need be and puts the space that is due.
    fn begin(&mut self) {
        if self.out.is_empty() || self.breaks > 0 {
            let marks = self.quotes.min(DEEPEST_SHOWN);
            let mark = if marks > 0 { format!("{} ", ">".repeat(marks)) } else { String::new() };
            if !self.out.is_empty() {
                for _ in 1..self.breaks.min(3) {
                    self.out.push('\n');
                    self.out.push_str(mark.trim_end());
                }
                self.out.push('\n');
            }
            self.out.push_str(&mark);
        } else if self.space {
            self.out.push(' ');
        }
        (self.breaks, self.space) = (0, false);
    }

    fn at_least(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    pub fn tag(&mut self, tag: &Tag<'_>) {
        match tag.name.as_str() {
            "br" => self.breaks += 1,
            "p" if tag.attribute("class").is_some_and(|c| c.starts_with("Mso")) => self.at_least(1),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" => {
                self.at_least(if tag.name == "table" { 1 } else { 2 })
            }
            "div" | "tr" | "section" | "article" | "header" | "footer" | "center" | "form" | "dt" | "dd"
            | "body" => self.at_least(1),
            "hr" => {
                self.at_least(1);
                self.begin();
                // Foxmail draws this rule, of this width, above its users' signatures.
                let foxmail =
                    tag.attribute("style").is_some_and(|s| s.replace(' ', "").contains("width:210px"));
                self.out.push_str(if foxmail { "-- " } else { "--------------------------------" });
                self.at_least(1);
            }
            "td" | "th" => self.space = true,
            "li" => {
                self.at_least(1);
                if !tag.closes {
                    self.begin();
                    self.out.push_str("- ");
                }
            }
            "blockquote" => {
                // Not only a line end: what stands beside a quotation must not be taken for a part of it.
                self.at_least(2);
                self.quotes = if tag.closes { self.quotes.saturating_sub(1) } else { self.quotes + 1 };
            }
            "pre" => {
                self.at_least(2);
                self.preformatted =
                    if tag.closes { self.preformatted.saturating_sub(1) } else { self.preformatted + 1 };
            }
            "a" => self.link(tag),
            "img" => self.picture(tag),
            _ => {}
        }
    }

    /// The target is written after the text, unless the text says it already.
    fn link(&mut self, tag: &Tag<'_>) {
        if let Some((target, began)) = self.link.take() {
            let shown = self.out.get(began..).unwrap_or_default().trim().trim_end_matches('/').to_lowercase();
            let bare = target.to_lowercase();
            let bare = bare.trim_end_matches('/');
            let same = bare == shown || bare.split_once("://").is_some_and(|(_, rest)| rest == shown);
            if !shown.is_empty() && !same && self.breaks == 0 {
                self.out.push_str(" <");
                self.out.push_str(&target);
                self.out.push('>');
            }
        }
        let target = tag.attribute("href").map(|href| decode(href.trim()).into_owned()).unwrap_or_default();
        let is_web = target.starts_with("http://") || target.starts_with("https://");
        if !tag.closes && is_web && target.len() < 2_000 {
            self.link = Some((target, self.out.len()));
        }
    }

    fn picture(&mut self, tag: &Tag<'_>) {
        let text = tag.attribute("alt").map(|alt| decode(alt).trim().to_owned()).unwrap_or_default();
        if !text.is_empty() && text.chars().count() < 200 {
            self.begin();
            self.out.push('[');
            self.out.push_str(&text);
            self.out.push(']');
        }
    }

    pub fn finish(self) -> String {
        self.out
    }
}
