//! Laws of the state of a row: any split and order of merging gives the same bits, which are those of the whole row.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed law stops the test")]

use discrepancy::rows::{RowLoss, RowState, SoftmaxCrossEntropy, Target};
use proptest::prelude::*;

/// Scores of a row: ordinary, confident, masked, far from zero, far apart.
fn rows() -> impl Strategy<Value = (Vec<f64>, usize)> {
    let score = prop_oneof![
        6 => -20.0..20.0_f64,
        1 => Just(f64::NEG_INFINITY),
        1 => -800.0..800.0_f64,
        1 => (0..4_i32).prop_map(|k| 1e6 + f64::from(k)),
        1 => Just(17.0),
    ];
    (prop::collection::vec(score, 2..40), any::<prop::sample::Index>()).prop_filter_map(
        "one finite score",
        |(row, i)| {
            let label = i.index(row.len());
            row.iter().any(|x| x.is_finite()).then_some((row, label))
        },
    )
}

fn part(row: &[f64], range: std::ops::Range<usize>, label: usize) -> RowState {
    let mut state = RowState::new();
    state.push(&row[range.clone()], range.contains(&label).then(|| label - range.start)).unwrap();
    state
}

fn ulps(a: f64, b: f64) -> u64 {
    a.to_bits().abs_diff(b.to_bits())
}

proptest! {
    #[test]
    fn any_split_gives_the_bits_of_the_whole((row, label) in rows(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5), turn in 0..5_usize) {
        let whole = part(&row, 0..row.len(), label);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(row.len() + 1)).chain([0, row.len()]).collect();
        ends.sort_unstable();
        let mut parts: Vec<RowState> = ends.windows(2).map(|ends| part(&row, ends[0]..ends[1], label)).collect();
        let count = parts.len();
        parts.rotate_left(turn % count);
        let mut merged = RowState::new();
        for state in &parts {
            merged.merge(&RowState::from_bytes(&state.to_bytes()).unwrap()).unwrap();
        }
        prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
        prop_assert_eq!(merged.value().unwrap().to_bits(), whole.value().unwrap().to_bits());
    }

    #[test]
    fn results_are_those_of_the_loss((row, label) in rows()) {
        let loss = SoftmaxCrossEntropy::default();
        let (mut expected, mut gradient) = (vec![0.0; row.len()], vec![0.0; row.len()]);
        let state = part(&row, 0..row.len(), label);
        let Ok(value) = loss.value_and_gradient(&row, Target::Label(label), &mut expected) else {
            return Ok(());
        };
        let got = state.value().unwrap();
        prop_assert!(ulps(got, value) <= 2, "{got:e}, not {value:e}");
        let (got, logsumexp) = (state.logsumexp().unwrap(), loss.logsumexp(&row, f64::EPSILON).unwrap());
        prop_assert!(ulps(got, logsumexp) <= 2, "{got:e}, not {logsumexp:e}");
        if value.is_finite() {
            state.gradient(&row, Some(label), &mut gradient).unwrap();
            for (got, expected) in gradient.iter().zip(&expected) {
                // Zeros have no sign here.
                prop_assert!(ulps(got + 0.0, expected + 0.0) <= 2, "{got:e}, not {expected:e}");
            }
        }
    }
}

#[test]
fn what_makes_no_sense_is_an_error() {
    let mut state = RowState::new();
    assert!(state.value().unwrap_err().to_string().contains("the true class"));
    for bad in [f64::NAN, f64::INFINITY, 1e13] {
        let message = state.push(&[0.0, bad], None).unwrap_err().to_string();
        assert!(message.contains("`scores` at index 1"), "{message}");
    }
    assert!(state.push(&[0.0], Some(1)).unwrap_err().to_string().contains("below 1"));
    state.push(&[0.0], Some(0)).unwrap();
    assert!(state.push(&[0.0], Some(0)).unwrap_err().to_string().contains("one part only"));
    assert!(state.clone().merge(&state).is_err());
    let mut masked = RowState::new();
    masked.push(&[f64::NEG_INFINITY], Some(0)).unwrap();
    assert!(masked.value().is_err(), "nothing but masked classes");
    let bytes = state.to_bytes();
    for end in 0..bytes.len() {
        assert!(RowState::from_bytes(&bytes[..end]).is_err());
    }
    let mut flipped = bytes.clone();
    flipped[4] = 7;
    assert!(RowState::from_bytes(&flipped).is_err());
}
