//! Storage types: widened on load, rounded once on store.

use crate::losses::Precision;
use discrepancy_stream::Stores;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use std::fmt::{Debug, Display};

/// A type that numbers are stored in.
pub trait Element: Copy + Debug + Display + Default + PartialEq + Send + Sync + 'static {
    /// How precisely results for this type are computed.
    const PRECISION: Precision;
    /// Its name: `f32`, …
    const NAME: &'static str;
    /// The distance from 1 to the next larger number.
    const EPSILON: f64;
    /// Exactly the same number.
    fn widen(self) -> f64;
    /// The nearest number of this type.
    fn narrow(x: f64) -> Self;
    /// Copies past the caches; lengths are equal.
    fn stream<'a>(stores: &Stores<'a>, to: &'a mut [Self], from: &[Self]);
    /// The slice itself, if singles are what is stored.
    fn as_singles(slice: &[Self]) -> Option<&[f32]>;
    /// The same to write to.
    fn as_singles_mut(slice: &mut [Self]) -> Option<&mut [f32]>;
    /// The same back.
    fn of_singles(singles: &[f32]) -> Option<&[Self]>;
    /// The nearest singles, which are the same numbers where the type is no wider; lengths are equal.
    fn to_singles(from: &[Self], to: &mut [f32]);
}

macro_rules! element {
    ($type:ident, $precision:ident, $epsilon:expr, |$x:ident| $widen:expr, |$w:ident| $narrow:expr, |$stores:ident, $to:ident, $from:ident| $stream:expr, $singles:expr, |$own:ident| $same:expr) => {
        impl Element for $type {
            const PRECISION: Precision = Precision::$precision;
            const NAME: &'static str = stringify!($type);
            const EPSILON: f64 = $epsilon;
            #[inline(always)]
            fn widen(self) -> f64 {
                let $x = self;
                $widen
            }
            #[inline(always)]
            fn narrow($w: f64) -> Self {
                $narrow
            }
            #[inline]
            fn stream<'a>($stores: &Stores<'a>, $to: &'a mut [Self], $from: &[Self]) {
                $stream
            }
            #[inline]
            fn as_singles($own: &[Self]) -> Option<&[f32]> {
                $same
            }
            #[inline]
            fn as_singles_mut($own: &mut [Self]) -> Option<&mut [f32]> {
                $same
            }
            #[inline]
            fn of_singles($own: &[f32]) -> Option<&[Self]> {
                $same
            }
            #[inline]
            fn to_singles($from: &[Self], $to: &mut [f32]) {
                $singles
            }
        }
    };
}
element!(
    f64,
    Twofold,
    f64::EPSILON,
    |x| x,
    |w| w,
    |stores, to, from| stores.copy(to, from),
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from as f32),
    |_own| None
);
element!(
    f32,
    Plain,
    f32::EPSILON as f64,
    |x| f64::from(x),
    |w| w as f32,
    |stores, to, from| stores.copy(to, from),
    to.copy_from_slice(from),
    |own| Some(own)
);
element!(
    f16,
    Plain,
    1.0 / 1024.0,
    |x| f64::from(x),
    |w| f16::from_f64(w),
    |stores, to, from| stream_halves(stores, to, from),
    from.convert_to_f32_slice(to),
    |_own| None
);
element!(
    bf16,
    Plain,
    1.0 / 128.0,
    |x| f64::from(x),
    |w| bf16::from_f64(w),
    |stores, to, from| stream_halves(stores, to, from),
    from.convert_to_f32_slice(to),
    |_own| None
);

/// Half floats are streamed as the integers that they are made of.
fn stream_halves<'a, E>(stores: &Stores<'a>, to: &'a mut [E], from: &[E])
where
    [E]: HalfFloatSliceExt,
{
    stores.copy(to.reinterpret_cast_mut(), from.reinterpret_cast());
}
