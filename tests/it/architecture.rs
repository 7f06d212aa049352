//! The house's import rules: down only, no circles, and some crates in one room only.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Module and its layer. Modules of one layer may not use each other.
const LAYERS: &[(&str, u8)] = &[
    ("domain", 0),
    ("clock", 0),
    ("texts", 0),
    ("mail", 1),
    ("store", 2),
    ("hub", 2),
    ("files", 2),
    ("transport", 2),
    ("directory", 2),
    ("actions", 3),
    ("config", 4),
    ("web", 5),
    ("workers", 5),
    ("app", 6),
    ("demo", 7),
    ("backup", 7),
    ("cli", 8),
];
/// Modules of one layer that may use each other: those of layer 0 (ids have a clock).
const FRIENDS: &[u8] = &[0];

/// A text that may stand only in files whose path begins so.
const ROOMS: &[(&str, &[&str])] = &[
    ("axum", &["web/", "app/"]),
    ("hyper::", &["web/slow_body.rs", "app/"]),
    ("hyper_util::", &["app/"]),
    ("tokio_io_timeout::", &["app/"]),
    ("mail_auth::", &["mail/", "transport/"]),
    ("mail_parser::", &["mail/"]),
    ("lettre::", &["mail/", "transport/"]),
    ("async_imap::", &["transport/"]),
    (
        "reqwest::",
        &[
            "transport/carddav.rs",
            "transport/guard.rs",
            "transport/web_push/",
            "transport/webhook.rs",
            "transport/check/pages.rs",
            "transport/openid/",
            "transport/discover/autoconfig.rs",
        ],
    ),
    ("roxmltree::", &["transport/discover/"]),
    ("ldap3::", &["transport/ldap/"]),
    ("libdav::", &["transport/carddav.rs"]),
    ("x509_parser::", &["transport/stream.rs"]),
    ("prometheus_client::", &["actions/meters.rs", "web/metrics.rs"]),
    ("rustix::", &["files/"]),
    ("openidconnect::", &["transport/openid/"]),
    ("oauth2::", &["transport/oauth/"]),
    ("krilla::", &["mail/share/pdf/"]),
    ("parley::", &["mail/share/pdf/", "files/fonts.rs"]),
    ("web_push_native::", &["transport/web_push/"]),
    ("SafeHtml::from_sanitiser(", &["mail/sanitize.rs", "domain/safe_html.rs"]),
    ("zip::", &["files/archive.rs"]),
    (".write(async", &["actions/"]),
    ("sqlx::query", &["store/"]),
];

struct Source {
    /// Below `src/`, with `/`.
    path: String,
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let below = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                let module = below.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
                found.push(Source {
                    text: code_of(&fs::read_to_string(&path).unwrap()),
                    path: below,
                    module,
                });
            }
        }
    }
    found
}

/// The text without comment lines.
fn code_of(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The first segments after `crate::` in a file, those of `use crate::{a, b}` too.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with('$') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap();
                found.extend(list.split(',').map(|name| first_segment(name.trim())));
            }
            None => found.push(first_segment(rest)),
        }
    }
    found
}

fn first_segment(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn imports_go_down_only() {
    let layers: BTreeMap<&str, u8> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| s.module != "lib" && s.module != "main") {
        let Some(own) = layers.get(source.module.as_str()) else {
            panic!("{}: the module stands in no layer", source.path)
        };
        for import in imports(&source.text) {
            let Some(other) = layers.get(import.as_str()) else { continue };
            let allowed = import == source.module || other < own || (other == own && FRIENDS.contains(own));
            if !allowed {
                wrong.push(format!("{} uses crate::{import}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "upward or sideways imports:\n{}", wrong.join("\n"));
}

#[test]
fn crates_and_powers_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (text, rooms) in ROOMS {
            if source.text.contains(text) && !rooms.iter().any(|room| source.path.starts_with(room)) {
                wrong.push(format!("{} names {text}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "out of their rooms:\n{}", wrong.join("\n"));
}
