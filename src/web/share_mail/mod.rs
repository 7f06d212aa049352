//! The mails of a share: to whom it goes, how far each mail came, and what was answered. And the share as a file.

pub mod downloads;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::error::{Failure, WebResult};
use super::filters;
use super::path::Path;
use super::state::WebState;
use super::typed_people::{addresses_in, unreadable};
use super::view::View;
use super::visit::Member;
use crate::actions::ActionError;
use crate::actions::shares::{Form as FileForm, Mailing, NewReceivers, ShareMails, SharePage};
use crate::domain::ids::{PersonId, ShareAnswerId, ShareId, ShareReceiverId};
use crate::domain::share::{Access, Answers};
use crate::domain::share_receiver::{AnswerState, Progress, ShareAnswer, ShareReceiver};
use crate::domain::time::Timestamp;

#[derive(Template, WebTemplate)]
#[template(path = "shares/mail.html")]
pub struct MailPage {
    pub view: View,
    pub page: SharePage,
    pub mails: ShareMails,
    /// Its link opens now.
    pub is_open: bool,
    /// What was typed into the field for receivers and could not be used.
    pub typed: String,
    pub problem: Option<String>,
    /// How many mails were just sent off.
    pub sent: Option<usize>,
}

impl MailPage {
    fn progress(&self, receiver: &ShareReceiver) -> String {
        self.view.t.get(&format!("share-mail-{}", receiver.progress.name())).into_owned()
    }

    fn since(&self, receiver: &ShareReceiver) -> Option<Timestamp> {
        match receiver.progress {
            Progress::Sent(at) | Progress::Delivered(at) | Progress::Read(at) => Some(at),
            _ => None,
        }
    }

    fn reason<'r>(&self, receiver: &'r ShareReceiver) -> Option<&'r str> {
        match &receiver.progress {
            Progress::Failed(reply) if !reply.is_empty() => Some(reply),
            _ => None,
        }
    }

    /// Got a version that is not the newest.
    fn is_behind(&self, receiver: &ShareReceiver) -> bool {
        receiver.version > 0 && receiver.version < self.page.share.version
    }

    fn is_for_members(&self) -> bool {
        self.page.share.access == Access::Members
    }

    fn may_remove(&self, receiver: &ShareReceiver) -> bool {
        self.page.is_own && receiver.progress == Progress::Added
    }

    fn may_send_again(&self, receiver: &ShareReceiver) -> bool {
        let done = !matches!(receiver.progress, Progress::Added | Progress::Waiting);
        self.page.is_own && self.is_open && done
    }

    /// How many do not have the newest version.
    fn waiting(&self) -> usize {
        let version = self.page.share.version;
        self.mails.receivers.iter().filter(|receiver| receiver.version < version).count()
    }

    fn waits(&self, answer: &ShareAnswer) -> bool {
        answer.state == AnswerState::Waiting
    }

    fn outcome(&self, answer: &ShareAnswer) -> String {
        let key = match answer.state {
            AnswerState::Waiting => "share-answer-waiting",
            AnswerState::Taken => "share-answer-taken",
            AnswerState::Declined => "share-answer-declined",
        };
        self.view.t.get(key).into_owned()
    }

    fn comes_at_once(&self) -> bool {
        self.page.share.answers == Answers::AtOnce
    }

    fn forms(&self) -> [FileForm; 4] {
        FileForm::ALL
    }
}

#[derive(Debug, Deserialize)]
pub struct Shown {
    sent: Option<usize>,
}

/// POST /shares/{id}/mail: nobody named means all who lack the newest version.
#[derive(Debug, Default, Deserialize)]
pub struct Sending {
    #[serde(default)]
    receiver: Vec<ShareReceiverId>,
    receipt: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Wish {
    answers: Answers,
}

#[derive(Debug, Deserialize)]
pub struct Decision {
    take: Option<String>,
}

/// GET /shares/{id}/mail
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Query(shown): Query<Shown>,
) -> WebResult<MailPage> {
    let page = page(&state, &member, id).await?;
    let receivers = page.mails.receivers.len();
    Ok(MailPage { sent: shown.sent.filter(|sent| *sent <= receivers), ..page })
}

