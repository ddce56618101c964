//! How the page calls [`answer`](crate::answer): it writes a question into the module's memory and reads an answer from it.
#![allow(unsafe_code, reason = "memory that is shared with the page has no owner in Rust")]

/// Memory for a question of so many bytes; `answer_question` takes it back.
#[unsafe(no_mangle)]
pub extern "C" fn question_memory(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Answers the question at this address, whose memory came from `question_memory`. The answer is four bytes of its length,
/// then its text; `answer_read` takes it back.
///
/// # Safety
/// Address and length are those of one call of `question_memory`, and are given once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn answer_question(address: *mut u8, length: usize) -> *mut u8 {
    // SAFETY: by the contract above this is the box that `question_memory` let go of.
    let question = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(address, length)) };
    let answer = crate::answer(&String::from_utf8_lossy(&question));
    let mut bytes = (answer.len() as u32).to_le_bytes().to_vec();
    bytes.extend_from_slice(answer.as_bytes());
    Box::into_raw(bytes.into_boxed_slice()).cast()
}

/// Takes back the memory of an answer; `length` is that of its text.
///
/// # Safety
/// The address is one that `answer_question` gave, with its length, and is given once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn answer_read(address: *mut u8, length: usize) {
    // SAFETY: by the contract above this is the box that `answer_question` let go of.
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(address, length + 4)) });
}
