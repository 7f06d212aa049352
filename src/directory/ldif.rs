//! Address books as LDIF (RFC 2849), which LDAP servers and mail programs write.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Book, Photo, Trouble, ldap};
use crate::domain::ldap::{AttributeNames, LdapEntry};

/// Classes of entries that are people.
const PERSONS: [&str; 5] =
    ["person", "organizationalperson", "inetorgperson", "user", "mozillaabpersonalpha"];

/// Whether its first line that says something is one of LDIF.
pub(super) fn is_ldif(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().find(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    let starts = |line: &str, start: &str| {
        line.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    first.is_some_and(|line| starts(line, "version:") || starts(line, "dn:"))
}

/// Reads everybody; entries that are no people are left out silently.
pub(super) fn read(text: &str) -> Book {
    let names = AttributeNames::default();
    let mut book = Book::default();
    for (line, lines) in records(text.trim_start_matches('\u{feff}')) {
        let Some((entry, elsewhere)) = entry(&lines, &names) else {
            book.tell(line, "", Trouble::BadRow);
            continue;
        };
        let classes: Vec<String> = entry.texts("objectClass").map(str::to_lowercase).collect();
        let is_person = classes.is_empty() || classes.iter().any(|class| PERSONS.contains(&class.as_str()));
        // A change is no person (RFC 2849 2, changerecord).
        if entry.dn.is_empty() || !is_person || entry.texts("changetype").next().is_some() {
            continue;
        }
        let (found, troubles) = ldap::person(&entry, &names);
        for trouble in troubles {
            book.tell(line, &ldap::label(&entry, &names), trouble);
        }
        let photo = match ldap::photo(&entry, &names) {
            Some(bytes) => Photo::Bytes(bytes.to_vec()),
            None if elsewhere => Photo::Elsewhere,
            None => Photo::None,
        };
        if let Some(found) = found
            && !book.take_with(line, found.said.entry, photo)
        {
            break;
        }
    }
    book
}

/// Each record with the number of its first line: whole lines, those that go on put together, without remarks.
fn records(text: &str) -> Vec<(u64, Vec<String>)> {
    let mut records = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let (mut begun, mut is_remark) = (0, false);
    for (number, line) in (1..).zip(text.lines().chain([""])) {
        if line.trim().is_empty() {
            if !lines.is_empty() {
                records.push((begun, std::mem::take(&mut lines)));
            }
            is_remark = false;
        } else if let Some(rest) = line.strip_prefix(' ') {
            if let Some(last) = lines.last_mut().filter(|_| !is_remark) {
                last.push_str(rest);
            }
        } else {
            is_remark = line.starts_with('#');
            if !is_remark {
                if lines.is_empty() {
                    begun = number;
                }
                lines.push(line.to_owned());
            }
        }
    }
    records
}

/// An entry, and whether its picture lies elsewhere. `None` for a line that is none of LDIF.
fn entry(lines: &[String], names: &AttributeNames) -> Option<(LdapEntry, bool)> {
    let mut entry = LdapEntry::default();
    let mut elsewhere = false;
    for line in lines {
        let (name, rest) = line.split_once(':')?;
        let value = match rest.strip_prefix(':') {
            Some(encoded) => STANDARD.decode(encoded.trim()).ok()?,
            // The value of `name:< url` lies elsewhere; nothing is fetched.
            None if rest.starts_with('<') => {
                let plain = name.split(';').next().unwrap_or_default();
                elsewhere |= names.photos.iter().any(|photo| photo.eq_ignore_ascii_case(plain));
                continue;
            }
            None => rest.trim_start().as_bytes().to_vec(),
        };
        let name = name.split(';').next().unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "dn" => entry.dn = String::from_utf8(value).ok()?,
            _ => entry.values.entry(name).or_default().push(value),
        }
    }
    Some((entry, elsewhere))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_of_an_export_are_read_and_the_rest_is_left_out() {
        let text = "version: 1\n# everybody\n  and more\ndn: ou=people,dc=corp,dc=example\nobjectClass: organizationalUnit\n\
            ou: people\n\ndn:: dWlkPXdhbmcsZGM9Y29ycA==\nobjectClass: inetOrgPerson\ncn:: 546L5bCP5piO\n\
            mail: wang.xiaoming@corp\n .example\ntelephoneNumber: +86 10 5555\njpegPhoto:< file:///etc/passwd\n\n\
            dn: uid=no,dc=corp\nobjectClass: person\ncn: Nobody\n\nbroken line\n";
        assert!(is_ldif(text));
        let book = read(text);
        assert_eq!(book.entries.len(), 1);
        assert_eq!(book.entries[0].full_name, "王小明");
        assert_eq!(book.entries[0].addresses[0].as_str(), "wang.xiaoming@corp.example");
        let problems: Vec<(u64, &Trouble)> = book.problems.iter().map(|p| (p.line, &p.trouble)).collect();
        assert_eq!(
            problems,
            [(8, &Trouble::PhotosElsewhere { count: 1 }), (16, &Trouble::NoAddress), (20, &Trouble::BadRow)]
        );
    }

    #[test]
    fn other_files_are_no_ldif() {
        assert!(!is_ldif("name,mail\nAnna,anna@corp.example\n") && !is_ldif("BEGIN:VCARD\n") && !is_ldif(""));
    }
}
