//! Storage types: widened on load, rounded once on store.

use super::elements::Rows;
use crate::losses::PointwiseLoss;
use crate::number::Level;
use crate::number::stored::Stored;
use discrepancy_stream::Stores;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use std::fmt::{Debug, Display};

/// A type that numbers are stored in.
pub trait Element: Copy + Debug + Display + Default + PartialEq + Send + Sync + 'static {
    /// Whether it is no wider than 24 bits.
    const NARROW: bool;
    /// Its name: `f32`, …
    const NAME: &'static str;
    /// The distance from 1 to the next larger number.
    const EPSILON: f64;
    /// What kernels of elements read and write: the type itself, or singles for what is narrower.
    type Lanes: Stored;
    /// The slice itself, if it is what kernels read.
    fn as_lanes(slice: &[Self]) -> Option<&[Self::Lanes]>;
    /// The slice itself, if doubles are what is stored, to write to.
    fn as_doubles_mut(slice: &mut [Self]) -> Option<&mut [f64]>;
    /// The same back.
    fn of_lanes(lanes: &[Self::Lanes]) -> Option<&[Self]>;
    /// The same numbers; lengths are equal.
    fn to_lanes(from: &[Self], to: &mut [Self::Lanes]);
    /// Elements of a loss in the vectors that are tried first; says whether the values were summed.
    fn elements(loss: &dyn PointwiseLoss, level: Level, rows: Rows<'_, Self::Lanes>) -> bool;
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
    ($type:ident, $is_narrow:expr, $epsilon:expr, |$x:ident| $widen:expr, |$w:ident| $narrow:expr, |$stores:ident, $to:ident, $from:ident| $stream:expr, $singles:expr, |$own:ident| $same:expr, $lanes:ident, $method:ident, |$these:ident| $lane:expr, |$also:ident| $double:expr) => {
        impl Element for $type {
            const NARROW: bool = $is_narrow;
            const NAME: &'static str = stringify!($type);
            const EPSILON: f64 = $epsilon;
            type Lanes = $lanes;
            #[inline]
            fn as_lanes($these: &[Self]) -> Option<&[$lanes]> {
                $lane
            }
            #[inline]
            fn as_doubles_mut($also: &mut [Self]) -> Option<&mut [f64]> {
                $double
            }
            #[inline]
            fn of_lanes($these: &[$lanes]) -> Option<&[Self]> {
                $lane
            }
            fn elements(loss: &dyn PointwiseLoss, level: Level, rows: Rows<'_, $lanes>) -> bool {
                loss.$method(level, rows)
            }
            #[inline]
            fn to_lanes(from: &[Self], to: &mut [$lanes]) {
                for (to, x) in to.iter_mut().zip(from) {
                    *to = Stored::of(Element::widen(*x));
                }
            }
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
    false,
    f64::EPSILON,
    |x| x,
    |w| w,
    |stores, to, from| stores.copy(to, from),
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from as f32),
    |_own| None,
    f64,
    doubles,
    |these| Some(these),
    |also| Some(also)
);
element!(
    f32,
    true,
    f32::EPSILON as f64,
    |x| f64::from(x),
    |w| w as f32,
    |stores, to, from| stores.copy(to, from),
    to.copy_from_slice(from),
    |own| Some(own),
    f32,
    singles,
    |these| Some(these),
    |_also| None
);
element!(
    f16,
    true,
    1.0 / 1024.0,
    |x| f64::from(x),
    |w| f16::from_f64(w),
    |stores, to, from| stream_halves(stores, to, from),
    from.convert_to_f32_slice(to),
    |_own| None,
    f32,
    singles,
    |_these| None,
    |_also| None
);
element!(
    bf16,
    true,
    1.0 / 128.0,
    |x| f64::from(x),
    |w| bf16::from_f64(w),
    |stores, to, from| stream_halves(stores, to, from),
    from.convert_to_f32_slice(to),
    |_own| None,
    f32,
    singles,
    |_these| None,
    |_also| None
);

/// Half floats are streamed as the integers that they are made of.
fn stream_halves<'a, E>(stores: &Stores<'a>, to: &'a mut [E], from: &[E])
where
    [E]: HalfFloatSliceExt,
{
    stores.copy(to.reinterpret_cast_mut(), from.reinterpret_cast());
}
