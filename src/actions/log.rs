//! Notices in a group's log: numbered like messages, but nobody's unread, and no reason for a mail or a push. Mail
//! members learn of them with the next message.

use super::{Actions, Result};
use crate::domain::event::{self, Audience, Event};
use crate::domain::group::Group;
use crate::domain::ids::GroupId;
use crate::domain::mail_notes::MailNotes;
use crate::domain::message::{Author, Body, Grade, Message, Source, Trace};
use crate::domain::notice::{Named, Notice};
use crate::domain::receipt::Receipts;
use crate::store::{self, Tx};

/// A notice that was stored, to be told after the commit.
pub(super) struct Noted {
    /// As it is with the notice.
    pub group: Group,
    pub message: Message,
}

impl Actions {
    /// Adds a notice to a group's log, as what `author` did. Two statements.
    pub(super) async fn note(
        &self,
        tx: &mut Tx,
        group: GroupId,
        author: impl Into<Named>,
        notice: Notice,
    ) -> Result<Noted> {
        let author = author.into();
        let group = store::groups::advance_quietly(tx, group).await?;
        let message = Message {
            id: self.clock.new_id(),
            group_id: group.id,
            seq: group.last_seq,
            author: Author {
                person_id: Some(author.id),
                name: author.name,
                grade: Grade::Confirmed,
                photo: None,
            },
            source: Source::Browser,
            posted_at: self.clock.now(),
            body: Body::default(),
            quotation: String::new(),
            signature: String::new(),
            notes: MailNotes::default(),
            mail_id: None,
            client_id: None,
            files: Vec::new(),
            answers: None,
            trace: Trace::default(),
            taken_from: None,
            share: None,
            notice: Some(notice),
            reactions: Vec::new(),
            marks: Vec::new(),
            receipts: Receipts::default(),
        };
        store::messages::insert(tx, &message).await?;
        Ok(Noted { group, message })
    }

    /// Shows it to those who look at the group.
    pub(super) fn tell_notice(&self, noted: Noted) {
        let event = event::Posted { message: noted.message, activity: None };
        self.hub.publish(Audience::Group(noted.group.id), Event::MessagePosted(Box::new(event)));
    }
}
