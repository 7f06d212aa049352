//! What holds for any bytes at all.

use mailmoot::domain::digest::Digest;
use mailmoot::mail::headers::Headers;
use mailmoot::mail::parse::parse;
use mailmoot::mail::report::{Part, find_report};
use mailmoot::mail::threading::{MailFacts, build_threads};
use mailmoot::mail::{base_subject, forward, html_text, reply, sanitize};
use proptest::prelude::*;

/// Pieces that texts of mails are made of, so that the rules meet each other.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("Agreed, let us meet on Thursday.".to_owned()),
        Just("On Mon, Feb 1, 2026 at 6:32 PM, Anna <a@corp.example>".to_owned()),
        Just("wrote:".to_owned()),
        Just("Am 03.02.2026 um 10:00 schrieb Anna <a@corp.example>:".to_owned()),
        Just("> quoted".to_owned()),
        Just(">> quoted twice".to_owned()),
        Just("-- ".to_owned()),
        Just("--".to_owned()),
        Just("发件人: 李雷 <l@corp.example>".to_owned()),
        Just("主题: 预算".to_owned()),
        Just("收件人: b@corp.example".to_owned()),
        Just("Sent from my iPhone".to_owned()),
        Just("________________________________".to_owned()),
        Just("-----Original Message-----".to_owned()),
        Just("```".to_owned()),
        Just("Anna Berg, +49 30 1234567".to_owned()),
        "\\PC{0,40}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 0..14).prop_map(|lines| lines.join("\n"))
}

fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    letters.sort_unstable();
    letters
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&bytes);
        let mut mail = b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n".to_vec();
        mail.extend(&bytes);
        let _ = parse(&mail);
    }

    #[test]
    fn random_text_does_no_harm(text in "\\PC{0,300}") {
        let _ = html_text::render(&text);
        let _ = html_text::unfold_flowed(&text, true);
        let _ = sanitize::sanitize_mail_html(&text);
        let _ = sanitize::render_markdown(&text);
        let _ = sanitize::render_mail_text(&text);
        let _ = forward::find_forwarded(&text, &text);
        let base = base_subject::base_subject(&text);
        prop_assert_eq!(&base_subject::base_subject(&base), &base);
        for media_type in ["message/delivery-status", "message/disposition-notification", "message/rfc822"] {
            let parts = [Part { media_type: media_type.to_owned(), text: text.clone() }];
            let _ = find_report(&Headers::of_text(&text), &parts, &text);
        }
    }

    #[test]
    fn splitting_twice_is_splitting_once_and_loses_nothing(text in text()) {
        let once = reply::split(&text, "");
        let twice = reply::split(&once.new_text, "");
        prop_assert_eq!(&twice.new_text, &once.new_text);
        prop_assert_eq!(once.new_text.trim().is_empty(), text.trim().is_empty());
        let all = format!("{}{}{}", once.new_text, once.quotation, once.signature);
        prop_assert_eq!(letters(&all), letters(&text));
    }

    #[test]
    fn mutated_mails_do_no_harm(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), put in prop::collection::vec(any::<u8>(), 0..12), cut in 0_usize..40) {
        let all: Vec<_> = ["mail", "dsn", "mdn"].into_iter().flat_map(super::mails).collect();
        let (_, raw) = which.get(&all);
        let mut bytes = raw.clone();
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put);
        let _ = parse(&bytes);
    }

    #[test]
    fn threads_do_not_depend_on_the_order(
        links in prop::collection::vec((0_usize..8, 0_usize..8, 0_usize..3), 1..12),
        order in any::<prop::sample::Index>(),
    ) {
        let mut mails: Vec<MailFacts> = links.iter().enumerate().map(|(at, (parent, reference, subject))| {
            let raw = format!(
                "From: a{at}@x.example\nMessage-ID: <{at}@x>\nIn-Reply-To: <{parent}@x>\nReferences: <{reference}@x>\nSubject: Re: s{subject}\nDate: Fri, 20 Nov 2026 10:00:{at:02} +0000\n\nx\n"
            );
            MailFacts::of(&parse(raw.as_bytes()).unwrap(), &Digest::of(raw.as_bytes()))
        }).collect();
        let threads = build_threads(&mails, |_| false);
        let middle = order.index(mails.len());
        mails.rotate_left(middle);
        prop_assert_eq!(build_threads(&mails, |_| false), threads);
    }
}
