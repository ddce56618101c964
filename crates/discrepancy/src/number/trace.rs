//! A symbol that records the formula it goes through and prints it as TeX.
//!
//! What is recorded is shortened as a person would on paper: `1 x` is x, `x - (-y)` is x + y, a choice whose condition
//! is known is made. So a formula traced at a target that is a number shows only what matters there.

use super::Real;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// An expression, by its place in the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trace(usize);

/// A recorded condition, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceMask(usize);

/// One step of a formula.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    /// A constant, by its bits.
    Number(u64),
    Variable(String),
    Sum(Trace, Trace),
    Difference(Trace, Trace),
    /// A constant factor stands first.
    Product(Trace, Trace),
    Quotient(Trace, Trace),
    Negative(Trace),
    Power(Trace, u64),
    Exponential(Trace),
    Root(Trace),
    Magnitude(Trace),
    /// A function by its TeX name.
    Function(&'static str, Vec<Trace>),
    Choice(TraceMask, Trace, Trace),
    Known(bool),
    Compare(Trace, &'static str, Trace),
    And(TraceMask, TraceMask),
    Or(TraceMask, TraceMask),
    Not(TraceMask),
}

/// Equal steps are recorded once: tracing a formula again takes no memory.
#[derive(Default)]
struct Recording {
    steps: Vec<Step>,
    places: HashMap<Step, usize>,
}

thread_local! {
    /// A [`Trace`] is an index into this, because formulas need `Copy`.
    static RECORDING: RefCell<Recording> = RefCell::default();
}

fn record(step: Step) -> usize {
    RECORDING.with_borrow_mut(|recording| {
        if let Some(place) = recording.places.get(&step) {
            return *place;
        }
        recording.steps.push(step.clone());
        recording.places.insert(step, recording.steps.len() - 1);
        recording.steps.len() - 1
    })
}
fn step(place: usize) -> Step {
    RECORDING.with_borrow(|recording| recording.steps[place].clone())
}

/// Whether arithmetic on constants may be carried out: where the result is as short as what it came from.
fn short(c: f64) -> bool {
    c.is_finite() && c.to_string().len() <= 10
}

impl Trace {
    /// A named variable.
    #[must_use]
    pub fn variable(name: &str) -> Trace {
        Trace(record(Step::Variable(name.to_owned())))
    }
    /// A constant.
    #[must_use]
    pub fn number(c: f64) -> Trace {
        // One zero: signs of zeros do not show in formulas.
        Trace(record(Step::Number((c + 0.0).to_bits())))
    }
    /// The expression as TeX.
    #[must_use]
    pub fn tex(self) -> String {
        write(self, Binding::Choice)
    }
    fn constant(self) -> Option<f64> {
        if let Step::Number(bits) = step(self.0) { Some(f64::from_bits(bits)) } else { None }
    }
    /// Itself as a constant times something.
    fn factors(self) -> (f64, Option<Trace>) {
        match step(self.0) {
            Step::Number(bits) => (f64::from_bits(bits), None),
            Step::Negative(x) => {
                let (c, rest) = x.factors();
                (-c, rest)
            }
            Step::Product(c, rest) if c.constant().is_some() => (c.constant().unwrap_or(1.0), Some(rest)),
            _ => (1.0, Some(self)),
        }
    }
    fn times(c: f64, rest: Option<Trace>) -> Trace {
        match rest {
            _ if c == 0.0 => Trace::number(0.0),
            None => Trace::number(c),
            Some(rest) if c == 1.0 => rest,
            Some(rest) if c < 0.0 => Trace(record(Step::Negative(Trace::times(-c, Some(rest))))),
            Some(rest) => Trace(record(Step::Product(Trace::number(c), rest))),
        }
    }
    /// Whether it starts with a minus, which a sum can take over.
    fn negative(self) -> bool {
        matches!(step(self.0), Step::Negative(_)) || self.constant().is_some_and(|c| c < 0.0)
    }
    fn function(self, name: &'static str) -> Trace {
        Trace(record(Step::Function(name, vec![self])))
    }
}

impl Add for Trace {
    type Output = Trace;
    fn add(self, o: Trace) -> Trace {
        match (self.constant(), o.constant()) {
            (Some(a), Some(b)) if short(a + b) => Trace::number(a + b),
            (Some(0.0), _) => o,
            (_, Some(0.0)) => self,
            _ if o.negative() => self - -o,
            _ if self.negative() => o - -self,
            _ => match (step(self.0), step(o.0)) {
                // x + (b - x)
                (_, Step::Difference(b, x)) if x == self => b,
                (Step::Difference(b, x), _) if x == o => b,
                _ => Trace(record(Step::Sum(self, o))),
            },
        }
    }
}
impl Sub for Trace {
    type Output = Trace;
    fn sub(self, o: Trace) -> Trace {
        match (self.constant(), o.constant()) {
            (Some(a), Some(b)) if short(a - b) => Trace::number(a - b),
            (Some(0.0), _) => -o,
            (_, Some(0.0)) => self,
            _ if o.negative() => self + -o,
            _ => Trace(record(Step::Difference(self, o))),
        }
    }
}
impl Mul for Trace {
    type Output = Trace;
    fn mul(self, o: Trace) -> Trace {
        let ((c, x), (d, y)) = (self.factors(), o.factors());
        let rest = match (x, y) {
            (Some(x), Some(y)) => Some(Trace(record(Step::Product(x, y)))),
            (x, y) => x.or(y),
        };
        if c == 1.0 || d == 1.0 || short(c * d) {
            return Trace::times(c * d, rest);
        }
        Trace::times(c, Some(Trace::times(d, rest)))
    }
}
impl Div for Trace {
    type Output = Trace;
    fn div(self, o: Trace) -> Trace {
        match (self.constant(), o.constant()) {
            (Some(a), Some(b)) if short(a / b) => Trace::number(a / b),
            (Some(0.0), _) => self,
            (_, Some(1.0)) => self,
            _ if self.negative() => -(-self / o),
            _ => match step(self.0) {
                // a / b / b
                Step::Quotient(a, b) if b == o => a / b.square(),
                _ => Trace(record(Step::Quotient(self, o))),
            },
        }
    }
}
impl Neg for Trace {
    type Output = Trace;
    fn neg(self) -> Trace {
        let (c, rest) = self.factors();
        Trace::times(-c, rest)
    }
}
macro_rules! with_numbers {
    ($($trait:ident $method:ident)*) => {$(
        impl $trait<f64> for Trace {
            type Output = Trace;
            fn $method(self, other: f64) -> Trace { self.$method(Trace::number(other)) }
        }
    )*};
}
with_numbers! { Add add Sub sub Mul mul Div div }

impl TraceMask {
    fn known(self) -> Option<bool> {
        if let Step::Known(truth) = step(self.0) { Some(truth) } else { None }
    }
}
impl BitAnd for TraceMask {
    type Output = TraceMask;
    fn bitand(self, o: TraceMask) -> TraceMask {
        match (self.known(), o.known()) {
            (Some(true), _) | (_, Some(false)) => o,
            (Some(false), _) | (_, Some(true)) => self,
            _ => TraceMask(record(Step::And(self, o))),
        }
    }
}
impl BitOr for TraceMask {
    type Output = TraceMask;
    fn bitor(self, o: TraceMask) -> TraceMask {
        match (self.known(), o.known()) {
            (Some(false), _) | (_, Some(true)) => o,
            (Some(true), _) | (_, Some(false)) => self,
            _ => TraceMask(record(Step::Or(self, o))),
        }
    }
}
impl Not for TraceMask {
    type Output = TraceMask;
    fn not(self) -> TraceMask {
        TraceMask(record(self.known().map_or(Step::Not(self), |truth| Step::Known(!truth))))
    }
}

fn compare(a: Trace, sign: &'static str, b: Trace, holds: fn(&f64, &f64) -> bool) -> TraceMask {
    let known = a.constant().zip(b.constant()).map(|(a, b)| holds(&a, &b));
    TraceMask(record(known.map_or(Step::Compare(a, sign, b), Step::Known)))
}

impl Real for Trace {
    type Mask = TraceMask;
    fn lit(self, c: f64) -> Trace {
        Trace::number(c)
    }
    fn lit2(self, c: [f64; 2]) -> Trace {
        Trace::number(c[0])
    }
    fn le(self, o: Trace) -> TraceMask {
        compare(self, "\\le", o, PartialOrd::le)
    }
    fn lt(self, o: Trace) -> TraceMask {
        compare(self, "<", o, PartialOrd::lt)
    }
    fn same(self, o: Trace) -> TraceMask {
        compare(self, "=", o, PartialEq::eq)
    }
    fn when(mask: TraceMask, yes: Trace, no: Trace) -> Trace {
        match mask.known() {
            Some(true) => yes,
            Some(false) => no,
            None if yes == no => yes,
            None => Trace(record(Step::Choice(mask, yes, no))),
        }
    }
    fn mul_add(self, a: Trace, b: Trace) -> Trace {
        self * a + b
    }
    fn abs(self) -> Trace {
        Trace(record(Step::Magnitude(self)))
    }
    fn sqrt(self) -> Trace {
        Trace(record(Step::Root(self)))
    }
    fn exp(self) -> Trace {
        Trace(record(Step::Exponential(self)))
    }
    fn exp_m1(self) -> Trace {
        self.exp() - 1.0
    }
    fn ln(self) -> Trace {
        self.function("\\ln")
    }
    fn ln_1p(self) -> Trace {
        (Trace::number(1.0) + self).ln()
    }
    // The named helpers are printed by name, not by how they are computed.
    fn max(self, o: Trace) -> Trace {
        Trace(record(Step::Function("\\max", vec![self, o])))
    }
    fn min(self, o: Trace) -> Trace {
        Trace(record(Step::Function("\\min", vec![self, o])))
    }
    fn square(self) -> Trace {
        self.power(2.0)
    }
    fn sign(self) -> Trace {
        self.function("\\operatorname{sign}")
    }
    fn weighted(self, weight: Trace) -> Trace {
        weight * self
    }
    fn outgrowing(self, slower: Trace) -> Trace {
        self - slower
    }
    fn sigmoid(self) -> Trace {
        self.function("\\sigma")
    }
    fn softplus(self) -> Trace {
        self.function("\\operatorname{softplus}")
    }
    fn power(self, exponent: f64) -> Trace {
        match exponent {
            0.0 => Trace::number(1.0),
            1.0 => self,
            _ if self.negative() && exponent % 2.0 == 0.0 => (-self).power(exponent),
            _ => Trace(record(Step::Power(self, exponent.to_bits()))),
        }
    }
    fn log1p_minus(self) -> Trace {
        self.ln_1p() - self
    }
    fn phi(self) -> Trace {
        self.function("\\varphi")
    }
    fn psi(self) -> Trace {
        self.function("\\psi")
    }
}

/// How tightly the outermost operation of an expression binds.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Choice,
    Sum,
    Product,
    Factor,
    Atom,
}

