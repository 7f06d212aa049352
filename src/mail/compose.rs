//! From a value to the bytes of a mail (RFC 5322, 2045-2047, 2387, 8058). The only place that builds mail.
//!
//! Every text that comes from people loses its control characters here, so no header can be smuggled in.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Address;
use lettre::message::header::{
    ContentDisposition, ContentId, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{
    Attachment, Body, Mailbox, Message, MessageBuilder, MultiPart, MultiPartKind, SinglePart,
};

use super::disposition;
use super::incoming::InternetMessageId;
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::file::FileName;
use crate::domain::time::Timestamp;

/// A mail to be sent.
#[derive(Clone, Debug)]
pub struct OutgoingMail {
    pub from: NamedAddress,
    pub to: Vec<NamedAddress>,
    pub cc: Vec<NamedAddress>,
    pub reply_to: Option<EmailAddress>,
    pub subject: String,
    pub message_id: InternetMessageId,
    pub in_reply_to: Vec<InternetMessageId>,
    /// Oldest first.
    pub references: Vec<InternetMessageId>,
    pub date: Timestamp,
    pub list: Option<ListHeaders>,
    /// Where the receiver's program is asked to say that it showed the mail (RFC 8098 2.1). The return path of the same
    /// mail, or programs ask their users twice.
    pub notify: Option<EmailAddress>,
    /// A program wrote it (RFC 3834 5): notices and links, not what members write.
    pub auto_submitted: bool,
    /// For `X-Mailmoot-Loop`.
    pub loop_mark: Option<String>,
    /// For a messenger: its text is the message, without the subject before it.
    pub chat: bool,
    pub text: String,
    pub html: Option<String>,
    pub files: Vec<OutgoingFile>,
}

/// The List-* headers (RFC 2369, RFC 2919, RFC 8058).
#[derive(Clone, Debug)]
pub struct ListHeaders {
    /// Without angle brackets, such as `budget.groups.corp.example`.
    pub id: String,
    /// What programs show as the list's name.
    pub name: String,
    pub post: EmailAddress,
    /// A mail to `post` with one word as its subject says who wrote it: `mute` stops the mails, `help` explains.
    pub by_mail: bool,
    pub unsubscribe_url: Option<String>,
    /// A POST to the URL alone unsubscribes (RFC 8058).
    pub one_click: bool,
}

/// A file that goes along.
#[derive(Clone, Debug)]
pub struct OutgoingFile {
    pub name: FileName,
    pub media_type: String,
    /// Without angle brackets; the HTML names it by `cid:`.
    pub content_id: Option<String>,
    pub inline: bool,
    pub bytes: Vec<u8>,
}

/// Why a mail can't be made.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("An address of the mail can't stand in a mail header")]
    Address(#[source] lettre::address::AddressError),
    #[error("The mail could not be put together")]
    Build(#[from] lettre::error::Error),
}

/// The references kept when there are more: RFC 5322 sets no limit, but header lines have one.
const MOST_REFERENCES: usize = 60;

/// The mail as it goes over the wire, with CRLF.
///
/// # Errors
/// [`ComposeError`] when an address can't be written.
pub fn compose(mail: &OutgoingMail) -> Result<Vec<u8>, ComposeError> {
    let builder = headers(mail)?;
    let body = body_of(mail);
    let message = match attached(mail) {
        _ if let Some(part) = reported(mail) => builder.multipart(report(mail, body, part))?,
        files if files.is_empty() => match body {
            Text::Single(part) => builder.singlepart(part)?,
            Text::Multi(part) => builder.multipart(part)?,
        },
        files => {
            let mixed = MultiPart::mixed();
            let first = match body {
                Text::Single(part) => mixed.singlepart(part),
                Text::Multi(part) => mixed.multipart(part),
            };
            builder.multipart(files.into_iter().fold(first, MultiPart::singlepart))?
        }
    };
    Ok(message.formatted())
}

/// A mail whose files follow part by part: it ends with the line that begins the first of them (RFC 2046 5.1.1), and
/// [`Open::end`] ends it.
#[derive(Debug)]
pub struct Open {
    pub bytes: Vec<u8>,
    boundary: String,
}

/// A mail whose files are written after it by whoever has them: none of them has to be in memory as a whole. `mail.files`
/// is not asked.
///
/// # Errors
/// [`ComposeError`] when an address can't be written.
pub fn compose_open(mail: &OutgoingMail, boundary: String) -> Result<Open, ComposeError> {
    let mixed = MultiPart::mixed().boundary(boundary.as_str());
    let mixed = match body_of(mail) {
        Text::Single(part) => mixed.singlepart(part),
        Text::Multi(part) => mixed.multipart(part),
    };
    let mut bytes = headers(mail)?.multipart(mixed)?.formatted();
    let end = format!("--{boundary}--\r\n");
    if bytes.ends_with(end.as_bytes()) {
        bytes.truncate(bytes.len() - end.len());
    }
    Ok(Open { bytes, boundary })
}

impl Open {
    /// What stands before the next file's lines of base64.
    pub fn part(&self, name: &FileName, media_type: &str) -> Vec<u8> {
        let empty = OutgoingFile {
            name: name.clone(),
            media_type: media_type.to_owned(),
            content_id: None,
            inline: false,
            bytes: Vec::new(),
        };
        let mut bytes = format!("--{}\r\n", self.boundary).into_bytes();
        let head = part_of(&empty).formatted();
        bytes.extend_from_slice(head.trim_ascii_end());
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes
    }

    /// The line behind the last file.
    pub fn end(&self) -> Vec<u8> {
        format!("--{}--\r\n", self.boundary).into_bytes()
    }
}

/// Whether a mail to this address can be written: some addresses that a mail came from can't stand in one of ours, such as
/// those with two full stops together (RFC 5322 3.4.1).
pub fn can_go_to(address: &EmailAddress) -> bool {
    let Ok(mailbox) = mailbox(&NamedAddress::from(address.clone())) else { return false };
    Message::builder().from(mailbox.clone()).to(mailbox).body(String::new()).is_ok()
}

fn headers(mail: &OutgoingMail) -> Result<MessageBuilder, ComposeError> {
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(mail.date.millis()).unwrap_or(0));
    let mut builder = Message::builder()
        .from(mailbox(&mail.from)?)
        .subject(one_line(&mail.subject))
        .date(at)
        .message_id(Some(bracketed(&mail.message_id)));
    for to in &mail.to {
        builder = builder.to(mailbox(to)?);
    }
    for cc in &mail.cc {
        builder = builder.cc(mailbox(cc)?);
    }
    if let Some(address) = &mail.reply_to {
        builder = builder.reply_to(mailbox(&NamedAddress::from(address.clone()))?);
    }
    if !mail.in_reply_to.is_empty() {
        builder = builder.in_reply_to(id_list(&mail.in_reply_to));
    }
    if !mail.references.is_empty() {
        builder = builder.references(id_list(&mail.references));
    }
    if let Some(address) = &mail.notify {
        builder = builder.raw_header(raw("Disposition-Notification-To", &format!("<{address}>")));
    }
    if mail.auto_submitted {
        // RFC 3834 5.
        let how = if reported(mail).is_some() { "auto-replied" } else { "auto-generated" };
        builder = builder.raw_header(raw("Auto-Submitted", how));
    }
    if let Some(mark) = &mail.loop_mark {
        builder = builder.raw_header(raw("X-Mailmoot-Loop", mark));
    }
    if mail.chat {
        builder = builder.raw_header(raw("Chat-Version", "1.0"));
    }
    if mail.auto_submitted || mail.list.is_some() {
        // Exchange heeds only its own header against out-of-office answers to lists ([MS-OXCMAIL] 2.1.3.2.20).
        builder = builder.raw_header(raw("X-Auto-Response-Suppress", "OOF, AutoReply"));
    }
    Ok(match &mail.list {
        Some(list) => list_headers(builder, list),
        None => builder,
    })
}

fn list_headers(builder: MessageBuilder, list: &ListHeaders) -> MessageBuilder {
    let mut builder = builder
        .raw_header(raw("List-Id", &format!("{} <{}>", phrase(&list.name), one_word(&list.id))))
        .raw_header(raw("List-Post", &format!("<mailto:{}>", list.post)));
    let mail = |word: &str| format!("<mailto:{}?subject={word}>", list.post);
    let ways: Vec<String> = list
        .unsubscribe_url
        .iter()
        .map(|url| format!("<{}>", one_word(url)))
        .chain(list.by_mail.then(|| mail("mute")))
        .collect();
    if list.by_mail {
        builder = builder.raw_header(raw("List-Help", &mail("help")));
    }
    if !ways.is_empty() {
        builder = builder.raw_header(raw("List-Unsubscribe", &ways.join(", ")));
    }
    if list.unsubscribe_url.is_some() && list.one_click {
        builder = builder.raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    builder
}

/// A text as a phrase (RFC 5322 3.2.5): quoted, or, since encoded words can't stand in quotes (RFC 2047 5), without the signs
/// that would need them.
fn phrase(text: &str) -> String {
    const SPECIAL: &str = "()<>[]:;@\\,.\"";
    let plain: String = text.chars().map(|c| if SPECIAL.contains(c) { ' ' } else { c }).collect();
    let line = one_line(&plain);
    if line.is_ascii() && !line.is_empty() {
        format!("\"{}\"", one_line(text).replace(['"', '\\'], ""))
    } else {
        line
    }
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value))
}

