//! The only maker of [`SafeHtml`]: foreign HTML cleaned, Markdown and mail text rendered.
//!
//! Pictures from elsewhere are never loaded: they tell a stranger who read what and when. Pictures inside the mail
//! become `<img data-cid="...">`; [`with_pictures`] turns them into real ones when it is known where they are.

use std::borrow::Cow;
use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};
use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::html_text;
use super::markdown::Markdown;
use super::mentions::{Finder, Names, Piece};
use crate::domain::ids::{FileId, PersonId};
use crate::domain::safe_html::SafeHtml;

/// Above this, cleaning is not worth its time; the mail's text is shown instead.
pub const LONGEST_HTML: usize = 4 * 1024 * 1024;

/// The cleaner's time grows with the square of the entities in a row, too.
const MOST_ENTITIES: usize = 10_000;

/// The cleaner's time grows with the square of the depth; no program nests deeper than this. Beyond, the text is shown.
const DEEPEST_HTML: usize = 400;

/// How deep the elements are nested, end tags left out counted as open.
fn depth(html: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for token in html_text::tokens(html) {
        if let html_text::Token::Tag(tag) = token {
            // Browsers close these by themselves when the next one comes.
            let alone = tag.is_void()
                || matches!(tag.name.as_str(), "p" | "li" | "td" | "tr" | "th" | "option" | "dt" | "dd");
            if tag.closes && !alone {
                open = open.saturating_sub(1);
            } else if !alone {
                open += 1;
                deepest = deepest.max(open);
            }
        }
    }
    deepest
}

/// Foreign HTML without script, styles, forms, remote pictures and anything that could change the page around it.
pub fn sanitize_mail_html(html: &str) -> SafeHtml {
    if html.len() > LONGEST_HTML {
        return SafeHtml::default();
    }
    if depth(html) > DEEPEST_HTML || html.matches('&').count() > MOST_ENTITIES {
        return render_mail_text(&html_text::html_to_text(html));
    }
    let cleaned = builder().attribute_filter(keep_own_pictures).clean(html).to_string();
    SafeHtml::from_sanitiser(mark_pictures(&cleaned))
}

/// How many pictures foreign HTML wants to load from elsewhere, those that count readers included.
pub fn remote_pictures(html: &str) -> usize {
    let is_remote = |tag: &html_text::Tag<'_>| {
        let source = tag.attribute("src").map(|source| html_text::decode(source.trim()).to_ascii_lowercase());
        source.is_some_and(|source| ["http:", "https:", "//"].iter().any(|begin| source.starts_with(begin)))
    };
    let tags = html_text::tokens(html).filter(|token| match token {
        html_text::Token::Tag(tag) => tag.name == "img" && !tag.closes && is_remote(tag),
        html_text::Token::Text(_) => false,
    });
    tags.count()
}

/// A message as it is shown, and whom it mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    pub html: SafeHtml,
    pub mentions: Vec<PersonId>,
}

/// Markdown that mentions nobody.
pub fn render_markdown(markdown: &str) -> SafeHtml {
    render_message(markdown, &Names::default()).html
}

/// A message in Markdown: as in chat a line end is a line end, a bare link is a link, and HTML is text. Whom it mentions
/// stands in the markup, the same for every reader.
pub fn render_message(markdown: &str, names: &Names) -> Rendered {
    if markdown.matches(['&', '<', '>', '"']).count() > MOST_ENTITIES {
        return render_mail_message(markdown, names);
    }
    let Some(parsed) = Markdown::of(markdown).filter(|parsed| !is_deep(markdown, parsed)) else {
        return render_mail_message(markdown, names);
    };
    let mut finder = names.finder();
    let mut code = 0_usize;
    let mut links = 0_usize;
    let events = parsed.events().flat_map(|event| {
        match &event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code = code.saturating_sub(1),
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => links += 1,
            Event::End(TagEnd::Link | TagEnd::Image) => links = links.saturating_sub(1),
            _ => {}
        }
        shown(event, (code == 0 && links == 0).then_some(&mut finder))
    });
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events);
    let mentions = finder.found();
    // A mention is longer in HTML than in the text.
    if html.len() > MOST_GROWTH * markdown.len() + 20_000 {
        return render_mail_message(markdown, names);
    }
    Rendered { html: SafeHtml::from_sanitiser(clean_own(&html)), mentions }
}

/// Containers within containers that a person may write; cleaning takes time with the square of the depth.
const DEEPEST_MARKDOWN: usize = 50;
/// How many times longer than the text its HTML may be. A table's rule line of many columns is filled up in every row.
const MOST_GROWTH: usize = 8;

