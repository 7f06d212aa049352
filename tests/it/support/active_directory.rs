//! A directory on a socket of this process that answers as Active Directory does: pages of so many entries, numbers of changes, and
//! long attributes in parts (MS-ADTS 3.1.1.3.1.3.3). It reads requests with the library's own reader and looks at of each only what
//! the tests need: filters by change numbers alone.

use std::sync::{Arc, Mutex};

use ldap3::asn1::{PL, StructureTag, parse_tag};
use mailmoot::transport::account::{Login, MailServer, Security};
use mailmoot::transport::ldap::LdapAccount;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::ldap_server::{GROUPS, PEOPLE, source};

/// So many values of an attribute come at once.
pub const RANGE: usize = 1_500;
/// How it names pages (RFC 2696).
const PAGES: &[u8] = b"1.2.840.113556.1.4.319";

/// Somebody or something in it.
#[derive(Clone, Debug)]
pub struct Object {
    pub dn: String,
    pub attributes: Vec<(&'static str, Vec<String>)>,
    /// The number of its last change.
    pub changed: u64,
}

#[derive(Default)]
struct Inner {
    objects: Vec<Object>,
    /// What was asked of single entries.
    ranges: Vec<String>,
}

pub struct ActiveDirectory {
    inner: Arc<Mutex<Inner>>,
    port: u16,
    _server: JoinSet<()>,
}

/// Somebody by their name and address.
pub fn user(name: &str, address: &str, changed: u64) -> Object {
    let attributes = vec![("cn", vec![name.to_owned()]), ("mail", vec![address.to_owned()])];
    Object { dn: format!("CN={name},{PEOPLE}"), attributes, changed }
}

/// A group with an address.
pub fn group(name: &str, address: &str, (members, changed): (Vec<String>, u64)) -> Object {
    let attributes =
        vec![("cn", vec![name.to_owned()]), ("mail", vec![address.to_owned()]), ("member", members)];
    Object { dn: format!("CN={name},{GROUPS}"), attributes, changed }
}

impl ActiveDirectory {
    pub async fn start(objects: Vec<Object>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Mutex::new(Inner { objects, ranges: Vec::new() }));
        let (shared, mut server) = (inner.clone(), JoinSet::new());
        server.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { inner, port, _server: server }
    }

    /// As a source of the address book.
    pub fn source(&self, name: &str) -> mailmoot::actions::directory::Source {
        let login = Login::by_password("reader@corp.example".to_owned(), "pw".into());
        let server = MailServer {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::None,
            login: Some(login),
            ca_file: None,
        };
        let filter = "(objectClass=person)".to_owned();
        source(name, LdapAccount { server, base: PEOPLE.to_owned(), filter })
    }

    /// Changes what one of them is.
    pub fn put(&self, object: Object) {
        let mut inner = self.inner.lock().unwrap();
        inner.objects.retain(|one| one.dn != object.dn);
        inner.objects.push(object);
    }

    /// The parts of long attributes that were asked for since the last time.
    pub fn take_ranges(&self) -> Vec<String> {
        std::mem::take(&mut self.inner.lock().unwrap().ranges)
    }
}

async fn serve(mut stream: TcpStream, inner: Arc<Mutex<Inner>>) -> std::io::Result<()> {
    let mut read = Vec::new();
    loop {
        let message = match parse_tag(&read) {
            Ok((rest, message)) => {
                let rest = rest.to_vec();
                read = rest;
                parts(message)
            }
            // More of it is to come.
            Err(_) => {
                let mut some = [0; 4096];
                let count = stream.read(&mut some).await?;
                if count == 0 {
                    return Ok(());
                }
                read.extend_from_slice(&some[..count]);
                continue;
            }
        };
        let number = bytes(&message[0]);
        let answers = match message[1].id {
            // Bind and search (RFC 4511 4.2, 4.5); all else ends the connection.
            0 => vec![tag(0x61, &done())],
            3 => inner.lock().unwrap().search(&message),
            _ => return Ok(()),
        };
        for answer in answers {
            stream.write_all(&tag(0x30, &[tag(0x02, &number), answer].concat())).await?;
        }
    }
}

