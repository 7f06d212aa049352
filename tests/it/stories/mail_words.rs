//! What comes by mail reads well in the discussion: its form and its pictures in their places, invitations as such, signed
//! mails, and plain words for what can't be read.

use mailmoot::actions::edits::Edit;
use mailmoot::actions::mails::Rereading;
use mailmoot::actions::marks::Chosen;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::message::Message;
use mailmoot::domain::person::Viewer;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::marks::new_mark;
use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, WANG, Wanted, mail, on_both};

/// A picture of two pixels.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==";

/// A group, the address by which Wang answers it, and who reads it.
async fn a_group(house: &House) -> (Viewer, GroupId, String) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let invited = house.mail_of(WANG).await;
    (anna, group, invited.reply_to[0].address.as_str().to_owned())
}

/// Sends an answer of this kind; the message it became, the `count`th.
async fn says(
    house: &House,
    (anna, group, to): &(Viewer, GroupId, String),
    count: usize,
    kind: &str,
    body: &str,
) -> Message {
    let id = format!("<words-{count}@corp.example>");
    let headers = [
        ("From", WANG),
        ("To", to.as_str()),
        ("Subject", "Re: Plan"),
        ("MIME-Version", "1.0"),
        ("Message-ID", &id),
        ("Content-Type", kind),
    ];
    house.deliver(mail(&headers, &body.replace('\n', "\r\n"))).await;
    house.messages(anna, *group, count).await.remove(count - 1)
}

fn part(head: &str, body: &str) -> String {
    format!("--r\n{head}\n\n{body}\n")
}

fn picture(id: &str, name: &str) -> String {
    let name = if name.is_empty() { String::new() } else { format!("; name=\"{name}\"") };
    part(
        &format!("Content-Type: image/png{name}\nContent-ID: <{id}>\nContent-Transfer-Encoding: base64"),
        PNG,
    )
}

const RELATED: &str = "multipart/related; boundary=r";

