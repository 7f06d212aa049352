//! Files: stored contents under a name.

use serde::{Deserialize, Serialize};

use super::ids::FileId;
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
}

impl File {
    /// Whether browsers show it as a picture without running anything (SVG can run script).
    pub fn is_picture(&self) -> bool {
        matches!(self.media_type.as_str(), "image/png" | "image/jpeg" | "image/gif" | "image/webp")
    }
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
                || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        let kept: String = last.chars().map(|c| if bad(c) { '_' } else { c }).collect();
        let kept = kept.trim_matches(|c: char| c.is_whitespace() || c == '.');
        if kept.is_empty() { Self(fallback.to_owned()) } else { Self(shortened(kept)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
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
    use super::FileName;

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
