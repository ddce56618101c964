//! `discrepancy sql`: one query, in which every entry of the catalogue is a function.

mod cells;

use crate::engine::{self, default_threads, parse_threads};
use crate::failure::{Failure, Outcome};
use crate::interrupts;
use crate::output::{self, Align, Format, Table};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use futures::StreamExt;
use serde_json::{Map, Value};

/// What `discrepancy sql` takes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
pub(crate) struct Arguments {
    /// The query, such as `SELECT segment, mean_NAME(prediction, target) FROM 'file.csv' GROUP BY segment`.
    query: String,
    /// How many threads; losses have the same bits for any number.
    #[arg(long, value_name = "N", default_value_t = default_threads(), value_parser = parse_threads)]
    threads: usize,
    /// How the result is written. JSON is a list with an object for each row.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

const NOTES: &str = "\
Each entry of the catalogue is a scalar function of its own NAME, and as mean_NAME, sum_NAME and stderr_NAME an exact \
aggregate; weighted_mean_NAME and weighted_stderr_NAME take a weight behind the data. Parameters follow in their \
order, or by name (`gamma => 2`), as numbers or texts. `discrepancy list` has the names.

'file.csv' in place of a table reads a file (CSV, Parquet, JSON lines, Arrow), 'folder/' all files of it. Nothing is \
ever written: a query that would is refused.";

/// Expressions within expressions: more than any person writes, and few enough for the stacks below.
const DEEPEST: usize = 4000;
/// What a thread may need for them. Memory is taken as it is used.
const STACK: usize = 1 << 30;

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    interrupts::watch();
    std::thread::scope(|scope| {
        let work = || on_a_deep_stack(arguments);
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| Failure::new(format!("cannot start a thread: {error}")))?;
        thread.join().unwrap_or_else(|_| Err(Failure::new("the query cannot be planned")))
    })
}

fn on_a_deep_stack(arguments: &Arguments) -> Outcome {
    let session = discrepancy_sql::session(arguments.threads);
    let depth = discrepancy_sql::nesting(&session, &arguments.query).map_err(planning)?;
    if depth > DEEPEST {
        let what = format!("the query has expressions within expressions, {depth} deep; allowed: {DEEPEST}");
        return Err(Failure::new(what));
    }
    let stack = (depth << 17).clamp(8 << 20, STACK / 2);
    engine::run_deep(arguments.threads, stack, async {
        let reads_only = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let frame = discrepancy_sql::sql(&session, &arguments.query, reads_only).await.map_err(planning)?;
        match arguments.format {
            Format::Table => output::print(&table(frame).await?.text()),
            Format::Markdown => output::print(&table(frame).await?.markdown()),
            Format::Csv => csv(frame).await,
            Format::Json => json(frame).await,
        }
    })
}

/// Why a query cannot be run.
fn planning(error: DataFusionError) -> Failure {
    if let Some(fault) = engine::file_fault(&error) {
        return fault.clone().into();
    }
    let message = engine::message(&error);
    let table = message.strip_prefix("table 'datafusion.public.").and_then(|rest| rest.strip_suffix("' not found"));
    match table {
        Some(name) if name.contains(['.', '/']) => Failure::new(format!("{name}: no such file")),
        Some(name) => Failure::new(format!("no table `{name}`; a file is read as 'file.csv', in quotes")),
        None if message.contains(" not supported: ") => Failure::new(format!("{message}; allowed: a query that reads")),
        None => Failure::new(message),
    }
}

fn names(schema: &SchemaRef) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

/// For the eye all rows are needed before the first is written: a column is as wide as its widest cell.
async fn table(frame: DataFrame) -> Outcome<Table> {
    let schema: SchemaRef = frame.schema().inner().clone();
    let align = |data_type: &DataType| if data_type.is_numeric() { Align::Right } else { Align::Left };
    let mut table = Table::new(schema.fields().iter().map(|field| (field.name().clone(), align(field.data_type()))));
    for batch in frame.collect().await? {
        for row in values(&batch)? {
            table.push(row.iter().map(cells::shown).collect());
        }
    }
    Ok(table)
}

/// Batch by batch, so that results may be larger than memory.
async fn csv(frame: DataFrame) -> Outcome {
    let header: Vec<String> = names(frame.schema().inner()).iter().map(|name| output::quoted(name)).collect();
    output::print(&(header.join(",") + "\n"))?;
    let mut batches = frame.execute_stream().await?;
    while let Some(batch) = batches.next().await {
        let lines = values(&batch?)?;
        let lines = lines.iter().map(|row| row.iter().map(cells::csv).collect::<Vec<_>>().join(",") + "\n");
        output::print(&lines.collect::<String>())?;
    }
    Ok(())
}

/// Batch by batch, so that results may be larger than memory.
async fn json(frame: DataFrame) -> Outcome {
    let names = names(frame.schema().inner());
    if let Some((_, twice)) = names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
        return Err(Failure::new(format!(
            "two columns of the result are named `{twice}`: give one another name with AS"
        )));
    }
    let mut batches = frame.execute_stream().await?;
    let mut before = "[";
    while let Some(batch) = batches.next().await {
        let mut text = String::new();
        for row in values(&batch?)? {
            let object: Map<String, Value> = names.iter().cloned().zip(row).collect();
            text += &format!("{before}\n  {}", Value::Object(object));
            before = ",";
        }
        output::print(&text)?;
    }
    output::print(if before == "[" { "[]\n" } else { "\n]\n" })
}

/// The rows of a batch.
fn values(batch: &RecordBatch) -> Outcome<Vec<Vec<Value>>> {
    let columns: Vec<Vec<Value>> = batch.columns().iter().map(cells::values).collect::<Outcome<_>>()?;
    Ok((0..batch.num_rows()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect())
}