#[tokio::test]
async fn lists_tables_links_and_pictures_stand_where_their_author_put_them() {
    on_both(Wanted::default, async |house| {
        let group = a_group(&house).await;
        let html = "<p>Two <a href=\"https://x.example/offer\">offers</a>, @Anna Berg:</p><table><tr><th>Who</th><th>EUR</th></tr>\
            <tr><td>North</td><td>4,200</td></tr></table><img src=\"cid:plan%40x\" alt=\"The &lt;plan&gt;\"><ul><li>first<li>second</ul>\
            <p>Again: <img src=\"cid:plan@x\"> and <img src=\"cid:gone\" alt=\"Gone\"><img src=\"https://t.example/p.gif\" width=1></p>\
            <div class=\"gmail_quote\">On Fri, Nov 20, 2026 at 9:12 AM Anna Berg &lt;anna@corp.example&gt; wrote:<blockquote>Welcome.\
            <img src=\"cid:logo\"></blockquote></div>";
        let body = part("Content-Type: text/html", html) + &picture("plan@x", "") + &picture("logo", "logo.png") + "--r--";
        let message = says(&house, &group, 2, RELATED, &body).await;
        assert_eq!(message.files.len(), 1, "the quoted logo is no file of the message");
        let page = Browser::of(&house, ANNA).await.page(&format!("/groups/{}", group.1)).await;
        let shown = page.split("id=\"m-2\"").nth(1).unwrap().split("</article>").next().unwrap();
        let url = format!("src=\"/files/{}/thumbnail\"", message.files[0].id);
        assert_eq!(shown.matches(&url).count(), 2, "twice in the text and not below: {shown}");
        for expected in [
            "<a href=\"https://x.example/offer\"",
            "<th>Who</th><th>EUR</th>",
            "<td>North</td><td>4,200</td>",
            "<li>first</li><li>second</li>",
            "class=\"mention\"",
            "alt=\"The &#60;plan&#62;\"",
            "[Gone]",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        assert!(!shown.contains("t.example") && !shown.contains("data-cid"), "{shown}");
        let words = shown.split("<details class=\"hidden-part\"").next().unwrap();
        assert!(!words.contains("Welcome.") && shown.contains("Welcome."), "{shown}");
        // Its own page has the same, the quotation on demand, and how many pictures were not loaded.
        let own = Browser::of(&house, ANNA).await.page(&format!("/groups/{}/messages/2", group.1)).await;
        assert!(own.contains(&url) && own.contains("Show quotation") && own.contains("Welcome."), "{own}");
        assert!(own.contains("A picture from elsewhere was not loaded."), "{own}");
        // Who reads by mail gets the words of the pictures.
        let text = house.mails_of(DAVID, 2).await.remove(0);
        let html = format!("{}{}", text.html, text.text.new_text);
        assert!(html.contains("4,200") && !html.contains("data-file"), "{html}");
    })
    .await;
}

#[tokio::test]
async fn what_no_browser_may_run_stands_nowhere_as_a_picture() {
    let house = House::start().await;
    let group = a_group(&house).await;
    let svg = part(
        "Content-Type: image/svg+xml; name=x.svg\nContent-ID: <svg>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
    );
    let page = part(
        "Content-Type: image/png; name=x.png\nContent-ID: <page>",
        "<html><script>alert(1)</script></html>",
    );
    let html = "<p>See <img src=cid:svg alt='\"><script>x</script>'> <img src=cid:page alt=Page> <img src='data:image/png;base64,x'></p>";
    let body = part("Content-Type: text/html", html) + &svg + &page + "--r--";
    let message = says(&house, &group, 2, RELATED, &body).await;
    let html = message.body.html.as_str();
    assert!(!html.contains("<img") && !html.contains("<script") && html.contains("[Page]"), "{html}");
    assert_eq!(message.files.len(), 2);
}

const INVITATION: &str = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Budget <2027>\n\
    DTSTART;TZID=Europe/Berlin:20261123T100000\nDTEND;TZID=Europe/Berlin:20261123T110000\nLOCATION:Room 3\nRRULE:FREQ=WEEKLY\n\
    END:VEVENT\nEND:VCALENDAR";

#[tokio::test]
async fn an_invitation_says_what_when_and_where() {
    on_both(Wanted::default, async |house| {
        let group = a_group(&house).await;
        let body = part("Content-Type: text/plain", "Does that suit you?")
            + &part("Content-Type: text/calendar; method=REQUEST", INVITATION)
            + "--r--";
        let message = says(&house, &group, 2, "multipart/alternative; boundary=r", &body).await;
        assert_eq!(message.body.markdown, "Does that suit you?");
        let alone = says(&house, &group, 3, "text/calendar; method=REQUEST", INVITATION).await;
        assert_eq!(alone.body.markdown, "📅 Budget <2027> 2026-11-23 10:00 – 11:00 (Europe/Berlin)");
        let browser = Browser::of(&house, ANNA).await;
        for (language, words) in [("en", "Invitation: <b>"), ("zh-CN", "会议邀请： <b>")] {
            let request = browser.request("GET", &format!("/groups/{}", group.1));
            let page =
                request.header("Accept-Language", language).send().await.unwrap().text().await.unwrap();
            assert_eq!(page.matches(words).count(), 2, "{page}");
            for words in ["Budget &#60;2027&#62;", "2026-11-23 10:00 – 11:00 (Europe/Berlin)", "Room 3"] {
                assert!(page.contains(words), "{words}: {page}");
            }
        }
        // Ten megabytes of calendar are read for a moment only.
        let huge = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Huge\nEND:VEVENT\n{}",
            "X-A:bbbbbbbb\n".repeat(800_000)
        );
        let huge =
            part("Content-Type: text/plain", "See.") + &part("Content-Type: text/calendar", &huge) + "--r--";
        let huge = says(&house, &group, 4, "multipart/mixed; boundary=r", &huge).await;
        assert_eq!(huge.notes.events[0].summary, "Huge");
    })
    .await;
}

