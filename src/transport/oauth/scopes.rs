//! What was asked for and not given (RFC 6749 3.3 and 5.1).

/// Scopes that providers take note of and never say again: those that only concern the refresh token or the ID token.
const UNSAID: [&str; 4] = ["offline_access", "openid", "profile", "email"];

/// Of what was asked for, what is not among what was given. All was given where the provider does not say (RFC 6749 5.1); names have no
/// case here, and some providers say only what stands behind the last slash.
pub fn lacking<'a>(asked: &'a [String], given: &[String]) -> Vec<&'a str> {
    let end = |scope: &str| scope.rsplit('/').next().unwrap_or_default().to_lowercase();
    let is_given = |one: &str| {
        given.iter().any(|given| {
            given.eq_ignore_ascii_case(one) || (!given.contains('/') && given.to_lowercase() == end(one))
        })
    };
    let said = |one: &&str| !given.is_empty() && is_said(one);
    asked.iter().map(String::as_str).filter(said).filter(|one| !is_given(one)).collect()
}

/// Whether none of what was asked for was given.
pub fn all_lacking(asked: &[String], given: &[String]) -> bool {
    let lacks = lacking(asked, given).len();
    lacks > 0 && lacks == asked.iter().filter(|one| is_said(one)).count()
}

/// Those that stand for others are never said again either.
fn is_said(scope: &str) -> bool {
    !UNSAID.contains(&scope) && !scope.ends_with("/.default")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_not_given_is_told_and_nothing_else() {
        const OUTLOOK: &str = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access";
        for (asked, given, expected) in [
            ("mail offline_access", "openid mail", ""),
            ("mail offline_access", "openid email profile", "mail"),
            ("mail offline_access", "", ""),
            (OUTLOOK, "https://outlook.office.com/imap.accessasuser.all", ""),
            (OUTLOOK, "email IMAP.AccessAsUser.All", ""),
            (OUTLOOK, "email User.Read", "https://outlook.office.com/IMAP.AccessAsUser.All"),
            ("https://outlook.office365.com/.default", "https://outlook.office365.com/IMAP.AccessAsApp", ""),
            ("https://mail.google.com/", "openid https://mail.google.com/", ""),
            ("https://mail.google.com/", "openid", "https://mail.google.com/"),
        ] {
            let asked_of = words(asked);
            let lacking = lacking(&asked_of, &words(given));
            assert_eq!(lacking.join(" "), expected, "{asked} / {given}");
            assert_eq!(all_lacking(&asked_of, &words(given)), !expected.is_empty());
        }
        // Some of them may be enough; the mail server knows.
        assert!(!all_lacking(&words("mail calendar"), &words("mail")));
    }
}
