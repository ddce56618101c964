//! Look-up by name and by spec string.

use super::entry::{Entry, Measure};
use super::parameter::Arguments;
use crate::error::{Error, ErrorKind, Result};

/// Every entry, family by family.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        crate::losses::LIST,
        crate::rows::LIST,
        crate::heads::LIST,
        crate::sequences::LIST,
        crate::tuples::LIST,
        crate::penalties::LIST,
        crate::distances::LIST,
        crate::divergences::LIST,
        crate::transport::LIST,
        crate::samples::LIST,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The entry of a name or alias.
pub fn entry(name: &str) -> Result<&'static Entry> {
    // As it is written in the catalogue, which is quickly told.
    if let Some(entry) = entries().find(|e| e.name == name) {
        return Ok(entry);
    }
    let wanted = normalise(name);
    entries().find(|e| e.name == wanted || e.aliases.contains(&wanted.as_str())).ok_or_else(|| {
        let names: Vec<&str> =
            entries().flat_map(|e| std::iter::once(e.name).chain(e.aliases.iter().copied())).collect();
        Error::new(ErrorKind::UnknownName, "catalogue", "name", "").value(name.trim()).near(near_names(&wanted, &names))
    })
}

/// Reads `name` or `name:parameter=value,…` and makes what it names.
///
/// ```
/// let focal = discrepancy::catalog::find("focal:alpha=0.25,gamma=2")?;
/// let error = discrepancy::catalog::find("focla").unwrap_err();
/// assert_eq!(error.near_names()[0], "focal");
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn find(spec: &str) -> Result<Measure> {
    let (entry, arguments) = parse(spec)?;
    entry.make(&arguments)
}

/// Reads a spec string into the entry and its parameter values.
pub fn parse(spec: &str) -> Result<(&'static Entry, Arguments)> {
    let (name, rest) = spec.split_once(':').map_or((spec, None), |(name, rest)| (name, Some(rest)));
    let entry = entry(name)?;
    let mut arguments = entry.defaults();
    for part in rest.into_iter().flat_map(|rest| rest.split(',')).filter(|part| !part.trim().is_empty()) {
        let Some((key, text)) = part.split_once('=') else {
            let allowed = format!("{}:parameter=value,…", entry.name);
            return Err(Error::new(ErrorKind::Syntax, entry.name, "spec", allowed).value(part.trim()));
        };
        let key = normalise(key);
        let Some(place) = entry.parameter(&key) else {
            return Err(unknown_parameter(entry, &key));
        };
        arguments.0[place] = entry.parameters[place].parse(entry.name, text)?;
    }
    Ok((entry, arguments))
}

pub(super) fn unknown_parameter(entry: &Entry, name: &str) -> Error {
    let names: Vec<&str> = entry.parameters.iter().map(|p| p.name).collect();
    let allowed = if names.is_empty() { "no parameters".to_owned() } else { names.join(", ") };
    Error::new(ErrorKind::UnknownName, entry.name, "parameter", allowed).value(name).near(near_names(name, &names))
}

/// Names are lower case; `-` and blanks count as `_`.
fn normalise(name: &str) -> String {
    name.trim().to_lowercase().replace(['-', ' '], "_")
}

/// Up to three names that resemble `wanted`, nearest first.
#[must_use]
pub fn near_names(wanted: &str, names: &[&str]) -> Vec<String> {
    let mut scored: Vec<(f64, &str)> = names
        .iter()
        .map(|name| (strsim::jaro_winkler(wanted, name), *name))
        .filter(|(score, _)| *score > 0.7)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}
