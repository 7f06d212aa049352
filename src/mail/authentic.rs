//! Whether a mail's From is true: what a server of the house has written about that into the mail (RFC 8601).
//!
//! Anybody can write such a header. Only those of the servers that the admin names count, and only where these servers
//! have put them: above every line of servers that are not ours (RFC 8601 5 and 7.1).

use super::incoming::IncomingMail;
use crate::domain::address::EmailAddress;
use crate::domain::ledger::{Proof, Verdict};

/// A line that a server on the way put above the mail, the topmost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceLine {
    /// The host after "by" (RFC 5321 4.4), in lower case; empty if it names none.
    Received { by: String },
    /// The value of an Authentication-Results header.
    Results(String),
}

/// Trace lines kept of one mail.
pub const MOST_LINES: usize = 50;

/// One result, such as `dkim=pass header.d=corp.example`, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Outcome {
    method: String,
    result: String,
    properties: Vec<(String, String)>,
}

/// The host that a Received header names after "by".
pub fn received_by(value: &str) -> String {
    let value = without_comments(value);
    let mut words = value.split_whitespace();
    let by = words.find(|word| word.eq_ignore_ascii_case("by")).and_then(|_| words.next());
    by.unwrap_or_default().trim_end_matches(';').to_ascii_lowercase()
}

/// What the house's own servers say of a mail's From; `None` if they say nothing that decides. `ids` are their
/// authserv-ids, in lower case.
pub fn verdict_of_servers(mail: &IncomingMail, ids: &[String]) -> Option<Proof> {
    let from = only_author(mail)?.domain().to_ascii_lowercase();
    let results: Vec<Outcome> = heeded(&mail.trace, ids).into_iter().flat_map(outcomes).collect();
    let told = |outcome: &Outcome, verdict| Some(Proof { verdict, words: outcome.words() });
    // The first result of a method is that of the server nearest to us.
    if let Some(dmarc) = results.iter().find(|one| one.method == "dmarc") {
        let is_about_from = dmarc.property("header.from").is_none_or(|domain| domain == from);
        match dmarc.result.as_str() {
            "pass" if is_about_from => return told(dmarc, Verdict::Aligned),
            "fail" => return told(dmarc, Verdict::Failed),
            _ => {}
        }
    }
    let aligned = results.iter().find(|one| one.result == "pass" && one.is_aligned(&from))?;
    told(aligned, Verdict::Aligned)
}

/// The one address in From: of several nobody can say whose the mail is (RFC 7489 6.6.1), and a second From may have been
/// put above the one that was signed.
pub fn only_author(mail: &IncomingMail) -> Option<&EmailAddress> {
    if let [from] = mail.from.as_slice() { Some(&from.address) } else { None }
}

/// Whether a domain speaks for From: it is From's own, or From's is below it. Without a list of all public suffixes we
/// know no more, so a signature of a sister domain does not count (RFC 7489 3.1.1 would let it).
pub fn speaks_for(domain: &str, from: &str) -> bool {
    let (domain, from) = (domain.trim_end_matches('.').to_ascii_lowercase(), from.to_ascii_lowercase());
    let is_below = || from.strip_suffix(domain.as_str()).is_some_and(|rest| rest.ends_with('.'));
    domain.contains('.') && (domain == from || is_below())
}

/// The results of the house's servers. Above the first Received line there is nothing that came with the mail; below
/// lines of ours only the topmost results are surely theirs, and only if they take away what pretends to be.
fn heeded<'m>(trace: &'m [TraceLine], ids: &[String]) -> Vec<&'m str> {
    let mut taken = Vec::new();
    let mut is_below = false;
    for line in trace {
        match line {
            TraceLine::Received { by } if taken.is_empty() && is_ours(by, ids) => is_below = true,
            TraceLine::Received { .. } => break,
            TraceLine::Results(value) if ids.iter().any(|id| *id == server_of(value)) => {
                taken.push(value.as_str());
                if is_below {
                    break;
                }
            }
            TraceLine::Results(_) => {}
        }
    }
    taken
}

/// A host of the domain of one of the servers.
fn is_ours(host: &str, ids: &[String]) -> bool {
    let home = |id: &String| {
        id.split_once('.')
            .map_or(id.clone(), |(_, rest)| if rest.contains('.') { rest.to_owned() } else { id.clone() })
    };
    let is_of = |home: String| {
        host == home || host.strip_suffix(home.as_str()).is_some_and(|rest| rest.ends_with('.'))
    };
    host == "localhost" || ids.iter().any(|id| host == id || is_of(home(id)))
}

fn server_of(value: &str) -> String {
    let value = without_comments(value);
    let first = value.split(';').next().unwrap_or_default();
    first.split_whitespace().next().unwrap_or_default().trim_matches('"').to_ascii_lowercase()
}

fn outcomes(value: &str) -> Vec<Outcome> {
    let value = without_comments(value).to_ascii_lowercase();
    value.split(';').skip(1).filter_map(outcome).collect()
}

