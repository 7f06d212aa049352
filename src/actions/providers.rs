//! Signing in at an OpenID provider: there, back, and out again. Whose account it is, is decided here: by the provider's
//! own name for it when it came before, by an address that is certainly theirs when it comes first, and never by more.

use std::time::Duration;

use super::limits::{self, Limit};
use super::own_mailbox::Grant;
use super::sessions::{self, Browser, Start};
use super::sign_in::SignedIn;
use super::{ActionError, Actions, Problem, Result, access, people};
use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::domain::identity::{ByProvider, Identity, ProviderVisit, Untrusted};
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::language::Language;
use crate::domain::network::Network;
use crate::domain::person::{Entry, Origin};
use crate::domain::secret::Token;
use crate::domain::settings::PublicUrl;
use crate::domain::time::Timestamp;
use crate::store::persons::NewPerson;
use crate::store::{self, Tx};
use crate::transport::openid::{self, Begun, Come, OpenId, OpenIdError};

/// Whoever is sent to a provider comes back within so long.
pub const VISIT_LASTS: Duration = Duration::from_secs(15 * 60);
/// So many times what one network can ask for by mail can be sent there from it within an hour: nobody's mailbox is
/// filled by it, but a table of ours.
const TIMES_MAILS: i64 = 10;
/// The longest name of an account at a provider (OpenID Connect Core 1.0 2), in bytes.
const LONGEST_SUBJECT: usize = 255;

/// Characters of a new person's name.
const LONGEST_NAME: usize = 200;

/// Why a provider's word let nobody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No provider of that name.
    NoProvider,
    /// Begun in another browser, used before, or long ago.
    Gone,
    /// The person, or the provider, said no.
    Denied,
    /// The provider answers with an error of the protocol, by its name there.
    Answered { error: String },
    /// It may work later.
    Unreachable,
    /// Settings here or there are wrong.
    Unfit,
    /// An answer that must not be believed.
    NotBelieved,
    /// The provider's address is not certainly theirs.
    Untrusted(Untrusted),
    /// An address of mailmoot itself.
    OwnAddress,
    /// Nobody whom we know, and of no domain that may join.
    Unknown,
    /// The address is somebody's who signs in there by another account.
    OtherAccount,
    /// Whose account it is has left the house.
    Departed,
}

/// What comes of a provider's word.
pub type Told<T> = Result<std::result::Result<T, Refusal>>;

/// A provider as the sign-in page offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub name: String,
    pub title: String,
}

impl Offer {
    pub(super) fn of(one: &OpenId) -> Self {
        Self { name: one.provider.name.clone(), title: one.provider.title.clone() }
    }
}

/// Who is sent to a provider.
#[derive(Clone, Copy, Debug)]
pub struct Traveller<'a> {
    pub browser: &'a Token,
    pub network: Network,
    pub language: Language,
}

/// What a browser comes back with.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'a> {
    pub provider: &'a str,
    pub state: &'a str,
    pub code: Option<&'a str>,
    pub error: Option<&'a str>,
    /// Who sent it (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// The secrets of one visit, which are stored nowhere.
struct Secrets {
    state: Token,
    nonce: Token,
    verifier: [Token; 2],
    back: String,
}

impl Secrets {
    fn begun(&self) -> Begun<'_> {
        let [first, second] = &self.verifier;
        Begun { state: &self.state, nonce: &self.nonce, verifier: [first, second], back: &self.back }
    }
}

impl Actions {
    /// The providers one can sign in at, in the order of the settings.
    pub fn offered_providers(&self) -> Vec<Offer> {
        self.providers.all().iter().map(Offer::of).collect()
    }

    /// Where to send a browser that wants to sign in at a provider. It can come back once, within a quarter of an hour.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when a network sends too many.
    pub async fn begin_at_provider(&self, name: &str, target: String, who: Traveller<'_>) -> Told<String> {
        let Some(one) = self.providers.find(name) else { return Ok(Err(Refusal::NoProvider)) };
        let visit = ProviderVisit {
            id: self.clock.new_id(),
            provider: name.to_owned(),
            browser: who.browser.digest(),
            target,
            created_at: self.clock.now(),
        };
        let secrets = self.secrets_of(&visit);
        let state = secrets.state.digest();
        let url = match one.begin(secrets.begun(), &[who.language.tag()]).await {
            Ok(url) => url,
            Err(error) => return Ok(Err(refusal(name, &error))),
        };
        let most = TIMES_MAILS * i64::from(self.settings.limits.sign_in_mails_per_hour);
        let limit = [Limit::new("provider-visits", &[&who.network.as_text()], most)];
        self.store
            .write(async move |tx| {
                limits::take(tx, &limit, visit.created_at, too_often).await?;
                Ok::<_, ActionError>(store::identities::insert_visit(tx, &visit, &state).await?)
            })
            .await?;
        Ok(Ok(url))
    }

