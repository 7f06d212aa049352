//! `mailmoot discover`: the servers of a mail address, as settings to begin with.

use std::process::ExitCode;

use anyhow::Context;

use super::terminal;
use crate::domain::address::EmailAddress;
use crate::texts::Texts;
use crate::transport::account::Security;
use crate::transport::discover::{Discovery, Found, Offer};

#[derive(Debug, clap::Args)]
pub struct Discover {
    #[arg(id = "discovered", value_name = "ADDRESS")]
    address: String,
    /// Name servers to ask, as in `dns.servers`.
    #[arg(long = "dns", value_name = "SERVER")]
    servers: Vec<std::net::SocketAddr>,
}

/// Exit code 0 if something was found. What goes to standard output can be put into the configuration file.
pub fn run(command: &Discover) -> ExitCode {
    let texts = terminal::texts();
    let Ok(address) = command.address.parse::<EmailAddress>() else {
        eprintln!("{}", texts.with("discover-no-address", &[("address", command.address.as_str())]));
        return ExitCode::from(2);
    };
    match discover(&address, &command.servers) {
        Ok(found) if found.is_nothing() => {
            eprintln!("{}", found.words_of_nothing(&address, texts));
            ExitCode::FAILURE
        }
        Ok(found) => {
            print!("{}", settings(&address, &found, texts));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn discover(address: &EmailAddress, servers: &[std::net::SocketAddr]) -> anyhow::Result<Found> {
    let runtime = tokio::runtime::Runtime::new().context("The program's runtime cannot be started")?;
    runtime.block_on(async { Ok(Discovery::asking(servers, &[])?.find(address).await) })
}

/// The sections of a configuration file, each with a word on where it comes from.
fn settings(address: &EmailAddress, found: &Found, texts: Texts) -> String {
    let mut lines = vec!["[mail]".to_owned(), format!("address = {}", quoted(address.as_str()))];
    for (section, offer) in [("imap", &found.imap), ("smtp", &found.smtp)] {
        lines.extend([String::new(), format!("[{section}]")]);
        match offer {
            Some(offer) => lines.extend(server(address, offer, texts)),
            None => lines.push(format!("# {}", texts.get("discover-missing"))),
        }
        if section == "imap" {
            lines.push("password_file = \"password\"".to_owned());
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn server(address: &EmailAddress, offer: &Offer, texts: Texts) -> Vec<String> {
    let mut lines = vec![format!("# {}", offer.by.words(texts))];
    if offer.is_abroad(address) {
        lines.push(format!("# {}", texts.with("discover-abroad", &[("domain", address.domain())])));
    }
    lines.push(format!("host = {}", quoted(&offer.host)));
    lines.push(format!("port = {}", offer.port));
    if offer.security == Security::StartTls {
        lines.push("security = \"starttls\"".to_owned());
    }
    lines.extend(offer.user.as_ref().map(|user| format!("user = {}", quoted(user))));
    lines
}

/// Control characters, quotes and backslashes are escaped alike in JSON and in TOML's basic strings.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