#[tokio::test]
async fn encrypted_mails_say_so_and_signed_ones_are_read() {
    on_both(Wanted::default, async |house| {
        let group = a_group(&house).await;
        let body = part("Content-Type: application/pgp-encrypted", "Version: 1")
            + &part("Content-Type: application/octet-stream; name=encrypted.asc", "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----")
            + "--r--";
        let kind = "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=r";
        let pgp = says(&house, &group, 2, kind, &body).await;
        assert_eq!((pgp.body.markdown.as_str(), pgp.files.len()), ("🔒 PGP", 1));
        // EnvelopedData, of which only the beginning counts.
        let kind = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64";
        let smime = says(&house, &group, 3, kind, "MAsGCSqGSIb3DQEHAw==").await;
        assert_eq!(smime.body.markdown, "🔒 S/MIME");
        let inline = "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----";
        let inline = says(&house, &group, 4, "text/plain", inline).await;
        assert!(inline.quotation.contains("abc") && inline.body.markdown == "🔒 PGP");
        let body = part("Content-Type: text/plain", "Agreed.") + &part("Content-Type: application/pgp-signature; name=s.asc", "x") + "--r--";
        let signed = says(&house, &group, 5, "multipart/signed; protocol=\"application/pgp-signature\"; boundary=r", &body).await;
        assert_eq!((signed.body.markdown.as_str(), signed.files.len()), ("Agreed.", 0));
        // SignedData around "Content-Type: text/plain" and a text.
        let kind = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Transfer-Encoding: base64";
        let opaque = says(&house, &group, 6, kind, &opaque("Content-Type: text/plain\r\n\r\nI agree, too.\r\n")).await;
        assert_eq!((opaque.body.markdown.as_str(), opaque.files.len()), ("I agree, too.", 0));
        let browser = Browser::of(&house, ANNA).await;
        for (language, encrypted, signed) in [
            ("en", "This mail is encrypted (PGP).", "signed (S/MIME), not verified"),
            ("zh-CN", "这封邮件已加密（PGP）。", "已签名（S/MIME），未经核实"),
        ] {
            let request = browser.request("GET", &format!("/groups/{}", group.1));
            let page = request.header("Accept-Language", language).send().await.unwrap().text().await.unwrap();
            assert_eq!((page.matches(encrypted).count(), page.matches(signed).count()), (2, 1), "{page}");
        }
    })
    .await;
}

/// CMS SignedData (RFC 5652 5.1) with lengths of two bytes, nobody's signature in it, as base64.
fn opaque(inner: &str) -> String {
    fn element(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], value].concat()
    }
    let kind = |last| element(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, last]);
    let data = element(0x30, &[kind(1), element(0xa0, &element(4, inner.as_bytes()))].concat());
    let signed = element(0x30, &[element(2, &[1]), element(0x31, &[]), data, element(0x31, &[])].concat());
    base64(&element(0x30, &[kind(2), element(0xa0, &signed)].concat()))
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let number =
            group.iter().fold(0_usize, |n, byte| (n << 8) | usize::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sign = char::from(SIGNS[(number >> (18 - 6 * place)) & 63]);
            out.push(if place <= group.len() { sign } else { '=' });
        }
    }
    out
}

