//! The mail threads I take part in.

use askama::Template;
use askama_web::WebTemplate;

use super::face::Face;
use super::filters;
use super::view::View;
use crate::domain::ids::{GroupId, ThreadId};
use crate::domain::time::Timestamp;

/// My threads, newest first.
#[derive(Template, WebTemplate)]
#[template(path = "threads/list.html")]
pub struct ThreadsPage {
    pub view: View,
    pub query: String,
    pub threads: Vec<ThreadRow>,
    /// The URL of the next ones.
    pub next: Option<String>,
}

/// One thread in the list.
#[derive(Clone, Debug)]
pub struct ThreadRow {
    pub id: ThreadId,
    pub topic: String,
    pub names: String,
    pub faces: Vec<Face>,
    pub mails: i64,
    pub last_at: Timestamp,
    /// The group that was made of it.
    pub group: Option<GroupId>,
}
