//! An address book on a CardDAV server (RFC 6352): what changed since a token (RFC 6578), and its cards.

use std::error::Error;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Response, StatusCode, Uri};
use libdav::FetchedResource;
use libdav::PropertyName;
use libdav::carddav::GetAddressBookResources;
use libdav::dav::{GetProperty, ListResources, SyncCollection, SyncCollectionParseError};
use libdav::requests::{DavRequest, ParseResponseError};
use reqwest::redirect::Policy;
use reqwest::{Client, Request};
use secrecy::ExposeSecret;

use super::account::{Login, MailServer, Proof, Security};
use super::connect::{self, ConnectError};
use super::login_gate::Paused;
use super::tls;

/// For each answer.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The largest answer, in bytes: cards can have pictures of many megabytes.
const LARGEST: usize = 16_000_000;
/// So many cards are asked for at once.
const CARDS: usize = 100;
/// So many cards are read of one address book.
pub const MOST_CARDS: usize = 200_000;
/// Servers that know no tokens tell by this property whether anything has changed.
const CTAG: PropertyName<'static, 'static> = PropertyName::new("http://calendarserver.org/ns/", "getctag");

/// One address book.
#[derive(Clone, Debug)]
pub struct DavAccount {
    /// [`Security::None`] only for a server on this machine.
    pub server: MailServer,
    /// Its path on the server, with a slash at the end.
    pub path: String,
}

#[derive(Debug, thiserror::Error)]
pub enum DavError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("The server refused the login: {reply}")]
    LoginRefused { reply: String },
    #[error("There is no address book: {reply}")]
    NoAddressBook { reply: String },
    /// All has to be read again.
    #[error("The server does not know the token any more")]
    TokenRefused,
    #[error("The answer is larger than {LARGEST} bytes")]
    TooLarge,
    #[error("The address book has more than {limit} cards")]
    TooMany { limit: usize },
    #[error("The server refused: {reply}")]
    Refused { reply: String },
    #[error("The server did not answer in time")]
    Timeout,
    #[error("The connection was lost: {why}")]
    Lost { why: String },
}

impl From<Paused> for DavError {
    fn from(paused: Paused) -> Self {
        Self::LoginRefused { reply: paused.words }
    }
}

impl DavError {
    /// The server's words, if the login is what is wrong.
    fn of_login(&self) -> Option<String> {
        match self {
            Self::LoginRefused { reply } => Some(reply.clone()),
            _ => None,
        }
    }
}

/// Where an address book was read last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DavMark {
    /// RFC 6578.
    Token(String),
    /// Of a server that knows no tokens: it says only whether anything has changed.
    Ctag(String),
}

/// What is there, or what changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DavChanges {
    /// All cards, or only those that changed.
    pub full: bool,
    pub changed: Vec<String>,
    pub deleted: Vec<String>,
    pub mark: Option<DavMark>,
}

/// One card, or why it can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DavCard {
    pub path: String,
    /// `None` if it is larger than what is read.
    pub text: Option<String>,
}

/// An address book that answers.
#[derive(Debug)]
pub struct DavBook {
    client: Client,
    base: Uri,
    account: DavAccount,
}

impl DavBook {
    /// Connects, and proves the certificate.
    ///
    /// # Errors
    /// [`DavError::Connect`] with the step that failed.
    pub async fn open(account: &DavAccount) -> Result<Self, DavError> {
        // The library's own error would not say which step it was.
        drop(connect::open(&account.server).await?);
        let config = tls::client_config(account.server.ca_file.as_deref())?;
        let client = Client::builder()
            .use_preconfigured_tls((*config).clone())
            // Where the password goes is the admin's to say.
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .no_proxy()
            .user_agent("mailmoot")
            .build()
            .map_err(|error| DavError::Lost { why: words(&error) })?;
        let scheme = if account.server.security == Security::None { "http" } else { "https" };
        let host = &account.server.host;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let base = format!("{scheme}://{host}:{}", account.server.port);
        let base =
            base.parse().map_err(|error: http::uri::InvalidUri| DavError::Lost { why: error.to_string() })?;
        Ok(Self { client, base, account: account.clone() })
    }

