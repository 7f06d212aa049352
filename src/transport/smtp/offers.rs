//! What a server offers in its answer to EHLO, as far as it matters here.

use crate::transport::oauth::sasl::Mechanism;

/// What the server can do after the login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// Reports can be asked for (RFC 3461 3).
    pub dsn: bool,
    /// It takes mails up to so many bytes, if it says so (RFC 1870 4).
    pub size: Option<u64>,
    /// How one signs in by a token there (RFC 4954 3).
    pub(super) by_token: Option<Mechanism>,
}

impl Offers {
    /// From the lines of the answer.
    pub(super) fn of<'l>(lines: impl Iterator<Item = &'l str>) -> Self {
        let mut offers = Self::default();
        for line in lines {
            let mut words = line.split_whitespace();
            let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
            match keyword.as_str() {
                "DSN" => offers.dsn = true,
                "AUTH" => {
                    let known: Vec<String> = words.map(str::to_ascii_uppercase).collect();
                    offers.by_token = Mechanism::among(|name| known.iter().any(|one| one == name));
                }
                // Zero means that there is no fixed limit.
                "SIZE" => {
                    offers.size = words.next().and_then(|size| size.parse().ok()).filter(|size| *size > 0)
                }
                _ => {}
            }
        }
        offers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_read() {
        let read = |lines: &[&str]| Offers::of(lines.iter().copied());
        let both = Offers { dsn: true, size: Some(10_240_000), by_token: None };
        assert_eq!(read(&["mx.corp.example", "PIPELINING", "SIZE 10240000", "DSN"]), both);
        assert_eq!(read(&["size 10240000", "dsn "]), both);
        assert_eq!(read(&["SIZE", "SIZE 0", "DSNX", "AUTH PLAIN LOGIN"]), Offers::default());
        assert_eq!(read(&["AUTH PLAIN xoauth2"]).by_token, Some(Mechanism::Xoauth2));
    }
}