/// Whether quotations and lists are nested deeper than anybody reads. A line that opens them all is found before it is
/// parsed.
fn is_deep(markdown: &str, parsed: &Markdown<'_>) -> bool {
    let marker =
        |c: &char| c.is_whitespace() || c.is_ascii_digit() || matches!(c, '>' | '-' | '*' | '+' | '.' | ')');
    let opens = |c: &char| matches!(c, '>' | '-' | '*' | '+' | '.' | ')');
    let rule = |line: &str| line.split_whitespace().all(|word| word.chars().all(|c| c == '-' || c == '*'));
    let opened = |line: &str| line.chars().take_while(marker).filter(opens).count();
    if markdown.lines().any(|line| opened(line) > DEEPEST_MARKDOWN && !(rule(line) && line.len() < 1_000)) {
        return true;
    }
    let mut open = 0_usize;
    parsed.events().any(|event| {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => open = open.saturating_sub(1),
            _ => {}
        }
        open > DEEPEST_MARKDOWN
    })
}

/// The text of a mail that mentions nobody.
pub fn render_mail_text(text: &str) -> SafeHtml {
    render_mail_message(text, &Names::default()).html
}

/// The text of a mail: paragraphs, line ends, links and mentions, nothing else has a meaning.
pub fn render_mail_message(text: &str, names: &Names) -> Rendered {
    let mut finder = names.finder();
    let mut html = String::with_capacity(text.len() * 2);
    let unix = text.replace("\r\n", "\n");
    for paragraph in unix.trim_matches('\n').split("\n\n").filter(|p| !p.trim().is_empty()) {
        html.push_str("<p>");
        for (at, line) in paragraph.trim_matches('\n').split('\n').enumerate() {
            if at > 0 {
                html.push_str("<br>");
            }
            push_words(&mut html, line, &mut finder);
        }
        html.push_str("</p>");
    }
    // Nothing in it comes from elsewhere unescaped, so it needs no cleaning.
    Rendered { html: SafeHtml::from_sanitiser(html), mentions: finder.found() }
}

/// The typed part of an HTML mail, as [`super::rich`] read it, with its links and whom it mentions. Its pictures are
/// `<img data-cid="...">`.
pub fn render_mail_markup(markup: &str, names: &Names) -> Rendered {
    let mut finder = names.finder();
    let mut html = String::with_capacity(markup.len() * 2);
    let (mut rest, mut inside) = (markup, 0_usize);
    while !rest.is_empty() {
        let (words, tag_on) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if inside == 0 {
            push_words(&mut html, &html_text::decode(words), &mut finder);
        } else {
            html.push_str(words);
        }
        let (tag, after) = tag_on.split_at(tag_end(tag_on));
        match tag {
            "</a>" | "</pre>" => inside = inside.saturating_sub(1),
            "<pre>" => inside += 1,
            _ if tag.starts_with("<a ") => inside += 1,
            _ => {}
        }
        html.push_str(tag);
        rest = after;
    }
    let mentions = finder.found();
    let cleaned = builder()
        .add_tag_attributes("span", ["class", "data-person"])
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("span", "class") => (value == "mention").then_some(value.into()),
            _ => keep_own_pictures(element, attribute, value),
        })
        .clean(&html)
        .to_string();
    Rendered { html: SafeHtml::from_sanitiser(mark_pictures(&cleaned)), mentions }
}

/// The same HTML with each of the mail's own pictures named by the file it became, `<img data-file="...">`. Where
/// `file_of` knows none, the picture's words stand in its place.
pub fn with_files(html: &SafeHtml, file_of: impl Fn(&str) -> Option<FileId>) -> SafeHtml {
    SafeHtml::from_sanitiser(each_tag(html.as_str(), |tag| {
        let (id, others) = tag.strip_prefix(PICTURE)?.split_once('"')?;
        Some(match file_of(&html_text::decode(id)) {
            Some(file) => format!("{FILE_PICTURE}{file}\"{others}"),
            None => alternative(tag),
        })
    }))
}

/// The files whose pictures stand in their places in the text.
pub fn files_in_place(html: &SafeHtml) -> Vec<FileId> {
    let tags = html.as_str().match_indices(FILE_PICTURE);
    let ids = tags.filter_map(|(at, sign)| html.as_str()[at + sign.len()..].split('"').next());
    ids.filter_map(|id| id.parse().ok()).collect()
}

