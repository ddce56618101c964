//! What peers get wrong today, one by one: the true value, and that the library gives it.
//!
//! The numbers are those of the audit of peers that the project keeps; each fault was measured on the inputs given here or on
//! ones like them. True values are of the exact floats, from the formulas of `reference/entries` in mpmath, rounded to the
//! nearest `f64`. Faults of what the catalogue does not have yet are listed at the end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]
#![allow(
    clippy::approx_constant,
    clippy::excessive_precision,
    reason = "these are measured inputs and their true values"
)]

mod support;

#[path = "accuracy/found.rs"]
#[allow(dead_code, reason = "the tables use more of it")]
mod found;
#[path = "accuracy/tables.rs"]
#[allow(dead_code, reason = "the tables use more of it")]
mod tables;

use discrepancy::ErrorKind;
use discrepancy::batch::{Evaluation, RowEvaluation, pairwise, rowwise};
use discrepancy::catalog::{Measure, find};
use discrepancy::distances::PairFunction;
use discrepancy::losses::PointwiseLoss;
use discrepancy::rows::{RowLoss, RowTargets};
use discrepancy::samples::SampleStatistic;
use discrepancy::sums::ExactSum;
use discrepancy::transport::{Ground, Sinkhorn};
use std::collections::BTreeSet;
use support::{Case, Exact, F32, F64, ulps};

const INF: f64 = f64::INFINITY;

/// One input at which a peer is wrong.
struct Fault {
    /// Of the audit.
    number: usize,
    /// What peers say.
    peers: &'static str,
    /// The table that has inputs and outputs of this kind, with the type of the numbers.
    table: &'static str,
    spec: &'static str,
    inputs: &'static [&'static [f64]],
    /// What is true.
    outputs: &'static [(&'static str, &'static [f64])],
}

