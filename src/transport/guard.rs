//! The one guard before requests to addresses that people gave: none of them leads into the networks around this
//! machine. Names are resolved here, at the moment of connecting, so that a name cannot mean one address while it is
//! checked and another afterwards.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::connect::ConnectError;
use super::tls;
use crate::domain::network::{AddressBlock, is_public};

/// How long connecting may take, and the whole request.
const CONNECTING: Duration = Duration::from_secs(5);
const ASKING: Duration = Duration::from_secs(10);

/// Which addresses may be asked: the public ones, and the internal ones that the admin named.
#[derive(Clone, Debug)]
pub struct Guard {
    internal: Arc<[AddressBlock]>,
}

/// Why an address is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    #[error("This is no web address")]
    NoUrl,
    #[error("Only https:// is asked")]
    NotEncrypted,
    #[error("It lies in an internal network")]
    Internal,
}

impl Guard {
    pub fn new(internal: &[AddressBlock]) -> Self {
        Self { internal: internal.into() }
    }

    /// A URL that may be asked, as far as can be told without resolving its name. Without TLS only internal addresses
    /// that the admin named, written as numbers.
    ///
    /// # Errors
    /// [`NotAllowed`] says why it may not.
    pub fn check(&self, address: &str) -> Result<Url, NotAllowed> {
        let url = Url::parse(address).map_err(|_| NotAllowed::NoUrl)?;
        let host = url.host_str().ok_or(NotAllowed::NoUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAllowed::NoUrl);
        }
        // The parser has made numbers of 0x7f.1 and 2130706433, as browsers do (WHATWG URL 3.5).
        let number: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        match (url.scheme(), number) {
            ("https", None) => Ok(url),
            ("https", Some(number)) if self.allows(number) => Ok(url),
            ("http", Some(number)) if self.is_named(number) => Ok(url),
            ("https", Some(_)) => Err(NotAllowed::Internal),
            ("http", _) => Err(NotAllowed::NotEncrypted),
            _ => Err(NotAllowed::NoUrl),
        }
    }

    /// What makes requests through this guard: TLS, no redirects, no proxy that would resolve names for itself, and
    /// little time.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn client(&self) -> Result<Client, ConnectError> {
        let config = tls::client_config(None)?;
        Client::builder()
            .tls_backend_preconfigured((*config).clone())
            .dns_resolver(Arc::new(self.clone()))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECTING)
            .timeout(ASKING)
            .user_agent(concat!("mailmoot/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ConnectError::Handshake { why: error.to_string() })
    }

    fn allows(&self, address: IpAddr) -> bool {
        is_public(address) || self.is_named(address)
    }

    fn is_named(&self, address: IpAddr) -> bool {
        self.internal.iter().any(|block| block.contains(address))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| guard.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NotAllowed::Internal.into());
            }
            Ok::<Addrs, _>(Box::new(allowed.into_iter()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_into_the_house() {
        let outside = Guard::new(&[]);
        let inside = Guard::new(&["127.0.0.0/8".parse().unwrap()]);
        for (address, without, with) in [
            ("https://push.example/x?y", None, None),
            ("https://203.0.114.9/x", None, None),
            ("http://push.example/x", Some(NotAllowed::NotEncrypted), Some(NotAllowed::NotEncrypted)),
            ("http://localhost/x", Some(NotAllowed::NotEncrypted), Some(NotAllowed::NotEncrypted)),
            ("http://127.0.0.1:8080/x", Some(NotAllowed::NotEncrypted), None),
            ("https://127.0.0.1/x", Some(NotAllowed::Internal), None),
            ("https://2130706433/x", Some(NotAllowed::Internal), None),
            ("https://0x7f.1/x", Some(NotAllowed::Internal), None),
            ("https://127.1/x", Some(NotAllowed::Internal), None),
            ("https://[::ffff:127.0.0.1]/x", Some(NotAllowed::Internal), None),
            ("https://10.0.0.1/x", Some(NotAllowed::Internal), Some(NotAllowed::Internal)),
            ("https://[fe80::1]/x", Some(NotAllowed::Internal), Some(NotAllowed::Internal)),
            ("https://169.254.169.254/latest", Some(NotAllowed::Internal), Some(NotAllowed::Internal)),
            ("https://user:word@push.example/x", Some(NotAllowed::NoUrl), Some(NotAllowed::NoUrl)),
            ("file:///etc/passwd", Some(NotAllowed::NoUrl), Some(NotAllowed::NoUrl)),
            ("gopher://127.0.0.1/x", Some(NotAllowed::NoUrl), Some(NotAllowed::NoUrl)),
            ("push.example", Some(NotAllowed::NoUrl), Some(NotAllowed::NoUrl)),
        ] {
            assert_eq!(outside.check(address).err(), without, "{address}");
            assert_eq!(inside.check(address).err(), with, "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_means_this_machine_is_not_asked() {
        let lookup = |guard: &Guard| guard.resolve("localhost".parse().unwrap());
        let error = lookup(&Guard::new(&[])).await.err().unwrap();
        assert_eq!(error.downcast_ref(), Some(&NotAllowed::Internal));
        let named = Guard::new(&AddressBlock::LOOPBACK);
        assert!(lookup(&named).await.unwrap().all(|address| address.ip().is_loopback()));
    }
}
