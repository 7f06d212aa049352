//! Looking at an LDAP server: at what changed since the last time where it says so, else at everything.

use std::collections::HashMap;

use tokio::sync::mpsc;

use super::super::photos::Shelf;
use super::look::{Looked, of_connection, unkept};
use crate::directory::Trouble;
use crate::directory::ldap::{label, list, person, photo, uid};
use crate::domain::digest::Digest;
use crate::domain::directory_sync::{Hitch, SyncTrouble, Why};
use crate::domain::ldap::{AttributeNames, CHANGED, LdapEntry, ListPlace};
use crate::transport::ldap::{LdapAccount, LdapError, LdapRoot, LdapSession};

/// From where on changes are asked for. As a text it holds no secret, but what would make it worthless if it were changed:
/// base, filter and attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// Active Directory's numbers hold for one of its servers only.
    Usn { server: String, number: u64 },
    /// A generalized time of the server's clock (RFC 4517 3.3.13).
    Time(String),
}

pub(super) async fn look(
    (account, names, lists): (&LdapAccount, &AttributeNames, Option<&ListPlace>),
    position: &str,
    shelf: &mut Shelf,
) -> Result<Looked, SyncTrouble> {
    let mut session = LdapSession::open(&account.server).await.map_err(|error| trouble(&error))?;
    session.bind().await.map_err(|error| trouble(&error))?;
    let root = session.root().await.unwrap_or_default();
    let place = fingerprint(account, names, lists);
    let known = Mark::read(position, &place).filter(|mark| mark.holds_for(&root));
    let filter = known.as_ref().map_or_else(|| account.filter.clone(), |mark| mark.since(&account.filter));
    let mut looked = Looked { full: known.is_none(), ..Looked::default() };
    let mut newest = match &known {
        Some(Mark::Time(time)) => time.clone(),
        _ => String::new(),
    };
    let mut take = |entry: LdapEntry| {
        let changed = entry.texts(CHANGED[0]).find(|time| is_time(time)).unwrap_or_default();
        if changed > newest.as_str() {
            changed.clone_into(&mut newest);
        }
        take_one(&mut looked, &entry, names);
    };
    let wanted = names.wanted();
    session.search((&account.base, &filter), &wanted, &mut take).await.map_err(|error| trouble(&error))?;
    if !names.photos.is_empty() {
        let place = (account.base.as_str(), names.with_photo(&filter));
        look_at_photos((&mut session, shelf), (place.0, &place.1), names, &mut looked).await?;
    }
    if let Some(place) = lists {
        let filter = known.as_ref().map_or_else(|| place.filter.clone(), |mark| mark.since(&place.filter));
        look_at_lists(&mut session, (&place.base, &filter), names, &mut looked).await;
    }
    session.close().await;
    let mark = match root.changes {
        Some((server, number)) => Some(Mark::Usn { server, number }),
        None => Some(newest).filter(|time| !time.is_empty()).map(Mark::Time),
    };
    looked.position = mark.map(|mark| mark.written(&place)).unwrap_or_default();
    Ok(looked)
}

fn take_one(looked: &mut Looked, entry: &LdapEntry, names: &AttributeNames) {
    let (found, troubles) = person(entry, names);
    for trouble in troubles {
        let why = match trouble {
            Trouble::BadAddress { value } => Why::BadAddress { value },
            _ => Why::NoAddress,
        };
        looked.refuse(&label(entry, names), why);
    }
    match found {
        Some(found) => looked.entries.push(found),
        // Whoever has lost all their addresses is as good as gone.
        None => looked.gone.push(uid(entry)),
    }
}

/// People are there without their lists: what can't be read of these is told, and nobody waits for it.
async fn look_at_lists(
    session: &mut LdapSession,
    place: (&str, &str),
    names: &AttributeNames,
    looked: &mut Looked,
) {
    // Those that the server gave only in part are read to their end when the connection is free.
    let mut parts = Vec::new();
    let mut take = |entry: LdapEntry| match entry.more.is_empty() {
        true => take_list(looked, &entry, names),
        false => parts.push(entry),
    };
    let mut read = session.search(place, &names.wanted_of_lists(), &mut take).await.map(|_| ());
    for mut entry in parts {
        if read.is_ok() {
            read = session.complete(&mut entry).await;
        }
        if read.is_ok() {
            take_list(looked, &entry, names);
        }
    }
    if let Err(error) = read {
        looked.refuse(place.0, Why::ListsUnread { value: trouble(&error).words });
        looked.lists_missing = true;
    }
}

fn take_list(looked: &mut Looked, entry: &LdapEntry, names: &AttributeNames) {
    let (found, troubles) = list(entry, names);
    for trouble in troubles {
        if let Trouble::BadAddress { value } = trouble {
            looked.refuse(&label(entry, names), Why::BadAddress { value });
        }
    }
    match found {
        Some(list) => {
            if list.total > list.members.len() {
                looked.refuse(&list.name, Why::LongList { value: list.total.to_string() });
            }
            looked.lists.push(list);
        }
        None => looked.refuse(&entry.dn, Why::BadCard),
    }
}

