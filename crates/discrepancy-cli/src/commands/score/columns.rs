//! Which columns are meant by a name, a list or a pattern.

use crate::failure::{Failure, Outcome};
use discrepancy::catalog::near_names;
use std::collections::{HashMap, HashSet};

/// The columns that there are, and in which file.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    set: HashSet<String>,
    file: String,
}

/// One column for each class, in the order of the classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Several {
    pub(super) columns: Vec<String>,
    /// What the classes may be called: what `*` stands for, or the columns themselves.
    pub(super) names: Vec<String>,
}

impl Columns {
    pub(super) fn new(names: Vec<String>, file: String) -> Columns {
        Columns { set: names.iter().cloned().collect(), names, file }
    }

    /// The column of this name.
    pub(super) fn one(&self, name: &str) -> Outcome<String> {
        if self.set.contains(name) {
            return Ok(name.to_owned());
        }
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let near = near_names(name, &names);
        let others: Vec<&str> = names.into_iter().filter(|other| !near.iter().any(|n| n == other)).collect();
        let hint = if near.is_empty() { String::new() } else { format!(" (did you mean {}?)", near.join(", ")) };
        let all: Vec<String> = near.iter().map(String::as_str).chain(others).map(str::to_owned).collect();
        let list = self.listed(&all);
        Err(Failure::new(format!("{}: no column `{name}`{hint}; columns: {list}", self.file)))
    }

    /// The columns of a name, of a list `a,b,c`, or of a pattern such as `logit_*`: one for each class, in the order of
    /// the classes. Where classes have no names, what `*` stands for must count 0, 1, … so that there is no doubt about
    /// the order.
    pub(super) fn several(&self, given: &str, named: bool) -> Outcome<Several> {
        let own = |columns: Vec<String>| Several { names: columns.clone(), columns };
        if self.set.contains(given) {
            return Ok(own(vec![given.to_owned()]));
        }
        if let Some((before, after)) = given.split_once('*') {
            return self.pattern(given, before, after, named);
        }
        let columns: Vec<String> = given.split(',').map(|name| self.one(name.trim())).collect::<Outcome<_>>()?;
        let mut seen = HashSet::new();
        match columns.iter().find(|column| !seen.insert(*column)) {
            Some(twice) => Err(Failure::usage(format!("`{given}` has column `{twice}` twice"))),
            None => Ok(own(columns)),
        }
    }

    fn pattern(&self, given: &str, before: &str, after: &str, named: bool) -> Outcome<Several> {
        let middle = |name: &String| Some(name.strip_prefix(before)?.strip_suffix(after)?.to_owned());
        let matching: Vec<(String, &String)> =
            self.names.iter().filter_map(|name| Some((middle(name)?, name))).collect();
        if matching.is_empty() {
            let list = self.listed(&self.names);
            return Err(Failure::new(format!("{}: no column matches `{given}`; columns: {list}", self.file)));
        }
        let numbered: HashMap<&str, &String> = matching.iter().map(|(middle, name)| (middle.as_str(), *name)).collect();
        let ordered = (0..matching.len()).map(|i| Some((*numbered.get(i.to_string().as_str())?).clone()));
        if let Some(columns) = ordered.collect::<Option<Vec<String>>>() {
            return Ok(Several { names: (0..columns.len()).map(|i| i.to_string()).collect(), columns });
        }
        if named {
            let (names, columns) = matching.into_iter().map(|(middle, name)| (middle, name.clone())).unzip();
            return Ok(Several { columns, names });
        }
        let found: Vec<String> = matching.iter().map(|(_, name)| (*name).clone()).collect();
        let message = format!(
            "`{given}` matches {}, which do not count 0 to {}: list the columns in the order of the classes",
            self.listed(&found),
            found.len() - 1
        );
        Err(Failure::usage(message))
    }

    /// The names, or the first of many.
    fn listed(&self, names: &[String]) -> String {
        const MOST: usize = 20;
        let more = if names.len() > MOST { format!(", … ({} in all)", names.len()) } else { String::new() };
        names[..names.len().min(MOST)].join(", ") + &more
    }
}

#[cfg(test)]
mod tests {
    use super::Columns;

    fn columns(names: &[&str]) -> Columns {
        Columns::new(names.iter().map(ToString::to_string).collect(), "f.csv".to_owned())
    }

    #[test]
    fn patterns_follow_the_classes() {
        let shuffled = columns(&["p_1", "x", "p_10", "p_0", "p_9", "p_2", "p_3", "p_4", "p_5", "p_6", "p_7", "p_8"]);
        let found = |columns: &Columns, given| columns.several(given, false).unwrap_or_default().columns;
        assert_eq!(found(&shuffled, "p_*"), (0..11).map(|i| format!("p_{i}")).collect::<Vec<_>>());
        assert_eq!(found(&columns(&["a", "b"]), "b, a"), ["b", "a"]);
        assert_eq!(found(&columns(&["a,b", "b"]), "a,b"), ["a,b"]);
        for wrong in ["p_1*", "q_*", "p_1,p_1", "p_1,nothing"] {
            assert!(shuffled.several(wrong, false).is_err(), "{wrong}");
        }
        assert!(columns(&["p_1", "p_2"]).several("p_*", false).is_err());
        let named = columns(&["y", "p_dog", "p_cat"]).several("p_*", true).unwrap_or_default();
        assert_eq!(
            (named.names, named.columns),
            (vec!["dog".into(), "cat".into()], vec!["p_dog".into(), "p_cat".into()])
        );
    }
}
