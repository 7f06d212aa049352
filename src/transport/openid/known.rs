//! What a provider says of itself (OpenID Connect Discovery 1.0 4): its endpoints and keys, fetched when first needed,
//! kept for an hour, and fetched anew when a token names a key that is not among them.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, DiscoveryError, EmptyExtraTokenFields,
    EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IdTokenVerifier, IssuerUrl,
    JsonWebTokenType, ProviderMetadata, RevocationUrl, StandardErrorResponse, StandardTokenResponse,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::claims::Extra;
use super::web::{NoAnswer, Web, is_protected};
use super::{OpenId, OpenIdError, Provider};
use crate::domain::time::Timestamp;

/// Fetched anew after so long.
const FRESH: Duration = Duration::from_secs(3600);
/// If it cannot be fetched, what is known goes on to count for so long.
const USABLE: Duration = Duration::from_secs(24 * 3600);
/// Not fetched more often, whatever tokens say and however often it fails.
const PAUSE: Duration = Duration::from_secs(10);

/// What we read of a provider beside the standard's own fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct More {
    /// OpenID Connect RP-Initiated Logout 1.0 2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 8414 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<RevocationUrl>,
    /// OpenID Connect Back-Channel Logout 1.0 2.1.
    #[serde(default)]
    pub backchannel_logout_supported: bool,
    /// RFC 8414 2.
    #[serde(default)]
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// RFC 9207 3.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

pub type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub type IdToken = openidconnect::IdToken<
    Extra,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

pub type Tokens = StandardTokenResponse<
    IdTokenFields<
        Extra,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

pub type Client = openidconnect::Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What is known of one provider.
#[derive(Debug)]
pub struct Known {
    pub web: Web,
    pub client: Client,
    pub metadata: Metadata,
    at: Timestamp,
}

/// What is known, and the last trouble in learning it.
#[derive(Debug, Default)]
pub struct Knowledge(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    known: Option<Arc<Known>>,
    failed: Option<(Timestamp, OpenIdError)>,
}

impl Knowledge {
    /// What is known, fetched if it has to be. Those who come at the same time wait for one fetch, and share its failure.
    pub async fn get(&self, one: &OpenId) -> Result<Arc<Known>, OpenIdError> {
        let now = one.clock.now();
        self.fetched_unless(one, |known| now < known.at + FRESH).await
    }

    /// The same after a token named a key that `before` does not have.
    pub async fn get_newer(&self, one: &OpenId, before: &Known) -> Result<Arc<Known>, OpenIdError> {
        let now = one.clock.now();
        self.fetched_unless(one, |known| known.at > before.at || now < known.at + PAUSE).await
    }

    async fn fetched_unless(
        &self,
        one: &OpenId,
        is_good: impl Fn(&Known) -> bool,
    ) -> Result<Arc<Known>, OpenIdError> {
        let mut state = self.0.lock().await;
        if let Some(known) = state.known.as_ref().filter(|known| is_good(known)) {
            return Ok(known.clone());
        }
        let now = one.clock.now();
        let just_failed = state.failed.as_ref().filter(|(at, _)| now < *at + PAUSE);
        let fetched = match just_failed {
            Some((_, error)) => Err(error.clone()),
            None => Known::fetch(&one.provider, now).await,
        };
        match fetched {
            Ok(known) => {
                let known = Arc::new(known);
                *state = State { known: Some(known.clone()), failed: None };
                Ok(known)
            }
            Err(error) => {
                if just_failed.is_none() {
                    state.failed = Some((now, error.clone()));
                }
                let old = state.known.clone().filter(|known| now < known.at + USABLE);
                old.ok_or(error)
            }
        }
    }
}

