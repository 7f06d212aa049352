//! Null characters in the texts of a mail: nobody typed them, they show nothing, and PostgreSQL keeps no text with one.

use crate::domain::address::NamedAddress;
use crate::mail::incoming::IncomingMail;

/// Takes them out of every text; the files keep their bytes.
pub(super) fn strip(mail: &mut IncomingMail) {
    let ids = mail.message_id.iter_mut().chain(&mut mail.in_reply_to).chain(&mut mail.references);
    ids.for_each(clean);
    [&mut mail.subject, &mut mail.base_subject].into_iter().for_each(clean);
    let text = &mut mail.text;
    [&mut text.new_text, &mut text.quotation, &mut text.signature].into_iter().for_each(clean);
    if let Some(rich) = &mut mail.rich {
        let text = &mut rich.text;
        [&mut rich.markup, &mut text.new_text, &mut text.quotation, &mut text.signature]
            .into_iter()
            .for_each(clean);
    }
    for event in &mut mail.notes.events {
        [&mut event.summary, &mut event.when, &mut event.place].into_iter().for_each(clean);
    }
    if let Some(answer) = &mut mail.invitation_answer {
        [&mut answer.title, &mut answer.when, &mut answer.comment].into_iter().for_each(clean);
    }
    for people in [&mut mail.from, &mut mail.to, &mut mail.cc, &mut mail.reply_to] {
        names(people);
    }
    mail.problems.iter_mut().for_each(|problem| clean(&mut problem.0));
    if let Some(inner) = &mut mail.forwarded {
        [&mut inner.subject, &mut inner.text].into_iter().for_each(clean);
        inner.from.iter_mut().for_each(|from| names(std::slice::from_mut(from)));
        names(&mut inner.to);
        names(&mut inner.cc);
    }
}

fn names(people: &mut [NamedAddress]) {
    people.iter_mut().filter_map(|person| person.name.as_mut()).for_each(clean);
}

fn clean(text: &mut String) {
    if text.contains('\0') {
        text.retain(|c| c != '\0');
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_text_of_a_mail_holds_a_null_character() {
        let raw = b"From: =?utf-8?q?An=00na?= <anna@corp.example>\r\nSubject: =?utf-8?q?Bud=00get?=\r\n\
            Message-ID: <a\0b@corp.example>\r\n\r\nHel\0lo\r\n";
        let mail = super::super::parse(raw).unwrap();
        assert!(!format!("{mail:?}").contains("\\0"), "{mail:?}");
        assert_eq!(mail.text.new_text.trim(), "Hello");
    }
}
