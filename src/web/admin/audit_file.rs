//! The audit log as a file (RFC 4180), for auditors: every line, the oldest first.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::actions::audit::Shown;
use crate::actions::{ActionError, Actions};
use crate::domain::ids::AuditId;
use crate::domain::person::Viewer;
use crate::texts::Texts;
use crate::web::deeds;
use crate::web::error::WebResult;
use crate::web::state::WebState;
use crate::web::visit::Member;

/// So many lines are in memory at a time.
const PART: i64 = 1_000;
/// Programs take the file for UTF-8 by it.
const MARK: &str = "\u{feff}";

/// How far the file is.
struct At {
    actions: Actions,
    viewer: Viewer,
    t: Texts,
    after: Option<AuditId>,
}

/// GET /admin/audit.csv
pub async fn download(State(state): State<WebState>, member: Member) -> WebResult<Response> {
    let t = member.visit.texts();
    let first = state.actions.export_audit(&member.viewer, None, PART).await?;
    let mut text = format!("{MARK}{}", head(t));
    text.push_str(&rows(t, &first));
    let after = last(&first);
    let begun = Ok::<_, ActionError>(Bytes::from(text));
    let at = At { actions: state.actions.clone(), viewer: member.viewer, t, after };
    let rest = stream::try_unfold(at, async |mut at| {
        let Some(after) = at.after else { return Ok::<_, ActionError>(None) };
        let lines = at.actions.export_audit(&at.viewer, Some(after), PART).await?;
        at.after = last(&lines);
        Ok(Some((Bytes::from(rows(at.t, &lines)), at)))
    });
    let all = futures_util::StreamExt::chain(stream::iter([begun]), rest);
    let head = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
        (CACHE_CONTROL, "private, no-store"),
    ];
    Ok((head, Body::from_stream(all)).into_response())
}

/// The last one, if there may be more.
fn last(lines: &[Shown]) -> Option<AuditId> {
    let is_full = i64::try_from(lines.len()).is_ok_and(|count| count == PART);
    lines.last().filter(|_| is_full).map(|shown| shown.line.id)
}

fn head(t: Texts) -> String {
    let keys = [
        "ledger-when",
        "audit-who",
        "audit-person",
        "audit-what",
        "audit-detail",
        "audit-group",
        "audit-from",
    ];
    line(&keys.map(|key| t.get(key).into_owned()))
}

fn rows(t: Texts, lines: &[Shown]) -> String {
    let row = |shown: &Shown| {
        let words = deeds::words(t, &shown.line.deed);
        line(&[
            shown.line.at.rfc3339(),
            shown.line.who.name.clone(),
            shown.line.who.person_id.map(|id| id.to_string()).unwrap_or_default(),
            words.what,
            words.detail,
            shown.topic.clone(),
            deeds::whence(t, &shown.line.who.whence),
        ])
    };
    lines.iter().map(row).collect()
}

fn line(cells: &[String; 7]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// Spreadsheet programs take what begins so for a formula, and run it: an apostrophe before it makes it a text.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_is_a_text_and_no_formula() {
        assert_eq!(quoted("Umzug, \"alt\""), "\"Umzug, \"\"alt\"\"\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
    }
}
