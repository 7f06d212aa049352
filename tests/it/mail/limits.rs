//! Mails that are too big, too deep or too many, on the stack of an ordinary thread.

use std::time::{Duration, Instant};

use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::{HARD_CAP, NotAMail, parse};

/// Parses on a stack of 2 MiB, as the runtime's threads have it.
fn parse_on_a_small_stack(raw: Vec<u8>) -> Result<IncomingMail, NotAMail> {
    std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(move || parse(&raw))
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn mails_nested_200_deep_are_refused_with_a_reason() {
    let mut raw = String::new();
    for depth in 0..200 {
        raw.push_str(&format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\nContent-Type:\n message/rfc822\n\n"));
    }
    let error = parse_on_a_small_stack(raw.into_bytes()).unwrap_err();
    assert!(matches!(error, NotAMail::NestedTooDeep { .. }), "{error}");
    let digests = "Content-Type: Multipart/Digest; boundary=b\n\n--b\n\n".repeat(20_000);
    assert!(parse_on_a_small_stack(digests.into_bytes()).is_err());
    let comments = "Content-Type: (x) message/rfc822\n\n".repeat(20_000);
    assert!(parse_on_a_small_stack(comments.into_bytes()).is_err());
}

#[test]
fn ninety_nested_mails_are_opened_as_far_as_is_sensible() {
    let mut raw = String::from("From: a@x.example\nSubject: outer\n");
    raw.push_str(&"Content-Type: message/rfc822\n\nFrom: b@x.example\nSubject: inner\n".repeat(90));
    raw.push_str("\ntext\n");
    let mail = parse_on_a_small_stack(raw.into_bytes()).unwrap();
    assert_eq!(mail.forwarded.unwrap().subject, "inner");
}

#[test]
fn too_many_bytes_parts_or_headers_are_refused_with_a_reason() {
    let big = format!("From: a@x.example\n\n{}", "x".repeat(HARD_CAP));
    assert!(matches!(parse(big.as_bytes()), Err(NotAMail::TooLarge { .. })));
    let parts = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(20_000));
    assert!(matches!(parse(parts.as_bytes()), Err(NotAMail::TooManyParts { .. })));
    let headers = "X-Header: value\n".repeat(100_000);
    assert!(matches!(parse(headers.as_bytes()), Err(NotAMail::HeadersWithoutEnd { .. })));
    let mut bomb = String::from("Content-Type: text/plain;\n");
    (0..5_000).for_each(|n| bomb.push_str(&format!(" name*{n}=x;\n")));
    assert!(matches!(parse(bomb.as_bytes()), Err(NotAMail::TooManyParameters { .. })));
}

#[test]
fn sixty_megabytes_are_read() {
    let line = format!("{}\n", "QUJD".repeat(19));
    let body = line.repeat(60 * 1024 * 1024 / line.len());
    let raw = format!(
        "From: a@x.example\nContent-Type: application/octet-stream; name=big.bin\nContent-Transfer-Encoding: base64\n\n{body}"
    );
    let mail = parse(raw.as_bytes()).unwrap();
    assert_eq!(mail.files.len(), 1);
    assert!(mail.files[0].bytes.len() > 40 * 1024 * 1024);
}

#[test]
fn of_6000_recipients_5000_are_taken_and_the_rest_is_told() {
    let to: Vec<String> = (0..6_000).map(|n| format!("Person {n} <p{n}@corp.example>")).collect();
    let raw = format!("From: a@x.example\nTo: {}\n\nx\n", to.join(",\n "));
    let mail = parse_on_a_small_stack(raw.into_bytes()).unwrap();
    assert_eq!(mail.to.len(), 5_000);
    assert!(mail.problems.iter().any(|p| p.0.contains("5000")), "{:?}", mail.problems);
}

#[test]
fn hostile_texts_take_no_unreasonable_time() {
    let html = |body: String| format!("From: a@x.example\nContent-Type: text/html\n\n{body}\n");
    let text = |body: String| format!("From: a@x.example\n\n{body}\n");
    let started = Instant::now();
    for raw in [
        html("<div>".repeat(20_000)),
        html("<blockquote>".repeat(20_000) + "x"),
        html("<table><tr><td>".repeat(20_000)),
        html("<a href='https://x.example/'>".repeat(20_000)),
        html("&".repeat(50_000)),
        html("<".repeat(50_000)),
        text(">".repeat(200_000)),
        text("> a\nb\n".repeat(30_000)),
        text("On 1 Jan 2026 10:00, a@x.example:\n\n".repeat(3_000)),
        text(("at 10:00 in 2026. b: > c@x.example wrote: ".repeat(40) + "\n").repeat(1_000)),
        text("From: To: Subject: Date: a@x.example\n".repeat(3_000)),
        text("Sent from my phone\n\n".repeat(5_000)),
        text("--\n".repeat(20_000)),
    ] {
        let begun = Instant::now();
        let shown: String = raw.chars().skip(18).take(60).collect();
        parse_on_a_small_stack(raw.into_bytes()).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?} for {shown:?}", begun.elapsed());
    }
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}
