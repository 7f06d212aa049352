//! Which network a request comes from. Behind a web server every connection is that server's own; it names the visitor
//! in `X-Forwarded-For`, which is believed from trusted servers only, since anybody can send one.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::state::WebState;
use crate::domain::network::{AddressBlock, Network};

/// The visitor's network.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub Network);

/// The visitor's own address, for the audit log alone.
pub fn address_of_visitor(parts: &Parts, state: &WebState) -> IpAddr {
    visitor_of(parts, &state.actions.settings.trusted_proxies)
}

/// Who really asks, where these servers are trusted to say so.
pub fn visitor_of(parts: &Parts, trusted: &[AddressBlock]) -> IpAddr {
    let peer = connected(parts);
    let hops: Vec<&str> = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .collect();
    visitor(peer, &hops, trusted).to_canonical()
}

/// Whether nobody on the way can read along: it comes from this machine, or a trusted server says that it came by TLS.
pub fn is_private(parts: &Parts, trusted: &[AddressBlock]) -> bool {
    let is_trusted = trusted.iter().any(|block| block.contains(connected(parts)));
    let scheme = parts.headers.get("x-forwarded-proto").filter(|_| is_trusted);
    match scheme {
        Some(scheme) => scheme == "https",
        None => visitor_of(parts, trusted).is_loopback(),
    }
}

fn connected(parts: &Parts) -> IpAddr {
    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip())
}

impl FromRequestParts<WebState> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        Ok(Self(Network::of(address_of_visitor(parts, state))))
    }
}

/// Each server adds at the end whom it was asked by: the last one that is no server of ours is the visitor. What stands
/// before it the visitor wrote.
fn visitor(peer: IpAddr, hops: &[&str], trusted: &[AddressBlock]) -> IpAddr {
    let mut at = peer;
    for hop in hops.iter().rev() {
        if !trusted.iter().any(|block| block.contains(at)) {
            break;
        }
        let Some(before) = address_of(hop) else { break };
        at = before;
    }
    at
}

/// Some servers add the port.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visitor_is_the_last_one_that_is_no_server_of_ours() {
        let mut trusted = AddressBlock::LOOPBACK.to_vec();
        trusted.push("10.0.0.0/8".parse().unwrap());
        for (peer, header, found) in [
            ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("127.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
            ("127.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
            ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),
            ("::1", "[2001:db8::7]:443", "2001:db8::7"),
            // Not one of ours: what it says of others counts for nothing.
            ("198.51.100.4", "203.0.113.9", "198.51.100.4"),
            ("127.0.0.1", "", "127.0.0.1"),
            ("127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"),
        ] {
            let hops: Vec<&str> = header.split(',').collect();
            let seen = visitor(peer.parse().unwrap(), &hops, &trusted);
            assert_eq!(seen, found.parse::<IpAddr>().unwrap(), "{peer} {header}");
        }
    }
}
