//! The threads of my own mailbox: open it, look through it, and make a group of one. The page comes at once; the list follows
//! when the mail server has answered.

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use super::error::{Failure, WebResult, form_urlencoded};
use super::face::Face;
use super::filters;
use super::peer::Peer;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::mail_password::Guess;
use crate::actions::own_mailbox::{Chosen, Known, LONGEST_SEARCH, MailboxThread, Wanted};
use crate::actions::providers::Offer;
use crate::actions::{ActionError, MailboxProblem, Problem};
use crate::domain::address::EmailAddress;
use crate::domain::thread::Participant;
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// How many people a line names.
const NAMED: usize = 6;
const PAGE: &str = "/threads/mailbox";

/// My mailbox: the form that opens it, the frame of its list, or the list.
#[derive(Template, WebTemplate)]
#[template(path = "threads/mailbox.html")]
pub struct MailboxPage {
    pub view: View,
    pub query: String,
    /// Whose mailbox is open.
    pub address: Option<EmailAddress>,
    pub connect: Connect,
    /// Where the list is, if it is not here yet.
    pub later: String,
    pub part: Option<MailboxPart>,
}

/// What opens a mailbox.
#[derive(Clone, Debug, Default)]
pub struct Connect {
    /// Where signing in opens it.
    pub offers: Vec<Offer>,
    /// Whether its password does.
    pub by_password: bool,
    /// Mine; each can have a mailbox.
    pub addresses: Vec<EmailAddress>,
    pub problem: Option<String>,
}

/// The list, or why there is none.
#[derive(Template)]
#[template(path = "threads/_mailbox.html")]
pub struct MailboxPart {
    pub t: Texts,
    pub query: String,
    pub problem: Option<String>,
    /// Where what is wrong can be helped: the same page again, or the form that opens the mailbox.
    pub again: String,
    /// The key of what that is called.
    pub again_label: &'static str,
    pub rows: Vec<MailboxRow>,
    /// The URL of the older ones.
    pub next: Option<String>,
}

impl HtmlSafe for MailboxPart {}

/// One thread in the list.
#[derive(Clone, Debug)]
pub struct MailboxRow {
    pub topic: String,
    pub names: String,
    pub faces: Vec<Face>,
    pub mails: usize,
    pub unread: usize,
    pub last_at: Option<Timestamp>,
    /// What the form sends.
    pub chosen: String,
    /// The page of the draft or the group that it is already, and the key of what that page is.
    pub known: Option<(String, &'static str)>,
}

/// A draft was made, and some of the thread is not in it.
#[derive(Template, WebTemplate)]
#[template(path = "threads/taken.html")]
pub struct TakenPage {
    pub view: View,
    pub left_out: usize,
    pub path: String,
}

/// What is searched for, and how far back.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: u32,
}

#[derive(Debug, Deserialize)]
pub struct ConnectForm {
    #[serde(default)]
    address: String,
    password: SecretString,
}

#[derive(Debug, Deserialize)]
pub struct TakeForm {
    #[serde(default)]
    mails: String,
}

/// GET /threads/mailbox
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Query(typed): Query<Typed>,
) -> WebResult<MailboxPage> {
    MailboxPage::of(&state, &member, &typed).await
}

/// GET /threads/mailbox/list
pub async fn list(
    State(state): State<WebState>,
    member: Member,
    Query(typed): Query<Typed>,
) -> WebResult<Response> {
    let part = MailboxPart::of(&state, &member, &typed).await?;
    // Afterwards: what does not open it any more was forgotten.
    let page = MailboxPage::of(&state, &member, &typed).await?;
    let html = if member.visit.wants_part {
        part.render()
    } else {
        MailboxPage { part: Some(part), ..page }.render()
    };
    Ok(Html(html.map_err(|e| ActionError::Internal(e.into()))?).into_response())
}

