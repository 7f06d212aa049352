//! Errors as pages: what happened to the visitor, what to do, and a way on. Only this file knows status codes.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tower_http::csrf::ProtectionError;

use super::filters::{self, in_words};
use super::slow_body::TooSlow;
use super::state::WebState;
use super::view::View;
use super::visit::Visit;
use crate::actions::{ActionError, Conflict, LedgerProblem, MailboxProblem, PasswordProblem, Problem};
use crate::mail::parse::NotAMail;
use crate::texts::Texts;

/// What a handler gives.
pub type WebResult<T> = Result<T, Failure>;

/// Why a handler did not do what was asked.
#[derive(Clone, Debug)]
pub enum Failure {
    Action(Arc<ActionError>),
    Trouble(Trouble),
    /// Nobody is signed in; the page may come afterwards.
    SignInFirst {
        path: String,
    },
}

/// What happened to the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Not there, or not for this visitor's eyes: it looks the same.
    NotFound,
    /// Only for people of the organisation.
    Guest,
    /// A form from another site, or without the browser's marks.
    Foreign,
    /// More bytes than we take.
    TooLarge,
    /// What was sent stopped coming.
    TooSlow,
    /// The page was older than the thing.
    Stale,
    /// The form could not be read.
    Unreadable,
    /// Something of ours failed.
    Ours,
    /// The database is away for the moment.
    Busy,
    /// Asked for again and again.
    TooOften,
    /// An admin announced that nothing is changed now.
    Maintenance,
}

/// A page that says what went wrong.
#[derive(Template, WebTemplate)]
#[template(path = "errors/show.html")]
pub struct ErrorPage {
    pub view: View,
    pub title: String,
    pub text: String,
    pub way: String,
    pub way_label: String,
}

impl From<ActionError> for Failure {
    fn from(error: ActionError) -> Self {
        Self::Action(Arc::new(error))
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<axum::extract::multipart::MultipartError> for Failure {
    fn from(error: axum::extract::multipart::MultipartError) -> Self {
        Self::Trouble(if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Trouble::TooLarge
        } else if is_too_slow(&error) {
            Trouble::TooSlow
        } else {
            Trouble::Unreadable
        })
    }
}

/// The reason lies below what took the form apart.
fn is_too_slow(error: &dyn std::error::Error) -> bool {
    std::iter::successors(error.source(), |below| below.source()).any(|below| below.is::<TooSlow>())
}

impl Trouble {
    pub const ALL: [Self; 11] = [
        Self::NotFound,
        Self::Guest,
        Self::Foreign,
        Self::TooLarge,
        Self::TooSlow,
        Self::Stale,
        Self::Unreadable,
        Self::Ours,
        Self::Busy,
        Self::TooOften,
        Self::Maintenance,
    ];

    /// The keys of title and text.
    pub fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => ("error-not-found", "error-not-found-text"),
            Self::Guest => ("error-guest", "problem-guest"),
            Self::Foreign => ("error-foreign", "error-foreign-text"),
            Self::TooLarge => ("error-too-large", "error-too-large-text"),
            Self::TooSlow => ("error-too-slow", "error-too-slow-text"),
            Self::Stale => ("error-stale", "error-stale-text"),
            Self::Unreadable => ("error-unreadable", "error-unreadable-text"),
            Self::Ours => ("error-ours", "error-ours-text"),
            Self::Busy => ("error-busy", "error-busy-text"),
            Self::TooOften => ("error-too-often", "error-too-often-text"),
            Self::Maintenance => ("maintenance-holds", "maintenance-no-change"),
        }
    }

    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Foreign | Self::Guest => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Stale => StatusCode::CONFLICT,
            Self::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Ours => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy | Self::Maintenance => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// The page for it, with the way back `to` a path.
    pub fn page(self, view: View, to: &str) -> ErrorPage {
        let (title, text) = self.keys();
        let t = view.t;
        ErrorPage {
            title: t.get(title).into_owned(),
            text: t.get(text).into_owned(),
            way: to.to_owned(),
            way_label: t.get(if to == "/" { "to-groups" } else { "back" }).into_owned(),
            view,
        }
    }
}

