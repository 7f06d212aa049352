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

/// What somebody types, and what is quoted of somebody else.
const ANSWER: &str = "Agreed, let us go on.\n\nOne thing is open.";
const OLD: &str = "The budget is here.\nPlease read it until Monday.\n\nRegards\nAnna";

fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// As programs fold lines that are too long.
fn folded(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut length = 0;
        for word in line.split_whitespace() {
            let count = word.chars().count();
            let sign = if length + count > 75 { "\n" } else { " " };
            length = if sign == "\n" { count } else { length + count + 1 };
            out.push_str(sign);
            out.push_str(word);
        }
        out.push('\n');
    }
    out.trim().to_owned()
}

/// The cases of a table: the line that begins with `== `, and the lines below it.
fn cases(table: &str) -> Vec<(&str, String)> {
    let cases = table.split("\n== ").skip(1).filter_map(|case| case.split_once('\n'));
    cases.map(|(name, lines)| (name, lines.trim_end_matches('\n').to_owned())).collect()
}

#[test]
fn answers_above_below_and_between_are_found_for_each_program_and_language() {
    let table = include_str!("../../../fixtures/replies/introductions.txt");
    let mut languages = std::collections::BTreeSet::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.splitn(3, '|').skip(1);
        languages.insert(fields.next().unwrap());
        let introduction = fields.next().unwrap().replace("\\n", "\n");
        let (old, between) =
            (quoted(OLD), "> The budget is here.\n\nThank you.\n\n> Until Monday.\n\nI will.");
        for (text, kept) in [
            (format!("{ANSWER}\n\n{introduction}\n\n{old}"), ANSWER),
            (format!("{ANSWER}\n\n{}\n\n{old}", folded(&introduction)), ANSWER),
            (format!("{ANSWER}\n\n{introduction}\n\n{OLD}"), ANSWER),
            (format!("{introduction}\n{old}\n\n{ANSWER}"), ANSWER),
            (format!("{introduction}\n{between}"), between),
        ] {
            let found = split(&text, "");
            assert_eq!(found.new_text, kept, "{text}");
            assert_eq!(split(&found.new_text, "").new_text, found.new_text, "{text}");
        }
    }
    assert!(languages.len() >= 25, "{languages:?}");
}

#[test]
fn header_lines_above_a_quotation_are_found_for_each_program_and_language() {
    let table = cases(include_str!("../../../fixtures/replies/blocks.txt"));
    assert!(table.len() > 40);
    for (name, block) in table {
        for text in [
            format!("{ANSWER}\n\n{block}\n\n{OLD}"),
            format!("{ANSWER}\n\n{}\n>\n{}", quoted(&block), quoted(OLD)),
        ] {
            let found = split(&text, "");
            assert_eq!(found.new_text, ANSWER, "{name}: {text}");
            assert!(found.quotation.contains("Please read it until Monday."), "{name}: {text}");
        }
    }
}

#[test]
fn the_marks_of_each_program_in_html_are_heeded() {
    let table = cases(include_str!("../../../fixtures/replies/html.txt"));
    assert!(table.len() > 20);
    for (name, html) in table {
        let found = split("", &html);
        let words: Vec<&str> = found.new_text.split_whitespace().collect();
        assert_eq!(words.join(" "), "Agreed, let us go on. One thing is open.", "{name}: {found:?}");
        assert!(found.quotation.contains("The budget is here."), "{name}: {found:?}");
    }
}

#[test]
fn what_servers_add_is_no_part_of_the_answer() {
    for added in [
        "This e-mail may contain confidential information and is intended only for the person to whom it is \
         addressed.\nIf you are not the intended recipient, please delete it.",
        "Diese Nachricht ist vertraulich. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich \
         erhalten haben, informieren Sie bitte sofort den Absender.",
        "本邮件及其附件含有本公司的保密信息，仅限于发送给上面地址中列出的收件人，禁止任何其他人以任何形式使用。",
        "Ce message est confidentiel. Si vous n'êtes pas le destinataire, merci de le détruire et d'en informer \
         l'expéditeur.",
        "Настоящее сообщение содержит конфиденциальную информацию и предназначено только для указанного адресата. \
         Если вы не адресат, удалите его.",
    ] {
        let found = split(&format!("{ANSWER}\n\n{added}"), "");
        assert_eq!((found.new_text.as_str(), found.signature.as_str()), (ANSWER, added));
        let signed =
            split(&format!("{ANSWER}\n\n-- \nAnna\n\n{added}\n\nOn 2026-11-20 09:12, Ben wrote:\n> x"), "");
        assert_eq!(signed.new_text, ANSWER, "{added}");
        // A mail of nothing else says just that.
        assert_eq!(split(added, "").new_text, added);
    }
    for warning in [
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "[外部邮件] 注意：此邮件来自外部，请勿点击链接。",
        "ACHTUNG: Diese E-Mail kommt von einem externen Absender.",
    ] {
        let found = split(&format!("{warning}\n\n{ANSWER}"), "");
        assert_eq!((found.new_text.as_str(), found.signature.as_str()), (ANSWER, warning));
    }
    for typed in [
        "Is the message for the intended recipient confidential?",
        "Caution: the lawyers sit outside of the building.",
    ] {
        assert_eq!(split(&format!("{ANSWER}\n\n{typed}"), "").new_text, format!("{ANSWER}\n\n{typed}"));
        assert_eq!(split(&format!("{typed}\n\n{ANSWER}"), "").new_text, format!("{typed}\n\n{ANSWER}"));
    }
}
