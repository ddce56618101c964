//! Which files are meant: files, folders, patterns and streams become a list of files, each once.

use super::{Fault, Kind};
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use std::collections::HashMap;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A file that can be read more than once.
#[derive(Clone, Debug)]
pub struct File {
    /// What it is called in messages.
    name: String,
    /// What is opened.
    path: PathBuf,
    pub(super) kind: Kind,
    pub(super) compression: FileCompressionType,
    /// What the names of its folders say: of `region=01/year=2026/` the columns `region` and `year`.
    pub(super) folders: Vec<(String, Option<String>)>,
    /// What was a stream is kept until nobody needs it.
    kept: Option<Arc<Kept>>,
}

/// All files that hold streams.
static KEPT: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A temporary file with what was a stream.
#[derive(Debug)]
struct Kept(tempfile::TempPath);

impl Kept {
    fn new(path: tempfile::TempPath) -> Self {
        if let Ok(mut all) = KEPT.lock() {
            all.push(path.to_path_buf());
        }
        Kept(path)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Ok(mut all) = KEPT.lock() {
            all.retain(|path| path != &*self.0);
        }
    }
}

/// The temporary files that hold streams now. They go away with the last [`File`]; who ends the process before removes
/// them.
#[must_use]
pub fn kept_streams() -> Vec<PathBuf> {
    KEPT.lock().map_or_else(|_| Vec::new(), |all| all.clone())
}

/// What was named, as files.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Each once, those of a folder in the order of their names.
    pub files: Vec<File>,
    /// What lies in the folders but is not read, and why.
    pub left_out: Vec<(PathBuf, &'static str)>,
}

impl File {
    /// What it is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// What stands in it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// One file by its name, its kind by its extension; a stream is kept in a temporary file.
    pub fn named(path: &Path) -> Result<File, Fault> {
        let name = path.display().to_string();
        let unknown = || Fault::new(format!("{name}: unknown kind of file; allowed: {}", Kind::allowed()));
        let meta = path.metadata().map_err(|error| Fault::new(format!("{name}: {error}")))?;
        if meta.is_file() {
            let (kind, compression) = Kind::of_name(path).ok_or_else(unknown)?;
            let folders = folders(path);
            return Ok(File { name, path: path.to_owned(), kind, compression, folders, kept: None });
        }
        let stream = std::fs::File::open(path).map_err(|error| Fault::new(format!("{name}: {error}")))?;
        File::stream(name, Kind::of_name(path), stream)
    }

    /// Standard input, its kind by its first bytes.
    pub fn standard_input() -> Result<File, Fault> {
        File::stream("standard input".to_owned(), None, std::io::stdin().lock())
    }

    /// Files are read more than once, which a stream is not.
    fn stream(name: String, known: Option<(Kind, FileCompressionType)>, mut from: impl Read) -> Result<File, Fault> {
        let failed = |error: std::io::Error| Fault::new(format!("{name}: {error}"));
        let (mut file, path) = tempfile::Builder::new().prefix("discrepancy-").tempfile().map_err(failed)?.into_parts();
        let kept = Kept::new(path);
        std::io::copy(&mut from, &mut file).map_err(failed)?;
        file.flush().map_err(failed)?;
        let mut whole = File {
            name: name.clone(),
            path: kept.0.to_path_buf(),
            kind: Kind::Csv(b','),
            compression: FileCompressionType::UNCOMPRESSED,
            folders: Vec::new(),
            kept: Some(Arc::new(kept)),
        };
        (whole.kind, whole.compression) = match known {
            Some(known) => known,
            None => {
                whole.compression = Kind::compression_of(&whole.start()?);
                (Kind::of_content(&whole.start()?), whole.compression)
            }
        };
        Ok(whole)
    }

    /// The first bytes, decompressed.
    pub(super) fn start(&self) -> Result<Vec<u8>, Fault> {
        let mut start = Vec::new();
        self.text()?.take(1 << 16).read_to_end(&mut start).map_err(|error| self.fault(error))?;
        Ok(start)
    }

    /// The text, decompressed.
    pub fn text(&self) -> Result<BufReader<Box<dyn Read + Send>>, Fault> {
        let file = std::fs::File::open(&self.path).map_err(|error| self.fault(error))?;
        let text = self.compression.convert_read(file).map_err(|error| self.fault(error))?;
        Ok(BufReader::with_capacity(1 << 17, text))
    }

    /// Something is wrong with the file.
    pub(super) fn fault(&self, what: impl std::fmt::Display) -> Fault {
        Fault::new(format!("{}: {what}", self.name))
    }
}

