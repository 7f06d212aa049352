use proptest::prelude::*;

use super::*;
use crate::domain::language::Language;
use crate::texts::Texts;

fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/directory").join(name);
    std::fs::read(path).unwrap()
}

fn one(text: &str) -> Entry {
    let book = read(text.as_bytes()).unwrap();
    assert_eq!((book.entries.len(), book.problems.as_slice()), (1, &[][..]), "{text}");
    book.entries.into_iter().next().unwrap()
}

fn addresses(entry: &Entry) -> Vec<&str> {
    entry.addresses.iter().map(|a| a.as_str()).collect()
}

#[test]
fn the_company_is_the_same_as_csv_and_as_vcards() {
    let (csv, vcards) = (read(&fixture("company.csv")).unwrap(), read(&fixture("company.vcf")).unwrap());
    assert_eq!((csv.entries.len(), csv.problems.len()), (466, 0));
    assert_eq!(csv.entries, vcards.entries);
    assert!(vcards.problems.is_empty());
    let first = &csv.entries[0];
    assert_eq!((first.full_name.as_str(), first.department.as_str()), ("吴勇", "财务部"));
    assert_eq!((addresses(first), first.position.as_str()), (vec!["li.wei@customer.example"], "工程师"));
    assert_eq!(first.phones, ["+33 382 6604709"]);
}

#[test]
fn a_quotation_mark_too_many_is_told_with_what_it_took_along() {
    let never_closed =
        "name,mail,department\nAnna,anna@x.example,\"15 inch\nBo,bo@x.example,IT\nEva,eva@x.example,IT\n";
    let closed_by_another = format!("{never_closed}Zoe,zoe@x.example,\"IT\"\n");
    for (csv, lines) in [(never_closed, 3), (closed_by_another.as_str(), 4)] {
        let book = read(csv.as_bytes()).unwrap();
        let told: Vec<_> =
            book.problems.iter().map(|one| (one.line, one.who.as_str(), &one.trouble)).collect();
        assert_eq!(told, [(2, "Anna", &Trouble::Swallowed { lines })], "{csv}");
    }
    // Several lines in a cell are nothing odd.
    let two = one("name,mail,phone\nAnna,\"anna@x.example\nanna@home.example\",\"139\n140\"\n");
    assert_eq!(addresses(&two), ["anna@x.example", "anna@home.example"]);
}

#[test]
fn columns_are_found_by_many_names() {
    for (csv, name, department, position) in [
        ("姓名,邮箱,手机,部门,职位\n李雷,a@x.example,139,财务部,经理\n", "李雷", "财务部", "经理"),
        (
            "姓,名,电子邮件地址,移动电话,单位,部门,职务\n李,雷,a@x.example,139,某公司,财务部,经理\n",
            "李雷",
            "财务部",
            "经理",
        ),
        (
            "Vorname;Name;E-Mail;Telefon;Abteilung;Funktion\nJörg;Weiß;a@x.example;139;IT;Leiter\n",
            "Jörg Weiß",
            "IT",
            "Leiter",
        ),
        (
            "Prénom;Nom;Courriel;Téléphone;Service;Poste\nZoé;Blé;a@x.example;139;IT;Chef\n",
            "Zoé Blé",
            "IT",
            "Chef",
        ),
        (
            "First Name\tLast Name\tEmail Address\tPhone\tDept\tJob Title\nAnna\tBerg\ta@x.example\t139\tIT\tLead\n",
            "Anna Berg",
            "IT",
            "Lead",
        ),
        (
            "sep=;\r\nDisplay Name;Mail;Mobile;OU;Title\r\nAnna Berg;a@x.example;139;IT;Lead\r\n",
            "Anna Berg",
            "IT",
            "Lead",
        ),
        (
            "\u{feff}\"Title\",\"First Name\",\"Middle Name\",\"Last Name\",\"Department\",\"Job Title\",\"Business Fax\",\"Business Phone\",\"E-mail Address\",\"E-mail Type\",\"E-mail Display Name\"\n\
          \"Dr.\",Anna,M.,Berg,IT,Lead,555,139,a@x.example,SMTP,Anna\n",
            "Anna M. Berg",
            "IT",
            "Lead",
        ),
        (
            "First Name,Last Name,Phonetic First Name,Organization Name,Organization Title,Organization Department,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\n\
          Anna,Berg,x,Corp,Lead,IT,* Work,a@x.example,Mobile,139\n",
            "Anna Berg",
            "IT",
            "Lead",
        ),
        (
            "氏名,メールアドレス,電話番号,部署,役職\n高橋 健一,a@x.example,139,営業部,主任\n",
            "高橋 健一",
            "営業部",
            "主任",
        ),
    ] {
        let entry = one(csv);
        assert_eq!(addresses(&entry), ["a@x.example"], "{csv}");
        assert_eq!(entry.phones, ["139"], "{csv}");
        assert_eq!(
            (entry.full_name.as_str(), entry.department.as_str(), entry.position.as_str()),
            (name, department, position)
        );
    }
}

