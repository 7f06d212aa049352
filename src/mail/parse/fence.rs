//! What is looked at before the parser sees the bytes.
//!
//! The parser's stack overflows on thousands of mails within mails, its time grows with the square of continued
//! parameters, and it takes a boundary in the middle of a line for a delimiter. All three are met here.

use std::borrow::Cow;

use super::NotAMail;

/// No mail is bigger; the configured limit is the caller's and lower.
pub const HARD_CAP: usize = 64 * 1024 * 1024;
const HEADER_CAP: usize = 1024 * 1024;
/// Of the header of a mail that can't be opened, so much is looked at.
const HEAD_KEPT: usize = 64 * 1024;
const NESTED_CAP: usize = 100;
const PARTS_CAP: usize = 10_000;
const PARAMETERS_CAP: usize = 1_000;
/// Boundaries watched for in the middle of lines.
const BOUNDARIES: usize = 64;
/// Put between the two dashes of a boundary that is none, and taken out of the text again.
const MARK: u8 = 0x1a;

/// Bytes that are safe to be parsed.
pub struct Fenced<'r> {
    bytes: Cow<'r, [u8]>,
    marked: bool,
}

impl Fenced<'_> {
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether a boundary stood in the middle of a line.
    pub fn marked(&self) -> bool {
        self.marked
    }

    /// Takes out again what [`check`] put in.
    pub fn plain(&self, bytes: Vec<u8>) -> Vec<u8> {
        if self.marked { bytes.into_iter().filter(|b| *b != MARK).collect() } else { bytes }
    }

    /// As [`Fenced::plain`], for text.
    pub fn text(&self, text: String) -> String {
        if self.marked { text.replace(char::from(MARK), "") } else { text }
    }
}

/// Refuses what can't be parsed safely.
pub fn check(raw: &[u8]) -> Result<Fenced<'_>, NotAMail> {
    if raw.len() > HARD_CAP {
        return Err(NotAMail::TooLarge { bytes: raw.len(), cap: HARD_CAP });
    }
    let with_lines = with_line_ends(raw);
    match with_lines {
        Cow::Borrowed(raw) => check_lines(raw),
        // Nothing of the copy may be borrowed, so it is checked and kept.
        Cow::Owned(raw) => {
            check_lines(&raw).map(|f| Fenced { bytes: Cow::Owned(f.bytes.into_owned()), marked: f.marked })
        }
    }
}

/// The header of a mail, safe to be parsed whatever follows: cut where it is too long, without the fields about its
/// parts (RFC 2045 3), which are what makes the parser go deep.
pub fn head(raw: &[u8]) -> Vec<u8> {
    let raw = &raw[..raw.len().min(HEAD_KEPT)];
    let with_lines = with_line_ends(raw);
    let mut head = Vec::new();
    let mut about_parts = false;
    for line in without_preamble(&with_lines).split_inclusive(|b| *b == b'\n') {
        if line.iter().all(u8::is_ascii_whitespace) {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            about_parts = line.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"));
        }
        if !about_parts {
            head.extend_from_slice(line);
        }
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Old Macintosh programs and their exports end lines with a lone carriage return.
fn with_line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

fn check_lines(raw: &[u8]) -> Result<Fenced<'_>, NotAMail> {
    let bytes = without_preamble(raw);
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(NotAMail::Empty);
    }
    if raw.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(NotAMail::OutlookFile);
    }
    check_headers(bytes)?;
    check_counts(bytes)?;
    let boundaries = boundaries(bytes);
    Ok(match mid_line(bytes, &boundaries)? {
        places if places.is_empty() => Fenced { bytes: Cow::Borrowed(bytes), marked: false },
        places => Fenced { bytes: Cow::Owned(marked(bytes, &places)), marked: true },
    })
}

/// Byte order mark, empty lines and the `From ` line of an mbox are no part of the mail.
fn without_preamble(raw: &[u8]) -> &[u8] {
    let mut bytes = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    loop {
        bytes = match bytes.iter().position(|b| !b.is_ascii_whitespace()) {
            // A first line that begins with a space is a folded header of nothing: cut it too.
            Some(at) => &bytes[at..],
            None => return &[],
        };
        if !(bytes.starts_with(b"From ") || bytes.starts_with(b">From ")) {
            return bytes;
        }
        match bytes.iter().position(|b| *b == b'\n') {
            Some(end) => bytes = &bytes[end + 1..],
            None => return bytes,
        }
    }
}

/// The first line must look like a header, or one of the next few, and the headers must end.
fn check_headers(bytes: &[u8]) -> Result<(), NotAMail> {
    let lines = bytes.split(|b| *b == b'\n').take(20);
    let mut header = lines.take_while(|line| !line.iter().all(u8::is_ascii_whitespace)).map(is_header);
    if !header.any(|is| is) {
        return Err(NotAMail::NoHeaders);
    }
    let head = &bytes[..bytes.len().min(HEADER_CAP)];
    let ends = find(head, b"\n\n").is_some() || find(head, b"\n\r\n").is_some();
    if bytes.len() > HEADER_CAP && !ends {
        return Err(NotAMail::HeadersWithoutEnd { cap: HEADER_CAP });
    }
    Ok(())
}

