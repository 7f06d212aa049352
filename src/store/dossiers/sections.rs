//! What is known of one person, table by table: a list of what is read, and one function that reads it. Of what others
//! wrote there is the place alone, never the words.

use sqlx::Row;

use crate::domain::digest::Digest;
use crate::domain::dossier::{OwnFile, Section, Value};
use crate::domain::ids::{FileId, PersonId};
use crate::domain::time::Timestamp;
use crate::store::sql::built;
use crate::store::tx::on;
use crate::store::{Result, StoreError, Tx};

/// How a column is read: both databases give it as text.
#[derive(Clone, Copy)]
enum Kind {
    Id,
    At,
    Text,
    Number,
    Flag,
    Json,
}

use Kind::{At, Flag, Id, Json, Number, Text};

/// Name, what is read (`name=expression`, or the column of that name), and from where; `$1` is the person.
struct Known {
    name: &'static str,
    columns: &'static [(&'static str, &'static str, Kind)],
    from: &'static str,
}

/// In place of `MINE`: the addresses that are this person's, as they are compared.
const MINE: &str = "(SELECT address_key FROM person_addresses WHERE person_id = $1
    UNION SELECT address_key FROM address_claims WHERE person_id = $1 AND state = 'accepted')";

/// The topic of a group where this person is in it still; what it is called since they left is not theirs to know.
const TOPIC: &str =
    "(SELECT g.topic FROM groups g JOIN members own ON own.group_id = g.id AND own.person_id = $1
    WHERE g.id = x.group_id)";

