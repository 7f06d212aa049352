//! A real CardDAV server on this machine: Radicale with an address book of a test's own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mailmoot::actions::directory::{Source, Way};
use mailmoot::transport::account::{Login, MailServer, Security};
use mailmoot::transport::carddav::DavAccount;
use reqwest::{Client, Method, StatusCode};

use super::peers::has_program;

const BOOK: &str = "/mailmoot/staff/";

/// Stops when it is dropped.
pub struct DavServer {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
    client: Client,
}

/// A vCard of somebody.
pub fn card(name: &str, address: &str, more: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{address}\r\nFN:{name}\r\nN:{name};;;;\r\nEMAIL:{address}\r\n{more}END:VCARD\r\n"
    )
}

impl DavServer {
    /// With an empty address book. `None` if the program is missing and may be.
    pub async fn start() -> Option<Self> {
        if !has_program("radicale") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/dav-up.sh");
        let process = Command::new("bash")
            .arg(script)
            .env("MAILMOOT_PEERS", folder.path())
            .env("MAILMOOT_DAV_PORT", free.port().to_string())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("errors")).unwrap())
            .spawn()
            .unwrap();
        let client = super::browser::client().danger_accept_invalid_certs(true).build().unwrap();
        let server = Self { process, folder, port: free.port(), client };
        server.wait().await;
        server.make_book().await;
        Some(server)
    }

    async fn wait(&self) {
        for _ in 0..1_500 {
            if std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!(
            "Radicale did not start: {}",
            std::fs::read_to_string(self.folder.path().join("errors")).unwrap()
        );
    }

    async fn make_book(&self) {
        let body = r#"<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop><resourcetype><collection/><C:addressbook/></resourcetype><displayname>Staff</displayname></prop></set></mkcol>"#;
        self.ask(Method::from_bytes(b"MKCOL").unwrap(), "", body.to_owned()).await;
    }

    /// Puts a card into the address book, or another in its place.
    pub async fn put(&self, name: &str, card: &str) {
        self.ask(Method::PUT, &format!("{name}.vcf"), card.to_owned()).await;
    }

    pub async fn remove(&self, name: &str) {
        self.ask(Method::DELETE, &format!("{name}.vcf"), String::new()).await;
    }

    /// It forgets every token it ever gave.
    pub fn forget_tokens(&self) {
        let folder = self.folder.path().join("dav/data/collection-root").join(BOOK.trim_matches('/'));
        std::fs::remove_dir_all(folder.join(".Radicale.cache/sync-token")).unwrap();
    }

    async fn ask(&self, method: Method, name: &str, body: String) {
        let url = format!("https://localhost:{}{BOOK}{name}", self.port);
        let request = self.client.request(method, url).basic_auth("mailmoot", Some("pw-mailmoot"));
        let request =
            request.header("content-type", if name.is_empty() { "application/xml" } else { "text/vcard" });
        let answer = request.body(body).send().await.unwrap();
        let status: StatusCode = answer.status();
        assert!(status.is_success(), "{status}: {}", answer.text().await.unwrap());
    }

    fn ca_file(&self) -> PathBuf {
        self.folder.path().join("tls/ca.pem")
    }

    /// How mailmoot reads it.
    pub fn account(&self) -> DavAccount {
        let login = Login::by_password("mailmoot".to_owned(), "pw-mailmoot".into());
        let server = MailServer {
            host: "localhost".to_owned(),
            port: self.port,
            security: Security::Tls,
            login: Some(login),
            ca_file: Some(self.ca_file()),
        };
        DavAccount { server, path: BOOK.to_owned() }
    }

    /// The same as a source of the address book.
    pub fn source(&self, name: &str) -> Source {
        let never = Duration::from_secs(24 * 3600);
        let way = Way::Carddav(self.account());
        Source { name: name.to_owned(), way, every: never, full_every: 30 * never }
    }
}

impl Drop for DavServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
