//! Answering and handing on as mail programs do it: the introduction of a quotation, the block above a forwarded mail.
//! The opposite of `reply` and `forward`, for the demo's mailboxes and for tests.

use chrono::{DateTime, Datelike, Timelike, Utc};

use crate::domain::address::NamedAddress;
use crate::domain::time::Timestamp;

/// A way of quoting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Gmail,
    AppleMail,
    Thunderbird,
    Outlook,
    OutlookChinese,
    Qq,
}

/// The mail that is answered or handed on.
#[derive(Clone, Debug)]
pub struct Original {
    pub from: NamedAddress,
    pub to: Vec<NamedAddress>,
    pub cc: Vec<NamedAddress>,
    pub subject: String,
    pub date: Timestamp,
    /// Quotation and signature included.
    pub text: String,
}

/// What stands below an answer.
pub fn quotation(program: Program, original: &Original) -> String {
    let (name, address) = (original.from.display_name(), &original.from.address);
    let at = original.date.utc();
    let quoted = || with_signs(&original.text);
    match program {
        Program::Gmail => {
            format!(
                "On {} at {}, {name} <{address}> wrote:\n\n{}",
                at.format("%a, %b %-d, %Y"),
                clock_face(at),
                quoted()
            )
        }
        Program::AppleMail => {
            format!("On {}, {name} <{address}> wrote:\n\n{}", at.format("%-d %b %Y, at %H:%M"), quoted())
        }
        Program::Thunderbird => {
            format!("On {}, {name} wrote:\n{}", at.format("%-d/%-m/%Y %H:%M"), quoted())
        }
        Program::Outlook => format!("{}\n{}", "_".repeat(32), outlook(original, &ENGLISH)),
        Program::OutlookChinese => outlook(original, &CHINESE),
        Program::Qq => {
            let day =
                ["一", "二", "三", "四", "五", "六", "日"][at.weekday().num_days_from_monday() as usize % 7];
            let date = format!("{} (星期{day}) {}", at.format("%Y年%-m月%-d日"), at.format("%H:%M"));
            let list = |all: &[NamedAddress]| {
                joined(all, ";", |n| format!("\"{}\"<{}>", n.display_name(), n.address))
            };
            let mut text = format!(
                "------------------ 原始邮件 ------------------\n发件人: \"{name}\" <{address}>;\n发送时间: {date}\n收件人: {};\n",
                list(&original.to)
            );
            if !original.cc.is_empty() {
                text.push_str(&format!("抄送: {};\n", list(&original.cc)));
            }
            format!("{text}主题: {}\n\n{}", original.subject, original.text.trim_end())
        }
    }
}

/// What stands below the words of somebody who hands a mail on.
pub fn forward_block(original: &Original) -> String {
    let at = original.date.utc();
    let list = |all: &[NamedAddress]| joined(all, ", ", named);
    let mut block = format!(
        "---------- Forwarded message ---------\nFrom: {}\nDate: {} at {}\nSubject: {}\nTo: {}\n",
        named(&original.from),
        at.format("%a, %b %-d, %Y"),
        clock_face(at),
        original.subject,
        list(&original.to)
    );
    if !original.cc.is_empty() {
        block.push_str(&format!("Cc: {}\n", list(&original.cc)));
    }
    format!("{block}\n\n{}", original.text.trim_end())
}

/// `Re: ` before a subject, unless an answer's mark stands there.
pub fn reply_subject(subject: &str) -> String {
    marked("Re: ", &["re:", "回复:", "回复：", "答复:", "答复：", "aw:"], subject)
}

/// `Fwd: ` before a subject, unless a forward's mark stands there.
pub fn forward_subject(subject: &str) -> String {
    marked("Fwd: ", &["fwd:", "fw:", "转发:", "转发："], subject)
}

fn marked(mark: &str, known: &[&str], subject: &str) -> String {
    let lower = subject.trim().to_lowercase();
    if known.iter().any(|k| lower.starts_with(k)) { subject.to_owned() } else { format!("{mark}{subject}") }
}

