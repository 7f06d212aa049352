//! A real LDAP server on this machine: slapd with people of a test's own.

use std::fmt::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mailmoot::actions::directory::{Source, Way};
use mailmoot::domain::ldap::{LIST_FILTER, ListPlace};
use mailmoot::transport::account::{Login, MailServer, Security};
use mailmoot::transport::ldap::LdapAccount;

use super::peers::has_program_at;

pub const PEOPLE: &str = "ou=people,dc=corp,dc=example";
pub const GROUPS: &str = "ou=groups,dc=corp,dc=example";

/// Stops when it is dropped.
pub struct LdapServer {
    process: Option<Child>,
    folder: tempfile::TempDir,
    ports: [u16; 2],
    settings: Vec<(&'static str, String)>,
}

/// Somebody to be kept there: the name in front of the comma of their distinguished name, and attributes.
pub fn person(uid: &str, name: &str, more: &[(&str, &str)]) -> String {
    let mut ldif = format!("dn: uid={uid},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {uid}\n");
    let family = name.split(' ').next_back().unwrap();
    for (attribute, value) in [("cn", name), ("sn", family)].iter().chain(more) {
        // Base64 by two colons holds anything (RFC 2849).
        let encoded = base64(value.as_bytes());
        writeln!(ldif, "{attribute}:: {encoded}").unwrap();
    }
    ldif + "\n"
}

/// A distribution list: its name, its address if it has one, and distinguished names.
pub fn list(name: &str, address: Option<&str>, members: &[String]) -> String {
    let mut ldif = format!(
        "dn: cn={name},{GROUPS}\nobjectClass: groupOfNames\nobjectClass: extensibleObject\ncn: {name}\n"
    );
    if let Some(address) = address {
        writeln!(ldif, "mail: {address}").unwrap();
    }
    for member in members {
        writeln!(ldif, "member: {member}").unwrap();
    }
    ldif + "\n"
}

pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

impl LdapServer {
    /// With these people (LDIF). `None` if the program is missing and may be.
    pub async fn start(people: &str) -> Option<Self> {
        Self::start_with(people, &[]).await
    }

    /// The same with settings of `tests/peers/ldap-up.sh`.
    pub async fn start_with(people: &str, settings: &[(&'static str, &str)]) -> Option<Self> {
        if !has_program_at(Path::new("/usr/sbin/slapd")) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // Others may look into it, or the scripts would choose another folder.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        std::fs::write(folder.path().join("people.ldif"), people).unwrap();
        let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let mut server = Self { process: None, folder, ports: free_ports(), settings };
        server.run().await;
        Some(server)
    }

    /// Starts again what was stopped, with what it had.
    pub async fn run(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/ldap-up.sh");
        let ports = format!("{} {}", self.ports[0], self.ports[1]);
        let process = Command::new("bash")
            .arg(script)
            .env("MAILMOOT_PEERS", self.folder.path())
            .env("MAILMOOT_LDAP_PORTS", ports)
            .envs(self.settings.iter().map(|(name, value)| (*name, value)))
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(self.folder.path().join("errors")).unwrap())
            .spawn()
            .unwrap();
        self.process = Some(process);
        for _ in 0..1_500 {
            let is_up = self
                .ports
                .iter()
                .all(|port| std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok());
            if is_up {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let errors = std::fs::read_to_string(self.folder.path().join("errors")).unwrap();
        panic!("slapd did not start: {errors}");
    }

    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }

    /// Where it speaks LDAP.
    pub fn port(&self) -> u16 {
        self.ports[0]
    }

    /// The certificate authority of its certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("tls/ca.pem")
    }

    /// How mailmoot reads it.
    pub fn account(&self, security: Security) -> LdapAccount {
        let port = if security == Security::Tls { self.ports[1] } else { self.ports[0] };
        let user = "cn=mailmoot,dc=corp,dc=example".to_owned();
        let login = Login::by_password(user, "pw-mailmoot".into());
        let server = MailServer {
            host: "localhost".to_owned(),
            port,
            security,
            login: Some(login),
            ca_file: Some(self.ca_file()),
        };
        LdapAccount { server, base: PEOPLE.to_owned(), filter: "(objectClass=inetOrgPerson)".to_owned() }
    }

    /// The same as a source of the address book.
    pub fn source(&self, name: &str) -> Source {
        source(name, self.account(Security::StartTls))
    }

    /// Adds somebody.
    pub fn add(&self, person: &str) {
        self.tool("ldapadd", person);
    }

    /// Sets an attribute of somebody.
    pub fn set(&self, uid: &str, attribute: &str, value: &str) {
        let value = base64(value.as_bytes());
        let change = format!(
            "dn: uid={uid},{PEOPLE}\nchangetype: modify\nreplace: {attribute}\n{attribute}:: {value}\n"
        );
        self.change(&change);
    }

    /// Takes somebody out.
    pub fn remove(&self, uid: &str) {
        self.change(&format!("dn: uid={uid},{PEOPLE}\nchangetype: delete\n"));
    }

    /// Changes, as `ldapmodify` reads them.
    pub fn change(&self, ldif: &str) {
        self.tool("ldapmodify", ldif);
    }

    fn tool(&self, name: &str, ldif: &str) {
        let file = self.folder.path().join("change.ldif");
        std::fs::write(&file, ldif).unwrap();
        let url = format!("ldap://127.0.0.1:{}", self.ports[0]);
        let output = Command::new(name)
            .args(["-x", "-H", &url, "-D", "cn=admin,dc=corp,dc=example", "-w", "pw-admin", "-f"])
            .arg(&file)
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A connection to a server that breaks after so many bytes of its answers.
pub struct CutWire {
    pub port: u16,
    _task: tokio::task::JoinSet<()>,
}

impl CutWire {
    pub async fn to(port: u16, bytes: usize) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let mut task = tokio::task::JoinSet::new();
        task.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
                let (mut from_client, mut to_client) = client.into_split();
                let (from_server, mut to_server) = server.into_split();
                let asking =
                    tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
                let mut some = tokio::io::AsyncReadExt::take(from_server, bytes as u64);
                drop(tokio::io::copy(&mut some, &mut to_client).await);
                asking.abort();
            }
        });
        Self { port: own, _task: task }
    }
}

/// A source of the address book that is asked only when a test wants it.
pub fn source(name: &str, account: LdapAccount) -> Source {
    let never = Duration::from_secs(24 * 3600);
    let lists = ListPlace { base: GROUPS.to_owned(), filter: LIST_FILTER.to_owned() };
    let way = Way::Ldap { account, names: Box::default(), lists: Some(lists) };
    Source { name: name.to_owned(), way, every: never, full_every: 2 * never }
}

fn free_ports() -> [u16; 2] {
    let free = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    free.map(|listener| listener.local_addr().unwrap().port())
}

impl Drop for LdapServer {
    fn drop(&mut self) {
        self.stop();
    }
}