    /// Signs in a browser that comes back from a provider. What it brings counts once, and in the browser that was sent.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn finish_at_provider(
        &self,
        returned: Returned<'_>,
        browser: Option<&Token>,
        user_agent: &str,
    ) -> Told<SignedIn> {
        let Some(one) = self.providers.find(returned.provider) else { return Ok(Err(Refusal::NoProvider)) };
        let Some(visit) = self.come_back(returned, browser).await? else { return Ok(Err(Refusal::Gone)) };
        if let Some(error) = returned.error {
            return Ok(Err(answered(error)));
        }
        let Some(code) = returned.code else { return Ok(Err(Refusal::NotBelieved)) };
        let secrets = self.secrets_of(&visit);
        let come = Come { code, issuer: returned.issuer };
        let found = match one.finish(come, secrets.begun()).await {
            Ok(found) if found.identity.key.subject.len() <= LONGEST_SUBJECT => found,
            Ok(_) => return Ok(Err(Refusal::NotBelieved)),
            Err(error) => return Ok(Err(refusal(returned.provider, &error))),
        };
        self.let_in(one, visit, found, user_agent.to_owned()).await
    }

    /// Ends the sessions that a provider says have ended there. Their open pages hear of it.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: the provider may say it again.
    pub async fn end_by_provider(&self, name: &str, logout_token: &str) -> Told<()> {
        let Some(one) = self.providers.find(name) else { return Ok(Err(Refusal::NoProvider)) };
        let ended = match one.check_logout(logout_token).await {
            Ok(ended) => ended,
            Err(error) => return Ok(Err(refusal(name, &error))),
        };
        let now = self.clock.now();
        let gone = self
            .store
            .write(async move |tx| {
                let jti = Digest::of(ended.jti.as_bytes());
                if !store::identities::use_logout_token(tx, &ended.key.issuer, &jti, now).await? {
                    return Ok(None);
                }
                let sid = ended.sid.as_deref();
                let kept = store::own_mailboxes::of_identity(tx, &ended.key, sid).await?;
                let gone = store::sessions::delete_of_identity(tx, &ended.key, sid).await?;
                Ok::<_, ActionError>(Some((gone, kept)))
            })
            .await?;
        let Some((gone, kept)) = gone else { return Ok(Err(Refusal::NotBelieved)) };
        // What is good without a session there lives on there (Back-Channel Logout 1.0 2.7).
        self.give_back(self.all_to_give_back(kept));
        self.tell_ended(gone);
        Ok(Ok(()))
    }

    fn secrets_of(&self, visit: &ProviderVisit) -> Secrets {
        let token = |purpose: &str| Token::derived(&self.key, purpose, visit.id.uuid());
        Secrets {
            state: token("provider-state"),
            nonce: token("provider-nonce"),
            verifier: [token("provider-verifier-1"), token("provider-verifier-2")],
            back: way_back(&self.settings.public_url, &visit.provider),
        }
    }

    /// The visit that comes back, taken away. `None` for another browser, which leaves it where it is.
    async fn come_back(
        &self,
        returned: Returned<'_>,
        browser: Option<&Token>,
    ) -> Result<Option<ProviderVisit>> {
        let (Ok(state), Some(browser)) = (returned.state.parse::<Token>(), browser) else { return Ok(None) };
        let (state, browser, since) = (state.digest(), browser.digest(), self.clock.now() - VISIT_LASTS);
        let visit = self
            .store
            .write(async move |tx| store::identities::take_visit(tx, &state, &browser, since).await)
            .await?;
        Ok(visit.filter(|visit| visit.provider == returned.provider))
    }

    async fn let_in(
        &self,
        one: &OpenId,
        visit: ProviderVisit,
        found: openid::SignedIn,
        user_agent: String,
    ) -> Told<SignedIn> {
        let trust = &one.provider.trust;
        let address = trust.address(&found.identity);
        let (now, cookie, session) = (self.clock.now(), self.new_token()?, self.clock.new_id());
        let issuer = found.identity.key.issuer.clone();
        let grant = found.granted.map(|granted| Grant { issuer, since: now, granted });
        let mailbox = self.mailbox_of(session, address.as_ref().ok(), grant)?;
        let newcomer = self.newcomer(address, &found.identity);
        let by = ByProvider {
            key: found.identity.key.clone(),
            sid: found.identity.sid.clone(),
            id_token: found.id_token,
            rights: trust.rights(&found.identity),
            ends_at: now + one.provider.lasts,
        };
        let lasts = self.policy().session_lasts;
        self.store
            .write(async move |tx| {
                let person = match whose(tx, &by, newcomer, now).await? {
                    Ok(person) => person,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                if access::has_departed(tx, &[person]).await? {
                    return Ok(Err(Refusal::Departed));
                }
                let browser = Browser { digest: &visit.browser, user_agent: &user_agent, now, lasts };
                let start = Start { person, id: session, by: Some(&by) };
                sessions::begin(tx, start, &cookie, browser).await?;
                if let Some((address, sealed)) = mailbox
                    && is_nobody_elses(tx, &address, person).await?
                {
                    store::own_mailboxes::put(tx, session, &sealed).await?;
                }
                Ok::<_, ActionError>(Ok(SignedIn { cookie, target: visit.target }))
            })
            .await
    }

    /// The mailbox that opens with a sign-in, and what opens it, sealed: that of the address which is certainly theirs.
    fn mailbox_of(
        &self,
        session: SessionId,
        address: Option<&EmailAddress>,
        grant: Option<Grant>,
    ) -> Result<Option<(EmailAddress, String)>> {
        let address = address.filter(|address| !self.settings.mail.owns(address));
        let (Some(address), Some(grant)) = (address, grant) else { return Ok(None) };
        let sealed = self.sealed_grant(session, address, grant)?;
        Ok(sealed.map(|sealed| (address.clone(), sealed)))
    }

    /// Who comes first by this account, as far as its address says.
    fn newcomer(
        &self,
        address: std::result::Result<EmailAddress, Untrusted>,
        identity: &Identity,
    ) -> std::result::Result<Newcomer, Refusal> {
        let address = address.map_err(Refusal::Untrusted)?;
        if self.settings.mail.owns(&address) {
            return Err(Refusal::OwnAddress);
        }
        let may_join = self.settings.sign_in.takes(&address);
        let name = written_name(&identity.full_name).unwrap_or_else(|| address.local_part().to_owned());
        Ok(Newcomer { id: self.clock.new_id(), full_name: name, address, may_join })
    }
}

