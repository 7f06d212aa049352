use super::*;

fn parts(text: &str) -> (String, String) {
    let found = split(text, "");
    (found.new_text, found.signature)
}

#[test]
fn what_stands_above_the_quotation_is_kept() {
    for text in [
        "Agreed.\n\nOn Mon, Feb 1, 2016 at 6:32 PM, Anna <a@corp.example>\nwrote:\n\n> old",
        "Agreed.\n\nAm 03.02.2016 3:35 schrieb Max <m@corp.example>:\n\n> old",
        "Agreed.\n\n在 2026-05-13 03:41, Elke Bauer 写道:\n\n> old",
        "Agreed.\n\n------------------ 原始邮件 ------------------\n发件人: A <a@corp.example>\n\nold",
        "Agreed.\n\n发件人: A <a@corp.example>\n发送时间: 2026-07-09 11:28\n收件人: B <b@corp.example>\n主题: x\n\nold",
        "Agreed.\n________________________________\nFrom: A <a@corp.example>\nSent: today\nTo: B\nSubject: x\n\nold",
        "Agreed.\n\n2026-01-15 09:34 佐藤 太郎 <s@corp.example>:\n\n> old",
        "Agreed.\n\n> old\n> older",
    ] {
        let found = split(text, "");
        assert_eq!(found.new_text, "Agreed.", "{text}");
        assert!(found.quotation.contains("old"), "{text}");
    }
}

#[test]
fn an_introduction_and_the_quotation_on_one_line_are_told_apart() {
    for text in [
        "Agreed.\n\nOn Mon, Feb 1, 2016 at 6:32 PM, Anna <a@corp.example> wrote: > old > older",
        "Agreed.\n\nOn Mon, Feb 1, 2016 at 6:32 PM, Anna <a@corp.example> wrote: old and more of it\nand older",
        "Agreed. On Mon, Feb 1, 2016 at 6:32 PM, Anna <a@corp.example> wrote: > old > older",
        "Agreed.\n\nOn Mon, Feb 1, 2016 at 6:32 PM, Anna <a@corp.example>\nwrote: > old\n> older",
        "Agreed.\n\nAm 03.02.2016 um 3:35 schrieb Max Muster <m@corp.example>: > old\n> older",
        "Agreed.\n\nLe 16 nov. 2016 à 02:22, Anna a écrit : > old",
        "Agreed.\n\n在 2026-05-13 03:41，Elke Bauer 写道：> old",
        "Agreed. 在 2026-05-13 03:41，Elke Bauer <e@corp.example> 写道： > old",
    ] {
        let found = split(text, "");
        assert_eq!(found.new_text, "Agreed.", "{text}");
        assert!(found.quotation.contains("old"), "{text}");
        assert_eq!(
            split(&found.new_text, ""),
            ReplyText { new_text: found.new_text, ..ReplyText::default() }
        );
    }
    for text in [
        "One thing he wrote: buy milk",
        "On Monday she wrote: > 5 people are too many",
        "In 2016 Anna wrote: all is well. I doubt it.",
        "```\nOn Mon, Feb 1, 2016 at 6:32 PM, Anna <a@corp.example> wrote: > x\n```\ndone",
        "The log says 2016-02-01 18:32 ERROR wrote: 5 bytes",
    ] {
        assert_eq!(split(text, "").new_text, text);
    }
}

#[test]
fn what_only_looks_like_a_quotation_stays() {
    for text in [
        "One thing he wrote:\nbuy milk",
        "```\nOn Mon, Feb 1, 2016 at 6:32 PM, Anna <a@corp.example> wrote:\n> x\n```\ndone",
        "> a quotation alone\n\nand an answer",
        "From: Beijing\nWe leave at nine.",
        "Sent from my desk, which is easier than my phone.",
    ] {
        assert_eq!(split(text, "").new_text, text);
    }
    let only = "On Mon, Feb 1, 2016 at 6:32 PM, Anna <a@corp.example> wrote:\n> all there is";
    assert_eq!(split(only, "").new_text, only);
}

#[test]
fn signatures_go_and_are_kept_apart() {
    assert_eq!(parts("Yes.\n\n-- \nAnna\nSales"), ("Yes.".into(), "-- \nAnna\nSales".into()));
    assert_eq!(
        parts("Ja.\n\nVon meinem iPhone gesendet"),
        ("Ja.".into(), "Von meinem iPhone gesendet".into())
    );
    assert_eq!(parts("好。\n\n发自我的手机").0, "好。");
    assert_eq!(parts("Yes.\n\nThanks,\nAnna").0, "Yes.\n\nThanks,\nAnna");
}

#[test]
fn answers_below_and_between_stay() {
    let below = "Le 2016-11-16 02:22, Anna a écrit :\n> old\n\nThanks.";
    assert_eq!(split(below, "").new_text, "Thanks.");
    let between = "On 8 May 2017 17:34, \"A\" <a@corp.example> wrote:\n> one\nyes\n> two\nno";
    assert_eq!(split(between, "").new_text, "> one\nyes\n> two\nno");
}
