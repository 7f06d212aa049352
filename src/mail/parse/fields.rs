//! The headers that say who, when, and in answer to what.

use mail_parser::{HeaderName, HeaderValue, Message};

use super::addresses::{AddressList, MOST, parse_addresses};
use super::{charset, encoded_word};
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::time::Timestamp;
use crate::mail::authentic::{self, TraceLine};
use crate::mail::headers::Headers;
use crate::mail::incoming::{InternetMessageId, Problem};

/// Message-IDs taken from one header.
const MOST_IDS: usize = 2_000;
/// A Message-ID longer than a header line may be (RFC 5322 2.1.1) is none.
const LONGEST_ID: usize = 998;

/// All headers, decoded.
pub fn headers(message: &Message<'_>) -> Headers {
    let value = |header: &mail_parser::Header<'_>| {
        (header.name.as_str().to_owned(), encoded_word::header_text(raw(message, header)))
    };
    Headers(message.headers().iter().map(value).collect())
}

fn raw<'m>(message: &'m Message<'_>, header: &mail_parser::Header<'_>) -> &'m [u8] {
    let range = header.offset_start as usize..header.offset_end as usize;
    message.raw_message.get(range).unwrap_or_default()
}

fn values(message: &Message<'_>, name: &str) -> impl Iterator<Item = String> {
    let named = message.headers().iter().filter(move |h| h.name.as_str().eq_ignore_ascii_case(name));
    named.map(|h| charset::guess(raw(message, h)).replace(['\r', '\n'], " ")).collect::<Vec<_>>().into_iter()
}

/// The addresses of all headers of one name.
pub fn addresses(message: &Message<'_>, name: &str, problems: &mut Vec<Problem>) -> Vec<NamedAddress> {
    let mut all = Vec::new();
    let (mut unreadable, mut cut) = (0, false);
    for value in values(message, name) {
        let list: AddressList = parse_addresses(&value);
        all.extend(list.addresses);
        unreadable += list.unreadable;
        cut |= list.cut;
    }
    if cut || all.len() > MOST {
        problems.push(Problem(format!("{name} names more than {MOST} addresses; the others were left out")));
        all.truncate(MOST);
    }
    if unreadable > 0 {
        problems.push(Problem(format!("{unreadable} of the addresses in {name} could not be read")));
    }
    all
}

/// Where the mail was really delivered, the innermost first.
pub fn delivered_to(message: &Message<'_>) -> Vec<EmailAddress> {
    let mut found: Vec<EmailAddress> = Vec::new();
    for name in
        ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "X-Delivered-To"]
    {
        for value in values(message, name) {
            for named in parse_addresses(&value).addresses {
                if !found.contains(&named.address) {
                    found.push(named.address);
                }
            }
        }
    }
    found
}

/// What servers on the way put above the mail.
pub fn trace(message: &Message<'_>) -> Vec<TraceLine> {
    let value =
        |header: &mail_parser::Header<'_>| charset::guess(raw(message, header)).replace(['\r', '\n'], " ");
    let line = |header: &mail_parser::Header<'_>| match header.name.as_str() {
        name if name.eq_ignore_ascii_case("Received") => {
            Some(TraceLine::Received { by: authentic::received_by(&value(header)) })
        }
        name if name.eq_ignore_ascii_case("Authentication-Results") => {
            Some(TraceLine::Results(value(header)))
        }
        _ => None,
    };
    message.headers().iter().filter_map(line).take(authentic::MOST_LINES).collect()
}

/// The ids in all headers of one name, without brackets, each once.
pub fn ids(message: &Message<'_>, name: &str) -> Vec<InternetMessageId> {
    let mut found = Vec::new();
    for value in values(message, name) {
        for id in ids_of(&value) {
            if found.len() < MOST_IDS && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found
}

/// Ids in brackets; without any, words that look like ids. A fold inside an id is undone.
pub fn ids_of(value: &str) -> Vec<InternetMessageId> {
    let decoded = if value.contains("=?") { encoded_word::decode_words(value) } else { value.to_owned() };
    let tight = |id: &str| id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>();
    let bracketed =
        decoded.split('<').skip(1).filter_map(|part| part.split_once('>').map(|(id, _)| tight(id)));
    let good = |id: &String| !id.is_empty() && id.len() <= LONGEST_ID;
    let found: Vec<_> = bracketed.filter(good).collect();
    if !found.is_empty() {
        return found;
    }
    let words = decoded.split([' ', '\t', ',', ';', '<', '>']).filter(|word| word.contains('@')).map(tight);
    words.filter(good).collect()
}

/// The Date header as an instant.
pub fn date(message: &Message<'_>, problems: &mut Vec<Problem>) -> Option<Timestamp> {
    let value = message.headers().iter().find(|h| h.name == HeaderName::Date).map(|h| &h.value);
    match value {
        Some(HeaderValue::DateTime(date)) if date.is_valid() => {
            Some(Timestamp::from_millis(date.to_timestamp().saturating_mul(1000)))
        }
        Some(_) => {
            problems.push(Problem("The Date header could not be read".to_owned()));
            None
        }
        None => {
            problems.push(Problem("The mail has no Date header".to_owned()));
            None
        }
    }
}
