//! A symbol that records the formula it goes through and prints it as TeX.

use super::Real;
use std::cell::RefCell;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// How tightly the outermost operation of an expression binds.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Sum,
    Product,
    Atom,
}

thread_local! {
    /// The expressions so far; a [`Trace`] is an index, because formulas need `Copy`.
    static EXPRESSIONS: RefCell<Vec<(String, Binding)>> = const { RefCell::new(Vec::new()) };
}

/// An expression, by its place in the recording.
#[derive(Clone, Copy, Debug)]
pub struct Trace(usize);

/// A recorded comparison.
#[derive(Clone, Copy, Debug)]
pub struct TraceMask(usize);

fn record(text: String, binding: Binding) -> usize {
    EXPRESSIONS.with_borrow_mut(|all| {
        all.push((text, binding));
        all.len() - 1
    })
}
fn text(index: usize, least: Binding) -> String {
    EXPRESSIONS.with_borrow(|all| {
        let (text, binding) = &all[index];
        if *binding < least { format!("\\left({text}\\right)") } else { text.clone() }
    })
}
fn constant(c: f64) -> Trace {
    if c == f64::INFINITY {
        Trace(record("\\infty".to_owned(), Binding::Atom))
    } else if c < 0.0 {
        Trace(record(format!("{c}"), Binding::Sum))
    } else {
        Trace(record(format!("{c}"), Binding::Atom))
    }
}

impl Trace {
    /// A named variable.
    #[must_use]
    pub fn variable(name: &str) -> Trace {
        Trace(record(name.to_owned(), Binding::Atom))
    }
    /// The expression as TeX.
    #[must_use]
    pub fn tex(self) -> String {
        text(self.0, Binding::Sum)
    }
    fn function(self, name: &str) -> Trace {
        Trace(record(format!("{name}\\left({}\\right)", text(self.0, Binding::Sum)), Binding::Atom))
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident |$a:ident, $b:ident| $left:ident $right:ident $format:literal $binding:ident;)*) => {$(
        impl $trait for Trace {
            type Output = Trace;
            fn $method(self, other: Trace) -> Trace {
                let ($a, $b) = (text(self.0, Binding::$left), text(other.0, Binding::$right));
                Trace(record(format!($format), Binding::$binding))
            }
        }
        impl $trait<f64> for Trace {
            type Output = Trace;
            fn $method(self, other: f64) -> Trace { self.$method(constant(other)) }
        }
    )*};
}
operators! {
    Add add |a, b| Sum Product "{a} + {b}" Sum;
    Sub sub |a, b| Sum Product "{a} - {b}" Sum;
    Mul mul |a, b| Product Atom "{a} \\, {b}" Product;
    Div div |a, b| Sum Sum "\\frac{{{a}}}{{{b}}}" Atom;
}
impl Neg for Trace {
    type Output = Trace;
    fn neg(self) -> Trace {
        Trace(record(format!("-{}", text(self.0, Binding::Product)), Binding::Sum))
    }
}
impl BitAnd for TraceMask {
    type Output = TraceMask;
    fn bitand(self, o: TraceMask) -> TraceMask {
        TraceMask(record(format!("{} \\wedge {}", text(self.0, Binding::Atom), text(o.0, Binding::Atom)), Binding::Sum))
    }
}
impl BitOr for TraceMask {
    type Output = TraceMask;
    fn bitor(self, o: TraceMask) -> TraceMask {
        TraceMask(record(format!("{} \\vee {}", text(self.0, Binding::Atom), text(o.0, Binding::Atom)), Binding::Sum))
    }
}
impl Not for TraceMask {
    type Output = TraceMask;
    fn not(self) -> TraceMask {
        TraceMask(record(format!("\\neg {}", text(self.0, Binding::Atom)), Binding::Atom))
    }
}
fn compare(a: Trace, sign: &str, b: Trace) -> TraceMask {
    TraceMask(record(format!("{} {sign} {}", text(a.0, Binding::Sum), text(b.0, Binding::Sum)), Binding::Sum))
}

impl Real for Trace {
    type Mask = TraceMask;
    fn lit(self, c: f64) -> Trace {
        constant(c)
    }
    fn lit2(self, c: [f64; 2]) -> Trace {
        constant(c[0])
    }
    fn le(self, o: Trace) -> TraceMask {
        compare(self, "\\le", o)
    }
    fn lt(self, o: Trace) -> TraceMask {
        compare(self, "<", o)
    }
    fn same(self, o: Trace) -> TraceMask {
        compare(self, "=", o)
    }
    fn when(mask: TraceMask, yes: Trace, no: Trace) -> Trace {
        let (mask, yes, no) = (text(mask.0, Binding::Sum), text(yes.0, Binding::Sum), text(no.0, Binding::Sum));
        Trace(record(
            format!("\\begin{{cases}} {yes} & {mask} \\\\ {no} & \\text{{otherwise}} \\end{{cases}}"),
            Binding::Atom,
        ))
    }
    fn mul_add(self, a: Trace, b: Trace) -> Trace {
        self * a + b
    }
    fn abs(self) -> Trace {
        Trace(record(format!("\\left|{}\\right|", text(self.0, Binding::Sum)), Binding::Atom))
    }
    fn sqrt(self) -> Trace {
        Trace(record(format!("\\sqrt{{{}}}", text(self.0, Binding::Sum)), Binding::Atom))
    }
    fn exp(self) -> Trace {
        Trace(record(format!("e^{{{}}}", text(self.0, Binding::Sum)), Binding::Atom))
    }
    fn exp_m1(self) -> Trace {
        self.function("\\operatorname{expm1}")
    }
    fn ln(self) -> Trace {
        self.function("\\ln")
    }
    fn ln_1p(self) -> Trace {
        self.function("\\operatorname{log1p}")
    }
    // The named helpers are printed by name, not by how they are computed.
    fn max(self, o: Trace) -> Trace {
        Trace(record(
            format!("\\max\\left({}, {}\\right)", text(self.0, Binding::Sum), text(o.0, Binding::Sum)),
            Binding::Atom,
        ))
    }
    fn min(self, o: Trace) -> Trace {
        Trace(record(
            format!("\\min\\left({}, {}\\right)", text(self.0, Binding::Sum), text(o.0, Binding::Sum)),
            Binding::Atom,
        ))
    }
    fn square(self) -> Trace {
        Trace(record(format!("{}^2", text(self.0, Binding::Atom)), Binding::Product))
    }
    fn sign(self) -> Trace {
        self.function("\\operatorname{sign}")
    }
    fn weighted(self, weight: Trace) -> Trace {
        weight * self
    }
    fn sigmoid(self) -> Trace {
        self.function("\\sigma")
    }
    fn softplus(self) -> Trace {
        self.function("\\operatorname{softplus}")
    }
    fn power(self, exponent: f64) -> Trace {
        Trace(record(format!("{}^{{{exponent}}}", text(self.0, Binding::Atom)), Binding::Product))
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
