//! Lines, pictures and rules, one below the other, page after page. All lengths are points (1/72 inch) from the top left.

use std::collections::BTreeSet;

use super::blocks::Span;
use super::set::{Colour, Look, SetLine, Setter};

/// A4.
pub(super) const PAGE: (f32, f32) = (595.0, 842.0);
pub(super) const MARGIN: f32 = 56.0;
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Below it stands only the number of the page.
const BOTTOM: f32 = PAGE.1 - 64.0;

/// What a screen reader is told of a part of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    /// 1 for the title.
    Heading(u16, String),
    /// What it shows.
    Figure(String),
}

/// Something on a page, and the part it belongs to.
#[derive(Clone, Debug)]
pub(super) enum Placed {
    Line { x: f32, y: f32, line: SetLine, part: usize },
    Fill { area: Area, colour: Colour },
    Picture { area: Area, bytes: Vec<u8>, part: usize },
}

/// Left, top, width, height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area(pub f32, pub f32, pub f32, pub f32);

/// The finished pages, and the parts of the document in the order in which they are read.
#[derive(Debug)]
pub(super) struct Pages {
    pub pages: Vec<Vec<Placed>>,
    pub parts: Vec<Kind>,
    /// The words at the foot of each page, beside its number.
    pub foot: Vec<SetLine>,
}

pub(super) struct Flow {
    setter: Setter,
    pages: Vec<Vec<Placed>>,
    parts: Vec<Kind>,
    y: f32,
}

impl Flow {
    pub fn new(setter: Setter) -> Self {
        Self { setter, pages: vec![Vec::new()], parts: Vec::new(), y: MARGIN }
    }

    pub fn missing(&self) -> &BTreeSet<char> {
        &self.setter.missing
    }

    /// The pages with their numbers.
    pub fn finish(mut self) -> Pages {
        let count = self.pages.len();
        let look = Look { size: 8.5, colour: [0x5e, 0x6b, 0x66], bold: false };
        let numbers = (1..=count).map(|number| {
            let span = Span { text: format!("{number} / {count}"), ..Span::default() };
            self.setter.lines(&[span], look, WIDTH)
        });
        let foot = numbers.flatten().collect();
        Pages { pages: self.pages, parts: self.parts, foot }
    }

    /// Leaves room before what comes next, but not at the top of a page.
    pub fn skip(&mut self, height: f32) {
        if self.y > MARGIN {
            self.y += height;
        }
    }

    /// A new page unless there is as much room left.
    pub fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    /// A paragraph, `indent` points from the left.
    pub fn words(&mut self, spans: &[Span], look: Look, indent: f32, kind: Kind) {
        let lines = self.setter.lines(spans, look, (WIDTH - indent).max(80.0));
        if lines.is_empty() {
            return;
        }
        let part = self.part(kind);
        for line in lines {
            self.need(line.height);
            let (x, y, height) = (MARGIN + indent, self.y, line.height);
            self.place(Placed::Line { x, y, line, part });
            self.y += height;
        }
    }

    /// Words to the left of what comes next, such as the number in a list.
    pub fn marker(&mut self, text: &str, look: Look, indent: f32) {
        let span = Span { text: text.to_owned(), ..Span::default() };
        if let Some(line) = self.setter.lines(&[span], look, 40.0).into_iter().next() {
            self.need(line.height);
            let part = self.part(Kind::Paragraph);
            let (x, y) = (MARGIN + indent - line.width - 6.0, self.y);
            self.place(Placed::Line { x, y, line, part });
        }
    }

    /// Short labels side by side, each on its own colour.
    pub fn chips(&mut self, chips: &[(String, Colour, Colour)]) {
        let (mut x, mut height) = (0.0, 0.0_f32);
        self.need(20.0);
        for (text, back, ink) in chips {
            let span = Span { text: text.clone(), ..Span::default() };
            let look = Look { size: 8.5, colour: *ink, bold: true };
            let Some(line) = self.setter.lines(&[span], look, WIDTH - 12.0).into_iter().next() else {
                continue;
            };
            let width = line.width + 12.0;
            if x > 0.0 && x + width > WIDTH {
                self.y += height + 3.0;
                x = 0.0;
                self.need(20.0);
            }
            height = line.height;
            let area = Area(MARGIN + x, self.y, width, height);
            self.place(Placed::Fill { area, colour: *back });
            let part = self.part(Kind::Paragraph);
            let y = self.y;
            self.place(Placed::Line { x: MARGIN + x + 6.0, y, line, part });
            x += width + 5.0;
        }
        self.y += height + 3.0;
    }

    /// The cells of a row side by side, on one page.
    pub fn row(&mut self, cells: &[Vec<Span>], look: Look, indent: f32) {
        let width = (WIDTH - indent) / cells.len().max(1) as f32;
        let set: Vec<Vec<SetLine>> =
            cells.iter().map(|cell| self.setter.lines(cell, look, (width - 10.0).max(20.0))).collect();
        let height =
            set.iter().map(|lines| lines.iter().map(|line| line.height).sum()).fold(0.0, f32::max) + 6.0;
        self.need(height);
        self.rule(indent);
        for (column, lines) in set.into_iter().enumerate() {
            let (x, mut y) = (MARGIN + indent + column as f32 * width + 4.0, self.y + 3.0);
            let part = self.part(Kind::Paragraph);
            for line in lines {
                let height = line.height;
                self.place(Placed::Line { x, y, line, part });
                y += height;
            }
        }
        self.y += height;
    }

    /// A line across the page.
    pub fn rule(&mut self, indent: f32) {
        let area = Area(MARGIN + indent, self.y, WIDTH - indent, 0.6);
        self.place(Placed::Fill { area, colour: [0xdf, 0xe5, 0xe3] });
    }

    /// A bar at the left of everything placed since `from`, page by page.
    pub fn bar(&mut self, from: (usize, f32), indent: f32) {
        let last = self.pages.len() - 1;
        for page in from.0..=last {
            let top = if page == from.0 { from.1 } else { MARGIN };
            let bottom = if page == last { self.y } else { BOTTOM };
            let area = Area(MARGIN + indent, top, 2.0, (bottom - top).max(0.0));
            self.pages[page].push(Placed::Fill { area, colour: [0x8c, 0xc9, 0xb7] });
        }
    }

    /// Where the next thing would stand: the page, and how far down.
    pub fn here(&mut self) -> (usize, f32) {
        self.need(16.0);
        (self.pages.len() - 1, self.y)
    }

    /// A picture of this shape, as large as fits.
    pub fn picture(&mut self, (width, height): (u32, u32), bytes: Vec<u8>, alternative: &str) {
        let (width, height) = (width.max(1) as f32 * 0.75, height.max(1) as f32 * 0.75);
        let scale = (WIDTH / width).min(340.0 / height).min(1.0);
        let (width, height) = (width * scale, height * scale);
        self.need(height);
        let part = self.part(Kind::Figure(alternative.to_owned()));
        let area = Area(MARGIN, self.y, width, height);
        self.place(Placed::Picture { area, bytes, part });
        self.y += height;
    }

    fn part(&mut self, kind: Kind) -> usize {
        self.parts.push(kind);
        self.parts.len() - 1
    }

    fn place(&mut self, placed: Placed) {
        if let Some(page) = self.pages.last_mut() {
            page.push(placed);
        }
    }
}