impl Failure {
    fn trouble(&self) -> Trouble {
        match self {
            Self::Trouble(trouble) => *trouble,
            Self::SignInFirst { .. } => Trouble::NotFound,
            Self::Action(error) => match error.as_ref() {
                ActionError::NotFound | ActionError::Forbidden => Trouble::NotFound,
                ActionError::Invalid {
                    problem: Problem::TooLarge { .. } | Problem::TooMuchWaits { .. },
                    ..
                } => Trouble::TooLarge,
                ActionError::Invalid {
                    problem:
                        Problem::TooOften { .. }
                        | Problem::TooManySignInMails { .. }
                        | Problem::MailPassword(PasswordProblem::TooOften { .. })
                        | Problem::TooFast
                        | Problem::JustReminded { .. },
                    ..
                } => Trouble::TooOften,
                ActionError::Invalid { problem: Problem::Guest, .. } => Trouble::Guest,
                ActionError::Invalid { problem: Problem::NobodyToTakeBack, .. } => Trouble::Stale,
                ActionError::Invalid { .. } => Trouble::Unreadable,
                ActionError::Conflict(_) => Trouble::Stale,
                ActionError::Unavailable(_) => Trouble::Busy,
                ActionError::Internal(_) => Trouble::Ours,
            },
        }
    }

    /// What a page answers that tells of it in its own place: a form that is to be corrected is no error (200).
    pub fn status_beside_form(&self) -> StatusCode {
        match self.trouble() {
            Trouble::Unreadable => StatusCode::OK,
            trouble => trouble.status(),
        }
    }

    /// Whether the same form can be sent again after a change.
    pub fn can_be_mended(&self) -> bool {
        match self {
            Self::Action(error) => matches!(error.as_ref(), ActionError::Invalid { .. }),
            Self::Trouble(trouble) => *trouble == Trouble::TooLarge,
            Self::SignInFirst { .. } => false,
        }
    }

    pub fn status(&self) -> StatusCode {
        self.trouble().status()
    }

    /// One sentence for the place where it happened.
    pub fn words(&self, t: Texts) -> String {
        match self {
            Self::Action(error) => words_of(t, error),
            Self::SignInFirst { .. } => t.get("error-signed-out-text").into_owned(),
            Self::Trouble(_) => t.get(self.trouble().keys().1).into_owned(),
        }
    }
}

/// An action's error in one sentence.
pub fn words_of(t: Texts, error: &ActionError) -> String {
    match error {
        ActionError::Invalid { problem, .. } => problem_words(t, problem),
        ActionError::Conflict(Conflict::LeaseLost { holder: Some(name) }) => {
            t.with("lease-lost-to", &[("name", name.as_str())]).into_owned()
        }
        ActionError::Conflict(Conflict::LeaseLost { holder: None }) => t.get("lease-lost").into_owned(),
        ActionError::Conflict(Conflict::LeaseMoved) => t.get("lease-moved").into_owned(),
        ActionError::Conflict(Conflict::AlreadyConfirmed) => t.get("draft-confirmed").into_owned(),
        ActionError::Conflict(Conflict::Discarded) => t.get("draft-discarded").into_owned(),
        ActionError::Conflict(Conflict::MessageRemoved) => t.get("message-removed-meanwhile").into_owned(),
        ActionError::Conflict(Conflict::MessageMoved) => t.get("message-moved-meanwhile").into_owned(),
        ActionError::Conflict(Conflict::MailDecided) => t.get("ledger-decided").into_owned(),
        ActionError::Conflict(Conflict::EditedMeanwhile) => t.get("message-edited-meanwhile").into_owned(),
        ActionError::Conflict(Conflict::EditedElsewhere) => t.get("message-edited-elsewhere").into_owned(),
        ActionError::Conflict(Conflict::SharedElsewhere { .. }) => {
            t.get("share-saved-elsewhere").into_owned()
        }
        ActionError::Conflict(Conflict::OtherOffset { .. }) => t.get("error-stale-text").into_owned(),
        ActionError::Forbidden => t.get("problem-forbidden").into_owned(),
        ActionError::NotFound => t.get("error-not-found-text").into_owned(),
        ActionError::Unavailable(_) => t.get("error-busy-text").into_owned(),
        ActionError::Internal(_) => t.get("error-ours-text").into_owned(),
    }
}

fn size_words(bytes: u64) -> String {
    in_words(i64::try_from(bytes).unwrap_or(i64::MAX))
}