const KNOWN: &[Known] = &[
    Known {
        name: "person",
        columns: &[
            ("id", "x.id", Id),
            ("full_name", "x.full_name", Text),
            ("department", "x.department", Text),
            ("position", "x.position", Text),
            ("origin", "x.origin", Text),
            ("created_at", "x.created_at", At),
            ("updated_at", "x.updated_at", At),
            ("departed_at", "x.departed_at", At),
        ],
        from: "persons x WHERE x.id = $1",
    },
    Known {
        name: "addresses",
        columns: &[("address", "x.address", Text)],
        from: "person_addresses x WHERE x.person_id = $1 ORDER BY x.rank, x.address_key",
    },
    Known {
        name: "phones",
        columns: &[("phone", "x.phone", Text)],
        from: "person_phones x WHERE x.person_id = $1 ORDER BY x.rank",
    },
    Known {
        name: "directory",
        columns: &[
            ("source", "x.source", Text),
            ("said", "x.said", Json),
            ("changed_at", "x.changed_at", At),
            ("departed_at", "x.departed_at", At),
        ],
        from: "directory_entries x WHERE x.person_id = $1 ORDER BY x.source, x.uid",
    },
    Known {
        name: "claimed_addresses",
        columns: &[
            ("address", "x.address", Text),
            ("state", "x.state", Text),
            ("asked_at", "x.asked_at", At),
            ("decided_at", "x.decided_at", At),
        ],
        from: "address_claims x WHERE x.person_id = $1 ORDER BY x.asked_at",
    },
    Known {
        name: "address_troubles",
        columns: &[
            ("address", "x.address_key", Text),
            ("state", "x.state", Text),
            ("words", "x.words", Text),
            ("since", "x.since", At),
            ("last_at", "x.last_at", At),
        ],
        from: "address_troubles x WHERE x.address_key IN MINE",
    },
    Known {
        name: "account",
        columns: &[
            ("created_at", "x.created_at", At),
            ("language", "x.language", Text),
            ("is_admin", "x.is_admin", Flag),
            ("is_auditor", "x.is_auditor", Flag),
            ("receipt_policy", "x.receipt_policy", Text),
            ("cadence", "x.cadence", Text),
            ("zone", "x.zone", Text),
            ("quiet_from", "x.quiet_from", Number),
            ("quiet_until", "x.quiet_until", Number),
            ("quiet_mails", "x.quiet_mails", Flag),
            ("notices_show_contents", "x.notices_show_contents", Flag),
        ],
        from: "accounts x WHERE x.person_id = $1",
    },
    Known {
        name: "sessions",
        columns: &[
            ("user_agent", "x.user_agent", Text),
            ("created_at", "x.created_at", At),
            ("last_at", "x.last_seen_at", At),
            ("expires_at", "x.expires_at", At),
            ("provider", "x.issuer", Text),
        ],
        from: "sessions x WHERE x.person_id = $1 ORDER BY x.created_at",
    },
    Known {
        name: "identities",
        columns: &[
            ("provider", "x.issuer", Text),
            ("subject", "x.subject", Text),
            ("created_at", "x.created_at", At),
            ("last_at", "x.used_at", At),
        ],
        from: "identities x WHERE x.person_id = $1 ORDER BY x.created_at",
    },
    Known {
        name: "browsers",
        columns: &[("last_at", "x.used_at", At)],
        from: "browsers x WHERE x.person_id = $1 ORDER BY x.used_at",
    },
    Known {
        name: "push_subscriptions",
        columns: &[("endpoint", "x.endpoint", Text), ("created_at", "x.created_at", At)],
        from: "push_subscriptions x WHERE x.person_id = $1 ORDER BY x.created_at",
    },
    Known {
        name: "links",
        columns: &[
            ("kind", "x.purpose", Text),
            ("created_at", "x.created_at", At),
            ("expires_at", "x.expires_at", At),
        ],
        from: "links x WHERE x.person_id = $1 ORDER BY x.created_at",
    },
    Known {
        name: "status",
        columns: &[
            ("state", "x.choice", Text),
            ("note", "x.note", Text),
            ("words", "x.words", Text),
            ("ends_at", "x.ends_at", At),
        ],
        from: "statuses x WHERE x.person_id = $1",
    },
    Known {
        name: "memberships",
        columns: &[
            ("group", "x.group_id", Id),
            ("topic", TOPIC, Text),
            ("role", "x.role", Text),
            ("joined_at", "x.joined_at", At),
            ("read_until", "x.read_seq", Number),
            ("mailed_until", "x.mailed_seq", Number),
            ("cadence", "x.cadence", Text),
            ("notices", "x.notices", Text),
            ("muting", "x.muting", Text),
            ("receipt_policy", "x.receipt_policy", Text),
        ],
        from: "members x WHERE x.person_id = $1 ORDER BY x.joined_at",
    },
    Known {
        name: "former_memberships",
        columns: &[
            ("group", "x.group_id", Id),
            ("joined_at", "x.joined_at", At),
            ("left_at", "x.left_at", At),
        ],
        from: "former_members x WHERE x.person_id = $1 ORDER BY x.joined_at",
    },
    Known {
        name: "messages",
        columns: &[
            ("group", "x.group_id", Id),
            ("topic", TOPIC, Text),
            ("number", "x.seq", Number),
            ("at", "x.posted_at", At),
            ("source", "x.source", Text),
            ("text", "x.markdown", Text),
            ("signature", "x.signature", Text),
            ("edited_at", "x.edited_at", At),
            ("removed_at", "x.removed_at", At),
        ],
        from: "messages x WHERE x.author_id = $1 AND x.notice IS NULL ORDER BY x.posted_at, x.id",
    },
    Known {
        name: "earlier_texts",
        columns: &[
            ("group", "x.group_id", Id),
            ("number", "x.seq", Number),
            ("at", "v.written_at", At),
            ("text", "v.markdown", Text),
        ],
        from: "messages x JOIN message_versions v ON v.message_id = x.id WHERE x.author_id = $1
            ORDER BY v.written_at, x.id",
    },
    Known {
        name: "files",
        columns: &[
            ("id", "x.id", Id),
            ("name", "x.name", Text),
            ("kind", "x.media_type", Text),
            ("size", "x.size", Number),
            ("created_at", "x.created_at", At),
        ],
        from: "files x WHERE x.created_by = $1 OR x.id IN (SELECT u.file_id FROM message_files u
            JOIN messages m ON m.id = u.message_id WHERE m.author_id = $1) ORDER BY x.created_at, x.id",
    },
    Known {
        name: "unsent",
        columns: &[
            ("group", "x.group_id", Id),
            ("topic", TOPIC, Text),
            ("text", "x.markdown", Text),
            ("at", "x.updated_at", At),
        ],
        from: "unsent_texts x WHERE x.person_id = $1 ORDER BY x.updated_at",
    },
    Known {
        name: "drafts",
        columns: &[
            ("topic", "x.topic", Text),
            ("state", "x.state", Text),
            ("created_at", "x.created_at", At),
        ],
        from: "drafts x WHERE x.owner_id = $1 ORDER BY x.created_at",
    },
    Known {
        name: "reactions",
        columns: &[
            ("group", "x.group_id", Id),
            ("number", "x.seq", Number),
            ("emoji", "r.emoji", Text),
            ("at", "r.reacted_at", At),
        ],
        from: "reactions r JOIN messages x ON x.id = r.message_id WHERE r.person_id = $1 ORDER BY r.reacted_at",
    },
    Known {
        name: "mentions",
        columns: &[("group", "x.group_id", Id), ("number", "x.seq", Number), ("at", "x.posted_at", At)],
        from: "message_mentions n JOIN messages x ON x.id = n.message_id WHERE n.person_id = $1 ORDER BY x.posted_at",
    },
    Known {
        name: "receipts",
        columns: &[
            ("group", "x.group_id", Id),
            ("number", "x.seq", Number),
            ("state", "x.state", Text),
            ("sent_at", "x.sent_at", At),
            ("delivered_at", "x.delivered_at", At),
            ("read_at", "x.read_at", At),
            ("declined_at", "x.declined_at", At),
            ("failed_at", "x.failed_at", At),
        ],
        from: "receipts x WHERE x.person_id = $1 ORDER BY x.group_id, x.seq",
    },
    Known {
        name: "marks",
        columns: &[
            ("group", "x.group_id", Id),
            ("number", "x.seq", Number),
            ("tag", "t.name", Text),
            ("topic", "x.topic", Text),
            ("at", "x.marked_at", At),
        ],
        from: "marks x JOIN tags t ON t.id = x.tag_id WHERE x.marked_by = $1 ORDER BY x.marked_at",
    },
    Known {
        name: "tasks",
        columns: &[
            ("group", "x.group_id", Id),
            ("number", "x.seq", Number),
            ("topic", "x.topic", Text),
            ("at", "x.marked_at", At),
            ("done_at", "x.done_at", At),
        ],
        from: "marks x WHERE x.assignee_id = $1 ORDER BY x.marked_at",
    },
    Known {
        name: "saved_views",
        columns: &[("name", "x.name", Text), ("query", "x.query", Text), ("created_at", "x.created_at", At)],
        from: "saved_views x WHERE x.person_id = $1 ORDER BY x.created_at",
    },
    Known {
        name: "shares",
        columns: &[
            ("group", "x.group_id", Id),
            ("title", "x.title", Text),
            ("note", "x.note", Text),
            ("state", "x.state", Text),
            ("created_at", "x.created_at", At),
            ("published_at", "x.published_at", At),
        ],
        from: "shares x WHERE x.created_by = $1 ORDER BY x.created_at",
    },
    Known {
        name: "shares_received",
        columns: &[
            ("title", "s.title", Text),
            ("address", "x.address", Text),
            ("at", "x.added_at", At),
            ("read_at", "x.read_at", At),
        ],
        from: "share_receivers x JOIN shares s ON s.id = x.share_id
            WHERE (x.person_id = $1 OR lower(x.address) IN MINE) AND x.version > 0 ORDER BY x.added_at",
    },
    Known {
        name: "shares_viewed",
        columns: &[
            ("title", "s.title", Text),
            ("views", "x.views", Number),
            ("at", "x.first_at", At),
            ("last_at", "x.last_at", At),
        ],
        from: "share_views x JOIN shares s ON s.id = x.share_id WHERE x.person_id = $1 ORDER BY x.first_at",
    },
    Known {
        name: "share_answers",
        columns: &[("text", "x.words", Text), ("state", "x.state", Text), ("at", "x.came_at", At)],
        from: "share_answers x WHERE lower(x.address) IN MINE ORDER BY x.came_at",
    },
    Known {
        name: "threads",
        columns: &[("topic", "t.topic", Text), ("at", "t.first_at", At), ("last_at", "t.last_at", At)],
        from: "thread_participants x JOIN threads t ON t.id = x.thread_id WHERE x.address_key IN MINE ORDER BY t.first_at",
    },
    Known {
        name: "mails_in",
        columns: &[
            ("at", "x.received_at", At),
            ("message_id", "x.message_id", Text),
            ("subject", "x.subject", Text),
            ("size", "x.size", Number),
            ("outcome", "x.outcome", Text),
        ],
        from: "mails x WHERE x.sender IN MINE ORDER BY x.received_at, x.id",
    },
    Known {
        name: "mails_out",
        columns: &[
            ("at", "x.created_at", At),
            ("kind", "x.kind", Text),
            ("address", "x.address", Text),
            ("state", "x.state", Text),
            ("words", "x.last_reply", Text),
            ("delivered_at", "x.delivered_at", At),
        ],
        from: "deliveries x WHERE x.person_id = $1 OR lower(x.address) IN MINE ORDER BY x.created_at, x.id",
    },
    Known {
        name: "exports",
        columns: &[("group", "x.group_id", Id), ("kind", "x.format", Text), ("at", "x.asked_at", At)],
        from: "exports x WHERE x.person_id = $1 ORDER BY x.asked_at",
    },
    Known {
        name: "audit",
        columns: &[("at", "x.at", At), ("what", "x.what", Text), ("group", "x.group_id", Id)],
        from: "audit x WHERE x.person_id = $1 ORDER BY x.id",
    },
];

