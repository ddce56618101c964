//! The files as one table of the columns that are needed.

use super::columns::Columns;
use crate::failure::{Failure, Outcome};
use datafusion::arrow::datatypes::DataType;
use datafusion::prelude::{DataFrame, SessionContext};
use discrepancy_sql::files::{ReadAs, Table};
use std::collections::HashMap;
use std::sync::Arc;

/// What a column is read for. Of several ends the first decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Numbers.
    Number,
    /// Numbers, or lists of numbers.
    Scores,
    /// A class, of any type.
    Class,
    /// Values that tell segments apart, of any type.
    Segment,
}

/// The files as a table of the columns that are needed.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) table: Table,
    pub(super) needs: Vec<(String, Need)>,
}

/// The columns of one of the files.
pub(super) fn columns(table: &Table, file: usize) -> Columns {
    let name = table.files().get(file).map_or(String::new(), |file| file.name().to_owned());
    Columns::new(table.names(file), name)
}

impl Input {
    /// The table of these columns, each of a type that it can be read for.
    pub(super) fn new(table: &Table, mut needs: Vec<(String, Need)>) -> Outcome<Input> {
        needs.sort();
        needs.dedup_by(|later, first| later.0 == first.0);
        let mut wanted = HashMap::new();
        for (name, need) in &needs {
            if let Some(file) = table.lacking(name) {
                columns(table, file).one(name)?;
            }
            match need {
                Need::Number | Need::Scores => wanted.insert(name.clone(), ReadAs::Number),
                Need::Segment => wanted.insert(name.clone(), ReadAs::Text),
                // A class that is never there has no type of its own.
                Need::Class if table.data_type(name) == Some(DataType::Null) => {
                    wanted.insert(name.clone(), ReadAs::Number)
                }
                Need::Class => None,
            };
        }
        let input = Input { table: table.read_as(&wanted), needs };
        for (name, need) in &input.needs {
            input.check(name, *need)?;
        }
        Ok(input)
    }

    fn check(&self, name: &str, need: Need) -> Outcome {
        if let Some(fault) = self.table.fault(name) {
            return Err(fault.clone().into());
        }
        let data_type = self.data_type(name);
        let (fits, allowed) = match need {
            Need::Number => (data_type.is_numeric(), "numbers"),
            Need::Scores => (data_type.is_numeric() || is_list(&data_type), "numbers or lists of numbers"),
            Need::Class | Need::Segment => (!data_type.is_nested(), "single values"),
        };
        if fits || data_type == DataType::Null {
            return Ok(());
        }
        let found = match &data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
            DataType::Boolean => "true and false".to_owned(),
            other => other.to_string(),
        };
        let files = self.files();
        Err(Failure::new(format!("{files}: column `{name}` is of type {found}; allowed: {allowed}")))
    }

    /// The table in the engine.
    pub(super) fn frame(&self, context: &SessionContext) -> Outcome<DataFrame> {
        Ok(context.read_table(Arc::new(self.table.clone()))?)
    }

    /// The same table of one of the files.
    pub(super) fn only(&self, file: usize) -> Input {
        Input { table: self.table.only(file), needs: self.needs.clone() }
    }

    /// The type that a column is read in.
    pub(super) fn data_type(&self, name: &str) -> DataType {
        self.table.data_type(name).unwrap_or(DataType::Null)
    }

    /// The files in messages.
    pub(super) fn files(&self) -> String {
        match self.table.files().as_slice() {
            [one] => one.name().to_owned(),
            many => format!("{} files", many.len()),
        }
    }
}

/// Whether values are lists.
pub(super) fn is_list(data_type: &DataType) -> bool {
    matches!(data_type, DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(_, _))
}

/// Whether values are text.
pub(super) fn is_text(data_type: &DataType) -> bool {
    let plain = if let DataType::Dictionary(_, inner) = data_type { inner } else { data_type };
    matches!(plain, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}
