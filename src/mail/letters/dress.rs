//! Styles for the HTML of messages. Mail programs drop style sheets, so each tag carries its own.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::domain::safe_html::SafeHtml;
use crate::mail::sanitize::each_tag;

const MONO: &str = "Consolas,Menlo,Cascadia Mono,Noto Sans Mono CJK SC,Microsoft YaHei,monospace";

const MENTION: &str = "<span style=\"color:#0a6a57;font-weight:600\">";

/// The sanitiser's HTML with styles of ours.
pub struct Dressed(String);

impl fmt::Display for Dressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl HtmlSafe for Dressed {}

/// The filter of the templates.
pub mod filters {
    use askama::{Result, Values, filter_fn};

    use super::{Dressed, SafeHtml, dress};

    /// `{{ message.html|dressed }}`
    #[filter_fn]
    pub fn dressed(html: &SafeHtml, _: &dyn Values) -> Result<Dressed> {
        Ok(dress(html))
    }
}

fn dress(html: &SafeHtml) -> Dressed {
    // Tables without a head are mostly there for the layout of a mail: lines would only disturb.
    let lines = html.as_str().contains("<th");
    Dressed(each_tag(html.as_str(), |tag| dressed_tag(tag, lines)))
}

fn dressed_tag(tag: &str, lines: bool) -> Option<String> {
    let name: String = tag[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
    match name.as_str() {
        "" => (tag == "</table>").then(|| "</table></div>".to_owned()),
        "img" if tag.contains(" src=\"cid:") => with_style(tag, "img", "max-width:100%;height:auto"),
        // Only the pages can show it.
        "img" => Some(alternative(tag)),
        "input" => Some(if tag.contains(" checked") { "☑ " } else { "☐ " }.to_owned()),
        // Whose id it is, is no mail program's business.
        "span" if tag.contains("class=\"mention\"") => Some(MENTION.to_owned()),
        "table" => {
            let table = with_style(tag, "table", "border-collapse:collapse;margin:0 0 12px")?;
            Some(format!("<div style=\"overflow-x:auto\">{table}"))
        }
        "th" | "td" if !lines => None,
        name => with_style(tag, name, &style_of(name, tag)?),
    }
}

fn style_of(name: &str, tag: &str) -> Option<String> {
    let own = match name {
        "p" => "margin:0 0 12px",
        "ul" | "ol" => "margin:0 0 12px;padding:0 0 0 24px",
        "li" => "margin:0 0 4px",
        "h1" => "margin:4px 0 10px;font-size:19px;line-height:26px",
        "h2" => "margin:4px 0 10px;font-size:17px;line-height:24px",
        "h3" | "h4" | "h5" | "h6" => "margin:4px 0 8px;font-size:15px;line-height:24px",
        "blockquote" => "margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid #8cc9b7;color:#44514c",
        "a" => "color:#0b63a8;text-decoration:underline",
        "hr" => "border:0;border-top:1px solid #dfe5e3;margin:16px 0",
        "td" => "border:1px solid #dfe5e3;padding:6px 10px;vertical-align:top",
        "th" if tag.contains(" align=") => "border:1px solid #dfe5e3;padding:6px 10px",
        "th" => "border:1px solid #dfe5e3;padding:6px 10px;text-align:left",
        "code" => return Some(format!("font-family:{MONO};font-size:13px;background:#f3f6f5")),
        "pre" => {
            return Some(format!(
                "margin:0 0 12px;padding:10px 12px;border:1px solid #dfe5e3;border-radius:6px;\
                 background:#f3f6f5;font-family:{MONO};font-size:13px;line-height:20px;\
                 white-space:pre-wrap;word-break:break-word"
            ));
        }
        _ => return None,
    };
    Some(own.to_owned())
}

fn with_style(tag: &str, name: &str, style: &str) -> Option<String> {
    let others = tag.get(1 + name.len()..)?;
    Some(format!("<{name} style=\"{style}\"{others}"))
}

/// What the picture shows, in its author's words. The sanitiser has escaped them.
fn alternative(tag: &str) -> String {
    let words = tag.split_once(" alt=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(words, _)| words);
    words.filter(|words| !words.is_empty()).map(|words| format!("[{words}]")).unwrap_or_default()
}
