//! Columns of numbers through Arrow's C data interface: <https://arrow.apache.org/docs/format/CDataInterface.html>.

use crate::array::Kind;
use crate::failure::{raise, wrong_type};
use discrepancy::{Error, ErrorKind};
use pyo3::ffi::c_str;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

/// `struct ArrowSchema`.
#[repr(C)]
struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut Schema,
    dictionary: *mut Schema,
    release: Option<unsafe extern "C" fn(*mut Schema)>,
    private_data: *mut c_void,
}

/// `struct ArrowArray`.
#[repr(C)]
struct Chunk {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut Chunk,
    dictionary: *mut Chunk,
    release: Option<unsafe extern "C" fn(*mut Chunk)>,
    private_data: *mut c_void,
}

/// `struct ArrowArrayStream`.
#[repr(C)]
struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut Chunk) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Stream)>,
    private_data: *mut c_void,
}

/// A structure of the interface: empty until its producer fills it, and released when it goes.
trait Released: Sized {
    fn empty() -> Self;
    fn release(&mut self) -> Option<unsafe extern "C" fn(*mut Self)>;
}
impl Released for Schema {
    fn empty() -> Self {
        let (format, none) = (std::ptr::null(), std::ptr::null());
        let (children, dictionary, private_data) = (null_mut(), null_mut(), null_mut());
        Schema {
            format,
            name: none,
            metadata: none,
            flags: 0,
            n_children: 0,
            children,
            dictionary,
            release: None,
            private_data,
        }
    }
    fn release(&mut self) -> Option<unsafe extern "C" fn(*mut Self)> {
        self.release.take()
    }
}
impl Released for Chunk {
    fn empty() -> Self {
        Chunk {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: null_mut(),
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }
    fn release(&mut self) -> Option<unsafe extern "C" fn(*mut Self)> {
        self.release.take()
    }
}
impl Released for Stream {
    fn empty() -> Self {
        Stream { get_schema: None, get_next: None, get_last_error: None, release: None, private_data: null_mut() }
    }
    fn release(&mut self) -> Option<unsafe extern "C" fn(*mut Self)> {
        self.release.take()
    }
}

/// Owns a structure.
struct Owned<T: Released>(Box<T>);

impl<T: Released> Owned<T> {
    fn empty() -> Self {
        Owned(Box::new(T::empty()))
    }
    /// Moves a structure out of a capsule, which is left as if released.
    fn of(capsule: &Bound<'_, PyAny>, name: &'static CStr) -> PyResult<Self> {
        let from = capsule.cast::<PyCapsule>()?.pointer_checked(Some(name))?.cast::<T>();
        let mut own = Owned::empty();
        // SAFETY: a capsule of this name holds this structure, by the interface; moving is swapping with one that needs
        // no release, and the interpreter's lock is held.
        unsafe { std::ptr::swap(from.as_ptr(), &mut *own.0) };
        Ok(own)
    }
}

impl<T: Released> Drop for Owned<T> {
    fn drop(&mut self) {
        // The producer's function wants to see itself.
        let place: *mut T = &mut *self.0;
        // SAFETY: `place` is valid; a structure that has a function is released by it, once.
        unsafe {
            let mut copy = std::ptr::read(place);
            if let Some(release) = copy.release() {
                release(place);
            }
            std::mem::forget(copy);
        }
    }
}

/// What keeps a column's memory.
enum Memory {
    Chunk {
        _chunk: Owned<Chunk>,
    },
    /// Of several chunks, or of bits, in one piece; words, so that it is aligned.
    Copy {
        _words: Vec<u64>,
    },
}

/// A column of numbers.
pub(crate) struct Column {
    pub(crate) kind: Kind,
    pub(crate) len: usize,
    /// The first number.
    pub(crate) data: *const u8,
    _memory: Memory,
}

impl Column {
    /// Of an object that gives its data as Arrow's capsules, if it does.
    pub(crate) fn new(function: &str, argument: &str, object: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let py = object.py();
        let (schema, chunks) = if object.hasattr("__arrow_c_array__")? {
            let (schema, chunk): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
                object.call_method0("__arrow_c_array__")?.extract()?;
            (
                Owned::<Schema>::of(&schema, c_str!("arrow_schema"))?,
                vec![Owned::<Chunk>::of(&chunk, c_str!("arrow_array"))?],
            )
        } else if object.hasattr("__arrow_c_stream__")? {
            let stream = object.call_method0("__arrow_c_stream__")?;
            read(py, function, argument, Owned::<Stream>::of(&stream, c_str!("arrow_array_stream"))?)?
        } else {
            return Ok(None);
        };
        let format = if schema.0.format.is_null() {
            Vec::new()
        } else {
            // SAFETY: a schema's format is a string that ends.
            unsafe { CStr::from_ptr(schema.0.format) }.to_bytes().to_vec()
        };
        let (letter, size) = match format.as_slice() {
            b"g" => (b'f', 8),
            b"f" => (b'f', 4),
            b"e" => (b'f', 2),
            b"c" => (b'i', 1),
            b"s" => (b'i', 2),
            b"i" => (b'i', 4),
            b"l" => (b'i', 8),
            b"C" => (b'u', 1),
            b"S" => (b'u', 2),
            b"I" => (b'u', 4),
            b"L" => (b'u', 8),
            b"b" => (b'b', 1),
            _ => (0, 0),
        };
        let Some(kind) = Kind::of_letter(letter, size).filter(|_| schema.0.dictionary.is_null()) else {
            let found = format!("a column of Arrow's format {}", String::from_utf8_lossy(&format));
            return Err(wrong_type(py, function, argument, &found, "a column of numbers or booleans"));
        };
        let mut before = 0;
        for chunk in &chunks {
            if let Some(index) = first_null(&chunk.0) {
                let error = Error::new(ErrorKind::NonFinite, function, argument, "a column without nulls");
                return Err(raise(py, &error.at(before + index).value("null")));
            }
            before += chunk.0.length.max(0) as usize;
        }
        Ok(Some(whole(kind, chunks)))
    }
}

/// All chunks of a stream.
fn read(
    py: Python<'_>,
    function: &str,
    argument: &str,
    mut stream: Owned<Stream>,
) -> PyResult<(Owned<Schema>, Vec<Owned<Chunk>>)> {
    let refused = || wrong_type(py, function, argument, "a stream that fails", "a column of numbers or booleans");
    let (mut schema, mut chunks) = (Owned::empty(), Vec::new());
    let (Some(get_schema), Some(get_next)) = (stream.0.get_schema, stream.0.get_next) else { return Err(refused()) };
    // SAFETY: these are the stream's own functions, and fill what is given; the interpreter's lock is held.
    if unsafe { get_schema(&mut *stream.0, &mut *schema.0) } != 0 {
        return Err(refused());
    }
    loop {
        let mut chunk = Owned::<Chunk>::empty();
        // SAFETY: as above.
        if unsafe { get_next(&mut *stream.0, &mut *chunk.0) } != 0 {
            return Err(refused());
        }
        if chunk.0.release.is_none() {
            return Ok((schema, chunks));
        }
        chunks.push(chunk);
    }
}

/// A chunk's buffer, if it is there.
fn buffer(chunk: &Chunk, index: usize) -> *const u8 {
    if chunk.buffers.is_null() || (chunk.n_buffers as usize) <= index {
        return std::ptr::null();
    }
    // SAFETY: a chunk has as many buffers as it says.
    unsafe { (*chunk.buffers.add(index)).cast() }
}

/// Whether a bit is set.
///
/// # Safety
/// The bits must reach so far.
unsafe fn bit(bits: *const u8, index: usize) -> bool {
    // SAFETY: the caller's.
    unsafe { *bits.add(index / 8) >> (index % 8) & 1 == 1 }
}

/// The first place that holds nothing.
fn first_null(chunk: &Chunk) -> Option<usize> {
    let valid = buffer(chunk, 0);
    if chunk.null_count == 0 || valid.is_null() {
        return None;
    }
    // SAFETY: where there is a buffer of validity, it has a bit for each place up to the chunk's end.
    (0..chunk.length as usize).find(|i| !unsafe { bit(valid, chunk.offset as usize + i) })
}

/// One chunk as it is, several in one piece.
fn whole(kind: Kind, mut chunks: Vec<Owned<Chunk>>) -> Column {
    let size = kind.size();
    let len = chunks.iter().map(|chunk| chunk.0.length.max(0) as usize).sum();
    if kind != Kind::Bool && chunks.len() == 1 {
        let data = buffer(&chunks[0].0, 1);
        let first = data.wrapping_add(chunks[0].0.offset as usize * size);
        if !data.is_null()
            && first.addr().is_multiple_of(size)
            && let Some(chunk) = chunks.pop()
        {
            return Column { kind, len, data: first, _memory: Memory::Chunk { _chunk: chunk } };
        }
    }
    let mut words = vec![0_u64; (len * size).div_ceil(8).max(1)];
    let to = words.as_mut_ptr().cast::<u8>();
    let mut done = 0;
    for chunk in &chunks {
        let (data, count) = (buffer(&chunk.0, 1), chunk.0.length.max(0) as usize);
        if data.is_null() {
            // Nothing is there to be read: it has no numbers.
            continue;
        }
        let offset = chunk.0.offset as usize;
        // SAFETY: the second buffer of a chunk of numbers holds them, of booleans their bits, up to the chunk's end; `words`
        // has room for all chunks.
        unsafe {
            if kind == Kind::Bool {
                (0..count).for_each(|i| to.add(done + i).write(u8::from(bit(data, offset + i))));
            } else {
                std::ptr::copy_nonoverlapping(data.add(offset * size), to.add(done * size), count * size);
            }
        }
        done += count;
    }
    Column { kind, len, data: words.as_ptr().cast(), _memory: Memory::Copy { _words: words } }
}