#[rustfmt::skip]
const FAULTS: &[Fault] = &[
    Fault {
        number: 1,
        peers: "Jensen-Shannon distance of rows that share a class: 0 (NumKong with AVX-512)",
        table: "jensen_shannon_distance.f32",
        spec: "jensen_shannon_distance",
        inputs: &[&[0.5, 0.5, 0.0, 0.0], &[0.0, 0.5, 0.5, 0.0]],
        outputs: &[("value", &[0.5887050112577373])],
    },
    Fault {
        number: 1,
        peers: "Jensen-Shannon distance of rows that share a class: 0 (NumKong with AVX-512)",
        table: "jensen_shannon_distance.f64",
        spec: "jensen_shannon_distance",
        inputs: &[&[0.5, 0.5, 0.0, 0.0], &[0.0, 0.5, 0.5, 0.0]],
        outputs: &[("value", &[0.5887050112577373])],
    },
    Fault {
        number: 1,
        peers: "Jensen-Shannon distance of rows that share none: 0 (NumKong with AVX-512)",
        table: "jensen_shannon_distance.f32",
        spec: "jensen_shannon_distance",
        inputs: &[&[1.0, 0.0], &[0.0, 1.0]],
        outputs: &[("value", &[0.8325546111576978])],
    },
    Fault {
        number: 1,
        peers: "Jensen-Shannon distance of rows that share none: 0 (NumKong with AVX-512)",
        table: "jensen_shannon_distance.f64",
        spec: "jensen_shannon_distance",
        inputs: &[&[1.0, 0.0], &[0.0, 1.0]],
        outputs: &[("value", &[0.8325546111576978])],
    },
    Fault {
        number: 2,
        peers: "hinge loss of a batch of one class: labels inverted (scikit-learn)",
        table: "hinge.f64",
        spec: "hinge",
        inputs: &[&[2.0], &[1.0]],
        outputs: &[("value", &[0.0]), ("gradient", &[0.0])],
    },
    Fault {
        number: 2,
        peers: "hinge loss of a batch of one class: labels inverted (scikit-learn)",
        table: "hinge.f64",
        spec: "hinge",
        inputs: &[&[3.0], &[1.0]],
        outputs: &[("value", &[0.0]), ("gradient", &[0.0])],
    },
    Fault {
        number: 2,
        peers: "hinge loss of a batch of one class: labels inverted (scikit-learn)",
        table: "hinge.f64",
        spec: "hinge",
        inputs: &[&[4.0], &[1.0]],
        outputs: &[("value", &[0.0]), ("gradient", &[0.0])],
    },
    Fault {
        number: 3,
        peers: "KL of f64 rows: thousands of times too large (SimSIMD)",
        table: "kl_divergence.f64",
        spec: "kl_divergence",
        inputs: &[&[0.125, 0.25, 0.5, 0.125], &[0.5, 0.0625, 0.03125, 0.40625]],
        outputs: &[("value", &[1.4122492817171712])],
    },
    Fault {
        number: 4,
        peers: "Jensen-Shannon distance of nearly equal rows: NaN (SciPy), 0 (NumKong)",
        table: "jensen_shannon_distance.f64",
        spec: "jensen_shannon_distance",
        inputs: &[&[0.25, 0.75], &[0.2500000000009095, 0.7499999999990905]],
        outputs: &[("value", &[7.425993143690275e-13])],
    },
    Fault {
        number: 4,
        peers: "Jensen-Shannon distance of nearly equal rows: NaN (SciPy), 0 (NumKong)",
        table: "jensen_shannon_distance.f32",
        spec: "jensen_shannon_distance",
        inputs: &[&[0.25, 0.75], &[0.2500009536743164, 0.7499990463256836]],
        outputs: &[("value", &[7.786713235992078e-07])],
    },
    Fault {
        number: 4,
        peers: "Jensen-Shannon divergence of nearly equal rows: negative (torchmetrics)",
        table: "jensen_shannon.f64",
        spec: "jensen_shannon",
        inputs: &[&[0.25, 0.75], &[0.2500000000009095, 0.7499999999990905]],
        outputs: &[("value", &[5.514537417013498e-25])],
    },
    Fault {
        number: 6,
        peers: "Euclidean distance at an offset of 1e8: 11.31 (scikit-learn, POT)",
        table: "euclidean.f64",
        spec: "euclidean",
        inputs: &[&[100000000.0, 100000000.0, 100000000.0], &[100000000.00000477, 99999999.9999955, 100000000.0]],
        outputs: &[("value", &[6.5565786574939956e-06])],
    },
    Fault {
        number: 7,
        peers: "softmax cross entropy of a confident row: 0 (PyTorch, Optax, JAX, SciPy, scikit-learn)",
        table: "softmax_cross_entropy.f32",
        spec: "softmax_cross_entropy",
        inputs: &[&[17.0, 0.0], &[0.0]],
        outputs: &[("value", &[4.139937633089748e-08]), ("gradient", &[-4.1399375473943306e-08, 4.1399375473943306e-08])],
    },
    Fault {
        number: 7,
        peers: "softmax cross entropy of a confident row: 0 (PyTorch, Optax, JAX, SciPy, scikit-learn)",
        table: "softmax_cross_entropy.f64",
        spec: "softmax_cross_entropy",
        inputs: &[&[37.0, 0.0], &[0.0]],
        outputs: &[("value", &[8.533047625744066e-17]), ("gradient", &[-8.533047625744065e-17, 8.533047625744065e-17])],
    },
    Fault {
        number: 8,
        peers: "binary cross entropy of a confident logit: 0 (PyTorch)",
        table: "binary_cross_entropy_with_logits.f32",
        spec: "binary_cross_entropy_with_logits",
        inputs: &[&[-20.0], &[0.0]],
        outputs: &[("value", &[2.061153620314381e-09]), ("gradient", &[2.0611536181902037e-09])],
    },
    Fault {
        number: 8,
        peers: "its gradient: 0 (PyTorch)",
        table: "binary_cross_entropy_with_logits.f32",
        spec: "binary_cross_entropy_with_logits",
        inputs: &[&[20.0], &[1.0]],
        outputs: &[("value", &[2.061153620314381e-09]), ("gradient", &[-2.0611536181902037e-09])],
    },
    Fault {
        number: 8,
        peers: "the same at 30: 1.8e5 ULP (scikit-learn)",
        table: "binary_cross_entropy_with_logits.f32",
        spec: "binary_cross_entropy_with_logits",
        inputs: &[&[30.0], &[1.0]],
        outputs: &[("value", &[9.357622968839737e-14]), ("gradient", &[-9.357622968839299e-14])],
    },
    Fault {
        number: 8,
        peers: "the same at 60: 0 (scikit-learn)",
        table: "binary_cross_entropy_with_logits.f64",
        spec: "binary_cross_entropy_with_logits",
        inputs: &[&[60.0], &[1.0]],
        outputs: &[("value", &[8.75651076269652e-27]), ("gradient", &[-8.75651076269652e-27])],
    },
    Fault {
        number: 9,
        peers: "logsumexp near 0: no digit (PyTorch, JAX, SciPy)",
        table: "softmax_cross_entropy.f32",
        spec: "softmax_cross_entropy",
        inputs: &[&[-2.3025850929940455, -1.6094379124341003, -0.35667494393873245], &[0.0]],
        outputs: &[("logsumexp", &[-6.030385400201707e-09])],
    },
    Fault {
        number: 9,
        peers: "logsumexp near 0: no digit (PyTorch, JAX, SciPy)",
        table: "softmax_cross_entropy.f64",
        spec: "softmax_cross_entropy",
        inputs: &[&[-2.3025850929940455, -1.6094379124341003, -0.35667494393873245], &[0.0]],
        outputs: &[("logsumexp", &[-6.525293511214321e-18])],
    },
    Fault {
        number: 10,
        peers: "logistic loss far on the wrong side: inf, gradient NaN (PyTorch)",
        table: "logistic.f32",
        spec: "logistic:base=e",
        inputs: &[&[-100.0], &[1.0]],
        outputs: &[("value", &[100.0]), ("gradient", &[-1.0])],
    },
    Fault {
        number: 10,
        peers: "logistic loss far on the wrong side: inf, gradient NaN (PyTorch)",
        table: "logistic.f64",
        spec: "logistic:base=e",
        inputs: &[&[-710.0], &[1.0]],
        outputs: &[("value", &[710.0]), ("gradient", &[-1.0])],
    },
    Fault {
        number: 11,
        peers: "binary cross entropy of a small probability: value clamped at 100, gradient at 1e12 (PyTorch)",
        table: "binary_cross_entropy.f64",
        spec: "binary_cross_entropy",
        inputs: &[&[1e-50], &[1.0]],
        outputs: &[("value", &[115.12925464970229]), ("gradient", &[-1e+50])],
    },
    Fault {
        number: 11,
        peers: "binary cross entropy of a small probability: 100 (PyTorch)",
        table: "binary_cross_entropy.f64",
        spec: "binary_cross_entropy",
        inputs: &[&[1e-300], &[1.0]],
        outputs: &[("value", &[690.7755278982137]), ("gradient", &[-9.999999999999999e+299])],
    },
    Fault {
        number: 12,
        peers: "log-loss of a small probability: 15.94 (scikit-learn)",
        table: "binary_cross_entropy.f32",
        spec: "binary_cross_entropy",
        inputs: &[&[1e-30], &[1.0]],
        outputs: &[("value", &[69.07755278665029])],
    },
    Fault {
        number: 12,
        peers: "log-loss of a small probability: 36.04 (scikit-learn)",
        table: "binary_cross_entropy.f64",
        spec: "binary_cross_entropy",
        inputs: &[&[1e-300], &[1.0]],
        outputs: &[("value", &[690.7755278982137])],
    },
    Fault {
        number: 12,
        peers: "log-loss of what was held to be impossible: 15.94 or 36.04 (scikit-learn)",
        table: "binary_cross_entropy.f32",
        spec: "binary_cross_entropy",
        inputs: &[&[0.0], &[1.0]],
        outputs: &[("value", &[INF])],
    },
    Fault {
        number: 12,
        peers: "log-loss of what was held to be impossible: 15.94 or 36.04 (scikit-learn)",
        table: "binary_cross_entropy.f64",
        spec: "binary_cross_entropy",
        inputs: &[&[0.0], &[1.0]],
        outputs: &[("value", &[INF])],
    },
    Fault {
        number: 13,
        peers: "binary cross entropy of a small probability of what did not happen: 0 (PyTorch), 1.19e-7 (scikit-learn)",
        table: "binary_cross_entropy.f32",
        spec: "binary_cross_entropy",
        inputs: &[&[1e-09], &[0.0]],
        outputs: &[("value", &[9.999999722180686e-10])],
    },
    Fault {
        number: 14,
        peers: "focal loss with gamma 0.5, gradient of a confident logit: NaN (torchvision)",
        table: "focal.f32",
        spec: "focal:alpha=none,gamma=0.5",
        inputs: &[&[18.0], &[1.0]],
        outputs: &[("value", &[1.879528787913898e-12]), ("gradient", &[-2.819293153245662e-12])],
    },
    Fault {
        number: 14,
        peers: "focal loss with gamma 0.5, gradient of a confident logit: NaN (torchvision)",
        table: "focal.f64",
        spec: "focal:alpha=none,gamma=0.5",
        inputs: &[&[39.0], &[1.0]],
        outputs: &[("value", &[3.924395857947463e-26]), ("gradient", &[-5.886593786921194e-26])],
    },
    Fault {
        number: 15,
        peers: "focal loss with gamma 2 of a confident logit: four times too large (torchvision)",
        table: "focal.f32",
        spec: "focal:alpha=none",
        inputs: &[&[16.58], &[1.0]],
        outputs: &[("value", &[2.5014538859831264e-22]), ("gradient", &[-7.504361263918728e-22])],
    },
    Fault {
        number: 16,
        peers: "softplus above its threshold: the argument itself (PyTorch)",
        table: "binary_cross_entropy_with_logits.f64",
        spec: "binary_cross_entropy_with_logits",
        inputs: &[&[20.03], &[0.0]],
        outputs: &[("value", &[20.03000000200024]), ("gradient", &[0.9999999979997627])],
    },
    Fault {
        number: 19,
        peers: "KL of nearly equal rows: no digit (PyTorch, Optax, SciPy, NumKong)",
        table: "kl_divergence.f64",
        spec: "kl_divergence",
        inputs: &[&[0.25, 0.75], &[0.2500000000009095, 0.7499999999990905]],
        outputs: &[("value", &[2.205814966804507e-24])],
    },
    Fault {
        number: 21,
        peers: "KL where something was held to be impossible: 7.37 or 16.58 (NumKong)",
        table: "kl_divergence.f32",
        spec: "kl_divergence",
        inputs: &[&[0.5, 0.5], &[1.0, 0.0]],
        outputs: &[("value", &[INF])],
    },
    Fault {
        number: 21,
        peers: "KL where something was held to be impossible: 7.37 or 16.58 (NumKong)",
        table: "kl_divergence.f64",
        spec: "kl_divergence",
        inputs: &[&[0.5, 0.5], &[1.0, 0.0]],
        outputs: &[("value", &[INF])],
    },
    Fault {
        number: 22,
        peers: "KL with a class that neither row has: NaN (PyTorch, Optax)",
        table: "kl_divergence.f32",
        spec: "kl_divergence",
        inputs: &[&[0.0, 0.375, 0.625], &[0.0, 0.5, 0.5]],
        outputs: &[("value", &[0.03158394240196325])],
    },
    Fault {
        number: 22,
        peers: "KL with a class that neither row has: NaN (PyTorch, Optax)",
        table: "kl_divergence.f64",
        spec: "kl_divergence",
        inputs: &[&[0.0, 0.375, 0.625], &[0.0, 0.5, 0.5]],
        outputs: &[("value", &[0.03158394240196325])],
    },
    Fault {
        number: 23,
        peers: "cross entropy with a masked class: NaN (PyTorch, Optax)",
        table: "softmax_cross_entropy.soft.f64",
        spec: "softmax_cross_entropy",
        inputs: &[&[1.0, -INF, 0.0], &[1.0, 0.0, 0.0]],
        outputs: &[("value", &[0.31326168751822286]), ("gradient", &[-0.2689414213699951, 0.0, 0.2689414213699951])],
    },
    Fault {
        number: 23,
        peers: "cross entropy with a masked class: NaN (PyTorch, Optax)",
        table: "softmax_cross_entropy.soft.f32",
        spec: "softmax_cross_entropy",
        inputs: &[&[1.0, -INF, 0.0], &[1.0, 0.0, 0.0]],
        outputs: &[("value", &[0.31326168751822286]), ("gradient", &[-0.2689414213699951, 0.0, 0.2689414213699951])],
    },
    Fault {
        number: 24,
        peers: "binary cross entropy of an infinite logit that is right: NaN (PyTorch, Optax, scikit-learn)",
        table: "binary_cross_entropy_with_logits.f32",
        spec: "binary_cross_entropy_with_logits",
        inputs: &[&[INF], &[1.0]],
        outputs: &[("value", &[0.0]), ("gradient", &[0.0])],
    },
    Fault {
        number: 24,
        peers: "binary cross entropy of an infinite logit that is right: NaN (PyTorch, Optax, scikit-learn)",
        table: "binary_cross_entropy_with_logits.f64",
        spec: "binary_cross_entropy_with_logits",
        inputs: &[&[INF], &[1.0]],
        outputs: &[("value", &[0.0]), ("gradient", &[0.0])],
    },
    Fault {
        number: 25,
        peers: "Hellinger distance of nearly equal rows: no digit, or 0 (the usual formulas)",
        table: "hellinger.f64",
        spec: "hellinger",
        inputs: &[&[0.25, 0.75], &[0.2500000000009095, 0.7499999999990905]],
        outputs: &[("value", &[7.425993143690275e-13])],
    },
    Fault {
        number: 26,
        peers: "Bhattacharyya distance of nearly equal rows: -0 (the usual formula)",
        table: "bhattacharyya.f64",
        spec: "bhattacharyya",
        inputs: &[&[0.25, 0.75], &[0.2500000009313226, 0.7499999990686774]],
        outputs: &[("value", &[5.78241157940897e-19])],
    },
    Fault {
        number: 31,
        peers: "cosine distance of nearly parallel vectors: no digit (PyTorch, scikit-learn, Optax, SciPy)",
        table: "cosine.f32",
        spec: "cosine",
        inputs: &[&[0.3, -0.7, 1.1, 0.5], &[0.300003, -0.700002, 1.100007, 0.499998]],
        outputs: &[("value", &[6.4428076773996546e-12])],
    },
    Fault {
        number: 31,
        peers: "cosine distance of nearly parallel vectors: no digit (all)",
        table: "cosine.f64",
        spec: "cosine",
        inputs: &[&[0.3, -0.7, 1.1, 0.5], &[0.3000000003, -0.7000000002, 1.1000000007, 0.4999999998]],
        outputs: &[("value", &[6.444635402003203e-20])],
    },
    Fault {
        number: 32,
        peers: "cosine distance of a vector from itself: not 0, negative (PyTorch, Optax)",
        table: "cosine.f32",
        spec: "cosine",
        inputs: &[&[0.3, -0.7, 1.1, 0.5], &[0.3, -0.7, 1.1, 0.5]],
        outputs: &[("value", &[0.0])],
    },
    Fault {
        number: 32,
        peers: "cosine distance of a vector from itself: not 0, negative (PyTorch, Optax)",
        table: "cosine.f64",
        spec: "cosine",
        inputs: &[&[0.3, -0.7, 1.1, 0.5], &[0.3, -0.7, 1.1, 0.5]],
        outputs: &[("value", &[0.0])],
    },
    Fault {
        number: 33,
        peers: "cosine distance of tiny or huge vectors: 0.76, 1, NaN, -inf (PyTorch, SciPy, scikit-learn, Optax)",
        table: "cosine.f64",
        spec: "cosine",
        inputs: &[&[3.0000000000000004e-09, 4e-09], &[4e-09, 3.0000000000000004e-09]],
        outputs: &[("value", &[0.03999999999999998])],
    },
    Fault {
        number: 33,
        peers: "cosine distance of tiny or huge vectors: 0.76, 1, NaN, -inf (PyTorch, SciPy, scikit-learn, Optax)",
        table: "cosine.f64",
        spec: "cosine",
        inputs: &[&[3e-200, 4e-200], &[4e-200, 3e-200]],
        outputs: &[("value", &[0.04])],
    },
    Fault {
        number: 33,
        peers: "cosine distance of tiny or huge vectors: 0.76, 1, NaN, -inf (PyTorch, SciPy, scikit-learn, Optax)",
        table: "cosine.f64",
        spec: "cosine",
        inputs: &[&[3e+200, 4e+200], &[4e+200, 3e+200]],
        outputs: &[("value", &[0.04])],
    },
    Fault {
        number: 34,
        peers: "Pearson distance far from zero: 3 digits (SciPy, PyTorch)",
        table: "pearson.f32",
        spec: "pearson",
        inputs: &[&[1000001.0, 999999.5, 1000000.25, 1000000.75], &[1000000.5, 1000001.25, 999999.0, 1000000.0]],
        outputs: &[("value", &[1.3504383220252312])],
    },
    Fault {
        number: 34,
        peers: "Pearson distance far from zero: 5 digits (SciPy, PyTorch)",
        table: "pearson.f64",
        spec: "pearson",
        inputs: &[&[10000000000.0001, 9999999999.9998, 10000000000.00003, 10000000000.0], &[10000000000.0002, 10000000000.0, 9999999999.9999, 10000000000.0003]],
        outputs: &[("value", &[0.6598699707220707])],
    },
    Fault {
        number: 36,
        peers: "Euclidean distance of huge or tiny vectors: inf or 0 (all but SciPy's euclidean)",
        table: "euclidean.f64",
        spec: "euclidean",
        inputs: &[&[3e+200, 0.0], &[0.0, 4e+200]],
        outputs: &[("value", &[4.9999999999999995e+200]), ("gradient by a", &[0.6, -0.8])],
    },
    Fault {
        number: 36,
        peers: "Euclidean distance of huge or tiny vectors: inf or 0 (all but SciPy's euclidean)",
        table: "euclidean.f64",
        spec: "euclidean",
        inputs: &[&[3e-200, 0.0], &[0.0, 4e-200]],
        outputs: &[("value", &[5e-200]), ("gradient by a", &[0.6, -0.8])],
    },
    Fault {
        number: 37,
        peers: "distance of a vector from itself: 8e-6 (PyTorch's pairwise_distance)",
        table: "euclidean.f32",
        spec: "euclidean",
        inputs: &[&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]],
        outputs: &[("value", &[0.0])],
    },
    Fault {
        number: 37,
        peers: "distance of a vector from itself: 8e-6 (PyTorch's pairwise_distance)",
        table: "euclidean.f64",
        spec: "euclidean",
        inputs: &[&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]],
        outputs: &[("value", &[0.0])],
    },
    Fault {
        number: 38,
        peers: "gradient of the Euclidean distance at coincidence: NaN (JAX)",
        table: "euclidean.f32",
        spec: "euclidean",
        inputs: &[&[1.0, 2.0], &[1.0, 2.0]],
        outputs: &[("value", &[0.0]), ("gradient by a", &[0.0, 0.0]), ("gradient by b", &[0.0, 0.0])],
    },
    Fault {
        number: 38,
        peers: "gradient of the Euclidean distance at coincidence: NaN (JAX)",
        table: "euclidean.f64",
        spec: "euclidean",
        inputs: &[&[1.0, 2.0], &[1.0, 2.0]],
        outputs: &[("value", &[0.0]), ("gradient by a", &[0.0, 0.0]), ("gradient by b", &[0.0, 0.0])],
    },
    Fault {
        number: 39,
        peers: "Minkowski distance with p = 500: inf (SciPy, PyTorch, JAX, torchmetrics)",
        table: "minkowski.f64",
        spec: "minkowski:p=500",
        inputs: &[&[10.0, 20.0, 1.0], &[0.0, 0.0, 0.0]],
        outputs: &[("value", &[20.0])],
    },
    Fault {
        number: 39,
        peers: "Minkowski distance with p = 200: 0 (SciPy, PyTorch, JAX, torchmetrics)",
        table: "minkowski.f64",
        spec: "minkowski:p=200",
        inputs: &[&[0.001, 0.002], &[0.0, 0.0]],
        outputs: &[("value", &[0.002])],
    },
    Fault {
        number: 39,
        peers: "Minkowski distance with p = 100: inf (SciPy, PyTorch, JAX, torchmetrics)",
        table: "minkowski.f32",
        spec: "minkowski:p=100",
        inputs: &[&[10.0, 20.0, 1.0], &[0.0, 0.0, 0.0]],
        outputs: &[("value", &[20.0])],
    },    Fault {
        number: 17,
        peers: "log-cosh of a small residual: 6.0e-8 (Optax), negative (the formula of Keras)",
        table: "log_cosh.f32",
        spec: "log_cosh",
        inputs: &[&[2.999999892949745e-08], &[0.0]],
        outputs: &[("value", &[4.49999967884924e-16]), ("gradient", &[2.9999998929497445e-08])],
    },
    Fault {
        number: 17,
        peers: "log-cosh of a small residual: 1.1e-16 (Optax)",
        table: "log_cosh.f64",
        spec: "log_cosh",
        inputs: &[&[6.8e-17], &[0.0]],
        outputs: &[("value", &[2.3119999999999996e-33]), ("gradient", &[6.8e-17])],
    },
    Fault {
        number: 17,
        peers: "log-cosh of a large residual: infinite, gradient NaN (TorchMetrics)",
        table: "log_cosh.f32",
        spec: "log_cosh",
        inputs: &[&[90.0], &[0.0]],
        outputs: &[("value", &[89.30685281944005]), ("gradient", &[1.0])],
    },
    Fault {
        number: 18,
        peers: "pseudo-Huber loss far out: 241 ULP (SciPy)",
        table: "pseudo_huber.f64",
        spec: "pseudo_huber",
        inputs: &[&[4.6e+136], &[0.0]],
        outputs: &[("value", &[4.6e+136])],
    },
    Fault {
        number: 27,
        peers: "Poisson deviance of a near miss: -4.4e-16 (scikit-learn, TorchMetrics)",
        table: "poisson_deviance.f64",
        spec: "poisson_deviance",
        inputs: &[&[1.0], &[1.0000000037252903]],
        outputs: &[("value", &[1.3877787790581527e-17])],
    },
    Fault {
        number: 27,
        peers: "gamma deviance of a near miss: -1.1e-16 (scikit-learn, TorchMetrics)",
        table: "gamma_deviance.f64",
        spec: "gamma_deviance",
        inputs: &[&[1.0], &[1.0000000037252903]],
        outputs: &[("value", &[1.3877787773348598e-17])],
    },
    Fault {
        number: 29,
        peers: "Gaussian negative log-likelihood of a small variance: -6.90, for 1e-6 is the least (PyTorch)",
        table: "gaussian_nll.f64",
        spec: "gaussian_nll",
        inputs: &[&[0.0], &[1e-9], &[1e-4]],
        outputs: &[("value", &[-5.361632918473205]), ("gradient by variance", &[-4.5e9])],
    },
    Fault {
        number: 29,
        peers: "Poisson negative log-likelihood of a small mean: 92.10, for 1e-8 is added (PyTorch)",
        table: "poisson_from_means.f64",
        spec: "poisson_from_means",
        inputs: &[&[1e-12], &[5.0]],
        outputs: &[("value", &[138.15510557964373]), ("gradient", &[-4999999999999.0])],
    },
    Fault {
        number: 40,
        peers: "Bray-Curtis dissimilarity of two empty sites: NaN (SciPy)",
        table: "bray_curtis.f64",
        spec: "bray_curtis",
        inputs: &[&[0.0, 0.0], &[0.0, 0.0]],
        outputs: &[("value", &[0.0])],
    },
    Fault {
        number: 51,
        peers: "squared logarithmic error of a near miss: 2.5e8 ULP (scikit-learn, TorchMetrics)",
        table: "squared_log_error.f64",
        spec: "squared_log_error",
        inputs: &[&[1.0000000037252903], &[1.0]],
        outputs: &[("value", &[3.4694469454912657e-18])],
    },
];

