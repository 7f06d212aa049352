//! What messengers write into mails, and only they: reactions (RFC 9078, and Gmail's own form), edits, and the lines above
//! an answer that say what it answers. Delta Chat marks its mails by `Chat-Version`.

use super::headers::Headers;
use super::incoming::{IncomingMail, InternetMessageId};

/// A part whose content is emojis about the mail that is answered (RFC 9078 3); Gmail's are JSON.
pub const GMAIL_REACTION: &str = "text/vnd.google.email-reaction+json";
/// Emojis heeded in one reaction.
const MOST_EMOJIS: usize = 12;
/// What Delta Chat writes before the new text of an edited message, for programs that know no edits.
const PENCIL: &str = "✏\u{fe0f}";

/// What a mail is to a messenger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chat {
    /// A messenger wrote it.
    pub by_messenger: bool,
    /// The mail of the same author whose text this one's takes the place of.
    pub edits: Option<InternetMessageId>,
    /// It says nothing but this about the mail it answers. Empty when a reaction is taken back.
    pub reaction: Option<Vec<String>>,
    /// It quotes the message that it answers: an answer to that one, not only to the last.
    pub quotes: bool,
}

/// What the headers tell.
pub fn of_headers(headers: &Headers) -> Chat {
    let id = |value: &str| value.trim().trim_matches(['<', '>']).to_owned();
    Chat {
        by_messenger: headers.has("Chat-Version"),
        edits: headers.get("Chat-Edit").map(id).filter(|id| !id.is_empty()),
        ..Chat::default()
    }
}

/// The emojis of a part with `Content-Disposition: reaction` (RFC 9078 3: separated by white space).
pub fn emojis_of(text: &str) -> Vec<String> {
    text.split_whitespace().take(MOST_EMOJIS).map(str::to_owned).collect()
}

/// The emoji of a part of type [`GMAIL_REACTION`].
pub fn emoji_of_gmail(json: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Reaction {
        emoji: String,
    }
    serde_json::from_str::<Reaction>(json).ok().map(|reaction| reaction.emoji)
}

/// Takes the quotation off that a messenger puts above what was typed, and its sign of an edit.
pub fn settle(mail: &mut IncomingMail) {
    if !mail.chat.by_messenger {
        return;
    }
    let (quoted, own) = parted(&mail.text.new_text);
    if !own.is_empty() && !quoted.is_empty() {
        mail.chat.quotes = mail.chat.edits.is_none();
        mail.text.quotation = [quoted.as_str(), &mail.text.quotation].join("\n\n").trim_end().to_owned();
        mail.text.new_text = own;
    }
    if mail.chat.edits.is_some()
        && let Some(own) = mail.text.new_text.strip_prefix(PENCIL)
    {
        mail.text.new_text = own.trim_start().to_owned();
    }
}

/// The quoted lines at the top, and what stands below them.
fn parted(text: &str) -> (String, String) {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().position(|line| !line.starts_with('>')).unwrap_or(lines.len());
    let (quoted, own) = lines.split_at(end);
    (quoted.join("\n"), own.join("\n").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::incoming::ReplyText;

    fn settled(headers: &str, text: &str) -> IncomingMail {
        let mut mail = IncomingMail {
            chat: of_headers(&Headers::of_text(headers)),
            text: ReplyText { new_text: text.to_owned(), ..ReplyText::default() },
            ..IncomingMail::default()
        };
        settle(&mut mail);
        mail
    }

    #[test]
    fn the_quotation_of_a_messenger_says_what_is_answered() {
        let mail = settled("Chat-Version: 1.0", "> Which lines?\n> All?\n\nThese two.\n> not this");
        assert_eq!(mail.text.new_text, "These two.\n> not this");
        assert_eq!((mail.text.quotation.as_str(), mail.chat.quotes), ("> Which lines?\n> All?", true));
        // Lines of a quotation alone are what was said.
        let alone = settled("Chat-Version: 1.0", "> Which lines?");
        assert_eq!((alone.text.new_text.as_str(), alone.chat.quotes), ("> Which lines?", false));
        // In a mail, answers between quoted lines keep the lines they answer.
        let mail = settled("Subject: Re", "> Which lines?\nThese.");
        assert_eq!((mail.text.new_text.as_str(), mail.chat.quotes), ("> Which lines?\nThese.", false));
    }

    #[test]
    fn an_edit_is_the_new_text() {
        let mail = settled("Chat-Version: 1.0\nChat-Edit: <a@localhost>", "> Old\n\n✏\u{fe0f}New ✏\u{fe0f}");
        assert_eq!((mail.text.new_text.as_str(), mail.chat.quotes), ("New ✏\u{fe0f}", false));
        assert_eq!(mail.chat.edits.as_deref(), Some("a@localhost"));
    }

    #[test]
    fn reactions_are_read_in_both_forms() {
        assert_eq!(emojis_of(" 👍 ❤️\r\n"), ["👍", "❤️"]);
        assert!(emojis_of("").is_empty());
        assert_eq!(emoji_of_gmail(r#"{"emoji":"💕","version":1}"#).as_deref(), Some("💕"));
        for broken in ["", "{}", "[]", r#"{"emoji":1}"#] {
            assert_eq!(emoji_of_gmail(broken), None, "{broken}");
        }
    }
}