/// The expression as TeX, in parentheses where it binds less than asked.
fn write(expression: Trace, least: Binding) -> String {
    let (text, binding) = match step(expression.0) {
        Step::Number(bits) => match f64::from_bits(bits) {
            c if c.is_nan() => ("\\text{undefined}".to_owned(), Binding::Atom),
            c if c.is_infinite() => (if c > 0.0 { "\\infty" } else { "-\\infty" }.to_owned(), Binding::Sum),
            c => (c.to_string(), if c < 0.0 { Binding::Sum } else { Binding::Atom }),
        },
        Step::Variable(name) => (name, Binding::Atom),
        Step::Sum(a, b) => (format!("{} + {}", write(a, Binding::Sum), write(b, Binding::Product)), Binding::Sum),
        Step::Difference(a, b) => {
            (format!("{} - {}", write(a, Binding::Sum), write(b, Binding::Product)), Binding::Sum)
        }
        Step::Product(a, b) => {
            (format!("{} \\, {}", write(a, Binding::Product), write(b, Binding::Product)), Binding::Product)
        }
        Step::Quotient(a, b) => {
            (format!("\\frac{{{}}}{{{}}}", write(a, Binding::Choice), write(b, Binding::Choice)), Binding::Factor)
        }
        Step::Negative(x) => (format!("-{}", write(x, Binding::Product)), Binding::Sum),
        Step::Power(x, bits) => (format!("{}^{{{}}}", write(x, Binding::Atom), f64::from_bits(bits)), Binding::Factor),
        Step::Exponential(x) => (format!("e^{{{}}}", write(x, Binding::Choice)), Binding::Factor),
        Step::Root(x) => (format!("\\sqrt{{{}}}", write(x, Binding::Choice)), Binding::Atom),
        Step::Magnitude(x) => (format!("\\left|{}\\right|", write(x, Binding::Choice)), Binding::Atom),
        Step::Function(name, of) => {
            let of: Vec<String> = of.into_iter().map(|x| write(x, Binding::Choice)).collect();
            (format!("{name}\\left({}\\right)", of.join(", ")), Binding::Atom)
        }
        Step::Choice(mask, yes, no) => {
            (format!("\\begin{{cases}} {} \\end{{cases}}", cases(mask, yes, no)), Binding::Choice)
        }
        // Conditions have their own writer.
        Step::Known(_) | Step::Compare(..) | Step::And(..) | Step::Or(..) | Step::Not(_) => {
            (condition(TraceMask(expression.0), Binding::Choice), Binding::Atom)
        }
    };
    if binding < least { format!("\\left({text}\\right)") } else { text }
}

