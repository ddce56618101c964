//! The table of all files: its columns by name, their types, and the streams that read them.

use super::seen::Seen;
use super::{Digits, Fault, File, Files, Kind, csv, json, stored};
use crate::columns::widen;
use datafusion::arrow::array::{Array, ArrayRef, Float64Array, ListArray, NullArray, RecordBatch, StringArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{CastOptions, cast, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::Session;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::datasource::{TableProvider, TableType};
use datafusion::error::{DataFusionError, Result as EngineResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::{RecordBatchReceiverStreamBuilder, RecordBatchStreamAdapter};
use datafusion::physical_plan::streaming::PartitionStream;
use futures::{StreamExt, TryStreamExt};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What a column is needed for, where its type in text files shall not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAs {
    /// Numbers, or lists of numbers.
    Number,
    /// Names, with all their characters.
    Text,
}

/// Files as one table.
#[derive(Clone, Debug)]
pub struct Table {
    parts: Vec<Arc<Part>>,
    schema: SchemaRef,
    /// Where each column is.
    index: HashMap<String, usize>,
    /// Of each column why it cannot be read, if it cannot.
    faults: Vec<Option<Fault>>,
    rows_read: Arc<AtomicU64>,
    /// Columns that are read as one column of lists, which is the last.
    row: Option<Arc<Row>>,
}

/// Columns of numbers as one list in each row.
#[derive(Debug)]
struct Row {
    columns: Vec<String>,
    item: DataType,
}

/// A file and what one look at it told.
#[derive(Debug)]
struct Part {
    file: File,
    head: Head,
    /// The columns of the file itself, and where each is.
    names: Vec<String>,
    places: HashMap<String, usize>,
}

#[derive(Debug)]
enum Head {
    Csv(csv::Scan),
    Json(json::Scan),
    Stored(SchemaRef),
}

/// What a file knows of the type of a column.
enum Known {
    Text(json::Tree),
    Stored(DataType),
}

impl Part {
    fn open(file: File) -> Result<Part, Fault> {
        let size = file.path().metadata().map_err(|error| file.fault(error))?.len();
        if size == 0 {
            return Err(file.fault("the file is empty"));
        }
        let head = match file.kind {
            Kind::Csv(_) => Head::Csv(csv::Scan::new(&file)?),
            Kind::Json => Head::Json(json::Scan::new(&file)?),
            Kind::Parquet | Kind::Arrow => Head::Stored(stored::schema(&file)?),
        };
        let names: Vec<String> = match &head {
            Head::Csv(scan) => scan.names.clone(),
            Head::Json(scan) => scan.fields.names().to_vec(),
            Head::Stored(schema) => schema.fields().iter().map(|field| field.name().clone()).collect(),
        };
        let mut places = HashMap::new();
        for (place, name) in names.iter().enumerate() {
            if places.insert(name.clone(), place).is_some() {
                return Err(file.fault(format!("there are two columns `{name}`")));
            }
        }
        let part = Part { file, head, names, places };
        match part.file.folders.iter().find(|(name, _)| part.places.contains_key(name)) {
            Some((name, _)) => Err(part.file.fault(format!("there are two columns `{name}`: one is the folder's"))),
            None => Ok(part),
        }
    }

    /// The columns of the file, then those of its folders.
    fn names(&self) -> Vec<String> {
        let folders = self.file.folders.iter().map(|(name, _)| name.clone());
        self.names.iter().cloned().chain(folders).collect()
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    fn has(&self, name: &str) -> bool {
        self.places.contains_key(name) || self.file.folders.iter().any(|(folder, _)| folder == name)
    }

    fn known(&self, name: &str) -> Option<Known> {
        if let Some((_, value)) = self.file.folders.iter().find(|(folder, _)| folder == name) {
            let mut seen = Seen::default();
            seen.text(value.as_deref().unwrap_or_default());
            return Some(Known::Text(json::Tree::of(seen)));
        }
        let place = self.place(name)?;
        Some(match &self.head {
            Head::Csv(scan) => Known::Text(json::Tree::of(scan.seen[place])),
            Head::Json(scan) => Known::Text(scan.fields.tree(place).clone()),
            Head::Stored(schema) => Known::Stored(schema.field(place).data_type().clone()),
        })
    }
}

impl Table {
    /// Looks at all files, on so many threads.
    pub fn open(files: &Files, threads: usize) -> Result<Table, Fault> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut opened = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(file) = files.files.get(place) else { return opened };
                opened.push((place, Part::open(file.clone())));
            }
        };
        let mut parts: Vec<(usize, Result<Part, Fault>)> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads.min(files.files.len())).map(|_| scope.spawn(work)).collect();
            let own = work();
            let others = others.into_iter().flat_map(|other| other.join().unwrap_or_default());
            own.into_iter().chain(others).collect()
        });
        parts.sort_by_key(|(place, _)| *place);
        let parts = parts.into_iter().map(|(_, part)| part.map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        if parts.len() < files.files.len() {
            return Err(Fault::new("looking at the files broke off"));
        }
        Ok(Table::of(parts, &HashMap::new(), Arc::default()))
    }

    /// The same, with some columns read as what they are needed for.
    #[must_use]
    pub fn read_as(&self, wanted: &HashMap<String, ReadAs>) -> Table {
        Table::of(self.parts.clone(), wanted, self.rows_read.clone())
    }

    /// One of the files, with the types of all.
    #[must_use]
    pub fn only(&self, file: usize) -> Table {
        Table { parts: self.parts.get(file).cloned().into_iter().collect(), ..self.clone() }
    }

    /// The files.
    #[must_use]
    pub fn files(&self) -> Vec<&File> {
        self.parts.iter().map(|part| &part.file).collect()
    }

    /// The columns of one file.
    #[must_use]
    pub fn names(&self, file: usize) -> Vec<String> {
        self.parts.get(file).map_or_else(Vec::new, |part| part.names())
    }

    /// The first file that has no column of this name.
    #[must_use]
    pub fn lacking(&self, name: &str) -> Option<usize> {
        self.parts.iter().position(|part| !part.has(name))
    }

    /// Why a column cannot be read, if it cannot.
    #[must_use]
    pub fn fault(&self, name: &str) -> Option<&Fault> {
        self.faults[*self.index.get(name)?].as_ref()
    }

    /// The type that a column is read in.
    #[must_use]
    pub fn data_type(&self, name: &str) -> Option<DataType> {
        Some(self.field(name)?.data_type().clone())
    }

    /// The digits that the numbers of a column were written with, if they come from text.
    #[must_use]
    pub fn digits(&self, name: &str) -> Option<Digits> {
        Digits::read(self.field(name)?.metadata())
    }

    fn field(&self, name: &str) -> Option<&FieldRef> {
        self.schema.fields().get(*self.index.get(name)?)
    }

    /// The line of a file on which a row starts, if it is CSV; rows count from 1.
    #[must_use]
    pub fn line(&self, file: usize, row: u64) -> Option<u64> {
        let part = self.parts.get(file)?;
        let Head::Csv(scan) = &part.head else { return None };
        scan.line(&part.file, row)
    }

    /// How many rows were read so far, by whoever reads.
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        self.rows_read.load(Ordering::Relaxed)
    }

    /// The same with these columns of numbers as one more column of this name: lists, NULL where one of them is NULL.
    ///
    /// A plan of thousands of columns takes long; this is one.
    #[must_use]
    pub fn with_row(mut self, name: &str, columns: &[String]) -> Table {
        let fields: Vec<&FieldRef> = columns.iter().filter_map(|name| self.field(name)).collect();
        let single = fields.iter().all(|field| matches!(field.data_type(), DataType::Float32 | DataType::Float16));
        let item = if single { DataType::Float32 } else { DataType::Float64 };
        let digits = fields.iter().map(|field| Digits::read(field.metadata()));
        let digits = digits.reduce(|all, own| Some(all?.join(own?))).flatten();
        let mut field = Field::new(name, DataType::new_list(item.clone(), true), true);
        if let Some(digits) = digits {
            field = field.with_metadata(digits.metadata());
        }
        let fields = self.schema.fields().iter().cloned().chain([Arc::new(field)]);
        let fields = fields.collect::<Vec<_>>();
        self.index.insert(name.to_owned(), fields.len() - 1);
        self.schema = Arc::new(Schema::new(fields));
        self.faults.push(columns.iter().find_map(|name| self.fault(name).cloned()));
        self.row = Some(Arc::new(Row { columns: columns.to_vec(), item }));
        self
    }

    fn of(parts: Vec<Arc<Part>>, wanted: &HashMap<String, ReadAs>, rows_read: Arc<AtomicU64>) -> Table {
        let mut names: Vec<String> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        for name in parts.iter().flat_map(|part| part.names()) {
            if !index.contains_key(&name) {
                index.insert(name.clone(), names.len());
                names.push(name);
            }
        }
        let (fields, faults): (Vec<Field>, Vec<Option<Fault>>) =
            names.iter().map(|name| column(&parts, name, wanted.get(name).copied())).unzip();
        Table { parts, schema: Arc::new(Schema::new(fields)), index, faults, rows_read, row: None }
    }
}

