//! Where the mails of an export go: a file with all of them, or one mail alone.

use std::io;

use crate::domain::time::Timestamp;

/// Where mails are written, line by line.
pub trait LetterSink {
    /// Begins a mail: its sender, and when it was written.
    ///
    /// # Errors
    /// When it can't be written; so for the others.
    fn begin(&mut self, sender: &str, at: Timestamp) -> io::Result<()>;
    /// Whole lines of the mail, with whatever line ends.
    ///
    /// # Errors
    /// As [`Self::begin`].
    fn lines(&mut self, lines: &[u8]) -> io::Result<()>;
    /// Ends a mail.
    ///
    /// # Errors
    /// As [`Self::begin`].
    fn end(&mut self) -> io::Result<()>;
}

/// One mail in memory, with the line ends of mail (RFC 5322 2.1).
#[derive(Debug, Default)]
pub struct OneMail(pub Vec<u8>);

impl LetterSink for OneMail {
    fn begin(&mut self, _: &str, _: Timestamp) -> io::Result<()> {
        Ok(())
    }

    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            self.0.extend_from_slice(without_end(line));
            self.0.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line without its end.
pub(super) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::{LetterSink, OneMail};

    #[test]
    fn lines_of_one_mail_end_as_those_of_mails_do() {
        let mut mail = OneMail::default();
        mail.lines(b"Subject: x\n\r\nFrom here\nto there").unwrap();
        assert_eq!(mail.0, b"Subject: x\r\n\r\nFrom here\r\nto there\r\n");
    }
}
