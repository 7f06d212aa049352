//! What is shown of a mail and of a thread. The keys are an interface: scripts of admins read them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::Unopened;
use crate::domain::address::NamedAddress;
use crate::mail::incoming::{
    DeliveryReport, DispositionReport, FailureClass, Forwarded, IncomingFile, IncomingMail, RecipientReport,
    Report,
};
use crate::mail::threading::BuiltThread;

#[derive(Serialize, Default)]
pub struct MailLine {
    file: String,
    message_id: Option<String>,
    in_reply_to: Vec<String>,
    references: Vec<String>,
    date_ms: Option<i64>,
    subject: String,
    base_subject: String,
    from: Vec<Value>,
    to: Vec<Value>,
    cc: Vec<Value>,
    reply_to: Vec<Value>,
    automatic: Option<Value>,
    report: Option<Value>,
    new_text: String,
    quotation: String,
    signature: String,
    forwarded: Option<Value>,
    html: String,
    files: Vec<Value>,
    problems: Vec<String>,
}

/// A line for a mail; for one that can't be opened with the reason first, and what its header tells.
pub fn mail(file: &Path, mail: &Result<IncomingMail, Unopened>) -> MailLine {
    match mail {
        Ok(mail) => line(file, mail),
        Err(Unopened { why, head: Some(head) }) => {
            let mut line = line(file, head);
            line.problems.insert(0, why.clone());
            line
        }
        Err(Unopened { why, head: None }) => unreadable(file, why),
    }
}

fn line(file: &Path, mail: &IncomingMail) -> MailLine {
    MailLine {
        file: file.to_string_lossy().into_owned(),
        message_id: mail.message_id.clone(),
        in_reply_to: mail.in_reply_to.clone(),
        references: mail.references.clone(),
        date_ms: mail.date.map(|date| date.millis()),
        subject: mail.subject.clone(),
        base_subject: mail.base_subject.clone(),
        from: people(&mail.from),
        to: people(&mail.to),
        cc: people(&mail.cc),
        reply_to: people(&mail.reply_to),
        automatic: mail.automatic.as_ref().map(|automatic| json!({ "why": automatic.why })),
        report: mail.report.as_ref().map(report),
        new_text: mail.text.new_text.clone(),
        quotation: mail.text.quotation.clone(),
        signature: mail.text.signature.clone(),
        forwarded: mail.forwarded.as_ref().map(forwarded),
        html: mail.html.as_str().to_owned(),
        files: mail.files.iter().map(file_of).collect(),
        problems: mail.problems.iter().map(|problem| problem.0.clone()).collect(),
    }
}

/// A line for what could not be read.
pub fn unreadable(file: &Path, why: &str) -> MailLine {
    let file = file.to_string_lossy().into_owned();
    MailLine { file, problems: vec![why.to_owned()], ..MailLine::default() }
}

fn person(named: &NamedAddress) -> Value {
    json!({ "name": named.name, "address": named.address.as_str() })
}

fn people(list: &[NamedAddress]) -> Vec<Value> {
    list.iter().map(person).collect()
}

fn file_of(file: &IncomingFile) -> Value {
    json!({ "name": file.name.as_str(), "type": file.media_type, "size": file.bytes.len(), "inline": file.inline })
}

fn forwarded(inner: &Forwarded) -> Value {
    json!({
        "from": inner.from.as_ref().map(person),
        "to": people(&inner.to),
        "cc": people(&inner.cc),
        "subject": inner.subject,
        "text": inner.text,
    })
}

fn report(report: &Report) -> Value {
    match report {
        Report::Delivery(DeliveryReport { original_message_id, recipients, .. }) => json!({
            "kind": "dsn",
            "original_message_id": original_message_id,
            "recipients": recipients.iter().map(recipient).collect::<Vec<_>>(),
        }),
        Report::Disposition(DispositionReport {
            original_message_id,
            final_recipient,
            disposition,
            mode,
        }) => json!({
            "kind": "mdn",
            "original_message_id": original_message_id,
            "final_recipient": final_recipient,
            "disposition": disposition,
            "mode": mode,
        }),
    }
}

fn recipient(of: &RecipientReport) -> Value {
    let class = match of.class {
        FailureClass::Hard => "hard",
        FailureClass::Soft => "soft",
        FailureClass::Full => "full",
        FailureClass::Policy => "policy",
        FailureClass::Unknown => "unknown",
    };
    json!({
        "final_recipient": of.final_recipient,
        "original_recipient": of.original_recipient,
        "action": of.action,
        "status": of.status,
        "class": class,
        "diagnostic": of.diagnostic,
    })
}

#[derive(Serialize)]
pub struct ThreadLine<'t> {
    topic: &'t str,
    mails: &'t [String],
    parents: &'t BTreeMap<String, String>,
    members: Vec<Value>,
}

/// A line for a thread.
pub fn thread(thread: &BuiltThread) -> ThreadLine<'_> {
    let members = thread.participants.iter().map(|p| {
        json!({ "name": p.name, "address": p.address.as_str(), "from": p.seen.from, "to": p.seen.to, "cc": p.seen.cc })
    });
    ThreadLine {
        topic: &thread.topic,
        mails: &thread.mails,
        parents: &thread.parents,
        members: members.collect(),
    }
}
