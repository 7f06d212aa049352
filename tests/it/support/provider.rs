//! An OpenID provider on this machine that says what a test tells it to, true or not. Its people "sign in" by
//! [`OddProvider::let_in`], which plays what a browser would be shown there.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64URL};
use mailmoot::clock::Clock;
use mailmoot::domain::identity::Trust;
use mailmoot::transport::openid::{ClaimNames, MailboxAsk, Provider};
use reqwest::Url;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub const CLIENT: &str = "mailmoot";
pub const SECRET: &str = "s3cret-of-the-client";

/// How a token is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signed {
    #[default]
    Well,
    /// With a key that is not the provider's.
    ByAnother,
    /// `alg: none`.
    Not,
    /// With the client's secret, which others may have.
    BySecret,
}

/// What the provider says of whoever signs in next.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// Over the usual claims; null takes one away.
    pub claims: Value,
    /// What the user-info endpoint says, if it is asked.
    pub user_info: Value,
    pub signed: Signed,
}

struct Grant {
    challenge: String,
    redirect: String,
    nonce: String,
    word: Word,
}

struct Inner {
    issuer: String,
    clock: Clock,
    key: EcdsaKeyPair,
    kid: usize,
    grants: HashMap<String, Grant>,
    user_info: Value,
    metadata: Value,
    asked: Vec<String>,
    away: bool,
    refusal: Option<(u16, String)>,
    mail: Mail,
}

/// What it gives for a mail server.
#[derive(Default)]
struct Mail {
    /// Whether refresh tokens come with access tokens.
    renews: bool,
    /// How many access tokens were given: `access-1`, `access-2` and so on.
    given: usize,
    /// The refresh tokens that are good, for once each.
    good: HashSet<String>,
    /// The user-info endpoint takes only tokens of its own.
    only: bool,
    /// What it says the tokens are good for; nothing if it does not say.
    scope: Option<&'static str>,
    /// The tokens that were given back.
    returned: Vec<String>,
}

impl Mail {
    fn next(&mut self) -> Value {
        self.given += 1;
        let mut tokens = json!({
            "access_token": format!("access-{}", self.given), "token_type": "Bearer", "expires_in": 600,
        });
        if let Some(scope) = self.scope {
            tokens["scope"] = scope.into();
        }
        if self.renews {
            let token = format!("refresh-{}", self.given);
            self.good.insert(token.clone());
            tokens["refresh_token"] = token.into();
        }
        tokens
    }
}

type Shared = Arc<Mutex<Inner>>;

pub struct OddProvider {
    inner: Shared,
    pub issuer: String,
    _server: JoinSet<()>,
}

impl OddProvider {
    pub async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Mutex::new(Inner {
            issuer: issuer.clone(),
            clock,
            key: new_key(),
            kid: 1,
            grants: HashMap::new(),
            user_info: Value::Null,
            metadata: json!({}),
            asked: Vec::new(),
            away: false,
            mail: Mail::default(),
            refusal: None,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/me", get(user_info))
            .with_state(inner.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, issuer, _server: server }
    }

    /// As an admin would describe it.
    pub fn settings(&self, name: &str) -> Provider {
        Provider {
            name: name.to_owned(),
            title: format!("Login {name}"),
            issuer: self.issuer.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.into()),
            scopes: vec!["email".to_owned(), "profile".to_owned()],
            mailbox: MailboxAsk::default(),
            claims: ClaimNames::default(),
            trust: Trust::default(),
            lasts: Duration::from_secs(7 * 24 * 3600),
            single_logout: true,
            ca_file: None,
        }
    }

    /// What it says of itself, over the usual; null takes something away.
    pub fn describe(&self, metadata: Value) {
        self.inner.lock().unwrap().metadata = metadata;
    }

    /// Does not answer, or does again.
    pub fn set_away(&self, away: bool) {
        self.inner.lock().unwrap().away = away;
    }

    /// The same for a house that asks for what opens mailboxes.
    pub fn settings_for_mail(&self, name: &str) -> Provider {
        let mailbox = MailboxAsk {
            scopes: vec!["mail".to_owned(), "offline_access".to_owned()],
            parameters: vec![("prompt".to_owned(), "consent".to_owned())],
        };
        Provider { mailbox, ..self.settings(name) }
    }

    /// Gives out refresh tokens from now on, each of which is good for once.
    pub fn set_renews(&self, renews: bool) {
        self.inner.lock().unwrap().mail.renews = renews;
    }

