//! Mentions: whom members can name in a group, and whom a text names.

use super::push::Occasion;
use super::{Actions, Result, access};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::job::Job;
use crate::domain::message::{Body, Message, Source};
use crate::domain::person::{Person, Viewer};
use crate::mail::mentions::Names;
use crate::mail::sanitize::{self, Rendered};
use crate::store::{self, Tx};

/// A message's text as it is stored, and whom it mentions.
#[derive(Clone, Debug, Default)]
pub(super) struct Read {
    pub body: Body,
    pub mentions: Vec<PersonId>,
}

impl Actions {
    /// Up to `limit` other members in whose name, address, department or position every word of `query` occurs. Four
    /// statements, however many members.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member.
    pub async fn find_mentionable(
        &self,
        viewer: &Viewer,
        group: GroupId,
        query: &str,
        limit: i64,
    ) -> Result<Vec<Person>> {
        let mut tx = self.store.read().await?;
        access::member(&mut tx, viewer.person_id, group).await?;
        let mut found = store::people_search::search_members(&mut tx, group, query, limit + 1).await?;
        found.retain(|person| person.id != viewer.person_id);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    /// Adds the jobs that tell people whom a message mentions since it was edited. Who knows the message already gets a
    /// mail of it by itself; the others get it with what they have not seen. Four statements at the most, none for
    /// nobody.
    pub(super) async fn plan_mentions(
        &self,
        tx: &mut Tx,
        message: &Message,
        mut people: Vec<PersonId>,
    ) -> Result<()> {
        people.retain(|person| Some(*person) != message.author.person_id);
        if people.is_empty() {
            return Ok(());
        }
        let (now, group, seq) = (self.clock.now(), message.group_id, message.seq);
        let know = store::mentions::list_who_know(tx, (group, seq), &people).await?;
        let jobs = know.into_iter().map(|member| Job::MailMention { member, seq, held: false });
        let jobs = jobs.chain([Job::PlanBundles { group }]).map(|job| (self.clock.new_id(), job));
        store::jobs::add(tx, &jobs.collect::<Vec<_>>(), now + self.settings.mail.hold, now).await?;
        self.plan_pushes(tx, message, &people, Occasion::Edit).await
    }
}

/// Who can be mentioned by a text, `chosen` deciding among members of one name. No statement for a text without the
/// sign, otherwise one.
pub(super) async fn names_for(
    tx: &mut Tx,
    group: GroupId,
    text: &str,
    chosen: Vec<PersonId>,
) -> Result<Names> {
    if !Names::may_be_in(text) {
        return Ok(Names::default());
    }
    Ok(Names::of(store::mentions::names(tx, group).await?, chosen))
}

impl Actions {
    /// [`names_for`] outside of a transaction; a text that can't mention anybody does not even ask for a connection.
    pub(super) async fn names_in(&self, group: GroupId, text: &str, chosen: Vec<PersonId>) -> Result<Names> {
        if !Names::may_be_in(text) {
            return Ok(Names::default());
        }
        names_for(&mut self.store.read().await?, group, text, chosen).await
    }
}

/// A text as it is shown, and whom it mentions. In a mail the signs of Markdown mean themselves.
pub(super) fn read(source: Source, text: String, names: &Names) -> Read {
    let Rendered { html, mentions } = match source {
        Source::Mail => sanitize::render_mail_message(&text, names),
        Source::Browser | Source::Draft => sanitize::render_message(&text, names),
    };
    Read { body: Body { html, markdown: text }, mentions }
}