/// The field of a column, and why it cannot be read, if it cannot.
fn column(parts: &[Arc<Part>], name: &str, wanted: Option<ReadAs>) -> (Field, Option<Fault>) {
    let mut fault = None;
    let mut tree: Option<json::Tree> = None;
    let mut found: Option<(DataType, &File)> = None;
    let mut blame = |what: String| fault = fault.take().or(Some(Fault::new(what)));
    let apart = |a: &DataType, first: &File, b: &DataType, second: &File| {
        let (a, b) = (type_name(a), type_name(b));
        format!("column `{name}` is of different types: {a} in {}, {b} in {}", first.name(), second.name())
    };
    let (mut text_file, mut json) = (None, false);
    for part in parts {
        match part.known(name) {
            None => blame(format!("{}: no column `{name}`; columns: {}", part.file.name(), listed(&part.names()))),
            Some(Known::Text(own)) => {
                tree = Some(tree.unwrap_or_default().join(&own));
                text_file = text_file.or(Some(&part.file));
                json |= matches!(part.head, Head::Json(_));
            }
            Some(Known::Stored(own)) => {
                found = Some(match found {
                    None => (own, &part.file),
                    Some((type_, first)) => match common(&type_, &own) {
                        Some(both) => (both, first),
                        None => {
                            blame(apart(&type_, first, &own, &part.file));
                            (type_, first)
                        }
                    },
                });
            }
        }
    }
    let text_type = tree.as_ref().map(|tree| match (tree.data_type(), wanted) {
        (None, _) => {
            blame(format!("column `{name}` has single values, lists and objects in turn; allowed: one of them"));
            DataType::Utf8
        }
        (Some(DataType::List(_)), Some(ReadAs::Number)) => DataType::new_list(DataType::Float64, true),
        (Some(DataType::Struct(fields)), _) => DataType::Struct(fields),
        (Some(DataType::List(item)), _) => DataType::List(item),
        (Some(_), Some(ReadAs::Number)) => DataType::Float64,
        // The texts of JSON are marked as such.
        (Some(_), Some(ReadAs::Text)) if !json => DataType::Utf8,
        (Some(data_type), _) => data_type,
    });
    let data_type = match (text_type, found) {
        (Some(text), None) => text,
        (None, Some((stored, _))) => stored,
        (Some(text), Some((stored, first))) => common(&text, &stored).unwrap_or_else(|| {
            if let Some(file) = text_file {
                blame(apart(&text, file, &stored, first));
            }
            stored
        }),
        (None, None) => DataType::Null,
    };
    // Where there is nothing at all, it is nothing of what is needed.
    let data_type = match (data_type, wanted) {
        (DataType::Null, Some(ReadAs::Number)) => DataType::Float64,
        (DataType::Null, Some(ReadAs::Text)) => DataType::Utf8,
        (data_type, _) => data_type,
    };
    let digits = match &data_type {
        DataType::Float64 => tree.as_ref().and_then(json::Tree::digits),
        DataType::List(item) if *item.data_type() == DataType::Float64 => tree.as_ref().and_then(json::Tree::digits),
        _ => None,
    };
    // What comes from elsewhere too has the digits of its type.
    let digits = digits.filter(|_| !parts.iter().any(|part| matches!(part.head, Head::Stored(_))));
    let field = Field::new(name, data_type, true);
    (if let Some(digits) = digits { field.with_metadata(digits.metadata()) } else { field }, fault)
}