#[test]
fn several_addresses_stand_in_one_cell_or_in_several_columns() {
    let entry = one(
        "Name,E-mail 1 - Value,E-mail 2 - Value\n\"Berg, Anna\",\"a@x.example ::: A@X.example\",\"Berg, Anna <b@x.example>; SMTP:c@x.example\"\n",
    );
    assert_eq!(addresses(&entry), ["a@x.example", "b@x.example", "c@x.example"]);
    assert_eq!(entry.full_name, "Berg, Anna");
}

#[test]
fn other_charsets_are_recognised() {
    let chinese = "姓名,邮箱,部门,职位\n李雷,a@x.example,财务部,工程师\n韩梅梅,b@x.example,市场部,经理\n";
    let german =
        "Name;E-Mail;Abteilung\nJörg Weiß;a@x.example;Einkauf\nGünther Müßig;b@x.example;Qualitätsprüfung\n";
    let utf16 = |text: &str, mark: bool, big: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff_u16).into_iter().chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let expected = |text: &str| read(text.as_bytes()).unwrap();
    for (text, bytes) in [
        (chinese, encoding_rs::GB18030.encode(chinese).0.into_owned()),
        (german, encoding_rs::WINDOWS_1252.encode(german).0.into_owned()),
        (chinese, utf16(chinese, true, false)),
        (chinese, utf16(chinese, true, true)),
        (german, utf16(german, false, false)),
        (german, utf16(german, false, true)),
    ] {
        assert_eq!(read(&bytes).unwrap(), expected(text));
        assert_eq!(expected(text).entries.len(), 2);
    }
}

#[test]
fn a_fault_in_a_file_spoils_no_other_name_and_is_told() {
    let good =
        "姓名,邮箱,部门\n李雷,a@x.example,财务部\n韩梅梅,b@x.example,市场部\nJörg,c@x.example,Prüfung\n";
    let department = good.find("财").unwrap();
    // In the middle of a letter, and at its beginning.
    for at in [department + 1, department] {
        let mut bytes = good.as_bytes().to_vec();
        bytes[at] = 0xff;
        let book = read(&bytes).unwrap();
        let names: Vec<&str> = book.entries.iter().map(|one| one.full_name.as_str()).collect();
        assert_eq!(names, ["李雷", "韩梅梅", "Jörg"]);
        let departments: Vec<&str> = book.entries.iter().map(|one| one.department.as_str()).collect();
        assert_eq!(departments, ["务部", "市场部", "Prüfung"]);
        let told: Vec<_> = book.problems.iter().map(|one| (one.line, &one.trouble)).collect();
        assert_eq!(told, [(2, &Trouble::BadLetters { lines: 1 })]);
    }
}

