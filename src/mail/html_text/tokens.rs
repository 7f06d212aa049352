//! HTML cut into tags and texts. Comments, scripts and styles are left out; nothing is an error.

/// One piece of HTML.
pub enum Token<'h> {
    Tag(Tag<'h>),
    /// Raw, its entities still written.
    Text(&'h str),
}

/// A start or an end tag.
pub struct Tag<'h> {
    /// In lower case.
    pub name: String,
    pub closes: bool,
    attributes: &'h str,
}

impl<'h> Tag<'h> {
    /// Whether it never has an end tag.
    pub fn is_void(&self) -> bool {
        matches!(
            self.name.as_str(),
            "br" | "hr" | "img" | "input" | "meta" | "link" | "wbr" | "col" | "area" | "base"
        ) || self.attributes.ends_with('/')
    }

    /// The raw value of an attribute.
    pub fn attribute(&self, wanted: &str) -> Option<&'h str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'))?;
            let (name, after) = rest.split_at(end);
            let (value, next) = value_of(after);
            if name.eq_ignore_ascii_case(wanted) {
                return value;
            }
            if next.len() >= rest.len() {
                return None;
            }
            rest = next;
        }
    }
}

/// The value that follows an attribute's name, if any, and what comes after it.
fn value_of(text: &str) -> (Option<&str>, &str) {
    let Some(value) = text.trim_start().strip_prefix('=').map(str::trim_start) else {
        let next = text.trim_start_matches('/');
        return (None, next);
    };
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return match inner.split_once(quote) {
                Some((value, next)) => (Some(value), next),
                None => (Some(inner), ""),
            };
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
    (Some(&value[..end]), &value[end..])
}

/// Elements whose contents are never shown.
const UNSEEN: &[&str] = &["script", "style", "title", "template", "svg", "math", "noscript", "object", "xml"];

/// The tokens of HTML in order.
pub fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let (token, next) = next(rest);
            rest = next;
            if token.is_some() {
                return token;
            }
        }
    })
}

fn next(rest: &str) -> (Option<Token<'_>>, &str) {
    let Some(after) = rest.strip_prefix('<') else {
        let end = rest.find('<').unwrap_or(rest.len());
        return (Some(Token::Text(&rest[..end])), &rest[end..]);
    };
    if let Some(comment) = after.strip_prefix("!--") {
        return (None, comment.split_once("-->").map_or("", |(_, next)| next));
    }
    if after.starts_with(['!', '?']) {
        return (None, after.split_once('>').map_or("", |(_, next)| next));
    }
    let closes = after.starts_with('/');
    let named = after.strip_prefix('/').unwrap_or(after);
    if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
        // A lone `<` is text.
        let end = after.find('<').map_or(rest.len(), |at| at + 1);
        return (Some(Token::Text(&rest[..end])), &rest[end..]);
    }
    let end = tag_end(named);
    let inner = &named[..end];
    let next = named.get(end + 1..).unwrap_or("");
    let name_end = inner.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inner.len());
    let name = inner[..name_end].to_ascii_lowercase();
    let tag = Tag { closes, attributes: &inner[name_end..], name };
    if !closes && !tag.is_void() && UNSEEN.contains(&tag.name.as_str()) {
        return (None, after_end_of(&tag.name, next));
    }
    (Some(Token::Tag(tag)), next)
}

/// Where a tag ends, quotes heeded; a quote that is never closed does not swallow the page.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.bytes().enumerate().take(64 * 1024) {
        match (quote, c) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') if at > 0 && matches!(text.as_bytes()[at - 1], b'=' | b' ') => {
                quote = Some(c)
            }
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.find('>').unwrap_or(text.len())
}

/// What follows the end tag of an element, in any case of letters.
fn after_end_of<'h>(name: &str, text: &'h str) -> &'h str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        let after = &rest[at + 2..];
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, next)| next);
        }
        rest = after;
    }
    ""
}
