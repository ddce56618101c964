//! Floats in JSON, which has neither infinities nor NaN.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

/// A float that is written as the text `inf`, `-inf` or `nan` where it is none of JSON's numbers. The page sends texts too where
/// a number has a fraction: these are read to the last bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number(pub(crate) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            x if x.is_finite() => serializer.serialize_f64(x),
            x if x.is_nan() => serializer.serialize_str("nan"),
            x => serializer.serialize_str(if x > 0.0 { "inf" } else { "-inf" }),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let failed = |found: &str| serde::de::Error::custom(format!("{found} is no number"));
        match Json::deserialize(deserializer)? {
            Json::Number(x) => x.as_f64().map(Number).ok_or_else(|| failed(&x.to_string())),
            Json::String(text) => text.parse().map(Number).map_err(|_| failed(&text)),
            other => Err(failed(&other.to_string())),
        }
    }
}

pub(crate) fn numbers(of: &[f64]) -> Vec<Number> {
    of.iter().map(|x| Number(*x)).collect()
}

pub(crate) fn floats(of: &[Number]) -> Vec<f64> {
    of.iter().map(|x| x.0).collect()
}
