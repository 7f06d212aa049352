//! Mail as bytes and as values. Pure: no clock, no network, no database.

pub mod automatic;
pub mod base_subject;
pub mod commands;
pub mod compose;
pub mod export;
pub mod forward;
pub mod headers;
pub mod html_text;
pub mod identity;
pub mod incoming;
mod labels;
pub mod letters;
pub mod markdown;
pub mod mentions;
pub mod own_letters;
pub mod parse;
pub mod quoting;
pub mod redact;
pub mod reply;
pub mod report;
pub mod sanitize;
pub mod share;
pub mod shown;
pub mod threading;
