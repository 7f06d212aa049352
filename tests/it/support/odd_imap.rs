//! An IMAP server in this process whose mails can be odd: it refuses one, breaks off at it, or never hands it over.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mailmoot::transport::account::{Login, MailServer, Security};
use mailmoot::transport::imap::{ImapAccount, Patience};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does when it is asked for a mail.
#[derive(Clone, Debug)]
pub enum Odd {
    /// Hands it over.
    Well(String),
    /// Says NO with these words.
    Refuses(&'static str),
    /// Says BAD with these words.
    Rejects(&'static str),
    /// Closes the connection.
    Closes,
    /// Announces more bytes than come, and closes.
    BreaksOff,
    /// Says OK and hands over nothing.
    KeepsIt,
}

/// The folder. Clones share it, so that a test can change it while the server runs.
#[derive(Clone, Default)]
pub struct OddImap {
    mails: Arc<Mutex<BTreeMap<u32, Odd>>>,
    connections: Arc<Mutex<u32>>,
    /// How often it was shown a password.
    logins: Arc<Mutex<u32>>,
    /// The one it takes; any if there is none.
    password: Arc<Mutex<Option<String>>>,
    /// Whose mailbox the one access token opens that it takes.
    token: Arc<Mutex<Option<(String, String)>>>,
}

impl OddImap {
    pub fn put(&self, uid: u32, odd: Odd) {
        self.mails.lock().unwrap().insert(uid, odd);
    }

    /// Takes only this password from now on, from everybody.
    pub fn set_password(&self, password: &str) {
        *self.password.lock().unwrap() = Some(password.to_owned());
    }

    /// Takes XOAUTH2 from now on, with only this access token, for this mailbox.
    pub fn set_token(&self, address: &str, token: &str) {
        *self.token.lock().unwrap() = Some((address.to_owned(), token.to_owned()));
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> u32 {
        *self.connections.lock().unwrap()
    }

    /// How often somebody tried a password so far.
    pub fn logins(&self) -> u32 {
        *self.logins.lock().unwrap()
    }

    /// Starts it. Whoever reads the account tries again after a millisecond, then after two, and so on.
    pub async fn start(&self) -> ImapAccount {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *server.connections.lock().unwrap() += 1;
                tokio::spawn(server.clone().serve(stream));
            }
        });
        let login = Some(Login::by_password("gw".to_owned(), "pw".into()));
        ImapAccount {
            server: MailServer {
                host: "127.0.0.1".to_owned(),
                port,
                security: Security::None,
                login,
                ca_file: None,
            },
            folder: "INBOX".to_owned(),
            max_size: 25_000_000,
            patience: Patience {
                command: Duration::from_secs(10),
                idle: Duration::from_secs(60),
                poll: Duration::from_millis(20),
                retry: Duration::from_millis(1),
            },
        }
    }

