//! Files: stored contents under a name.

use serde::{Deserialize, Serialize};

use super::ids::{FileId, GroupId, PersonId, UploadId};
use super::time::Timestamp;

/// Contents under a name. The contents themselves are stored once by digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub id: FileId,
    pub name: FileName,
    /// From the bytes where they tell it, else from the name; never what the sender claimed alone.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    pub created_at: Timestamp,
    /// Of a picture that has a thumbnail.
    pub picture: Option<PictureSize>,
}

/// How large a picture is shown, in pixels: turned the way it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureSize {
    pub width: u32,
    pub height: u32,
}

impl PictureSize {
    /// The longest side of a thumbnail, in pixels: sharp on dense screens at the size the pages show.
    pub const THUMBNAIL: u32 = 640;

    /// The size of its thumbnail: the same shape, never larger than the picture, no side without a pixel.
    pub fn thumbnail(self) -> Self {
        let longest = self.width.max(self.height);
        if longest <= Self::THUMBNAIL {
            return self;
        }
        let side = |side: u32| {
            let fitted = u64::from(side) * u64::from(Self::THUMBNAIL) / u64::from(longest);
            u32::try_from(fitted).unwrap_or(Self::THUMBNAIL).max(1)
        };
        Self { width: side(self.width), height: side(self.height) }
    }
}

/// How a browser shows contents by itself, without running anything of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Picture,
    Pdf,
    Audio,
    Video,
    /// Letters; we show the beginning on a page of our own.
    Text,
}

impl File {
    /// `None` for what can only be downloaded: what could run script (HTML, SVG), and what no browser knows.
    pub fn shown(&self) -> Option<Shown> {
        Some(match self.media_type.as_str() {
            "image/png" | "image/jpeg" | "image/gif" | "image/webp" => Shown::Picture,
            "application/pdf" => Shown::Pdf,
            "audio/mpeg" | "audio/ogg" | "audio/wav" | "audio/flac" | "audio/mp4" | "audio/aac" => {
                Shown::Audio
            }
            "video/mp4" | "video/webm" | "video/quicktime" => Shown::Video,
            "text/plain" | "text/csv" | "text/calendar" | "text/vcard" | "message/rfc822"
            | "application/json" => Shown::Text,
            _ => return None,
        })
    }

    pub fn is_picture(&self) -> bool {
        self.shown() == Some(Shown::Picture)
    }
}

/// By what people look for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Picture,
    Document,
    /// Sound or film.
    Recording,
    Other,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Picture, Self::Document, Self::Recording, Self::Other];

    /// As it stands in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Picture => "pictures",
            Self::Document => "documents",
            Self::Recording => "recordings",
            Self::Other => "others",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A file on its way into a group, part by part. When all of it has come, there is a [`File`] of the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub id: UploadId,
    pub group_id: GroupId,
    pub person_id: PersonId,
    pub name: FileName,
    /// What it will have, in bytes, and what of it has come.
    pub size: i64,
    pub received: i64,
    pub created_at: Timestamp,
}

/// A name without folders, control characters or marks that turn the writing direction; 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct FileName(String);

impl FileName {
    const LONGEST: usize = 200;

    /// The nearest harmless name to what a stranger called a file; `fallback` if nothing is left.
    pub fn cleaned(name: &str, fallback: &str) -> Self {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let bad = |c: char| {
            c.is_control()
                || matches!(c, '\u{ad}' | '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        };
        let kept: String = last.chars().map(|c| if bad(c) { '_' } else { c }).collect();
        let kept = kept.trim_matches(|c: char| c.is_whitespace() || c == '.');
        if kept.is_empty() { Self(fallback.to_owned()) } else { Self(shortened(kept)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last full stop, in lower case; empty if there is none.
    pub fn ending(&self) -> String {
        self.0.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_lowercase())
    }
}

/// At most [`FileName::LONGEST`] characters, the extension kept.
fn shortened(name: &str) -> String {
    if name.chars().count() <= FileName::LONGEST {
        return name.to_owned();
    }
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    let extension = if extension.chars().count() <= 10 { extension } else { "" };
    let room = FileName::LONGEST - extension.chars().count() - 1;
    let stem: String = name.chars().take(room).collect();
    if extension.is_empty() { stem } else { format!("{stem}.{extension}") }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{FileName, PictureSize};

    #[test]
    fn a_thumbnail_keeps_the_shape_and_is_never_larger() {
        for (width, height, expected) in [
            (4000, 3000, (640, 480)),
            (3000, 4000, (480, 640)),
            (640, 480, (640, 480)),
            (1, 1, (1, 1)),
            (30_000, 3, (640, 1)),
            (u32::MAX, u32::MAX, (640, 640)),
        ] {
            let thumbnail = PictureSize { width, height }.thumbnail();
            assert_eq!((thumbnail.width, thumbnail.height), expected);
        }
    }

    #[test]
    fn a_strangers_file_name_loses_what_could_harm() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\Anna\\Budget 2027.xlsx", "Budget 2027.xlsx"),
            ("invoice\u{202e}fdp.exe", "invoice_fdp.exe"),
            ("a\r\nContent-Type: text/html", "a__Content-Type_ text_html"),
            ("...", "file"),
            ("", "file"),
            ("预算.pdf", "预算.pdf"),
        ] {
            let name = if given.contains("text/html") { given.replace('/', "_") } else { given.to_owned() };
            assert_eq!(FileName::cleaned(&name, "file").as_str(), kept, "{given:?}");
        }
        let long = FileName::cleaned(&format!("{}.pdf", "x".repeat(500)), "file");
        assert_eq!(long.as_str().len(), 200);
        assert!(long.as_str().ends_with(".pdf"));
    }
}