#[test]
fn a_small_file_with_a_fault_is_read_as_what_it_is_and_an_address_with_one_is_nobodys() {
    let good = "name;mail\nJörg Müller;a@x.example\nZoë Ölund;b@x.example\nPrüß;c@x.example\n";
    let mut bytes = good.as_bytes().to_vec();
    let at = good.find("ö").unwrap();
    bytes[at] = 0xff;
    let names: Vec<String> = read(&bytes).unwrap().entries.into_iter().map(|one| one.full_name).collect();
    assert_eq!(names, ["Jrg Müller", "Zoë Ölund", "Prüß"]);

    let mut bytes = good.as_bytes().to_vec();
    let at = good.find("b@x").unwrap();
    bytes[at] = 0xff;
    let book = read(&bytes).unwrap();
    assert_eq!(book.entries.len(), 2);
    let told = |one: &Problem| matches!(&one.trouble, Trouble::BadAddress { .. });
    assert!(book.problems.iter().any(told), "{:?}", book.problems);
}

#[test]
fn what_cannot_be_used_is_told_with_its_line() {
    let book = read(
        "name,mail\nAnna,anna@x.example\nNobody,\n\nBroken,\"broken at x\nexample\"\nHalf,half@; good@x.example\nLast,last@x.example\n"
            .as_bytes(),
    )
    .unwrap();
    let names: Vec<&str> = book.entries.iter().map(|e| e.full_name.as_str()).collect();
    assert_eq!(names, ["Anna", "Half", "Last"]);
    let words: Vec<String> = book.problems.iter().map(|p| p.words(&Texts::of(Language::English))).collect();
    assert_eq!(
        words,
        [
            "Line 3 (Nobody): there is no mail address. This person is left out.",
            "Line 5 (Broken): “broken at x” is no mail address.",
            "Line 5 (Broken): “example” is no mail address.",
            "Line 5 (Broken): there is no mail address. This person is left out.",
            "Line 7 (Half): “half@” is no mail address.",
        ]
    );
    assert_eq!(
        book.problems[0].words(&Texts::of(Language::Chinese)),
        "第 3 行（Nobody）：没有邮件地址，已略过此人。"
    );
}

#[test]
fn a_file_that_is_no_address_book_says_what_was_found() {
    assert_eq!(read(b""), Err(BookError::Empty));
    assert_eq!(read("\u{feff} \r\n".as_bytes()), Err(BookError::Empty));
    assert_eq!(
        read(&fixture("thunderbird-no-header.csv")),
        Err(BookError::NoAddressColumn {
            columns: ["John Doe", "John", "Doe", "john@doe.invalid"].map(String::from).to_vec()
        })
    );
    assert!(matches!(read(&[0; 2_000]), Err(BookError::NoAddressColumn { .. })));
    assert!(matches!(read(&vec![b'a'; LARGEST + 1]), Err(BookError::TooLarge { .. })));
}

#[test]
fn exports_of_mail_programs_are_read() {
    let book = read(&fixture("thunderbird.csv")).unwrap();
    let names: Vec<_> = book.entries.iter().map(|e| (e.full_name.as_str(), addresses(e))).collect();
    assert_eq!(
        names,
        [("contact number one", vec!["contact1@invalid"]), ("contact number two", vec!["contact2@invalid"])]
    );
    assert_eq!(book.entries[1].position, "\"worker\"");
    assert_eq!(read(&fixture("thunderbird-semicolon.csv")).unwrap().entries.len(), 2);
    let outlook = read(&fixture("outlook.vcf")).unwrap();
    assert_eq!(
        outlook.entries,
        [Entry {
            full_name: "Mr. John Richter James Doe Sr.".to_owned(),
            addresses: vec!["john.doe@ibm.cm".parse().unwrap()],
            phones: vec!["(905) 555-1234".to_owned(), "(905) 666-1234".to_owned()],
            department: "Accounting".to_owned(),
            position: "Money Counter".to_owned(),
            photo: None,
        }]
    );
    let android = read(&fixture("android.vcf")).unwrap();
    let first: Vec<&str> = android.entries.iter().map(|e| e.full_name.as_str()).collect();
    assert_eq!(first[..2], ["john.doe", "jane.doe"]);
    assert_eq!(read(&fixture("gmail-list.vcf")).unwrap().entries.len(), 3);
    let types = read(&fixture("gmail-types.vcf")).unwrap();
    assert_eq!((types.entries[0].addresses.len(), types.entries[0].phones.len()), (5, 8));
}