    async fn serve(self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        write.write_all(b"* OK hello\r\n").await?;
        let mut lines = BufReader::new(read).lines();
        while let Some(line) = lines.next_line().await? {
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            if command.starts_with("AUTHENTICATE PLAIN") {
                write.write_all(b"+ \r\n").await?;
                let said = lines.next_line().await?.unwrap_or_default();
                let answer = if self.takes(&said) { "OK in" } else { "NO [AUTHENTICATIONFAILED] no" };
                write.write_all(format!("{tag} {answer}\r\n").as_bytes()).await?;
                continue;
            }
            if command.starts_with("AUTHENTICATE XOAUTH2") {
                write.write_all(b"+ \r\n").await?;
                let said = lines.next_line().await?.unwrap_or_default();
                let is_good = self.takes_token(&said);
                if !is_good {
                    let error =
                        BASE64_STANDARD.encode(r#"{"status":"400","schemes":"bearer","scope":"mail"}"#);
                    write.write_all(format!("+ {error}\r\n").as_bytes()).await?;
                    lines.next_line().await?;
                }
                let answer = if is_good { "OK in" } else { "NO [AUTHENTICATIONFAILED] no" };
                write.write_all(format!("{tag} {answer}\r\n").as_bytes()).await?;
                continue;
            }
            let (answer, goes_on) = self.answer(tag, command);
            write.write_all(answer.as_bytes()).await?;
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    /// Whether a login is good (RFC 4616 2).
    fn takes(&self, said: &str) -> bool {
        let said = String::from_utf8(BASE64_STANDARD.decode(said).unwrap()).unwrap();
        let password = said.splitn(3, '\0').nth(2).unwrap();
        *self.logins.lock().unwrap() += 1;
        self.password.lock().unwrap().as_deref().is_none_or(|right| right == password)
    }

    /// The same by a token, as the large providers want it.
    fn takes_token(&self, said: &str) -> bool {
        let said = String::from_utf8(BASE64_STANDARD.decode(said).unwrap()).unwrap();
        let right = self.token.lock().unwrap();
        right
            .as_ref()
            .is_some_and(|(address, token)| said == format!("user={address}\x01auth=Bearer {token}\x01\x01"))
    }

    /// The answer, and whether the connection goes on.
    fn answer(&self, tag: &str, command: &str) -> (String, bool) {
        let mails = self.mails.lock().unwrap();
        let ok = |text: &str| (format!("{text}{tag} OK done\r\n"), true);
        if command.starts_with("CAPABILITY") {
            let plain = if self.password.lock().unwrap().is_some() { " AUTH=PLAIN" } else { "" };
            let tokens = if self.token.lock().unwrap().is_some() { " AUTH=XOAUTH2" } else { "" };
            return ok(&format!("* CAPABILITY IMAP4rev1{plain}{tokens}\r\n"));
        }
        if command.starts_with("EXAMINE") {
            return ok(&format!("* {} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n", mails.len()));
        }
        if let Some(set) = command.strip_prefix("UID SEARCH UID ") {
            let found: Vec<String> = chosen(&mails, set).map(|(uid, _)| uid.to_string()).collect();
            return ok(&format!("* SEARCH {}\r\n", found.join(" ")));
        }
        let Some((set, what)) = command.strip_prefix("UID FETCH ").and_then(|rest| rest.split_once(' '))
        else {
            return ok("");
        };
        let mut text = String::new();
        for (uid, odd) in chosen(&mails, set) {
            let size = match odd {
                Odd::Well(raw) => raw.len(),
                _ => 1_000,
            };
            if what.contains("RFC822.SIZE") {
                write!(text, "* 1 FETCH (UID {uid} RFC822.SIZE {size})\r\n").unwrap();
                continue;
            }
            match odd {
                Odd::Well(raw) => {
                    write!(text, "* 1 FETCH (UID {uid} BODY[]<0> {{{size}}}\r\n{raw})\r\n").unwrap()
                }
                Odd::Refuses(words) => return (format!("{text}{tag} NO {words}\r\n"), true),
                Odd::Rejects(words) => return (format!("{text}{tag} BAD {words}\r\n"), true),
                Odd::Closes => return (text, false),
                Odd::BreaksOff => {
                    return (format!("{text}* 1 FETCH (UID {uid} BODY[]<0> {{1000}}\r\nSubject: x"), false);
                }
                Odd::KeepsIt => {}
            }
        }
        ok(&text)
    }
}

/// The mails of a set such as `3:*` or `1:2,7`.
fn chosen<'m>(mails: &'m BTreeMap<u32, Odd>, set: &str) -> impl Iterator<Item = (&'m u32, &'m Odd)> {
    let number = |text: &str| if text == "*" { u32::MAX } else { text.parse().unwrap() };
    let ranges: Vec<(u32, u32)> = set
        .split(',')
        .map(|part| part.split_once(':').unwrap_or((part, part)))
        .map(|(first, last)| (number(first), number(last)))
        .collect();
    mails.iter().filter(move |(uid, _)| ranges.iter().any(|(first, last)| (first..=last).contains(uid)))
}
