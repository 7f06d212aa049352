//! The languages mailmoot speaks.

use serde::{Deserialize, Serialize};

/// A complete language: pages, mails, errors and command line exist in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text")]
pub enum Language {
    #[default]
    #[serde(rename = "en")]
    #[sqlx(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    #[sqlx(rename = "zh-CN")]
    Chinese,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The BCP 47 tag, for `lang=` and `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The name of the language in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
        }
    }

    /// The language of a BCP 47 tag such as `zh`, `zh-Hans-CN` or `en-GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.trim().split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The best of ours for an `Accept-Language` header (RFC 9110 12.5.4); English if none fits.
    pub fn from_accept_language(header: &str) -> Self {
        let mut wishes: Vec<(f32, Self)> = header.split(',').filter_map(wish).collect();
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
        wishes.first().map_or(Self::default(), |(_, language)| *language)
    }
}

/// One element of `Accept-Language`: its weight and our language, unless it is refused or not ours.
fn wish(element: &str) -> Option<(f32, Language)> {
    let (tag, weight) = element.split_once(";q=").unwrap_or((element, "1"));
    let weight: f32 = weight.trim().parse().ok()?;
    (weight > 0.0).then_some(())?;
    Some((weight, Language::from_tag(tag)?))
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_browsers_first_wish_among_ours_wins() {
        for (header, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("de,en;q=0.7,zh;q=0.9", Language::Chinese),
            ("en;q=0.1,zh;q=0", Language::English),
            ("fr", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::from_accept_language(header), language, "{header}");
        }
    }
}
