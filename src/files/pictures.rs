//! Pictures on their way into the folder: they lose their notes, and a thumbnail of each is stored beside its contents.

use base64::prelude::{BASE64_STANDARD, Engine};
use image::ImageFormat;
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

use super::picture::{self, Thumbnail};
use super::{Contents, Files, FilesError, HEAD, Upload};
use crate::domain::digest::Digest;
use crate::domain::file::PictureSize;

impl Files {
    /// Stores a file that is in memory already; a picture without its notes and with a thumbnail.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn put_file(&self, bytes: Vec<u8>) -> Result<Contents, FilesError> {
        let head = &bytes[..bytes.len().min(HEAD)];
        let Some(format) = picture_format(head, bytes.len() as u64) else { return self.put(&bytes).await };
        let _turn = self.at_picture.acquire().await;
        self.put_picture(format, bytes).await
    }

    /// On threads for slow work: what a camera made takes a tenth of a second.
    async fn put_picture(&self, format: ImageFormat, bytes: Vec<u8>) -> Result<Contents, FilesError> {
        let work = move || {
            let bytes = picture::without_notes(format, bytes);
            let thumbnail = picture::thumbnail(format, &bytes);
            (bytes, thumbnail)
        };
        let (bytes, thumbnail) = spawn_blocking(work).await.map_err(std::io::Error::other)?;
        let contents = self.put(&bytes).await?;
        let picture = match thumbnail {
            Some(thumbnail) => Some(self.keep_thumbnail(&contents.digest, thumbnail).await?),
            None => None,
        };
        Ok(Contents { picture, ..contents })
    }

    async fn keep_thumbnail(&self, digest: &Digest, made: Thumbnail) -> Result<PictureSize, FilesError> {
        let (temporary, path) = (self.temporary(), self.thumbnail_path(digest));
        let mut file = fs::File::create_new(&temporary).await?;
        file.write_all(&made.bytes).await?;
        file.sync_all().await?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).await?;
        }
        fs::rename(&temporary, &path).await?;
        Ok(made.of)
    }

    /// The thumbnail of a picture, of at most 100 kB or so; `None` for contents that have none. One that is missing, as after bringing back
    /// a copy of the contents alone, is made again.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub async fn thumbnail(&self, digest: &Digest) -> Result<Option<Vec<u8>>, FilesError> {
        let path = self.thumbnail_path(digest);
        match fs::read(&path).await {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(e.into()),
        }
        let _turn = self.at_picture.acquire().await;
        let Some(bytes) = self.read(digest).await? else { return Ok(None) };
        let Some(format) = picture_format(&bytes[..bytes.len().min(HEAD)], bytes.len() as u64) else {
            return Ok(None);
        };
        let work = move || picture::thumbnail(format, &bytes);
        let Some(made) = spawn_blocking(work).await.map_err(std::io::Error::other)? else { return Ok(None) };
        let shown = made.bytes.clone();
        self.keep_thumbnail(digest, made).await?;
        Ok(Some(shown))
    }
}

/// A picture as every mail program, browser and PDF shows it.
#[derive(Clone, Debug)]
pub struct PlainPicture {
    /// JPEG, PNG or GIF.
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

impl PlainPicture {
    /// The picture itself as an address.
    pub fn data_url(&self) -> String {
        data_url(self.media_type, &self.bytes)
    }
}

/// Contents as an address (RFC 2397).
pub fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", BASE64_STANDARD.encode(bytes))
}

/// A drawing or screenshot of no more bytes is sharper as it is than as a thumbnail.
const SMALL: usize = 200_000;

impl Files {
    /// A picture that can stand among words: upright, small, and in a format that old mail programs know. `None` for
    /// contents that have no thumbnail.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub async fn plain_picture(
        &self,
        digest: &Digest,
        size: i64,
    ) -> Result<Option<PlainPicture>, FilesError> {
        if usize::try_from(size).is_ok_and(|size| size <= SMALL)
            && let Some(bytes) = self.read(digest).await?
            && let Some(media_type @ ("image/png" | "image/gif")) =
                infer::get(&bytes).map(|kind| kind.mime_type())
        {
            return Ok(Some(PlainPicture { media_type, bytes }));
        }
        let Some(bytes) = self.thumbnail(digest).await? else { return Ok(None) };
        if infer::get(&bytes).is_some_and(|kind| kind.mime_type() == "image/jpeg") {
            return Ok(Some(PlainPicture { media_type: "image/jpeg", bytes }));
        }
        let png = spawn_blocking(move || picture::as_png(&bytes)).await.map_err(std::io::Error::other)?;
        Ok(png.map(|bytes| PlainPicture { media_type: "image/png", bytes }))
    }
}

impl Upload {
    /// As [`Upload::finish`]; a picture loses its notes before and has a thumbnail then.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn finish_file(mut self) -> Result<Contents, FilesError> {
        let Some(format) = picture_format(&self.head, self.size) else { return self.finish().await };
        self.file.flush().await?;
        let files = self.files.clone();
        let _turn = files.at_picture.acquire().await;
        let bytes = fs::read(&self.temporary).await?;
        files.put_picture(format, bytes).await
    }
}

fn picture_format(head: &[u8], size: u64) -> Option<ImageFormat> {
    (size <= picture::MOST_BYTES).then(|| picture::format(head)).flatten()
}
