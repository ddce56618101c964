//! Parameters and their values.

use super::domain::Domain;
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;
use std::fmt;

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// One of the parameter's words (`none`, `e`, `true`, …).
    Word(&'static str),
    /// A list of numbers.
    List(Vec<f64>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(x) => f.write_str(&plain(*x)),
            Value::Word(word) => f.write_str(word),
            Value::List(list) => {
                let parts: Vec<String> = list.iter().map(|x| plain(*x)).collect();
                write!(f, "[{}]", parts.join(" "))
            }
        }
    }
}

/// The shortest text of a number; very large and very small ones with an exponent.
pub(crate) fn plain(x: f64) -> String {
    let magnitude = x.abs();
    let short = x == 0.0 || !x.is_finite() || (1e-6..1e17).contains(&magnitude);
    if short { x.to_string() } else { format!("{x:e}") }
}

impl From<f64> for Value {
    fn from(x: f64) -> Value {
        Value::Number(x)
    }
}

/// A parameter of an entry: its name, meaning, default and domain.
#[derive(Debug)]
pub struct Parameter {
    /// The name in spec strings and in the Rust struct.
    pub name: &'static str,
    /// What it means, with its unit.
    pub doc: &'static str,
    /// The value when it is not given.
    pub default: Value,
    /// What it may be.
    pub domain: Domain,
}

impl Parameter {
    /// Reads a value from text.
    pub fn parse(&self, function: &str, text: &str) -> Result<Value> {
        let text = text.trim();
        if let Some(word) = self.domain.words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
            return Ok(Value::Word(word));
        }
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let value = if self.domain.list {
            let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
            inner
                .split([' ', ';'])
                .filter(|part| !part.is_empty())
                .map(number)
                .collect::<Option<Vec<f64>>>()
                .map(Value::List)
        } else {
            number(text).map(Value::Number)
        };
        let Some(value) = value else {
            return Err(self.outside(function, text));
        };
        self.check(function, &value)?;
        Ok(value)
    }

    /// Whether the value is in the domain; the error shows the domain.
    pub fn check(&self, function: &str, value: &Value) -> Result<()> {
        let good = match value {
            Value::Number(x) => !self.domain.list && self.domain.interval.is_some_and(|i| i.contains(*x)),
            Value::Word(word) => self.domain.words.contains(word),
            Value::List(list) => {
                self.domain.list && self.domain.interval.is_some_and(|i| list.iter().all(|x| i.contains(*x)))
            }
        };
        if good { Ok(()) } else { Err(self.outside(function, &value.to_string())) }
    }

    fn outside(&self, function: &str, value: &str) -> Error {
        Error::new(ErrorKind::Parameter, function, self.name, self.domain.to_string()).value(value)
    }
}

/// The values of all parameters of an entry, in the entry's order.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Arguments(pub Vec<Value>);

/// A Rust type that a parameter is held in.
pub trait ParameterType: Sized {
    /// From a value that is already in the domain.
    fn from_value(value: &Value) -> Option<Self>;
    /// Back.
    fn to_value(&self) -> Value;
}

impl ParameterType for f64 {
    fn from_value(value: &Value) -> Option<f64> {
        if let Value::Number(x) = value { Some(*x) } else { None }
    }
    fn to_value(&self) -> Value {
        Value::Number(*self)
    }
}
impl ParameterType for u32 {
    fn from_value(value: &Value) -> Option<u32> {
        if let Value::Number(x) = value { Some(*x as u32) } else { None }
    }
    fn to_value(&self) -> Value {
        Value::Number(f64::from(*self))
    }
}
impl ParameterType for bool {
    fn from_value(value: &Value) -> Option<bool> {
        Some(*value == Value::Word("true"))
    }
    fn to_value(&self) -> Value {
        Value::Word(if *self { "true" } else { "false" })
    }
}
/// `None` is the word `none`.
impl ParameterType for Option<f64> {
    fn from_value(value: &Value) -> Option<Option<f64>> {
        Some(if let Value::Number(x) = value { Some(*x) } else { None })
    }
    fn to_value(&self) -> Value {
        self.map_or(Value::Word("none"), Value::Number)
    }
}
impl ParameterType for Vec<f64> {
    fn from_value(value: &Value) -> Option<Vec<f64>> {
        if let Value::List(list) = value { Some(list.clone()) } else { Some(Vec::new()) }
    }
    fn to_value(&self) -> Value {
        Value::List(self.clone())
    }
}

/// The base of a logarithm: `e`, or a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Base {
    /// Natural logarithms: nats.
    E,
    /// Logarithms to this base: 2 for bits.
    Number(f64),
}

impl Base {
    /// `x / ln(base)`.
    #[inline(always)]
    pub fn scale<R: Real>(self, x: R) -> R {
        match self {
            Base::E => x,
            // A factor is the same for all elements: computed once, multiplied often.
            Base::Number(b) => x * x.inverse_ln(b),
        }
    }
}
impl From<f64> for Base {
    fn from(base: f64) -> Base {
        Base::Number(base)
    }
}
impl ParameterType for Base {
    fn from_value(value: &Value) -> Option<Base> {
        Some(if let Value::Number(x) = value { Base::Number(*x) } else { Base::E })
    }
    fn to_value(&self) -> Value {
        match self {
            Base::E => Value::Word("e"),
            Base::Number(x) => Value::Number(*x),
        }
    }
}
