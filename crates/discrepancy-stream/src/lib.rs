//! Memory as fast as it goes: stores past the caches, and loads ahead of them.
//!
//! An ordinary store first reads the cache line that it then overwrites: a third of the memory traffic of a kernel that
//! reads one array and writes another. A non-temporal store does not. It pays when the result is larger than the caches;
//! a smaller one is better left where its reader will look for it.
//!
//! A processor sees by itself that an array is read from front to back, but it forgets that at the end of each page, and
//! while nothing is loaded it fetches nothing. A kernel that names what it reads next keeps memory busy while it computes.
//!
//! This crate exists because both need `unsafe`, which the core library forbids.

use std::marker::PhantomData;

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

/// Stores that go past the caches until their [`scope`] ends.
///
/// Their order is not that of other stores until a fence puts it right. A fence waits for all of them, so there is one for
/// many copies; till then what they write to stays borrowed, so that nobody can see it. The lifetime can not be made shorter,
/// and other threads, which would need fences of their own, can not have a share.
#[derive(Debug)]
pub struct Stores<'env>(PhantomData<*mut &'env ()>);

/// Runs `work` and makes what it stored visible to every thread that synchronises with this one later, like any store.
///
/// ```
/// let (mut left, mut right) = ([0.0; 2], [0.0; 2]);
/// discrepancy_stream::scope(|stores| {
///     stores.copy(&mut left, &[1.0, 2.0]);
///     stores.copy(&mut right, &[3.0, 4.0]);
/// });
/// assert_eq!((left, right), ([1.0, 2.0], [3.0, 4.0]));
/// ```
///
/// What was stored cannot be touched before it ends:
///
/// ```compile_fail
/// let mut to = [0.0];
/// discrepancy_stream::scope(|stores| {
///     stores.copy(&mut to, &[1.0]);
///     println!("{}", to[0]);
/// });
/// ```
#[inline]
pub fn scope<'env, R>(work: impl FnOnce(&Stores<'env>) -> R) -> R {
    /// Stands also when `work` panics.
    struct Fence;
    impl Drop for Fence {
        #[inline]
        fn drop(&mut self) {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an instruction without operands. It orders the stores before all later ones.
            unsafe {
                std::arch::x86_64::_mm_sfence();
            }
        }
    }
    let _fence = Fence;
    work(&Stores(PhantomData))
}

impl<'env> Stores<'env> {
    /// Copies `from` to `to`, whose length is the same, past the caches where the processor can.
    ///
    /// # Panics
    /// If the lengths differ.
    #[inline]
    pub fn copy<T: Bytes>(&self, to: &'env mut [T], from: &[T]) {
        assert_eq!(to.len(), from.len(), "both slices have one length");
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_stream_si128};
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
                // every bit pattern is a value of `T`; SSE2 is part of every x86-64 processor. Nobody else sees the target
                // before the scope ends with a fence, because it is borrowed until then.
                unsafe { _mm_stream_si128(target.add(i), _mm_loadu_si128(source.add(i))) };
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        to.copy_from_slice(from);
    }
}

/// Asks for the cache line of a place that will be read soon. A hint: it changes no result.
#[inline(always)]
pub fn prefetch<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: part of every x86-64 processor; it neither reads a value nor faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// One copy past the caches, in a [`scope`] of its own.
///
/// # Panics
/// If the lengths differ.
#[inline]
pub fn copy<T: Bytes>(to: &mut [T], from: &[T]) {
    scope(|stores| stores.copy(to, from));
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
