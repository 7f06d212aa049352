//! Messages: one partial for the page, the live socket and everything else.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Json;
use axum::extract::{Multipart, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::error::{Failure, Trouble, WebResult};
use super::face::Face;
use super::files::upload;
use super::marks::chips::MarkChips;
use super::path::Path;
use super::place::AskedPlace;
use super::reactions::ReactionsPart;
use super::receipts::line::ReceiptLine;
use super::state::WebState;
use super::visit::Member;
use super::{filters, groups, message_page};
use crate::actions::history::Place;
use crate::actions::messages::NewMessage;
use crate::domain::file::File;
use crate::domain::ids::{ClientMessageId, FileId, GroupId, MessageId, PersonId};
use crate::domain::mail_notes::{About, Attendance, CalendarEvent, MailNotes};
use crate::domain::message::{Answered, Glance, Grade, Message, MessagePlace, Source};
use crate::domain::receipt::ReceiptRequest;
use crate::domain::safe_html::SafeHtml;
use crate::mail::html_text::decode;
use crate::mail::mentions;
use crate::mail::sanitize::{files_in_place, with_pictures_shown};
use crate::texts::Texts;

/// One message as every reader sees it.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/_message.html")]
pub struct MessagePart {
    pub t: Texts,
    pub message: Message,
    /// Goes on where the same author stopped; shown without the name.
    pub follows: bool,
}

impl HtmlSafe for MessagePart {}

/// A message where it stands, with what was said before and after it.
pub fn link_to(MessagePlace { group, seq }: MessagePlace) -> String {
    format!("/groups/{group}?at={seq}#m-{seq}")
}

/// The line above a message that answers another one.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/_answered.html")]
pub struct AnsweredPart {
    pub t: Texts,
    pub group: GroupId,
    pub seq: i64,
    /// `None` for a reader who may not see it.
    pub line: Option<Glance>,
}

impl HtmlSafe for AnsweredPart {}

impl AnsweredPart {
    /// `None` for a message that answers none.
    pub fn of(t: Texts, message: &Message) -> Option<Self> {
        message.answers.clone().map(|answered| Self::new(t, message.group_id, answered))
    }

    pub fn new(t: Texts, group: GroupId, answered: Answered) -> Self {
        Self { t, group, seq: answered.seq, line: answered.line }
    }
}

/// Messages of one author within this many milliseconds stand together.
const TOGETHER: i64 = 5 * 60 * 1000;

impl MessagePart {
    /// A page of messages, oldest first.
    pub fn list(t: Texts, messages: Vec<Message>) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::with_capacity(messages.len());
        for message in messages {
            let follows = parts.last().is_some_and(|previous| goes_on(&previous.message, &message));
            parts.push(Self { t, message, follows });
        }
        parts
    }

    /// The line of a notice; each name in its own writing direction.
    fn notice(&self) -> filters::Markup {
        let author = &self.message.author.name;
        filters::sentence(|mark| match &self.message.notice {
            Some(notice) => self.t.notice(author, notice, mark),
            None => String::new(),
        })
    }

    fn receipts(&self) -> ReceiptLine {
        ReceiptLine { t: self.t, place: self.message.place(), receipts: self.message.receipts }
    }

    fn face(&self) -> Face {
        Face::of_author(&self.message.author)
    }
    fn by_mail(&self) -> bool {
        self.message.source == Source::Mail
    }
    fn opens(&self) -> bool {
        self.message.source == Source::Draft && self.message.taken_from.is_none()
    }
    fn by_link(&self) -> bool {
        self.message.author.grade != Grade::Confirmed
    }
    /// Why it is not sure who wrote it.
    fn unsure(&self) -> std::borrow::Cow<'static, str> {
        self.t.get(match (self.message.share, self.message.author.grade) {
            (Some(_), _) => "by-share",
            (None, Grade::Disowned) => "by-nobody",
            (None, _) => "by-link",
        })
    }
    fn path(&self) -> String {
        message_page::path_of(self.message.place())
    }
    fn answered(&self) -> Option<AnsweredPart> {
        AnsweredPart::of(self.t, &self.message)
    }
    fn marks(&self) -> MarkChips<'_> {
        MarkChips::of(self.t, &self.message)
    }
    fn reactions(&self) -> ReactionsPart<'_> {
        ReactionsPart { t: self.t, reactions: &self.message.reactions }
    }
    /// The text, each of its pictures in its place.
    pub(super) fn prose(&self) -> SafeHtml {
        with_pictures_shown(&self.message.body.html, |id, words| {
            let file = self.message.files.iter().find(|file| file.id == id)?;
            let mut picture = PictureInText { file, words: decode(words).into_owned() }.to_string();
            picture.truncate(picture.trim_end().len());
            file.picture.map(|_| picture)
        })
    }
    /// The files that do not stand in the text.
    fn files_below(&self) -> Vec<&File> {
        let in_place = files_in_place(&self.message.body.html);
        self.message
            .files
            .iter()
            .filter(|file| file.picture.is_none() || !in_place.contains(&file.id))
            .collect()
    }
    pub(super) fn notes(&self) -> MailNotesPart<'_> {
        MailNotesPart { t: self.t, notes: &self.message.notes }
    }
    pub(super) fn has_hidden(&self) -> bool {
        !self.message.quotation.trim().is_empty() || !self.message.signature.trim().is_empty()
    }
    pub(super) fn hidden(&self) -> String {
        let parts = [self.message.quotation.trim_end(), self.message.signature.trim_end()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    }
}

