use askama::Template;

use super::samples;
use crate::domain::language::Language;

type Rendered = (&'static str, String);

/// Every page with its sample.
fn pages(language: Language) -> Vec<Rendered> {
    vec![
        ("home", samples::home_page(language).render().unwrap()),
        ("group", samples::group_page(language).render().unwrap()),
    ]
}

/// Renders every page; with MAILMOOT_PAGES=folder the pages are left there to look at.
#[test]
fn every_page_can_be_rendered_in_every_language() {
    for language in Language::ALL {
        for (name, html) in pages(language) {
            assert!(html.contains(&format!("<html lang=\"{}\"", language.tag())), "{name}");
            assert!(
                !html.contains(" style=\"") && !html.contains("<style"),
                "{name}: the CSP allows no inline style"
            );
            assert!(!html.contains("onclick="), "{name}: the CSP allows no inline script");
            if let Some(folder) = std::env::var_os("MAILMOOT_PAGES") {
                let file = std::path::Path::new(&folder).join(format!("{name}.{}.html", language.tag()));
                std::fs::write(file, html).unwrap();
            }
        }
    }
}

/// `|safe` would let any text through; `|markup` takes only what the sanitiser made.
#[test]
fn no_template_trusts_a_text() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "html") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("|safe") && !text.contains("| safe"), "{}", path.display());
            }
        }
    }
}
