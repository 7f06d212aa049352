//! Groups: the list of mine, and the discussion page.

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;

use super::face::Face;
use super::filters;
use super::messages::MessagePart;
use super::view::View;
use crate::domain::group::{Group, Reach, Role};
use crate::domain::ids::{ClientMessageId, GroupId};
use crate::domain::person::Person;
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// One line of the list of groups; also sent live.
#[derive(Clone, Debug, Template)]
#[template(path = "groups/_row.html")]
pub struct GroupRow {
    pub t: Texts,
    pub group: GroupId,
    pub topic: String,
    pub unread: i64,
    pub last: Option<LastLine>,
    pub at: Timestamp,
    pub current: bool,
}

/// The newest message in one line.
#[derive(Clone, Debug)]
pub struct LastLine {
    pub author: String,
    pub line: String,
}

impl HtmlSafe for GroupRow {}

impl GroupRow {
    fn unread_shown(&self) -> String {
        if self.unread > 99 { "99+".to_owned() } else { self.unread.to_string() }
    }
}

/// The first page: my groups, and how to start one.
#[derive(Template, WebTemplate)]
#[template(path = "groups/home.html")]
pub struct HomePage {
    pub view: View,
    /// The address mails are forwarded to.
    pub gateway: String,
}

/// The discussion page.
#[derive(Template, WebTemplate)]
#[template(path = "groups/show.html")]
pub struct GroupPage {
    pub view: View,
    pub group: Group,
    pub members: Vec<MemberView>,
    pub messages: Vec<MessagePart>,
    /// There are messages before this sequence number.
    pub older: Option<i64>,
    /// There are messages after the last one here.
    pub newer: bool,
    /// Everything up to here was read before.
    pub read_seq: i64,
    /// The group's address for members.
    pub link: String,
    /// The largest file, in bytes.
    pub file_limit: i64,
    pub client_id: ClientMessageId,
    /// Why the message just sent was not taken.
    pub problem: Option<String>,
}

/// One member with everything the panel shows.
#[derive(Clone, Debug)]
pub struct MemberView {
    pub face: Face,
    pub person: Person,
    pub role: Role,
    pub reach: Reach,
    pub is_you: bool,
}

impl MemberView {
    fn is_owner(&self) -> bool {
        self.role == Role::Owner
    }
    fn in_browser(&self) -> bool {
        self.reach == Reach::Browser
    }
}

impl GroupPage {
    /// The number up to which this page shows the group; the live socket goes on from there.
    fn last_seq(&self) -> i64 {
        self.messages.last().map_or(0, |part| part.message.seq)
    }
    fn names(&self) -> String {
        let names: Vec<&str> = self.members.iter().map(|m| m.person.full_name.as_str()).collect();
        names.join(if self.view.t.language().tag() == "en" { ", " } else { "、" })
    }
    fn limit_shown(&self) -> String {
        filters::in_words(self.file_limit)
    }
    fn my_name(&self) -> &str {
        self.view.viewer.as_ref().map_or("", |viewer| &viewer.full_name)
    }
}
