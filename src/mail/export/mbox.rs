//! The frame of an mbox (RFC 4155): a line before each mail, an empty one behind it, and lines within that look like the
//! former marked as mboxrd does, so that every text comes back as it was.

use std::io::{self, Write};

use super::sink::{LetterSink, without_end};
use crate::domain::time::Timestamp;

/// Writes mails one after the other.
#[derive(Debug)]
pub struct MboxWriter<W> {
    out: W,
}

impl<W: Write> MboxWriter<W> {
    pub fn new(out: W) -> Self {
        Self { out }
    }

    pub fn finish(self) -> W {
        self.out
    }
}

impl<W: Write> LetterSink for MboxWriter<W> {
    /// The sender's address, and when it was written: in UTC, as `asctime` writes it (RFC 4155 2).
    fn begin(&mut self, sender: &str, at: Timestamp) -> io::Result<()> {
        writeln!(self.out, "From {sender} {}", at.utc().format("%a %b %e %H:%M:%S %Y"))
    }

    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            if is_quoted_or_separator(line) {
                self.out.write_all(b">")?;
            }
            self.out.write_all(without_end(line))?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }
}

/// `From `, `>From `, `>>From ` ...
fn is_quoted_or_separator(line: &[u8]) -> bool {
    let quoted = line.iter().take_while(|byte| **byte == b'>').count();
    line[quoted..].starts_with(b"From ")
}

/// What a line of an mbox says: without its end, and without the sign that [`MboxWriter`] put before it.
pub fn unquoted(line: &[u8]) -> &[u8] {
    let line = without_end(line);
    if line.first() == Some(&b'>') && is_quoted_or_separator(line) { &line[1..] } else { line }
}

/// Whether a line begins the next mail.
pub fn is_separator(line: &[u8]) -> bool {
    line.starts_with(b"From ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_mail_can_end_it_and_all_come_back() {
        let mut mbox = MboxWriter::new(Vec::new());
        mbox.begin("anna@corp.example", Timestamp::from_millis(1_795_168_800_000)).unwrap();
        let lines: &[u8] = b"A: 1\r\n\r\nFrom here\r\n>From there\r\n>>From x\r\n> From y\r\nFromage";
        mbox.lines(lines).unwrap();
        mbox.end().unwrap();
        let text = String::from_utf8(mbox.finish()).unwrap();
        assert_eq!(
            text,
            "From anna@corp.example Fri Nov 20 10:00:00 2026\nA: 1\n\n>From here\n>>From there\n>>>From x\n> From y\nFromage\n\n"
        );
        let read: Vec<&[u8]> = text.lines().skip(1).map(|line| unquoted(line.as_bytes())).collect();
        assert_eq!(read[2..6], [&b"From here"[..], b">From there", b">>From x", b"> From y"]);
        assert_eq!(text.lines().filter(|line| is_separator(line.as_bytes())).count(), 1);
    }
}
