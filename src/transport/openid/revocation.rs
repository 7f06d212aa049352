//! Giving back what opened a mailbox, so that nobody can use it any more who may have got hold of it (RFC 7009).

use openidconnect::core::CoreRevocableToken;
use openidconnect::{AccessToken, HttpRequest, RefreshToken, RequestTokenError, RevocationUrl};
use secrecy::{ExposeSecret, SecretString};

use super::grant::Granted;
use super::known::Known;
use super::{OpenId, OpenIdError};

impl OpenId {
    /// Has the provider forget the tokens: the refresh token first, with which most providers forget the others (RFC 7009 2.1).
    /// Nothing where it offers no place for that.
    ///
    /// # Errors
    /// When it does not answer, or says no. The others are tried all the same.
    pub async fn revoke(&self, granted: &Granted) -> Result<(), OpenIdError> {
        let known = self.known.get(self).await?;
        let text = |secret: &SecretString| secret.expose_secret().to_owned();
        let refresh = granted.refresh_token.as_ref().map(|token| RefreshToken::new(text(token)).into());
        let access = AccessToken::new(text(&granted.access_token)).into();
        let mut first = Ok(());
        for token in refresh.into_iter().chain([access]) {
            first = first.and(known.revoke(token).await);
        }
        first
    }
}

impl Known {
    async fn revoke(&self, token: CoreRevocableToken) -> Result<(), OpenIdError> {
        let Some(url) = &self.metadata.additional_metadata().revocation_endpoint else { return Ok(()) };
        // The library takes https:// only. What is protected well enough is decided by `web`, which is asked by the real address.
        let unfit = |why: String| OpenIdError::Unfit { why };
        let mut named = url.url().clone();
        if named.set_scheme("https").is_err() {
            return Err(unfit("the place to give tokens back is no address of the web".to_owned()));
        }
        let real = url.to_string();
        let ask = |mut request: HttpRequest| {
            let (web, real) = (self.web.clone(), real.parse());
            async move {
                if let Ok(real) = real {
                    *request.uri_mut() = real;
                }
                web.ask(request).await
            }
        };
        let client = self.client.clone().set_revocation_url(RevocationUrl::from_url(named));
        let request = client.revoke_token(token).map_err(|error| unfit(error.to_string()))?;
        match request.request_async(&ask).await {
            Ok(()) => Ok(()),
            Err(RequestTokenError::Request(error)) => Err(error.into()),
            Err(RequestTokenError::ServerResponse(answer)) => {
                Err(unfit(format!("giving a token back is answered by {}", answer.error())))
            }
            Err(_) => Err(unfit("giving a token back is not answered as RFC 7009 says".to_owned())),
        }
    }
}
