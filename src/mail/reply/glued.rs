//! "On ... wrote:" and the quotation on one line, as programs write it that lose the line ends of HTML.

use std::borrow::Cow;

use super::introduction::{
    begins_like_one, begins_with_starter, ends_with_verb, has_time, has_year, introduces, is_verb,
};
use super::{MOST_LINES, in_code, is_quoted};

/// An introduction is not longer, so its colon stands within so many bytes of a line.
const LONGEST: usize = 1_000;
/// Colons of a line that are looked at, sentences of it that may begin an introduction, and places of a text that are
/// looked at closely: hostile texts have thousands.
const MOST_COLONS: usize = 20;
const MOST_STARTS: usize = 8;
const MOST_PLACES: usize = 60;

/// The text with a line end on both sides of the first introduction that a line holds together with other text.
pub fn parted(text: &str) -> Cow<'_, str> {
    let lines: Vec<&str> = text.split('\n').collect();
    let code = in_code(&lines);
    let typed = |at: &usize| !code[*at] && !is_quoted(lines[*at]);
    let places = (0..lines.len().min(MOST_LINES))
        .filter(typed)
        .flat_map(|at| places_in(lines[at]).map(move |end| (at, end)));
    let found = places.take(MOST_PLACES).find_map(|(at, end)| Some((at, introduction(lines[at], end)?, end)));
    let Some((number, start, end)) = found else { return Cow::Borrowed(text) };
    let line = lines[number];
    let parts = [line[..start].trim_end(), &line[start..end], line[end..].trim_start()];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    let all: Vec<&str> =
        lines[..number].iter().copied().chain(parts).chain(lines[number + 1..].iter().copied()).collect();
    Cow::Owned(all.join("\n"))
}

/// The places behind a colon of a line where an introduction could end and a quotation begin.
fn places_in(line: &str) -> impl Iterator<Item = usize> {
    let signs = line.char_indices().take_while(|(at, _)| *at < LONGEST);
    let colons = signs.filter(|(_, c)| matches!(c, ':' | '：')).take(MOST_COLONS);
    colons.map(|(at, c)| at + c.len_utf8()).filter(|end| {
        let tail = line[*end..].trim_start();
        !tail.is_empty() && (is_quoted(tail) || names_author(&line[..*end]))
    })
}

/// Ends with "wrote:".
fn names_author(head: &str) -> bool {
    let last = head.char_indices().rev().nth(40).map_or(0, |(at, _)| at);
    ends_with_verb(&head[last..].to_lowercase())
}

/// Where the introduction begins that ends here. What follows is surely a quotation if it begins with `>`; otherwise the
/// introduction must begin the line and name time, year and address, since people cite as well.
fn introduction(line: &str, end: usize) -> Option<usize> {
    let (head, quoted) = (&line[..end], is_quoted(line[end..].trim_start()));
    // The end of an introduction that was folded.
    if quoted && is_verb(&head.to_lowercase()) {
        return Some(0);
    }
    // "Agreed. On Monday ...": the first word could be a day's short name, but the second sentence begins like one.
    let mut starts = starts(head);
    starts.drain(..starts.len().saturating_sub(MOST_STARTS));
    starts.retain(|at| is_introduction(&head[*at..]));
    let start = starts.iter().rfind(|at| begins_with_starter(&head[**at..])).or(starts.first()).copied()?;
    let sure = start == 0 && names_author(head) && head.contains('@') && has_time(head) && has_year(head);
    (quoted || sure).then_some(start)
}

fn is_introduction(text: &str) -> bool {
    introduces(text.trim()) && begins_like_one(text)
}

/// The beginning of the line, and of each sentence in it.
fn starts(head: &str) -> Vec<usize> {
    let ends = head.match_indices(['.', '!', '?', '。', '！', '？', ')', '）']);
    let after = ends.filter_map(|(at, sign)| {
        let rest = &head[at + sign.len()..];
        let bare = rest.trim_start();
        // A point inside of a word ends no sentence; Chinese needs no space.
        (bare.len() < rest.len() || !sign.is_ascii()).then(|| head.len() - bare.len())
    });
    std::iter::once(0).chain(after).collect()
}
