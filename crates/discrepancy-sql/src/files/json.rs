//! Text: an object a row, one a line or all in one list.

use super::csv::batch;
use super::seen::{Seen, number};
use super::{Digits, Fault, File};
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use datafusion::arrow::json::ReaderBuilder;
use datafusion::arrow::json::reader::Decoder;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// So many rows are handed on at a time, fewer where there are many columns.
const ROWS: usize = 4096;
/// About so many values.
const VALUES: usize = 1 << 18;

/// What one pass over a file tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    /// Whether the objects stand in one list.
    list: bool,
    pub(super) fields: Members,
}

/// Columns in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    names: Vec<String>,
    trees: Vec<Tree>,
    places: HashMap<String, usize>,
}

impl Members {
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
    pub(super) fn tree(&self, place: usize) -> &Tree {
        &self.trees[place]
    }
    fn of(&mut self, name: &str) -> &mut Tree {
        let place = self.places.get(name).copied().unwrap_or_else(|| {
            self.places.insert(name.to_owned(), self.names.len());
            self.names.push(name.to_owned());
            self.trees.push(Tree::default());
            self.names.len() - 1
        });
        &mut self.trees[place]
    }
    fn note(&mut self, object: &Map<String, Value>) {
        object.iter().for_each(|(name, value)| self.of(name).note(value));
    }
}

/// What the values of a column have been, and those inside them.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    single: Option<Seen>,
    list: Option<Box<Tree>>,
    object: Option<Members>,
}

impl Scan {
    /// Reads all of a file once.
    pub(super) fn new(file: &File) -> Result<Scan, Fault> {
        let list = file.start()?.trim_ascii_start().first() == Some(&b'[');
        let mut scan = Scan { list, fields: Members::default() };
        let mut fields = Members::default();
        scan.rows(file, |_, object| {
            fields.note(&object);
            Ok(ControlFlow::Continue(()))
        })?;
        scan.fields = fields;
        Ok(scan)
    }

    /// Hands each row with its number to `row`, until that breaks off.
    fn rows(
        &self,
        file: &File,
        mut row: impl FnMut(u64, Map<String, Value>) -> Result<ControlFlow<()>, Fault>,
    ) -> Result<(), Fault> {
        let failed = |row: u64, what: &dyn fmt::Display| Fault::new(format!("{}, row {row}: {what}", file.name()));
        let mut count = 0;
        let mut outcome = Ok(());
        let mut each = |Object(object): Object| {
            count += 1;
            match object {
                Ok(object) => match row(count, object) {
                    Ok(ControlFlow::Continue(())) => return ControlFlow::Continue(()),
                    Ok(ControlFlow::Break(())) => {}
                    Err(fault) => outcome = Err(fault),
                },
                Err(what) => outcome = Err(failed(count, &what)),
            }
            ControlFlow::Break(())
        };
        let mut text = serde_json::Deserializer::from_reader(file.text()?);
        let mut stopped = false;
        let read = if self.list {
            Rows { each: &mut each, stopped: &mut stopped }.deserialize(&mut text).and_then(|()| text.end())
        } else {
            let mut read = Ok(());
            for object in text.into_iter::<Object>() {
                match object.map(&mut each) {
                    Ok(ControlFlow::Continue(())) => {}
                    Ok(ControlFlow::Break(())) => {
                        stopped = true;
                        break;
                    }
                    Err(error) => {
                        read = Err(error);
                        break;
                    }
                }
            }
            read
        };
        outcome?;
        match read {
            Err(error) if !stopped => Err(failed(count + 1, &format!("not JSON: {error}"))),
            _ => Ok(()),
        }
    }