/// Where a provider sends browsers back to; registered there.
pub fn way_back(here: &PublicUrl, provider: &str) -> String {
    here.join(&format!("/sign-in/with/{provider}/back"))
}

/// Somebody whose account at the provider was never seen here.
struct Newcomer {
    /// Of a person to be made, if nobody has the address.
    id: PersonId,
    full_name: String,
    address: EmailAddress,
    /// By the domains that may sign in.
    may_join: bool,
}

/// The person whom an account belongs to: remembered, or from now on. An account that is remembered asks for no address.
async fn whose(
    tx: &mut Tx,
    by: &ByProvider,
    newcomer: std::result::Result<Newcomer, Refusal>,
    now: Timestamp,
) -> Told<PersonId> {
    if let Some(person) = store::identities::find_person(tx, &by.key, now).await? {
        return Ok(Ok(person));
    }
    let newcomer = match newcomer {
        Ok(newcomer) => newcomer,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(person) = known_or_new(tx, newcomer, now).await? else { return Ok(Err(Refusal::Unknown)) };
    if store::identities::insert(tx, &by.key, person, now).await? {
        return Ok(Ok(person));
    }
    // On PostgreSQL another tab may have been first with the same account.
    let owner = store::identities::find_person(tx, &by.key, now).await?;
    Ok(owner.filter(|owner| *owner == person).ok_or(Refusal::OtherAccount))
}

/// An account that is remembered may have got an address that is somebody else's here.
async fn is_nobody_elses(tx: &mut Tx, address: &EmailAddress, person: PersonId) -> Result<bool> {
    let owner = store::persons::find_by_address(tx, address).await?;
    Ok(owner.is_none_or(|owner| owner.id == person))
}

async fn known_or_new(tx: &mut Tx, newcomer: Newcomer, now: Timestamp) -> Result<Option<PersonId>> {
    let Newcomer { id, full_name, address, may_join } = newcomer;
    if let Some(person) = store::persons::find_by_address(tx, &address).await? {
        return Ok(Some(person.id));
    }
    if !may_join {
        return Ok(None);
    }
    let entry = Entry { full_name, addresses: vec![address.clone()], ..Entry::default() };
    let new = NewPerson { id, entry, origin: Origin::Learnt };
    let owner = people::insert_once(tx, new, &address, now).await?;
    Ok(owner.map(|person| person.id))
}

/// A name as it can stand on a page and in a mail.
fn written_name(name: &str) -> Option<String> {
    let plain: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    Some(plain.trim().to_owned()).filter(|name| !name.is_empty())
}

/// What to say of it; what the provider said goes into the log, where the admin looks. It names no person.
fn refusal(provider: &str, error: &OpenIdError) -> Refusal {
    tracing::warn!(provider, error = %error, "signing in at a provider failed");
    match error {
        OpenIdError::Unreachable { .. } => Refusal::Unreachable,
        OpenIdError::Unfit { .. } => Refusal::Unfit,
        OpenIdError::CodeRefused => Refusal::Gone,
        OpenIdError::BadToken { .. } => Refusal::NotBelieved,
    }
}

/// An error of the protocol by its name (RFC 6749 4.1.2.1, OpenID Connect Core 1.0 3.1.2.6); anything else is only odd.
fn answered(error: &str) -> Refusal {
    let is_name = error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match error {
        "access_denied" => Refusal::Denied,
        "server_error" | "temporarily_unavailable" => Refusal::Unreachable,
        name if is_name && !name.is_empty() => Refusal::Answered { error: name.to_owned() },
        _ => Refusal::NotBelieved,
    }
}

fn too_often(minutes: u64) -> ActionError {
    ActionError::invalid("provider", Problem::TooOften { minutes })
}
