//! The address that gives out access tokens: whether it does, and what it says.

use super::advice::Trouble;
use super::{CheckStep, Outcome, Steps};
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::transport::oauth::scopes::lacking;
use crate::transport::oauth::{Token, TokenClient, TokenError, Tokens};

/// Asks for a token now; nothing but a token comes of it.
pub async fn check_tokens(
    tokens: &Tokens,
    texts: Texts,
    each: &mut (dyn FnMut(&CheckStep) + Send),
) -> Vec<CheckStep> {
    let mut steps = Steps { texts, all: Vec::new(), each };
    let client = tokens.client();
    let what = texts.with("check-token", &[("url", client.token_url.as_str()), ("way", &way(texts, client))]);
    let what = what.into_owned();
    match tokens.ask().await {
        Ok(token) => {
            let seen = seen(texts, &token);
            let lacking = lacking(&client.scopes, &token.scopes);
            if lacking.is_empty() {
                steps.ok(what, seen);
            } else {
                let advice = texts.with("check-advice-token-lacks", &[("scopes", lacking.join(" "))]);
                steps.add(what, Outcome::Warning, seen, advice.into_owned());
            }
        }
        Err(error) => steps.failed(what, trouble(texts, &error)),
    }
    steps.all
}

fn way(texts: Texts, client: &TokenClient) -> String {
    let key = if client.refresh_token.is_some() { "check-token-refresh" } else { "check-token-client" };
    texts.with(key, &[("client", client.client_id.as_str())]).into_owned()
}

fn seen(texts: Texts, token: &Token) -> String {
    let until = match token.ends_at {
        Some(end) => texts.with("check-saw-token-end", &[("time", minute(end))]),
        None => texts.get("check-saw-token-no-end"),
    };
    if token.scopes.is_empty() {
        return until.into_owned();
    }
    let scopes = texts.with("check-saw-token-scopes", &[("scopes", token.scopes.join(" "))]);
    format!("{until} · {scopes}")
}

fn minute(time: Timestamp) -> String {
    time.utc().format("%Y-%m-%d %H:%M UTC").to_string()
}

/// What a provider says, and what to do about it.
fn trouble(texts: Texts, error: &TokenError) -> Trouble {
    let advice = match error {
        TokenError::Unreachable { .. } => "check-advice-token-away",
        TokenError::Unfit { .. } => "check-advice-token-address",
        TokenError::NotKept { .. } => "check-advice-database",
        TokenError::Refused { error: code, .. } => match code.as_str() {
            "invalid_client" => "check-advice-token-client",
            "invalid_grant" => "check-advice-token-grant",
            "invalid_scope" => "check-advice-token-scope",
            "unauthorized_client" | "unsupported_grant_type" => "check-advice-token-way",
            _ if !error.needs_admin() => "check-advice-later",
            _ => "check-advice-token-refused",
        },
    };
    Trouble { seen: words(texts, error), advice: texts.get(advice).into_owned() }
}

/// The provider's words, without ours around them.
pub(super) fn words(texts: Texts, error: &TokenError) -> String {
    match error {
        TokenError::Refused { error, description } => {
            let said = [error.as_str(), description].join(": ");
            texts.with("check-saw-token-refused", &[("why", said.trim_end_matches(": "))]).into_owned()
        }
        TokenError::Unreachable { why } | TokenError::Unfit { why } | TokenError::NotKept { why } => {
            why.clone()
        }
    }
}
