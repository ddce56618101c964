//! The one error type: which function, which argument, which index, which value, what was allowed.

use std::fmt;

/// What kind of thing went wrong. Match on this; show the [`Error`] itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No entry, parameter or choice of that name; the message offers near ones.
    UnknownName,
    /// A spec string that does not follow `name:parameter=value,…`.
    Syntax,
    /// A parameter outside its domain.
    Parameter,
    /// A datum outside its argument's domain: a probability of 1.2, a label beyond the classes.
    Domain,
    /// NaN, or an infinity where no exact limit exists.
    NonFinite,
    /// Lengths or shapes that do not fit together.
    Shape,
    /// A derivative was asked of a function that has none.
    NotDifferentiable,
    /// A mean over nothing.
    NoContributingRows,
    /// An iteration stopped before its certificate was tight enough; see [`Error::certificate`].
    NotConverged,
    /// The entry cannot do what was asked of it (a row loss asked for a distance matrix, say).
    Unsupported,
    /// Serialized state that is truncated, of another version, or not canonical.
    Corrupt,
    /// Memory for the result could not be had.
    Memory,
}

/// How far an iterative solver came: the truth lies between `lower` and `upper`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// A proven lower bound of the cost (from a feasible dual).
    pub lower: f64,
    /// A proven upper bound of the cost (from a feasible plan).
    pub upper: f64,
    /// The largest absolute violation of a marginal before rounding the plan.
    pub marginal_error: f64,
    /// Iterations spent.
    pub iterations: usize,
}

/// The error of every function of this crate.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, PartialEq)]
struct Details {
    kind: ErrorKind,
    function: String,
    argument: String,
    index: Option<usize>,
    value: Option<String>,
    allowed: String,
    near: Vec<String>,
    certificate: Option<Certificate>,
}

/// The result of every function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of `kind` in `function` about `argument`; `allowed` completes "allowed: …".
    pub fn new(kind: ErrorKind, function: &str, argument: &str, allowed: impl Into<String>) -> Self {
        Error(Box::new(Details {
            kind,
            function: function.to_owned(),
            argument: argument.to_owned(),
            index: None,
            value: None,
            allowed: allowed.into(),
            near: Vec::new(),
            certificate: None,
        }))
    }

    /// The same error, at a flat index of the argument.
    #[must_use]
    pub fn at(mut self, index: usize) -> Self {
        self.0.index = Some(index);
        self
    }

    /// The same error, showing the offending value.
    #[must_use]
    pub fn value(mut self, value: impl fmt::Display) -> Self {
        self.0.value = Some(value.to_string());
        self
    }

    /// The same error, offering names that were perhaps meant.
    #[must_use]
    pub fn near(mut self, names: Vec<String>) -> Self {
        self.0.near = names;
        self
    }

    /// The same error, carrying how far the iteration came.
    #[must_use]
    pub fn with_certificate(mut self, certificate: Certificate) -> Self {
        self.0.certificate = Some(certificate);
        self
    }

    /// The same error, reported in the name of `function`.
    #[must_use]
    pub fn within(mut self, function: &str) -> Self {
        function.clone_into(&mut self.0.function);
        self
    }

    /// The same error, about an argument that the caller knows by this name.
    #[must_use]
    pub fn about(mut self, argument: &str) -> Self {
        argument.clone_into(&mut self.0.argument);
        self
    }

    /// The kind, to match on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The function or catalogue entry that was called.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.0.function
    }

    /// The argument that was wrong.
    #[must_use]
    pub fn argument(&self) -> &str {
        &self.0.argument
    }

    /// The flat index of the wrong element, where one element is to blame.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.0.index
    }

    /// The wrong value, as text.
    #[must_use]
    pub fn offending_value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// What would have been allowed.
    #[must_use]
    pub fn allowed(&self) -> &str {
        &self.0.allowed
    }

    /// Names that were perhaps meant.
    #[must_use]
    pub fn near_names(&self) -> &[String] {
        &self.0.near
    }

    /// For [`ErrorKind::NotConverged`]: the bounds that were reached.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.0.certificate.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = &*self.0;
        write!(f, "{}: `{}`", d.function, d.argument)?;
        if let Some(index) = d.index {
            write!(f, " at index {index}")?;
        }
        let what = match d.kind {
            ErrorKind::UnknownName => "is unknown",
            ErrorKind::Syntax => "cannot be read",
            ErrorKind::Parameter | ErrorKind::Domain => "is outside its domain",
            ErrorKind::NonFinite => "is not a usable number",
            ErrorKind::Shape => "has the wrong shape",
            ErrorKind::NotDifferentiable => "has no derivative",
            ErrorKind::NoContributingRows => "has no rows that contribute",
            ErrorKind::NotConverged => "did not converge",
            ErrorKind::Unsupported => "is not supported here",
            ErrorKind::Corrupt => "is corrupt",
            ErrorKind::Memory => "is too large for memory",
        };
        match &d.value {
            Some(value) => write!(f, " is {value}, which {what}")?,
            None => write!(f, " {what}")?,
        }
        if !d.allowed.is_empty() {
            write!(f, "; allowed: {}", d.allowed)?;
        }
        if let Some(c) = &d.certificate {
            write!(
                f,
                " (after {} iterations: cost in [{}, {}], marginal error {})",
                c.iterations, c.lower, c.upper, c.marginal_error
            )?;
        }
        if !d.near.is_empty() {
            write!(f, "; did you mean {}?", d.near.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