/// The names, or the first of many.
fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let more = if names.len() > MOST { format!(", … ({} in all)", names.len()) } else { String::new() };
    names[..names.len().min(MOST)].join(", ") + &more
}

/// The name of a type in messages.
fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Boolean => "true and false".to_owned(),
        other => other.to_string(),
    }
}

/// The type that holds the values of both, exactly or with an error for what it cannot.
fn common(a: &DataType, b: &DataType) -> Option<DataType> {
    fn plain(data_type: &DataType) -> &DataType {
        if let DataType::Dictionary(_, inner) = data_type { inner } else { data_type }
    }
    let text = |t: &DataType| matches!(plain(t), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let item = |t: &DataType| match t {
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            Some(field.data_type().clone())
        }
        _ => None,
    };
    match (a, b) {
        _ if a == b => Some(a.clone()),
        (DataType::Null, other) | (other, DataType::Null) => Some(other.clone()),
        _ if a.is_integer() && b.is_integer() => Some(DataType::Int64),
        _ if a.is_numeric() && b.is_numeric() => Some(DataType::Float64),
        _ if text(a) && text(b) => Some(DataType::Utf8),
        _ => {
            let (a, b) = (item(a)?, item(b)?);
            let both = if a == b { a } else { (a.is_floating() && b.is_floating()).then_some(DataType::Float64)? };
            Some(DataType::new_list(both, true))
        }
    }
}

