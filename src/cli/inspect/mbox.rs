//! The mails of a file, one after the other: an mbox (RFC 4155) has many, any other file is one.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::mail::parse::HARD_CAP;

/// Lines longer than this are looked at in pieces.
const LINE: usize = 64 * 1024;

/// Why a file was not read to its end.
pub enum Unread {
    /// The file itself.
    Reader(io::Error),
    /// What was to be done with a mail.
    Caller(io::Error),
}

/// Calls `then` with the bytes of each mail.
pub fn each_mail(file: &Path, mut then: impl FnMut(&[u8]) -> io::Result<()>) -> Result<(), Unread> {
    let reader = BufReader::with_capacity(LINE, File::open(file).map_err(Unread::Reader)?);
    split(reader, &mut then)
}

fn split(mut reader: impl BufRead, then: &mut impl FnMut(&[u8]) -> io::Result<()>) -> Result<(), Unread> {
    let is_mbox = reader.fill_buf().map_err(Unread::Reader)?.starts_with(b"From ");
    let mut mail = Mail::default();
    // A separator counts only if a header follows; until then it waits here.
    let mut waiting: Option<Vec<u8>> = None;
    let (mut begins_line, mut after_empty) = (true, true);
    let mut line = Vec::new();
    while next_piece(&mut reader, &mut line).map_err(Unread::Reader)? {
        if let Some(separator) = waiting.take() {
            if is_header(&line) {
                mail.finish(then)?;
                mail.started = true;
            } else {
                mail.push(&separator);
            }
        }
        if is_mbox && begins_line && after_empty && is_separator(&line) {
            waiting = Some(std::mem::take(&mut line));
            (begins_line, after_empty) = (true, false);
            continue;
        }
        let escaped = is_mbox && begins_line && is_escaped(&line);
        mail.push(if escaped { &line[1..] } else { &line });
        after_empty = begins_line && line.iter().all(|b| matches!(b, b'\r' | b'\n'));
        begins_line = line.ends_with(b"\n");
    }
    if let Some(separator) = waiting {
        mail.push(&separator);
    }
    mail.started |= !is_mbox;
    mail.finish(then)
}

/// One mail while it is read. Beyond the cap only the fact that it is too large is kept.
#[derive(Default)]
struct Mail {
    bytes: Vec<u8>,
    started: bool,
}

impl Mail {
    fn push(&mut self, piece: &[u8]) {
        let room = (HARD_CAP + 1).saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        self.started |= !piece.iter().all(u8::is_ascii_whitespace);
    }

    fn finish(&mut self, then: &mut impl FnMut(&[u8]) -> io::Result<()>) -> Result<(), Unread> {
        if self.started {
            then(&self.bytes).map_err(Unread::Caller)?;
        }
        *self = Self::default();
        Ok(())
    }
}

/// The next line, or the next piece of a long one; `false` at the end.
fn next_piece(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    while line.len() < LINE {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let end = buffer.iter().position(|b| *b == b'\n').map_or(buffer.len(), |at| at + 1);
        line.extend_from_slice(&buffer[..end]);
        reader.consume(end);
        if line.ends_with(b"\n") {
            break;
        }
    }
    Ok(!line.is_empty())
}

/// `From somebody Thu Jan  1 00:00:00 1970`: a time and a year make it a separator, not a sentence.
fn is_separator(line: &[u8]) -> bool {
    let digits = |word: &&[u8]| word.iter().filter(|b| b.is_ascii_digit()).count();
    line.starts_with(b"From ")
        && line.len() < 1_000
        && line.split(|b| b.is_ascii_whitespace()).any(|word| word.contains(&b':') && digits(&word) >= 3)
        && line.split(|b| b.is_ascii_whitespace()).any(|word| word.len() == 4 && digits(&word) == 4)
}

/// `>From `, `>>From ` ... (mboxrd).
fn is_escaped(line: &[u8]) -> bool {
    let quoted = line.iter().take_while(|b| **b == b'>').count();
    quoted > 0 && line[quoted..].starts_with(b"From ")
}

fn is_header(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|b| *b == b':') else { return line.starts_with(b">From ") };
    colon > 0 && line[..colon].iter().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let done = split(io::Cursor::new(text), &mut |raw| {
            found.push(String::from_utf8_lossy(raw).into_owned());
            Ok(())
        });
        assert!(done.is_ok());
        found
    }

    #[test]
    fn an_mbox_is_split_at_its_separators_only() {
        let text = "From a@b Thu Jan  1 00:00:00 1970\nA: 1\n\nFrom here on\n>From there\n\n\
                    From a@b Thu Jan  1 00:00:00 1970\nA: 2\n\nx\n";
        assert_eq!(mails(text), ["A: 1\n\nFrom here on\nFrom there\n\n", "A: 2\n\nx\n"]);
        assert_eq!(mails("A: 1\n\nFrom a@b Thu Jan  1 00:00:00 1970\nB: 2\n").len(), 1);
        assert_eq!(mails(""), [""]);
    }
}
