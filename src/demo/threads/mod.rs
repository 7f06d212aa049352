//! The mail threads of the invented company, and how a script becomes mails.

mod audit;
mod budget;
mod contract;
mod office;
mod visit;
mod warehouse;

use super::people::Who;
use super::samples::Sample;
use super::when::When;
use crate::domain::address::NamedAddress;
use crate::domain::time::Timestamp;
use crate::mail::compose::{OutgoingMail, compose};
use crate::mail::quoting::{self, Original, Program};

/// A thread: one mail after the other, each answering the one before.
#[derive(Debug)]
pub struct Script {
    /// Part of the Message-IDs.
    pub name: &'static str,
    pub subject: &'static str,
    pub mails: &'static [Line],
}

/// One mail of a thread.
#[derive(Debug)]
pub struct Line {
    pub from: Who,
    pub to: &'static [Who],
    pub cc: &'static [Who],
    pub when: When,
    pub text: &'static str,
    pub file: Option<Sample>,
}

/// A mail as it went round.
#[derive(Debug)]
pub struct ThreadMail {
    pub at: Timestamp,
    /// Everybody who got it.
    pub receivers: Vec<NamedAddress>,
    pub raw: Vec<u8>,
}

pub const BUDGET: &Script = &budget::SCRIPT;
pub const WAREHOUSE: &Script = &warehouse::SCRIPT;
pub const OFFICE: &Script = &office::SCRIPT;
pub const AUDIT: &Script = &audit::SCRIPT;
pub const CONTRACT: &Script = &contract::SCRIPT;
pub const VISIT: &Script = &visit::SCRIPT;

impl Script {
    /// The mails, each quoting the one before as its writer's program does.
    ///
    /// # Errors
    /// When a script holds what can't stand in a mail; a test keeps that.
    pub fn mails(&self, now: Timestamp) -> anyhow::Result<Vec<ThreadMail>> {
        let mut before: Option<Original> = None;
        let mut ids: Vec<String> = Vec::new();
        let mut mails = Vec::with_capacity(self.mails.len());
        for (n, line) in self.mails.iter().enumerate() {
            let (mail, original) = self.compose_line(line, before.as_ref(), &ids, now)?;
            mails.push(ThreadMail {
                at: original.date,
                receivers: mail.to.iter().chain(&mail.cc).cloned().collect(),
                raw: compose(&mail)?,
            });
            ids.push(self.message_id(n, line));
            before = Some(original);
        }
        Ok(mails)
    }

    fn compose_line(
        &self,
        line: &Line,
        before: Option<&Original>,
        ids: &[String],
        now: Timestamp,
    ) -> anyhow::Result<(OutgoingMail, Original)> {
        let writer = line.from.character();
        let mut text = line.text.trim().to_owned();
        let last = before.map(|b| quoting::quotation(writer.program, b));
        // Apple's and Mozilla's programs put the signature below the quotation only if told so.
        text = format!("{text}\n\n{}\n", writer.signature());
        if let Some(quotation) = &last {
            text = format!("{text}\n{quotation}\n");
        }
        let subject = match before {
            Some(_) => format!("{}{}", answer_mark(writer.program), self.subject),
            None => self.subject.to_owned(),
        };
        let original = Original {
            from: writer.named()?,
            to: all(line.to)?,
            cc: all(line.cc)?,
            subject: subject.clone(),
            date: line.when.before(now),
            text: text.clone(),
        };
        let mail = OutgoingMail {
            from: original.from.clone(),
            to: original.to.clone(),
            cc: original.cc.clone(),
            reply_to: None,
            subject,
            message_id: self.message_id(ids.len(), line),
            in_reply_to: ids.last().cloned().into_iter().collect(),
            references: ids.to_vec(),
            date: original.date,
            list: None,
            notify: None,
            auto_submitted: false,
            loop_mark: None,
            chat: false,
            text,
            html: None,
            files: line.file.map(Sample::attached).into_iter().collect(),
        };
        Ok((mail, original))
    }

    fn message_id(&self, n: usize, line: &Line) -> String {
        let domain = line.from.character().address.rsplit('@').next().unwrap_or_default();
        format!("{}.{}@{domain}", self.name, n + 1)
    }
}

fn all(who: &[Who]) -> anyhow::Result<Vec<NamedAddress>> {
    who.iter().map(|w| w.character().named()).collect()
}

fn answer_mark(program: Program) -> &'static str {
    match program {
        Program::Qq => "回复：",
        Program::OutlookChinese => "答复: ",
        Program::Outlook => "RE: ",
        Program::Gmail | Program::AppleMail | Program::Thunderbird => "Re: ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    #[test]
    fn every_mail_of_a_thread_is_understood_as_it_was_meant() {
        let now = Timestamp::from_millis(1_795_424_400_000);
        for script in [BUDGET, WAREHOUSE, OFFICE, AUDIT, CONTRACT, VISIT] {
            for (line, sent) in script.mails.iter().zip(script.mails(now).unwrap()) {
                let mail = parse(&sent.raw).unwrap();
                assert_eq!(mail.base_subject, script.subject);
                assert_eq!(mail.text.new_text, line.text.trim(), "{}", script.name);
                assert!(mail.text.signature.contains(line.from.character().full_name), "{}", script.name);
                assert!(mail.forwarded.is_none_or(|f| !f.marked), "{}", script.name);
                assert_eq!(mail.files.len(), usize::from(line.file.is_some()));
                assert!(sent.at < now);
            }
        }
    }
}