fn ledger_key(problem: LedgerProblem) -> &'static str {
    match problem {
        LedgerProblem::NoneChosen => "problem-no-mail-chosen",
        LedgerProblem::BytesGone => "problem-mail-bytes-gone",
        LedgerProblem::SenderMayNotStart => "problem-sender-may-not-start",
    }
}

fn mailbox_key(problem: MailboxProblem) -> &'static str {
    match problem {
        MailboxProblem::PasswordChanged => "problem-mailbox-password",
        MailboxProblem::NotOpen => "problem-mailbox-not-open",
        MailboxProblem::Away => "problem-mailbox-away",
        MailboxProblem::TooSlow => "problem-mailbox-slow",
        MailboxProblem::FolderMissing => "problem-mailbox-folder",
        MailboxProblem::NotSearched => "problem-mailbox-not-searched",
        MailboxProblem::Outdated => "problem-mailbox-outdated",
        MailboxProblem::NothingLeft => "problem-mailbox-nothing-left",
        MailboxProblem::AccessEnded => "problem-mailbox-access-ended",
        MailboxProblem::NotGranted => "problem-mailbox-not-granted",
        MailboxProblem::AccessRefused => "problem-mailbox-access-refused",
        MailboxProblem::NoTokenLogin => "problem-mailbox-no-token-login",
        MailboxProblem::SignInAway => "problem-mailbox-sign-in-away",
        MailboxProblem::TooManyAtOnce => "problem-mailbox-at-once",
        MailboxProblem::TooOften => "problem-mailbox-too-often",
    }
}

fn password_words(t: Texts, problem: PasswordProblem) -> Cow<'static, str> {
    match problem {
        PasswordProblem::Wrong => t.get("wrong-mail-password"),
        PasswordProblem::Unchecked => t.get("problem-passwords-unchecked"),
        PasswordProblem::TooOften { minutes } => t.with("problem-too-many-passwords", &[("n", minutes)]),
    }
}

