//! What an LDAP server keeps of somebody, and which of its attributes mean what.

use std::collections::BTreeMap;

/// One entry of an LDAP server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LdapEntry {
    /// Its distinguished name (RFC 4514).
    pub dn: String,
    /// Values by attribute, its name in lower case and without options such as `;lang-zh`.
    pub values: BTreeMap<String, Vec<Vec<u8>>>,
    /// Attributes of which the server gave only the first values: how to ask for those that follow.
    pub more: Vec<String>,
}

/// How to ask for the values that follow after a part of them: Active Directory gives 1,500 of a long attribute at once and calls them
/// `member;range=0-1499`, the last ones `member;range=3000-*` (MS-ADTS 3.1.1.3.1.3.3). `None` for an attribute that is whole.
pub fn next_range(attribute: &str) -> Option<String> {
    let (name, options) = attribute.split_once(';')?;
    let range = options.split(';').find_map(|option| {
        let start = option.get(..RANGE.len()).filter(|start| start.eq_ignore_ascii_case(RANGE))?;
        Some(&option[start.len()..])
    })?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    (last >= first).then(|| format!("{name};range={}-*", last.saturating_add(1)))
}

const RANGE: &str = "range=";

impl LdapEntry {
    /// The values of an attribute that are text and not empty.
    pub fn texts(&self, attribute: &str) -> impl Iterator<Item = &str> {
        let values = self.values.get(&attribute.to_ascii_lowercase());
        let texts = values.into_iter().flatten().filter_map(|value| std::str::from_utf8(value).ok());
        texts.map(str::trim).filter(|text| !text.is_empty())
    }
}

/// The attributes that are read, for each thing in the order in which they are looked at. The defaults are those of
/// OpenLDAP's inetOrgPerson (RFC 2798) and of Active Directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeNames {
    pub name: Vec<String>,
    /// All of them count, the first one's first value is where mail goes.
    pub addresses: Vec<String>,
    /// All of them count.
    pub phones: Vec<String>,
    pub department: Vec<String>,
    pub position: Vec<String>,
    pub manager: Vec<String>,
    /// The first one that has a value counts; none are asked for where there are no names.
    pub photos: Vec<String>,
    /// What stands in a distribution list; all of them count.
    pub members: Vec<String>,
}

/// Where the distribution lists of an LDAP server are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPlace {
    /// The distinguished name below which they are.
    pub base: String,
    /// RFC 4515.
    pub filter: String,
}

/// Lists of OpenLDAP (RFC 4519 3.5), and groups of Active Directory that have an address: others say who may do what.
pub const LIST_FILTER: &str =
    "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(&(objectClass=group)(mail=*)))";

/// These name an entry for ever (RFC 4530; Active Directory).
pub const IDS: [&str; 2] = ["entryUUID", "objectGUID"];
/// Parts of a name, where there is no whole one.
pub const NAME_PARTS: [&str; 2] = ["sn", "givenName"];
/// When an entry was changed (RFC 4512 3.4.2), and Active Directory's number of the change.
pub const CHANGED: [&str; 2] = ["modifyTimestamp", "uSNChanged"];

impl Default for AttributeNames {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            name: list(&["displayName", "cn"]),
            addresses: list(&["mail", "proxyAddresses", "mailAlternateAddress"]),
            phones: list(&["telephoneNumber", "mobile"]),
            department: list(&["department", "ou", "departmentNumber"]),
            position: list(&["title"]),
            manager: list(&["manager"]),
            photos: list(&["jpegPhoto", "thumbnailPhoto"]),
            members: list(&["member", "uniqueMember", "mgrpRFC822MailMember"]),
        }
    }
}

impl AttributeNames {
    /// Everything to ask the server for but photos: some have many megabytes, and are asked for by themselves.
    pub fn wanted(&self) -> Vec<String> {
        let own =
            [&self.name, &self.addresses, &self.phones, &self.department, &self.position, &self.manager];
        let fixed = IDS.iter().chain(&NAME_PARTS).chain(&CHANGED).map(|name| (*name).to_owned());
        let mut all: Vec<String> = own.into_iter().flatten().cloned().chain(fixed).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What to ask for to have photos: whose they are, and they.
    pub fn wanted_of_photos(&self) -> Vec<String> {
        let fixed = IDS.iter().chain(&NAME_PARTS).map(|name| (*name).to_owned());
        let mut all: Vec<String> = self.name.iter().chain(&self.photos).cloned().chain(fixed).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// A filter for those of another one that have a photo.
    pub fn with_photo(&self, filter: &str) -> String {
        let any: String = self.photos.iter().map(|name| format!("({name}=*)")).collect();
        format!("(&{filter}(|{any}))")
    }

    /// The same for lists.
    pub fn wanted_of_lists(&self) -> Vec<String> {
        let own = [&self.name, &self.addresses, &self.members].into_iter().flatten().cloned();
        let mut all: Vec<String> =
            own.chain(IDS.iter().chain(&CHANGED).map(|name| (*name).to_owned())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_part_of_the_values_is_asked_for_until_it_is_the_last() {
        let next = |name| next_range(name);
        assert_eq!(next("member;range=0-1499").as_deref(), Some("member;range=1500-*"));
        assert_eq!(next("Member;Range=1500-2999").as_deref(), Some("Member;range=3000-*"));
        assert_eq!(next("member;binary;range=0-9").as_deref(), Some("member;range=10-*"));
        for whole in [
            "member",
            "member;range=3000-*",
            "cn;lang-zh",
            "member;range=9-3",
            "member;range=x-3",
            "member;range=",
        ] {
            assert_eq!(next(whole), None, "{whole}");
        }
    }
}
