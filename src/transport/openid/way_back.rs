//! Whether a provider sends browsers back to us, as far as that can be seen without a person: it is asked to let somebody in
//! without showing them anything, which it can't, and where its answer goes tells whether it knows our address.

use openidconnect::core::CoreAuthPrompt;
use openidconnect::http::{HeaderMap, Request, header};
use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use reqwest::Url;

use super::known::Known;
use super::sign_in::{redirect, request_of};
use super::{OpenIdError, Provider};
use crate::clock::Clock;

/// What has to be asked of a person, and is no fault (OpenID Connect Core 1.0 3.1.2.6).
const NEEDS_SOMEBODY: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];
/// What passes (RFC 6749 4.1.2.1).
const PASSES: [&str; 2] = ["server_error", "temporarily_unavailable"];
/// Of a provider's words; they are read by people.
const LONGEST: usize = 300;

/// What a provider makes of the address that browsers are to come back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// It sends browsers there.
    Open,
    /// It sends them there with an error that everybody would meet, in its own words.
    Faulty(String),
    /// It answers with this HTTP status and sends nobody anywhere, as it has to with an address that is not registered
    /// (RFC 6749 4.1.2.1).
    Closed(u16),
    /// It shows a page of its own, or leads to one. That may be a sign-in or a refusal.
    Unsaid,
}

impl Provider {
    /// Asks for a sign-in with `prompt=none`, as a browser would that nobody sits at.
    ///
    /// # Errors
    /// [`OpenIdError`] when it does not answer, or is in trouble itself.
    pub async fn try_way_back(&self, back: &str, clock: &Clock) -> Result<WayBack, OpenIdError> {
        let known = Known::fetch(self, clock.now()).await?;
        let address = redirect(back)?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new("m".repeat(43)));
        let secrets = ("mailmoot-check".to_owned(), "mailmoot-check".to_owned());
        let request = request_of((&known, self), secrets, challenge, &address);
        let url = request.add_prompt(CoreAuthPrompt::None).url().0;
        let unfit = |why: String| OpenIdError::Unfit { why };
        let request =
            Request::get(url.as_str()).body(Vec::new()).map_err(|error| unfit(error.to_string()))?;
        let answer = known.web.clone().ask(request).await?;
        let status = answer.status();
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(OpenIdError::Unreachable { why: format!("it answers {status}") });
        }
        match place(&url, answer.headers()) {
            Some(place) if status.is_redirection() => judge(&place, address.url()),
            _ if status.is_client_error() => Ok(WayBack::Closed(status.as_u16())),
            _ => Ok(WayBack::Unsaid),
        }
    }
}

/// Where an answer leads.
fn place(from: &Url, headers: &HeaderMap) -> Option<Url> {
    from.join(headers.get(header::LOCATION)?.to_str().ok()?).ok()
}

fn judge(place: &Url, back: &Url) -> Result<WayBack, OpenIdError> {
    if (place.origin(), place.path()) != (back.origin(), back.path()) {
        return Ok(WayBack::Unsaid);
    }
    let said = |name: &str| place.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
    match said("error") {
        Some(error) if !NEEDS_SOMEBODY.contains(&error.as_ref()) => {
            let words = [error.as_ref(), said("error_description").as_deref().unwrap_or_default()].join(": ");
            let words =
                words.trim_end_matches(": ").chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            match PASSES.contains(&error.as_ref()) {
                true => Err(OpenIdError::Unreachable { why: words }),
                false => Ok(WayBack::Faulty(words)),
            }
        }
        _ => Ok(WayBack::Open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_an_answer_goes_tells_whether_our_address_is_known() {
        let back = Url::parse("https://moot.corp.example/sign-in/with/corp/back").unwrap();
        let judged = |place: &str| judge(&Url::parse(place).unwrap(), &back);
        for place in ["?error=login_required&state=x", "?error=consent_required", "?code=x", ""] {
            assert_eq!(judged(&format!("{back}{place}")), Ok(WayBack::Open), "{place}");
        }
        for place in [
            "https://login.corp.example/sign-in/with/corp/back?error=login_required",
            "https://moot.corp.example/sign-in/with/corp/backwards?error=login_required",
            "http://moot.corp.example/sign-in/with/corp/back",
            "https://login.corp.example/error?redirect_uri=https://moot.corp.example/sign-in/with/corp/back",
        ] {
            assert_eq!(judged(place), Ok(WayBack::Unsaid), "{place}");
        }
        let told = judged(&format!("{back}?error=invalid_scope&error_description=no%0A+such+scope")).unwrap();
        assert_eq!(told, WayBack::Faulty("invalid_scope: no such scope".to_owned()));
        assert!(matches!(
            judged(&format!("{back}?error=server_error")),
            Err(OpenIdError::Unreachable { .. })
        ));
    }
}
