//! A name server on this machine: dnsmasq with records of ours, which asks nobody else.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use mailmoot::transport::dns::Dns;

use super::house::eventually;
use super::peers::has_program;

/// Of a TXT record one string has no more letters (RFC 1035 3.3.14).
const STRING: usize = 255;

/// Stops when it is dropped.
pub struct NameServer {
    process: Child,
    pub address: SocketAddr,
}

impl NameServer {
    /// Knows these TXT records, by their names, and no others. `None` if the program is missing and may be.
    pub async fn start(records: &[(String, String)]) -> Option<Self> {
        let texts = records.iter().map(|(name, text)| {
            let bytes = text.as_bytes().chunks(STRING).map(String::from_utf8_lossy);
            format!("--txt-record={name},{}", bytes.collect::<Vec<_>>().join(","))
        });
        Self::answering(texts.collect()).await
    }

    /// Knows the records of these options of dnsmasq, below `.test` and `.example`, and no others.
    pub async fn answering(records: Vec<String>) -> Option<Self> {
        if !has_program("/usr/sbin/dnsmasq") {
            return None;
        }
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let mut command = Command::new("/usr/sbin/dnsmasq");
        command.args([
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--bind-interfaces",
        ]);
        command.args(["--listen-address=127.0.0.1", "--pid-file=", "--user=root", "--local=/test/example/"]);
        command.arg(format!("--port={}", free.port())).arg("--txt-record=ready.test,yes");
        command.args(records);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Self { process, address: free };
        let dns = Dns::asking(&[server.address]).unwrap();
        eventually(async || (dns.txt("ready.test").await == Ok(Some("yes".to_owned()))).then_some(())).await;
        Some(server)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
