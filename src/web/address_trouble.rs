//! What is said where mails to somebody come back.

use askama::Template;
use askama::filters::HtmlSafe;

use super::filters;
use crate::domain::bounce::AddressTrouble;
use crate::texts::Texts;

/// One paragraph: since when, the server's words, and what follows.
#[derive(Clone, Debug, Template)]
#[template(path = "people/_trouble.html")]
pub struct TroubleNote {
    pub t: Texts,
    pub address: String,
    pub trouble: AddressTrouble,
    /// Said to whoever has the address.
    pub is_you: bool,
}

impl HtmlSafe for TroubleNote {}
