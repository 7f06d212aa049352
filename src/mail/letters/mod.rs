use crate::domain::safe_html::SafeHtml;
use crate::texts::Texts;
pub struct SignInLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub link: &'a str,
    pub code: &'a str,
    pub minutes: i64,
}
pub struct DraftReadyLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub topic: &'a str,
    pub link: &'a str,
    pub members: usize,
    pub gateway: &'a str,
}
pub struct InvitationLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub inviter: &'a str,
    pub topic: &'a str,
    pub link: &'a str,
    pub members: &'a [InvitedMember],
    pub opening: Option<LetterMessage>,
    pub can_reply: bool,
    pub days: i64,
}
pub struct MessagesLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub topic: &'a str,
    pub link: &'a str,
    pub messages: &'a [LetterMessage],
    pub earlier: usize,
}
pub struct AnswerLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub subject: &'a str,
    pub why: &'a str,
    pub gateway: &'a str,
}
pub struct InvitedMember {
    pub name: String,
    pub detail: String,
}
pub struct LetterMessage {
    pub author: String,
    pub when: String,
    pub html: SafeHtml,
    pub text: String,
    pub note: Option<String>,
    pub files: Vec<LetterFile>,
}
pub struct LetterFile {
    pub name: String,
    pub size: String,
    pub link: String,
}
macro_rules! i {
    ($n:ident) => {
        impl $n<'_> {
            pub fn subject(&self) -> String {
                String::new()
            }
            pub fn text(&self) -> Result<String, askama::Error> {
                Ok(String::new())
            }
            pub fn html(&self) -> Result<String, askama::Error> {
                Ok(String::new())
            }
        }
    };
}
i!(SignInLetter);
i!(DraftReadyLetter);
i!(InvitationLetter);
i!(MessagesLetter);
i!(AnswerLetter);
