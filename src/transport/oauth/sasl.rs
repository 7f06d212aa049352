//! How a token is shown to a mail server: OAUTHBEARER (RFC 7628), or XOAUTH2, which came before it and which the large providers
//! still want.

use serde_json::Value;

use super::Token;
use crate::transport::account::MailServer;

/// Letters of a server's own words.
const MOST_WORDS: usize = 300;

/// What a server and mailmoot both know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    OauthBearer,
    Xoauth2,
}

impl Mechanism {
    /// The better one of those that are offered.
    pub fn among(offers: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::OauthBearer, Self::Xoauth2].into_iter().find(|one| offers(one.name()))
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::OauthBearer => "OAUTHBEARER",
            Self::Xoauth2 => "XOAUTH2",
        }
    }

    /// What the client says first (RFC 7628 3.1).
    pub fn first(self, server: &MailServer, user: &str, token: &Token) -> String {
        let token = token.reveal();
        match self {
            Self::OauthBearer => {
                // In a name of SASL these two mean something (RFC 5801 4).
                let user = user.replace('=', "=3D").replace(',', "=2C");
                let (host, port) = (&server.host, server.port);
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
            Self::Xoauth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
        }
    }

    /// What the client says to an error, so that the server can end the dialogue (RFC 7628 3.2.3).
    pub fn to_an_error(self) -> &'static str {
        match self {
            Self::OauthBearer => "\x01",
            Self::Xoauth2 => "",
        }
    }
}

/// An error as the server tells it in JSON (RFC 7628 3.2.2), in one line; `None` if that says nothing.
pub fn told(error: &[u8]) -> Option<String> {
    let Value::Object(said) = serde_json::from_slice(error).ok()? else { return None };
    let part = |name: &str| {
        let text = match said.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let text: String = text.chars().filter(|c| !c.is_control()).take(MOST_WORDS).collect();
        (!text.is_empty()).then(|| format!("{name} {text}"))
    };
    let parts: Vec<String> = ["status", "schemes", "scope"].into_iter().filter_map(part).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::time::Timestamp;
    use crate::transport::account::Security;

    fn server() -> MailServer {
        let host = "server.example.com".to_owned();
        MailServer { host, port: 143, security: Security::Tls, login: None, ca_file: None }
    }

    #[test]
    fn a_token_is_shown_as_the_standard_says() {
        let hour = Some(Duration::from_secs(3600));
        let token = Token::new("vF9dft4qmT==".into(), Timestamp::from_millis(0), hour, Vec::new());
        // The example of RFC 7628 4.1.
        assert_eq!(
            Mechanism::OauthBearer.first(&server(), "user@example.com", &token),
            "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmT==\x01\x01"
        );
        let odd = Mechanism::OauthBearer.first(&server(), "a,b=c", &token);
        assert!(odd.starts_with("n,a=a=2Cb=3Dc,\x01"), "{odd}");
        assert_eq!(
            Mechanism::Xoauth2.first(&server(), "user@example.com", &token),
            "user=user@example.com\x01auth=Bearer vF9dft4qmT==\x01\x01"
        );
    }

    #[test]
    fn the_better_mechanism_is_taken() {
        let among = |offered: &[&str]| Mechanism::among(|name| offered.contains(&name));
        assert_eq!(among(&["PLAIN", "XOAUTH2", "OAUTHBEARER"]), Some(Mechanism::OauthBearer));
        assert_eq!(among(&["PLAIN", "XOAUTH2"]), Some(Mechanism::Xoauth2));
        assert_eq!(among(&["PLAIN"]), None);
    }

    #[test]
    fn an_error_is_told_in_one_line() {
        let said = br#"{"status":"400","schemes":"Bearer","scope":"https://mail.example.com/"}"#;
        assert_eq!(
            told(said).as_deref(),
            Some("status 400, schemes Bearer, scope https://mail.example.com/")
        );
        assert_eq!(told(br#"{"status":401,"scope":"a\r\nb"}"#).as_deref(), Some("status 401, scope ab"));
        for nothing in [b"".as_slice(), b"no JSON", b"[]", br#"{"status":[1]}"#, b"\xff"] {
            assert_eq!(told(nothing), None);
        }
    }
}
