//! The HTML of a mail as a mail program shows it: with the pictures that came beside it (RFC 2392).

use base64::prelude::{BASE64_STANDARD, Engine};
use mail_parser::{MessageParser, MimeHeaders};

/// The HTML with its pictures in it, lines ended by LF, and how many pictures there are.
pub fn html_of(raw: &[u8]) -> (String, usize) {
    let mail = MessageParser::default().parse(raw).unwrap();
    let html = mail.body_html(0).unwrap().into_owned();
    let pictures: Vec<_> = mail.attachments().filter(|part| part.content_id().is_some()).collect();
    let with = pictures.iter().fold(html, |html, picture| {
        let data = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(picture.contents()));
        html.replace(&format!("cid:{}", picture.content_id().unwrap()), &data)
    });
    (in_lines(&with), pictures.len())
}

/// As it is compared.
pub fn in_lines(html: &str) -> String {
    html.replace("\r\n", "\n").trim_end().to_owned()
}
