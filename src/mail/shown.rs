//! What readers see of a message's HTML: its text, its links, and the tags that its author wrote into it.

use super::html_text::{Token, decode, tokens};
use crate::domain::safe_html::SafeHtml;

/// A link of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub url: String,
    pub words: String,
}

/// The text of the page's element (DOM, `textContent`): pages and we count the same characters.
pub fn text(html: &SafeHtml) -> String {
    let texts = tokens(html.as_str()).filter_map(|token| match token {
        Token::Text(text) => Some(decode(text)),
        Token::Tag(_) => None,
    });
    texts.collect()
}

/// The links in their order, each address once.
pub fn links(html: &SafeHtml) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut open: Option<Link> = None;
    for token in tokens(html.as_str()) {
        match token {
            Token::Tag(tag) if tag.name == "a" => {
                links.extend(open.take().filter(|link| links.iter().all(|known| known.url != link.url)));
                let url = tag.attribute("href").filter(|_| !tag.closes);
                open = url.map(|url| Link { url: decode(url).into_owned(), words: String::new() });
            }
            Token::Text(text) => {
                if let Some(link) = &mut open {
                    link.words.push_str(&decode(text));
                }
            }
            Token::Tag(_) => {}
        }
    }
    links
}

/// What `#` stands before in words, without the sign, each once: in no code, no link and no name.
pub fn hashtags(html: &SafeHtml) -> Vec<String> {
    let mut inside = 0_usize;
    let mut found: Vec<String> = Vec::new();
    for token in tokens(html.as_str()) {
        match token {
            Token::Tag(tag) if matches!(tag.name.as_str(), "code" | "pre" | "a" | "span") => {
                inside = if tag.closes { inside.saturating_sub(1) } else { inside + 1 };
            }
            Token::Text(text) if inside == 0 && text.contains(SIGNS) => {
                for word in tagged(&decode(text)) {
                    if !found.contains(&word) {
                        found.push(word);
                    }
                }
            }
            Token::Tag(_) | Token::Text(_) => {}
        }
    }
    found
}

/// The second one is what Chinese and Japanese keyboards write.
const SIGNS: [char; 2] = ['#', '＃'];
/// Longer than any tag's name.
const LONGEST: usize = 60;

fn tagged(text: &str) -> Vec<String> {
    let words = text.match_indices(SIGNS).filter_map(|(at, sign)| {
        let is_part = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let word: String = text[at + sign.len()..].chars().take(LONGEST).take_while(is_part).collect();
        let word = word.trim_end_matches(['-', '_']);
        (begins(&text[..at]) && word.contains(char::is_alphabetic)).then(|| word.to_owned())
    });
    words.collect()
}

/// A part of a word, of an address or of a number is no tag. Chinese writes no space before it.
fn begins(before: &str) -> bool {
    let Some(c) = before.chars().next_back() else { return true };
    let is_han = matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
    is_han
        || !(c.is_alphanumeric()
            || matches!(c, '#' | '＃' | '/' | '&' | '=' | '?' | '_' | '-' | '.' | ':' | '%' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::sanitize::{render_mail_text, render_markdown};

    #[test]
    fn the_text_is_what_a_page_has() {
        let html = render_markdown("**Budget** is <b>_done_</b> & `a < b`\n\n- one\n- two 🙂");
        assert_eq!(text(&html), "Budget is <b>done</b> & a < b\n\none\ntwo 🙂\n\n");
        assert_eq!(text(&render_mail_text("a & b\nc\n\nd")), "a & bcd");
    }

    #[test]
    fn links_are_told_with_their_words_once() {
        let html = render_markdown(
            "[the offer](https://x.example/?a=1&b=2), https://y.example/ and https://y.example/",
        );
        let link = |url: &str, words: &str| Link { url: url.to_owned(), words: words.to_owned() };
        let expected = [
            link("https://x.example/?a=1&b=2", "the offer"),
            link("https://y.example/", "https://y.example/"),
        ];
        assert_eq!(links(&html), expected);
    }

    #[test]
    fn a_tag_is_a_word_after_the_sign_but_not_in_code_links_or_numbers() {
        for (markdown, expected) in [
            ("#decision: we go, #Risk and #risk", &["decision", "Risk", "risk"][..]),
            ("决定了#决定 ＃风险，(#next-steps)", &["决定", "风险", "next-steps"]),
            ("# Heading\n\n## Another\n\nissue #12, C#, a#b, ##x", &[]),
            ("`#code` https://x.example/#part [#words](https://x.example) x.example/#frag &#35;x", &["x"]),
            ("```\n#include <stdio.h>\n```", &[]),
            ("**#fact**, _#idea_-", &["fact", "idea"]),
            ("#", &[]),
            ("#-- #_", &[]),
        ] {
            assert_eq!(hashtags(&render_markdown(markdown)), expected, "{markdown}");
        }
        assert_eq!(hashtags(&render_mail_text("Agreed.\n#decision\n-- #x")), ["decision", "x"]);
        assert_eq!(hashtags(&render_markdown(&"#a ".repeat(10_000))), ["a"]);
    }
}
