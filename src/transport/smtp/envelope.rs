//! Whom a mail goes to, and which reports its sender asks for (RFC 3461).

use lettre::transport::smtp::extension::{MailParameter, RcptParameter};

use crate::domain::address::EmailAddress;

/// One recipient, and where reports about the mail come to.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// `None` is the null return path of RFC 5321 4.5.5, for mails that must not be answered automatically.
    pub from: Option<&'a EmailAddress>,
    pub to: &'a EmailAddress,
    /// What is asked of servers that offer DSN; others report failures as they like.
    pub reports: Option<Reports<'a>>,
}

/// The reports that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Reports<'a> {
    /// Comes back in each of them as Original-Envelope-Id: printable ASCII, up to 100 characters (RFC 3461 4.4).
    pub envelope_id: &'a str,
    /// Also of the arrival in the recipient's mailbox, not only of failures and delays.
    pub success: bool,
}

impl<'a> Envelope<'a> {
    /// Without asking for reports.
    pub fn new(from: Option<&'a EmailAddress>, to: &'a EmailAddress) -> Self {
        Self { from, to, reports: None }
    }

    /// Whether one of its addresses has letters beyond ASCII, which few servers take.
    pub(super) fn is_foreign(&self) -> bool {
        !self.to.as_str().is_ascii() || self.from.is_some_and(|from| !from.as_str().is_ascii())
    }
}

impl Reports<'_> {
    /// Of MAIL: only the headers come back (RFC 3461 4.3), and the id. The library writes values as xtext.
    pub(super) fn of_mail(&self) -> Vec<MailParameter> {
        let parameter = |keyword: &str, value: &str| MailParameter::Other {
            keyword: keyword.to_owned(),
            value: Some(value.to_owned()),
        };
        vec![parameter("RET", "HDRS"), parameter("ENVID", self.envelope_id)]
    }

    /// Of RCPT: what is reported (RFC 3461 4.1), and the address as we know it, which stays the same when servers on the
    /// way send the mail on to another one (RFC 3461 4.2). One with letters beyond ASCII is not written as an original
    /// recipient: its own type (RFC 6533 3) is known to few.
    pub(super) fn of_recipient(&self, to: &EmailAddress) -> Vec<RcptParameter> {
        let parameter = |keyword: &str, value: String| RcptParameter::Other {
            keyword: keyword.to_owned(),
            value: Some(value),
        };
        let notify = if self.success { "SUCCESS,FAILURE,DELAY" } else { "FAILURE,DELAY" };
        let mut parameters = vec![parameter("NOTIFY", notify.to_owned())];
        if to.as_str().is_ascii() {
            parameters.push(parameter("ORCPT", format!("rfc822;{to}")));
        }
        parameters
    }
}
