//! Reading the reference tables: exact floats in, at least 100 bits out, errors in units of the last place.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken table must stop the test")]

use num_bigint::BigInt;

/// An exact binary number `mantissa · 2^exponent`, or an infinity.
#[derive(Clone, Debug)]
pub enum Exact {
    Finite { mantissa: BigInt, exponent: i64 },
    Infinite { negative: bool },
}

impl Exact {
    /// Reads a C99 hexadecimal float of any length, `inf`, or a whole number.
    pub fn parse(text: &str) -> Exact {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        if rest == "inf" {
            return Exact::Infinite { negative };
        }
        let Some(rest) = rest.strip_prefix("0x") else {
            return Exact::of(text.parse().unwrap());
        };
        let (digits, exponent) = rest.split_once('p').unwrap();
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa = BigInt::parse_bytes(format!("{whole}{fraction}").as_bytes(), 16).unwrap();
        let exponent = exponent.parse::<i64>().unwrap() - 4 * fraction.len() as i64;
        Exact::Finite { mantissa: if negative { -mantissa } else { mantissa }, exponent }
    }

    /// Exactly a float.
    pub fn of(x: f64) -> Exact {
        if x.is_infinite() {
            return Exact::Infinite { negative: x < 0.0 };
        }
        let bits = x.abs().to_bits();
        let (field, fraction) = ((bits >> 52) as i64, bits & ((1 << 52) - 1));
        let (mantissa, exponent) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
        let mantissa = BigInt::from(mantissa);
        Exact::Finite { mantissa: if x < 0.0 { -mantissa } else { mantissa }, exponent }
    }

    /// The nearest float (exact for inputs, which are floats).
    pub fn to_f64(&self) -> f64 {
        match self {
            Exact::Infinite { negative: true } => f64::NEG_INFINITY,
            Exact::Infinite { negative: false } => f64::INFINITY,
            Exact::Finite { mantissa, exponent } => {
                let bits = mantissa.bits() as i64;
                let drop = (bits - 64).max(0);
                let head: BigInt = mantissa >> drop;
                let head: i128 = head.try_into().unwrap();
                let e = exponent + drop;
                // Two exact steps reach every exponent; inputs have at most 53 bits, so nothing is rounded.
                let half = e / 2;
                (head as f64) * 2f64.powi(half as i32) * 2f64.powi((e - half) as i32)
            }
        }
    }

    /// floor(log2 |x|), for finite numbers but zero.
    pub fn binade(&self) -> Option<i64> {
        match self {
            Exact::Finite { mantissa, exponent } if mantissa.bits() > 0 => Some(mantissa.bits() as i64 - 1 + exponent),
            _ => None,
        }
    }
}

/// The format that a result is stored in: bits of the significand, exponent of the smallest step, largest exponent.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub bits: i64,
    pub smallest: i64,
    pub largest: i64,
}
pub const F64: Format = Format { bits: 53, smallest: -1074, largest: 1023 };
pub const F32: Format = Format { bits: 24, smallest: -149, largest: 127 };

/// |got − truth| in units of the last place of the truth, gradual underflow counted.
pub fn ulps(got: f64, truth: &Exact, format: Format) -> f64 {
    let Exact::Finite { mantissa, exponent } = truth else {
        return if Exact::of(got).to_f64() == truth.to_f64() { 0.0 } else { f64::INFINITY };
    };
    if got.is_nan() {
        return f64::INFINITY;
    }
    let binade = truth.binade().unwrap_or(format.smallest);
    if got.is_infinite() {
        // An overflow is right where the truth rounds to it.
        let kept = format.bits as u64 + 1;
        let head = mantissa.magnitude() >> mantissa.magnitude().bits().saturating_sub(kept);
        let rounds_up = binade == format.largest && head.bits() == kept && head.count_ones() == kept;
        return if binade > format.largest || rounds_up { 0.0 } else { f64::INFINITY };
    }
    let step = (binade - format.bits + 1).max(format.smallest);
    let Exact::Finite { mantissa: m, exponent: e } = Exact::of(got) else { unreachable!() };
    let low = (*exponent).min(e);
    let difference = (mantissa << (exponent - low)) - (m << (e - low));
    // difference · 2^low / 2^step
    let magnitude = difference.magnitude();
    let drop = (magnitude.bits() as i64 - 60).max(0);
    let head: u64 = (magnitude >> drop).try_into().unwrap();
    head as f64 * 2f64.powi((drop + low - step).clamp(-2000, 2000) as i32)
}

/// One row of a table.
#[derive(Clone, Debug)]
pub struct Case {
    pub line: usize,
    pub spec: String,
    pub inputs: Vec<Vec<f64>>,
    /// An empty vector where the result does not exist.
    pub outputs: Vec<Vec<Exact>>,
}

/// All cases of `reference/tables/<name>.txt`.
pub fn table(name: &str) -> Vec<Case> {
    table_if_any(name).unwrap_or_else(|| panic!("there is no table {name}"))
}

/// The same, or `None` where there is no such file.
pub fn table_if_any(name: &str) -> Option<Vec<Case>> {
    let path = format!("{}/../../reference/tables/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).ok()?;
    let numbers = |field: &str| -> Vec<Exact> {
        if field.trim() == "-" { Vec::new() } else { field.split_whitespace().map(Exact::parse).collect() }
    };
    let cases = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
        .map(|(number, line)| {
            let fields: Vec<&str> = line.split('\t').collect();
            let bar = fields.iter().position(|field| *field == "|").unwrap();
            Case {
                line: number + 1,
                spec: fields[0].to_owned(),
                inputs: fields[1..bar].iter().map(|f| numbers(f).iter().map(Exact::to_f64).collect()).collect(),
                outputs: fields[bar + 1..].iter().map(|f| numbers(f)).collect(),
            }
        })
        .collect();
    Some(cases)
}
