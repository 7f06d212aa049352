//! Whether a person wrote a mail (RFC 3834).

use super::headers::Headers;
use super::incoming::Automatic;

/// The first sign that no person wrote the mail.
pub fn find_automatic(headers: &Headers) -> Option<Automatic> {
    let because = |why: String| Some(Automatic { why });
    if let Some(value) =
        headers.all("Auto-Submitted").find(|v| !v.trim().to_ascii_lowercase().starts_with("no"))
    {
        return because(format!("Auto-Submitted: {value}"));
    }
    None
}