fn problem_words(t: Texts, problem: &Problem) -> String {
    let text = match problem {
        Problem::Empty => t.get("problem-empty"),
        Problem::TooLong { limit } => t.with("problem-too-long", &[("n", *limit)]),
        Problem::TooLarge { limit } => t.with("file-too-large", &[("size", size_words(*limit))]),
        Problem::JustReminded { minutes } => t.with("problem-just-reminded", &[("n", *minutes)]),
        Problem::TooMuchWaits { limit } => t.with("problem-too-much-waits", &[("size", size_words(*limit))]),
        Problem::TooMany { limit } => t.with("problem-too-many", &[("n", *limit)]),
        Problem::TooManyChosen { limit } => t.with("problem-too-many-chosen", &[("n", *limit)]),
        Problem::Guest => t.get("problem-guest"),
        Problem::TooManyPeople { limit } => t.with("problem-too-many-people", &[("n", *limit)]),
        Problem::NotAnAddress => t.get("wrong-address"),
        Problem::OwnAddress => t.get("problem-own-address"),
        Problem::NoLongerHere | Problem::Departed { .. } => member_words(t, problem),
        Problem::AlreadyMember { name, .. } => t.with("problem-already-member", &[("name", name.as_str())]),
        Problem::NobodyThere { address } => t.with("problem-nobody-there", &[("address", address.as_str())]),
        Problem::IsList { .. } | Problem::NobodyToTakeBack | Problem::LastOwner => member_words(t, problem),
        Problem::Unreadable { text } => t.with("problem-unreadable-address", &[("text", text.as_str())]),
        Problem::TooFewMembers => t.get("confirm-needs-members"),
        Problem::NotAMail { why } => t.get(not_a_mail_key(why)),
        Problem::OwnLetter => t.get("not-a-mail-own"),
        Problem::WrongCode => t.get("wrong-code"),
        Problem::TooOften { minutes } => t.with("problem-too-often", &[("n", *minutes)]),
        Problem::TooManySignInMails { minutes: n } => t.with("problem-too-many-sign-in-mails", &[("n", *n)]),
        Problem::MailPassword(problem) => password_words(t, *problem),
        Problem::Mailbox(problem) => t.get(mailbox_key(*problem)),
        Problem::TooFast => t.get("problem-too-fast"),
        Problem::EmptyFile => t.get("problem-empty-file"),
        Problem::ForbiddenFile { ending } => t.with("problem-forbidden-file", &[("ending", ending.as_str())]),
        Problem::FileGone => t.get("problem-file-gone"),
        Problem::AnswerGone => t.get("problem-answer-gone"),
        Problem::TooLate => t.get("problem-too-late"),
        Problem::NoOtherGroup => t.get("problem-no-other-group"),
        Problem::MessageGone => t.get("problem-message-gone"),
        Problem::NoEmoji => t.get("problem-no-emoji"),
        Problem::TooManyReactions => t.get("problem-too-many-reactions"),
        Problem::TooManyPins { limit } => t.with("problem-too-many-pins", &[("n", *limit)]),
        Problem::PieceGone => t.get("problem-piece-gone"),
        Problem::PassageMissing => t.get("problem-passage-missing"),
        Problem::MarkedAlready => t.get("problem-marked-already"),
        Problem::TooManyMarks { limit } => t.with("problem-too-many-marks", &[("n", *limit)]),
        Problem::TooManyMarked { limit } => t.with("problem-too-many-marked", &[("n", *limit)]),
        Problem::NoTask => t.get("problem-no-task"),
        Problem::NoMember => t.get("problem-no-member"),
        Problem::NoTag => t.get("problem-no-tag"),
        Problem::TagGone => t.get("problem-tag-gone"),
        Problem::TagTaken => t.get("problem-tag-taken"),
        Problem::TagSigns => t.get("problem-tag-signs"),
        Problem::TooManyTags { limit } => t.with("problem-too-many-tags", &[("n", *limit)]),
        Problem::TooManyEdits => t.get("problem-too-many-edits"),
        Problem::NoSuchEnd => t.get("problem-no-such-end"),
        Problem::NoPushService => t.get("problem-no-push-service"),
        Problem::NothingShared => t.get("problem-nothing-shared"),
        Problem::TooMuchShared { limit } => t.with("problem-too-much-shared", &[("n", *limit)]),
        Problem::NotPublished => t.get("problem-not-published"),
        Problem::NobodyToMail => t.get("problem-nobody-to-mail"),
        Problem::NoFont { letters } => t.with("problem-no-font", &[("letters", letters.as_str())]),
        Problem::AnswerDecided => t.get("problem-answer-decided"),
        Problem::DomainNotAllowed { .. }
        | Problem::MemberNotAllowed { .. }
        | Problem::LinksNotAllowed
        | Problem::MayNotStart
        | Problem::OutsideForbidden => rule_words(t, problem),
        Problem::PasswordTooShort { least } => t.with("problem-password-short", &[("n", *least)]),
        Problem::WrongPassword => t.get("problem-wrong-password"),
        Problem::NothingToExport => t.get("problem-nothing-to-export"),
        Problem::Ledger(problem) => t.get(ledger_key(*problem)),
        Problem::Held | Problem::Days { .. } | Problem::NotConfirmed => keeping_words(t, problem),
        Problem::NoZone | Problem::NoTime | Problem::NoDay => time_words(t, problem),
    };
    text.into_owned()
}

/// The same of people who are to come in or to go.
fn member_words(t: Texts, problem: &Problem) -> Cow<'static, str> {
    match problem {
        Problem::IsList { name, address, .. } => {
            t.with("problem-is-list", &[("name", name.as_str()), ("address", address.as_str())])
        }
        Problem::LastOwner => t.get("problem-last-owner"),
        Problem::NoLongerHere => t.get("problem-no-longer-here"),
        Problem::Departed { name } => t.with("problem-departed", &[("name", name.as_str())]),
        _ => t.get("problem-nobody-to-take-back"),
    }
}

/// The same of what the company or the owners of a group do not let anybody do.
fn rule_words(t: Texts, problem: &Problem) -> Cow<'static, str> {
    match problem {
        Problem::DomainNotAllowed { domain } => {
            t.with("problem-domain-not-allowed", &[("domain", domain.as_str())])
        }
        Problem::MemberNotAllowed { name, domain } => {
            t.with("problem-member-not-allowed", &[("name", name.as_str()), ("domain", domain.as_str())])
        }
        Problem::LinksNotAllowed => t.get("problem-links-not-allowed"),
        Problem::MayNotStart => t.get("problem-may-not-start"),
        _ => t.get("problem-outside-forbidden"),
    }
}

