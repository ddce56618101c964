//! Which files are meant: files, folders and patterns become a list of files of one kind.

use crate::failure::{Failure, Outcome};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::arrow::ArrowFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTableUrl};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Text, columns parted by this character.
    Csv(u8),
    /// Text, an object a row: one a line, or all in one list.
    Json,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow, the file or the stream form.
    Arrow,
}

impl Kind {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Csv(_) => "CSV",
            Kind::Json => "JSON",
            Kind::Parquet => "Parquet",
            Kind::Arrow => "Arrow",
        }
    }
}

/// What the names of files end in.
const EXTENSIONS: [(&str, Kind); 9] = [
    ("csv", Kind::Csv(b',')),
    ("tsv", Kind::Csv(b'\t')),
    ("json", Kind::Json),
    ("jsonl", Kind::Json),
    ("ndjson", Kind::Json),
    ("parquet", Kind::Parquet),
    ("arrow", Kind::Arrow),
    ("feather", Kind::Arrow),
    ("ipc", Kind::Arrow),
];
/// What the names of compressed text files end in, behind that.
const COMPRESSIONS: [(&str, FileCompressionType); 4] = [
    ("gz", FileCompressionType::GZIP),
    ("bz2", FileCompressionType::BZIP2),
    ("xz", FileCompressionType::XZ),
    ("zst", FileCompressionType::ZSTD),
];

/// How files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Text is parted at line ends and read in parallel; the types of JSON are those of the first 1000 rows. Where a
    /// value with a line end inside is cut, rows of other lengths arise, and reading fails.
    Parallel,
    /// Values of CSV may have line ends inside, so a file is not parted.
    LinesInValues,
    /// The types of JSON are those of all rows.
    TypesOfAllRows,
}

/// Files of one kind, each once.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) kind: Kind,
    compression: FileCompressionType,
    pub(crate) paths: Vec<PathBuf>,
    /// Files in the folders that are of no known kind; they were left out.
    pub(crate) left_out: Vec<PathBuf>,
}

/// The kind and the compression that a name tells.
fn kind_of(path: &Path) -> Option<(Kind, FileCompressionType)> {
    let name = path.file_name()?.to_str()?.to_lowercase();
    let compressed =
        COMPRESSIONS.iter().find_map(|(end, type_)| Some((name.strip_suffix(&format!(".{end}"))?, *type_)));
    let (name, compression) = compressed.unwrap_or((&name, FileCompressionType::UNCOMPRESSED));
    let kind = EXTENSIONS.iter().find(|(end, _)| name.ends_with(&format!(".{end}"))).map(|(_, kind)| *kind)?;
    let text = matches!(kind, Kind::Csv(_) | Kind::Json);
    (text || !compression.is_compressed()).then_some((kind, compression))
}

fn allowed() -> String {
    let list = |ends: &mut dyn Iterator<Item = &str>| ends.map(|end| format!(".{end}")).collect::<Vec<_>>().join(", ");
    let kinds = list(&mut EXTENSIONS.iter().map(|(end, _)| *end));
    format!("{kinds}; text also with {} behind", list(&mut COMPRESSIONS.iter().map(|(end, _)| *end)))
}

impl Files {
    /// Finds what was named: files as they are, folders with all below them, patterns with what they match.
    pub(crate) fn find(named: &[PathBuf]) -> Outcome<Files> {
        let (mut paths, mut left_out) = (Vec::new(), Vec::new());
        for name in named {
            if name.is_dir() {
                let before = paths.len();
                walk(name, &mut paths, &mut left_out)?;
                if paths.len() == before {
                    let message =
                        format!("{}: no files to read in this folder; allowed: {}", name.display(), allowed());
                    return Err(Failure::new(message));
                }
            } else if name.exists() {
                paths.push(name.clone());
            } else {
                paths.extend(matching(name)?);
            }
        }
        let (kind, compression) = one_kind(&paths)?;
        Ok(Files { kind, compression, paths, left_out })
    }

    /// How the engine reads these files.
    pub(crate) fn options(&self, reading: Reading) -> Outcome<ListingOptions> {
        let format: Arc<dyn FileFormat> = match self.kind {
            Kind::Csv(delimiter) => Arc::new(
                CsvFormat::default()
                    .with_has_header(true)
                    .with_delimiter(delimiter)
                    .with_newlines_in_values(reading == Reading::LinesInValues)
                    .with_file_compression_type(self.compression),
            ),
            Kind::Json => {
                let rows = if reading == Reading::TypesOfAllRows { usize::MAX } else { 1000 };
                let format = JsonFormat::default().with_newline_delimited(!self.is_list()?);
                let format = format.with_schema_infer_max_rec(rows);
                Arc::new(format.with_file_compression_type(self.compression))
            }
            Kind::Parquet => Arc::new(ParquetFormat::default()),
            Kind::Arrow => Arc::new(ArrowFormat),
        };
        // The names were looked at already.
        Ok(ListingOptions::new(format).with_file_extension(""))
    }

