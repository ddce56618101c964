//! The catalogue for the page, and its digest, by which a page knows whether it is of this catalogue.

use crate::number::{Number, numbers};
use discrepancy::catalog::spec::parse;
use discrepancy::catalog::{self, Arguments, DataDomain, Entry, Interval, Measure, Parameter, Value};
use discrepancy::losses::{Coupling, PointwiseLoss};
use serde::Serialize;

/// An entry as the page shows it.
#[derive(Serialize)]
pub(crate) struct Described {
    name: &'static str,
    aliases: &'static [&'static str],
    family: &'static str,
    /// How prediction and target meet, of pointwise losses.
    coupling: Option<&'static str>,
    doc: &'static str,
    formula: &'static str,
    parameters: Vec<DescribedParameter>,
    properties: Vec<String>,
    source: &'static str,
    prediction: DescribedDomain,
    target: DescribedDomain,
}

#[derive(Serialize)]
struct DescribedParameter {
    name: &'static str,
    doc: String,
    default: Json,
    /// Its domain in words.
    domain: String,
    interval: Option<DescribedInterval>,
    words: &'static [&'static str],
    list: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Json {
    Number(Number),
    Word(&'static str),
    List(Vec<Number>),
}

#[derive(Serialize)]
struct DescribedInterval {
    low: Number,
    high: Number,
    low_included: bool,
    high_included: bool,
    whole: bool,
}

#[derive(Serialize)]
struct DescribedDomain {
    /// Its name in the catalogue's code.
    kind: &'static str,
    words: String,
    interval: Option<DescribedInterval>,
}

#[derive(Serialize)]
pub(crate) struct Catalogue {
    digest: String,
    entries: Vec<Described>,
}

pub(crate) fn catalogue() -> Catalogue {
    Catalogue { digest: digest(), entries: catalog::entries().map(describe).collect() }
}

/// How prediction and target meet, in a word.
pub(crate) fn coupling(loss: &dyn PointwiseLoss) -> &'static str {
    match loss.coupling() {
        Coupling::Residual => "residual",
        Coupling::Margin => "margin",
        Coupling::Pair => "pair",
    }
}

fn describe(entry: &Entry) -> Described {
    let measure = entry.make(&entry.defaults());
    Described {
        name: entry.name,
        aliases: entry.aliases,
        family: entry.family.name(),
        coupling: if let Ok(Measure::Pointwise(loss)) = &measure { Some(coupling(loss.as_ref())) } else { None },
        doc: entry.doc,
        formula: entry.formula,
        parameters: entry.parameters.iter().map(parameter).collect(),
        properties: entry.properties.iter().map(|property| format!("{property:?}")).collect(),
        source: entry.source,
        prediction: domain(&entry.prediction),
        target: domain(&entry.target),
    }
}

fn parameter(parameter: &Parameter) -> DescribedParameter {
    DescribedParameter {
        name: parameter.name,
        doc: parameter.doc.split_whitespace().collect::<Vec<&str>>().join(" "),
        default: match &parameter.default {
            Value::Number(x) => Json::Number(Number(*x)),
            Value::Word(word) => Json::Word(word),
            Value::List(list) => Json::List(numbers(list)),
        },
        domain: parameter.domain.to_string(),
        interval: parameter.domain.interval.as_ref().map(interval),
        words: parameter.domain.words,
        list: parameter.domain.list,
    }
}

fn interval(interval: &Interval) -> DescribedInterval {
    DescribedInterval {
        low: Number(interval.low),
        high: Number(interval.high),
        low_included: interval.low_included,
        high_included: interval.high_included,
        whole: interval.whole,
    }
}

fn domain(domain: &DataDomain) -> DescribedDomain {
    let kind = match domain {
        DataDomain::Real => "real",
        DataDomain::Within(_) => "within",
        DataDomain::Truth => "truth",
        DataDomain::Signs => "signs",
        DataDomain::Binary => "binary",
        DataDomain::ClassOrProbabilities => "class_or_probabilities",
        DataDomain::Probabilities => "probabilities",
    };
    let within = if let DataDomain::Within(within) = domain { Some(interval(within)) } else { None };
    DescribedDomain { kind, words: domain.to_string(), interval: within }
}

/// An entry by spec, which must be a pointwise loss.
pub(crate) fn pointwise(spec: &str) -> discrepancy::Result<Box<dyn PointwiseLoss>> {
    let (entry, arguments): (&'static Entry, Arguments) = parse(spec)?;
    match entry.make(&arguments)? {
        Measure::Pointwise(loss) => Ok(loss),
        _ => Err(discrepancy::Error::new(
            discrepancy::ErrorKind::Unsupported,
            entry.name,
            "spec",
            "losses of one prediction and one target",
        )),
    }
}

/// A digest of the catalogue: names, parameters, formulas, documentation, and values at some points. A page that holds another
/// one is of another catalogue. Kernels may change under it, for their bits do not.
#[must_use]
pub fn digest() -> String {
    let mut digest = Digest::default();
    for entry in catalog::entries() {
        digest.text(entry.name);
        digest.text(&entry.aliases.join(" "));
        digest.text(entry.doc);
        digest.text(entry.formula);
        digest.text(entry.source);
        digest.text(&format!("{} {} {:?}", entry.prediction, entry.target, entry.properties));
        for parameter in entry.parameters {
            digest.text(&format!("{} {} {} {}", parameter.name, parameter.doc, parameter.default, parameter.domain));
        }
        if let Ok(Measure::Pointwise(loss)) = entry.make(&entry.defaults()) {
            for prediction in [0.25, 0.75, 1.0, -2.0, 3.5] {
                for target in [0.0, 1.0, -1.0] {
                    if entry.prediction.contains(prediction) && entry.target.contains(target) {
                        loss.at(prediction, target).iter().for_each(|x| digest.number(*x));
                    }
                }
            }
        }
    }
    format!("{:016x}", digest.0)
}

/// FNV-1a of 64 bits: nobody forges a page, a digest only has to notice.
struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Digest(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[0]);
    }
    /// One bit pattern for all NaN.
    fn number(&mut self, x: f64) {
        let bits = if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
        self.bytes(&bits.to_le_bytes());
    }
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
