//! Sign-in providers: found, called as configured, with keys, on time, and willing to speak with us.

use std::time::Duration;

use super::advice::Trouble;
use super::{CheckStep, Outcome, Steps};
use crate::clock::Clock;
use crate::texts::Texts;
use crate::transport::openid::{OpenIdError, Provider};

/// From here on tokens may count as run out, or as not yet issued.
const CLOCK_OFF: Duration = Duration::from_secs(60);

/// Tries every provider; `back` gives where it sends browsers back to.
pub async fn check_providers(
    providers: &[Provider],
    back: impl Fn(&Provider) -> String,
    (clock, texts): (&Clock, Texts),
    each: &mut (dyn FnMut(&CheckStep) + Send),
) -> Vec<CheckStep> {
    let mut steps = Steps { texts, all: Vec::new(), each };
    for provider in providers {
        check(&mut steps, provider, &back(provider), clock).await;
    }
    steps.all
}

async fn check(steps: &mut Steps<'_>, provider: &Provider, back: &str, clock: &Clock) {
    let texts = steps.texts;
    let what = |key: &str| {
        let url = provider.description_url();
        let values =
            [("provider", provider.title.as_str()), ("url", url.as_str()), ("issuer", &provider.issuer)];
        texts.with(key, &values).into_owned()
    };
    let said = match provider.ask_who().await {
        Ok(said) => said,
        Err(error) => {
            let advice = "check-advice-provider-find";
            return steps.failed(what("check-provider-find"), trouble(texts, &error, advice));
        }
    };
    steps.ok(what("check-provider-find"), String::new());
    if said.issuer != provider.issuer {
        let seen = texts.with("check-saw-issuer", &[("issuer", said.issuer.as_str())]).into_owned();
        let advice = texts.with("check-advice-issuer", &[("issuer", said.issuer.as_str())]).into_owned();
        return steps.failed(what("check-provider-issuer"), Trouble { seen, advice });
    }
    steps.ok(what("check-provider-issuer"), String::new());
    if let Some(there) = said.now {
        let off = clock.now().millis().abs_diff(there.millis()) / 1000;
        let seen = texts.with("check-saw-clock", &[("n", off)]).into_owned();
        if off > CLOCK_OFF.as_secs() {
            let advice = texts.get("check-advice-clock").into_owned();
            steps.add(what("check-provider-clock"), Outcome::Failed, seen, advice);
        } else {
            steps.ok(what("check-provider-clock"), String::new());
        }
    }
    match provider.count_keys(clock).await {
        Ok(0) => {
            let trouble = OpenIdError::Unfit { why: texts.get("check-saw-no-keys").into_owned() };
            return steps.failed(what("check-provider-keys"), said_of(texts, &trouble));
        }
        Ok(_) => steps.ok(what("check-provider-keys"), String::new()),
        Err(error) => return steps.failed(what("check-provider-keys"), said_of(texts, &error)),
    }
    match provider.try_client(back, clock).await {
        Ok(()) => {
            let seen = texts.with("check-saw-client", &[("url", back)]).into_owned();
            steps.ok(what("check-provider-client"), seen);
        }
        Err(error) => {
            let seen = why(&error);
            let advice = texts.with("check-advice-client", &[("url", back)]).into_owned();
            steps.failed(what("check-provider-client"), Trouble { seen, advice });
        }
    }
}

fn said_of(texts: Texts, error: &OpenIdError) -> Trouble {
    trouble(texts, error, "check-advice-provider-keys")
}

fn trouble(texts: Texts, error: &OpenIdError, advice: &str) -> Trouble {
    Trouble { seen: why(error), advice: texts.get(advice).into_owned() }
}

/// The provider's words, without ours around them.
fn why(error: &OpenIdError) -> String {
    match error {
        OpenIdError::Unreachable { why } | OpenIdError::Unfit { why } | OpenIdError::BadToken { why } => {
            why.clone()
        }
        OpenIdError::CodeRefused => error.to_string(),
    }
}
