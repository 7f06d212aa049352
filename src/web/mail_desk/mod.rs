//! The demo's Mail desk: the mailbox of every invented person, so that one person can try the whole round trip.
//! Not there outside of the demo.

mod pages;

pub use crate::actions::desk::Desk;
pub use pages::{DeskPage, DeskPerson, DeskRow, Letter, MailboxPage, WriteForm};

use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::{Trouble, WebResult, words_of};
use super::face::Face;
use super::path::Path;
use super::state::WebState;
use super::visit::{Visit, session_cookie};
use crate::actions::ActionError;
use crate::actions::desk::{DeskMail, Form as Written, Way};
use crate::domain::address::NamedAddress;
use crate::domain::secret::Token;

/// Nothing runs and nothing is fetched; the mail's own style may stand.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; \
    sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

/// Whose mailbox a page shows.
struct Reader<'a> {
    desk: &'a Desk,
    owner: &'a NamedAddress,
    visit: Visit,
}

fn reader<'a>(state: &'a WebState, visit: Visit, address: &str) -> WebResult<Reader<'a>> {
    let desk = state.desk.as_ref().ok_or(Trouble::NotFound)?;
    Ok(Reader { desk, owner: desk.owner(address)?, visit })
}

/// GET /mail-desk
pub async fn people(State(state): State<WebState>, visit: Visit) -> WebResult<DeskPage> {
    let desk = state.desk.as_ref().ok_or(Trouble::NotFound)?;
    let mailboxes = desk.mailboxes().await?;
    let people = mailboxes.into_iter().map(|mailbox| DeskPerson {
        face: Face::of(None, mailbox.owner.display_name()),
        address: mailbox.owner.address.to_string(),
        mails: mailbox.mails,
    });
    Ok(DeskPage { view: visit.view(), gateway: desk.gateway().address.to_string(), people: people.collect() })
}

#[derive(Debug, Deserialize)]
pub struct Sent {
    sent: Option<String>,
}

/// GET /mail-desk/{address}
pub async fn mailbox(
    State(state): State<WebState>,
    visit: Visit,
    Path(address): Path<String>,
    Query(sent): Query<Sent>,
) -> WebResult<MailboxPage> {
    let mut page = reader(&state, visit, &address)?.page(None).await?;
    page.sent = sent.sent.is_some();
    Ok(page)
}

/// GET /mail-desk/{address}/mails/{mail}
pub async fn mail(
    State(state): State<WebState>,
    visit: Visit,
    Path((address, mail)): Path<(String, String)>,
) -> WebResult<MailboxPage> {
    let reader = reader(&state, visit, &address)?;
    let mail = reader.desk.mail(reader.owner, &mail).await?;
    reader.page(Some(&mail)).await
}

/// GET /mail-desk/{address}/mails/{mail}/html: the mail as it was made, in a page of its own where nothing runs.
pub async fn html(
    State(state): State<WebState>,
    visit: Visit,
    Path((address, mail)): Path<(String, String)>,
) -> WebResult<Response> {
    let reader = reader(&state, visit, &address)?;
    let mail = reader.desk.mail(reader.owner, &mail).await?;
    let html = mail.html.ok_or(Trouble::NotFound)?;
    // Links of a mail open beside the desk, not inside its frame.
    let base = "<base target=\"_blank\">";
    let page = match html.split_once("<head>") {
        Some((before, after)) => format!("{before}<head>{base}{after}"),
        None => format!("{base}{html}"),
    };
    let head = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, MAIL_POLICY)];
    Ok((head, page).into_response())
}

/// GET /mail-desk/{address}/write
pub async fn write(
    State(state): State<WebState>,
    visit: Visit,
    Path(address): Path<String>,
) -> WebResult<MailboxPage> {
    let reader = reader(&state, visit, &address)?;
    let mut page = reader.page(None).await?;
    page.form = Some(Written::new(&reader.desk.gateway()).into());
    Ok(page)
}

/// GET /mail-desk/{address}/mails/{mail}/{way}: reply, reply-all or forward.
pub async fn answer(
    State(state): State<WebState>,
    visit: Visit,
    Path((address, mail, way)): Path<(String, String, String)>,
) -> WebResult<MailboxPage> {
    let way = Way::from_name(&way).ok_or(Trouble::NotFound)?;
    let reader = reader(&state, visit, &address)?;
    let mail = reader.desk.mail(reader.owner, &mail).await?;
    let mut page = reader.page(Some(&mail)).await?;
    page.form = Some(reader.desk.form(reader.owner, way, &mail).into());
    Ok(page)
}

/// POST /mail-desk/{address}/send: the mail goes the way of a real one, into the mailboxes of all its receivers.
pub async fn send(
    State(state): State<WebState>,
    visit: Visit,
    Path(address): Path<String>,
    Form(form): Form<WriteForm>,
) -> WebResult<Response> {
    let reader = reader(&state, visit, &address)?;
    match reader.desk.send(reader.owner, &Written::from(form.clone())).await {
        Ok(()) => Ok(Redirect::to(&format!("/mail-desk/{address}?sent=yes")).into_response()),
        Err(error @ ActionError::Invalid { .. }) => {
            let mut page = reader.page(None).await?;
            page.problem = Some(words_of(page.view.t, &error));
            page.form = Some(form);
            Ok(page.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /mail-desk/{address}/sign-in: as the link in a sign-in mail would, without the mail.
pub async fn sign_in(
    State(state): State<WebState>,
    visit: Visit,
    Path(address): Path<String>,
) -> WebResult<Response> {
    let Reader { owner, visit, .. } = reader(&state, visit, &address)?;
    let (browser, jar) = visit.ensure_browser(&state)?;
    let link = state.actions.make_sign_in_link(&owner.address, "/").await?;
    let token: Token = link.rsplit('/').next().unwrap_or_default().parse().map_err(|_| Trouble::Ours)?;
    let signed_in = state.actions.use_link(&token, &browser, &visit.user_agent).await?;
    Ok((jar.add(session_cookie(&state, &signed_in.cookie)), Redirect::to(&signed_in.target)).into_response())
}

impl Reader<'_> {
    async fn page(&self, open: Option<&DeskMail>) -> WebResult<MailboxPage> {
        let mails = self.desk.mails(self.owner).await?;
        Ok(MailboxPage {
            view: self.visit.view(),
            owner: Face::of(None, self.owner.display_name()),
            address: self.owner.address.to_string(),
            mails: mails.iter().map(|m| DeskRow::of(m, open.is_some_and(|o| o.id == m.id))).collect(),
            open: open.map(Letter::of),
            form: None,
            sent: false,
            problem: None,
        })
    }
}