    /// Says from now on that its tokens are good for this (RFC 6749 5.1).
    pub fn gives(&self, scope: &'static str) {
        self.inner.lock().unwrap().mail.scope = Some(scope);
    }

    /// The tokens that were given back to it.
    pub fn returned(&self) -> Vec<String> {
        self.inner.lock().unwrap().mail.returned.clone()
    }

    /// Takes back all refresh tokens.
    pub fn withdraw(&self) {
        self.inner.lock().unwrap().mail.good.clear();
    }

    /// How many access tokens it gave so far.
    pub fn given(&self) -> usize {
        self.inner.lock().unwrap().mail.given
    }

    /// Its user-info endpoint does not take tokens for mail servers any more.
    pub fn close_user_info(&self) {
        self.inner.lock().unwrap().mail.only = true;
    }

    /// What it answers to browsers that nobody sits at: a status, and where it leads, if it leads anywhere. A place that begins
    /// with a question mark is where they came from.
    pub fn answers_browsers(&self, status: u16, place: &str) {
        self.inner.lock().unwrap().refusal = Some((status, place.to_owned()));
    }

    /// Signs with another key from now on, and publishes only that.
    pub fn change_key(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.key = new_key();
        inner.kid += 1;
    }

    /// The paths it was asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.inner.lock().unwrap().asked.clone()
    }

    /// Somebody signs in here: where their browser is sent back to.
    pub fn let_in(&self, sent_to: &str, word: Word) -> String {
        let url = Url::parse(sent_to).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(
            (asked["response_type"].as_str(), asked["code_challenge_method"].as_str()),
            ("code", "S256")
        );
        assert_eq!(asked["client_id"], CLIENT);
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let code = Clock::system().new_id::<()>().to_string();
        let grant = Grant {
            challenge: asked["code_challenge"].clone(),
            redirect: asked["redirect_uri"].clone(),
            nonce: asked["nonce"].clone(),
            word,
        };
        let mut inner = self.inner.lock().unwrap();
        inner.grants.insert(code.clone(), grant);
        let back = &asked["redirect_uri"];
        format!("{back}?code={code}&state={}", asked["state"])
    }

    /// A signed token of these claims, as for back-channel logout.
    pub fn sign(&self, claims: &Value, signed: Signed) -> String {
        sign(&self.inner.lock().unwrap(), claims, signed, "logout+jwt")
    }

    /// What a logout token says.
    pub fn logout_claims(&self, subject: &str, sid: &str) -> Value {
        let inner = self.inner.lock().unwrap();
        let now = inner.clock.now().millis() / 1000;
        json!({
            "iss": inner.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "sub": subject, "sid": sid,
            "jti": Clock::system().new_id::<()>().to_string(),
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        })
    }
}

impl Word {
    /// An address that the provider has checked.
    pub fn of(subject: &str, address: &str) -> Self {
        let claims = json!({
            "sub": subject, "email": address, "email_verified": true, "name": format!("{subject} by provider"),
            "groups": [], "sid": format!("session-of-{subject}"),
        });
        Self { claims, ..Self::default() }
    }

    /// The same with some claims changed; null takes one away.
    pub fn but(mut self, claims: Value) -> Self {
        over(&mut self.claims, &claims, true);
        self
    }

    pub fn signed(self, signed: Signed) -> Self {
        Self { signed, ..self }
    }
}

fn over(base: &mut Value, changes: &Value, keep_null: bool) {
    for (name, value) in changes.as_object().into_iter().flatten() {
        if value.is_null() && !keep_null {
            base.as_object_mut().unwrap().remove(name);
        } else {
            base[name] = value.clone();
        }
    }
}

fn new_key() -> EcdsaKeyPair {
    let clock = Clock::system();
    let chance = clock.chance();
    let written = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, chance).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, written.as_ref(), chance).unwrap()
}

async fn metadata(State(shared): State<Shared>) -> Result<Json<Value>, StatusCode> {
    let inner = note(&shared, "configuration")?;
    let at = |path: &str| format!("{}{path}", inner.issuer);
    let mut said = json!({
        "issuer": inner.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/me"), "jwks_uri": at("/keys"), "end_session_endpoint": at("/leave"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
        "code_challenge_methods_supported": ["S256"],
    });
    over(&mut said, &inner.metadata, false);
    Ok(Json(said))
}