/// First the oldest, which names the thread, then the newest that fit (RFC 5537 3.4.4 keeps the same ones).
fn id_list(ids: &[InternetMessageId]) -> String {
    let skip = ids.len().saturating_sub(MOST_REFERENCES);
    let kept = ids.iter().enumerate().filter(|(at, _)| *at == 0 || *at >= skip);
    kept.map(|(_, id)| bracketed(id)).collect::<Vec<_>>().join(" ")
}

fn bracketed(id: &str) -> String {
    format!("<{}>", one_word(id).trim_matches(['<', '>']))
}

fn mailbox(named: &NamedAddress) -> Result<Mailbox, ComposeError> {
    let address =
        Address::new(named.address.local_part(), named.address.domain()).map_err(ComposeError::Address)?;
    let name = named.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address))
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn one_word(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

enum Text {
    Single(SinglePart),
    Multi(MultiPart),
}

/// The text, beside it the HTML (RFC 2046 5.1.4), with the pictures the HTML shows (RFC 2387).
fn body_of(mail: &OutgoingMail) -> Text {
    let text = SinglePart::plain(mail.text.clone());
    let Some(html) = &mail.html else { return Text::Single(text) };
    let html = SinglePart::html(html.clone());
    let shown: Vec<SinglePart> = mail.files.iter().filter(|f| is_shown(f)).map(part_of).collect();
    let both = MultiPart::alternative().singlepart(text);
    Text::Multi(if shown.is_empty() {
        both.singlepart(html)
    } else {
        let related = MultiPart::related().singlepart(html);
        both.multipart(shown.into_iter().fold(related, MultiPart::singlepart))
    })
}

/// What programs read of a mail that is a report.
fn reported(mail: &OutgoingMail) -> Option<&OutgoingFile> {
    mail.files.iter().find(|file| file.media_type == disposition::MEDIA_TYPE)
}

/// The words, and after them the part for programs (RFC 6522 3).
fn report(mail: &OutgoingMail, words: Text, part: &OutgoingFile) -> MultiPart {
    let id: String = mail.message_id.chars().filter(char::is_ascii_alphanumeric).take(50).collect();
    let boundary = format!("report-{id}");
    let (_, kind) = part.media_type.split_once('/').unwrap_or_default();
    let whole = format!("multipart/report; report-type={kind}; boundary=\"{boundary}\"");
    let builder = match ContentType::parse(&whole) {
        Ok(media_type) => MultiPart::builder().header(media_type),
        Err(_) => MultiPart::builder().kind(MultiPartKind::Mixed),
    };
    let whole = match words {
        Text::Single(part) => builder.singlepart(part),
        Text::Multi(part) => builder.multipart(part),
    };
    let media_type = ContentType::parse(&part.media_type).unwrap_or(ContentType::TEXT_PLAIN);
    // Its lines are ASCII, and what is a `message/` must not be encoded (RFC 2046 5.2.1).
    let bytes = Body::new_with_encoding(part.bytes.clone(), ContentTransferEncoding::SevenBit)
        .unwrap_or_else(Body::new);
    whole.singlepart(SinglePart::builder().header(media_type).body(bytes))
}

fn is_shown(file: &OutgoingFile) -> bool {
    file.inline && file.content_id.is_some()
}

fn attached(mail: &OutgoingMail) -> Vec<SinglePart> {
    let beside = |file: &&OutgoingFile| mail.html.is_none() || !is_shown(file);
    mail.files.iter().filter(beside).map(part_of).collect()
}

fn part_of(file: &OutgoingFile) -> SinglePart {
    // A mail inside a mail must not be encoded (RFC 2046 5.2.1), so it goes as plain bytes.
    let claimed =
        if file.media_type.to_ascii_lowercase().starts_with("message/") { "" } else { &file.media_type };
    let media_type = ContentType::parse(claimed)
        .or_else(|_| ContentType::parse("application/octet-stream"))
        .unwrap_or(ContentType::TEXT_PLAIN);
    // Always base64: otherwise a file of plain letters goes as it is, and its line ends are changed on the way.
    let bytes = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64)
        .unwrap_or_else(Body::new);
    match &file.content_id {
        Some(id) if file.inline => SinglePart::builder()
            .header(media_type)
            .header(ContentDisposition::inline_with_name(file.name.as_str()))
            .header(ContentId::from(bracketed(id)))
            .body(bytes),
        _ => Attachment::new(file.name.as_str().to_owned()).body(bytes, media_type),
    }
}
