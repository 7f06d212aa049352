//! What a failure says about the address: RFC 3463 codes first, then the words of servers.

use crate::mail::incoming::FailureClass;

const FULL: &[&str] = &[
    "quota",
    "mailbox full",
    "mailbox is full",
    "out of storage",
    "insufficient system storage",
    "exceeded storage",
    "disk full",
    "inbox is full",
    "容量",
];
const UNKNOWN_USER: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such user",
    "no such recipient",
    "does not exist",
    "doesn't exist",
    "not exist",
    "invalid recipient",
    "recipient unknown",
    "recipient rejected",
    "recipientnotfound",
    "recipient not found",
    "unknown recipient",
    "no mailbox here",
    "mailbox unavailable",
    "mailbox not found",
    "account disabled",
    "account has been disabled",
    "unrouteable address",
    "unknown address",
    "bad destination mailbox",
    "address rejected",
    "unknown local part",
    "invalid mailbox",
    "no such mailbox",
    "user not found",
    "host not found",
    "domain not found",
    "host unknown",
    "name service error",
    "is not a known user",
    "no such address",
    "not a valid mailbox",
    "inactive",
    "user doesn't",
];
const POLICY: &[&str] = &[
    "spam",
    "blocked",
    "block list",
    "blocklist",
    "blacklist",
    "policy",
    "reputation",
    "dmarc",
    "spf",
    "dkim",
    "rbl",
    "spamhaus",
    "content rejected",
    "virus",
    "message rejected",
    "unsolicited",
    "banned",
    "too large",
    "exceeds size",
    "size limit",
    "message size",
    "access denied",
    "not authorized",
    "relay",
    "authentication required",
    "rate limit",
    "denied",
];
const SOFT: &[&str] = &[
    "try again",
    "temporar",
    "timed out",
    "timeout",
    "greylist",
    "deferred",
    "connection refused",
    "too many",
    "retry",
    "delayed",
    "could not connect",
    "no route to host",
];

/// The class of one recipient's failure.
pub fn classify(action: &str, status: Option<&str>, diagnostic: &str) -> FailureClass {
    let lower = diagnostic.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(FULL) {
        return FailureClass::Full;
    }
    let mut codes = status.unwrap_or_default().split('.').map(|part| part.parse::<u16>().unwrap_or(0));
    let code = (codes.next().unwrap_or(0), codes.next().unwrap_or(0), codes.next().unwrap_or(0));
    match code {
        (_, 2, 2) => FailureClass::Full,
        (5, 7, _) | (5, 1, 7 | 8) | (5, 2, 3) | (5, 3, 4) | (5, 6, _) => FailureClass::Policy,
        (4, ..) => FailureClass::Soft,
        _ if action == "delayed" => FailureClass::Soft,
        (5, 1, _) | (5, 2, 1) => FailureClass::Hard,
        (5, ..) if says(UNKNOWN_USER) => FailureClass::Hard,
        (5, ..) if says(POLICY) => FailureClass::Policy,
        (5, 4, 1 | 4) => FailureClass::Hard,
        (5, ..) if says(SOFT) => FailureClass::Soft,
        (0, ..) if says(UNKNOWN_USER) => FailureClass::Hard,
        (0, ..) if says(POLICY) => FailureClass::Policy,
        (0, ..) if says(SOFT) => FailureClass::Soft,
        _ => FailureClass::Unknown,
    }
}
