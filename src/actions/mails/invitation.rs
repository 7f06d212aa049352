//! A member's answer to an invitation to a meeting, which their calendar sends: a line in the log, and no message that everybody
//! gets by mail.

use super::super::{ActionError, Actions, Result, access};
use super::{Arrived, still_waits};
use crate::domain::group::Member;
use crate::domain::ledger::Outcome;
use crate::domain::notice::Notice;
use crate::mail::calendar::InvitationAnswer;
use crate::mail::incoming::IncomingMail;
use crate::store;

/// More lines or characters are more than what a calendar writes into an answer.
const MOST_LINES: usize = 3;
const MOST_WORDS: usize = 300;
/// Stands in the text of Google Calendar's answers, which says in many lines what the calendar part says.
const GOOGLE: &str = "calendar.google.com";

impl Actions {
    /// Notes a member's answer to an invitation. `false` if the mail is none, or says more than that: then it is said like any
    /// other mail.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub(super) async fn note_invitation_answer(&self, arrived: &Arrived, member: &Member) -> Result<bool> {
        let Some(InvitationAnswer { attendance, title, when, comment }) = answer_alone(&arrived.mail) else {
            return Ok(false);
        };
        let (title, words) = (self.redacted(&title), self.redacted(&comment));
        let notice = Notice::InvitationAnswered { attendance, title, when, words };
        let (actions, arrived, member) = (self.clone(), arrived.without_contents(), member.clone());
        let noted = self
            .store
            .write(async move |tx| {
                if !still_waits(tx, arrived.id).await? {
                    return Ok(None);
                }
                access::member_for_change(tx, member.person_id, member.group_id).await?;
                let person =
                    store::persons::find(tx, member.person_id).await?.ok_or(ActionError::NotFound)?;
                let noted = actions.note(tx, member.group_id, &person, notice).await?;
                let outcome = Outcome::Message { group: member.group_id, message: noted.message.id };
                actions.note_used(tx, &arrived, &outcome, Some(&member)).await?;
                Ok::<_, ActionError>(Some(noted))
            })
            .await?;
        if let Some(noted) = noted {
            self.tell_notice(noted);
        }
        Ok(true)
    }
}

/// What a mail answers to an invitation, if it does no more: its text is empty, or the calendar's own. What somebody typed is for
/// everybody, at once, and so is a message.
fn answer_alone(mail: &IncomingMail) -> Option<InvitationAnswer> {
    let answer = mail.invitation_answer.clone()?;
    let text = mail.text.new_text.trim();
    let is_line = text.chars().count() <= MOST_WORDS && text.lines().count() <= MOST_LINES;
    let names_it = !answer.title.is_empty() && text.contains(&answer.title);
    let others = mail.files.iter().any(|file| !is_calendar(&file.media_type));
    if others || mail.handed_on().is_some() {
        return None;
    }
    match text {
        _ if text.is_empty() || text.contains(GOOGLE) => Some(answer),
        // "Anna has accepted ...": nothing is lost if it was typed after all.
        _ if is_line && names_it => {
            let comment = text.split_whitespace().collect::<Vec<_>>().join(" ");
            Some(InvitationAnswer { comment, ..answer })
        }
        _ => None,
    }
}

fn is_calendar(media_type: &str) -> bool {
    matches!(media_type, "text/calendar" | "application/ics")
}
