//! Writes plain elements, each closed. What a browser would close by itself is closed here.

use super::tables::Data;
use super::{Tag, decode, own_picture, target_of};
use crate::mail::sanitize::push_escaped;

/// Elements within elements; deeper ones are only line ends.
const DEEPEST: usize = 24;
/// What is written at the most, in bytes.
const LONGEST: usize = 400_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Paragraph,
    Bullets,
    Numbers,
    Item,
    Table,
    Row,
    Cell,
    HeadCell,
    Quote,
    Code,
    Heading,
}

impl Element {
    fn name(self) -> &'static str {
        match self {
            Self::Paragraph => "p",
            Self::Bullets => "ul",
            Self::Numbers => "ol",
            Self::Item => "li",
            Self::Table => "table",
            Self::Row => "tr",
            Self::Cell => "td",
            Self::HeadCell => "th",
            Self::Quote => "blockquote",
            Self::Code => "pre",
            Self::Heading => "h3",
        }
    }

    /// Words can stand right in it.
    fn holds_words(self) -> bool {
        matches!(
            self,
            Self::Paragraph | Self::Item | Self::Cell | Self::HeadCell | Self::Code | Self::Heading
        )
    }
}

pub struct Builder<'b> {
    data: &'b Data,
    has_picture: &'b dyn Fn(&str) -> bool,
    out: String,
    open: Vec<Element>,
    /// Line ends due before the next word, and whether the innermost element has a word.
    breaks: usize,
    space: bool,
    filled: bool,
    bold: usize,
    italic: usize,
    link: Option<String>,
    /// Of the open tables, which hold data.
    tables: Vec<bool>,
}

impl<'b> Builder<'b> {
    pub fn new(data: &'b Data, has_picture: &'b dyn Fn(&str) -> bool) -> Self {
        Self {
            data,
            has_picture,
            out: String::new(),
            open: Vec::new(),
            breaks: 0,
            space: false,
            filled: false,
            bold: 0,
            italic: 0,
            link: None,
            tables: Vec::new(),
        }
    }

    pub fn text(&mut self, raw: &str) {
        if self.out.len() > LONGEST {
            return;
        }
        let text = decode(raw);
        if self.open.contains(&Element::Code) {
            push_escaped(&mut self.out, &text.replace('\r', ""));
            self.filled = true;
            return;
        }
        let gap = |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{200c}' | '\u{ad}');
        let words: Vec<&str> = text.split(gap).filter(|word| !word.is_empty()).collect();
        self.space |= text.starts_with(gap);
        if words.is_empty() {
            return;
        }
        self.begin();
        let (bold, italic) = (self.bold > 0 && !self.is_in_heading(), self.italic > 0);
        let opening = [(bold, "<strong>"), (italic, "<em>")];
        let closing = [(italic, "</em>"), (bold, "</strong>")];
        if let Some(target) = &self.link {
            self.out.push_str("<a href=\"");
            push_escaped(&mut self.out, target);
            self.out.push_str("\">");
        }
        opening.iter().filter(|(on, _)| *on).for_each(|(_, tag)| self.out.push_str(tag));
        push_escaped(&mut self.out, &words.join(" "));
        closing.iter().filter(|(on, _)| *on).for_each(|(_, tag)| self.out.push_str(tag));
        if self.link.is_some() {
            self.out.push_str("</a>");
        }
        self.space = text.ends_with(gap);
    }

    fn is_in_heading(&self) -> bool {
        matches!(self.open.last(), Some(Element::Heading | Element::HeadCell))
    }

    /// Makes a place where words can stand, with the line ends and the space that are due.
    fn begin(&mut self) {
        match self.open.last() {
            Some(Element::Paragraph) if self.breaks >= 2 => {
                self.close_one();
                self.push(Element::Paragraph);
            }
            Some(element) if element.holds_words() => {
                if self.filled && self.breaks > 0 {
                    self.out.push_str("<br>");
                } else if self.filled && self.space {
                    self.out.push(' ');
                }
            }
            Some(Element::Bullets | Element::Numbers) => self.push(Element::Item),
            Some(Element::Table) => {
                self.push(Element::Row);
                self.push(Element::Cell);
            }
            Some(Element::Row) => self.push(Element::Cell),
            _ => self.push(Element::Paragraph),
        }
        (self.breaks, self.space, self.filled) = (0, false, true);
    }

    fn push(&mut self, element: Element) {
        self.out.push('<');
        self.out.push_str(element.name());
        self.out.push('>');
        self.open.push(element);
        (self.breaks, self.space, self.filled) = (0, false, false);
    }

    fn close_one(&mut self) {
        if let Some(element) = self.open.pop() {
            let start = format!("<{}>", element.name());
            let is_cell = matches!(element, Element::Cell | Element::HeadCell);
            if self.out.ends_with(&start) && !is_cell {
                // Nothing stands in it.
                self.out.truncate(self.out.len() - start.len());
                return;
            }
            self.out.push_str("</");
            self.out.push_str(element.name());
            self.out.push('>');
            // What follows a closed element begins anew, unless it stands in an item that has words.
            (self.breaks, self.space, self.filled) = (0, false, true);
        }
    }