/// The same HTML with what `shown` gives for each picture that is a file of the message: markup that is safe.
pub fn with_pictures_shown(html: &SafeHtml, shown: impl Fn(FileId, &str) -> Option<String>) -> SafeHtml {
    if !html.as_str().contains(FILE_PICTURE) {
        return html.clone();
    }
    SafeHtml::from_sanitiser(each_tag(html.as_str(), |tag| {
        let (id, others) = tag.strip_prefix(FILE_PICTURE)?.split_once('"')?;
        let words = others
            .split_once(" alt=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map_or("", |(words, _)| words);
        id.parse().ok().and_then(|file| shown(file, words))
    }))
}

/// A picture's words, escaped as they stand in its tag.
fn alternative(tag: &str) -> String {
    let words = tag.split_once(" alt=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(words, _)| words);
    words.filter(|words| !words.is_empty()).map(|words| format!("[{words}]")).unwrap_or_default()
}

/// The same HTML with the mail's own pictures where `url_of` knows an address for their Content-ID.
pub fn with_pictures(html: &SafeHtml, url_of: impl Fn(&str) -> Option<String>) -> SafeHtml {
    SafeHtml::from_sanitiser(each_tag(html.as_str(), |tag| {
        let value = tag.strip_prefix(PICTURE)?;
        let (id, others) = value.split_once('"')?;
        let mut out = "<img src=\"".to_owned();
        push_escaped(&mut out, &url_of(&id.replace("&amp;", "&"))?);
        Some(format!("{out}\"{others}"))
    }))
}

/// The same HTML without the ids of those it mentions: what leaves the house names people, and does not number them.
pub fn without_people(html: &SafeHtml) -> SafeHtml {
    SafeHtml::from_sanitiser(each_tag(html.as_str(), |tag| {
        tag.starts_with("<span class=\"mention\"").then(|| "<span class=\"mention\">".to_owned())
    }))
}

/// How a picture of the mail stands in cleaned HTML.
const PICTURE: &str = "<img data-cid=\"";
/// How one stands in a message whose file it is.
const FILE_PICTURE: &str = "<img data-file=\"";

fn builder() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .add_clean_content_tags([
            "title", "noscript", "template", "svg", "math", "iframe", "object", "textarea",
        ])
        .rm_tag_attributes("img", ["srcset", "align"])
        .strip_comments(true);
    builder
}

/// A picture only from inside the mail; a link never to a part of it.
fn keep_own_pictures<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let inside = value.trim_start().get(..4).is_some_and(|s| s.eq_ignore_ascii_case("cid:"));
    match (element, attribute) {
        ("img", "src") => inside.then(|| Cow::Owned(format!("cid:{}", value.trim()[4..].trim()))),
        (_, "href" | "src" | "cite" | "background") if inside => None,
        ("img", "width" | "height") if value.parse::<u32>().is_ok_and(|pixels| pixels > 2000) => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

/// `<img ... src="cid:x" ...>` becomes `<img data-cid="x" ...>`, so that no browser asks for `cid:`.
fn mark_pictures(cleaned: &str) -> String {
    each_tag(cleaned, |tag| {
        let at = tag.strip_prefix("<img ").and_then(|_| tag.find(" src=\"cid:"))?;
        let (source, others) = tag[at + " src=\"cid:".len()..].split_once('"')?;
        Some(format!("{PICTURE}{source}\"{}{others}", &tag["<img".len()..at]))
    })
}

/// Cleaned HTML with some tags written anew. Every `<` outside a tag is escaped in it, so this can't lose its way.
pub fn each_tag(html: &str, anew: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag_on) = rest.split_at(at);
        let (tag, after) = tag_on.split_at(tag_end(tag_on));
        out.push_str(before);
        match anew(tag) {
            Some(written) => out.push_str(&written),
            None => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where a tag that begins here ends, quotes heeded.
fn tag_end(tag_on: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in tag_on.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag_on.len()
}

/// Own HTML once more through the cleaner: links may lead anywhere, but nowhere dangerous.
fn clean_own(html: &str) -> String {
    builder()
        .add_tags(["input"])
        .add_tag_attributes("input", ["type", "checked", "disabled"])
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("span", ["class", "data-person"])
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") => None,
            ("input", "type") => (value == "checkbox").then_some(value.into()),
            ("code", "class") => value.starts_with("language-").then_some(value.into()),
            ("span", "class") => (value == "mention").then_some(value.into()),
            _ => Some(value.into()),
        })
        .clean(html)
        .to_string()
}

/// How one piece of Markdown is shown in a chat. Outside of code and links, links and mentions are found in it.
fn shown<'e>(event: Event<'e>, words: Option<&mut Finder<'_>>) -> Vec<Event<'e>> {
    match event {
        Event::SoftBreak => vec![Event::HardBreak],
        // The reader sees what the author typed; nothing of it is taken for HTML.
        Event::Html(html) | Event::InlineHtml(html) => vec![Event::Text(html)],
        Event::Text(text) => match words {
            Some(finder) if may_hold_link(&text) || Names::may_be_in(&text) => {
                let mut html = String::with_capacity(text.len() + 64);
                push_words(&mut html, &text, finder);
                vec![Event::InlineHtml(CowStr::from(html))]
            }
            _ => vec![Event::Text(text)],
        },
        // A remote picture is not loaded; its place is kept as a link.
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            vec![Event::Start(Tag::Link { link_type, dest_url, title, id })]
        }
        Event::End(TagEnd::Image) => vec![Event::End(TagEnd::Link)],
        other => vec![other],
    }
}