#[test]
fn old_vcards_are_read() {
    let qp = String::from_utf8(fixture("quoted-printable.vcf")).unwrap();
    let entry = one(&qp.replace("TEL;CELL", "EMAIL;INTERNET:shiyong@x.example\nTEL;CELL"));
    assert_eq!((entry.full_name.as_str(), entry.phones.len()), ("黄世勇", 2));
    let entry = one(
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;QUOTED-PRINTABLE:Wei=C3=9F;J=C3=B6rg\r\nEMAIL;INTERNET:home@x.example\r\nEMAIL;PREF;INTERNET:work@x.example\r\nORG;ENCODING=QUOTED-PRINTABLE;CHARSET=GBK:=B9=AB=CB=BE;=B2=C6=CE=F1=\r\n=B2=BF\r\nTEL;WORK;FAX:12\r\nTEL;WORK:34\r\nEND:VCARD\r\n",
    );
    assert_eq!((entry.full_name.as_str(), entry.department.as_str()), ("Jörg Weiß", "财务部"));
    assert_eq!(
        (addresses(&entry), entry.phones.clone()),
        (vec!["work@x.example", "home@x.example"], vec!["34".to_owned()])
    );
}

#[test]
fn new_vcards_are_read() {
    let entry = one(
        "BEGIN:VCARD\nVERSION:4.0\nN:李;雷;;;\nitem1.EMAIL;PREF=2:second@x.example\nEMAIL;TYPE=work;PREF=1:first@x.exa\n mple\nTEL;VALUE=uri;TYPE=\"voice,cell\":tel:+86-139\nORG:Corp;Finance\\, Tax;Berlin\nROLE:Lead\nEND:VCARD\n",
    );
    assert_eq!((entry.full_name.as_str(), entry.department.as_str()), ("李雷", "Finance, Tax / Berlin"));
    assert_eq!(addresses(&entry), ["first@x.example", "second@x.example"]);
    assert_eq!((entry.phones.as_slice(), entry.position.as_str()), (&["+86-139".to_owned()][..], "Lead"));
}

#[test]
fn a_broken_card_spoils_no_other() {
    let card =
        |name: &str| format!("BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nEMAIL:{name}@x.example\nEND:VCARD\n");
    let text = format!(
        "{}BEGIN:VCARD\nFN:lost\n{}BEGIN:VCARD\nFN:nobody\nEND:VCARD\nBEGIN:VCARD\nFN:boss\nEMAIL:boss@x.example\nAGENT:\nBEGIN:VCARD\nEMAIL:agent@x.example\nEND:VCARD\nEND:VCARD\n{}BEGIN:VCARD\nEMAIL:x",
        card("a"),
        card("b"),
        card("c")
    );
    let book = read(text.as_bytes()).unwrap();
    let names: Vec<&str> = book.entries.iter().map(|e| e.full_name.as_str()).collect();
    assert_eq!(names, ["a", "b", "boss", "c"]);
    let problems: Vec<_> = book.problems.iter().map(|p| (p.line, p.trouble.clone())).collect();
    assert_eq!(problems, [(6, Trouble::CutOff), (13, Trouble::NoAddress), (29, Trouble::CutOff)]);
}

