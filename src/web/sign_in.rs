//! Sign-in by a link in a mail: ask, wait or type the code, press the button behind the link. A GET never signs in,
//! since mail scanners open every link.

use askama::Template;
use askama_web::WebTemplate;

use super::filters;
use super::view::View;

/// "What is your address?"
#[derive(Template, WebTemplate)]
#[template(path = "sign_in/ask.html")]
pub struct AskPage {
    pub view: View,
    pub address: String,
    /// Where to go afterwards.
    pub next: String,
    pub problem: Option<String>,
}

/// "Look into your mail", with a field for the code.
#[derive(Template, WebTemplate)]
#[template(path = "sign_in/waiting.html")]
pub struct WaitingPage {
    pub view: View,
    pub address: String,
    pub problem: Option<String>,
}

/// What the link of the mail opens.
#[derive(Template, WebTemplate)]
#[template(path = "sign_in/link.html")]
pub struct LinkPage {
    pub view: View,
    pub token: String,
    pub state: SignInLink,
}

/// What a sign-in link is good for in this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInLink {
    Usable {
        name: String,
    },
    /// It was asked for in another browser.
    OtherBrowser,
    Expired,
}
