//! HTML as plain text, where its quotation begins, and text folded for the wire.
//!
//! One pass without recursion: mails with a hundred thousand nested tables exist.

mod entities;
mod tokens;
mod writer;

pub use entities::decode;
pub use tokens::{Tag, Token, tokens};
pub use writer::Writer;

/// HTML as text, and the place where the marks of a mail program say that the quotation begins.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    pub text: String,
    pub quotation: Option<usize>,
}

/// The text of HTML.
pub fn html_to_text(html: &str) -> String {
    render(html).text
}

/// The text of HTML with the beginning of its quotation.
pub fn render(html: &str) -> Rendered {
    let mut writer = Writer::default();
    let mut quote = QuoteWatch::default();
    for token in tokens(html) {
        match token {
            Token::Text(text) => {
                let filled = writer.text(text);
                quote.text(filled, writer.quote_depth());
            }
            Token::Tag(tag) => {
                quote.tag(&tag, &writer);
                writer.tag(&tag);
            }
        }
    }
    let text = writer.finish();
    let quotation =
        quote.at.filter(|at| *at <= text.len() && text[*at..].contains(|c: char| c.is_alphanumeric()));
    Rendered { text, quotation }
}

/// Containers of quotations: by a part of the class, and by id.
const CLASSES: &[&str] = &[
    "gmail_quote",
    "yahoo_quoted",
    "yahoo-quoted",
    "moz-cite-prefix",
    "moz-forward-container",
    "protonmail_quote",
    "zmail_extra",
    "tutanota_quote",
    "ms-outlook-mobile-reference-message",
    "outlookmessageheader",
    "mail_quote",
    "replyheader",
    "wps_quotation",
    "foxmail-quote",
    "quotedmessage",
    "front-blockquote",
    "hey_quote",
    "airmail_ext_on",
    "freebirdformviewerwrapper",
    "mailbox_quote",
    "netease-quote",
    "ntes-mailmaster-quote",
    "elided-text",
    "mail-quote",
    "gmx_quote",
    "name_quote",
];
const IDS: &[&str] = &[
    "isreplycontent",
    "origbody",
    "olk_src_body_section",
    "ymail_quoted",
    "reply-intro",
    "mailquote",
    "spnrreply",
];
/// From these on everything is quoted, also what stands beside them.
const TO_THE_END: &[&str] = &[
    "divrplyfwdmsg",
    "appendonsend",
    "mail-editor-reference-message-container",
    "stopspelling",
    "zwchr",
    "replysplit",
    "x_divrplyfwdmsg",
    "x_appendonsend",
    "outlookmessageheader",
    "_mailoriginal",
    "mailoriginal",
    "ntes-pcmail-quote",
];

/// Watches where the quotation begins and whether something typed comes after it.
#[derive(Default)]
struct QuoteWatch {
    at: Option<usize>,
    /// The container's tag and how many of that tag are open in it.
    open: Option<(String, usize)>,
    to_the_end: bool,
    /// Quote depth where the container began, and whether a quotation ended inside it.
    depth: usize,
    quoted_inside: bool,
    given_up: bool,
}

impl QuoteWatch {
    fn tag(&mut self, tag: &Tag<'_>, writer: &Writer) {
        if self.to_the_end {
            return;
        }
        if let Some((name, count)) = &mut self.open {
            self.quoted_inside |= tag.name == "blockquote" && tag.closes;
            if tag.name == *name && !tag.is_void() {
                *count = if tag.closes { count.saturating_sub(1) } else { *count + 1 };
            }
            if *count == 0 {
                self.open = None;
            }
            return;
        }
        if tag.closes || self.given_up {
            return;
        }
        let id = tag.attribute("id").unwrap_or_default().to_ascii_lowercase();
        self.to_the_end = TO_THE_END.contains(&id.as_str());
        if self.to_the_end || is_container(tag, &id) {
            self.at.get_or_insert(writer.written());
            self.depth = writer.quote_depth();
            self.quoted_inside = false;
            self.open = (!tag.is_void()).then(|| (tag.name.clone(), 1));
        }
    }