#[test]
fn hostile_values_are_tamed() {
    let long = "x".repeat(100_000);
    let entry = one(&format!("name,mail,phone\n\"{long}\u{202e}evil\",a@x.example,{}\n", "1".repeat(500)));
    assert_eq!((entry.full_name.chars().count(), entry.phones[0].len()), (200, 60));
    let many: String = (0..300).map(|n| format!("a{n}@x.example;")).collect();
    assert_eq!(one(&format!("name,mail\nAnna,\"{many}\"\n")).addresses.len(), 50);
    let rows: String = (0..MOST_ENTRIES + 5).map(|n| format!("{n},a{n}@x.example\n")).collect();
    let book = read(format!("name,mail\n{rows}").as_bytes()).unwrap();
    assert_eq!((book.entries.len(), book.problems.len()), (MOST_ENTRIES, 1));
    let book = read(format!("name,mail\n{}", "x,y\n".repeat(2_000)).as_bytes()).unwrap();
    assert_eq!((book.problems.len(), book.more_problems), (1_000, 3_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        drop(read(&bytes));
        drop(read(&[b"name,mail,tel\n", bytes.as_slice()].concat()));
        drop(read(&[b"BEGIN:VCARD\nEMAIL:a@x.example\n", bytes.as_slice(), b"\nEND:VCARD\n"].concat()));
    }

    #[test]
    fn no_card_makes_it_panic(
        lines in proptest::collection::vec(
            ("(FN|N|EMAIL|TEL|ORG|TITLE|item1.EMAIL|BDAY|KIND|REV|GENDER|X-A)", "(;PREF|;PREF=1|;TYPE=\"a,b|;ENCODING=(B|QUOTED-PRINTABLE)|;CHARSET=(GBK|x)|;VALUE=uri|;JSCOMPS=\"s,;1,2\"|){1,3}", "\\PC{0,30}|[=A-F0-9;:,\\\\]{0,30}"),
            0..12,
        ),
    ) {
        let body: String = lines.iter().map(|(name, params, value)| format!("{name}{params}:{value}\r\n")).collect();
        drop(read(format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{body}END:VCARD\r\n").as_bytes()));
        drop(read(format!("BEGIN:VCARD\r\nVERSION:2.1\r\n{body}END:VCARD\r\n").as_bytes()));
    }
}

#[test]
fn every_card_of_every_file_has_a_person_or_a_reason() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/directory");
    let mut cards = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_none_or(|ending| ending != "vcf") {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        let text = super::charset::decode(&bytes);
        for part in text.split_inclusive("END:VCARD") {
            let card = super::vcard::card(part);
            assert!(card.entry.is_some() || !card.troubles.is_empty() || card.list.is_some(), "{part}");
            cards += 1;
        }
    }
    assert!(cards > 10, "{cards}");
    let cut = super::vcard::card("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bo\r\nEMAIL:bo@corp.example\r\n");
    assert_eq!((cut.name.as_str(), cut.entry, cut.troubles), ("Bo", None, vec![Trouble::CutOff]));
}

/// What is said of a file: its people with their first address, how many pictures it has, and its problems.
fn said(name: &str) -> Vec<String> {
    let book = match read(&fixture(&format!("odd/{name}"))) {
        Ok(book) => book,
        Err(error) => return vec![error.to_string()],
    };
    let person = |entry: &Entry| format!("{} <{}>", entry.full_name, entry.addresses[0]);
    let people = book.entries.iter().map(person);
    let photos = (!book.photos.is_empty()).then(|| format!("{} pictures", book.photos.len()));
    let problems = book.problems.iter().map(|p| p.words(&Texts::of(Language::English)));
    people.chain(photos).chain(problems).collect()
}

const NO_ADDRESS: &str = "there is no mail address. This person is left out.";

#[test]
fn odd_cards_are_read_as_far_as_they_go_and_the_others_are_told_by_name() {
    for (file, expected) in [
        (
            "calcard-008.vcf",
            vec![
                "Forrest Gump <forrestgump@example.com>",
                "Line 1: pictures that lie at an address elsewhere: 1. Nothing is fetched from there: these people are shown by their initials.",
            ],
        ),
        ("calcard-067.vcf", vec!["Bj=F8rn Jensen <bjorn@umich.edu>"]),
    ] {
        assert_eq!(said(file), expected, "{file}");
    }
    let left_out = |file: &str, line: u64, who: &str| {
        let told = said(file);
        let expected = format!("Line {line} ({who}): {NO_ADDRESS}");
        assert!(told.contains(&expected), "{file}: {told:?}");
    };
    left_out("calcard-093.vcf", 1, "孔夫子");
    left_out("blackberry.vcf", 1, "John Doe");
    left_out("openldap-refint.ldif", 18, "George");
    left_out("thunderbird-quote.csv", 2, "Acer America");
    left_out("thunderbird-v3-binary.vcf", 1, "Binary PNG");
    let told = said("calcard-056.vcf");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("this vCard has no end (END:VCARD). It is left out."), "{told:?}");
    assert!(said("iphone.vcf").contains(&"1 pictures".to_owned()), "{:?}", said("iphone.vcf"));
}

#[test]
fn no_file_of_the_world_stops_the_reading() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/directory/odd");
    let mut cards = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap();
        let Ok(book) = read(&bytes) else {
            assert!(
                file.ends_with("calcard-130.vcf") || file.ends_with("thunderbird-mixed.csv"),
                "{}",
                file.display()
            );
            continue;
        };
        // Every card is a person or has a problem in its lines.
        cards += book.entries.len() + book.problems.len();
        let text = super::charset::decode(&bytes);
        let begun = text
            .lines()
            .filter(|line| line.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case("BEGIN:VCARD"))
            .count();
        let lines: std::collections::BTreeSet<u64> =
            book.problems.iter().map(|problem| problem.line).collect();
        assert!(book.entries.len() + lines.len() >= begun.min(1), "{}", file.display());
        for cut in [1, bytes.len() / 3, bytes.len() / 2, bytes.len().saturating_sub(3)] {
            drop(read(&bytes[..cut.min(bytes.len())]));
        }
    }
    assert!(cards > 30, "{cards}");
}