    /// Closes elements up to the innermost of these, and it too; not out of a table's cell.
    fn close(&mut self, wanted: &[Element]) {
        let inside = self.open.iter().rposition(|element| wanted.contains(element));
        let cell = self.open.iter().rposition(|element| matches!(element, Element::Cell | Element::HeadCell));
        let leaves_cell = wanted.iter().any(|element| {
            matches!(element, Element::Table | Element::Row | Element::Cell | Element::HeadCell)
        });
        if let Some(at) = inside.filter(|at| leaves_cell || cell.is_none_or(|cell| *at > cell)) {
            while self.open.len() > at {
                self.close_one();
            }
        }
    }

    /// Ends the paragraph and opens an element, if it is not too deep.
    fn enter(&mut self, element: Element) -> bool {
        if matches!(self.open.last(), Some(Element::Paragraph | Element::Heading)) {
            self.close_one();
        }
        if self.open.len() >= DEEPEST || self.out.len() > LONGEST {
            self.at_least(1);
            return false;
        }
        self.push(element);
        true
    }

    fn at_least(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    pub fn tag(&mut self, at: usize, tag: &Tag<'_>) {
        let count =
            |number: &mut usize| *number = if tag.closes { number.saturating_sub(1) } else { *number + 1 };
        match tag.name.as_str() {
            "b" | "strong" => count(&mut self.bold),
            "i" | "em" => count(&mut self.italic),
            "a" => self.link = target_of(tag).filter(|_| !tag.closes),
            "img" => self.picture(tag),
            "br" => self.breaks += 1,
            "p" if tag.attribute("class").is_some_and(|class| class.starts_with("Mso")) => self.at_least(1),
            "p" | "dl" => self.at_least(2),
            "div" | "section" | "article" | "center" | "form" | "dt" | "dd" | "body" | "hr" => {
                self.at_least(1)
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(tag),
            "ul" | "ol" => self.list(tag),
            "li" => self.item(tag),
            "blockquote" if tag.closes => self.close(&[Element::Quote]),
            "blockquote" => drop(self.enter(Element::Quote)),
            "pre" if tag.closes => self.close(&[Element::Code]),
            "pre" => drop(self.enter(Element::Code)),
            "table" | "tr" | "td" | "th" => self.table(at, tag),
            _ => {}
        }
    }

    fn heading(&mut self, tag: &Tag<'_>) {
        // In a cell or an item it is bold words on a line of their own.
        let alone =
            self.open.iter().all(|e| matches!(e, Element::Paragraph | Element::Heading | Element::Quote));
        match (alone, tag.closes) {
            (true, false) => drop(self.enter(Element::Heading)),
            (true, true) => self.close(&[Element::Heading]),
            (false, _) => self.at_least(1),
        }
    }

    fn list(&mut self, tag: &Tag<'_>) {
        let element = if tag.name == "ol" { Element::Numbers } else { Element::Bullets };
        if tag.closes {
            self.close(&[Element::Bullets, Element::Numbers]);
        } else if self.open.last().is_some_and(|last| matches!(last, Element::Bullets | Element::Numbers)) {
            // A list right in a list belongs to an item.
            self.push(Element::Item);
            self.enter(element);
        } else {
            self.enter(element);
        }
    }

    fn item(&mut self, tag: &Tag<'_>) {
        let list = self.open.iter().rposition(|e| matches!(e, Element::Bullets | Element::Numbers));
        let item = self.open.iter().rposition(|e| *e == Element::Item);
        if item > list {
            self.close(&[Element::Item]);
        }
        match (list, tag.closes) {
            (Some(_), false) => self.push(Element::Item),
            (None, _) => self.at_least(1),
            (_, true) => {}
        }
    }

    fn table(&mut self, at: usize, tag: &Tag<'_>) {
        if tag.name == "table" {
            if !tag.closes {
                let is_data = self.data.contains(&at) && self.enter(Element::Table);
                self.at_least(1);
                self.tables.push(is_data);
            } else if self.tables.pop() == Some(true) {
                self.close(&[Element::Table]);
            } else {
                self.at_least(1);
            }
            return;
        }
        if self.tables.last() != Some(&true) {
            // A table that only places things.
            if tag.name == "tr" {
                self.at_least(1)
            } else {
                self.space = true
            }
            return;
        }
        match (tag.name.as_str(), tag.closes) {
            ("tr", closes) => {
                self.close(&[Element::Row]);
                if !closes {
                    self.push(Element::Row);
                }
            }
            (_, true) => self.close(&[Element::Cell, Element::HeadCell]),
            (name, false) => {
                let row = self.open.iter().rposition(|e| *e == Element::Row);
                let cell = self.open.iter().rposition(|e| matches!(e, Element::Cell | Element::HeadCell));
                if cell > row {
                    self.close(&[Element::Cell, Element::HeadCell]);
                }
                if self.open.last() == Some(&Element::Table) {
                    self.push(Element::Row);
                }
                self.push(if name == "th" { Element::HeadCell } else { Element::Cell });
            }
        }
    }

    fn picture(&mut self, tag: &Tag<'_>) {
        let words = tag.attribute("alt").map(|alt| decode(alt).trim().to_owned()).unwrap_or_default();
        match own_picture(tag, self.has_picture) {
            Some(id) => {
                self.begin();
                self.out.push_str("<img src=\"cid:");
                push_escaped(&mut self.out, &id);
                self.out.push_str("\" alt=\"");
                push_escaped(&mut self.out, &words);
                self.out.push_str("\">");
            }
            None if !words.is_empty() && words.chars().count() < 200 => {
                self.begin();
                push_escaped(&mut self.out, &format!("[{words}]"));
            }
            None => {}
        }
    }

    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close_one();
        }
        self.out
    }
}