/// The labels of Outlook's block.
struct Labels([&'static str; 5]);

const ENGLISH: Labels = Labels(["From", "Sent", "To", "Cc", "Subject"]);
const CHINESE: Labels = Labels(["发件人", "发送时间", "收件人", "抄送", "主题"]);

fn outlook(original: &Original, labels: &Labels) -> String {
    let [from, sent, to, cc, subject] = labels.0;
    let at = original.date.utc();
    let date = if from == "From" {
        format!("{} {}", at.format("%A, %B %-d, %Y"), clock_face(at))
    } else {
        at.format("%Y年%-m月%-d日 %H:%M").to_string()
    };
    let list = |all: &[NamedAddress]| joined(all, "; ", named);
    let mut text =
        format!("{from}: {}\n{sent}: {date}\n{to}: {}\n", named(&original.from), list(&original.to));
    if !original.cc.is_empty() {
        text.push_str(&format!("{cc}: {}\n", list(&original.cc)));
    }
    format!("{text}{subject}: {}\n\n{}", original.subject, original.text.trim_end())
}

fn named(address: &NamedAddress) -> String {
    match &address.name {
        Some(name) => format!("{name} <{}>", address.address),
        None => address.address.to_string(),
    }
}

fn joined(all: &[NamedAddress], between: &str, one: impl Fn(&NamedAddress) -> String) -> String {
    all.iter().map(one).collect::<Vec<_>>().join(between)
}

fn with_signs(text: &str) -> String {
    let sign = |line: &str| match line {
        "" => ">".to_owned(),
        _ if line.starts_with('>') => format!(">{line}"),
        _ => format!("> {line}"),
    };
    text.trim_end().lines().map(sign).collect::<Vec<_>>().join("\n")
}

/// `9:05 AM`.
fn clock_face(at: DateTime<Utc>) -> String {
    let (afternoon, hour) = at.hour12();
    format!("{hour}:{:02} {}", at.minute(), if afternoon { "PM" } else { "AM" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{forward, reply};

    fn original() -> Original {
        let named = |name: &str, address: &str| NamedAddress {
            name: Some(name.to_owned()),
            address: address.parse().unwrap(),
        };
        Original {
            from: named("Anna Berg", "anna.berg@corp.example"),
            to: vec![named("王小明", "wang.xiaoming@corp.example")],
            cc: vec![named("David Okafor", "david.okafor@corp.example")],
            subject: "Budget 2027".to_owned(),
            date: Timestamp::from_millis(1_795_165_200_000),
            text: "Here is the table.\n\nWhat is missing?\n".to_owned(),
        }
    }

    #[test]
    fn every_way_of_quoting_is_recognised_again() {
        use Program::{AppleMail, Gmail, Outlook, OutlookChinese, Qq, Thunderbird};
        for program in [Gmail, AppleMail, Thunderbird, Outlook, OutlookChinese, Qq] {
            let text = format!("Line 12 is missing.\n\n{}\n", quotation(program, &original()));
            let found = reply::split(&text, "");
            assert_eq!(found.new_text, "Line 12 is missing.", "{program:?}:\n{text}");
            assert!(found.quotation.contains("What is missing?"), "{program:?}");
        }
    }

    #[test]
    fn a_forwarded_mail_is_found_again() {
        let text = format!("Please set this up.\n\n{}\n", forward_block(&original()));
        let found = forward::find_forwarded("Fwd: Budget 2027", &text).unwrap();
        assert_eq!(found.from, Some(original().from));
        assert_eq!((found.to, found.cc), (original().to, original().cc));
        assert_eq!(found.subject, "Budget 2027");
        assert_eq!(found.text, "Here is the table.\n\nWhat is missing?");
        assert_eq!(reply::split(&text, "").new_text, "Please set this up.");
    }

    #[test]
    fn a_subject_is_marked_once() {
        assert_eq!(reply_subject("Budget"), "Re: Budget");
        assert_eq!(reply_subject("RE: Budget"), "RE: Budget");
        assert_eq!(forward_subject("Re: Budget"), "Fwd: Re: Budget");
        assert_eq!(forward_subject("转发：预算"), "转发：预算");
    }
}
