//! Address books as CSV with a header (RFC 4180, and what spreadsheets make of it).

use csv::{ReaderBuilder, StringRecord};

use super::columns::{Column, columns_of};
use super::{Book, BookError, Trouble, field};
use crate::domain::person::Entry;

/// A header with more columns than this is none.
const MOST_COLUMNS: usize = 1_000;

/// Reads everybody. Rows may be shorter or longer than the header.
pub(super) fn read(text: &str) -> Result<Book, BookError> {
    let (text, delimiter, skipped) = dialect(text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut book = Book::default();
    let mut record = StringRecord::new();
    let mut columns: Option<Vec<Option<Column>>> = None;
    loop {
        let line = reader.position().line() + skipped;
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => {
                book.tell(line, "", Trouble::BadRow);
                continue;
            }
        }
        // Empty lines before a row count as lines, but the reader has its position before them.
        let empty = record.position().map_or(0, |at| empty_lines(text, at.byte()));
        let line = record.position().map_or(line, |at| at.line() + empty + skipped);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(columns) = &columns else {
            columns = Some(header(&record)?);
            continue;
        };
        let entry = entry(&record, columns, line, &mut book);
        if let Some(lines) = swallowed(&record, char::from(delimiter)) {
            book.tell(line, &entry.full_name, Trouble::Swallowed { lines });
        }
        if !book.take(line, entry) {
            break;
        }
    }
    Ok(book)
}

/// The text without Excel's first line `sep=;`, the delimiter, and how many lines were left out.
fn dialect(text: &str) -> (&str, u8, u64) {
    let text = text.trim_start_matches('\u{feff}');
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let said = first.trim_end_matches(['\r', '"']).trim_start_matches('"').strip_prefix("sep=");
    if let Some([delimiter @ (b',' | b';' | b'\t' | b'|')]) = said.map(str::as_bytes) {
        return (rest, *delimiter, 1);
    }
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: char| {
        let mut quoted = false;
        header
            .chars()
            .filter(|c| {
                quoted ^= *c == '"';
                !quoted && *c == delimiter
            })
            .count()
    };
    let best = [(',', b','), (';', b';'), ('\t', b'\t')]
        .into_iter()
        .max_by_key(|(c, byte)| (count(*c), *byte == b','));
    (text, best.map_or(b',', |(_, byte)| byte), 0)
}

fn empty_lines(text: &str, at: u64) -> u64 {
    let rest = usize::try_from(at).ok().and_then(|at| text.as_bytes().get(at..)).unwrap_or_default();
    rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count() as u64
}

fn header(record: &StringRecord) -> Result<Vec<Option<Column>>, BookError> {
    let names: Vec<&str> = record.iter().take(MOST_COLUMNS).collect();
    let columns = columns_of(&names);
    if columns.contains(&Some(Column::Address)) {
        return Ok(columns);
    }
    let columns = names.iter().take(10).map(|name| field::clipped(name, 30)).collect();
    Err(BookError::NoAddressColumn { columns })
}

fn entry(record: &StringRecord, columns: &[Option<Column>], line: u64, book: &mut Book) -> Entry {
    let mut entry = Entry::default();
    let (mut full, mut given, mut middle, mut family) = ("", "", "", "");
    let mut odd = Vec::new();
    for (cell, column) in record.iter().zip(columns) {
        let cell = cell.trim();
        let (Some(column), false) = (column, cell.is_empty()) else { continue };
        match column {
            Column::Full => first(&mut full, cell),
            Column::Given => first(&mut given, cell),
            Column::Middle => first(&mut middle, cell),
            Column::Family => first(&mut family, cell),
            Column::Address => {
                let (found, mut troubles) = field::addresses(cell);
                for address in found {
                    if !entry.addresses.contains(&address) {
                        entry.addresses.push(address);
                    }
                }
                odd.append(&mut troubles);
            }
            Column::Phone => add_phones(&mut entry.phones, cell),
            Column::Department if entry.department.is_empty() => entry.department = field::clean(cell),
            Column::Position if entry.position.is_empty() => entry.position = field::clean(cell),
            Column::Department | Column::Position => {}
        }
    }
    entry.full_name = match field::clean(full) {
        name if name.is_empty() => field::name_of(family, given, middle),
        name => name,
    };
    odd.into_iter().for_each(|trouble| book.tell(line, &entry.full_name, trouble));
    entry
}

/// How many lines stand in one cell, if some of them look like rows of their own: a quotation mark too many, or one that is
/// never closed, takes all up to the next one along.
fn swallowed(record: &StringRecord, delimiter: char) -> Option<usize> {
    let is_row = |line: &str| line.contains('@') && line.contains(delimiter);
    let cell = record.iter().find(|cell| cell.lines().skip(1).any(is_row))?;
    Some(cell.lines().count())
}

fn first<'a>(value: &mut &'a str, cell: &'a str) {
    if value.is_empty() {
        *value = cell;
    }
}

/// Google writes several numbers into one cell, with ` ::: ` between them.
fn add_phones(phones: &mut Vec<String>, cell: &str) {
    for phone in cell.split([';', '\n']).flat_map(|part| part.split(":::")).filter_map(field::phone) {
        if phones.len() < super::MOST_ADDRESSES && !phones.contains(&phone) {
            phones.push(phone);
        }
    }
}