impl Known {
    /// Asks the provider now.
    pub async fn fetch(provider: &Provider, now: Timestamp) -> Result<Self, OpenIdError> {
        if !is_protected(&provider.issuer) {
            return Err(OpenIdError::Unfit { why: "the issuer has to begin with https://".to_owned() });
        }
        let unfit = |why: String| OpenIdError::Unfit { why };
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|error| unfit(error.to_string()))?;
        let web = Web::new(provider.ca_file.as_deref())?;
        let ask = |request| web.clone().ask(request);
        let metadata = Metadata::discover_async(issuer, &ask).await.map_err(discovery_error)?;
        if let Some(url) = endpoints(&metadata).into_iter().find(|url| !is_protected(url)) {
            return Err(NoAnswer::Unprotected(url).into());
        }
        let secret = provider.client_secret.as_ref().map(|s| ClientSecret::new(s.expose_secret().to_owned()));
        let client_id = ClientId::new(provider.client_id.clone());
        let auth_type = auth_type(&metadata);
        let client =
            Client::from_provider_metadata(metadata.clone(), client_id, secret).set_auth_type(auth_type);
        Ok(Self { web, client, metadata, at: now })
    }

    /// What checks tokens: signed by a key of the provider that only it has, for us, and not run out.
    pub fn verifier(&self, now: Timestamp) -> IdTokenVerifier<'_, CoreJsonWebKey> {
        let announced = self.metadata.id_token_signing_alg_values_supported();
        // RS256 is what every provider has to have (OpenID Connect Discovery 1.0 3).
        let mut allowed: Vec<_> = announced.iter().filter(|alg| is_by_key_pair(alg)).cloned().collect();
        if allowed.is_empty() {
            allowed.push(CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256);
        }
        self.client.id_token_verifier().set_allowed_algs(allowed).set_time_fn(move || now.utc())
    }

    /// The same for logout tokens, which name their kind (OpenID Connect Back-Channel Logout 1.0 2.4).
    pub fn logout_verifier(&self, now: Timestamp) -> IdTokenVerifier<'_, CoreJsonWebKey> {
        let kinds = ["JWT", "logout+jwt"].map(|kind| JsonWebTokenType::new(kind.to_owned()).normalize());
        self.verifier(now).set_allowed_jose_types(kinds.into_iter().filter_map(Result::ok))
    }
}

/// Not with a secret that is ours as well: whoever has it could write tokens.
fn is_by_key_pair(algorithm: &CoreJwsSigningAlgorithm) -> bool {
    use CoreJwsSigningAlgorithm as Alg;
    !matches!(algorithm, Alg::HmacSha256 | Alg::HmacSha384 | Alg::HmacSha512 | Alg::None)
}

/// By the header unless the provider wants only the form (RFC 6749 2.3.1).
fn auth_type(metadata: &Metadata) -> AuthType {
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_none_or(|all| all.contains(&method));
    if !takes(CoreClientAuthMethod::ClientSecretBasic) && takes(CoreClientAuthMethod::ClientSecretPost) {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}

fn endpoints(metadata: &Metadata) -> Vec<String> {
    let mut all = vec![metadata.authorization_endpoint().to_string(), metadata.jwks_uri().to_string()];
    all.extend(metadata.token_endpoint().map(ToString::to_string));
    all.extend(metadata.userinfo_endpoint().map(ToString::to_string));
    let more = metadata.additional_metadata();
    all.extend(more.end_session_endpoint.as_ref().map(ToString::to_string));
    all.extend(more.revocation_endpoint.as_ref().map(ToString::to_string));
    all
}

fn discovery_error(error: DiscoveryError<NoAnswer>) -> OpenIdError {
    match error {
        DiscoveryError::Request(error) => error.into(),
        DiscoveryError::Response(status, _, _) if status.is_server_error() || status.as_u16() == 429 => {
            OpenIdError::Unreachable { why: format!("it answers {status}") }
        }
        DiscoveryError::Response(_, _, why)
        | DiscoveryError::Validation(why)
        | DiscoveryError::Other(why) => OpenIdError::Unfit { why },
        DiscoveryError::Parse(error) => {
            OpenIdError::Unfit { why: format!("{} at {}", error.inner(), error.path()) }
        }
        other => OpenIdError::Unfit { why: other.to_string() },
    }
}
