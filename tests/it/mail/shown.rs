//! A mail written out for a snapshot: short, one fact a line.

use std::fmt::Write;

use mailmoot::domain::address::NamedAddress;
use mailmoot::mail::incoming::{IncomingMail, Report};

/// What is understood of a mail.
pub fn shown(mail: &IncomingMail) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            writeln!(out, "{name}: {value}").unwrap();
        }
    };
    line("id", mail.message_id.clone().unwrap_or_default());
    line("in reply to", mail.in_reply_to.join(" "));
    line("references", mail.references.join(" "));
    line("date", mail.date.map(|date| date.rfc3339()).unwrap_or_default());
    line("subject", mail.subject.clone());
    line("base subject", mail.base_subject.clone());
    line("from", people(&mail.from));
    line("to", people(&mail.to));
    line("cc", people(&mail.cc));
    line("reply to", people(&mail.reply_to));
    line("delivered to", mail.delivered_to.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    line("automatic", mail.automatic.as_ref().map(|a| a.why.clone()).unwrap_or_default());
    line("report", mail.report.as_ref().map(report).unwrap_or_default());
    for file in &mail.files {
        // Line ends are no part of what a text file says.
        let size = file.bytes.iter().filter(|b| **b != b'\r').count();
        let id = file.content_id.as_deref().map(|id| format!(" cid:{id}")).unwrap_or_default();
        let inline = if file.inline { " inline" } else { "" };
        line("file", format!("{} {} {size}{inline}{id}", file.name, file.media_type));
    }
    for problem in &mail.problems {
        line("problem", problem.0.clone());
    }
    if let Some(inner) = &mail.forwarded {
        let marked = if inner.marked { "" } else { " (perhaps)" };
        line("forwarded", format!("{}{marked}", inner.subject));
        line("  from", inner.from.iter().map(person).collect());
        line("  to", people(&inner.to));
        line("  cc", people(&inner.cc));
        line(
            "  whole",
            inner.attached.as_ref().map(|m| m.message_id.clone().unwrap_or_default()).unwrap_or_default(),
        );
    }
    for (name, text) in [
        ("text", &mail.text.new_text),
        ("signature", &mail.text.signature),
        ("quotation", &mail.text.quotation),
        ("html", &mail.html.as_str().to_owned()),
    ] {
        if !text.is_empty() {
            let cut: String = text.chars().take(1_500).collect();
            writeln!(out, "--- {name}\n{}", cut.replace('\r', "")).unwrap();
        }
    }
    out
}

fn person(named: &NamedAddress) -> String {
    match &named.name {
        Some(name) => format!("{name} <{}>", named.address),
        None => named.address.to_string(),
    }
}

fn people(list: &[NamedAddress]) -> String {
    list.iter().map(person).collect::<Vec<_>>().join(", ")
}

fn report(report: &Report) -> String {
    match report {
        Report::Delivery(report) => {
            let each = report.recipients.iter().map(|r| {
                format!(
                    "{} {} {} {:?}",
                    r.final_recipient,
                    r.action,
                    r.status.as_deref().unwrap_or("-"),
                    r.class
                )
            });
            let id = report.original_message_id.as_deref().unwrap_or("?");
            format!("delivery of {id}: {}", each.collect::<Vec<_>>().join("; "))
        }
        Report::Disposition(report) => format!(
            "disposition of {}: {} {} ({})",
            report.original_message_id.as_deref().unwrap_or("?"),
            report.final_recipient.as_deref().unwrap_or("?"),
            report.disposition,
            report.mode
        ),
    }
}
