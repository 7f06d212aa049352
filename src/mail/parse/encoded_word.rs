//! Header text: RFC 2047 words, also broken ones, and raw bytes that should not be there.

use mail_parser::decoders::quoted_printable::quoted_printable_decode_char;

use super::charset;

/// Header bytes as one line of text, encoded words decoded.
pub fn header_text(bytes: &[u8]) -> String {
    let text = charset::guess(bytes);
    fold(&decode_words(&fold(&text)))
}

/// White space and control characters become one space each.
pub fn fold(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// One `=?charset?encoding?text?=`.
struct Word<'t> {
    charset: &'t str,
    bytes: Vec<u8>,
    /// Where it ends in the text.
    end: usize,
}

/// The text with its encoded words decoded. Words that follow each other in one charset are joined before decoding,
/// since programs cut in the middle of a character.
pub fn decode_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(next) = text[at..].find("=?").map(|n| n + at) {
        let Some(word) = word_at(text, next) else {
            out.push_str(&text[at..next + 2]);
            at = next + 2;
            continue;
        };
        out.push_str(&text[at..next]);
        let (bytes, charset) = (word.bytes, word.charset);
        at = push_run(&mut out, text, (charset, bytes, word.end));
    }
    out.push_str(&text[at..]);
    out
}

/// Decodes a run of adjacent words; gives where it ends. White space between words is no part of the text (RFC 2047 6.2).
fn push_run(out: &mut String, text: &str, first: (&str, Vec<u8>, usize)) -> usize {
    let (mut charset, mut bytes, mut end) = first;
    loop {
        let gap = text[end..].len() - text[end..].trim_start().len();
        match word_at(text, end + gap) {
            Some(word) if word.charset.eq_ignore_ascii_case(charset) => {
                bytes.extend_from_slice(&word.bytes);
                end = word.end;
            }
            Some(word) => {
                out.push_str(&decoded(charset, &bytes));
                (charset, bytes, end) = (word.charset, word.bytes, word.end);
            }
            None => {
                out.push_str(&decoded(charset, &bytes));
                return end;
            }
        }
    }
}

fn decoded(charset: &str, bytes: &[u8]) -> String {
    charset::decode(charset, bytes).unwrap_or_else(|| charset::guess(bytes))
}

fn word_at(text: &str, at: usize) -> Option<Word<'_>> {
    let inner = text.get(at..)?.strip_prefix("=?")?;
    let (charset, rest) = inner.split_once('?')?;
    if charset.is_empty() || charset.len() > 60 || charset.contains(char::is_whitespace) {
        return None;
    }
    let (encoding, rest) = rest.split_once('?')?;
    let length = rest.find("?=")?;
    let encoded = &rest[..length];
    let bytes = match encoding {
        "B" | "b" => base64(encoded.as_bytes()),
        "Q" | "q" => quoted(encoded.as_bytes()),
        _ => return None,
    };
    let end = text.len() - rest.len() + length + 2;
    // The language of RFC 2231 5 is not needed.
    Some(Word { charset: charset.split('*').next().unwrap_or(charset), bytes, end })
}

/// Base64 as far as it goes; letters outside the alphabet and wrong padding are passed over.
pub fn base64(encoded: &[u8]) -> Vec<u8> {
    let (mut out, mut bits, mut held) = (Vec::with_capacity(encoded.len() * 3 / 4), 0_u32, 0);
    for byte in encoded {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    out
}

/// The Q encoding (RFC 2047 4.2); a stray `=` stands for itself.
fn quoted(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len());
    let mut at = 0;
    while at < encoded.len() {
        let hex = encoded.get(at + 1).zip(encoded.get(at + 2));
        match encoded[at] {
            b'_' => out.push(b' '),
            b'=' => match hex.and_then(|(a, b)| quoted_printable_decode_char(*a, *b)) {
                Some(byte) => {
                    out.push(byte);
                    at += 2;
                }
                None => out.push(b'='),
            },
            byte => out.push(byte),
        }
        at += 1;
    }
    out
}