impl Table {
    /// The columns that are read, where one of those wanted is a row of others.
    fn unrolled(&self, wanted: &SchemaRef, row: &Row) -> SchemaRef {
        let mut fields: Vec<FieldRef> = wanted.fields().iter().filter(|field| self.place(field)).cloned().collect();
        let there: HashSet<String> = fields.iter().map(|field| field.name().clone()).collect();
        let others = row.columns.iter().filter(|name| !there.contains(*name));
        fields.extend(others.filter_map(|name| self.field(name)).cloned());
        Arc::new(Schema::new(fields))
    }

    /// Whether a field is a column of the files.
    fn place(&self, field: &Field) -> bool {
        self.index.get(field.name()).is_some_and(|place| place + 1 < self.index.len())
    }
}

impl Row {
    /// The batch with the columns rolled into one.
    fn rolled(&self, wanted: &SchemaRef, batch: &RecordBatch) -> EngineResult<RecordBatch> {
        let schema = batch.schema();
        let places = schema.fields().iter().enumerate().map(|(place, field)| (field.name().as_str(), place));
        let places: HashMap<&str, usize> = places.collect();
        let parts = self.columns.iter().map(|name| match places.get(name.as_str()) {
            Some(place) => widen("column", name, batch.column(*place)),
            None => Err(Fault::new(format!("no column `{name}`")).into()),
        });
        let parts: Vec<Float64Array> = parts.collect::<EngineResult<_>>()?;
        let (rows, width) = (batch.num_rows(), parts.len());
        let nulls = parts.iter().fold(None, |nulls, part| NullBuffer::union(nulls.as_ref(), part.nulls()));
        let mut values = Vec::with_capacity(rows * width);
        (0..rows).for_each(|row| values.extend(parts.iter().map(|part| part.value(row))));
        let values = strictly(&(Arc::new(Float64Array::from(values)) as ArrayRef), &self.item)?;
        let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(width, rows));
        let item = Arc::new(Field::new_list_field(self.item.clone(), true));
        let list: ArrayRef = Arc::new(ListArray::try_new(item, offsets, values, nulls)?);
        let own = |field: &FieldRef| places.get(field.name().as_str()).map_or(&list, |at| batch.column(*at)).clone();
        Ok(csv::batch(wanted, wanted.fields().iter().map(own).collect(), rows)?)
    }
}

