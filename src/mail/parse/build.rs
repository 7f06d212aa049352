//! Puts an [`IncomingMail`] together from what the parser found.

use std::collections::HashSet;

use mail_parser::{Message, PartType};

use super::fence::Fenced;
use super::leaves::{Leaf, leaf_of, leaves};
use super::{DEEPEST, fields, parse_at, protected};
use crate::domain::file::FileName;
use crate::mail::base_subject::base_subject;
use crate::mail::calendar::Calendar;
use crate::mail::headers::Headers;
use crate::mail::incoming::{Forwarded, IncomingFile, IncomingMail, Problem, Report};
use crate::mail::{
    automatic, calendar, chat, forward, html_text, on_behalf, reply, report, rich, sanitize, tnef,
};

/// Text beyond this many bytes is not searched for quotations.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;

/// The texts of a mail: as plain text, and as HTML if it has some.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    pub plain: String,
    /// As it was written: hostile.
    pub html: String,
}

pub fn incoming(message: &Message<'_>, fenced: &Fenced<'_>, depth: usize) -> IncomingMail {
    let headers = fields::headers(message);
    let mut mail = outline(message, &headers);
    if fenced.marked() {
        mail.problems.push(Problem(
            "A part boundary stands in the middle of a line; it was taken for text".to_owned(),
        ));
    }
    let all = leaves(message, fenced);
    let texts = texts(message, fenced, &mut mail.problems);
    let parts: Vec<report::Part> = all
        .iter()
        .filter(|leaf| report::is_wanted(&leaf.media_type))
        .map(|leaf| report::Part {
            media_type: leaf.media_type.clone(),
            text: String::from_utf8_lossy(&leaf.bytes()).into_owned(),
        })
        .collect();
    let mut plain = if texts.plain.trim().is_empty() {
        html_text::html_to_text(&texts.html)
    } else {
        texts.plain.clone()
    };
    mail.report = report::find_report(&headers, &parts, &plain);
    let calendars: Vec<Calendar> = all
        .iter()
        .filter(|leaf| leaf.media_type == "text/calendar")
        .map(|leaf| Calendar::read(&leaf.text()))
        .collect();
    let events = calendars.iter().flat_map(Calendar::events);
    mail.notes.events = events.take(calendar::MOST_EVENTS).cloned().collect();
    mail.invitation_answer = match (&calendars[..], &mail.from[..]) {
        ([calendar], [from]) => calendar.answer(&from.address),
        _ => None,
    };
    protected::take_off_pgp(&mut mail, &mut plain);
    mail.text = reply::split(&plain, &texts.html);
    mail.chat.reaction = reaction(&all, mail.text.new_text.trim());
    chat::settle(&mut mail);
    protected::hide_pgp(&mut mail);
    mail.forwarded = attached_mail(&all, depth).or_else(|| forward::find_forwarded(&mail.subject, &plain));
    take_inner_recipients(&mut mail);
    mail.files = files(message, fenced);
    if !texts.html.is_empty() {
        add_html(&mut mail, &texts.html);
    }
    reaction_alone(&mut mail);
    protected::note(&mut mail, message);
    protected::open(&mut mail, &all, depth);
    mail
}