#[tokio::test]
async fn hostile_wrappings_end_as_one_message_each() {
    let house = House::start().await;
    let group = a_group(&house).await;
    // Signatures within signatures.
    let mut deep = String::new();
    for level in 1..1_000 {
        deep += &format!("--b{level}\nContent-Type: multipart/signed; boundary=b{}\n\n", level + 1);
    }
    deep += "--b1000\nContent-Type: text/plain\n\nAt the bottom.\n";
    let message = says(&house, &group, 2, "multipart/signed; boundary=b1", &deep).await;
    assert!(message.body.markdown.contains("At the bottom.") || !message.files.is_empty(), "{message:?}");
    let kind =
        "Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let mut wrapped = opaque("Content-Type: text/plain\r\n\r\nInnermost.\r\n");
    for _ in 0..8 {
        wrapped = opaque(&format!("{kind}{wrapped}\r\n"));
    }
    let outer = "application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64";
    let message = says(&house, &group, 3, outer, &wrapped).await;
    assert_eq!(message.files.len(), 1, "what is too deep stays a file");
    // Outlook's wrapping with a length that lies, and with one that does not.
    let attribute = |number: u32, length: u32, value: &[u8]| {
        [&[2][..], &number.to_le_bytes(), &length.to_le_bytes(), value, &[0, 0]].concat()
    };
    for (count, length, name) in [(4, u32::MAX, "winmail.dat"), (5, 5, "plan.txt")] {
        let bytes = [
            vec![0x78, 0x9f, 0x3e, 0x22, 1, 0],
            attribute(0x0006_9002, 0, &[]),
            attribute(0x0001_8010, 9, b"plan.txt\0"),
            attribute(0x0006_800f, length, b"hello"),
        ];
        let head = "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64";
        let body = part("Content-Type: text/plain", &format!("See {count}."))
            + &part(head, &base64(&bytes.concat()))
            + "--r--";
        let message = says(&house, &group, count, "multipart/mixed; boundary=r", &body).await;
        assert_eq!(message.files[0].name.as_str(), name);
    }
}

/// Makes messages of a group such as older rules left them: with the quotation in the text.
async fn as_read_by_older_rules(house: &House, seqs: &[i64]) {
    let mut database =
        SqliteConnection::connect(&format!("sqlite:{}", house.database().display())).await.unwrap();
    for seq in seqs {
        let text = "UPDATE messages SET reply_rules = NULL, markdown = 'Old. ' || markdown, html = '<p>Old. ' || substr(html, 4) WHERE seq = $1";
        sqlx::query(text).bind(seq).execute(&mut database).await.unwrap();
    }
}

#[tokio::test]
async fn newer_rules_read_stored_mails_again_and_leave_what_people_edited() {
    let house = House::start().await;
    let group = a_group(&house).await;
    for count in 2..=4 {
        says(&house, &group, count, "text/plain", &format!("Answer {count} is what matters.\n\n> Welcome."))
            .await;
    }
    let (anna, id, _) = &group;
    let current = house.actions.reread_mails(Rereading::default(), true).await.unwrap();
    assert_eq!(current, Rereading::default(), "nothing is left to newer rules");
    as_read_by_older_rules(&house, &[2, 3, 4]).await;
    let chosen = Chosen::Passage { quote: "what matters".to_owned(), start: None };
    let marked = house.messages(anna, *id, 4).await.remove(1);
    house.actions.mark(anna, (*id, vec![marked.seq]), new_mark("decision", chosen)).await.unwrap();
    let wang = house.person(WANG).await;
    let edit = Edit { edits: 0, markdown: "My own words.".to_owned() };
    house.actions.edit_message(&wang, house.messages(anna, *id, 4).await[3].place(), edit).await.unwrap();
    let mut page = Browser::of(&house, ANNA).await.live().await;
    page.watch(&id.to_string(), 4).await;

    let would = house.actions.reread_mails(Rereading::default(), false).await.unwrap();
    assert_eq!((would.read, would.changed, would.unreadable, would.next), (2, 2, 0, None));
    assert!(house.messages(anna, *id, 4).await[1].body.markdown.starts_with("Old. "), "only said so far");
    let done = house.actions.reread_mails(Rereading::default(), true).await.unwrap();
    assert_eq!((done.read, done.changed), (2, 2));
    let messages = house.messages(anna, *id, 4).await;
    assert_eq!(messages[1].body.markdown, "Answer 2 is what matters.");
    assert_eq!((messages[1].trace.edits, messages[3].body.markdown.as_str()), (0, "My own words."));
    let passage = messages[1].marks[0].piece.passage().unwrap();
    assert_eq!(passage.start, Some("Answer 2 is ".len() as i64), "the mark moved along");
    assert!(page.next("changed").await["html"].as_str().unwrap().contains("Answer 2 is"));
    assert_eq!(house.actions.reread_mails(Rereading::default(), true).await.unwrap(), Rereading::default());
}
