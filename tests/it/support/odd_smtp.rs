//! A submission server whose answers a test decides: it can be away, say nothing, or put a domain off.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mailmoot::transport::account::{Login, MailServer, Security};
use mailmoot::transport::smtp::{SmtpAccount, Submitter};
use mailmoot::workers::Outlet;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What is answered to RCPT of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing, until the answer is another one.
    Silence,
    Says(&'static str),
}

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct OddSmtp(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    address: Option<SocketAddr>,
    /// It hangs up on everybody.
    away: bool,
    answers: HashMap<&'static str, Answer>,
    connections: usize,
    /// The password that it wants; none if there is none.
    password: Option<&'static str>,
    /// How often it was shown one.
    logins: usize,
    /// To whom mail was to go, in order.
    asked: Vec<String>,
    /// To whom mail was taken.
    taken: Vec<String>,
}

impl OddSmtp {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let odd = Self::default();
        odd.with(|state| state.address = listener.local_addr().ok());
        let server = odd.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let is_away = server.with(|state| {
                    state.connections += 1;
                    state.away
                });
                if !is_away {
                    tokio::spawn(server.clone().serve(stream));
                }
            }
        });
        odd
    }

    pub fn outlet(&self) -> Outlet {
        self.outlet_by(None)
    }

    /// For somebody who signs in with `pw`.
    pub fn outlet_with_login(&self) -> Outlet {
        self.outlet_by(Some(Login::by_password("gw".to_owned(), "pw".into())))
    }

    fn outlet_by(&self, login: Option<Login>) -> Outlet {
        let port = self.with(|state| state.address.unwrap().port());
        let host = "127.0.0.1".to_owned();
        let server = MailServer { host, port, security: Security::None, login, ca_file: None };
        Outlet::smtp(Submitter::new(SmtpAccount { server }))
    }

    /// Wants this password from now on.
    pub fn wants(&self, password: &'static str) {
        self.with(|state| state.password = Some(password));
    }

    /// How often it was shown a password.
    pub fn logins(&self) -> usize {
        self.with(|state| state.logins)
    }

    /// What is said to `AUTH PLAIN` (RFC 4954).
    fn login(&self, said: &str) -> &'static str {
        let said = BASE64_STANDARD.decode(said.rsplit(' ').next().unwrap()).unwrap();
        self.with(|state| {
            state.logins += 1;
            let is_right =
                state.password.is_none_or(|password| said.ends_with(format!("\0{password}").as_bytes()));
            if is_right { "235 2.7.0 in" } else { "535 5.7.8 bad credentials" }
        })
    }

    pub fn set_away(&self, away: bool) {
        self.with(|state| state.away = away);
    }

    pub fn answers(&self, domain: &'static str, answer: Answer) {
        self.with(|state| state.answers.insert(domain, answer));
    }

    pub fn connections(&self) -> usize {
        self.with(|state| state.connections)
    }

    /// How often mail was to go to addresses of a domain.
    pub fn asked(&self, domain: &str) -> usize {
        self.with(|state| state.asked.iter().filter(|to| to.ends_with(domain)).count())
    }

    /// To whom mail was taken.
    pub fn taken(&self) -> Vec<String> {
        self.with(|state| state.taken.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// What is said to `RCPT TO:<to>`.
    async fn rcpt(&self, to: &str) -> &'static str {
        self.with(|state| state.asked.push(to.to_owned()));
        let domain = to.rsplit('@').next().unwrap_or_default();
        loop {
            match self.with(|state| state.answers.get(domain).copied()) {
                Some(Answer::Says(words)) => return words,
                None => return "250 2.1.5 OK",
                Some(Answer::Silence) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    async fn serve(self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let (mut to, mut is_mail) = (String::new(), false);
        write.write_all(b"220 odd.example ESMTP\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            if self.with(|state| state.away) {
                break;
            }
            if is_mail {
                if line == "." {
                    is_mail = false;
                    self.with(|state| state.taken.push(to.clone()));
                    write.write_all(b"250 2.0.0 taken\r\n").await?;
                }
                continue;
            }
            let command = line.to_ascii_uppercase();
            let reply = if command.starts_with("RCPT") {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                self.rcpt(&to).await
            } else if command.starts_with("EHLO") {
                "250-odd.example\r\n250 AUTH PLAIN"
            } else if command.starts_with("AUTH PLAIN") {
                self.login(&line)
            } else if command == "DATA" {
                is_mail = true;
                "354 go on"
            } else {
                "250 odd.example"
            };
            write.write_all(format!("{reply}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}
