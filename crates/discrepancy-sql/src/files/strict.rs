//! Quotes in CSV where RFC 4180 allows them, and nowhere else.
//!
//! The parser is lenient: a quote that is never closed swallows the rest of the file, and `"2"3` is 23 to it. Neither may
//! pass as data, so all bytes go by here on their way.

use std::io::{Error, ErrorKind, Read, Result};

/// Where in a record the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the start of a value, where a quote opens.
    Start,
    /// In a value without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// Behind a quote that closes, unless it is the first of two.
    Closed,
}

/// Hands on what it reads, until a quote stands where none may.
#[derive(Debug)]
pub struct Strict<R> {
    inner: R,
    delimiter: u8,
    state: State,
    /// The line of the next byte, from 1.
    line: u64,
    /// The line of the last quote that opened.
    opened: u64,
    /// How much of a byte order mark may still come.
    mark: &'static [u8],
}

impl<R: Read> Strict<R> {
    /// Of CSV whose values are parted by this character, from the start of a record, which is on this line.
    pub fn new(inner: R, delimiter: u8, line: u64) -> Self {
        Strict {
            inner,
            delimiter,
            state: State::Start,
            line,
            opened: line,
            mark: if line == 1 { "\u{feff}".as_bytes() } else { &[] },
        }
    }

    fn look(&mut self, mut bytes: &[u8]) -> Result<()> {
        while let ([first, rest @ ..], [next, mark @ ..]) = (bytes, self.mark) {
            let is_mark = first == next;
            self.mark = if is_mark { mark } else { &[] };
            bytes = if is_mark { rest } else { bytes };
        }
        let Some(last) = bytes.last() else { return Ok(()) };
        let ends = |byte: u8| byte == self.delimiter || byte == b'\n' || byte == b'\r';
        // Most text has no quotes, and then only the last byte matters.
        if matches!(self.state, State::Start | State::Plain) && !bytes.contains(&b'"') {
            self.state = if ends(*last) { State::Start } else { State::Plain };
            self.line += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            return Ok(());
        }
        for byte in bytes {
            self.state = match (self.state, *byte) {
                (State::Start, b'"') => {
                    self.opened = self.line;
                    State::Quoted
                }
                (State::Quoted, b'"') => State::Closed,
                (State::Quoted, _) | (State::Closed, b'"') => State::Quoted,
                (_, byte) if ends(byte) => State::Start,
                (State::Start | State::Plain, _) => State::Plain,
                (State::Closed, byte) => {
                    let found = char::from(byte).escape_default();
                    let allowed = "allowed: the end of the value, or a second quote for a quote inside";
                    let what = format!("line {}: a quoted value is followed by `{found}`; {allowed}", self.line);
                    return Err(Error::new(ErrorKind::InvalidData, what));
                }
            };
            self.line += u64::from(*byte == b'\n');
        }
        Ok(())
    }
}

impl<R: Read> Read for Strict<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.inner.read(buffer)?;
        if count > 0 {
            self.look(&buffer[..count])?;
        } else if !buffer.is_empty() && self.state == State::Quoted {
            let what = format!("line {}: a quote is opened and never closed", self.opened);
            return Err(Error::new(ErrorKind::InvalidData, what));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::Strict;
    use std::io::Read;

    /// Reads in pieces of any size; the error if there is one.
    fn read(text: &str, size: usize) -> Option<String> {
        let mut strict = Strict::new(text.as_bytes(), b',', 1);
        let mut piece = vec![0; size];
        loop {
            match strict.read(&mut piece) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(error.to_string()),
            }
        }
    }

    #[test]
    fn quotes_stand_where_they_may() {
        let good = [
            "",
            "\u{feff}\"a,\n\",b\n1,2",
            "a,b\n1,2",
            "\"a\",\"b\"\"c\"\r\n1,\"\n\"",
            "a,5\" pipe\n",
            "\"\",\"\"\"\"",
            "a,\"b\"",
        ];
        let bad = [
            ("a,b\n1,\"2", "line 2: a quote is opened and never closed"),
            ("a\n\"1\n2\n3", "line 2: a quote is opened and never closed"),
            ("a\n\"2\"3", "line 2: a quoted value is followed by `3`"),
            ("\"a\" ,b", "line 1: a quoted value is followed by ` `"),
            ("a,\"\"\"", "line 1: a quote is opened and never closed"),
        ];
        for size in 1..9 {
            for text in good {
                assert_eq!(read(text, size), None, "{text:?}");
            }
            for (text, message) in bad {
                let found = read(text, size).unwrap_or_default();
                assert!(found.starts_with(message), "{text:?}: {found}");
            }
        }
    }
}
