//! Which columns are meant by a name, a list or a pattern.

use crate::failure::{Failure, Outcome};
use discrepancy::catalog::near_names;

/// The columns that there are, and in which file.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    pub(super) file: String,
}

impl Columns {
    /// The column of this name.
    pub(super) fn one(&self, name: &str) -> Outcome<String> {
        if self.names.iter().any(|column| column == name) {
            return Ok(name.to_owned());
        }
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let near = near_names(name, &names);
        let others: Vec<&str> = names.into_iter().filter(|other| !near.iter().any(|n| n == other)).collect();
        let hint = if near.is_empty() { String::new() } else { format!(" (did you mean {}?)", near.join(", ")) };
        let list = near.iter().map(String::as_str).chain(others).collect::<Vec<_>>().join(", ");
        Err(Failure::new(format!("{}: no column `{name}`{hint}; columns: {list}", self.file)))
    }

    /// The columns of a name, of a list `a,b,c`, or of a pattern such as `logit_*`: one for each class, in the order of
    /// the classes. What `*` stands for must count 0, 1, … so that there is no doubt about the order.
    pub(super) fn several(&self, given: &str) -> Outcome<Vec<String>> {
        if self.names.iter().any(|column| column == given) {
            return Ok(vec![given.to_owned()]);
        }
        if let Some((before, after)) = given.split_once('*') {
            return self.pattern(given, before, after);
        }
        let columns: Vec<String> = given.split(',').map(|name| self.one(name.trim())).collect::<Outcome<_>>()?;
        match columns.iter().enumerate().find(|(i, column)| columns[..*i].contains(column)) {
            Some((_, twice)) => Err(Failure::usage(format!("`{given}` has column `{twice}` twice"))),
            None => Ok(columns),
        }
    }

    fn pattern(&self, given: &str, before: &str, after: &str) -> Outcome<Vec<String>> {
        let middle = |name: &String| Some(name.strip_prefix(before)?.strip_suffix(after)?.to_owned());
        let matching: Vec<(String, &String)> =
            self.names.iter().filter_map(|name| Some((middle(name)?, name))).collect();
        if matching.is_empty() {
            let list = self.names.join(", ");
            return Err(Failure::new(format!("{}: no column matches `{given}`; columns: {list}", self.file)));
        }
        let numbered = |i: usize| matching.iter().find(|(middle, _)| *middle == i.to_string());
        let ordered: Option<Vec<String>> =
            (0..matching.len()).map(|i| numbered(i).map(|(_, name)| (*name).clone())).collect();
        ordered.ok_or_else(|| {
            let found: Vec<&str> = matching.iter().map(|(_, name)| name.as_str()).collect();
            let message = format!(
                "`{given}` matches {}, which do not count 0 to {}: list the columns in the order of the classes",
                found.join(", "),
                found.len() - 1
            );
            Failure::usage(message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Columns;

    fn columns(names: &[&str]) -> Columns {
        Columns { names: names.iter().map(ToString::to_string).collect(), file: "f.csv".to_owned() }
    }

    #[test]
    fn patterns_follow_the_classes() {
        let shuffled = columns(&["p_1", "x", "p_10", "p_0", "p_9", "p_2", "p_3", "p_4", "p_5", "p_6", "p_7", "p_8"]);
        let found = shuffled.several("p_*").unwrap_or_default();
        assert_eq!(found, (0..11).map(|i| format!("p_{i}")).collect::<Vec<_>>());
        assert_eq!(columns(&["a", "b"]).several("b, a").unwrap_or_default(), ["b", "a"]);
        assert_eq!(columns(&["a,b", "b"]).several("a,b").unwrap_or_default(), ["a,b"]);
        for wrong in ["p_1*", "q_*", "p_1,p_1", "p_1,nothing"] {
            assert!(shuffled.several(wrong).is_err(), "{wrong}");
        }
        assert!(columns(&["p_1", "p_2"]).several("p_*").is_err());
    }
}
