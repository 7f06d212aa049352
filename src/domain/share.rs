//! Shares: chosen content of a group, prepared as a draft and handed on as a page and a mail.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::ids::{FileId, GroupId, MarkId, MessageId, PersonId, ShareId};
use super::mark::What;
use super::message::Body;
use super::time::Timestamp;

/// A share as its sharer prepares it; what readers see is [`super::share_document::Document`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub id: ShareId,
    pub group_id: GroupId,
    pub created_by: PersonId,
    /// One line; may be empty while it is prepared.
    pub title: String,
    /// What the sharer says about it, in Markdown.
    pub note: String,
    pub state: ShareState,
    pub form: ShareForm,
    pub access: Access,
    /// In PHC string format; `None` where no password is asked for.
    pub password_hash: Option<String>,
    /// How many days it can be opened after it was published.
    pub lasts: i64,
    pub answers: Answers,
    /// Counted up when title or note are saved.
    pub saves: i64,
    /// The number of its link; 0 before the first.
    pub link_number: i64,
    /// Of the token in its link; `None` while there is none.
    pub link: Option<Digest>,
    /// The newest version that was published; 0 before.
    pub version: i64,
    /// How often others opened its page.
    pub views: i64,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    /// When its newest version was published.
    pub published_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub recalled_at: Option<Timestamp>,
    pub recalled_by: Option<PersonId>,
}

/// How its content is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareForm {
    pub grouping: Grouping,
    /// Whether it says who said what.
    pub names: bool,
    pub files: Enclosing,
}

/// How far a share is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ShareState {
    /// Nobody but its sharer sees it.
    Draft,
    Out,
    /// It was out, and its link opens nothing any more.
    Recalled,
}

/// What the sections of a share are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Grouping {
    None,
    Topic,
    Tag,
    Day,
}

/// What becomes of the files of the chosen content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Enclosing {
    /// Pictures among the words, others attached.
    Included,
    /// All to be fetched from the page.
    Linked,
    LeftOut,
}

/// Who can open the page of a share by its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Access {
    /// The group's members, signed in.
    Members,
    /// Whoever has the link.
    Link,
}

/// What becomes of answers to the mails of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Answers {
    /// The sharer decides which of them come into the group.
    Ask,
    AtOnce,
}

/// A piece of content that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareItem {
    /// 1, 2, 3 ... in the order in which they were chosen; the same as long as there is the share.
    pub number: i64,
    /// Its place among the others: not without gaps.
    pub rank: i64,
    pub message_id: MessageId,
    pub seq: i64,
    /// The mark it was chosen by, while there is one.
    pub mark_id: Option<MarkId>,
    pub what: What,
    /// Of a file alone.
    pub file_id: Option<FileId>,
    /// Of a link alone.
    pub url: String,
    /// Of a passage or a link: what it said when it was marked.
    pub said: Body,
    /// How often the message had been edited by then.
    pub edits: i64,
    pub context: Context,
    /// It was taken out, and can be brought back.
    pub taken_out: bool,
}

/// How many messages are shown around an item, so that it can be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    pub before: i64,
    pub after: i64,
}

impl Share {
    /// How many pieces a share can have.
    pub const MOST_ITEMS: usize = 500;
    /// In characters.
    pub const LONGEST_NOTE: usize = 20_000;
    /// In characters; longer ones make no safer secret and cost time.
    pub const LONGEST_PASSWORD: usize = 200;
    pub const SHORTEST_PASSWORD: usize = 8;
    /// For how many days a share can be opened; the sharer chooses.
    pub const LASTS: [i64; 5] = [1, 7, 30, 90, 365];
    pub const USUALLY_LASTS: i64 = 30;

    /// Whether its link opens it.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == ShareState::Out && !self.is_expired(now)
    }

    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.state == ShareState::Out && self.expires_at.is_some_and(|end| end <= now)
    }

    /// Whether something was changed since the newest version went out.
    pub fn has_news(&self) -> bool {
        self.state == ShareState::Out && self.published_at.is_some_and(|at| at < self.changed_at)
    }

    /// When it ends if it begins now.
    pub fn end(&self, now: Timestamp) -> Timestamp {
        let days = u64::try_from(self.lasts).unwrap_or(0);
        now + Duration::from_secs(days.saturating_mul(24 * 3600))
    }
}

impl Context {
    /// More around an item would be a copy of the discussion.
    pub const MOST: i64 = 3;

    /// The nearest that can be asked for.
    pub fn within(before: i64, after: i64) -> Self {
        Self { before: before.clamp(0, Self::MOST), after: after.clamp(0, Self::MOST) }
    }
}

impl Default for ShareForm {
    fn default() -> Self {
        Self { grouping: Grouping::None, names: true, files: Enclosing::Included }
    }
}

impl Grouping {
    pub const ALL: [Self; 4] = [Self::None, Self::Topic, Self::Tag, Self::Day];

    /// As it stands in forms and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Topic => "topic",
            Self::Tag => "tag",
            Self::Day => "day",
        }
    }
}

impl Enclosing {
    pub const ALL: [Self; 3] = [Self::Included, Self::Linked, Self::LeftOut];

    /// As it stands in forms and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Included => "included",
            Self::Linked => "linked",
            Self::LeftOut => "left_out",
        }
    }
}

impl Access {
    pub const ALL: [Self; 2] = [Self::Members, Self::Link];

    /// As it stands in forms and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Link => "link",
        }
    }
}

impl Answers {
    pub const ALL: [Self; 2] = [Self::Ask, Self::AtOnce];

    /// As it stands in forms and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::AtOnce => "at_once",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(state: ShareState) -> Share {
        let at = Timestamp::from_millis(1_000);
        let id = uuid::Uuid::nil();
        Share {
            id: id.into(),
            group_id: id.into(),
            created_by: id.into(),
            title: "Where we stand".to_owned(),
            note: String::new(),
            state,
            form: ShareForm::default(),
            access: Access::Link,
            password_hash: None,
            lasts: 1,
            answers: Answers::Ask,
            saves: 0,
            link_number: 1,
            link: None,
            version: 1,
            views: 0,
            created_at: at,
            changed_at: at,
            published_at: Some(at),
            expires_at: Some(at + Duration::from_secs(24 * 3600)),
            recalled_at: None,
            recalled_by: None,
        }
    }

    #[test]
    fn a_share_opens_from_its_publication_to_its_end() {
        let begin = Timestamp::from_millis(1_000);
        let end = share(ShareState::Out).end(begin);
        let last = end - Duration::from_millis(1);
        for (state, now, open) in [
            (ShareState::Draft, begin, false),
            (ShareState::Out, begin, true),
            (ShareState::Out, last, true),
            (ShareState::Out, end, false),
            (ShareState::Recalled, begin, false),
        ] {
            assert_eq!(share(state).is_open(now), open, "{state:?} {now:?}");
        }
        assert!(share(ShareState::Out).is_expired(end) && !share(ShareState::Recalled).is_expired(end));
    }

    #[test]
    fn what_is_around_an_item_stays_little() {
        assert_eq!(Context::within(-1, 99), Context { before: 0, after: Context::MOST });
    }
}