/// What the mail of a message is besides its words.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/_mail_notes.html")]
pub struct MailNotesPart<'m> {
    t: Texts,
    notes: &'m MailNotes,
}

impl HtmlSafe for MailNotesPart<'_> {}

impl MailNotesPart<'_> {
    fn about(&self, event: &CalendarEvent) -> &'static str {
        match (event.about, event.attendance) {
            (About::Event, _) => "calendar-event",
            (About::Invitation, _) => "calendar-invitation",
            (About::Cancelled, _) => "calendar-cancelled",
            (About::Answer, Some(Attendance::Accepted)) => "calendar-accepted",
            (About::Answer, Some(Attendance::Tentative)) => "calendar-tentative",
            (About::Answer, Some(Attendance::Declined)) => "calendar-declined",
            (About::Answer, None) => "calendar-answer",
        }
    }
}

/// A picture that stands in the text.
#[derive(Debug, Template)]
#[template(path = "messages/_picture.html")]
struct PictureInText<'m> {
    file: &'m File,
    /// What it shows.
    words: String,
}

fn goes_on(previous: &Message, message: &Message) -> bool {
    message.answers.is_none()
        && previous.author == message.author
        && previous.source == message.source
        && message.posted_at.millis() - previous.posted_at.millis() < TOGETHER
}

/// GET /groups/{id}/messages: one page of history for the script, the newest or at a place; before and after which
/// numbers it goes on, and the number that was asked for.
pub async fn list(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Query(asked): Query<AskedPlace>,
) -> WebResult<Response> {
    let place = asked.place().unwrap_or(Place::Newest);
    let page = state.actions.read_history(&member.viewer, group, place, groups::PAGE).await?;
    let older = page.messages.first().filter(|_| page.older).map(|first| first.seq);
    let newer = page.messages.last().filter(|_| page.newer).map(|last| last.seq);
    let parts = MessagePart::list(member.visit.texts(), page.messages);
    let html: String = parts.iter().map(ToString::to_string).collect();
    Ok(Json(json!({ "html": html, "older": older, "newer": newer, "at": page.at })).into_response())
}

/// How many people of one name a message tells apart.
const MOST_MENTIONS: usize = 100;

/// What the composer's form holds.
#[derive(Debug, Default)]
struct Written {
    client_id: Option<ClientMessageId>,
    markdown: String,
    files: Vec<FileId>,
    answers: Option<MessageId>,
    mentions: Vec<PersonId>,
    /// The last one counts: a box that is not checked says nothing itself.
    receipt: Option<ReceiptRequest>,
}