/// POST /threads/mailbox/connect
pub async fn connect(
    State(state): State<WebState>,
    member: Member,
    Peer(network): Peer,
    Form(form): Form<ConnectForm>,
) -> WebResult<Response> {
    let (browser, jar) = member.visit.ensure_browser(&state)?;
    let guess = Guess { password: &form.password, browser: &browser, network };
    match state.actions.connect_mailbox(&member.viewer, form.address.trim(), guess).await {
        Ok(()) => Ok((jar, Redirect::to(PAGE)).into_response()),
        Err(error @ ActionError::Invalid { .. }) => {
            let failure = Failure::from(error);
            let mut page = MailboxPage::of(&state, &member, &Typed::default()).await?;
            // Also for somebody who has one open already.
            page.connect = Connect::of(&state, &member).await?;
            page.connect.problem = Some(failure.words(member.visit.texts()));
            // The one that was typed stays chosen.
            page.connect.addresses.sort_by_key(|address| address.as_str() != form.address.trim());
            page.address = None;
            Ok((failure.status_beside_form(), jar, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /threads/mailbox/disconnect
pub async fn disconnect(State(state): State<WebState>, member: Member) -> WebResult<Redirect> {
    if !state.actions.opens_own_mailboxes() {
        return Err(ActionError::NotFound.into());
    }
    state.actions.disconnect_mailbox(&member.viewer).await?;
    Ok(Redirect::to("/threads"))
}

/// POST /threads/mailbox/draft
pub async fn take(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<TakeForm>,
) -> WebResult<Response> {
    if !state.actions.opens_own_mailboxes() {
        return Err(ActionError::NotFound.into());
    }
    let taken = match Chosen::of(&form.mails) {
        Ok(chosen) => state.actions.take_from_mailbox(&member.viewer, &chosen).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(taken) if taken.left_out == 0 => Ok(Redirect::to(&path_of(taken.known)).into_response()),
        Ok(taken) => {
            let (left_out, path) = (taken.left_out, path_of(taken.known));
            Ok(TakenPage { view: member.view(&state).await?, left_out, path }.into_response())
        }
        Err(error @ ActionError::Invalid { .. }) => {
            let part = MailboxPart::failed(member.visit.texts(), &Typed::default(), &error);
            let page = MailboxPage::of(&state, &member, &Typed::default()).await?;
            let page = MailboxPage { part: Some(part), ..page };
            Ok((Failure::from(error).status_beside_form(), page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

impl Connect {
    async fn of(state: &WebState, member: &Member) -> WebResult<Self> {
        Ok(Self {
            offers: state.actions.offered_mailbox_providers(),
            by_password: state.actions.takes_mailbox_passwords(),
            addresses: state.actions.own_addresses(&member.viewer).await?,
            problem: None,
        })
    }
}

impl MailboxPage {
    async fn of(state: &WebState, member: &Member, typed: &Typed) -> WebResult<Self> {
        if !state.actions.opens_own_mailboxes() {
            return Err(ActionError::NotFound.into());
        }
        let address = state.actions.own_mailbox(&member.viewer).await?;
        let connect = match &address {
            Some(_) => Connect::default(),
            None => Connect::of(state, member).await?,
        };
        Ok(Self {
            view: member.view(state).await?,
            query: typed.shown(),
            address,
            connect,
            later: typed.url("/threads/mailbox/list", typed.page),
            part: None,
        })
    }
}

impl MailboxPart {
    async fn of(state: &WebState, member: &Member, typed: &Typed) -> WebResult<Self> {
        let t = member.visit.texts();
        let wanted = Wanted { words: typed.shown(), page: typed.page };
        let found = match state.actions.list_mailbox(&member.viewer, &wanted).await {
            Ok(found) => found,
            Err(error @ ActionError::Invalid { .. }) => return Ok(Self::failed(t, typed, &error)),
            Err(error) => return Err(error.into()),
        };
        let comma = if t.language().tag() == "en" { ", " } else { "、" };
        Ok(Self {
            t,
            query: typed.shown(),
            problem: None,
            again: String::new(),
            again_label: "mailbox-again",
            rows: found.threads.into_iter().map(|thread| MailboxRow::of(thread, comma)).collect(),
            next: found.older.then(|| typed.url(PAGE, typed.page.saturating_add(1))),
        })
    }

    pub fn failed(t: Texts, typed: &Typed, error: &ActionError) -> Self {
        let is_closed = matches!(
            error,
            ActionError::Invalid {
                problem: Problem::Mailbox(
                    MailboxProblem::PasswordChanged
                        | MailboxProblem::NotOpen
                        | MailboxProblem::AccessEnded
                        | MailboxProblem::NotGranted
                        | MailboxProblem::AccessRefused
                        | MailboxProblem::NoTokenLogin
                ),
                ..
            }
        );
        Self {
            t,
            query: typed.shown(),
            problem: Some(super::error::words_of(t, error)),
            again: if is_closed { PAGE.to_owned() } else { typed.url(PAGE, typed.page) },
            again_label: if is_closed { "mailbox-connect-again" } else { "mailbox-again" },
            rows: Vec::new(),
            next: None,
        }
    }
}

impl Typed {
    fn shown(&self) -> String {
        self.q.trim().chars().take(LONGEST_SEARCH).collect()
    }

    fn url(&self, path: &str, page: u32) -> String {
        let query = form_urlencoded(&self.shown());
        match (query.is_empty(), page) {
            (true, 0) => path.to_owned(),
            (true, page) => format!("{path}?page={page}"),
            (false, page) => format!("{path}?q={query}&page={page}"),
        }
    }
}

impl MailboxRow {
    pub fn of(thread: MailboxThread, comma: &str) -> Self {
        let named: Vec<String> = thread.participants.iter().take(NAMED).map(name_of).collect();
        let count = thread.participants.len();
        let rest = if count > NAMED { format!(" +{}", count - NAMED) } else { String::new() };
        Self {
            names: named.join(comma) + &rest,
            faces: named.iter().take(3).map(|name| Face::of(None, name)).collect(),
            mails: thread.mails,
            unread: thread.unread,
            last_at: thread.last_at,
            chosen: thread.chosen.text(),
            known: thread.known.map(|known| {
                let key = match known {
                    Known::Draft(_) => "mailbox-open-draft",
                    Known::Group(_) => "mailbox-open-group",
                };
                (path_of(known), key)
            }),
            topic: thread.topic,
        }
    }
}

fn name_of(participant: &Participant) -> String {
    participant.name.clone().unwrap_or_else(|| participant.address.local_part().to_owned())
}

fn path_of(known: Known) -> String {
    match known {
        Known::Draft(draft) => format!("/drafts/{draft}"),
        Known::Group(group) => format!("/groups/{group}"),
    }
}
