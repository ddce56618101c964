//! Exact sums against big rational arithmetic, in every order and partition.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed law stops the test")]

use discrepancy::sums::{ExactSum, Moments};
use proptest::prelude::*;

fn any_float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("finite", |x| x.is_finite()),
        -10.0..10.0,
        Just(5e-324),
        Just(f64::MAX),
        Just(-f64::MAX),
        Just(0.0)
    ]
}

proptest! {
    #[test]
    fn order_and_partition_change_nothing(values in prop::collection::vec((any_float(), 0.0..4.0f64), 1..60), cut in 0usize..60) {
        let push = |rows: &[(f64, f64)]| {
            let mut moments = Moments::new();
            for (value, weight) in rows { moments.push_weighted(*value, *weight); }
            moments
        };
        let all = push(&values);
        let (left, right) = values.split_at(cut.min(values.len()));
        let mut merged = push(right);
        merged.merge(&push(left));
        prop_assert_eq!(all.to_bytes(), merged.to_bytes());
        let mut reversed = values.clone();
        reversed.reverse();
        prop_assert_eq!(push(&reversed).to_bytes(), all.to_bytes());
        prop_assert_eq!(Moments::from_bytes(&all.to_bytes()).unwrap().to_bytes(), all.to_bytes());
    }

    #[test]
    fn slices_are_summed_as_their_terms_are(
        values in prop::collection::vec((any_float(), any_float()), 1..700),
        alike in prop::collection::vec((-3.0..3.0f64, 0.0..2.0f64), 1..700),
    ) {
        for rows in [values, alike] {
            let (x, y): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            let (mut terms, mut slice) = (ExactSum::new(), ExactSum::new());
            x.iter().for_each(|x| terms.add(*x));
            slice.add_slice(&x);
            prop_assert_eq!(&terms, &slice);
            x.iter().zip(&y).for_each(|(x, y)| terms.add_product(*x, *y));
            slice.add_products(&x, &y);
            prop_assert_eq!(&terms, &slice);
            let weights: Vec<f64> = y.iter().map(|y| y.abs().min(1e3)).collect();
            let (mut terms, mut slice) = (Moments::new(), Moments::new());
            x.iter().for_each(|x| terms.push(*x));
            x.iter().zip(&weights).for_each(|(x, w)| terms.push_weighted(*x, *w));
            slice.push_slice(&x);
            slice.push_weighted_slice(&x, &weights);
            prop_assert_eq!(terms.to_bytes(), slice.to_bytes());
        }
    }

    #[test]
    fn a_sum_of_two_floats_is_the_rounded_sum(a in any_float(), b in any_float()) {
        let mut sum = ExactSum::new();
        sum.add(a);
        sum.add(b);
        prop_assert_eq!(sum.to_f64(), a + b);
        let mut product = ExactSum::new();
        product.add_product(a, b);
        prop_assert_eq!(product.to_f64(), a * b);
        // What fused multiply-add says of the rest of the product is what the exact product says.
        product.add(-(a * b));
        if (a * b).is_finite() { prop_assert_eq!(product.to_f64(), a.mul_add(b, -(a * b))); }
    }

    #[test]
    fn corrupt_state_is_an_error_or_another_canonical_state(values in prop::collection::vec(any_float(), 1..9), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut moments = Moments::new();
        moments.push_slice(&values);
        let bytes = moments.to_bytes();
        prop_assert!(Moments::from_bytes(&bytes[..at.index(bytes.len())]).is_err());
        let mut flipped = bytes.clone();
        flipped[at.index(bytes.len())] ^= 1 << bit;
        if let Ok(other) = Moments::from_bytes(&flipped) { prop_assert_eq!(other.to_bytes(), flipped); }
    }
}

#[test]
fn cancelling_and_overflowing_sums_are_right() {
    let mut sum = ExactSum::new();
    for _ in 0..1000 {
        for x in [1e8, 1.0, -1e8] {
            sum.add(x);
        }
    }
    assert_eq!(sum.to_f64(), 1000.0);
    let mut tenths = ExactSum::new();
    for _ in 0..100_000 {
        tenths.add(f64::from(0.1f32));
    }
    assert_eq!(tenths.to_f64(), 100_000.0 * f64::from(0.1f32));
    let mut infinite = ExactSum::new();
    infinite.add(f64::INFINITY);
    assert_eq!(infinite.to_f64(), f64::INFINITY);
    infinite.add(f64::NEG_INFINITY);
    assert!(infinite.to_f64().is_nan());
}

#[test]
fn means_and_errors_are_rounded_once() {
    let mut m = Moments::new();
    m.push_slice(&[1.0, 2.0, 4.0]);
    assert_eq!(m.mean().unwrap(), 7.0 / 3.0);
    // s² = 7/3, s/√3 = √(7/9)
    assert_eq!(m.standard_error().unwrap(), (7.0f64).sqrt() / 3.0);
    let mut doubled = Moments::new();
    doubled.push_weighted(1.0, 2.0);
    doubled.push_weighted(4.0, 1.0);
    assert_eq!(doubled.mean().unwrap(), 2.0);
    let mut squares = Moments::new();
    squares.push_weighted(1e200, 1e155);
    assert_eq!(squares.mean().unwrap(), 1e200);
    let mut five = Moments::new();
    five.push_slice(&[9.0, 16.0]);
    assert_eq!(five.root_mean().unwrap(), 12.5f64.sqrt());
    assert_eq!(Moments::new().mean().unwrap_err().kind(), discrepancy::ErrorKind::NoContributingRows);
    assert_eq!(Moments::new().standard_error(), None);
}
