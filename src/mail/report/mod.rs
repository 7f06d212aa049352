//! Reports of servers and mail programs about our mails: delivery (RFC 3464) and disposition (RFC 8098).

mod class;
mod delivery;
mod words;

use super::headers::Headers;
use super::incoming::{DispositionReport, FailureClass, Report};

/// A part in which a report, or the mail it is about, may stand.
#[derive(Clone, Debug)]
pub struct Part {
    pub media_type: String,
    pub text: String,
}

/// Whether a part of this type is worth looking at.
pub fn is_wanted(media_type: &str) -> bool {
    media_type.starts_with("message/") || matches!(media_type, "text/rfc822-headers" | "text/rfc822")
}

/// The report a mail is; `text` is what it says in words.
pub fn find_report(headers: &Headers, parts: &[Part], text: &str) -> Option<Report> {
    let of = |ends: &str| parts.iter().find(|part| part.media_type.ends_with(ends));
    if let Some(part) = of("disposition-notification") {
        return Some(Report::Disposition(disposition(&part.text)));
    }
    if let Some(part) = of("delivery-status") {
        let mut report = delivery::report(&part.text, text);
        report.original_message_id = original_id(parts, text);
        return Some(Report::Delivery(report));
    }
    // An abuse report (RFC 5965) is about a mail that did arrive.
    if of("feedback-report").is_some() {
        return None;
    }
    let mut report = words::report(headers, text)?;
    report.original_message_id = original_id(parts, text);
    Some(Report::Delivery(report))
}

/// What a server's refusal says of the address, such as `550 5.1.1 no such user`.
pub fn class_of_reply(reply: &str) -> FailureClass {
    class::classify("failed", delivery::status_of(reply).as_deref(), reply)
}

/// RFC 8098 3.1. A missing Original-Message-ID stays missing: the mail's own In-Reply-To is the next best.
fn disposition(text: &str) -> DispositionReport {
    let fields = all_fields(text);
    let written = fields.get("Disposition").unwrap_or_default();
    let (mode, kind) = written.split_once(';').unwrap_or(("", written));
    let kind = kind.split(['/', ',', ' ']).find(|word| !word.is_empty()).unwrap_or_default();
    DispositionReport {
        original_message_id: fields.get("Original-Message-ID").map(bare_id).filter(|id| !id.is_empty()),
        final_recipient: fields
            .get("Final-Recipient")
            .or_else(|| fields.get("Original-Recipient"))
            .map(address_of)
            .filter(|a| !a.is_empty()),
        disposition: kind.trim().to_ascii_lowercase(),
        mode: mode.trim().to_owned(),
    }
}

/// All fields of a report, the empty lines between them passed over.
fn all_fields(text: &str) -> Headers {
    let filled: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    Headers::of_text(&filled.join("\n"))
}

/// `rfc822; anna@corp.example` is `anna@corp.example` (RFC 3464 2.3.2); some servers leave the type out.
fn address_of(value: &str) -> String {
    let value = value.split_once(';').map_or(value, |(_, address)| address).trim();
    let value = value.rsplit_once('<').map_or(value, |(_, address)| address);
    let value = value.split('>').next().unwrap_or(value).trim_matches(['<', '>', ' ']);
    // Quotes around the whole go; those around the local part only belong to it (RFC 5322 3.4.1).
    ['"', '\''].into_iter().find_map(|q| value.strip_prefix(q)?.strip_suffix(q)).unwrap_or(value).to_owned()
}

fn bare_id(value: &str) -> String {
    let inside = value.split_once('<').map_or(value, |(_, rest)| rest);
    inside.split('>').next().unwrap_or(inside).split_whitespace().collect()
}

/// The Message-ID of the mail that the report gives back, whole or its headers only, or quoted in the words.
fn original_id(parts: &[Part], text: &str) -> Option<String> {
    let returned = parts.iter().filter(|part| {
        matches!(
            part.media_type.as_str(),
            "message/rfc822"
                | "text/rfc822-headers"
                | "message/global"
                | "message/global-headers"
                | "text/rfc822"
                | "message/rfc822-headers"
                | "message/partial"
        )
    });
    let mut ids =
        returned.filter_map(|part| Headers::of_text(part.text.trim_start()).get("Message-ID").map(bare_id));
    ids.find(|id| !id.is_empty()).or_else(|| id_in_words(text))
}

/// `Message-ID: <...>` on a line of its own, where a server copies the headers into its words.
fn id_in_words(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().enumerate().find_map(|(at, line)| {
        let (name, value) = line.trim_start_matches(['>', ' ', '\t', '|']).split_once(':')?;
        if !name.trim().eq_ignore_ascii_case("message-id") {
            return None;
        }
        let value = if value.trim().is_empty() { lines.get(at + 1)?.trim() } else { value };
        Some(bare_id(value)).filter(|id| id.contains('@'))
    })
}

#[cfg(test)]
mod tests;
