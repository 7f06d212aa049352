//! Files: taken in, handed out, shown.

pub mod download;
pub mod entry;
pub mod upload;
