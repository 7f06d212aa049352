//! Secrets of ours in what people quote and hand on: a member's mail quotes our letter, with the member's personal link
//! and reply address in it. Others may read the quotation, so they are blackened before it is stored.

use super::identity::SIGNS;
use crate::domain::gateway::ReplyStyle;
use crate::domain::secret::{Token, WRITTEN};
use crate::domain::settings::Settings;

/// Stands in place of a token.
const BLACK: char = '…';

/// Where tokens of ours stand in a text.
#[derive(Clone, Debug)]
pub struct Redaction {
    /// What stands right before a token.
    before: Vec<String>,
    /// What stands right after one that is an address by itself.
    after: Vec<String>,
}

impl Redaction {
    pub fn of(settings: &Settings) -> Self {
        let mut before = vec!["moot.".to_owned()];
        for link in ["/l/", "/mails/"].map(|path| settings.public_url.join(path)) {
            let link = link.split_once("://").map_or(link.as_str(), |(_, rest)| rest);
            // Filters for mail put links into parameters of links of their own: encoded once, twice, or by signs.
            let once = link.replace('/', "%2F").replace(':', "%3A");
            let (twice, signs) = (once.replace('%', "%25"), link.replace('/', "_").replace(':', "-3A"));
            before.extend([link.to_owned(), once, twice, signs]);
        }
        for name in settings.mail.gateways().map(|gateway| gateway.address.local_part()) {
            before.extend(SIGNS.iter().map(|sign| format!("{name}{sign}")));
            before.push(format!("{name}%2B"));
        }
        before.extend(SIGNS.iter().map(|sign| format!("share{sign}")));
        let after = settings.mail.gateways().filter_map(|gateway| match &gateway.replies {
            ReplyStyle::CatchAll { domain } => Some(format!("@{domain}")),
            ReplyStyle::Subaddress | ReplyStyle::Single => None,
        });
        let after = after.collect();
        Self { before, after }
    }

    /// The text without the tokens.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut kept = 0;
        for (start, end) in words(text) {
            // The two digits of an encoded slash may stand before the token.
            let Some(at) = end.checked_sub(WRITTEN).filter(|at| *at >= start) else { continue };
            if text[at..end].parse::<Token>().is_ok() && self.is_ours(&text[..at], &text[end..]) {
                out.push_str(&text[kept..at]);
                out.push(BLACK);
                kept = end;
            }
        }
        out.push_str(&text[kept..]);
        out
    }

    fn is_ours(&self, before: &str, after: &str) -> bool {
        let (before, after) = (before.as_bytes(), after.as_bytes());
        let ends = |with: &String| {
            let at = before.len().checked_sub(with.len());
            at.is_some_and(|at| before[at..].eq_ignore_ascii_case(with.as_bytes()))
        };
        let begins = |with: &String| {
            after.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with.as_bytes()))
        };
        // The account it was for may be none of ours any more; its tokens still are.
        let is_detail = after.first() == Some(&b'@') && (before.ends_with(b"+") || before.ends_with(b"%2B"));
        is_detail || self.before.iter().any(ends) || self.after.iter().any(begins)
    }
}

/// The runs of ASCII letters and digits.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(move |word| {
        let start = at;
        // What splits may have more than one byte.
        let end = start + word.len();
        at = end + text[end..].chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((start, end))
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::gateway::Gateway;
    use crate::domain::language::Language;
    use crate::domain::settings::{
        FileRules, Limits, MailSettings, PresenceSettings, PushSettings, ShareSettings, SignInSettings,
    };
    use crate::domain::zone::Zone;

    pub fn settings() -> Settings {
        Settings {
            public_url: "https://moot.corp.example".parse().unwrap(),
            queue: crate::domain::settings::QueueSettings::default(),
            alerts: crate::domain::settings::AlertSettings::default(),
            mail: MailSettings {
                gateway: Gateway {
                    address: "moot@corp.example".parse().unwrap(),
                    replies: ReplyStyle::CatchAll { domain: "groups.corp.example".to_owned() },
                },
                branches: Vec::new(),
                name: "mailmoot".to_owned(),
                hold: std::time::Duration::ZERO,
                max_size: 1,
                attach_up_to: 5_000_000,
                language: Language::English,
                zone: Zone::UTC,
                authserv_ids: Vec::new(),
                check_dkim: false,
            },
            limits: Limits::default(),
            files: FileRules::default(),
            sign_in: SignInSettings::default(),
            presence: PresenceSettings::default(),
            push: PushSettings { enabled: true },
            share: ShareSettings::default(),
            retention: crate::domain::retention::RetentionSettings::default(),
            policy: crate::domain::policy::Policy::default(),
            internal_networks: Vec::new(),
            trusted_proxies: Vec::new(),
        }
    }

    #[test]
    fn links_and_reply_addresses_lose_their_token() {
        let redaction = Redaction::of(&settings());
        let token = Token::from_random(*b"0123456789abcdef").reveal();
        for text in [
            "> Open it: https://moot.corp.example/l/TOKEN",
            "Choose how often: https://moot.corp.example/mails/TOKEN",
            "<a href='HTTPS://MOOT.CORP.EXAMPLE/L/TOKEN'>打开</a>。",
            "https://safe.example/?url=https%3A%2F%2Fmoot.corp.example%2Fl%2FTOKEN&data=05",
            "https://safe.example/?url=https%253a%252f%252fmoot.corp.example%252fl%252fTOKEN",
            "https://point.example/v2/url?u=https-3A__moot.corp.example_l_TOKEN&d=x",
            "To: Anna (Plan) <moot+TOKEN@corp.example>",
            "mailto:moot%2BTOKEN@corp.example",
            "To: Anna (Plan) <former+TOKEN@former.example>",
            "to TOKEN@groups.corp.example, again to Moot-TOKEN@corp.example",
            "References: <moot.TOKEN@corp.example>",
            "会议：https://moot.corp.example/l/TOKEN，谢谢",
        ] {
            for written in [token.clone(), token.to_uppercase()] {
                let found = redaction.apply(&text.replace("TOKEN", &written));
                assert_eq!(found, text.replace("TOKEN", "…"), "{text}");
            }
        }
    }

    #[test]
    fn everything_else_stays() {
        let redaction = Redaction::of(&settings());
        let token = Token::from_random(*b"0123456789abcdef").reveal();
        for text in [
            "https://elsewhere.example/l/TOKEN",
            "The word TOKEN alone.",
            "https://moot.corp.example/l/short https://moot.corp.example/groups/TOKEN",
            "https://moot.corp.example/l/TOKENandmore",
            "",
            "😀",
        ] {
            let text = text.replace("TOKEN", &token);
            assert_eq!(redaction.apply(&text), text);
        }
    }
}
