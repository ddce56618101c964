//! What stands in a file, by its name or by its first bytes.

use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use std::path::Path;

/// What stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Text, columns parted by this character.
    Csv(u8),
    /// Text, an object a row: one a line, or all in one list.
    Json,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow, the file or the stream form.
    Arrow,
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
/// What the names of compressed text files end in, behind that; and their first bytes.
const COMPRESSIONS: [(&str, FileCompressionType, &[u8]); 4] = [
    ("gz", FileCompressionType::GZIP, b"\x1f\x8b"),
    ("bz2", FileCompressionType::BZIP2, b"BZh"),
    ("xz", FileCompressionType::XZ, b"\xfd7zXZ\0"),
    ("zst", FileCompressionType::ZSTD, b"\x28\xb5\x2f\xfd"),
];

impl Kind {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Csv(_) => "CSV",
            Kind::Json => "JSON",
            Kind::Parquet => "Parquet",
            Kind::Arrow => "Arrow",
        }
    }

    /// The kind and the compression that a name tells.
    pub(super) fn of_name(path: &Path) -> Option<(Kind, FileCompressionType)> {
        let name = path.file_name()?.to_str()?.to_lowercase();
        let compressed =
            COMPRESSIONS.iter().find_map(|(end, type_, _)| Some((name.strip_suffix(&format!(".{end}"))?, *type_)));
        let (name, compression) = compressed.unwrap_or((&name, FileCompressionType::UNCOMPRESSED));
        let kind = EXTENSIONS.iter().find(|(end, _)| name.ends_with(&format!(".{end}"))).map(|(_, kind)| *kind)?;
        let text = matches!(kind, Kind::Csv(_) | Kind::Json);
        (text || !compression.is_compressed()).then_some((kind, compression))
    }

    /// The compression that the first bytes tell.
    pub(super) fn compression_of(start: &[u8]) -> FileCompressionType {
        let found = COMPRESSIONS.iter().find(|(_, _, magic)| start.starts_with(magic));
        found.map_or(FileCompressionType::UNCOMPRESSED, |(_, compression, _)| *compression)
    }

    /// The kind that the first bytes tell, once decompressed; what is nothing else is CSV.
    pub(super) fn of_content(start: &[u8]) -> Kind {
        match start {
            start if start.starts_with(b"PAR1") => Kind::Parquet,
            start if start.starts_with(b"ARROW1") || start.starts_with(b"\xff\xff\xff\xff") => Kind::Arrow,
            start => match start.trim_ascii_start().first() {
                Some(b'{' | b'[') => Kind::Json,
                _ => Kind::Csv(b','),
            },
        }
    }

    /// All that a name may end in, for messages.
    pub(super) fn allowed() -> String {
        let list =
            |ends: &mut dyn Iterator<Item = &str>| ends.map(|end| format!(".{end}")).collect::<Vec<_>>().join(", ");
        let kinds = list(&mut EXTENSIONS.iter().map(|(end, _)| *end));
        format!("{kinds}; text also with {} behind", list(&mut COMPRESSIONS.iter().map(|(end, ..)| *end)))
    }
}