/// What the mail says with emojis, if it says nothing else: other words are a message.
fn reaction(all: &[Leaf<'_>], new_text: &str) -> Option<Vec<String>> {
    if let Some(leaf) = all.iter().find(|leaf| leaf.is_reaction()) {
        let emojis = leaf.text();
        return (new_text.is_empty() || new_text == emojis.trim()).then(|| chat::emojis_of(&emojis));
    }
    // Its other parts say the same in words (RFC 2046 5.1.4).
    let leaf = all.iter().find(|leaf| leaf.media_type == chat::GMAIL_REACTION)?;
    chat::emoji_of_gmail(&leaf.text()).map(|emoji| vec![emoji])
}

/// Of a reaction its emojis are left, for a mail that answers nothing we know.
fn reaction_alone(mail: &mut IncomingMail) {
    if let Some(emojis) = &mail.chat.reaction {
        mail.text.new_text = emojis.join(" ");
        mail.rich = None;
        mail.files.retain(|file| file.media_type != chat::GMAIL_REACTION);
    }
}

/// A report that names nobody, around one that does: some servers wrap another server's report.
fn take_inner_recipients(mail: &mut IncomingMail) {
    let inner =
        mail.forwarded.as_ref().and_then(|f| f.attached.as_ref()).and_then(|inner| inner.report.clone());
    if let (Some(Report::Delivery(outer)), Some(Report::Delivery(inner))) = (&mut mail.report, inner)
        && outer.recipients.is_empty()
    {
        outer.recipients = inner.recipients;
    }
}

/// What the headers say.
pub(super) fn outline(message: &Message<'_>, headers: &Headers) -> IncomingMail {
    let mut problems = Vec::new();
    let subject = headers.get("Subject").unwrap_or_default().to_owned();
    let from = fields::addresses(message, "From", &mut problems);
    if from.is_empty() {
        problems.push(Problem("The mail names no sender".to_owned()));
    }
    let message_id = fields::ids(message, "Message-ID").into_iter().next();
    if message_id.is_none() {
        problems.push(Problem("The mail has no Message-ID".to_owned()));
    }
    let sender = fields::addresses(message, "Sender", &mut Vec::new());
    let mut mail = IncomingMail {
        message_id,
        in_reply_to: fields::ids(message, "In-Reply-To"),
        references: fields::ids(message, "References"),
        date: fields::date(message, &mut problems),
        base_subject: base_subject(&subject),
        subject,
        from,
        to: fields::addresses(message, "To", &mut problems),
        cc: fields::addresses(message, "Cc", &mut problems),
        reply_to: fields::addresses(message, "Reply-To", &mut problems),
        receipt_to: fields::addresses(message, "Disposition-Notification-To", &mut problems),
        delivered_to: fields::delivered_to(message),
        trace: fields::trace(message),
        automatic: automatic::find_automatic(headers),
        chat: chat::of_headers(headers),
        loop_marks: headers.all("X-Mailmoot-Loop").map(ToOwned::to_owned).collect(),
        problems,
        ..IncomingMail::default()
    };
    mail.notes.sent_by = on_behalf::sent_by(&mail, &sender, headers);
    mail
}

pub(super) fn texts(message: &Message<'_>, fenced: &Fenced<'_>, problems: &mut Vec<Problem>) -> Texts {
    let mut texts = Texts::default();
    let of = |id: &u32| message.parts.get(*id as usize).map(|part| leaf_of(message, part, fenced));
    for leaf in message.text_body.iter().filter_map(of).filter(Leaf::is_plain) {
        let text = leaf.text();
        let text =
            leaf.flowed().map_or(text.clone(), |delete_space| html_text::unfold_flowed(&text, delete_space));
        append(&mut texts.plain, &text);
    }
    for leaf in message.html_body.iter().filter_map(of).filter(Leaf::is_html) {
        append(&mut texts.html, &leaf.text());
    }
    for text in [&mut texts.plain, &mut texts.html] {
        if text.len() > LONGEST_TEXT {
            let end = (0..=LONGEST_TEXT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(end);
            problems.push(Problem(format!(
                "The text is longer than {LONGEST_TEXT} bytes; the rest is in the mail itself only"
            )));
        }
    }
    texts
}

fn append(to: &mut String, text: &str) {
    if !to.is_empty() && !to.ends_with('\n') {
        to.push('\n');
    }
    to.push_str(text);
}

/// The first mail attached as `message/rfc822`, opened.
fn attached_mail(all: &[Leaf<'_>], depth: usize) -> Option<Forwarded> {
    if depth >= DEEPEST {
        return None;
    }
    let inner = all.iter().find(|leaf| leaf.is_message())?;
    let mail = parse_at(&inner.bytes(), depth + 1).ok()?;
    Some(Forwarded {
        from: mail.from.first().cloned(),
        to: mail.to.clone(),
        cc: mail.cc.clone(),
        subject: mail.subject.clone(),
        text: [mail.text.new_text.as_str(), &mail.text.signature, &mail.text.quotation]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n"),
        marked: true,
        attached: Some(Box::new(mail)),
    })
}

fn files(message: &Message<'_>, fenced: &Fenced<'_>) -> Vec<IncomingFile> {
    let parts = message.attachments.iter().filter_map(|id| message.parts.get(*id as usize));
    let files = parts.filter(|part| !matches!(part.body, PartType::Multipart(_)));
    let files = files.enumerate().map(|(at, part)| leaf_of(message, part, fenced).file(at + 1));
    files.flat_map(unwrapped).collect()
}

/// The files within a `winmail.dat`; any other file by itself.
fn unwrapped(file: IncomingFile) -> Vec<IncomingFile> {
    let is_wrapping = matches!(file.media_type.as_str(), "application/ms-tnef" | "application/vnd.ms-tnef")
        || file.name.as_str().eq_ignore_ascii_case("winmail.dat");
    let wrapped = if is_wrapping { tnef::files(&file.bytes) } else { Vec::new() };
    if wrapped.is_empty() {
        return vec![file];
    }
    let files = wrapped.into_iter().enumerate().map(|(at, wrapped)| IncomingFile {
        name: FileName::cleaned(&wrapped.name, &format!("file-{}", at + 1)),
        media_type: "application/octet-stream".to_owned(),
        content_id: None,
        inline: false,
        bytes: wrapped.bytes,
    });
    files.collect()
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

fn add_html(mail: &mut IncomingMail, html: &str) {
    mail.html = sanitize::sanitize_mail_html(html);
    if html.len() > sanitize::LONGEST_HTML {
        mail.problems
            .push(Problem("The HTML is too long to be cleaned; the text is shown instead".to_owned()));
    }
    let pictures: HashSet<&str> = mail
        .files
        .iter()
        .filter(|file| file.media_type.starts_with("image/"))
        .filter_map(|file| file.content_id.as_deref())
        .collect();
    let reading = rich::read(html, |id| pictures.contains(id)).unwrap_or_default();
    // The text part knows best what was typed; what only the HTML has kept may be a quotation without marks.
    mail.rich = reading.rich.filter(|rich| {
        let (html, plain) = (letters(&rich.text.new_text), letters(&mail.text.new_text));
        html <= plain + plain / 2 + 500
    });
    mail.hidden_pictures = reading.hidden_pictures;
    mail.notes.remote_pictures = sanitize::remote_pictures(html);
    if mail.notes.remote_pictures > 0 {
        mail.problems.push(Problem("Pictures from elsewhere are not loaded".to_owned()));
    }
}
