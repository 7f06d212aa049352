//! Files where people look for them: in the list of a group, and with the places where one is used.

use sqlx::FromRow;

use super::{FILE, FileRow};
use crate::domain::file::{File, Kind};
use crate::domain::ids::{FileId, GroupId, PersonId};
use crate::domain::time::Timestamp;
use crate::store::sql::built;
use crate::store::tx::on;
use crate::store::{Result, Tx};

/// A place in the list of a group's files: the message's number, and the file's rank in it.
pub type Place = (i64, i64);

/// Which files of a group; `None` takes all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub kind: Option<Kind>,
    pub author: Option<PersonId>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// A file in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    pub file: File,
    pub at: Place,
    pub author_id: Option<PersonId>,
    pub author: String,
    pub posted_at: Timestamp,
}

/// Where a file is used, as one of those sees it who may.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Use {
    pub group_id: GroupId,
    pub topic: String,
    pub seq: i64,
    pub author_name: String,
    pub posted_at: Timestamp,
}

#[derive(FromRow)]
struct SharedRow {
    #[sqlx(flatten)]
    file: FileRow,
    seq: i64,
    rank: i64,
    author_id: Option<PersonId>,
    author_name: String,
    posted_at: Timestamp,
}

/// Up to `limit` files of a group's messages from number `first_seq` on, those before a place, the newest first. One
/// statement.
pub async fn list(
    tx: &mut Tx,
    (group, first_seq): (GroupId, i64),
    filter: Filter,
    before: Option<Place>,
    limit: i64,
) -> Result<Vec<Shared>> {
    let text = format!(
        "SELECT {FILE}, u.seq, u.rank, m.author_id, m.author_name, m.posted_at
         FROM message_files u JOIN files f ON f.id = u.file_id JOIN messages m ON m.id = u.message_id
         WHERE u.group_id = $1 AND u.seq >= $2 AND (u.seq, u.rank) < ($3, $4)
         AND m.posted_at >= $5 AND m.posted_at < $6 AND ($7 IS NULL OR m.author_id = $7) AND ({})
         ORDER BY u.seq DESC, u.rank DESC LIMIT $8",
        filter.kind.map_or_else(|| "TRUE".to_owned(), condition)
    );
    let (seq, rank) = before.unwrap_or((i64::MAX, 0));
    let rows: Vec<SharedRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(group)
        .bind(first_seq)
        .bind(seq)
        .bind(rank)
        .bind(filter.since.map_or(i64::MIN, Timestamp::millis))
        .bind(filter.until.map_or(i64::MAX, Timestamp::millis))
        .bind(filter.author)
        .bind(limit)
        .fetch_all(conn)
        .await)?;
    Ok(rows.into_iter().map(Shared::from).collect())
}

const PICTURES: &str = "f.media_type LIKE 'image/%'";
const RECORDINGS: &str = "f.media_type LIKE 'audio/%' OR f.media_type LIKE 'video/%'";
/// What offices write, in the formats of both families.
const DOCUMENTS: &str = "f.media_type LIKE 'text/%' OR f.media_type LIKE 'application/vnd.openxmlformats%'
     OR f.media_type LIKE 'application/vnd.oasis.opendocument%' OR f.media_type IN ('application/pdf',
     'application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint', 'application/rtf',
     'application/json', 'application/epub+zip', 'message/rfc822')";

fn condition(kind: Kind) -> String {
    match kind {
        Kind::Picture => PICTURES.to_owned(),
        Kind::Recording => RECORDINGS.to_owned(),
        Kind::Document => DOCUMENTS.to_owned(),
        Kind::Other => format!("NOT ({PICTURES} OR {RECORDINGS} OR {DOCUMENTS})"),
    }
}

/// Where this person sees a file used, the first use first, up to `limit`. One statement.
pub async fn list_uses(tx: &mut Tx, id: FileId, person: PersonId, limit: i64) -> Result<Vec<Use>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT g.id AS group_id, g.topic, u.seq, m.author_name, m.posted_at FROM message_files u
         JOIN members p ON p.group_id = u.group_id AND p.person_id = $2 AND p.first_seq <= u.seq
         JOIN groups g ON g.id = u.group_id JOIN messages m ON m.id = u.message_id
         WHERE u.file_id = $1 ORDER BY m.posted_at, m.id LIMIT $3")
        .bind(id).bind(person).bind(limit).fetch_all(conn).await)?)
}

impl From<SharedRow> for Shared {
    fn from(row: SharedRow) -> Self {
        Self {
            file: File::from(row.file),
            at: (row.seq, row.rank),
            author_id: row.author_id,
            author: row.author_name,
            posted_at: row.posted_at,
        }
    }
}
