//! NPY, the file format of NumPy arrays (NEP 1), versions 1 to 3.

use super::points::{Points, Reading, fault, numbered, room, select, wrong_cell};
use crate::failure::Outcome;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// No header of ours or of NumPy's comes near.
const LONGEST_HEADER: usize = 1 << 20;

/// What a header says.
#[derive(Debug, Default, PartialEq)]
struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<u64>,
}

/// The type of an element.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Element {
    /// `f`, `i`, `u` or `b`.
    kind: u8,
    size: usize,
    big_endian: bool,
}

/// Reads an array of one or two dimensions: rows of numbers; of one dimension, rows of one number.
pub(super) fn read(path: &Path, file: File, size: u64, reading: Reading<'_>) -> Outcome<Points> {
    let mut file = BufReader::with_capacity(1 << 20, file);
    let (header, start) = read_header(path, &mut file)?;
    let element = element(&header.descr).ok_or_else(|| {
        let what =
            if header.descr.contains('O') { "Python objects, which are refused" } else { "no numbers to compute with" };
        fault(path, format!("elements of type {} are {what}; allowed: floats, integers and booleans", header.descr))
    })?;
    let (rows, width) = match header.shape.as_slice() {
        [rows] => (*rows, 1),
        [rows, width] => (*rows, *width),
        shape => return Err(fault(path, format!("an array of {} dimensions; allowed: 1 or 2", shape.len()))),
    };
    let promised = rows.checked_mul(width).and_then(|count| count.checked_mul(element.size as u64));
    let there = size - start.min(size);
    match promised {
        Some(promised) if promised == there => {}
        Some(promised) if promised < there => {
            return Err(fault(path, format!("{} bytes too many behind the array", there - promised)));
        }
        _ => {
            let promised = promised.map_or("more than 2^64".to_owned(), |bytes| bytes.to_string());
            let shape = format!("{rows} × {width} elements of {} bytes", element.size);
            return Err(fault(path, format!("truncated: {shape} are {promised} bytes, {there} are there")));
        }
    }
    // Both are at most the size of the file.
    let (rows, width) = (rows as usize, width as usize);
    if width == 0 {
        return Err(fault(path, "has no columns"));
    }
    let all = numbered(width);
    let chosen = select(path, &all, reading.columns)?;
    let mut data = room(path, rows, chosen.len())?;
    data.resize(rows * chosen.len(), 0.0);
    let mut place: Vec<Option<usize>> = vec![None; width];
    chosen.iter().enumerate().for_each(|(to, from)| place[*from] = Some(to));
    let (outer, inner) = if header.fortran_order { (width, rows) } else { (rows, width) };
    let mut bytes = vec![0; element.size];
    for i in 0..outer {
        for j in 0..inner {
            file.read_exact(&mut bytes).map_err(|error| fault(path, error))?;
            let (row, column) = if header.fortran_order { (j, i) } else { (i, j) };
            let Some(to) = place[column] else { continue };
            let value = element.widen(&bytes);
            match value {
                Ok(value) if value.is_finite() => data[row * chosen.len() + to] = value,
                Ok(value) => return Err(wrong_cell(path, row, &all[column].name, &value.to_string())),
                Err(integer) => {
                    let allowed = "integers up to 2^53, which are exact as floats";
                    let what =
                        format!("row {}: column `{}` is {integer}; allowed: {allowed}", row + 1, all[column].name);
                    return Err(fault(path, what));
                }
            }
        }
    }
    let columns = chosen.iter().map(|i| all[*i].clone()).collect();
    let single = element.kind == b'f' && element.size == 4;
    Points { path: path.to_owned(), data, rows, columns, single }.finished()
}

