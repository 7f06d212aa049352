//! The fonts of this machine, for what is written as PDF. None is part of the program: a font with Chinese letters alone
//! would make it half as large again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use parley::FontContext;
use parley::fontique::{Collection, CollectionOptions, SourceCache};

/// Where systems keep them.
const FOLDERS: &[&str] = &[
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/texmf/fonts/opentype",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:\\Windows\\Fonts",
];
/// The folder beside the stored files where an admin puts more.
const OWN: &str = "fonts";

/// The fonts, found when they are first needed. Their bytes are mapped, not read.
#[derive(Clone, Default)]
pub struct Fonts {
    own: Option<PathBuf>,
    found: Arc<OnceLock<FontContext>>,
}

impl Fonts {
    /// Those of the system, and those in the folder `fonts` below this one.
    pub fn beside(folder: &Path) -> Self {
        Self { own: Some(folder.join(OWN)), ..Self::default() }
    }

    /// All fonts, for one document. Looks through the folders when called first: for a thread of its own.
    pub fn context(&self) -> FontContext {
        self.found.get_or_init(|| self.look()).clone()
    }

    fn look(&self) -> FontContext {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut collection = Collection::new(options);
        let folders =
            FOLDERS.iter().map(PathBuf::from).chain(self.own.clone()).filter(|folder| folder.is_dir());
        collection.load_fonts_from_paths(folders);
        FontContext { collection, source_cache: SourceCache::default() }
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("own", &self.own).finish_non_exhaustive()
    }
}
