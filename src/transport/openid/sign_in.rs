//! There and back: the address to send a browser to, and what the code is worth that it brings (OpenID Connect Core 1.0
//! 3.1, RFC 9700).

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreResponseType,
};
use openidconnect::http::StatusCode;
use openidconnect::{
    AccessToken, AuthorizationCode, AuthorizationRequest, ClaimsVerificationError, ConfigurationError,
    CsrfToken, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse, SubjectIdentifier,
    TokenResponse, UserInfoClaims, UserInfoError,
};
use std::borrow::Cow;

use super::answers::in_words;
use super::claims::{Extra, Said};
use super::grant::Granted;
use super::known::{IdToken, Known};
use super::web::NoAnswer;
use super::{OpenId, OpenIdError, Provider};
use crate::domain::identity::{Identity, IdentityKey};
use crate::domain::secret::Token;

/// An ID token of more bytes is not kept for signing out: it would not fit into a URL.
const LONGEST_HINT: usize = 4_000;

/// The secrets of one sign-in.
#[derive(Clone, Copy, Debug)]
pub struct Begun<'a> {
    /// Comes back with the code.
    pub state: &'a Token,
    /// Comes back in the ID token.
    pub nonce: &'a Token,
    /// Goes with the code, so that a stolen one is worth nothing (RFC 7636). Two of them have its 43 characters.
    pub verifier: [&'a Token; 2],
    /// Where the browser comes back to, as registered at the provider.
    pub back: &'a str,
}

/// What a browser brought back.
#[derive(Clone, Copy, Debug)]
pub struct Come<'a> {
    pub code: &'a str,
    /// Who sent it here, if the provider says that (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// Somebody whom the provider knows.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub identity: Identity,
    /// For signing out there later; `None` if it is too long.
    pub id_token: Option<String>,
    /// What opens their own mailbox, if that was asked for.
    pub granted: Option<Granted>,
}

impl OpenId {
    /// Where to send the browser.
    ///
    /// # Errors
    /// [`OpenIdError::Unreachable`] or [`OpenIdError::Unfit`] when the provider cannot be used now.
    pub async fn begin(&self, begun: Begun<'_>, languages: &[&str]) -> Result<String, OpenIdError> {
        let known = self.known.get(self).await?;
        let secrets = (begun.state.reveal(), begun.nonce.reveal());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&begun.code_verifier());
        let back = redirect(begun.back)?;
        let mut request = request_of((&known, &self.provider), secrets, challenge, &back);
        for (name, value) in &self.provider.mailbox.parameters {
            request = request.add_extra_param(name.clone(), value.clone());
        }
        for language in languages {
            request = request.add_ui_locale(openidconnect::LanguageTag::new((*language).to_owned()));
        }
        Ok(request.url().0.to_string())
    }

    /// Hands the code in and checks what comes for it.
    ///
    /// # Errors
    /// [`OpenIdError::CodeRefused`] for a code that is not good, [`OpenIdError::BadToken`] for an answer that must not be
    /// believed, others as for [`OpenId::begin`].
    pub async fn finish(&self, come: Come<'_>, begun: Begun<'_>) -> Result<SignedIn, OpenIdError> {
        let known = self.known.get(self).await?;
        self.check_sender(&known, come.issuer)?;
        let ask = |request| known.web.clone().ask(request);
        let back = redirect(begun.back)?;
        let tokens = known
            .client
            .exchange_code(AuthorizationCode::new(come.code.to_owned()))
            .map_err(unset)?
            .set_redirect_uri(Cow::Borrowed(&back))
            .set_pkce_verifier(begun.code_verifier())
            .request_async(&ask)
            .await
            .map_err(token_error)?;
        let id_token = tokens.id_token().ok_or_else(|| bad("it has no ID token"))?;
        let nonce = Nonce::new(begun.nonce.reveal());
        let (subject, said) = self.check(&known, id_token, &nonce).await?;
        let more = if self.provider.claims.are_all_in(&said) {
            Said::new()
        } else {
            user_info(&known, tokens.access_token(), &subject, !self.provider.mailbox.scopes.is_empty())
                .await?
        };
        let key = IdentityKey { issuer: self.provider.issuer.clone(), subject: subject.to_string() };
        let identity = self.provider.claims.identity(key, &said, &more);
        let id_token = Some(id_token.to_string()).filter(|text| text.len() <= LONGEST_HINT);
        let asked = &self.provider.mailbox.scopes;
        let granted = Granted::of(&tokens, asked).filter(|_| !asked.is_empty());
        Ok(SignedIn { identity, id_token, granted })
    }

    /// The answer of another provider, led here by somebody in between (RFC 9207 2.4).
    fn check_sender(&self, known: &Known, issuer: Option<&str>) -> Result<(), OpenIdError> {
        let says_so = known.metadata.additional_metadata().authorization_response_iss_parameter_supported;
        match issuer {
            Some(issuer) if issuer == self.provider.issuer => Ok(()),
            None if !says_so => Ok(()),
            _ => Err(bad("the answer comes from another provider")),
        }
    }

    /// What an ID token says, if it may be believed. A key that is not known is asked for once.
    async fn check(
        &self,
        known: &Known,
        token: &IdToken,
        nonce: &Nonce,
    ) -> Result<(SubjectIdentifier, Said), OpenIdError> {
        let now = self.clock.now();
        let newer;
        let claims = match token.claims(&known.verifier(now), nonce) {
            Err(error) if is_unknown_key(&error) => {
                newer = self.known.get_newer(self, known).await?;
                token.claims(&newer.verifier(now), nonce).map_err(token_problem)?.clone()
            }
            other => other.map_err(token_problem)?.clone(),
        };
        Ok((claims.subject().clone(), said(&claims)?))
    }
}