/// What the names of folders on the way to a file say.
fn folders(path: &Path) -> Vec<(String, Option<String>)> {
    let parts = path.parent().into_iter().flat_map(Path::components);
    let pair = |part: std::path::Component<'_>| {
        let part = part.as_os_str().to_str()?;
        let (name, value) = part.split_once('=').filter(|(name, _)| !name.is_empty())?;
        let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        // What Hive writes for NULL.
        let value = Some(value).filter(|value| *value != "__HIVE_DEFAULT_PARTITION__").map(decoded);
        Some((decoded(name), value))
    };
    parts.filter_map(pair).collect()
}

impl Files {
    /// Finds what was named: files as they are, folders with all below them, patterns with what they match, `-` as
    /// standard input.
    pub fn find(named: &[PathBuf]) -> Result<Files, Fault> {
        let mut found = Files::default();
        let mut seen = Seen::default();
        for name in named {
            if name.as_os_str() == "-" {
                if found.files.iter().any(|file| file.kept.is_some() && file.name == "standard input") {
                    return Err(Fault::usage("standard input is named twice"));
                }
                found.files.push(File::standard_input()?);
            } else if name.is_dir() {
                let before = found.files.len();
                seen.folders.clear();
                found.walk(name, &mut seen)?;
                if found.files.len() == before {
                    let allowed = Kind::allowed();
                    let what = format!("{}: no files to read in this folder; allowed: {allowed}", name.display());
                    return Err(Fault::new(what));
                }
            } else if name.exists() {
                found.add(name, &mut seen)?;
            } else {
                for path in matching(name)? {
                    found.add(&path, &mut seen)?;
                }
            }
        }
        Ok(found)
    }

    /// A file that was named, which must not be named twice.
    fn add(&mut self, path: &Path, seen: &mut Seen) -> Result<(), Fault> {
        if let Some(other) = seen.file(path) {
            let (other, path) = (other.display(), path.display());
            return Err(Fault::usage(format!("one file is named twice: {other} and {path}")));
        }
        self.files.push(File::named(path)?);
        Ok(())
    }

    /// Collects the files below a folder in the order of their names. Names that start with `.` or `_` are of markers and
    /// unfinished files. A file is read once, however many links lead to it; so is a folder.
    fn walk(&mut self, folder: &Path, seen: &mut Seen) -> Result<(), Fault> {
        let failed = |error: std::io::Error| Fault::new(format!("{}: {error}", folder.display()));
        seen.folders.push(folder.canonicalize().map_err(failed)?);
        let entries = std::fs::read_dir(folder).map_err(failed)?;
        let mut entries: Vec<PathBuf> =
            entries.map(|entry| Ok(entry?.path())).collect::<Result<_, _>>().map_err(failed)?;
        // What lies there itself comes before links to it.
        entries.sort_by_key(|entry| (entry.is_symlink(), entry.clone()));
        for entry in entries {
            let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with(['.', '_']) {
                self.left_out.push((entry, "a marker or unfinished"));
            } else if entry.is_dir() {
                let target =
                    entry.canonicalize().map_err(|error| Fault::new(format!("{}: {error}", entry.display())))?;
                if seen.folders.contains(&target) {
                    self.left_out.push((entry, "a link to a folder that is read"));
                } else {
                    self.walk(&entry, seen)?;
                }
            } else if Kind::of_name(&entry).is_none() {
                self.left_out.push((entry, "of no known kind"));
            } else if !entry.is_file() {
                self.left_out.push((entry, "no regular file"));
            } else if seen.file(&entry).is_some() {
                self.left_out.push((entry, "a link to a file that is read"));
            } else {
                self.files.push(File::named(&entry)?);
            }
        }
        Ok(())
    }
}

/// What was met already.
#[derive(Debug, Default)]
struct Seen {
    files: HashMap<Identity, PathBuf>,
    folders: Vec<PathBuf>,
}

/// What two names of one file have in common.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

impl Seen {
    /// The name under which the same file was met before.
    fn file(&mut self, path: &Path) -> Option<PathBuf> {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            path.metadata().ok().map(|meta| (meta.dev(), meta.ino()))?
        };
        #[cfg(not(unix))]
        let identity = path.canonicalize().ok()?;
        self.files.insert(identity, path.to_owned())
    }
}

/// The files that a pattern matches, in the order of their names.
fn matching(pattern: &Path) -> Result<Vec<PathBuf>, Fault> {
    let missing = || Fault::new(format!("{}: no such file", pattern.display()));
    let text = pattern.to_str().filter(|text| text.contains(['*', '?', '['])).ok_or_else(missing)?;
    let found = glob::glob(text).map_err(|error| Fault::usage(format!("{text}: {error}")))?;
    let found: Vec<PathBuf> =
        found.collect::<Result<_, _>>().map_err(|error| Fault::new(format!("{text}: {error}")))?;
    let files: Vec<PathBuf> = found.into_iter().filter(|path| path.is_file()).collect();
    if files.is_empty() { Err(Fault::new(format!("{text}: no file matches"))) } else { Ok(files) }
}
