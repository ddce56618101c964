//! Stores past the caches.
//!
//! An ordinary store first reads the cache line that it then overwrites: a third of the memory traffic of a kernel that
//! reads one array and writes another. A non-temporal store does not. It pays when the result is larger than the caches;
//! a smaller one is better left where its reader will look for it.
//!
//! This crate exists because such stores need `unsafe`, which the core library forbids.

/// A type whose bytes may be copied: any float.
///
/// # Safety
/// Implementors have no padding and no invalid bit pattern.
pub unsafe trait Bytes: Copy {}
// SAFETY: floats and the integers that half floats are made of have neither padding nor invalid bit patterns.
unsafe impl Bytes for f64 {}
// SAFETY: as above.
unsafe impl Bytes for f32 {}
// SAFETY: as above.
unsafe impl Bytes for u16 {}

/// Copies `from` to `to`, whose length is the same, past the caches where the processor can.
///
/// When it returns, the bytes are visible to every thread that synchronises with this one, like those of any store.
///
/// # Panics
/// If the lengths differ.
#[inline]
pub fn copy<T: Bytes>(to: &mut [T], from: &[T]) {
    assert_eq!(to.len(), from.len(), "both slices have one length");
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_sfence, _mm_stream_si128};
        let lines = size_of::<__m128i>() / size_of::<T>();
        // Ordinary stores up to the first aligned place and behind the last whole vector.
        let head = to.as_ptr().align_offset(align_of::<__m128i>()).min(to.len());
        let vectors = (to.len() - head) / lines;
        let tail = head + vectors * lines;
        to[..head].copy_from_slice(&from[..head]);
        to[tail..].copy_from_slice(&from[tail..]);
        let (target, source) =
            (to[head..tail].as_mut_ptr().cast::<__m128i>(), from[head..tail].as_ptr().cast::<__m128i>());
        for i in 0..vectors {
            // SAFETY: both pointers stay inside slices of `vectors · lines` elements; the target is aligned to a vector;
            // every bit pattern is a value of `T`; SSE2 is part of every x86-64 processor.
            unsafe { _mm_stream_si128(target.add(i), _mm_loadu_si128(source.add(i))) };
        }
        // SAFETY: an instruction without operands. It orders the stores above before all later ones.
        unsafe { _mm_sfence() };
    }
    #[cfg(not(target_arch = "x86_64"))]
    to.copy_from_slice(from);
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_length_and_alignment_is_copied_and_nothing_else() {
        for length in (0..70).chain([511, 512, 1000]) {
            for offset in 0..17 {
                let from: Vec<f32> = (0..length).map(|i| i as f32 + 0.5).collect();
                let mut to = vec![-1.0_f32; length + 40];
                super::copy(&mut to[offset..offset + length], &from);
                assert_eq!(to[offset..offset + length], from);
                assert!(to[..offset].iter().chain(&to[offset + length..]).all(|x| *x == -1.0));
                let from: Vec<u16> = (0..length as u16).collect();
                let mut to = vec![7_u16; length + 40];
                super::copy(&mut to[offset..offset + length], &from);
                assert_eq!(to[offset..offset + length], from);
                assert!(to[..offset].iter().chain(&to[offset + length..]).all(|x| *x == 7));
            }
        }
    }
}