/// Nobody is signed in here, and nobody can be asked (OpenID Connect Core 1.0 3.1.2.1).
async fn authorize(
    State(shared): State<Shared>,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<(StatusCode, HeaderMap), StatusCode> {
    let inner = note(&shared, "authorize")?;
    assert_eq!((asked["prompt"].as_str(), asked["client_id"].as_str()), ("none", CLIENT));
    let usual = (303, "?error=login_required".to_owned());
    let (status, place) = inner.refusal.clone().unwrap_or(usual);
    let mut headers = HeaderMap::new();
    if !place.is_empty() {
        let back = if place.starts_with('?') { asked["redirect_uri"].as_str() } else { "" };
        headers.insert("location", format!("{back}{place}").parse().unwrap());
    }
    Ok((StatusCode::from_u16(status).unwrap(), headers))
}

async fn keys(State(shared): State<Shared>) -> Result<Json<Value>, StatusCode> {
    let inner = note(&shared, "keys")?;
    let point = inner.key.public_key().as_ref();
    let (x, y) = (BASE64URL.encode(&point[1..33]), BASE64URL.encode(&point[33..65]));
    Ok(Json(json!({ "keys": [
        { "kty": "EC", "use": "sig", "crv": "P-256", "kid": inner.kid.to_string(), "alg": "ES256", "x": x, "y": y }
    ] })))
}

async fn user_info(State(shared): State<Shared>) -> Result<Json<Value>, StatusCode> {
    let inner = note(&shared, "me")?;
    if inner.mail.only { Err(StatusCode::UNAUTHORIZED) } else { Ok(Json(inner.user_info.clone())) }
}

/// RFC 7009 2.
async fn revoke(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<(), StatusCode> {
    let mut inner = note(&shared, "revoke")?;
    if !is_client(&headers) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    inner.mail.good.remove(&form["token"]);
    inner.mail.returned.push(form["token"].clone());
    Ok(())
}

fn is_client(headers: &HeaderMap) -> bool {
    let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    headers.get("authorization").and_then(|value| value.to_str().ok()) == Some(&expected)
}

async fn token(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    let mut inner = note(&shared, "token").map_err(|status| (status, Json(Value::Null)))?;
    if !is_client(&headers) {
        return Err(refused("invalid_client"));
    }
    if form["grant_type"] == "refresh_token" {
        let is_good = inner.mail.good.remove(&form["refresh_token"]);
        return if is_good { Ok(Json(inner.mail.next())) } else { Err(refused("invalid_grant")) };
    }
    let grant = inner.grants.remove(&form["code"]).ok_or_else(|| refused("invalid_grant"))?;
    let digest = ring::digest::digest(&ring::digest::SHA256, form["code_verifier"].as_bytes());
    if BASE64URL.encode(digest.as_ref()) != grant.challenge || form["redirect_uri"] != grant.redirect {
        return Err(refused("invalid_grant"));
    }
    let now = inner.clock.now().millis() / 1000;
    let mut claims = json!({
        "iss": inner.issuer, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": grant.nonce,
    });
    over(&mut claims, &grant.word.claims, false);
    inner.user_info = match grant.word.user_info {
        Value::Null => json!({ "sub": claims["sub"] }),
        said => said,
    };
    let id_token = sign(&inner, &claims, grant.word.signed, "JWT");
    let mut answer = inner.mail.next();
    answer["id_token"] = id_token.into();
    Ok(Json(answer))
}

fn note<'a>(shared: &'a Shared, path: &str) -> Result<std::sync::MutexGuard<'a, Inner>, StatusCode> {
    let mut inner = shared.lock().unwrap();
    inner.asked.push(path.to_owned());
    if inner.away { Err(StatusCode::SERVICE_UNAVAILABLE) } else { Ok(inner) }
}

fn sign(inner: &Inner, claims: &Value, signed: Signed, kind: &str) -> String {
    let alg = match signed {
        Signed::Well | Signed::ByAnother => "ES256",
        Signed::Not => "none",
        Signed::BySecret => "HS256",
    };
    let head = json!({ "alg": alg, "typ": kind, "kid": inner.kid.to_string() });
    let part = |value: &Value| BASE64URL.encode(value.to_string());
    let text = format!("{}.{}", part(&head), part(claims));
    let by = |key: &EcdsaKeyPair| key.sign(inner.clock.chance(), text.as_bytes()).unwrap().as_ref().to_vec();
    let signature = match signed {
        Signed::Well => by(&inner.key),
        Signed::ByAnother => by(&new_key()),
        Signed::Not => Vec::new(),
        Signed::BySecret => {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
            ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        }
    };
    format!("{text}.{}", BASE64URL.encode(signature))
}
