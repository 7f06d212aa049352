//! Placeholders for statements over many rows, so that a list costs one statement whatever its length.

use sqlx::AssertSqlSafe;

use super::Tx;

/// `($1, $2), ($3, $4)` for 2 rows of 2 columns.
pub(super) fn tuples(rows: usize, columns: usize) -> String {
    let row = |r: usize| {
        let cells: Vec<String> = (1..=columns).map(|c| format!("${}", r * columns + c)).collect();
        format!("({})", cells.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// `$3, $4, $5` for the first number 3 and 3 places. Never empty: SQL knows no empty list, so no place becomes `NULL`.
pub(super) fn places(first: usize, count: usize) -> String {
    if count == 0 {
        return "NULL".to_owned();
    }
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// Ends a reading of rows that nobody else may change until this transaction ends. PostgreSQL only: SQLite has one writer.
///
/// Not `FOR UPDATE`: that would let even a row that only refers to one of these wait (a foreign key's check), and two
/// transactions that each hold what the other refers to would wait for ever.
pub(super) fn held(tx: &Tx) -> &'static str {
    if tx.is_postgres() { " FOR NO KEY UPDATE" } else { "" }
}

/// A statement put together from constants and placeholders only.
pub(super) fn built(text: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(text)
}

/// How many rows a statement with many columns may take (SQLite allows 32,766 placeholders).
pub(super) const ROWS: usize = 2_000;

/// A text to find anywhere, as a LIKE pattern with `\` as escape character; in lower case.
pub(super) fn containing(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in word.to_lowercase().chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Longer words are cut: SQLite refuses patterns of more than 50,000 bytes.
const LONGEST_WORD: usize = 200;

/// The first four words of a search as LIKE patterns; what is missing matches all.
pub(super) fn four_words(query: &str) -> [String; 4] {
    let cut = |word: &str| containing(&word.chars().take(LONGEST_WORD).collect::<String>());
    let mut words = query.split_whitespace().map(cut);
    std::array::from_fn(|_| words.next().unwrap_or_else(|| "%".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_counted_through() {
        assert_eq!(tuples(2, 2), "($1, $2), ($3, $4)");
        assert_eq!(places(3, 2), "$3, $4");
        assert_eq!(places(1, 0), "NULL");
    }

    #[test]
    fn a_search_for_a_percent_sign_finds_percent_signs() {
        assert_eq!(four_words("100% An_na"), ["%100\\%%", "%an\\_na%", "%", "%"]);
    }
}
