//! The invented people: a company, and two people of a partner who are not in its address book.

use super::portraits::portrait;
use crate::directory::{Book, GivenPhoto};
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::language::Language;
use crate::domain::people_set::{Listed, SourceList};
use crate::domain::person::Entry;
use crate::mail::quoting::Program;

/// Somebody in the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anna,
    Wang,
    David,
    LiLei,
    Maria,
    Chen,
    Sofia,
    ZhaoMin,
    Tomasz,
    Priya,
    Emma,
    Zhou,
    Oliver,
    Kenji,
    Yuki,
}

/// What is known of somebody.
#[derive(Debug)]
pub struct Character {
    pub who: Who,
    pub full_name: &'static str,
    pub address: &'static str,
    pub phone: &'static str,
    pub department: &'static str,
    pub position: &'static str,
    pub language: Language,
    /// The mail program they write with.
    pub program: Program,
    /// Reads in the browser, so that little mail is needed.
    pub in_browser: bool,
}

pub const PEOPLE: [Character; 15] = [
    english(Who::Anna, "Anna Berg", "anna.berg@corp.example", Program::Outlook, true).at(
        "+46 8 555 01 10",
        "Finance",
        "Head of controlling",
    ),
    chinese(Who::Wang, "王小明", "wang.xiaoming@corp.example", Program::Qq, true).at(
        "+86 10 5555 0121",
        "采购部",
        "采购经理",
    ),
    english(Who::David, "David Okafor", "david.okafor@corp.example", Program::AppleMail, false).at(
        "+44 20 5550 0132",
        "Operations",
        "Plant manager",
    ),
    chinese(Who::LiLei, "李雷", "lei.li@corp.example", Program::OutlookChinese, true).at(
        "+86 21 5555 0143",
        "研发中心",
        "高级工程师",
    ),
    english(
        Who::Maria,
        "Maria-Fernanda Gutiérrez de la Torre",
        "mf.gutierrez@corp.example",
        Program::Outlook,
        true,
    )
    .at("+34 91 555 01 54", "Legal and regulatory affairs, Iberia", "Senior counsel"),
    chinese(Who::Chen, "陈思远", "siyuan.chen@corp.example", Program::OutlookChinese, true).at(
        "+86 10 5555 0165",
        "财务部",
        "会计主管",
    ),
    english(Who::Sofia, "Sofia Lindqvist", "sofia.lindqvist@corp.example", Program::Gmail, true).at(
        "+46 8 555 01 76",
        "Facilities",
        "Office manager",
    ),
    chinese(Who::ZhaoMin, "赵敏", "zhao.min@corp.example", Program::OutlookChinese, true).at(
        "+86 21 5555 0187",
        "物流部",
        "物流主管",
    ),
    english(Who::Tomasz, "Tomasz Wójcik", "tomasz.wojcik@corp.example", Program::Thunderbird, true).at(
        "+48 22 555 01 98",
        "IT",
        "Systems administrator",
    ),
    english(Who::Priya, "Priya Raman", "priya.raman@corp.example", Program::Gmail, true).at(
        "+44 20 5550 0209",
        "Sales",
        "Key account manager",
    ),
    english(Who::Emma, "Emma Dubois", "emma.dubois@corp.example", Program::AppleMail, false).at(
        "+33 1 55 55 02 10",
        "Human resources",
        "HR business partner",
    ),
    chinese(Who::Zhou, "周建国", "zhou.jianguo@corp.example", Program::Qq, false).at(
        "+86 512 5555 0221",
        "华东仓库",
        "仓库经理",
    ),
    english(Who::Oliver, "Oliver Hayes", "oliver.hayes@corp.example", Program::Outlook, false).at(
        "+44 20 5550 0232",
        "Internal audit",
        "Audit lead",
    ),
    english(Who::Kenji, "Kenji Sato", "kenji.sato@partner.example", Program::Thunderbird, false),
    english(Who::Yuki, "Yuki Tanaka", "yuki.tanaka@partner.example", Program::Gmail, false),
];