/// `dkim/1=pass reason="good" header.d=corp.example`
fn outcome(text: &str) -> Option<Outcome> {
    let text = text.replace(" =", "=").replace("= ", "=");
    let mut words = text.split_whitespace().filter_map(|word| word.split_once('='));
    let (method, result) = words.next()?;
    let properties = words.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()));
    Some(Outcome {
        method: method.split('/').next().unwrap_or_default().to_owned(),
        result: result.to_owned(),
        properties: properties.collect(),
    })
}

impl Outcome {
    fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// DKIM of the domain that signed, SPF of the one in the return path (RFC 7489 3.1).
    fn is_aligned(&self, from: &str) -> bool {
        let after_at = |value: &str| value.rsplit('@').next().unwrap_or_default().to_owned();
        let domain = match self.method.as_str() {
            "dkim" => self
                .property("header.d")
                .map(str::to_owned)
                .or_else(|| self.property("header.i").map(after_at)),
            "spf" => self.property("smtp.mailfrom").map(after_at),
            _ => None,
        };
        domain.is_some_and(|domain| speaks_for(&domain, from))
    }

    fn words(&self) -> String {
        format!("{}={}", self.method, self.result).chars().take(60).collect()
    }
}

/// Comments (RFC 5322 3.2.2) become spaces; what stands in quotation marks is none.
fn without_comments(value: &str) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) =
        (String::with_capacity(value.len()), 0_usize, false, false);
    for c in value.chars() {
        let was_escaped = std::mem::take(&mut escaped);
        match c {
            '\\' if !was_escaped => escaped = true,
            '"' if depth == 0 && !was_escaped => quoted = !quoted,
            '(' if !quoted && !was_escaped => depth += 1,
            ')' if !quoted && !was_escaped && depth > 0 => {
                depth -= 1;
                out.push(' ');
            }
            // A semicolon in quotation marks begins no other result.
            ';' if quoted => out.push(','),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    fn verdict(above: &str) -> Option<Verdict> {
        let raw = format!("{above}From: Wang <wang@corp.example>\r\nTo: moot@x.example\r\n\r\nHi\r\n");
        let ids = ["mx.home.example".to_owned()];
        verdict_of_servers(&parse(raw.as_bytes()).unwrap(), &ids).map(|proof| proof.verdict)
    }

    const OWN: &str =
        "Received: from out.corp.example by mx.home.example (Postfix) with ESMTPS id 1; today\r\n";
    const OTHERS: &str = "Received: from pc by out.corp.example with ESMTP id 2; today\r\n";

    fn results(text: &str) -> String {
        format!("Authentication-Results: {text}\r\n")
    }

    #[test]
    fn what_a_server_of_ours_says_decides() {
        for (text, expected) in [
            ("mx.home.example; dmarc=pass (p=reject) header.from=corp.example", Some(Verdict::Aligned)),
            ("MX.Home.Example 1; spf=pass smtp.mailfrom=x@corp.example", Some(Verdict::Aligned)),
            (
                "mx.home.example;\r\n dkim=pass (2048-bit; \"x)\") header.d=corp.example header.s=a",
                Some(Verdict::Aligned),
            ),
            ("mx.home.example; dkim=pass header.i=@corp.example", Some(Verdict::Aligned)),
            (
                "mx.home.example; dkim=pass header.d=corp.example; dmarc=fail header.from=corp.example",
                Some(Verdict::Failed),
            ),
            ("mx.home.example; dkim=pass header.d=mail.corp.example", None),
            ("mx.home.example; dkim=pass header.d=example", None),
            ("mx.home.example; dkim=pass header.d=evil.example", None),
            ("mx.home.example; dkim=fail reason=\"a; dmarc=pass\" header.d=corp.example", None),
            ("mx.home.example; dmarc=pass header.from=evil.example", None),
            ("mx.home.example; none", None),
            ("mx.evil.example; dmarc=pass header.from=corp.example", None),
            ("(mx.home.example) mx.evil.example; dmarc=pass header.from=corp.example", None),
            ("", None),
        ] {
            assert_eq!(verdict(&format!("{}{OWN}", results(text))), expected, "above: {text}");
            assert_eq!(
                verdict(&format!("{OWN}{}{OTHERS}", results(text))),
                expected,
                "below our line: {text}"
            );
        }
    }

    #[test]
    fn what_the_mail_brought_along_is_not_heeded() {
        let forged = results("mx.home.example; dmarc=pass header.from=corp.example");
        let nothing = results("mx.home.example; dmarc=none header.from=corp.example");
        assert_eq!(verdict(&format!("{OWN}{OTHERS}{forged}")), None);
        assert_eq!(
            verdict(&format!("{OWN}{nothing}{forged}{OTHERS}")),
            None,
            "the topmost one is the server's"
        );
        assert_eq!(verdict(&format!("{nothing}{OWN}{forged}")), None);
        assert_eq!(verdict(&format!("{OTHERS}{forged}")), None);
        let two = format!("{forged}From: Anna <anna@corp.example>\r\n");
        assert_eq!(verdict(&two), None, "of two authors nobody knows which one");
        let own_lines =
            format!("Received: by mail.home.example (Dovecot) with LMTP id 3; today\r\n{OWN}{forged}");
        assert_eq!(verdict(&own_lines), Some(Verdict::Aligned));
    }
}
