//! Tables that hold data, apart from those that only place things on the page: most tables of mails are such.

use std::collections::HashSet;

use super::{Token, has_words};

/// The places of the tags that open tables of data.
pub type Data = HashSet<usize>;

/// A table whose end has not come.
#[derive(Default)]
struct Open {
    at: usize,
    nested: bool,
    /// Rows of at least two cells with something in them.
    wide_rows: usize,
    rows: usize,
    cells: usize,
    filled: bool,
    in_cell: bool,
}

/// More rows or cells than this nobody reads in a discussion.
const MOST_ROWS: usize = 500;

/// Tables of two rows or more with two filled cells or more, and no table within. One pass, however deep.
pub fn data(kept: &[Token<'_>]) -> Data {
    let mut open: Vec<Open> = Vec::new();
    let mut found = Data::new();
    for (at, token) in kept.iter().enumerate() {
        match token {
            Token::Text(text) => {
                if let Some(table) = open.last_mut() {
                    table.filled |= table.in_cell && has_words(text);
                }
            }
            Token::Tag(tag) => match (tag.name.as_str(), tag.closes) {
                ("table", false) => {
                    open.iter_mut().rev().take(1).for_each(|outer| outer.nested = true);
                    open.push(Open { at, ..Open::default() });
                }
                ("table", true) => {
                    if let Some(mut table) = open.pop() {
                        table.end_row();
                        if !table.nested && table.wide_rows >= 2 && table.rows <= MOST_ROWS {
                            found.insert(table.at);
                        }
                    }
                }
                ("tr", _) => open.iter_mut().rev().take(1).for_each(Open::end_row),
                ("td" | "th", closes) => {
                    if let Some(table) = open.last_mut() {
                        table.end_cell();
                        table.in_cell = !closes;
                    }
                }
                _ => {}
            },
        }
    }
    found
}

impl Open {
    fn end_cell(&mut self) {
        self.cells += usize::from(self.filled);
        (self.filled, self.in_cell) = (false, false);
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.rows += usize::from(self.cells > 0);
        self.wide_rows += usize::from(self.cells >= 2);
        self.cells = 0;
    }
}
