//! Sign-in providers: found, called as configured, with keys, on time, and willing to speak with us.

use std::time::Duration;

use super::advice::Trouble;
use super::{CheckStep, Outcome, Steps};
use crate::clock::Clock;
use crate::texts::Texts;
use crate::transport::openid::{OpenIdError, Provider, WayBack};

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
            steps.ok(what("check-provider-client"), texts.get("check-saw-client").into_owned());
            check_way_back(steps, provider, back, clock).await;
        }
        Err(error) => {
            let seen = why(&error);
            let advice = texts.with("check-advice-client", &[("url", back)]).into_owned();
            steps.failed(what("check-provider-client"), Trouble { seen, advice });
        }
    }
    check_mailbox_scopes(steps, provider, clock).await;
}

/// Only a person who signs in there can tell whether they open a mailbox; large providers list only some of their scopes.
async fn check_mailbox_scopes(steps: &mut Steps<'_>, provider: &Provider, clock: &Clock) {
    let (texts, wanted) = (steps.texts, &provider.mailbox.scopes);
    if wanted.is_empty() {
        return;
    }
    let all = wanted.join(" ");
    let values = [("provider", provider.title.as_str()), ("scopes", all.as_str())];
    let what = texts.with("check-provider-mailbox", &values).into_owned();
    match provider.listed_scopes(clock).await {
        Ok(None) => steps.ok(what, texts.get("check-saw-scopes-no-list").into_owned()),
        Ok(Some(listed)) => {
            let lacking: Vec<&str> =
                wanted.iter().filter(|one| !listed.contains(one)).map(String::as_str).collect();
            let seen = match lacking.is_empty() {
                true => texts.get("check-saw-scopes-listed"),
                false => texts.with("check-saw-scopes-unlisted", &[("scopes", lacking.join(" "))]),
            };
            steps.ok(what, seen.into_owned());
        }
        Err(error) => steps.failed(what, said_of(texts, &error)),
    }
}

/// Whoever signs in there has to come back. A provider that says nothing of it before somebody does gets a warning.
async fn check_way_back(steps: &mut Steps<'_>, provider: &Provider, back: &str, clock: &Clock) {
    let texts = steps.texts;
    let what = texts.with("check-provider-back", &[("provider", provider.title.as_str()), ("url", back)]);
    let what = what.into_owned();
    let (outcome, seen, advice) = match provider.try_way_back(back, clock).await {
        Ok(WayBack::Open) => return steps.ok(what, String::new()),
        Ok(WayBack::Closed(status)) => {
            let seen = texts.with("check-saw-back-closed", &[("n", status)]).into_owned();
            (Outcome::Failed, seen, "check-advice-back-closed")
        }
        Ok(WayBack::Faulty(words)) => {
            let seen = texts.with("check-saw-back-faulty", &[("why", words)]).into_owned();
            (Outcome::Failed, seen, "check-advice-back-faulty")
        }
        Ok(WayBack::Unsaid) => {
            let seen = texts.get("check-saw-back-unsaid").into_owned();
            (Outcome::Warning, seen, "check-advice-back-unsaid")
        }
        Err(error) => (Outcome::Warning, why(&error), "check-advice-later"),
    };
    let advice = texts.with(advice, &[("url", back)]).into_owned();
    steps.add(what, outcome, seen, advice);
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
