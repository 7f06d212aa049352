//! The header labels that mail programs write above a quoted or forwarded mail, in the languages they speak.

mod block;
mod separator;
mod tables;

pub use block::{Block, block_at};
pub use separator::{Separator, separates};
use tables::ALL;

/// What a label introduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    From,
    To,
    Cc,
    Subject,
    Date,
    ReplyTo,
}

/// The label at the beginning of a line, and the value after it. Quote signs and bold marks around it are passed over.
pub fn label_of(line: &str) -> Option<(Label, &str)> {
    let start = line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '>' | '*' | '_' | '|' | '\u{feff}' | '·' | '•')
    });
    let (at, colon) = start.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let name = start[..at].trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '\u{a0}'));
    let value = start[at + colon.len_utf8()..].trim_start_matches(['*', '_', ' ', '\t', '\u{a0}']).trim_end();
    // Chinese and Japanese programs put spaces into short labels: 主 题, 件　名.
    let tight: String = name.split_whitespace().collect();
    let known = |text: &&str| {
        text.eq_ignore_ascii_case(name) || (!name.is_ascii() && **text == tight) || lower_equal(text, name)
    };
    ALL.iter().find(|(_, names)| names.iter().any(known)).map(|(label, _)| (*label, value))
}

fn lower_equal(a: &str, b: &str) -> bool {
    !b.is_ascii() && a.len() == b.len() && a.to_lowercase() == b.to_lowercase()
}

/// Colons looked at in one squeezed line.
const MOST_COLONS: usize = 40;

/// Breaks a line in which a program squeezed all labels together ("From: A <a@b>To: C <c@d>Subject: x") before each
/// label. `None` if there are not at least three.
pub fn unsqueezed(line: &str) -> Option<Vec<String>> {
    let colons = line.char_indices().filter(|(_, c)| matches!(c, ':' | '：')).take(MOST_COLONS);
    let mut starts: Vec<usize> = colons.filter_map(|(at, _)| label_before(&line[..at])).collect();
    starts.dedup();
    if starts.len() < 3 {
        return None;
    }
    starts.push(line.len());
    Some(starts.windows(2).map(|w| line[w[0]..w[1]].trim().to_owned()).collect())
}

/// Where the longest label begins that ends here.
fn label_before(text: &str) -> Option<usize> {
    let text = text.trim_end_matches([' ', '\u{a0}']);
    let names = ALL.iter().flat_map(|(_, names)| names.iter());
    names.filter(|name| text.ends_with(**name)).map(|name| text.len() - name.len()).min()
}