/// Tests of this file that are not rows of the list above.
const BY_HAND: [usize; 10] = [2, 5, 20, 35, 42, 43, 44, 45, 46, 47];

/// What the catalogue does not have yet: number, and what is missing.
const MISSING: [(usize, &str); 6] = [
    (28, "Poisson negative log-likelihood with the whole constant"),
    (30, "divergences between gamma, exponential, Poisson and normal distributions"),
    (41, "haversine distance"),
    (48, "mean absolute percentage error"),
    (49, "coefficient of determination"),
    (50, "root of the mean of squares that are beyond f64 themselves"),
];

#[test]
fn the_true_value_where_peers_are_wrong() {
    let mut failures = Vec::new();
    for fault in FAULTS {
        let single = fault.table.ends_with("f32");
        let (inputs, outputs) = support::columns(fault.table);
        let case = Case {
            line: fault.number,
            spec: fault.spec.to_owned(),
            text: Vec::new(),
            inputs: fault.inputs.iter().map(|input| input.to_vec()).collect(),
            outputs: Vec::new(),
        };
        let results = if single {
            tables::compute::<f32>(&case, &inputs, &outputs)
        } else {
            tables::compute::<f64>(&case, &inputs, &outputs)
        };
        let results = results.unwrap_or_else(|error| panic!("{} {}: {error}", fault.number, fault.peers));
        for (name, truth) in fault.outputs {
            let place = outputs.iter().position(|output| output == name).unwrap();
            assert_eq!(results[place].len(), truth.len(), "{} {name}", fault.number);
            for (got, truth) in results[place].iter().zip(*truth) {
                // The truth is rounded itself, which shows in f64 only.
                let bound = if single { 0.51 } else { 1.0 };
                let error = ulps(*got, &Exact::of(*truth), if single { F32 } else { F64 });
                if error > bound {
                    let Fault { number, peers, spec, .. } = fault;
                    failures.push(format!("{number} {peers}: {spec} {name} {got:e}, true {truth:e}: {error} ULP"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_fault_is_covered_or_listed() {
    let covered: BTreeSet<usize> = FAULTS.iter().map(|fault| fault.number).chain(BY_HAND).collect();
    let missing: BTreeSet<usize> = MISSING.iter().map(|(number, _)| *number).collect();
    assert!(covered.is_disjoint(&missing), "covered by now");
    assert_eq!(&covered | &missing, (1..=51).collect());
    println!("{} faults covered; not yet: {MISSING:#?}", covered.len());
}

fn pointwise(spec: &str) -> Box<dyn PointwiseLoss> {
    let Measure::Pointwise(loss) = find(spec).unwrap() else { panic!("{spec}") };
    loss
}
fn pair(spec: &str) -> Box<dyn PairFunction> {
    let Measure::Pair(pair) = find(spec).unwrap() else { panic!("{spec}") };
    pair
}
fn row(spec: &str) -> Box<dyn RowLoss> {
    let Measure::Row(loss) = find(spec).unwrap() else { panic!("{spec}") };
    loss
}
fn statistic(spec: &str) -> Box<dyn SampleStatistic> {
    let Measure::Sample(statistic) = find(spec).unwrap() else { panic!("{spec}") };
    statistic
}

/// Numbers in [0, 1).
fn uniform(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    })
}

/// scikit-learn's mean is 4: with a single class it turns the labels round.
#[test]
fn fault_2_mean_of_a_batch_of_one_class() {
    let loss = pointwise("hinge");
    assert_eq!(Evaluation::new(&*loss, &[2.0, 3.0, 4.0], &[1.0; 3]).unwrap().mean().unwrap(), 0.0);
}

/// PyTorch changes its formula, and the digits, from 25 rows to 26; the diagonal is up to 0.0156.
#[test]
fn fault_5_a_distance_does_not_depend_on_its_company() {
    let metric = pair("euclidean");
    let dimension = 16;
    let mut numbers = uniform(5);
    let base: Vec<f32> = (0..dimension).map(|_| 10.0 + numbers.next().unwrap() as f32).collect();
    let rows: Vec<f32> =
        (0..26).flat_map(|_| base.clone()).map(|x| x + 1e-3 * numbers.next().unwrap() as f32).collect();
    let all = pairwise(&*metric, &rows, &rows, dimension).unwrap();
    let fewer = pairwise(&*metric, &rows[..25 * dimension], &rows[..25 * dimension], dimension).unwrap();
    for i in 0..25 {
        assert_eq!(all[i * 26 + i], 0.0);
        for j in 0..25 {
            let row = |k: usize| &rows[k * dimension..(k + 1) * dimension];
            let alone = rowwise(&*metric, row(i), row(j), dimension).unwrap()[0];
            assert_eq!((all[i * 26 + j].to_bits(), fewer[i * 25 + j].to_bits()), (alone.to_bits(), alone.to_bits()));
        }
    }
}

/// SciPy's is negative for half of all pairs that are nearly equal, NumKong's for nearly all.
#[test]
fn fault_20_kl_of_nearly_equal_rows_is_positive() {
    let divergence = pair("kl_divergence");
    let mut numbers = uniform(20);
    for _ in 0..500 {
        // Multiples of 2^-52 that sum to 1 exactly, and the same with some moved from one class to another.
        let mut p: Vec<f64> =
            (0..4).map(|_| (numbers.next().unwrap() * 2f64.powi(49)).floor() * 2f64.powi(-52)).collect();
        p.push(1.0 - p.iter().sum::<f64>());
        let mut q = p.clone();
        let moved = (1.0 + (numbers.next().unwrap() * 1000.0).floor()) * 2f64.powi(-50);
        (q[0], q[4]) = (q[0] + moved, q[4] - moved);
        assert!(rowwise(&*divergence, &p, &q, 5).unwrap()[0] > 0.0, "{p:?} {q:?}");
    }
}

/// PyTorch and torchmetrics say 1, SciPy NaN.
#[test]
fn fault_35_pearson_of_a_constant_vector_is_undefined() {
    let metric = pair("pearson");
    let (constant, other): ([f32; 10], Vec<f32>) = ([0.1; 10], (0..10_u8).map(f32::from).collect());
    assert_eq!(rowwise(&*metric, &constant, &other, 10).unwrap_err().kind(), ErrorKind::Domain);
}

/// POT: 0.9999907.
#[test]
fn fault_42_wasserstein_of_a_shift_by_one() {
    let (a, b): (Vec<f64>, Vec<f64>) = (0..1000_u16).map(|i| (f64::from(i), f64::from(i) + 1.0)).unzip();
    assert_eq!(statistic("wasserstein:order=1").value(&a, &b, 1).unwrap(), 1.0);
}

/// POT: 4e-7 and less, from a plan of mass 2.6e-4, or a cost below the least that there is.
#[test]
fn fault_43_sinkhorn_with_little_entropy_is_bounded_or_an_error() {
    let n = 12;
    let mut numbers = uniform(43);
    let points: Vec<f64> = numbers.by_ref().take(2 * n).collect();
    let cost: Vec<f64> = (0..n * n).map(|k| (points[k / n] - points[n + k % n]).abs()).collect();
    let weights = vec![1.0; n];
    let least = statistic("optimal_transport").value_of_costs(&cost, &weights, &weights).unwrap();
    for epsilon in [1e-3, 1e-4] {
        match Sinkhorn::new(epsilon, Ground::Euclidean, 1e-12, 20_000_u32).unwrap().solve(&cost, &weights, &weights) {
            Ok(plan) => {
                assert!(plan.lower <= least && least <= plan.upper, "{} {least} {}", plan.lower, plan.upper);
                // Entropy moves the cost by at most ε ln n for each unit of mass.
                assert!(plan.cost >= least * (1.0 - 1e-9) && plan.cost <= least + epsilon * (n as f64).ln() * n as f64);
                let mass: f64 = plan.matrix().iter().sum();
                assert!((mass / n as f64 - 1.0).abs() < 1e-9, "a plan of mass {mass}");
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotConverged),
        }
    }
}

/// PyTorch 9 ULP and 11 instead of 1000, NumPy 2 and 40, JAX 1 and 0.
#[test]
fn fault_44_sums_of_many_and_of_cancelling_numbers() {
    let mut sum = ExactSum::new();
    sum.add_slice(&vec![f64::from(0.1_f32); 10_000_000]);
    // 0.1_f32 is 13421773 · 2^-27.
    assert_eq!(sum.to_f64(), 134_217_730_000_000.0 * 2f64.powi(-27));
    let mut sum = ExactSum::new();
    sum.add_slice(&[1e8, 1.0, -1e8].repeat(1000));
    assert_eq!(sum.to_f64(), 1000.0);
}

/// PyTorch 14 ULP, JAX 6, NumPy 2.
#[test]
fn fault_45_a_sum_of_numbers_of_both_signs() {
    // Multiples of 2^-53, so that integers know the sum.
    let numbers: Vec<f64> = uniform(45).map(|x| x - 0.5).take(1_000_000).collect();
    let truth: i128 = numbers.iter().map(|x| (x * 2f64.powi(53)) as i128).sum();
    let mut sum = ExactSum::new();
    sum.add_slice(&numbers);
    assert_eq!(sum.to_f64(), truth as f64 * 2f64.powi(-53));
}

/// PyTorch's dot product differs by 1877 ULP between one thread and two.
#[test]
fn fault_46_threads_change_no_bit() {
    let numbers: Vec<f32> = uniform(46).map(|x| x as f32 - 0.5).take(400_000).collect();
    let (a, b) = numbers.split_at(200_000);
    let loss = pointwise("squared");
    let sums = [1, 2, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Evaluation::new(&*loss, a, b).unwrap().sum().unwrap().to_bits())
    });
    assert!(sums.iter().all(|sum| *sum == sums[0]));
}

/// PyTorch 4 ULP, Optax and SciPy 440.
#[test]
fn fault_47_cross_entropy_of_a_million_classes() {
    let scores: Vec<f32> = (0..1_000_000_u32).map(|i| 1e4 + (i % 8) as f32 / 8.0).collect();
    let loss = row("softmax_cross_entropy");
    let batch = RowEvaluation::new(&*loss, &scores, scores.len(), RowTargets::labels(&[3])).unwrap();
    let result = batch.value_and_gradient().unwrap();
    for (got, truth) in [(result.value[0], 13.918684455660557), (result.gradient[3], -0.9999990980298907)] {
        let error = ulps(f64::from(got), &Exact::of(truth), F32);
        assert!(error <= 0.51, "{got}, true {truth}: {error} ULP");
    }
}
