//! A share to be kept: as a mail, as a page of its own, as Markdown, as PDF.

use tokio::sync::Semaphore;

use super::super::{ActionError, Actions, Problem, Result, off_thread};
use super::SharePage;
use super::mail::Prepared;
use crate::domain::address::NamedAddress;
use crate::domain::file::FileName;
use crate::domain::language::Language;
use crate::domain::person::Viewer;
use crate::domain::share::Share;
use crate::domain::share_document::{Document, SharedFile};
use crate::domain::zone::Zone;
use crate::files::PlainPicture;
use crate::mail::compose::{self, OutgoingMail};
use crate::mail::identity;
use crate::mail::share::{PdfError, Reading, render_markdown_file, render_page_file, render_pdf};
use crate::store;

/// As what it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As the mail that receivers get, to be opened or sent on by a mail program.
    Mail,
    Page,
    Markdown,
    Pdf,
}

impl Form {
    pub const ALL: [Self; 4] = [Self::Page, Self::Pdf, Self::Markdown, Self::Mail];

    /// The ending of its name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Mail => "eml",
            Self::Page => "html",
            Self::Markdown => "md",
            Self::Pdf => "pdf",
        }
    }

    pub fn from_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.ending() == ending)
    }

    /// The key of its name.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Mail => "share-save-mail",
            Self::Page => "share-save-page",
            Self::Markdown => "share-save-markdown",
            Self::Pdf => "share-save-pdf",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mail => "message/rfc822",
            Self::Page => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Pdf => "application/pdf",
        }
    }
}

/// A file that was made of a share.
#[derive(Clone, Debug)]
pub struct MadeFile {
    pub name: FileName,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// One is made at a time: a PDF takes a processor for a moment, and holds its pictures in memory.
static AT_WORK: Semaphore = Semaphore::const_new(1);

/// A share in one version, and for whom a file is made of it.
#[derive(Clone, Debug)]
pub struct Kept<'a> {
    pub share: &'a Share,
    pub document: Document,
    /// Who gets it, for the mail.
    pub reader: Option<NamedAddress>,
}

impl Actions {
    /// What a share says to be kept: as it went out last, or as it is prepared.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for a draft of somebody else.
    pub async fn kept_document(
        &self,
        viewer: &Viewer,
        page: &SharePage,
        language: Language,
    ) -> Result<Document> {
        let (id, version) = (page.share.id, page.share.version);
        if version == 0 {
            return self.preview_share(viewer, id, &self.telling(viewer, language, Zone::UTC)).await;
        }
        let found = store::shares::versions::find(&mut self.store.read().await?, id, version).await?;
        found.ok_or(ActionError::NotFound)
    }

    /// Makes a file of a share.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] with [`Problem::NoFont`] when this machine has no font for the letters of a PDF;
    /// [`ActionError::NotFound`] for a mail to nobody.
    pub async fn make_file(&self, kept: Kept<'_>, form: Form) -> Result<MadeFile> {
        let name = FileName::cleaned(&format!("{}.{}", kept.document.title, form.ending()), "share");
        let bytes = match form {
            Form::Mail => self.make_mail(kept).await?,
            _ => self.make_paper(kept, form).await?,
        };
        Ok(MadeFile { name, media_type: form.media_type(), bytes })
    }

    async fn make_mail(&self, kept: Kept<'_>) -> Result<Vec<u8>> {
        let to = kept.reader.ok_or(ActionError::NotFound)?;
        let settings = self.settings.mail.clone();
        let topic = kept.document.topic.clone();
        let gateway = settings.gateway_for(&to.address).address.clone();
        let from = format!("{} ({topic})", kept.document.sharer);
        let (share, date) = (kept.share.clone(), kept.document.at);
        let prepared = Prepared { share, document: kept.document, topic, is_member: true, can_reply: false };
        let (words, packed) = self.share_words(prepared).await?;
        let files = self.packed_files(packed).await?;
        let mail = OutgoingMail {
            from: NamedAddress { name: Some(from), address: gateway },
            to: vec![to],
            cc: Vec::new(),
            reply_to: None,
            subject: words.subject,
            message_id: identity::message_id_of(self.clock.new_id::<Share>().uuid(), settings.domain()),
            in_reply_to: Vec::new(),
            references: Vec::new(),
            date,
            list: None,
            notify: None,
            auto_submitted: false,
            loop_mark: None,
            chat: false,
            text: words.text,
            html: Some(words.html),
            files,
        };
        let composed = off_thread(move || compose::compose(&mail)).await?;
        composed.map_err(|error| ActionError::Internal(error.into()))
    }

    async fn make_paper(&self, kept: Kept<'_>, form: Form) -> Result<Vec<u8>> {
        let _turn = AT_WORK.acquire().await.map_err(|error| ActionError::Internal(error.into()))?;
        let shown = self.pictures_of(&kept.document).await?;
        let (page, until, fonts) = (self.address_of(kept.share), kept.share.expires_at, self.files.fonts());
        let document = kept.document;
        let made = off_thread(move || {
            let picture = |file: &SharedFile| match form {
                Form::Page => shown.get(&file.digest).map(PlainPicture::data_url),
                _ => shown.contains_key(&file.digest).then(|| file.digest.hex()),
            };
            let reading = Reading {
                page: page.as_deref(),
                until,
                picture: &picture,
                file: &|file| page.as_ref().map(|page| format!("{page}/files/{}", file.id)),
                attached: false,
            };
            match form {
                Form::Page => render_page_file(&document, reading)
                    .map(String::into_bytes)
                    .map_err(|error| ActionError::Internal(error.into())),
                Form::Pdf => {
                    let bytes = |hex: &str| {
                        let found = shown.iter().find(|(digest, _)| digest.hex() == hex);
                        found.map(|(_, picture)| picture.bytes.clone())
                    };
                    render_pdf(&document, reading, &bytes, fonts.context()).map_err(no_pdf)
                }
                Form::Markdown | Form::Mail => Ok(render_markdown_file(&document, reading).into_bytes()),
            }
        });
        made.await?
    }
}

fn no_pdf(error: PdfError) -> ActionError {
    match error {
        PdfError::NoFont(letters) => {
            tracing::warn!("No font for the letters of a PDF; the package fonts-noto-cjk has Chinese ones.");
            ActionError::invalid("pdf", Problem::NoFont { letters })
        }
        PdfError::Write(why) => ActionError::Internal(anyhow::anyhow!(why)),
    }
}