fn is_header(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|b| *b == b':') else { return false };
    let name = line[..colon].trim_ascii_end();
    !name.is_empty() && name.len() < 80 && name.iter().all(|b| b.is_ascii_graphic())
}

/// Counts what the parser would follow: mails within mails, and continued parameters.
fn check_counts(bytes: &[u8]) -> Result<(), NotAMail> {
    let (mut nested, mut continued) = (0, 0);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'/' if opens_mail(bytes, at) => nested += 1,
            b'*' if continues_parameter(bytes, at) => continued += 1,
            _ => {}
        }
    }
    if nested > NESTED_CAP {
        return Err(NotAMail::NestedTooDeep { found: nested, cap: NESTED_CAP });
    }
    if continued > PARAMETERS_CAP {
        return Err(NotAMail::TooManyParameters { cap: PARAMETERS_CAP });
    }
    Ok(())
}

/// `message/...` or `multipart/digest` as the value of a Content-Type, however it is folded or commented.
fn opens_mail(bytes: &[u8], slash: usize) -> bool {
    let before = &bytes[..slash];
    let after = &bytes[slash + 1..];
    let ends_with = |text: &[u8]| {
        before.len() >= text.len() && before[before.len() - text.len()..].eq_ignore_ascii_case(text)
    };
    let kind = if ends_with(b"message") {
        &b"message"[..]
    } else if ends_with(b"multipart") && after.get(..6).is_some_and(|s| s.eq_ignore_ascii_case(b"digest")) {
        &b"multipart"[..]
    } else {
        return false;
    };
    let lead = before[..before.len() - kind.len()].trim_ascii_end();
    // A comment may stand before the value (RFC 5322 3.2.2); then it is counted without looking further back.
    lead.ends_with(b")") || (lead.ends_with(b":") && lead.trim_ascii_end().len() > 5 && names_type(lead))
}

fn names_type(lead: &[u8]) -> bool {
    let name = lead[..lead.len() - 1].trim_ascii_end();
    name.len() >= 4 && name[name.len() - 4..].eq_ignore_ascii_case(b"type")
}

/// `*7=` or `*7*=` after a parameter's name (RFC 2231 3).
fn continues_parameter(bytes: &[u8], star: usize) -> bool {
    let digits = bytes[star + 1..].iter().take(8).take_while(|b| b.is_ascii_digit()).count();
    let rest = &bytes[star + 1 + digits..];
    let named = star > 0 && (bytes[star - 1].is_ascii_alphanumeric() || bytes[star - 1] == b'-');
    digits > 0 && named && (rest.starts_with(b"=") || rest.starts_with(b"*="))
}

/// The boundaries that the mail declares (RFC 2046 5.1.1).
fn boundaries(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found: Vec<&[u8]> = Vec::new();
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|b| *b == b'=') {
        at += next + 1;
        let name = bytes[..at - 1].trim_ascii_end();
        if name.len() < 8 || !name[name.len() - 8..].eq_ignore_ascii_case(b"boundary") {
            continue;
        }
        let value = bytes[at..].trim_ascii_start();
        let end = |b: &u8| {
            matches!(b, b'"' | b'\r' | b'\n')
                || (!value.starts_with(b"\"") && matches!(b, b';' | b' ' | b'\t'))
        };
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let value = &value[..value.iter().position(end).unwrap_or(value.len()).min(200)];
        if !value.is_empty() && !found.contains(&value) && found.len() < BOUNDARIES {
            found.push(value);
        }
    }
    found
}

/// Where a boundary stands in the middle of a line; counts the real delimiters on the way.
fn mid_line(bytes: &[u8], boundaries: &[&[u8]]) -> Result<Vec<usize>, NotAMail> {
    let (mut places, mut parts) = (Vec::new(), 0);
    if boundaries.is_empty() {
        return Ok(places);
    }
    let delimits =
        |text: &[u8]| text.starts_with(b"--") && boundaries.iter().any(|b| text[2..].starts_with(b));
    let mut start = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if delimits(line) {
            parts += 1;
        } else if let Some(first) = find(line, b"--").filter(|_| !names_boundary(line)) {
            let inside = (first..line.len()).filter(|at| delimits(&line[*at..]));
            places.extend(inside.map(|at| start + at));
        }
        start += line.len();
    }
    if parts > PARTS_CAP { Err(NotAMail::TooManyParts { cap: PARTS_CAP }) } else { Ok(places) }
}

fn names_boundary(line: &[u8]) -> bool {
    line.len() < 400 && line.to_ascii_lowercase().windows(8).any(|w| w == b"boundary")
}

fn marked(bytes: &[u8], places: &[usize]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + places.len());
    let mut from = 0;
    for at in places {
        out.extend_from_slice(&bytes[from..=*at]);
        out.push(MARK);
        from = at + 1;
    }
    out.extend_from_slice(&bytes[from..]);
    out
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}
