//! `message/delivery-status` (RFC 3464) as servers really write it.

use super::class::classify;
use super::{address_of, words};
use crate::mail::headers::Headers;
use crate::mail::incoming::{DeliveryReport, RecipientReport};

/// Recipients read from one report.
const MOST: usize = 5_000;

/// Reads the part; `words` is what the mail says beside it, for servers that leave fields out.
pub fn report(status: &str, words: &str) -> DeliveryReport {
    let groups = groups(status);
    let envelope_id = groups.iter().find_map(|g| g.get("Original-Envelope-Id").map(ToOwned::to_owned));
    let mut recipients: Vec<RecipientReport> = Vec::new();
    for group in groups.iter().filter(|group| is_recipient(group)).take(MOST) {
        recipients.extend(recipient(group, words));
    }
    let reporter = groups.iter().find_map(|g| g.get("Reporting-MTA").map(address_of));
    let reporter = reporter.filter(|name| !name.is_empty());
    DeliveryReport { original_message_id: None, envelope_id, reporter, recipients }
}

/// The groups of fields between empty lines. Microsoft and others put empty lines inside a group too: a group that
/// begins without a recipient belongs to the one before it.
fn groups(status: &str) -> Vec<Headers> {
    let text = status.replace("\r\n", "\n").replace('\r', "\n");
    let mut groups: Vec<Headers> = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        if !line.trim().is_empty() {
            lines.push(line);
            continue;
        }
        if lines.is_empty() {
            continue;
        }
        let group = Headers::of_text(&lines.join("\n"));
        lines.clear();
        let continues = !names_recipient(&group) && !group.has("Reporting-MTA") && !group.0.is_empty();
        match groups.last_mut() {
            Some(last) if continues && names_recipient(last) => last.0.extend(group.0),
            _ => groups.push(group),
        }
    }
    groups
}

fn names_recipient(group: &Headers) -> bool {
    ["Final-Recipient", "Original-Recipient", "X-Actual-Recipient"].iter().any(|name| group.has(name))
}

fn is_recipient(group: &Headers) -> bool {
    names_recipient(group) || group.has("Action") || (group.has("Status") && group.has("Diagnostic-Code"))
}

fn recipient(group: &Headers, words: &str) -> Option<RecipientReport> {
    let named = |name: &str| group.get(name).map(address_of).filter(|address| !address.is_empty());
    let original = named("Original-Recipient");
    // Exchange leaves Final-Recipient out for some system addresses; then the words may name it.
    let final_recipient = named("Final-Recipient")
        .or_else(|| original.clone())
        .or_else(|| named("X-Actual-Recipient"))
        .or_else(|| words::addresses(words).into_iter().next())?;
    let action = group.get("Action").unwrap_or_default();
    let action: String = action.split([' ', ';', '(']).next().unwrap_or_default().to_ascii_lowercase();
    let diagnostic = group
        .get("Diagnostic-Code")
        .map(|value| value.split_once(';').map_or(value, |(_, text)| text).trim().to_owned());
    let status =
        group.get("Status").and_then(status_of).or_else(|| diagnostic.as_deref().and_then(status_of));
    let action = if action.is_empty() { action_of(status.as_deref()).to_owned() } else { action };
    let class = classify(&action, status.as_deref(), diagnostic.as_deref().unwrap_or_default());
    Some(RecipientReport { final_recipient, original_recipient: original, action, status, class, diagnostic })
}

/// Without Action the first digit tells.
pub fn action_of(status: Option<&str>) -> &'static str {
    match status.and_then(|s| s.chars().next()) {
        Some('2') => "delivered",
        Some('4') => "delayed",
        _ => "failed",
    }
}

/// The first `5.1.1` in a text (RFC 3463 2).
pub fn status_of(text: &str) -> Option<String> {
    let free = |c: char| !(c.is_ascii_digit() || c == '.');
    text.split(free).find_map(|word| {
        let word = word.trim_matches('.');
        let parts: Vec<&str> = word.split('.').collect();
        let good = parts.len() == 3
            && matches!(parts[0], "2" | "4" | "5")
            && parts[1..].iter().all(|p| !p.is_empty() && p.len() <= 3);
        good.then(|| word.to_owned())
    })
}