/// POST /groups/{id}/messages: a script gets the drawn message, a plain form comes back to the page. What was typed and
/// stored is given back if the message can't be taken as it is.
pub async fn post(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    form: Multipart,
) -> WebResult<Response> {
    let mut written = Written::default();
    let posted = match written.read(&state, &member, group, form).await {
        Ok(()) => state.actions.post_message(&member.viewer, group, written.new_message()).await,
        Err(failure) => return written.refused(&state, &member, group, failure).await,
    };
    match posted {
        Ok(message) if member.visit.wants_json => {
            let (seq, client_id) = (message.seq, message.client_id);
            let t = member.visit.texts();
            let notice = nobody_told(t, &message);
            let html = MessagePart { t, message, follows: false }.to_string();
            let answer = json!({ "seq": seq, "client_id": client_id, "html": html, "notice": notice });
            Ok(Json(answer).into_response())
        }
        Ok(_) => Ok(Redirect::to(&format!("/groups/{group}")).into_response()),
        Err(error) => written.refused(&state, &member, group, error.into()).await,
    }
}

/// What the writer should know of a message that calls somebody by a name that no member has.
pub(super) fn nobody_told(t: Texts, message: &Message) -> Option<String> {
    let names: Vec<String> =
        mentions::unmatched(&message.body.html).iter().map(|name| format!("@{name}")).collect();
    let names = names.join(", ");
    (!names.is_empty()).then(|| t.with("mention-unmatched", &[("names", names.as_str())]).into_owned())
}

impl Written {
    /// Reads to the end, so that nothing is lost for a file that is too large.
    async fn read(
        &mut self,
        state: &WebState,
        member: &Member,
        group: GroupId,
        mut form: Multipart,
    ) -> WebResult<()> {
        let mut first_problem = None;
        while let Some(field) = form.next_field().await? {
            match field.name() {
                Some("client_id") => self.client_id = field.text().await?.parse().ok(),
                Some("receipt") => self.receipt = ReceiptRequest::from_name(&field.text().await?),
                Some("markdown") => self.markdown = field.text().await?,
                Some("answers") => self.answers = field.text().await?.parse().ok(),
                Some("file") => {
                    self.files.push(field.text().await?.parse().map_err(|_| Trouble::Unreadable)?);
                }
                Some("mention") if self.mentions.len() < MOST_MENTIONS => {
                    self.mentions.extend(field.text().await?.parse::<PersonId>());
                }
                // Without script the files come along with the message; an empty field has no name.
                Some("upload") if field.file_name().is_some_and(|name| !name.is_empty()) => {
                    match upload::take_in(state, member, group, field).await {
                        Ok(file) => self.files.push(file.id),
                        Err(failure) if failure.can_be_mended() => {
                            first_problem.get_or_insert(failure);
                        }
                        Err(failure) => return Err(failure),
                    }
                }
                _ => {}
            }
        }
        first_problem.map_or(Ok(()), Err)
    }

    fn new_message(&self) -> NewMessage {
        NewMessage {
            client_id: self.client_id,
            markdown: self.markdown.clone(),
            files: self.files.clone(),
            answers: self.answers,
            mentions: self.mentions.clone(),
            receipt: self.receipt,
        }
    }

    /// The page with everything that was written, and why it was not taken.
    async fn refused(
        self,
        state: &WebState,
        member: &Member,
        group: GroupId,
        failure: Failure,
    ) -> WebResult<Response> {
        if member.visit.wants_json || !failure.can_be_mended() {
            return Err(failure);
        }
        let mut page = groups::page(state, member, group, None).await?;
        page.problem = Some(failure.words(member.visit.texts()));
        page.typed = self.markdown;
        page.answers = None;
        if let Some(id) = self.answers {
            // One that can't be answered is what the problem is about.
            let answered = state.actions.find_answered(&member.viewer, group, id).await.ok();
            page.answers = answered.map(|answered| (id, AnsweredPart::new(page.view.t, group, answered)));
        }
        page.receipt = self.receipt.unwrap_or(page.receipt);
        for id in self.files {
            // A file that is gone is what the problem is about.
            if let Ok(open) = state.actions.open_file(&member.viewer, id).await {
                page.kept.push(open.file);
            }
        }
        Ok((failure.status(), page).into_response())
    }
}