const fn english(
    who: Who,
    full_name: &'static str,
    address: &'static str,
    program: Program,
    in_browser: bool,
) -> Character {
    Character {
        who,
        full_name,
        address,
        phone: "",
        department: "",
        position: "",
        language: Language::English,
        program,
        in_browser,
    }
}

const fn chinese(
    who: Who,
    full_name: &'static str,
    address: &'static str,
    program: Program,
    in_browser: bool,
) -> Character {
    Character { language: Language::Chinese, ..english(who, full_name, address, program, in_browser) }
}

impl Character {
    const fn at(self, phone: &'static str, department: &'static str, position: &'static str) -> Self {
        Self { phone, department, position, ..self }
    }

    /// # Errors
    /// When the table above holds what is no address; a test keeps that.
    pub fn named(&self) -> anyhow::Result<NamedAddress> {
        Ok(NamedAddress { name: Some(self.full_name.to_owned()), address: self.address.parse()? })
    }

    /// The entry in the company's address book; strangers have none.
    fn entry(&self) -> Option<Entry> {
        let address: EmailAddress = self.address.parse().ok()?;
        (!self.department.is_empty()).then(|| Entry {
            full_name: self.full_name.to_owned(),
            addresses: vec![address],
            phones: vec![self.phone.to_owned()],
            department: self.department.to_owned(),
            position: self.position.to_owned(),
            photo: None,
        })
    }

    /// What stands below everything they write.
    pub fn signature(&self) -> String {
        match (self.department.is_empty(), self.language) {
            (true, _) => format!("-- \n{}\nPartner Logistics", self.full_name),
            (false, Language::English) => {
                format!("-- \n{}\n{}, {}\n{}", self.full_name, self.position, self.department, self.phone)
            }
            (false, Language::Chinese) => {
                format!("-- \n{}\n{} {}\n电话 {}", self.full_name, self.department, self.position, self.phone)
            }
        }
    }
}

impl Who {
    pub fn character(self) -> &'static Character {
        // The table holds every one of them; a test keeps that.
        PEOPLE.iter().find(|c| c.who == self).unwrap_or(&PEOPLE[0])
    }
}

/// The company's address book, with pictures of some.
pub fn address_book() -> Book {
    let mut book = Book::default();
    for character in &PEOPLE {
        let Some(entry) = character.entry() else { continue };
        let place = book.entries.len();
        book.entries.push(entry);
        let photo = portrait(character.who);
        book.photos.extend(photo.map(|bytes| GivenPhoto { entry: place, line: 0, bytes }));
    }
    book
}

/// The company's distribution lists: name, address, and who is in them.
const LISTS: [(&str, &str, &[Who]); 2] = [
    (
        "Move to the new building",
        "move@corp.example",
        &[Who::Anna, Who::Sofia, Who::David, Who::Tomasz, Who::Zhou],
    ),
    ("华东物流", "east.logistics@corp.example", &[Who::ZhaoMin, Who::Zhou, Who::Wang]),
];

/// The same as a directory would give them.
pub fn lists() -> anyhow::Result<Vec<SourceList>> {
    let list = |(name, address, people): &(&str, &str, &[Who])| {
        let mut list = SourceList {
            uid: (*address).to_owned(),
            name: (*name).to_owned(),
            addresses: vec![address.parse()?],
            ..SourceList::default()
        };
        for who in *people {
            list.put(Listed::Address(who.character().address.parse()?));
        }
        Ok(list)
    };
    LISTS.iter().map(list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_an_address_of_their_own() {
        let mut addresses: Vec<_> = PEOPLE.iter().map(|c| c.named().unwrap().address).collect();
        addresses.sort();
        addresses.dedup();
        assert_eq!(addresses.len(), PEOPLE.len());
        assert_eq!(address_book().entries.len(), 13);
        assert!(PEOPLE.iter().enumerate().all(|(at, c)| c.who as usize == at));
    }
}
