//! Reading the reference tables: exact floats in, at least 100 bits out, errors in units of the last place.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken table must stop the test")]

use discrepancy::number::Long;
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

    /// The first 150 bits and more of a long number; NaN has none.
    pub fn of_long(x: Long) -> Option<Exact> {
        let head = x.to_f64();
        if head.is_nan() || head.is_infinite() {
            return (!head.is_nan()).then(|| Exact::of(head));
        }
        // What is left of a small number is scaled up, so that it stays in the range of floats.
        let scale = if head.abs() < 2f64.powi(-400) { 600 } else { 0 };
        let (mut sum, mut rest) = (Exact::of(head), x - head);
        for _ in 0..2 {
            let part = (rest * 2f64.powi(scale)).to_f64();
            rest = rest - Long::from(part) * 2f64.powi(-scale);
            sum = sum.plus(Exact::of(part), i64::from(-scale));
        }
        Some(sum)
    }

    /// `self + other · 2^power`, of finite numbers.
    fn plus(self, other: Exact, power: i64) -> Exact {
        let (Exact::Finite { mantissa: m, exponent: e }, Exact::Finite { mantissa: n, exponent: f }) = (self, other)
        else {
            unreachable!("parts of a finite number")
        };
        let f = f + power;
        let low = e.min(f);
        Exact::Finite { mantissa: (m << (e - low)) + (n << (f - low)), exponent: low }
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

impl Format {
    /// As tables and catalogue name it.
    pub fn name(self) -> &'static str {
        if self.bits == F32.bits { "f32" } else { "f64" }
    }
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

/// A float as tables write it.
pub fn hexadecimal(x: f64) -> String {
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_infinite() {
        return format!("{sign}inf");
    }
    let bits = x.abs().to_bits();
    if bits == 0 {
        return format!("{sign}0x0p+0");
    }
    // Subnormals are written with a leading 1 too.
    let (field, fraction) = ((bits >> 52) as i64, bits & ((1 << 52) - 1));
    let shift = if field == 0 { fraction.leading_zeros() as i64 - 11 } else { 0 };
    let (fraction, exponent) =
        if field == 0 { ((fraction << shift) & ((1 << 52) - 1), -1022 - shift) } else { (fraction, field - 1023) };
    let digits = format!("{fraction:013x}");
    let digits = digits.trim_end_matches('0');
    format!("{sign}0x1{}{digits}p{exponent:+}", if digits.is_empty() { "" } else { "." })
}

/// The names of the inputs and of the outputs of a table, from its comment lines.
pub fn columns(table: &str) -> (Vec<String>, Vec<String>) {
    let path = format!("{}/../../reference/tables/{table}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let list = |start: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(start)).unwrap();
        // A comma in parentheses is part of a name.
        let mut depth = 0;
        let parts = line.split(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ',' && depth == 0
        });
        parts.map(|name| name.trim().to_owned()).collect()
    };
    (list("# inputs: "), list("# outputs: "))
}

/// The tables of an entry, without the storage type: `name`, and `name.variant` of the same entry with other inputs.
pub fn tables_of(name: &str) -> Vec<String> {
    let folder = format!("{}/../../reference/tables", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut tables: Vec<String> = files
        .filter_map(|file| file.strip_suffix(".f32.txt").map(str::to_owned))
        .filter(|table| table.split('.').next() == Some(name))
        .collect();
    tables.sort();
    tables
}

/// One row of a table.
#[derive(Clone, Debug)]
pub struct Case {
    pub line: usize,
    pub spec: String,
    /// The inputs as they are written.
    pub text: Vec<String>,
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
                text: fields[1..bar].iter().map(|field| (*field).to_owned()).collect(),
                inputs: fields[1..bar].iter().map(|f| numbers(f).iter().map(Exact::to_f64).collect()).collect(),
                outputs: fields[bar + 1..].iter().map(|f| numbers(f)).collect(),
            }
        })
        .collect();
    Some(cases)
}