    /// A file's text, decompressed.
    pub(crate) fn read(&self, path: &Path) -> Outcome<BufReader<Box<dyn Read + Send>>> {
        let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", path.display()));
        let file = File::open(path).map_err(|error| failed(&error))?;
        Ok(BufReader::new(self.compression.convert_read(file).map_err(|error| failed(&error))?))
    }

    /// Whether the objects of JSON files stand in one list.
    pub(crate) fn is_list(&self) -> Outcome<bool> {
        let forms: Vec<(&PathBuf, bool)> = self
            .paths
            .iter()
            .map(|path| Ok(self.starts_list(path)?.map(|list| (path, list))))
            .filter_map(Outcome::transpose)
            .collect::<Outcome<_>>()?;
        let list = forms.first().is_some_and(|(_, list)| *list);
        match forms.iter().find(|(_, other)| *other != list) {
            Some((other, _)) => {
                let (lines, lists) = if list { (*other, forms[0].0) } else { (forms[0].0, *other) };
                let (lines, lists) = (lines.display(), lists.display());
                Err(Failure::new(format!("{lines} has an object a line, but {lists} has one list: read them apart")))
            }
            None => Ok(list),
        }
    }

    /// Whether the first character of a file opens a list; `None` if there is none.
    fn starts_list(&self, path: &Path) -> Outcome<Option<bool>> {
        let mut text = self.read(path)?;
        loop {
            let start = text.fill_buf().map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
            if start.is_empty() {
                return Ok(None);
            }
            if let Some(byte) = start.iter().find(|byte| !byte.is_ascii_whitespace()) {
                return Ok(Some(*byte == b'['));
            }
            let blanks = start.len();
            text.consume(blanks);
        }
    }

    /// The same with one file only.
    pub(crate) fn only(&self, path: &Path) -> Files {
        Files { paths: vec![path.to_owned()], left_out: Vec::new(), ..self.clone() }
    }
}

/// The kind of all files, none of which may be named twice.
fn one_kind(paths: &[PathBuf]) -> Outcome<(Kind, FileCompressionType)> {
    let mut kinds: Vec<(Kind, FileCompressionType, &Path)> = Vec::new();
    let mut seen = BTreeMap::new();
    for path in paths {
        let Some((kind, compression)) = kind_of(path) else {
            return Err(Failure::new(format!("{}: unknown kind of file; allowed: {}", path.display(), allowed())));
        };
        if let Some(other) = seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone()), path) {
            return Err(Failure::usage(format!("one file is named twice: {} and {}", other.display(), path.display())));
        }
        if !kinds.iter().any(|(k, c, _)| *k == kind && *c == compression) {
            kinds.push((kind, compression, path));
        }
    }
    match kinds.as_slice() {
        [(kind, compression, _)] => Ok((*kind, *compression)),
        several => {
            let list: Vec<String> = several.iter().map(|(_, _, path)| path.display().to_string()).collect();
            Err(Failure::usage(format!("files of several kinds in one call: {}", list.join(", "))))
        }
    }
}

/// The place of a file for the engine, in which no character has a meaning of its own.
pub(crate) fn address(path: &Path) -> Outcome<ListingTableUrl> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", path.display()));
    let whole = std::path::absolute(path).map_err(|error| failed(&error))?;
    let url = url::Url::from_file_path(whole).map_err(|()| failed(&"not a path that can be read"))?;
    ListingTableUrl::try_new(url, None).map_err(|error| failed(&error))
}

/// Collects the files below a folder in the order of their names. Names that start with `.` or `_` are of markers and
/// unfinished files.
fn walk(folder: &Path, paths: &mut Vec<PathBuf>, left_out: &mut Vec<PathBuf>) -> Outcome {
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut entries: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_, _>>().map_err(failed)?;
    entries.sort();
    for entry in entries {
        let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with(['.', '_']) {
            left_out.push(entry);
        } else if entry.is_dir() {
            walk(&entry, paths, left_out)?;
        } else if kind_of(&entry).is_some() {
            paths.push(entry);
        } else {
            left_out.push(entry);
        }
    }
    Ok(())
}

/// The files that a pattern matches, in the order of their names.
fn matching(pattern: &Path) -> Outcome<Vec<PathBuf>> {
    let missing = || Failure::new(format!("{}: no such file", pattern.display()));
    let text = pattern.to_str().filter(|text| text.contains(['*', '?', '['])).ok_or_else(missing)?;
    let found = glob::glob(text).map_err(|error| Failure::usage(format!("{text}: {error}")))?;
    let found: Vec<PathBuf> =
        found.collect::<Result<_, _>>().map_err(|error| Failure::new(format!("{text}: {error}")))?;
    let files: Vec<PathBuf> = found.into_iter().filter(|path| path.is_file()).collect();
    if files.is_empty() { Err(Failure::new(format!("{text}: no file matches"))) } else { Ok(files) }
}