impl Inner {
    /// The answers to a search, without what stands around each.
    fn search(&mut self, message: &[StructureTag]) -> Vec<Vec<u8>> {
        let request = parts(message[1].clone());
        let base = text(&request[0]).to_lowercase();
        let wanted: Vec<String> = parts(request[7].clone()).iter().map(text).collect();
        let is_base = bytes(&request[1]) == [0];
        if is_base && base.is_empty() {
            return vec![self.root(), tag(0x65, &done())];
        }
        if is_base {
            self.ranges.extend(wanted.iter().filter(|name| name.contains("range=")).cloned());
        }
        let since = at_least(&request[6]);
        let fits = |one: &&Object| {
            let dn = one.dn.to_lowercase();
            one.changed >= since && if is_base { dn == base } else { dn.ends_with(&format!(",{base}")) }
        };
        let found: Vec<Vec<u8>> = self.objects.iter().filter(fits).map(|one| entry(one, &wanted)).collect();
        let Some((size, from)) = message.get(2).and_then(page) else {
            return [found, vec![tag(0x65, &done())]].concat();
        };
        let (count, page) = (found.len(), found.into_iter().skip(from).take(size));
        let next = if from + size < count { (from + size).to_string() } else { String::new() };
        let cookie = tag(0x30, &[tag(0x02, &[0]), tag(0x04, next.as_bytes())].concat());
        let control = tag(0x30, &[tag(0x04, PAGES), tag(0x04, &cookie)].concat());
        page.chain([[tag(0x65, &done()), tag(0xa0, &control)].concat()]).collect()
    }

    fn root(&self) -> Vec<u8> {
        let newest = self.objects.iter().map(|one| one.changed).max().unwrap_or_default();
        let attributes = vec![
            ("highestCommittedUSN", vec![newest.to_string()]),
            ("dsServiceName", vec!["CN=NTDS Settings,CN=DC1".to_owned()]),
            ("namingContexts", vec!["dc=corp,dc=example".to_owned()]),
        ];
        let names: Vec<String> = attributes.iter().map(|(name, _)| (*name).to_owned()).collect();
        entry(&Object { dn: String::new(), attributes, changed: 0 }, &names)
    }
}

/// One entry, with what was asked of it.
fn entry(object: &Object, wanted: &[String]) -> Vec<u8> {
    let mut written = Vec::new();
    for asked in wanted {
        let (name, range) = asked.split_once(";range=").unwrap_or((asked, ""));
        let known = object.attributes.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
        let Some((name, values)) = known else { continue };
        let from: usize = range.split('-').next().and_then(|first| first.parse().ok()).unwrap_or(0);
        let until = (from + RANGE).min(values.len());
        if range.is_empty() && values.len() <= RANGE {
            written.extend(attribute(name, values));
            continue;
        }
        let last = if until == values.len() { "*".to_owned() } else { (until - 1).to_string() };
        // The plain attribute stands there, too, with nothing in it.
        written.extend(attribute(name, &[]));
        written.extend(attribute(&format!("{name};range={from}-{last}"), &values[from..until]));
    }
    tag(0x64, &[tag(0x04, object.dn.as_bytes()), tag(0x30, &written)].concat())
}

fn attribute(name: &str, values: &[String]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|value| tag(0x04, value.as_bytes())).collect();
    tag(0x30, &[tag(0x04, name.as_bytes()), tag(0x31, &values)].concat())
}

/// Success, without words.
fn done() -> Vec<u8> {
    [tag(0x0a, &[0]), tag(0x04, &[]), tag(0x04, &[])].concat()
}

/// The size of the page that is asked for, and where it begins.
fn page(controls: &StructureTag) -> Option<(usize, usize)> {
    let mut controls = parts(controls.clone()).into_iter().map(parts);
    let value = controls.find(|control| bytes(&control[0]) == PAGES)?.pop()?;
    let value = parts(parse_tag(&bytes(&value)).ok()?.1);
    let size = bytes(&value[0]).iter().fold(0, |size, byte| (size << 8) | usize::from(*byte));
    Some((size, text(&value[1]).parse().unwrap_or(0)))
}

/// The number of changes from which on entries are wanted (RFC 4511 4.5.1.7.4): `uSNChanged>=5` somewhere in a filter.
fn at_least(filter: &StructureTag) -> u64 {
    let PL::C(inner) = &filter.payload else { return 0 };
    if filter.id == 5 && inner.len() == 2 && text(&inner[0]) == "uSNChanged" {
        return text(&inner[1]).parse().unwrap();
    }
    inner.iter().map(at_least).max().unwrap_or(0)
}

/// BER (X.690 8.1): what it is, how long, and what it holds.
fn tag(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut written = vec![kind];
    match u8::try_from(length) {
        Ok(short) if short < 128 => written.push(short),
        _ => {
            written.push(0x84);
            written.extend(u32::try_from(length).unwrap().to_be_bytes());
        }
    }
    written.extend_from_slice(content);
    written
}

fn parts(tag: StructureTag) -> Vec<StructureTag> {
    match tag.payload {
        PL::C(parts) => parts,
        PL::P(_) => Vec::new(),
    }
}

fn bytes(tag: &StructureTag) -> Vec<u8> {
    match &tag.payload {
        PL::P(bytes) => bytes.clone(),
        PL::C(_) => Vec::new(),
    }
}

fn text(tag: &StructureTag) -> String {
    String::from_utf8(bytes(tag)).unwrap()
}
