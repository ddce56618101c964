//! Large calls: done, or an error of one line.

use crate::run;
use crate::write::put;

/// Ten thousand columns are ordinary work.
#[test]
fn very_many_columns() {
    let folder = tempfile::tempdir().unwrap();
    let classes = 10_000;
    let names: Vec<String> = (0..classes).map(|i| format!("z_{i}")).collect();
    let row = |label: usize| {
        let scores: Vec<String> = (0..classes).map(|i| format!("{}", (i * 7 + label) % 11)).collect();
        format!("{label},{}\n", scores.join(","))
    };
    put(folder.path(), "wide.csv", format!("y,{}\n{}{}{}", names.join(","), row(0), row(1), row(9_999)));
    let done = run(folder.path(), &["score", "wide.csv", "--target", "y", "--logits", "z_*", "--format", "csv"]);
    assert!(done.code == 0 && done.stdout.contains("softmax_cross_entropy"), "{}", done.stderr);
}

#[test]
fn very_long_expressions() {
    let folder = tempfile::tempdir().unwrap();
    for (count, works) in [(1000, true), (10_000, false), (200_000, false)] {
        let sum = vec!["1"; count].join("+");
        put(folder.path(), "q.sql", &sum);
        if sum.len() > 100_000 {
            // More than a command line may hold.
            continue;
        }
        let done = run(folder.path(), &["sql", &format!("SELECT {sum} AS n"), "--format", "csv"]);
        if works {
            assert_eq!(done.stdout, format!("n\n{count}\n"), "{}", done.stderr);
        } else {
            assert!(done.code == 1 && done.stderr.lines().count() == 1, "{count}: {done:?}");
            assert!(done.stderr.contains("allowed: 4000"), "{}", done.stderr);
        }
    }
}

#[test]
fn very_many_permutations() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.csv", "x\n1\n2\n");
    for count in ["18446744073709551615", "1099511627776"] {
        let words = ["distance", "a.csv", "a.csv", "--metric", "mmd", "--permutations", count];
        let done = run(folder.path(), &words);
        assert!(done.code == 1 && done.stderr.lines().count() == 1, "{done:?}");
        assert!(done.stderr.contains("permutations need"), "{}", done.stderr);
    }
}

/// Arguments by name, in any order; what is left out has its default.
#[test]
fn arguments_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let same = |a: &str, b: &str| {
        let table = "(VALUES (0.5, 1.0), (-1.5, 0.0)) AS t(z, y)";
        let done = run(folder.path(), &["sql", &format!("SELECT {a} = {b} AS same FROM {table}"), "--format", "csv"]);
        assert_eq!(done.stdout, "same\ntrue\n", "{a}: {}", done.stderr);
    };
    same("mean_focal(z, y, gamma => 3)", "mean_focal(z, y, 0.25, 3)");
    same("mean_focal(z, y, gamma => 3, alpha => 0.75)", "mean_focal(z, y, 0.75, 3)");
    same("sum_focal(target => y, prediction => z, gamma => 3)", "sum_focal(z, y, 0.25, 3)");
    same("weighted_mean_focal(z, y, weight => 2, gamma => 3)", "mean_focal(z, y, 0.25, 3)");
    same("max(minkowski([z], [y], p => 3))", "max(minkowski([z], [y], 3))");
    same(
        "max(kl_divergence([1.0, 1.0], [1.0, 3.0], normalize => true))",
        "max(kl_divergence([0.5, 0.5], [0.25, 0.75]))",
    );
    for (call, what) in [
        ("mean_focal(z, y, gama => 3)", "there is no argument `gama`; allowed: prediction, target, alpha, gamma"),
        ("mean_focal(z, gamma => 3)", "`target` is needed"),
        ("mean_focal(z, y, 'none', alpha => 1)", "`alpha` is given twice"),
        ("mean_focal(z, y, gamma => 1, gamma => 1)", "`gamma` is given twice"),
        ("mean_focal(gamma => 1, z, y)", "an argument by place behind `gamma`; those by name come last"),
        ("mean_focal(z, y, gamma => -1)", "`gamma` is -1"),
        ("mean_focal(z, y, gamma => 'x')", "`gamma` is"),
        ("mean_focal(z, y, gamma => NULL)", "`gamma` is NULL"),
        ("mean_focal(z, y, gamma => z)", "`gamma` must be a literal"),
        ("mean_focal(z, y, 0.25, 2, 3, gamma => 1)", "more than 4 arguments"),
    ] {
        let done = run(folder.path(), &["sql", &format!("SELECT {call} FROM (VALUES (0.5, 1.0)) AS t(z, y)")]);
        assert!(done.code == 1 && done.stderr.contains(what), "{call}: {}", done.stderr);
    }
}
