//! Where a page may lead afterwards: to paths of this server only.

/// The path, if it can only mean a page of this server; `/` otherwise. Browsers and web servers before us decode paths
/// and take dot segments and backslashes for what they look like (WHATWG URL 4.4), so what decodes to such is refused
/// as well, and so is what would have to be decoded twice.
pub fn own_path(path: &str) -> String {
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let safe = is_plain(&path[..end]) && !path.contains(|c: char| c.is_control() || c == '\\');
    if safe { path.to_owned() } else { "/".to_owned() }
}

fn is_plain(path: &str) -> bool {
    let Some(decoded) = decoded(path) else { return false };
    decoded.starts_with('/')
        && !decoded.contains("//")
        && !decoded.contains(|c: char| c.is_control() || matches!(c, '\\' | '%'))
        && !decoded.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Percent-encoding taken off once (RFC 3986 section 2.1); `None` if it is broken.
fn decoded(path: &str) -> Option<String> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => u8::try_from(digit(rest.next()?)? * 16 + digit(rest.next()?)?).ok()?,
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn one_is_led_to_pages_of_this_server_only() {
        for own in [
            "/",
            "/groups/1?before=2",
            "/threads?q=a//b/../c",
            "/mail-desk/anna.berg%40corp.example",
            "/threads?q=%E9%A2%84%2F%2F",
            "/files/...",
            "/groups/1#message-2",
        ] {
            assert_eq!(own_path(own), own);
        }
        for astray in [
            "",
            "groups",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/groups//evil.example",
            "/%2e%2e//evil.example",
            "/%2E%2E/%2fevil.example",
            "/../evil",
            "/groups/./1",
            "/groups/..",
            "/%5cevil.example",
            "/%2fevil.example",
            "/%252e%252e/",
            "/%09/evil.example",
            "/\t/evil.example",
            "/a?b\\c",
            "/%",
            "/%zz",
            "/%ff",
        ] {
            assert_eq!(own_path(astray), "/", "{astray}");
        }
    }
}
