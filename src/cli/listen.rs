//! Listening at an address, and in plain words why that can't be.

use std::io::ErrorKind;
use std::net::SocketAddr;

use anyhow::{Result, anyhow};
use tokio::net::TcpListener;

use super::terminal;
use crate::texts::Value;

/// Listens at what a setting or an option says.
///
/// # Errors
/// In the terminal's language: what is wrong with the address, and which setting says it.
pub async fn listen(setting: &str, address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let values = [
            ("address", Value::from(address.to_string())),
            ("setting", Value::from(setting.to_owned())),
            ("why", Value::from(error.to_string())),
        ];
        anyhow!(terminal::texts().with(key_of(error.kind(), address.port()), &values).into_owned())
    })
}

fn key_of(kind: ErrorKind, port: u16) -> &'static str {
    match kind {
        ErrorKind::AddrInUse => "listen-taken",
        ErrorKind::AddrNotAvailable => "listen-elsewhere",
        ErrorKind::PermissionDenied if port < 1024 => "listen-forbidden",
        _ => "listen-failed",
    }
}
