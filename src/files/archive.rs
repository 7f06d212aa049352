//! Zip files. One is written from its beginning to its end: entry after entry, none of them in memory. One of ours is read the same
//! way.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};

use chrono::{Datelike, Timelike};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::domain::time::Timestamp;

/// The zip and the entry it is at.
pub struct Archive {
    zip: ZipWriter<BufWriter<File>>,
    at: DateTime,
}

/// How an entry is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    Deflated,
    /// As it is: pictures, films and archives are packed already.
    Stored,
}

impl Archive {
    /// `at` is noted as the time of all entries.
    pub fn new(file: File, at: Timestamp) -> Self {
        Self { zip: ZipWriter::new(BufWriter::with_capacity(256 * 1024, file)), at: time_of(at) }
    }

    /// Begins the next entry; what is written from now on is its contents, of whatever size.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn begin(&mut self, name: &str, packing: Packing) -> io::Result<()> {
        let method = match packing {
            Packing::Deflated => CompressionMethod::Deflated,
            Packing::Stored => CompressionMethod::Stored,
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(self.at)
            .unix_permissions(0o644)
            .large_file(true);
        self.zip.start_file(name, options).map_err(io::Error::from)
    }

    /// Writes the list of entries.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn finish(self) -> io::Result<File> {
        self.zip.finish().map_err(io::Error::from)?.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl Write for Archive {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Archive")
    }
}

/// A zip that is read.
pub struct Unpacking {
    zip: ZipArchive<BufReader<File>>,
}

impl Unpacking {
    /// # Errors
    /// When it is no zip, or its end is missing.
    pub fn open(file: File) -> io::Result<Self> {
        Ok(Self {
            zip: ZipArchive::new(BufReader::with_capacity(256 * 1024, file)).map_err(io::Error::from)?,
        })
    }

    /// The names of its entries.
    ///
    /// # Errors
    /// When one is no name.
    pub fn names(&self) -> io::Result<Vec<String>> {
        self.zip.file_names().map(|name| Ok(name.map_err(io::Error::from)?.into_owned())).collect()
    }

    /// An entry's contents. A reader that comes to the end without an error has read what was written (CRC-32).
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn entry(&mut self, name: &str) -> io::Result<impl Read> {
        self.zip.by_name(name).map_err(io::Error::from)
    }
}

impl std::fmt::Debug for Unpacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unpacking")
    }
}

/// A zip knows the years from 1980 to 2107.
fn time_of(at: Timestamp) -> DateTime {
    let at = at.utc();
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    let date = (u16::try_from(at.year()).unwrap_or(0), small(at.month()), small(at.day()));
    let time = (small(at.hour()), small(at.minute()), small(at.second()));
    DateTime::from_date_and_time(date.0, date.1, date.2, time.0, time.1, time.2).unwrap_or_default()
}