/// Photos are asked for by themselves and a few at a time: each can have megabytes. The next few are asked for when these are
/// small. That they can't be read stops nothing else.
async fn look_at_photos(
    (session, shelf): (&mut LdapSession, &mut Shelf),
    place: (&str, &str),
    names: &AttributeNames,
    looked: &mut Looked,
) -> Result<(), SyncTrouble> {
    let (given, taken) = mpsc::channel::<LdapEntry>(1);
    let mut found: HashMap<String, Digest> = HashMap::new();
    let taking = async {
        // Its own: when it ends early, whoever gives is told so and does not wait for ever.
        let mut taken = taken;
        while let Some(entry) = taken.recv().await {
            let Some(bytes) = photo(&entry, names) else { continue };
            match shelf.put(bytes.to_vec()).await.map_err(|error| unkept(&error))? {
                Some(digest) => drop(found.insert(uid(&entry), digest)),
                None => looked.refuse(&label(&entry, names), Why::BadPhoto),
            }
        }
        Ok(())
    };
    let wanted = names.wanted_of_photos();
    let (asked, kept) = tokio::join!(session.search_slowly(place, &wanted, (PHOTOS, given)), taking);
    kept?;
    for entry in &mut looked.entries {
        entry.said.entry.photo = found.get(&entry.uid).copied();
    }
    if let Err(error) = asked {
        looked.refuse(place.0, Why::PhotosUnread { value: trouble(&error).words });
        looked.photos_missing = true;
    }
    Ok(())
}

/// So many photos are asked for at once.
const PHOTOS: i32 = 4;

fn fingerprint(account: &LdapAccount, names: &AttributeNames, lists: Option<&ListPlace>) -> String {
    let words = format!("{}\n{}\n{}\n{names:?}{lists:?}", account.server.host, account.base, account.filter);
    Digest::of(words.as_bytes()).hex().chars().take(16).collect()
}

/// `20261122143000Z`, perhaps with a fraction. Anything else must not get into a filter.
fn is_time(text: &str) -> bool {
    let rest = text.trim_end_matches('Z');
    rest.len() >= 14
        && rest.len() < 24
        && text.ends_with('Z')
        && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
}

impl Mark {
    fn read(position: &str, fingerprint: &str) -> Option<Self> {
        let rest = position.strip_prefix(fingerprint)?.strip_prefix(' ')?;
        match rest.split_once(' ')? {
            ("time", time) if is_time(time) => Some(Self::Time(time.to_owned())),
            ("usn", rest) => {
                let (number, server) = rest.split_once(' ')?;
                Some(Self::Usn { server: server.to_owned(), number: number.parse().ok()? })
            }
            _ => None,
        }
    }

    fn written(&self, fingerprint: &str) -> String {
        match self {
            Self::Time(time) => format!("{fingerprint} time {time}"),
            Self::Usn { server, number } => format!("{fingerprint} usn {number} {server}"),
        }
    }

    /// Another server of the same directory counts otherwise.
    fn holds_for(&self, root: &LdapRoot) -> bool {
        match self {
            Self::Time(_) => root.changes.is_none(),
            Self::Usn { server, number } => {
                root.changes.as_ref().is_some_and(|(name, newest)| name == server && newest >= number)
            }
        }
    }

    /// A filter for what changed since. A time has seconds only: those of the last one are looked at again.
    fn since(&self, filter: &str) -> String {
        match self {
            Self::Time(time) => format!("(&{filter}({}>={time}))", CHANGED[0]),
            Self::Usn { number, .. } => format!("(&{filter}({}>={}))", CHANGED[1], number + 1),
        }
    }
}

pub(super) fn trouble(error: &LdapError) -> SyncTrouble {
    let (hitch, words) = match error {
        LdapError::Connect(error) => return of_connection(error),
        LdapError::BindRefused { reply } => (Hitch::BindRefused, reply.clone()),
        LdapError::NeedsProtection { reply } => (Hitch::NeedsProtection, reply.clone()),
        LdapError::BaseMissing { reply } => (Hitch::BaseMissing, reply.clone()),
        LdapError::BadFilter => (Hitch::BadFilter, String::new()),
        LdapError::Limit { got, reply } => (Hitch::Limit, format!("{reply} ({got})")),
        LdapError::Referral { to } => (Hitch::Referral, to.clone()),
        LdapError::Refused { reply } => (Hitch::Refused, reply.clone()),
        LdapError::TooMany { limit } => (Hitch::TooMany, limit.to_string()),
        LdapError::Timeout => (Hitch::Timeout, String::new()),
        LdapError::Lost { why } => (Hitch::Lost, why.clone()),
    };
    SyncTrouble { hitch, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_holds_only_for_the_settings_and_the_server_it_was_made_with() {
        let usn = Mark::Usn { server: "CN=NTDS Settings,CN=DC1".to_owned(), number: 4711 };
        assert_eq!(Mark::read(&usn.written("abc"), "abc"), Some(usn.clone()));
        assert_eq!(Mark::read(&usn.written("abc"), "abd"), None);
        let root = |name: &str, number| LdapRoot { bases: vec![], changes: Some((name.to_owned(), number)) };
        assert!(usn.holds_for(&root("CN=NTDS Settings,CN=DC1", 4711)));
        assert!(!usn.holds_for(&root("CN=NTDS Settings,CN=DC2", 9000)), "each server counts for itself");
        assert!(!usn.holds_for(&root("CN=NTDS Settings,CN=DC1", 12)), "restored from a backup");
        assert!(!usn.holds_for(&LdapRoot::default()));
        assert_eq!(usn.since("(a=b)"), "(&(a=b)(uSNChanged>=4712))");
        let time = Mark::Time("20261122143000Z".to_owned());
        assert_eq!(Mark::read(&time.written("abc"), "abc"), Some(time.clone()));
        assert_eq!(time.since("(a=b)"), "(&(a=b)(modifyTimestamp>=20261122143000Z))");
    }

    #[test]
    fn only_times_get_into_a_filter() {
        assert!(is_time("20261122143000Z") && is_time("20261122143000.123456Z"));
        for odd in ["", "Z", "20261122143000", "2026)(uid=*Z", "20261122143000Z)(a=b"] {
            assert!(!is_time(odd), "{odd}");
        }
    }
}
