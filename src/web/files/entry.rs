//! A file by its id: what it is, how it begins or looks, who brought it and where it is used. JSON for a program, a panel
//! beside a discussion, or a page.

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::actions::files_shown::{Beginning, FileEntry, Use};
use crate::domain::file::{File, Shown};
use crate::domain::ids::FileId;
use crate::domain::message::MessagePlace;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::panels::{self, Panel};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;
use crate::web::{filters, messages};

/// Everything there is to say of a file.
#[derive(Template)]
#[template(path = "files/_entry.html")]
pub struct EntryPart {
    pub t: Texts,
    pub entry: FileEntry,
    /// Of a text.
    pub beginning: Option<Beginning>,
}

impl HtmlSafe for EntryPart {}

/// The same for a file that stands in no message.
#[derive(Template, WebTemplate)]
#[template(path = "files/show.html")]
pub struct EntryPage {
    pub view: View,
    pub part: EntryPart,
}

/// GET /files/{id}/entry
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<FileId>,
) -> WebResult<Response> {
    let entry = state.actions.get_file(&member.viewer, id).await?;
    if member.visit.wants_json {
        return Ok(Json(as_json(&entry)).into_response());
    }
    let beginning = match entry.file.shown() {
        Some(Shown::Text) => Some(state.actions.read_beginning(&member.viewer, id).await?),
        _ => None,
    };
    let group = entry.uses.first().map(|first| first.group_id);
    let part = EntryPart { t: member.visit.texts(), entry, beginning };
    match group {
        Some(group) => {
            let found = state.actions.get_group(&member.viewer, group).await?;
            panels::show(&state, &member, (Panel::Files, &found.group), part).await
        }
        None => Ok(EntryPage { view: member.view(&state).await?, part }.into_response()),
    }
}

fn place_of(one: &Use) -> String {
    messages::link_to(MessagePlace { group: one.group_id, seq: one.seq })
}

fn as_json(entry: &FileEntry) -> Value {
    let file = &entry.file;
    let place = format!("/files/{}", file.id);
    let uses = entry.uses.iter().map(|one| {
        json!({
            "group": one.group_id,
            "topic": one.topic,
            "seq": one.seq,
            "author": one.author_name,
            "at": one.posted_at.rfc3339(),
            "url": place_of(one),
        })
    });
    json!({
        "id": file.id,
        "name": file.name,
        "type": file.media_type,
        "size": file.size,
        "sha256": entry.digest,
        "brought_at": file.created_at.rfc3339(),
        "brought_by": entry.brought_by(),
        "picture": file.picture,
        "thumbnail": file.picture.map(|_| format!("{place}/thumbnail")),
        "uses": uses.collect::<Vec<_>>(),
        "url": place,
    })
}

impl EntryPart {
    fn file(&self) -> &File {
        &self.entry.file
    }
    fn is_shown_as(&self, kind: &str) -> bool {
        let shown = match self.file().shown() {
            Some(Shown::Pdf) => "pdf",
            Some(Shown::Audio) => "audio",
            Some(Shown::Video) => "video",
            Some(Shown::Picture) if self.file().picture.is_some() => "picture",
            _ => return false,
        };
        shown == kind
    }
    /// Whether the browser shows the whole of it in a window of its own.
    fn opens(&self) -> bool {
        self.is_shown_as("pdf") || self.is_shown_as("picture")
    }
    fn place_of(&self, one: &Use) -> String {
        place_of(one)
    }
    /// The beginning of the digest, as people compare it.
    fn digest_start(&self) -> &str {
        &self.entry.digest[..16]
    }
}
