//! Receipts on pages: the line at a message, the panel of who has read it, and the sections of settings.

pub mod line;
pub mod panel;
pub mod settings;