    /// The whole file, batch by batch.
    pub(super) fn read(
        &self,
        file: &File,
        schema: &SchemaRef,
        mut push: impl FnMut(Vec<ArrayRef>, usize) -> bool,
    ) -> Result<(), Fault> {
        let mut batches = Batches::new(file, schema)?;
        let mut wanted = true;
        self.rows(file, |row, object| {
            batches.push(row, object)?;
            if batches.rows == batches.most {
                let (arrays, rows) = batches.take()?;
                wanted = push(arrays, rows);
            }
            Ok(if wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        if wanted && batches.rows > 0 {
            let (arrays, rows) = batches.take()?;
            push(arrays, rows);
        }
        Ok(())
    }
}

/// Rows on their way into columns.
struct Batches<'a> {
    file: &'a File,
    schema: &'a SchemaRef,
    decoder: Decoder,
    text: Vec<u8>,
    rows: usize,
    most: usize,
    /// The number of the first row in hand.
    first: u64,
}

impl<'a> Batches<'a> {
    fn new(file: &'a File, schema: &'a SchemaRef) -> Result<Self, Fault> {
        let most = (VALUES / schema.fields().len().max(1)).clamp(16, ROWS);
        let builder = ReaderBuilder::new(schema.clone()).with_batch_size(most).with_coerce_primitive(true);
        let decoder = builder.build_decoder().map_err(|error| file.fault(error))?;
        Ok(Batches { file, schema, decoder, text: Vec::new(), rows: 0, most, first: 1 })
    }

    fn push(&mut self, row: u64, mut object: Map<String, Value>) -> Result<(), Fault> {
        if self.rows == 0 {
            self.first = row;
        }
        let mut kept = Map::new();
        for field in self.schema.fields() {
            let Some(value) = object.remove(field.name()) else { continue };
            let name = field.name();
            let value = fitting(value, field.data_type()).map_err(|(value, allowed)| {
                let what = format!("column `{name}` is {value}; allowed: {allowed}");
                Fault::new(format!("{}, row {row}: {what}", self.file.name()))
            })?;
            kept.insert(name.clone(), value);
        }
        serde_json::to_writer(&mut self.text, &kept).map_err(|error| self.file.fault(error))?;
        self.text.push(b'\n');
        self.rows += 1;
        Ok(())
    }

    fn take(&mut self) -> Result<(Vec<ArrayRef>, usize), Fault> {
        let (first, last) = (self.first, self.first + self.rows as u64 - 1);
        let failed = |error: &dyn fmt::Display| self.file.fault(format!("rows {first} to {last}: {error}"));
        self.decoder.decode(&self.text).map_err(|error| failed(&error))?;
        let decoded: Option<RecordBatch> = self.decoder.flush().map_err(|error| failed(&error))?;
        let rows = std::mem::take(&mut self.rows);
        self.text.clear();
        match decoded {
            Some(decoded) if decoded.num_rows() == rows => Ok((decoded.columns().to_vec(), rows)),
            // Without columns there is nothing to decode.
            _ => Ok((batch(&Arc::new(Schema::empty()), Vec::new(), rows)?.columns().to_vec(), rows)),
        }
    }
}

/// A value as its column takes it; else what is allowed.
fn fitting(value: Value, data_type: &DataType) -> Result<Value, (Value, &'static str)> {
    match (data_type, value) {
        (_, Value::Null) => Ok(Value::Null),
        (DataType::Float64, Value::Number(x)) => {
            let text = x.to_string();
            match number(&text) {
                Ok(_) => Ok(Value::Number(x)),
                Err(allowed) => Err((Value::Number(x), allowed)),
            }
        }
        // A text may be read as a number where one is needed.
        (DataType::Float64, Value::String(text)) => match number(&text) {
            Ok(_) => Ok(Value::String(text)),
            Err(allowed) => Err((Value::String(text), allowed)),
        },
        (DataType::Float64, other) => Err((other, "numbers")),
        (DataType::List(item), Value::Array(values)) => {
            let values = values.into_iter().map(|value| fitting(value, item.data_type()));
            values.collect::<Result<_, _>>().map(Value::Array)
        }
        (DataType::List(_), other) => Err((other, "lists")),
        (_, value) => Ok(value),
    }
}

impl Tree {
    /// Of single values.
    pub(super) fn of(seen: Seen) -> Tree {
        Tree { single: Some(seen), ..Tree::default() }
    }

    fn note(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(_) => self.single.get_or_insert_default().truth(),
            Value::Number(number) => self.single.get_or_insert_default().json_number(&number.to_string()),
            Value::String(_) => self.single.get_or_insert_default().name(),
            Value::Array(values) => {
                let list = self.list.get_or_insert_default();
                values.iter().for_each(|value| list.note(value));
            }
            Value::Object(object) => {
                self.object.get_or_insert_default().note(object);
            }
        }
    }

    /// Both together.
    pub(super) fn join(mut self, other: &Tree) -> Tree {
        if let Some(seen) = other.single {
            self.single = Some(self.single.unwrap_or_default().join(seen));
        }
        if let Some(list) = &other.list {
            self.list = Some(Box::new(self.list.take().map_or_else(Tree::default, |list| *list).join(list)));
        }
        if let Some(other) = &other.object {
            let own = self.object.get_or_insert_default();
            for (name, tree) in other.names.iter().zip(&other.trees) {
                let place = own.of(name);
                *place = std::mem::take(place).join(tree);
            }
        }
        self
    }

    /// The type that holds all values as they are; `None` where single values, lists and objects are mixed.
    pub(super) fn data_type(&self) -> Option<DataType> {
        match (&self.single, &self.list, &self.object) {
            (None, None, None) => Some(DataType::Null),
            (Some(seen), None, None) => Some(seen.data_type()),
            (None, Some(list), None) => Some(DataType::new_list(list.data_type()?, true)),
            (None, None, Some(fields)) => {
                let field = |(name, tree): (&String, &Tree)| Some(Field::new(name, tree.data_type()?, true));
                let fields = fields.names.iter().zip(&fields.trees).map(field);
                Some(DataType::Struct(fields.collect::<Option<Fields>>()?))
            }
            _ => None,
        }
    }

    /// The digits of numbers, also of those in lists.
    pub(super) fn digits(&self) -> Option<Digits> {
        match (&self.single, &self.list) {
            (Some(seen), _) => Some(seen.digits()),
            (None, Some(list)) => list.digits(),
            (None, None) => None,
        }
    }
}

/// The members of an object, each once; what is no object, or is named twice, is said.
struct Object(Result<Map<String, Value>, String>);

impl<'de> serde::Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
                let (mut object, mut twice) = (Map::new(), None);
                while let Some((name, value)) = members.next_entry::<String, Value>()? {
                    if object.insert(name.clone(), value).is_some() {
                        twice = Some(format!("two values of `{name}`; allowed: one"));
                    }
                }
                Ok(Object(twice.map_or(Ok(object), Err)))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The elements of a list, one by one, so that a list may be larger than memory.
struct Rows<'a, F> {
    each: &'a mut F,
    stopped: &'a mut bool,
}

impl<'de, F: FnMut(Object) -> ControlFlow<()>> DeserializeSeed<'de> for Rows<'_, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Object) -> ControlFlow<()>> Visitor<'de> for Rows<'_, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(object) = rows.next_element::<Object>()? {
            if (self.each)(object).is_break() {
                *self.stopped = true;
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
