//! Delivery and disposition reports.

use super::headers::Headers;
use super::incoming::Report;

/// A part a report may stand in.
pub struct Part {
    pub media_type: String,
    pub text: String,
}

pub fn is_wanted(media_type: &str) -> bool {
    media_type.starts_with("message/") || media_type == "text/rfc822-headers"
}

pub fn find_report(_headers: &Headers, _parts: &[Part], _text: &str) -> Option<Report> {
    None
}