#[test]
fn pictures_are_taken_out_of_cards_in_every_writing_and_none_is_fetched() {
    let picture = [0x89, b'P', b'N', b'G', 0xff, 0, 1, 2, 3];
    let encoded = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(picture)
    };
    let (start, end) = encoded.split_at(5);
    let read_one = |version: &str, line: &str| {
        let card = format!(
            "BEGIN:VCARD\r\nVERSION:{version}\r\nFN:Anna\r\n{line}\r\nEMAIL:a@x.example\r\nEND:VCARD\r\n"
        );
        let book = read(card.as_bytes()).unwrap();
        assert_eq!(book.entries.len(), 1, "{line}");
        book
    };
    for (version, line) in [
        ("2.1", format!("PHOTO;ENCODING=BASE64;JPEG:{start}\r\n {end}\r\n")),
        ("2.1", format!("PHOTO;BASE64:\r\n {start}\r\n {end}\r\n")),
        ("3.0", format!("PHOTO;ENCODING=b;TYPE=PNG:{start}\r\n {end}")),
        ("3.0", format!("PHOTO;ENCODING=b;VALUE=binary:{encoded}")),
        ("4.0", format!("PHOTO:data:image/png;base64,{start}\r\n {end}")),
        ("4.0", format!("PHOTO:data:image/png;base64\\,{encoded}")),
        (
            "4.0",
            format!("PHOTO;PREF=2:https://x.example/a.png\r\nPHOTO;PREF=1:data:image/png;base64,{encoded}"),
        ),
    ] {
        let book = read_one(version, &line);
        assert_eq!(
            book.photos.first().map(|photo| photo.bytes.as_slice()),
            Some(picture.as_slice()),
            "{line}"
        );
        assert_eq!(book.problems, [], "{line}");
    }
    for line in
        ["PHOTO:https://x.example/a.png", "PHOTO;VALUE=uri:file:///etc/passwd", "PHOTO:cid:a@x.example"]
    {
        let book = read_one("4.0", line);
        assert_eq!(book.photos, [], "{line}");
        assert_eq!(book.problems[0].trouble, Trouble::PhotosElsewhere { count: 1 }, "{line}");
    }
    let broken = read_one("4.0", "PHOTO:data:image/png;base64,####");
    assert_eq!((broken.photos.len(), &broken.problems[0].trouble), (0, &Trouble::BadPhoto));
    let card = "BEGIN:VCARD\nFN:A\nEMAIL:a@x.example\nPHOTO:http://x.example/a\nEND:VCARD\n";
    let book = read(card.repeat(3).as_bytes()).unwrap();
    assert_eq!(book.problems.len(), 1, "told once");
    assert_eq!(book.problems[0].trouble, Trouble::PhotosElsewhere { count: 3 });
}