    /// What changed since a mark, or everything.
    ///
    /// # Errors
    /// [`DavError::TokenRefused`] when the server has forgotten what was then.
    pub async fn changes(&self, since: Option<&DavMark>) -> Result<DavChanges, DavError> {
        if let Some(DavMark::Ctag(known)) = since {
            let now = self.ctag().await?;
            if now.as_ref() == Some(known) {
                return Ok(DavChanges { mark: since.cloned(), ..DavChanges::default() });
            }
            return self.list().await;
        }
        let request = SyncCollection::new(&self.account.path);
        let (request, full) = match since {
            Some(DavMark::Token(token)) => (request.with_sync_token(token), false),
            _ => (request, true),
        };
        let found = match self.send(&request).await? {
            Ok(found) => found,
            Err(SyncCollectionParseError::PreconditionFailed(_)) => return Err(DavError::TokenRefused),
            Err(SyncCollectionParseError::Parse(error)) => match refused(error) {
                error @ (DavError::LoginRefused { .. } | DavError::NoAddressBook { .. }) => {
                    return Err(error);
                }
                // Some servers have other words for it (RFC 6578 3.2 lets them forget).
                _ if !full => return Err(DavError::TokenRefused),
                _ => return self.list().await,
            },
        };
        let changed: Vec<String> = found.changed.into_iter().map(|resource| resource.href).collect();
        check_count(changed.len())?;
        let mark = Some(DavMark::Token(found.new_sync_token));
        Ok(DavChanges { full, changed, deleted: found.deleted, mark })
    }

    /// Every card of a server that knows no tokens.
    async fn list(&self) -> Result<DavChanges, DavError> {
        let ctag = self.ctag().await?;
        let found = self.send(&ListResources::new(&self.account.path)).await?.map_err(refused)?;
        let cards = found.resources.into_iter().filter(|one| !one.resource_type.is_collection);
        let changed: Vec<String> = cards.map(|one| one.href).collect();
        check_count(changed.len())?;
        Ok(DavChanges { full: true, changed, deleted: Vec::new(), mark: ctag.map(DavMark::Ctag) })
    }

    async fn ctag(&self) -> Result<Option<String>, DavError> {
        match self.send(&GetProperty::new(&self.account.path, &CTAG)).await? {
            Ok(found) => Ok(found.value),
            Err(error) => match refused(error) {
                error @ (DavError::LoginRefused { .. } | DavError::NoAddressBook { .. }) => Err(error),
                _ => Ok(None),
            },
        }
    }

    /// The cards at some paths; those that are gone meanwhile are left out.
    ///
    /// # Errors
    /// With the server's words.
    pub async fn cards(&self, paths: &[String]) -> Result<Vec<DavCard>, DavError> {
        let (mut cards, mut reader) = (Vec::with_capacity(paths.len()), self.read(paths));
        while let Some(mut some) = reader.next().await? {
            cards.append(&mut some);
        }
        Ok(cards)
    }

