//! The document of a share in each of its forms: snapshots to be read by people, and what must never happen.

use mailmoot::domain::day::Day;
use mailmoot::domain::digest::Digest;
use mailmoot::domain::file::{FileName, PictureSize};
use mailmoot::domain::language::Language;
use mailmoot::domain::message::Body;
use mailmoot::domain::share_document::{Document, Enclosure, Heading, Item, Section, SharedFile, Task};
use mailmoot::domain::tag::{Colour, TagKind, TagLabel};
use mailmoot::domain::time::Timestamp;
use mailmoot::domain::zone::Zone;
use mailmoot::mail::letters::Words;
use mailmoot::mail::sanitize::render_markdown;
use mailmoot::mail::share::{
    Parcel, PdfError, Reading, ShareLetter, render_markdown_file, render_page_file, render_pdf,
};

const PAGE: &str = "https://moot.corp.example/s/abcdefghijklmnopqrstuvwxyz";

/// What a group settled, with what hostile people would try.
pub fn document(language: Language) -> Document {
    let decision =
        Section { heading: Some(Heading::Tag(TagKind::Decision.label())), items: vec![press(), passage()] };
    let topic = Heading::Topic("工厂 & \"logistics\" <b>".to_owned());
    let others = Section { heading: Some(topic), items: vec![chinese(), context(), table()] };
    let day = "2026-11-21".parse::<Day>().map(Heading::Day).ok();
    let files = Section { heading: day, items: vec![files(), link()] };
    Document {
        title: "Where we stand before the board meeting <script>alert(1)</script>".to_owned(),
        topic: "Budget 2027: plant & logistics".to_owned(),
        sharer: "Anna Berg".to_owned(),
        note: Some(body(
            "Dear all,\n\nthis is what the group **settled** this week. Please read the first part before Monday.",
        )),
        language,
        zone: Zone::named("Europe/Stockholm"),
        names: true,
        at: at(0),
        version: 2,
        sections: vec![decision, others, files],
    }
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + minutes * 60_000)
}

fn body(markdown: &str) -> Body {
    Body { markdown: markdown.to_owned(), html: render_markdown(markdown) }
}

fn item(key: &str, author: &str, words: &str) -> Item {
    Item {
        key: key.to_owned(),
        author: Some(author.to_owned()),
        at: at(key.len() as i64),
        tags: Vec::new(),
        body: Some(body(words)),
        link: None,
        passage: false,
        edited_since: false,
        task: None,
        files: Vec::new(),
        context: false,
        from_outside: false,
    }
}

fn own(name: &str, colour: Colour) -> TagLabel {
    TagLabel { kind: None, name: name.to_owned(), colour }
}

fn press() -> Item {
    let words = "We buy **two** presses from Nordstahl:\n\n1. one for the north plant, delivered in week 6, so that the training can begin before the summer break\n\
        2. one for the south plant\n\nhttps://suppliers.example/offers?year=2027&plant=2&with=a-very-long-address-that-no-line-holds";
    let task = Task { who: "王小明".to_owned(), due: "2027-01-05".parse().ok(), done: false };
    Item {
        tags: vec![TagKind::Decision.label(), own("over budget", Colour::Orange)],
        task: Some(task),
        files: vec![
            picture("press.jpg", Enclosure::Inline),
            file("Offer Nordstahl.pdf", 1_240_000, Enclosure::Attached),
        ],
        ..item("m1", "Maria-Fernanda Gutiérrez", words)
    }
}

fn passage() -> Item {
    Item {
        passage: true,
        edited_since: true,
        tags: vec![
            TagKind::Risk.label(),
            TagKind::Question.label(),
            TagKind::Answer.label(),
            TagKind::Fact.label(),
        ],
        ..item("m2-p", "David <Okafor>", "The price holds until Friday <script>alert(2)</script>")
    }
}

fn chinese() -> Item {
    let words = "我们在下周一之前确定供应商，并把合同交给法务部门审核，然后再通知工厂的同事们开始准备。请各位在周五之前确认。\n\n- 价格已经谈妥，含三年保修\n- 交货期九周";
    Item {
        tags: vec![own("超出预算", Colour::Violet), TagKind::Idea.label()], ..item("m3", "王小明", words)
    }
}

fn context() -> Item {
    Item {
        context: true,
        from_outside: true,
        ..item("m4-after", "Kenji Sato", "Thank you, this is clear. I told our plant.")
    }
}