/// The same of clocks.
fn time_words(t: Texts, problem: &Problem) -> Cow<'static, str> {
    t.get(match problem {
        Problem::NoZone => "problem-no-zone",
        Problem::NoDay => "problem-no-day",
        _ => "problem-no-time",
    })
}

/// The same of what is kept and erased.
fn keeping_words(t: Texts, problem: &Problem) -> Cow<'static, str> {
    match problem {
        Problem::Held => t.get("problem-held"),
        Problem::Days { limit } => t.with("problem-days", &[("limit", *limit)]),
        _ => t.get("problem-not-confirmed"),
    }
}

/// Why a dropped file can't be used, for people; the admin's words name the numbers.
fn not_a_mail_key(why: &NotAMail) -> &'static str {
    match why {
        NotAMail::Empty => "not-a-mail-empty",
        NotAMail::TooLarge { .. } => "not-a-mail-too-large",
        NotAMail::NoHeaders => "not-a-mail",
        NotAMail::OutlookFile => "not-a-mail-outlook",
        NotAMail::HeadersWithoutEnd { .. }
        | NotAMail::NestedTooDeep { .. }
        | NotAMail::TooManyParts { .. }
        | NotAMail::TooManyParameters { .. }
        | NotAMail::Contradiction => "not-a-mail-odd",
    }
}

impl IntoResponse for Failure {
    /// Only the mark; [`dress`] makes a page of it, since it knows the visitor's language.
    fn into_response(self) -> Response {
        if let Self::Action(error) = &self
            && let ActionError::Internal(inner) = error.as_ref()
        {
            tracing::error!(error = format!("{inner:#}"), "A request failed");
        }
        let mut response = self.trouble().status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Around every handler: gives each error its page, or its JSON for a script.
pub async fn dress(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (mut visit, is_get) = (Visit::of_parts(&parts), parts.method == Method::GET);
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(failure) = failure_of(&response) else { return response };
    let wait = response.headers().get(RETRY_AFTER).cloned().map(|wait| [(RETRY_AFTER, wait)]);
    // Asked for only now: most requests fail in nothing.
    visit.recognise(&state).await;
    if let (Failure::SignInFirst { path }, false) = (&failure, visit.wants_json || visit.wants_part) {
        // A form can't be sent again after signing in; its page can be opened.
        let next = if is_get { form_urlencoded(path) } else { "/".to_owned() };
        return (StatusCode::SEE_OTHER, [(LOCATION, format!("/sign-in?next={next}"))]).into_response();
    }
    let trouble = failure.trouble();
    let status = if matches!(failure, Failure::SignInFirst { .. }) {
        StatusCode::UNAUTHORIZED
    } else {
        trouble.status()
    };
    if visit.wants_json || visit.wants_part {
        return (status, wait, Json(json!({ "problem": failure.words(visit.texts()) }))).into_response();
    }
    let mut page = trouble.page(visit.view(), "/");
    if matches!(&failure, Failure::Action(error) if matches!(**error, ActionError::Invalid { .. } | ActionError::Conflict(_)))
    {
        page.text = failure.words(visit.texts());
    }
    (status, wait, page).into_response()
}

/// What went wrong with a response: ours, or one that axum or a layer refused in its own words.
fn failure_of(response: &Response) -> Option<Failure> {
    if let Some(failure) = response.extensions().get::<Failure>() {
        return Some(failure.clone());
    }
    if response.extensions().get::<ProtectionError>().is_some() {
        return Some(Trouble::Foreign.into());
    }
    // Pages and JSON that a handler made with an error's status stay as they are.
    let kind =
        response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("text/plain");
    if !kind.starts_with("text/plain") {
        return None;
    }
    let trouble = match response.status() {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Trouble::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => Trouble::TooLarge,
        // Programs ask for ranges, not people; the answer says how many bytes there are.
        StatusCode::RANGE_NOT_SATISFIABLE => return None,
        status if status.is_client_error() => Trouble::Unreadable,
        status if status.is_server_error() => Trouble::Ours,
        _ => return None,
    };
    Some(trouble.into())
}

/// A path as the value of a query.
pub fn form_urlencoded(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'~');
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
