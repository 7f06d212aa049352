//! Erasing a person (data protection): what would go, and what is left of them.

use super::ids::PersonId;

/// What stands where a name stood. In both languages at once: it is written into messages, logs and documents that are read
/// in either.
pub const FORMER: &str = "Former member · 前成员";

/// What the ledger has in place of an address; nothing goes there (RFC 6761 6.4).
pub const NO_ADDRESS: &str = "erased@erased.invalid";

/// What is known of somebody, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    pub sessions: i64,
    pub groups: i64,
    pub messages: i64,
    pub files: i64,
    /// From them.
    pub mails_in: i64,
    /// To them, those that wait among them.
    pub mails_out: i64,
    pub waiting: i64,
    /// Messages that a legal hold keeps.
    pub held: i64,
}

/// What will happen, before it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub person: PersonId,
    pub name: String,
    /// What has to be typed so that it happens: the main address; the name of somebody who has none.
    pub typed: String,
    pub counts: Counts,
    /// Topics of the groups with a legal hold in which they wrote.
    pub held: Vec<String>,
    /// They were erased before, and what is kept by a hold is what is left.
    pub is_erased: bool,
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    pub person: PersonId,
    /// Whether the text and the files of their messages go, too.
    pub texts: bool,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    pub person: PersonId,
    /// How many of their messages a legal hold keeps.
    pub held: i64,
}