fn table() -> Item {
    let words = "> Which offers are still open?\n\n| Supplier | Price |\n|---|--:|\n| Nordstahl | 48 200 € |\n| Huaxing 华兴 | 43 950 € |\n\n```\nselect *\n  from offers\n```";
    let task = Task { who: String::new(), due: None, done: true };
    Item { tags: vec![TagKind::Action.label()], task: Some(task), ..item("m5", "Anna Berg", words) }
}

fn files() -> Item {
    Item {
        body: None,
        files: vec![
            file("比价表.xlsx", 36_100, Enclosure::Linked),
            file("salaries [x](y).pdf", 820, Enclosure::LeftOut),
            picture("plan.png", Enclosure::Inline),
        ],
        ..item("m6-f1", "Anna Berg", "")
    }
}

fn link() -> Item {
    let link = Some("https://nordstahl.example/press-400?lang=en".to_owned());
    Item { body: None, link, ..item("m7", "Anna Berg", "") }
}

fn file(name: &str, size: i64, how: Enclosure) -> SharedFile {
    SharedFile {
        id: uuid::Uuid::from_u128(0xf0 + size as u128).into(),
        name: FileName::cleaned(name, "file"),
        media_type: "application/octet-stream".to_owned(),
        size,
        digest: Digest::of(name.as_bytes()),
        picture: None,
        how,
    }
}

fn picture(name: &str, how: Enclosure) -> SharedFile {
    let size = Some(PictureSize { width: 1600, height: 900 });
    SharedFile { picture: size, media_type: "image/png".to_owned(), ..file(name, 180_000, how) }
}

/// As in a mail: pictures beside it, files on the page.
fn reading() -> Reading<'static> {
    Reading {
        page: Some(PAGE),
        until: Some(at(30 * 24 * 60)),
        picture: &|file| Some(format!("cid:{}@corp.example", file.name)),
        file: &|file| Some(format!("{PAGE}/files/{}", file.id)),
        attached: true,
    }
}

fn letter(document: &Document) -> Words {
    ShareLetter { document, reading: reading(), can_reply: true }.words().unwrap()
}

/// With MAILMOOT_PAGES=folder the forms are left there to look at.
#[test]
fn every_form_reads_well_in_every_language() {
    for language in Language::ALL {
        let document = document(language);
        let tag = language.tag();
        let words = letter(&document);
        let text = format!("{}\n\n{}", words.subject, words.text);
        let alone = Reading { attached: false, ..reading() };
        let page = render_page_file(&document, alone).unwrap();
        let forms = [
            ("mail.html", words.html),
            ("mail.txt", text),
            ("md", render_markdown_file(&document, alone)),
            ("html", page),
        ];
        for (form, content) in forms {
            if let Some(folder) = std::env::var_os("MAILMOOT_PAGES").map(std::path::PathBuf::from) {
                std::fs::write(folder.join(format!("share-{tag}.{form}")), &content).unwrap();
            }
            insta::assert_snapshot!(format!("share.{tag}.{form}"), content);
        }
    }
}

#[test]
fn what_people_wrote_stays_words_in_every_form() {
    for language in Language::ALL {
        let document = document(language);
        let Words { subject, text, html } = letter(&document);
        let page = render_page_file(&document, reading()).unwrap();
        let markdown = render_markdown_file(&document, reading());
        for html in [&html, &page] {
            assert!(
                !html.contains("<script") && !html.contains("<Okafor>") && !html.contains("<b>"),
                "{html}"
            );
        }
        assert!(subject.contains("<script>") && !subject.contains('\n'));
        assert!(text.contains("alert(2)</script>") && !text.contains("&lt;"), "{text}");
        assert!(!markdown.contains("\n# <") && !markdown.contains(" <script"), "{markdown}");
        for form in [&text, &html, &page, &markdown] {
            assert!(
                !form.contains("share-doc-") && !form.contains("tag-decision<") && !form.contains("[tag-"),
                "a key is missing\n{form}"
            );
        }
    }
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    for language in Language::ALL {
        let document = document(language);
        let data = Reading { picture: &|_| Some("data:image/png;base64,AAAA".to_owned()), ..reading() };
        let page = render_page_file(&document, data).unwrap();
        for (html, own) in [(letter(&document).html, " src=\"cid:"), (page, " src=\"data:")] {
            assert_eq!(html.matches(" src=\"").count(), 2);
            assert_eq!(html.matches(own).count(), 2);
            for loading in ["url(", "<link", "@import", "background=", "<script", "<iframe", "<object"] {
                assert!(!html.contains(loading), "{loading}");
            }
        }
    }
}