#[async_trait::async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
    fn table_type(&self) -> TableType {
        TableType::Base
    }
    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        let places: Vec<usize> = projection.cloned().unwrap_or_else(|| (0..self.schema.fields().len()).collect());
        if let Some(fault) = places.iter().find_map(|place| self.faults[*place].as_ref()) {
            return Err(fault.clone().into());
        }
        let wanted = Arc::new(self.schema.project(&places)?);
        let row = self.row.clone().filter(|_| places.contains(&(self.schema.fields().len() - 1)));
        let schema = row.as_ref().map_or_else(|| wanted.clone(), |row| self.unrolled(&wanted, row));
        let lanes = session.config().target_partitions().max(1);
        let mut sources = Vec::new();
        for part in &self.parts {
            match &part.head {
                Head::Csv(scan) => sources.extend((0..scan.chunks.len()).map(|chunk| Source::Csv(part.clone(), chunk))),
                Head::Json(_) => sources.push(Source::Json(part.clone())),
                Head::Stored(own) => {
                    let columns = schema.fields().iter().filter_map(|field| part.place(field.name()));
                    let columns: Vec<usize> = columns.collect();
                    let parts = lanes.div_ceil(self.parts.len());
                    let plan = stored::plan(&part.file, own, &columns, session, parts).await;
                    let plan = plan.map_err(|error| located(&part.file, &error))?;
                    let count = plan.properties().output_partitioning().partition_count();
                    sources.extend((0..count).map(|at| Source::Stored(part.clone(), plan.clone(), at)));
                }
            }
        }
        let count = lanes.min(sources.len()).max(1);
        let mut dealt: Vec<Vec<Source>> = vec![Vec::new(); count];
        sources.into_iter().enumerate().for_each(|(place, source)| dealt[place % count].push(source));
        let lane = |sources| -> Arc<dyn PartitionStream> {
            let (schema, wanted) = (schema.clone(), wanted.clone());
            Arc::new(Lane { read: schema, wanted, row: row.clone(), sources, rows_read: self.rows_read.clone() })
        };
        let table = StreamingTable::try_new(wanted.clone(), dealt.into_iter().map(lane).collect())?;
        table.scan(session, None, &[], limit).await
    }
}

/// What is read at a time.
#[derive(Clone, Debug)]
enum Source {
    Csv(Arc<Part>, usize),
    Json(Arc<Part>),
    Stored(Arc<Part>, Arc<dyn ExecutionPlan>, usize),
}

/// Sources one after the other.
#[derive(Debug)]
struct Lane {
    /// What is read.
    read: SchemaRef,
    /// What is handed on, with columns rolled into one.
    wanted: SchemaRef,
    row: Option<Arc<Row>>,
    sources: Vec<Source>,
    rows_read: Arc<AtomicU64>,
}

impl PartitionStream for Lane {
    fn schema(&self) -> &SchemaRef {
        &self.wanted
    }
    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (schema, rows_read) = (self.read.clone(), self.rows_read.clone());
        let sources = self.sources.clone().into_iter();
        let streams = sources.map(move |source| source.stream(&schema, context.clone()));
        let (wanted, row) = (self.wanted.clone(), self.row.clone());
        let batches = futures::stream::iter(streams).flatten().map(move |batch| {
            let batch = batch?;
            rows_read.fetch_add(batch.num_rows() as u64, Ordering::Relaxed);
            row.as_ref().map_or_else(|| Ok(batch.clone()), |row| row.rolled(&wanted, &batch))
        });
        Box::pin(RecordBatchStreamAdapter::new(self.wanted.clone(), batches))
    }
}

