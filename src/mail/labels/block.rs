//! The block of header lines above a quoted or forwarded mail.

use super::{Label, label_of, unsqueezed};

/// The header lines above a quoted or forwarded mail.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub fields: Vec<(Label, String)>,
    /// The line after the last of them.
    pub end: usize,
}

impl Block {
    pub fn get(&self, label: Label) -> Option<&str> {
        self.fields.iter().find(|(l, _)| *l == label).map(|(_, value)| value.as_str())
    }

    /// From and two more, or From with a subject: less could be something a person typed.
    fn is_sure(&self) -> bool {
        let mut kinds: Vec<Label> = self.fields.iter().map(|(label, _)| *label).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.contains(&Label::From)
            && (kinds.len() >= 3 || (kinds.len() == 2 && kinds.contains(&Label::Subject)))
    }
}

impl Block {
    /// Whether a line goes on with the last value: an address list with more of it, or a value that filled its line.
    fn continues(&self, above: &str, line: &str) -> bool {
        match self.fields.last() {
            Some((Label::From | Label::To | Label::Cc | Label::ReplyTo, value)) => {
                value.is_empty()
                    || line.contains(['@', '<', '>', ';', ','])
                    || above.trim_end().ends_with([',', ';'])
            }
            Some((_, value)) => {
                value.is_empty() || (above.chars().count() >= 65 && line.chars().count() < 60)
            }
            None => false,
        }
    }
}

/// Lines of a value that is folded.
const MOST_FOLDS: usize = 12;

/// The header block that begins at a line.
pub fn block_at(lines: &[&str], start: usize) -> Option<Block> {
    let first = lines.get(start)?;
    if let Some(pieces) = (first.len() < 4_000 && first.contains('@')).then(|| unsqueezed(first)).flatten() {
        let fields =
            pieces.iter().filter_map(|piece| label_of(piece).map(|(l, v)| (l, v.to_owned()))).collect();
        return Some(Block { fields, end: start + 1 }).filter(Block::is_sure);
    }
    label_of(first)?;
    let mut block = Block { fields: Vec::new(), end: start };
    let mut folds = 0;
    for (at, line) in lines.iter().enumerate().skip(start).take(40) {
        let bare = line.trim_matches(|c: char| c.is_whitespace() || c == '>');
        match label_of(line) {
            Some((label, value)) => {
                block.fields.push((label, value.to_owned()));
                (block.end, folds) = (at + 1, 0);
            }
            // Some programs leave an empty line between the labels.
            None if bare.is_empty() => {
                if lines.get(at + 1).is_none_or(|next| label_of(next).is_none()) || block.is_sure() {
                    break;
                }
            }
            None => {
                folds += 1;
                if folds > MOST_FOLDS || !block.continues(lines[at - 1], bare) {
                    break;
                }
                if let Some((_, value)) = block.fields.last_mut() {
                    value.push(' ');
                    value.push_str(bare);
                    block.end = at + 1;
                }
            }
        }
    }
    Some(block).filter(Block::is_sure)
}