fn may_hold_link(text: &str) -> bool {
    text.contains("://") || text.contains('@') || text.contains("www.")
}

/// Escaped text with its links, and with the people it mentions.
fn push_words(out: &mut String, text: &str, finder: &mut Finder<'_>) {
    for piece in finder.pieces(text) {
        match piece {
            Piece::Text(text) => push_linked(out, text),
            Piece::Mention(person, name) => {
                out.push_str(&format!("<span class=\"mention\" data-person=\"{person}\">@<bdi>"));
                push_escaped(out, name);
                out.push_str("</bdi></span>");
            }
        }
    }
}

/// Escaped text in which links and addresses lead somewhere.
fn push_linked(out: &mut String, text: &str) {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url, LinkKind::Email]).url_must_have_scheme(true);
    for piece in split_at_wide_punctuation(text) {
        for span in finder.spans(piece) {
            let shown = span.as_str();
            let target = match span.kind() {
                Some(LinkKind::Url) if is_web(shown) => shown.to_owned(),
                Some(LinkKind::Email) => format!("mailto:{shown}"),
                _ => {
                    push_escaped(out, shown);
                    continue;
                }
            };
            out.push_str("<a href=\"");
            push_escaped(out, &target);
            out.push_str("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">");
            push_escaped(out, shown);
            out.push_str("</a>");
        }
    }
}

fn is_web(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// Chinese and Japanese punctuation ends a link; the finder takes it for a part of it.
fn split_at_wide_punctuation(text: &str) -> impl Iterator<Item = &str> {
    let wide = |c: char| {
        matches!(c, '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{301f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{2018}'..='\u{201f}')
    };
    text.split_inclusive(wide).flat_map(move |piece| {
        let cut =
            piece.char_indices().next_back().filter(|(_, c)| wide(*c)).map_or(piece.len(), |(at, _)| at);
        let (before, sign) = piece.split_at(cut);
        [before, sign].into_iter().filter(|part| !part.is_empty())
    })
}

/// Writes a text so that nothing in it is markup.
pub fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, PersonId, render_mail_message, render_markdown, render_message};

    #[test]
    fn markdown_that_grows_without_measure_is_shown_as_text() {
        let deep = "- ".repeat(19_990) + "x";
        let steps: String = (0..150).map(|n| format!("{}- x\n", "  ".repeat(n))).collect();
        let wide = format!("|{}\n|{}\n{}", "a|".repeat(600), "-|".repeat(600), "|b|\n".repeat(5_000));
        for text in [deep, steps, wide] {
            let html = render_markdown(&text);
            assert!(html.as_str().len() < 9 * text.len() + 20_000, "{}", html.as_str().len());
            assert!(!html.as_str().contains("<li>") && !html.as_str().contains("<table>"));
        }
        assert!(render_markdown("a\n\n---\n\n> - b\n>   1. c").as_str().contains("<ol>"));
    }

    #[test]
    fn members_are_mentioned_in_words_but_not_in_code_or_links() {
        let person = |n| PersonId::from(uuid::Uuid::from_u128(n));
        let members = [(1, "Anna Berg"), (2, "王_明"), (3, "<b>x")];
        let members = members.map(|(n, name)| (person(n), name.to_owned())).to_vec();
        let names = Names::of(members, Vec::new());
        let rendered =
            render_message("**@Anna Berg**, `@Anna Berg` [@王_明](https://x.example) 请@王_明看", &names);
        assert_eq!(rendered.mentions, [person(1), person(2)]);
        assert_eq!(rendered.html.as_str().matches("class=\"mention\"").count(), 2, "{}", rendered.html);
        let hostile = render_message("@<b>x <span class=\"mention\" data-person=\"1\">y</span>", &names);
        assert_eq!(hostile.mentions, [person(3)]);
        assert!(
            hostile.html.as_str().contains("@<bdi>&lt;b&gt;x</bdi>")
                && !hostile.html.as_str().contains("<b>")
        );
        assert!(hostile.html.as_str().contains("&lt;span class="), "{}", hostile.html);
        assert_eq!(render_mail_message("*@Anna Berg*\n> x", &names).mentions, [person(1)]);
    }
}