#[test]
fn a_file_that_is_left_out_leads_nowhere() {
    let document = document(Language::English);
    let out = document.files().find(|file| file.how == Enclosure::LeftOut).unwrap();
    let page = render_page_file(&document, reading()).unwrap();
    let forms =
        [letter(&document).html, letter(&document).text, page, render_markdown_file(&document, reading())];
    for form in forms {
        assert!(form.contains("salaries") && !form.contains(&out.id.to_string()));
    }
}

#[test]
fn who_said_it_is_in_no_form_of_a_share_without_names() {
    let mut document = document(Language::English);
    document.names = false;
    for item in document.sections.iter_mut().flat_map(|section| &mut section.items) {
        item.author = None;
    }
    let page = render_page_file(&document, reading()).unwrap();
    let forms =
        [letter(&document).html, letter(&document).text, page, render_markdown_file(&document, reading())];
    for form in forms {
        assert!(!form.contains("Okafor") && !form.contains("Gutiérrez") && form.contains("Anna Berg"));
    }
}

fn plan(_: &str) -> Option<Vec<u8>> {
    Some(include_bytes!("../../../src/demo/plan.png").to_vec())
}

/// Also that its words can be read back, as far as a program is there that reads them; with MAILMOOT_PAGES=folder it is
/// left there to look at.
#[test]
fn a_pdf_has_every_word_picture_and_link() {
    let fonts = mailmoot::files::Fonts::default().context();
    for language in Language::ALL {
        let document = document(language);
        let bytes = render_pdf(&document, reading(), &plan, fonts.clone()).unwrap();
        if let Some(folder) = std::env::var_os("MAILMOOT_PAGES").map(std::path::PathBuf::from) {
            std::fs::write(folder.join(format!("share-{}.pdf", language.tag())), &bytes).unwrap();
        }
        let raw = String::from_utf8_lossy(&bytes);
        assert!(raw.starts_with("%PDF-1.") && bytes.len() < 2_000_000, "{} bytes", bytes.len());
        assert!(raw.contains("/StructTreeRoot") && raw.contains("/Outlines"));
        assert!(
            raw.contains(&format!("/Lang({})", language.tag()))
                || raw.contains(&format!("/Lang ({})", language.tag()))
        );
        assert!(raw.contains("nordstahl.example/press-400?lang=en"), "links can be followed");
        assert!(raw.contains("/Subtype/Image") || raw.contains("/Subtype /Image"));
    }
}

#[test]
fn a_pdf_is_not_made_of_boxes() {
    let fonts = parley::FontContext {
        collection: parley::fontique::Collection::new(parley::fontique::CollectionOptions {
            shared: false,
            system_fonts: false,
        }),
        source_cache: parley::fontique::SourceCache::default(),
    };
    let document = document(Language::Chinese);
    let refused = render_pdf(&document, reading(), &plan, fonts);
    assert!(
        matches!(&refused, Err(PdfError::NoFont(letters)) if !letters.is_empty()),
        "{:?}",
        refused.map(|b| b.len())
    );
}

/// 80 MB of files: what mail systems take goes along, the rest is linked, and the mail says where it is.
#[test]
fn files_beyond_what_a_mail_takes_are_linked() {
    let mut document = document(Language::English);
    let large = (1..=8).map(|n| file(&format!("film-{n}.mp4"), 10_000_000 + n, Enclosure::Attached));
    document.sections[0].items[0].files.extend(large);
    let parcel = Parcel::of(document, 17_500_000, |_| Some(90_000));
    let names: Vec<&str> = parcel.attached.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["Offer Nordstahl.pdf", "film-1.mp4"]);
    assert_eq!(parcel.shown.len(), 1, "the same picture under two names of one id goes once");
    let Words { text, html, .. } = letter(&parcel.document);
    assert!(text.contains("film-1.mp4 (10.0 MB, attached)"), "{text}");
    assert_eq!(text.matches(&format!("\n    {PAGE}/files/")).count(), 2 + 1 + 7);
    assert!(html.contains(">film-8.mp4</a>"));
    // Where even the pictures have no room, they are linked as well.
    let parcel = Parcel::of(parcel.document, 0, |_| Some(1));
    assert!(parcel.attached.is_empty() && parcel.shown.is_empty());
    assert!(!letter(&parcel.document).html.contains("cid:"));
}