    /// Text typed after the quotation, or between two, means that the quotation must be shown.
    fn text(&mut self, filled: bool, depth: usize) {
        let beside = match self.open {
            None => self.at.is_some(),
            Some(_) => self.quoted_inside && depth <= self.depth,
        };
        if filled && beside && !self.to_the_end {
            self.at = None;
            self.open = None;
            self.given_up = true;
        }
    }
}

/// Whether a mail program marks its quotation by this tag.
pub fn marks_quotation(tag: &Tag<'_>) -> bool {
    let id = tag.attribute("id").unwrap_or_default().to_ascii_lowercase();
    !tag.closes && (TO_THE_END.contains(&id.as_str()) || is_container(tag, &id))
}

fn is_container(tag: &Tag<'_>, id: &str) -> bool {
    if IDS.contains(&id) {
        return true;
    }
    let class = tag.attribute("class").unwrap_or_default().to_ascii_lowercase();
    !class.is_empty()
        && class.split_whitespace().any(|word| CLASSES.iter().any(|known| word.starts_with(known)))
}

/// Joins lines that were only folded for the wire (RFC 3676 4.1); quoted lines and the signature mark stay.
pub fn unfold_flowed(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = false;
    let mut depth = 0;
    for line in text.split('\n') {
        let marks = line.bytes().take_while(|b| *b == b'>').count();
        let body = &line[marks..];
        // One space may have been stuffed in front (RFC 3676 4.4).
        let body = body.strip_prefix(' ').unwrap_or(body);
        let joins = open && marks == depth && body != "-- ";
        if !joins {
            if !out.is_empty() || open {
                out.push('\n');
            }
            out.push_str(&">".repeat(marks));
            if marks > 0 {
                out.push(' ');
            }
        }
        open = body.ends_with(' ') && body != "-- ";
        out.push_str(if open && delete_space { &body[..body.len() - 1] } else { body });
        depth = marks;
        if !open && out.is_empty() {
            // An empty first line is a line too.
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_readable_text() {
        for (html, text) in [
            ("<p>One<br>two</p><p>three</p>", "One\ntwo\n\nthree"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("<ul><li>a<li>b</ul>", "- a\n- b"),
            ("<blockquote>old<br>older</blockquote>new", "> old\n> older\n\nnew"),
            ("a&nbsp;&lt;b&gt; &#x4f60;&#22909; &eacute;", "a <b> 你好 é"),
            ("<a href='https://x.example/y'>here</a>", "here <https://x.example/y>"),
            ("<a href='https://x.example/'>https://x.example/</a>", "https://x.example/"),
            ("<style>p{}</style><script>x<y</script><!-- c --><title>t</title>a", "a"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("unclosed <b", "unclosed"),
        ] {
            assert_eq!(html_to_text(html), text, "{html}");
        }
    }

    #[test]
    fn the_marks_of_programs_show_where_the_quotation_begins() {
        let html = "<div>new</div><div class=\"gmail_quote\">On x wrote:<blockquote>old</blockquote></div>";
        let found = render(html);
        assert_eq!(&found.text[..found.quotation.unwrap()], "new");
        let outlook = "<div>new</div><div id=\"divRplyFwdMsg\">From: a</div><div>old</div>";
        assert!(render(outlook).quotation.is_some());
        let between =
            "<div class=\"gmail_quote\">On x wrote:<blockquote>old</blockquote><div>answer</div></div>";
        assert_eq!(render(between).quotation, None);
    }

    #[test]
    fn flowed_text_is_unfolded() {
        assert_eq!(unfold_flowed("a \nb\n> c \n> d\n-- \nsig", false), "a b\n> c d\n-- \nsig");
        assert_eq!(unfold_flowed("你 \n好", true), "你好");
        assert_eq!(unfold_flowed(" >no quote", false), ">no quote");
    }
}