/// The rows of a choice; a choice in the last row goes on with more rows.
fn cases(mask: TraceMask, yes: Trace, no: Trace) -> String {
    let first = format!("{} & {} \\\\", write(yes, Binding::Sum), condition(mask, Binding::Choice));
    match step(no.0) {
        Step::Choice(mask, yes, no) => format!("{first} {}", cases(mask, yes, no)),
        _ => format!("{first} {} & \\text{{otherwise}}", write(no, Binding::Sum)),
    }
}

fn condition(mask: TraceMask, least: Binding) -> String {
    let (text, binding) = match step(mask.0) {
        Step::Known(truth) => (format!("\\text{{{truth}}}"), Binding::Atom),
        Step::Compare(a, sign, b) => {
            (format!("{} {sign} {}", write(a, Binding::Sum), write(b, Binding::Sum)), Binding::Factor)
        }
        Step::And(a, b) => {
            (format!("{} \\wedge {}", condition(a, Binding::Product), condition(b, Binding::Product)), Binding::Product)
        }
        Step::Or(a, b) => {
            (format!("{} \\vee {}", condition(a, Binding::Sum), condition(b, Binding::Sum)), Binding::Sum)
        }
        Step::Not(a) => (format!("\\neg {}", condition(a, Binding::Atom)), Binding::Factor),
        _ => (write(Trace(mask.0), Binding::Sum), Binding::Atom),
    };
    if binding < least { format!("\\left({text}\\right)") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line: what is recorded, how it is written.
    #[test]
    fn formulas_are_written_as_on_paper() {
        let (x, y) = (Trace::variable("x"), Trace::variable("y"));
        let one = x.lit(1.0);
        let choice = Trace::when(x.lt(y), x, y);
        for (expression, wanted) in [
            (x * 1.0, "x"),
            (x * 0.0 + y, "y"),
            (x * 2.0 * y, "2 \\, x \\, y"),
            (x * -1.0, "-x"),
            (y - x * -3.0, "y + 3 \\, x"),
            (-x + y, "y - x"),
            (one - 0.25, "0.75"),
            (one * 0.1 * 0.2, "0.1 \\, 0.2"),
            ((x + y) * (x - y), "\\left(x + y\\right) \\, \\left(x - y\\right)"),
            (x - (y - x), "x - \\left(y - x\\right)"),
            ((x / y).square(), "\\left(\\frac{x}{y}\\right)^{2}"),
            (-(x / y).exp(), "-e^{\\frac{x}{y}}"),
            ((-x).ln_1p(), "\\ln\\left(1 - x\\right)"),
            (x.power(1.0), "x"),
            ((-x).square(), "x^{2}"),
            (x + (one - x), "1"),
            (one / x / x, "\\frac{1}{x^{2}}"),
            (Trace::when(one.same(one), x, y), "x"),
            (Trace::when(x.le(y), x, x), "x"),
            (choice, "\\begin{cases} x & x < y \\\\ y & \\text{otherwise} \\end{cases}"),
            (choice * 2.0, "2 \\, \\left(\\begin{cases} x & x < y \\\\ y & \\text{otherwise} \\end{cases}\\right)"),
            (
                Trace::when(x.same(one), one, choice),
                "\\begin{cases} 1 & x = 1 \\\\ x & x < y \\\\ y & \\text{otherwise} \\end{cases}",
            ),
        ] {
            assert_eq!(expression.tex(), wanted);
        }
        let mask = (x.lt(y) | y.lt(x)) & !x.same(y);
        assert_eq!(
            condition(mask, Binding::Choice),
            "\\left(x < y \\vee y < x\\right) \\wedge \\neg \\left(x = y\\right)"
        );
    }
}
