//! The receipt for a mail that asked for one, as programs read it (RFC 8098 3).

use crate::domain::address::EmailAddress;
use crate::domain::file::FileName;
use crate::mail::compose::OutgoingFile;

/// Of the part that programs read (RFC 8098 3.1): what carries it is a report (RFC 6522).
pub const MEDIA_TYPE: &str = "message/disposition-notification";

/// That a mail was shown to somebody.
#[derive(Clone, Copy, Debug)]
pub struct Displayed<'a> {
    /// Whom it was written to.
    pub recipient: &'a EmailAddress,
    /// Its Message-ID, without angle brackets.
    pub message_id: &'a str,
}

impl Displayed<'_> {
    /// The part of a mail that says so.
    pub fn part(&self) -> OutgoingFile {
        OutgoingFile {
            name: FileName::cleaned("receipt.txt", "receipt.txt"),
            media_type: MEDIA_TYPE.to_owned(),
            content_id: None,
            inline: true,
            bytes: self.fields().into_bytes(),
        }
    }

    /// RFC 8098 3.2. Sent by a program, whoever read it: nobody was asked about this one mail (3.2.6.1).
    fn fields(&self) -> String {
        let id: String = self.message_id.chars().filter(|c| c.is_ascii_graphic()).collect();
        format!(
            "Reporting-UA: {domain}; mailmoot\r\nFinal-Recipient: rfc822;{recipient}\r\nOriginal-Message-ID: <{id}>\r\n\
             Disposition: automatic-action/MDN-sent-automatically; displayed\r\n",
            domain = self.recipient.domain(),
            recipient = self.recipient,
        )
    }
}