/// The header, and where the data begin.
fn read_header(path: &Path, file: &mut impl Read) -> Outcome<(Header, u64)> {
    let broken = |what: &str| fault(path, format!("is no NPY file: {what}"));
    let mut start = [0; 8];
    file.read_exact(&mut start).map_err(|_| broken("it is too short"))?;
    if &start[..6] != MAGIC {
        return Err(broken("it does not start with \\x93NUMPY"));
    }
    let mut length = [0; 4];
    let digits = match start[6] {
        1 => 2,
        2 | 3 => 4,
        other => return Err(broken(&format!("version {other} is unknown"))),
    };
    file.read_exact(&mut length[..digits]).map_err(|_| broken("it is too short"))?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_HEADER {
        return Err(broken(&format!("a header of {length} bytes")));
    }
    let mut text = vec![0; length];
    file.read_exact(&mut text).map_err(|_| broken("its header is cut off"))?;
    let text = String::from_utf8(text).map_err(|_| broken("its header is no text"))?;
    let header = parse(&text).ok_or_else(|| broken(&format!("its header is {}", text.trim_end())))?;
    Ok((header, (8 + digits + length) as u64))
}

/// `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`, keys in any order.
fn parse(text: &str) -> Option<Header> {
    let mut header = Header::default();
    let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    let mut seen = 0;
    while !rest.is_empty() {
        let (key, after) = quoted(rest)?;
        let value = after.trim_start().strip_prefix(':')?.trim_start();
        rest = match key {
            "descr" => {
                if let Some((descr, after)) = quoted(value) {
                    descr.clone_into(&mut header.descr);
                    after
                } else {
                    // A list of fields.
                    let (fields, after) = value.strip_prefix('[')?.split_once(']')?;
                    header.descr = format!("[{fields}]");
                    after
                }
            }
            "fortran_order" => {
                header.fortran_order = value.starts_with("True");
                value.strip_prefix("True").or_else(|| value.strip_prefix("False"))?
            }
            "shape" => {
                let (lengths, after) = value.strip_prefix('(')?.split_once(')')?;
                let lengths = lengths.split(',').map(str::trim).filter(|length| !length.is_empty());
                header.shape = lengths.map(|length| length.parse().ok()).collect::<Option<Vec<u64>>>()?;
                after
            }
            _ => return None,
        };
        seen += 1;
        rest = rest.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    (seen == 3).then_some(header)
}

/// A text in quotes, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// `<f8`, `|b1`, …
fn element(descr: &str) -> Option<Element> {
    let (order, rest) = descr.split_at_checked(1)?;
    let big_endian = match order {
        "<" | "|" => false,
        ">" => true,
        "=" => cfg!(target_endian = "big"),
        _ => return None,
    };
    let (kind, size) = rest.split_at_checked(1)?;
    let element = Element { kind: kind.as_bytes()[0], size: size.parse().ok()?, big_endian };
    let known = match element.kind {
        b'f' => matches!(element.size, 4 | 8),
        b'i' | b'u' => matches!(element.size, 1 | 2 | 4 | 8),
        b'b' => element.size == 1,
        _ => false,
    };
    known.then_some(element)
}

impl Element {
    /// Exactly the same number; an integer beyond 2^53 is given back.
    fn widen(self, bytes: &[u8]) -> Result<f64, i128> {
        let mut low = [0; 8];
        low[..self.size].copy_from_slice(bytes);
        if self.big_endian {
            low[..self.size].reverse();
        }
        let bits = u64::from_le_bytes(low);
        let unused = 64 - 8 * self.size as u32;
        let integer = match self.kind {
            b'f' if self.size == 4 => return Ok(f64::from(f32::from_bits(bits as u32))),
            b'f' => return Ok(f64::from_bits(bits)),
            b'i' => i128::from((bits << unused) as i64 >> unused),
            _ => i128::from(bits),
        };
        if integer.unsigned_abs() > 1 << 53 { Err(integer) } else { Ok(integer as f64) }
    }
}

/// Writes the header of an array in C order.
pub(super) fn write_header(out: &mut dyn Write, descr: &str, shape: &[usize]) -> std::io::Result<()> {
    let lengths = shape.iter().map(|length| format!("{length},")).collect::<Vec<String>>().join(" ");
    let lengths = if shape.len() > 1 { lengths.trim_end_matches(',') } else { &lengths };
    let mut header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': ({lengths}), }}");
    // The data start at a multiple of 64 bytes, behind a line break.
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.extend(std::iter::repeat_n(' ', length - header.len() - 1));
    header.push('\n');
    out.write_all(MAGIC)?;
    out.write_all(&[1, 0])?;
    out.write_all(&(length as u16).to_le_bytes())?;
    out.write_all(header.as_bytes())
}