impl Begun<'_> {
    fn code_verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.verifier.map(Token::reveal).concat())
    }
}

/// A request to let somebody in, with its state and nonce (RFC 6749 4.1.1).
pub(super) fn request_of<'k>(
    (known, provider): (&'k Known, &Provider),
    (state, nonce): (String, String),
    challenge: PkceCodeChallenge,
    back: &'k RedirectUrl,
) -> AuthorizationRequest<'k, CoreAuthDisplay, CoreAuthPrompt, CoreResponseType> {
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let mut request = known
        .client
        .authorize_url(flow, move || CsrfToken::new(state), move || Nonce::new(nonce))
        .set_redirect_uri(Cow::Borrowed(back))
        .set_pkce_challenge(challenge);
    let (scopes, mailbox) = (&provider.scopes, &provider.mailbox.scopes);
    for scope in scopes.iter().chain(mailbox.iter().filter(|one| !scopes.contains(one))) {
        request = request.add_scope(Scope::new(scope.clone()));
    }
    request
}

/// What the user-info endpoint says of the same subject (OpenID Connect Core 1.0 5.3.2); nothing where there is none.
/// A token for a mail server may be good for nothing there.
async fn user_info(
    known: &Known,
    token: &AccessToken,
    subject: &SubjectIdentifier,
    for_mail: bool,
) -> Result<Said, OpenIdError> {
    // What stands in a header must be visible characters (RFC 6750 2.1).
    let is_plain = token.secret().bytes().all(|byte| byte.is_ascii_graphic());
    let Ok(request) = known.client.user_info(token.clone(), Some(subject.clone())) else {
        return Ok(Said::new());
    };
    if !is_plain {
        return Err(bad("its access token has odd characters"));
    }
    let ask = |request| known.web.clone().ask(request);
    let answer: Result<UserInfoClaims<Extra, CoreGenderClaim>, _> = request.request_async(&ask).await;
    match answer {
        Ok(claims) => said(&claims),
        Err(UserInfoError::Response(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, ..)) if for_mail => {
            Ok(Said::new())
        }
        Err(error) => Err(user_info_error(error)),
    }
}

fn said(claims: &impl serde::Serialize) -> Result<Said, OpenIdError> {
    match serde_json::to_value(claims) {
        Ok(serde_json::Value::Object(said)) => Ok(said),
        _ => Err(bad("its claims cannot be read")),
    }
}

pub(super) fn redirect(url: &str) -> Result<RedirectUrl, OpenIdError> {
    RedirectUrl::new(url.to_owned()).map_err(|error| OpenIdError::Unfit { why: error.to_string() })
}

pub(super) fn bad(why: &str) -> OpenIdError {
    OpenIdError::BadToken { why: why.to_owned() }
}

fn unset(error: ConfigurationError) -> OpenIdError {
    OpenIdError::Unfit { why: error.to_string() }
}

pub(super) fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_)
        )
    )
}

pub(super) fn token_problem(error: ClaimsVerificationError) -> OpenIdError {
    bad(&in_words(&error))
}

pub(super) fn token_error(
    error: RequestTokenError<NoAnswer, StandardErrorResponse<CoreErrorResponseType>>,
) -> OpenIdError {
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => OpenIdError::CodeRefused,
            other => OpenIdError::Unfit { why: format!("the token endpoint answers {other}") },
        },
        RequestTokenError::Parse(error, _) => bad(&format!("{} at {}", error.inner(), error.path())),
        RequestTokenError::Other(why) => OpenIdError::Unreachable { why },
    }
}

fn user_info_error(error: UserInfoError<NoAnswer>) -> OpenIdError {
    match error {
        UserInfoError::Request(error) => error.into(),
        UserInfoError::Response(status, ..) if status.is_server_error() => {
            OpenIdError::Unreachable { why: format!("the user-info endpoint answers {status}") }
        }
        UserInfoError::ClaimsVerification(error) => token_problem(error),
        other => OpenIdError::Unfit { why: in_words(&other) },
    }
}
