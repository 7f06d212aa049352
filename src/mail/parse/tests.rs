use super::*;

#[test]
fn what_is_no_mail_says_why() {
    assert_eq!(parse(b"").unwrap_err(), NotAMail::Empty);
    assert_eq!(parse(b"\r\n \r\n").unwrap_err(), NotAMail::Empty);
    assert_eq!(parse(b"just a text\nwithout headers\n").unwrap_err(), NotAMail::NoHeaders);
    assert_eq!(parse(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1]).unwrap_err(), NotAMail::OutlookFile);
    assert!(matches!(parse(&vec![b'a'; HARD_CAP + 1]), Err(NotAMail::TooLarge { .. })));
    let endless = "X-A: b\n".repeat(200_000);
    assert!(matches!(parse(endless.as_bytes()), Err(NotAMail::HeadersWithoutEnd { .. })));
    let deep = "Content-Type: message/rfc822\n\n".repeat(200);
    assert!(matches!(parse(deep.as_bytes()), Err(NotAMail::NestedTooDeep { found: 200, .. })));
}

#[test]
fn what_can_not_be_opened_still_tells_who_wrote_it() {
    let head = "From: =?utf-8?q?Anna_B=C3=A9rg?= <anna@corp.example>\r\nTo: Bo <bo@corp.example>\r\n\
        Message-ID: <deep@corp.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nSubject: Deep\r\n";
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(200);
    let parameters: String = (0..2_000).map(|n| format!(";\r\n name*{n}=x")).collect();
    let parts = "--b\r\n\r\nx\r\n".repeat(11_000);
    for rest in [
        nested,
        format!("Content-Type: text/plain{parameters}\r\n\r\nx"),
        format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}"),
        "X-Endless: y\r\n".repeat(100_000),
    ] {
        let raw = format!("{head}{rest}");
        assert!(parse(raw.as_bytes()).is_err());
        let mail = head_of(raw.as_bytes()).unwrap();
        assert_eq!(mail.from[0].name.as_deref(), Some("Anna Bérg"));
        assert_eq!((mail.subject.as_str(), mail.message_id.as_deref()), ("Deep", Some("deep@corp.example")));
        assert_eq!((mail.to.len(), mail.date.is_some()), (1, true));
    }
    for no_mail in [&b""[..], b"just a text\n", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1]] {
        assert!(head_of(no_mail).is_none());
    }
}

#[test]
fn a_boundary_inside_a_line_cuts_nothing() {
    let raw = "From: a@b.example\nContent-Type: multipart/mixed; boundary=xyz\n\n--xyz\n\nsee --xyz here\nmore\n--xyz--\n";
    let mail = parse(raw.as_bytes()).unwrap();
    assert_eq!(mail.text.new_text, "see --xyz here\nmore");
    assert_eq!(mail.problems.iter().filter(|p| p.0.contains("boundary")).count(), 1);
}

#[test]
fn addresses_are_read_as_people_write_them() {
    for (value, expected) in [
        ("Berg, Anna <anna@corp.example>", "Berg, Anna <anna@corp.example>"),
        (
            "\"Berg, Anna\" <ANNA@corp.example>, bob@corp.example",
            "Berg, Anna <ANNA@corp.example>|bob@corp.example",
        ),
        ("=?utf-8?Q?Berg,_Anna?= <anna@corp.example>", "Berg, Anna <anna@corp.example>"),
        ("Team: a@x.example, B <b@x.example>; c@x.example", "a@x.example|B <b@x.example>|c@x.example"),
        ("undisclosed-recipients:;", ""),
        ("a@x.example; b@x.example", "a@x.example|b@x.example"),
        ("anna@x.example (Anna Berg)", "Anna Berg <anna@x.example>"),
        ("'Anna Berg' <mailto:anna@x.example>", "Anna Berg <anna@x.example>"),
        ("Anna <anna@x.example", "Anna <anna@x.example>"),
        ("<@relay.example:anna@x.example>", "anna@x.example"),
        ("李雷 <lilei@x.example>，韩梅梅 <han@x.example>", "李雷 <lilei@x.example>|韩梅梅 <han@x.example>"),
        ("=?gb2312?B?wO7A1w==?= <lilei@x.example>", "李雷 <lilei@x.example>"),
        ("anna@x.example <anna@x.example>", "anna@x.example"),
    ] {
        let shown = |n: &crate::domain::address::NamedAddress| match &n.name {
            Some(name) => format!("{name} <{}>", n.address),
            None => n.address.to_string(),
        };
        let found: Vec<String> = parse_addresses(value).addresses.iter().map(shown).collect();
        assert_eq!(found.join("|"), expected, "{value}");
    }
}

#[test]
fn encoded_words_are_joined_before_they_are_decoded() {
    // One character cut in two, as some programs do.
    assert_eq!(encoded_word::decode_words("=?utf-8?B?5Zue5Q==?= =?utf-8?B?pI06?= x"), "回复: x");
    assert_eq!(encoded_word::decode_words("=?utf-8?q?a_b=3F?= =?x"), "a b? =?x");
    assert_eq!(charset::decode("cp932", b"\x83n\x83\x8D\x81[").as_deref(), Some("ハロー"));
}
