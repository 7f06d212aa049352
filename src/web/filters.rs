//! What templates write often: icons, faces, times, sizes, and HTML that went through the sanitiser.

use std::borrow::Borrow;
use std::fmt;

use askama::filters::HtmlSafe;
use askama::{Result, Values, filter_fn};

use super::assets;
use super::face::Face;
use crate::domain::file::File;
use crate::domain::ids::PersonId;
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;

/// Markup made here of constants and escaped values.
pub struct Markup(String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl HtmlSafe for Markup {}

/// `{{ "send"|icon }}`: a picture of the sprite, without a meaning of its own.
#[filter_fn]
pub fn icon(name: &str, _: &dyn Values) -> Result<Markup> {
    let sprite = assets::url("icons/sprite.svg");
    Ok(Markup(format!(r#"<svg class="icon" aria-hidden="true"><use href="{sprite}#{name}"/></svg>"#)))
}

/// `{{ "style/base.css"|asset }}`: an asset's URL.
#[filter_fn]
pub fn asset(name: &str, _: &dyn Values) -> Result<String> {
    Ok(assets::url(name))
}

/// `{{ at|time("short") }}`: a time the browser writes anew in its own zone (script/local-time.js).
#[filter_fn]
pub fn time(at: &Timestamp, _: &dyn Values, form: &str) -> Result<Markup> {
    let shown = at.utc().format(match form {
        "clock" => "%H:%M",
        "until" => "%H:%M UTC",
        "month" => "%Y-%m",
        _ => "%Y-%m-%d %H:%M UTC",
    });
    Ok(Markup(format!(r#"<time datetime="{}" data-time="{form}">{shown}</time>"#, at.rfc3339())))
}

/// `{{ face|avatar("small") }}`: initials on a colour.
#[filter_fn]
pub fn avatar<F: Borrow<Face>>(face: F, _: &dyn Values, size: &str) -> Result<Markup> {
    let face = face.borrow();
    let inside = inside(face)?;
    Ok(Markup(format!(r#"<span class="avatar {size} hue-{}" aria-hidden="true">{inside}</span>"#, face.hue)))
}

/// The letters, and the picture over them: they are seen where there is none, and where it can't be had.
fn inside(face: &Face) -> Result<String> {
    let letters = askama::filters::escape(&face.letters, askama::filters::Html)?;
    let picture = |url: &String| format!(r#"<img src="{url}" alt="" loading="lazy">"#);
    Ok(format!("{letters}{}", face.photo.as_ref().map(picture).unwrap_or_default()))
}

/// `{{ face|avatar_of("small", person.id, "away") }}`: the same with a dot that follows this person's presence.
#[filter_fn]
pub fn avatar_of<F: Borrow<Face>>(
    face: F,
    _: &dyn Values,
    size: &str,
    person: &PersonId,
    state: &str,
) -> Result<Markup> {
    let face = face.borrow();
    let inside = inside(face)?;
    Ok(Markup(format!(
        r#"<span class="avatar {size} hue-{} dotted" aria-hidden="true" data-presence="{person}" data-state="{state}">{inside}</span>"#,
        face.hue
    )))
}

/// `{{ source.name|server }}`: where a server is, with places at which a line may end; it breaks in no word then.
#[filter_fn]
pub fn server(text: &str, _: &dyn Values) -> Result<Markup> {
    let mut written = askama::filters::escape(text, askama::filters::Html)?.to_string();
    for sign in ['@', ':', '/'] {
        written = written.replace(sign, &format!("{sign}<wbr>"));
    }
    Ok(Markup(written))
}

/// What marks a name in a sentence before it is markup: nobody is called so.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

/// A sentence in which each name that `write` marks has its own writing direction.
pub fn sentence(write: impl FnOnce(&dyn Fn(&str) -> String) -> String) -> Markup {
    let mark = |name: &str| format!("{}{}{}", MARKS[0], name.replace(MARKS, ""), MARKS[1]);
    let escaped = askama::filters::escape(write(&mark), askama::filters::Html);
    let text = escaped.map_or(String::new(), |text| text.to_string());
    Markup(text.replace(MARKS[0], "<bdi>").replace(MARKS[1], "</bdi>"))
}

/// `{{ body.html|markup }}`: HTML from the sanitiser, as it is.
#[filter_fn]
pub fn markup(html: &SafeHtml, _: &dyn Values) -> Result<Markup> {
    Ok(Markup(html.as_str().to_owned()))
}

/// `{{ file.size|size }}`: 1.4 MB.
#[filter_fn]
pub fn size(bytes: &i64, _: &dyn Values) -> Result<String> {
    Ok(in_words(*bytes))
}

/// A number of bytes for people: 640 B, 12 KB, 1.4 MB, 29 GB.
pub fn in_words(bytes: i64) -> String {
    let (kilo, mega) = (bytes as f64 / 1000.0, bytes as f64 / 1_000_000.0);
    let giga = bytes as f64 / 1_000_000_000.0;
    let written = match bytes {
        ..1000 => format!("{bytes} B"),
        1000..10_000 => format!("{kilo:.1} KB"),
        10_000..1_000_000 => format!("{kilo:.0} KB"),
        1_000_000..100_000_000 => format!("{mega:.1} MB"),
        100_000_000..1_000_000_000 => format!("{mega:.0} MB"),
        1_000_000_000..100_000_000_000 => format!("{giga:.1} GB"),
        _ => format!("{giga:.0} GB"),
    };
    written.replace(".0 ", " ")
}

/// `{{ file|file_url }}`: where a file's contents are.
#[filter_fn]
pub fn file_url(file: &File, _: &dyn Values) -> Result<String> {
    Ok(format!("/files/{}", file.id))
}

/// `{{ file|file_ending }}`: the letters on a file's icon.
#[filter_fn]
pub fn file_ending(file: &File, _: &dyn Values) -> Result<String> {
    let ending = file.name.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
    Ok(if ending.is_empty() || ending.len() > 4 { "···".to_owned() } else { ending.to_owned() })
}

/// `{{ file|file_kind }}`: the colour of a file's icon.
#[filter_fn]
pub fn file_kind(file: &File, _: &dyn Values) -> Result<&'static str> {
    let ending = file.name.as_str().rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    Ok(match ending.as_str() {
        "pdf" => "pdf",
        "xls" | "xlsx" | "ods" | "csv" => "sheet",
        "doc" | "docx" | "odt" | "txt" | "md" => "doc",
        "ppt" | "pptx" | "odp" => "slides",
        "zip" | "gz" | "7z" | "rar" => "zip",
        _ => "other",
    })
}