/// How many sections there are.
pub const NAMES: usize = KNOWN.len();

impl Kind {
    /// What a column is, as text.
    fn read(self, expression: &str, is_postgres: bool) -> String {
        match self {
            Id if !is_postgres => format!("lower(hex({expression}))"),
            Flag => format!("CAST(CAST({expression} AS INTEGER) AS TEXT)"),
            _ => format!("CAST({expression} AS TEXT)"),
        }
    }

    fn value(self, text: Option<String>) -> Value {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Value::Nothing };
        let number = || text.parse::<i64>().unwrap_or_default();
        match self {
            Id => Value::Text(text.parse::<uuid::Uuid>().map_or(text, |id| id.to_string())),
            At => Value::At(Timestamp::from_millis(number())),
            Number => Value::Number(number()),
            Flag => Value::Flag(number() != 0),
            Json => serde_json::from_str(&text).map_or(Value::Text(text), Value::Json),
            Text => Value::Text(text),
        }
    }
}

/// What one section says of a person; `None` after the last one. One statement.
pub async fn section(tx: &mut Tx, person: PersonId, at: usize) -> Result<Option<Section>> {
    let Some(known) = KNOWN.get(at) else { return Ok(None) };
    let is_postgres = tx.is_postgres();
    let chosen: Vec<String> =
        known.columns.iter().map(|(_, what, kind)| kind.read(what, is_postgres)).collect();
    let text = format!("SELECT {} FROM {}", chosen.join(", "), known.from).replace("MINE", MINE);
    let count = known.columns.len();
    let rows: Vec<Vec<Option<String>>> = on!(tx, conn => {
        let rows = sqlx::query(built(text)).bind(person).fetch_all(conn).await?;
        let cells = rows.iter().map(|row| (0..count).map(|at| row.try_get(at)).collect::<std::result::Result<_, _>>());
        cells.collect::<std::result::Result<_, sqlx::Error>>()
    })?;
    let values = |cells: Vec<Option<String>>| {
        known.columns.iter().zip(cells).map(|((.., kind), cell)| kind.value(cell)).collect()
    };
    Ok(Some(Section {
        name: known.name,
        columns: known.columns.iter().map(|(name, ..)| *name).collect(),
        rows: rows.into_iter().map(values).collect(),
    }))
}

/// The files of a person's messages, and those they brought: each once. One statement.
pub async fn files(tx: &mut Tx, person: PersonId) -> Result<Vec<OwnFile>> {
    let rows: Vec<(FileId, String, Vec<u8>)> = on!(tx, conn => sqlx::query_as(
        "SELECT x.id, x.name, x.digest FROM files x WHERE x.created_by = $1 OR x.id IN (SELECT u.file_id FROM message_files u
            JOIN messages m ON m.id = u.message_id WHERE m.author_id = $1) ORDER BY x.created_at, x.id")
        .bind(person).fetch_all(conn).await)?;
    let corrupt = || StoreError::Corrupt { table: "files", column: "digest" };
    let file = |(id, name, digest): (FileId, String, Vec<u8>)| {
        Ok(OwnFile { id, name, digest: Digest::from_bytes(&digest).ok_or_else(corrupt)? })
    };
    rows.into_iter().map(file).collect()
}

/// Every section with its columns.
pub fn columns() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    KNOWN.iter().map(|known| (known.name, known.columns.iter().map(|(name, ..)| *name).collect()))
}
