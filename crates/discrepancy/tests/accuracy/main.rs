//! Every number of every reference table against the library, within the bounds that the catalogue promises, and
//! `ACCURACY.md`, which says what was found. After a change that is meant to change digits or points:
//! `cargo xtask accuracy`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

#[path = "../support/mod.rs"]
mod support;

mod found;
mod page;
mod samples;
mod tables;

use discrepancy::catalog::{self, Family, Property};
use found::Found;
use rayon::prelude::*;
use std::sync::LazyLock;
use support::{F32, F64, Format, tables_of};

/// What all tables of all entries show, in the order of the catalogue.
static FOUND: LazyLock<Vec<Found>> = LazyLock::new(|| {
    let work: Vec<(String, Format)> =
        catalog::entries().flat_map(|entry| tables_of(entry.name)).flat_map(|t| [(t.clone(), F32), (t, F64)]).collect();
    let one = |(table, format): &(String, Format)| {
        let family = catalog::entry(found::name(table)).unwrap().family;
        if matches!(family, Family::Transport | Family::Sample) {
            samples::measure(table, *format)
        } else {
            tables::measure(table, *format)
        }
    };
    work.par_iter().map(one).collect::<Vec<Vec<Found>>>().into_iter().flatten().collect()
});

#[test]
fn reference_tables_hold_within_the_stated_bounds() {
    for found in &*FOUND {
        println!("{found}");
    }
    let numbers: usize = FOUND.iter().map(|found| found.points).sum();
    println!("{numbers} reference numbers");
    let failures: Vec<&String> = FOUND.iter().flat_map(|found| &found.failures).collect();
    assert!(failures.is_empty(), "{} failures, the first: {:#?}", failures.len(), failures);
    assert!(numbers > 200_000, "tables are missing");
}

/// How many values, and coordinates of gradients, the tables of a loss must have for each storage type.
const POINTS: usize = 2000;

#[test]
fn losses_have_points_enough() {
    let losses = catalog::entries().filter(|entry| matches!(entry.family, Family::Pointwise | Family::Row));
    for entry in losses {
        for format in [F32, F64] {
            let of = |kind: &str| -> usize {
                let mine =
                    FOUND.iter().filter(|found| found.entry == entry.name && found.format.name() == format.name());
                mine.filter(|found| found.output.starts_with(kind)).map(|found| found.points).sum()
            };
            // A map has images and products instead.
            let values = of("value").max(of("probabilities")).max(of("log-probabilities"));
            let gradients = of("gradient").max(of("Jacobian").min(of("vector")));
            let none = entry.is(Property::NotDifferentiable);
            println!("{} {}: {values} values, {gradients} coordinates of gradients", entry.name, format.name());
            assert!(values >= POINTS, "{} {}: {values} values", entry.name, format.name());
            assert!(none || gradients >= POINTS, "{} {}: {gradients} of gradients", entry.name, format.name());
        }
    }
}

#[test]
fn accuracy_md_is_current() {
    page::check(&FOUND);
}