/// POST /shares/{id}/receivers: fields may come several times.
pub async fn add(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> WebResult<Response> {
    let typed: Vec<&str> = fields.iter().filter(|(name, _)| name == "who").map(|(_, v)| v.trim()).collect();
    let typed = typed.join(", ");
    let done = match receivers_of(&state, &member, &fields).await {
        Ok(new) => state.actions.add_share_receivers(&member.viewer, id, new).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(back(id)),
        Err(error @ ActionError::Invalid { .. }) => refused(&state, &member, (id, typed), error).await,
        Err(error) => Err(error.into()),
    }
}

/// POST /shares/{id}/receivers/{receiver}/remove
pub async fn remove(
    State(state): State<WebState>,
    member: Member,
    Path((id, receiver)): Path<(ShareId, ShareReceiverId)>,
) -> WebResult<Response> {
    state.actions.remove_share_receiver(&member.viewer, id, receiver).await?;
    Ok(back(id))
}

/// POST /shares/{id}/mail
pub async fn send(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Form(sending): Form<Sending>,
) -> WebResult<Response> {
    let mailing = Mailing { only: sending.receiver, receipt: sending.receipt.is_some() };
    match state.actions.mail_share(&member.viewer, id, mailing).await {
        Ok(count) => Ok(Redirect::to(&format!("/shares/{id}/mail?sent={count}")).into_response()),
        Err(error @ ActionError::Invalid { .. }) => {
            refused(&state, &member, (id, String::new()), error).await
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /shares/{id}/answers
pub async fn set_answers(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ShareId>,
    Form(wish): Form<Wish>,
) -> WebResult<Response> {
    state.actions.set_share_answers(&member.viewer, id, wish.answers).await?;
    Ok(back(id))
}

/// POST /shares/{id}/answers/{answer}
pub async fn decide(
    State(state): State<WebState>,
    member: Member,
    Path((id, answer)): Path<(ShareId, ShareAnswerId)>,
    Form(decision): Form<Decision>,
) -> WebResult<Response> {
    let take = decision.take.is_some_and(|take| take == "yes");
    state.actions.decide_answer(&member.viewer, id, (answer, take)).await?;
    Ok(back(id))
}

/// The page with what was typed, and why it could not be done.
async fn refused(
    state: &WebState,
    member: &Member,
    (id, typed): (ShareId, String),
    error: ActionError,
) -> WebResult<Response> {
    let failure = Failure::from(error);
    let problem = Some(failure.words(member.visit.texts()));
    let page = MailPage { typed, problem, ..page(state, member, id).await? };
    Ok((failure.status_beside_form(), page).into_response())
}

async fn page(state: &WebState, member: &Member, id: ShareId) -> WebResult<MailPage> {
    let page = state.actions.get_share(&member.viewer, id).await?;
    let mails = state.actions.share_mails(&member.viewer, id).await?;
    let is_open = page.share.is_open(state.actions.clock.now());
    let view = member.view(state).await?;
    Ok(MailPage { view, page, mails, is_open, typed: String::new(), problem: None, sent: None })
}

/// Whom the fields mean: chosen ones, addresses with or without names, or the only one of a name.
async fn receivers_of(
    state: &WebState,
    member: &Member,
    fields: &[(String, String)],
) -> Result<NewReceivers, ActionError> {
    let mut new = NewReceivers::default();
    for (name, value) in fields {
        match (name.as_str(), value.trim()) {
            ("person", id) => new.persons.extend(id.parse::<PersonId>()),
            ("who", typed) if typed.contains('@') => new.addresses.extend(addresses_in(typed)?),
            ("who", typed) if !typed.is_empty() => {
                let found = state.actions.search_people(&member.viewer, typed, 2).await?;
                match found.as_slice() {
                    [one] => new.persons.push(one.id),
                    _ => return Err(unreadable(typed)),
                }
            }
            _ => {}
        }
    }
    Ok(new)
}

fn back(id: ShareId) -> Response {
    Redirect::to(&format!("/shares/{id}/mail")).into_response()
}