impl Source {
    fn stream(self, schema: &SchemaRef, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        match self {
            Source::Csv(part, chunk) => reading(part, schema, move |part, schema, push| match &part.head {
                Head::Csv(scan) => {
                    let places: Vec<Option<usize>> =
                        schema.fields().iter().map(|field| part.place(field.name())).collect();
                    scan.read(&part.file, &scan.chunks[chunk], schema, &places, push)
                }
                _ => Ok(()),
            }),
            Source::Json(part) => reading(part, schema, |part, schema, push| match &part.head {
                Head::Json(scan) => {
                    let there = |field: &&FieldRef| part.place(field.name()).is_some();
                    let own: Vec<FieldRef> = schema.fields().iter().filter(there).cloned().collect();
                    scan.read(&part.file, &Arc::new(Schema::new(own)), |arrays, rows| {
                        let nothing: ArrayRef = Arc::new(NullArray::new(rows));
                        let mut arrays = arrays.into_iter();
                        // What the file has not got, its folders have.
                        let next = |field| if there(&field) { arrays.next() } else { None }.unwrap_or(nothing.clone());
                        push(schema.fields().iter().map(next).collect(), rows)
                    })
                }
                _ => Ok(()),
            }),
            Source::Stored(part, plan, at) => {
                let to = schema.clone();
                let opened = plan.execute(at, context);
                let stream = futures::stream::once(async { opened }).try_flatten().map(move |batch| {
                    let batch = batch.map_err(|error| located(&part.file, &error))?;
                    let own = |field: &Field| match batch.column_by_name(field.name()) {
                        Some(column) => fitted(field, column).map_err(|error| located(&part.file, &error)),
                        None => folder(&part, field, batch.num_rows()),
                    };
                    let arrays = to.fields().iter().map(|field| own(field)).collect::<EngineResult<_>>()?;
                    Ok(csv::batch(&to, arrays, batch.num_rows())?)
                });
                Box::pin(RecordBatchStreamAdapter::new(schema.clone(), stream))
            }
        }
    }
}

/// An error of the engine with the name of the file.
fn located(file: &File, error: &DataFusionError) -> DataFusionError {
    if let DataFusionError::External(inner) = error.find_root()
        && let Some(fault) = inner.downcast_ref::<Fault>()
    {
        return fault.clone().into();
    }
    let text = match error.find_root() {
        DataFusionError::ParquetError(error) => error.to_string(),
        DataFusionError::ArrowError(error, _) => match error.as_ref() {
            ArrowError::ParquetError(text) | ArrowError::IpcError(text) => text.clone(),
            error => error.to_string(),
        },
        DataFusionError::External(error) => error.to_string(),
        error => error.strip_backtrace(),
    };
    file.fault(text).into()
}

/// Reads on a thread of its own, and fills in what the folders say.
fn reading(
    part: Arc<Part>,
    schema: &SchemaRef,
    read: impl FnOnce(&Part, &SchemaRef, &mut dyn FnMut(Vec<ArrayRef>, usize) -> bool) -> Result<(), Fault> + Send + 'static,
) -> SendableRecordBatchStream {
    let mut builder = RecordBatchReceiverStreamBuilder::new(schema.clone(), 2);
    let (sender, schema) = (builder.tx(), schema.clone());
    builder.spawn_blocking(move || {
        let mut failed = None;
        let mut push = |mut arrays: Vec<ArrayRef>, rows: usize| {
            for (array, field) in arrays.iter_mut().zip(schema.fields()) {
                if part.place(field.name()).is_none() {
                    match folder(&part, field, rows) {
                        Ok(column) => *array = column,
                        Err(error) => failed = Some(error),
                    }
                }
            }
            failed.is_none()
                && match csv::batch(&schema, arrays, rows) {
                    Ok(batch) => sender.blocking_send(Ok(batch)).is_ok(),
                    Err(fault) => {
                        failed = Some(fault.into());
                        false
                    }
                }
        };
        let done = read(&part, &schema, &mut push);
        match failed {
            Some(error) => Err(error),
            None => Ok(done?),
        }
    });
    builder.build()
}

/// What the name of a folder says, in each row.
fn folder(part: &Part, field: &Field, rows: usize) -> EngineResult<ArrayRef> {
    let value = part.file.folders.iter().find(|(name, _)| name == field.name()).and_then(|(_, value)| value.clone());
    let text: ArrayRef = Arc::new(StringArray::from(vec![value; rows]));
    Ok(strictly(&text, field.data_type())?)
}

fn strictly(column: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    cast_with_options(column, to, &CastOptions { safe: false, ..CastOptions::default() })
}

/// A column in the type that all files share; what is not exact in it is an error.
fn fitted(field: &Field, column: &ArrayRef) -> EngineResult<ArrayRef> {
    let to = field.data_type();
    if column.data_type() == to {
        return Ok(column.clone());
    }
    if *to == DataType::Float64 && column.data_type().is_numeric() {
        return Ok(Arc::new(widen("column", field.name(), column)?));
    }
    Ok(if column.data_type().is_null() { cast(column, to)? } else { strictly(column, to)? })
}