    /// The same answer by answer: with their pictures, the cards of an address book can be larger than the memory.
    pub fn read(&self, paths: &[String]) -> DavReader<'_> {
        DavReader { book: self, waiting: paths.chunks(CARDS).rev().map(<[String]>::to_vec).collect() }
    }

    async fn send<R: DavRequest>(&self, request: &R) -> Result<Result<R::Response, R::ParseError>, DavError> {
        let lost = |why: String| DavError::Lost { why };
        let prepared = request.prepare_request(self.base.clone()).map_err(|error| lost(error.to_string()))?;
        let mut sent = Request::try_from(prepared).map_err(|error| lost(words(&error)))?;
        let login = self.account.server.login.as_ref();
        if let Some(Login { user, proof: Proof::Password(password), .. }) = login {
            let credentials = format!("{user}:{}", password.expose_secret());
            let value = format!("Basic {}", STANDARD.encode(credentials));
            let mut value = http::HeaderValue::from_str(&value).map_err(|error| lost(error.to_string()))?;
            value.set_sensitive(true);
            sent.headers_mut().insert(http::header::AUTHORIZATION, value);
        }
        let answering = async {
            let answer = self.client.execute(sent).await.map_err(|error| failed(&error))?;
            match answer.status() {
                status @ StatusCode::UNAUTHORIZED => Err(DavError::LoginRefused { reply: said(status) }),
                _ => Ok(answer),
            }
        };
        let mut answer = match login {
            Some(login) => login.gate.pass(answering, DavError::of_login).await?,
            None => answering.await?,
        };
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| failed(&error))? {
            if body.len() + piece.len() > LARGEST {
                return Err(DavError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        let mut parts = Response::new(()).into_parts().0;
        (parts.status, parts.headers) = (answer.status(), answer.headers().clone());
        Ok(request.parse_response(&parts, &body))
    }
}

/// Reads cards, some at a time.
pub struct DavReader<'a> {
    book: &'a DavBook,
    /// The next one last.
    waiting: Vec<Vec<String>>,
}

impl DavReader<'_> {
    /// Some more cards; none when all were read.
    ///
    /// # Errors
    /// With the server's words.
    pub async fn next(&mut self) -> Result<Option<Vec<DavCard>>, DavError> {
        while let Some(part) = self.waiting.pop() {
            let request = GetAddressBookResources::new(&self.book.account.path).with_hrefs(&part);
            match self.book.send(&request).await {
                // One of them has too large a picture: the others are had without it.
                Err(DavError::TooLarge) if part.len() > 1 => {
                    let (first, rest) = part.split_at(part.len() / 2);
                    self.waiting.extend([rest.to_vec(), first.to_vec()]);
                }
                Err(DavError::TooLarge) => {
                    return Ok(Some(part.into_iter().map(|path| DavCard { path, text: None }).collect()));
                }
                Err(error) => return Err(error),
                Ok(found) => {
                    let found = found.map_err(refused)?.resources.into_iter();
                    let card = |resource: FetchedResource| {
                        let text = resource.content.ok()?.data;
                        Some(DavCard { path: resource.href, text: Some(text) })
                    };
                    return Ok(Some(found.filter_map(card).collect()));
                }
            }
        }
        Ok(None)
    }
}

fn check_count(count: usize) -> Result<(), DavError> {
    if count > MOST_CARDS { Err(DavError::TooMany { limit: MOST_CARDS }) } else { Ok(()) }
}

fn failed(error: &reqwest::Error) -> DavError {
    if error.is_timeout() { DavError::Timeout } else { DavError::Lost { why: words(error) } }
}

/// RFC 9110 15, such as `401 Unauthorized`.
fn said(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default())
}

fn refused(error: ParseResponseError) -> DavError {
    match error {
        ParseResponseError::BadStatusCode(status) => {
            let reply = said(status);
            match status {
                StatusCode::FORBIDDEN => DavError::LoginRefused { reply },
                StatusCode::NOT_FOUND | StatusCode::GONE => DavError::NoAddressBook { reply },
                // Whoever is sent elsewhere, or to something that speaks no WebDAV, has the wrong address.
                status if status.is_redirection() || status == StatusCode::METHOD_NOT_ALLOWED => {
                    DavError::NoAddressBook { reply }
                }
                _ => DavError::Refused { reply },
            }
        }
        ParseResponseError::Xml(_) => DavError::NoAddressBook { reply: "no XML".to_owned() },
        ParseResponseError::InvalidResponse(why) => {
            DavError::Refused { reply: why.to_string().chars().take(200).collect() }
        }
    }
}

/// The error with its causes, which say more. No URL: it may hold a name.
fn words(error: &reqwest::Error) -> String {
    let mut words = Vec::new();
    let mut next: Option<&dyn Error> = error.source();
    while let Some(cause) = next {
        words.push(cause.to_string());
        next = cause.source();
    }
    match words.last() {
        Some(last) => last.clone(),
        None => "the request failed".to_owned(),
    }
}
