//! `discrepancy score`: losses of predictions in files, by segment and in total.

mod columns;
mod input;
mod interval;
mod plan;
mod progress;
mod report;
mod summary;
mod task;
mod trace;
mod write;

use crate::engine::{self, default_threads, parse_threads};
use crate::failure::{Failure, Outcome};
use crate::interrupts;
use crate::output::{self, Format, check_place};
use columns::Several;
use discrepancy_sql::files::{Files, Table};
use input::{Input, Need, is_list, is_text};
use plan::{Answer, Question};
use std::collections::BTreeMap;
use std::path::PathBuf;
use task::Task;

/// What `discrepancy score` takes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
pub(crate) struct Arguments {
    /// Files, folders or patterns: CSV, TSV, JSON (also compressed), Parquet, Arrow; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The column with what was right.
    #[arg(long, value_name = "COL")]
    target: String,
    #[command(flatten)]
    prediction: Prediction,
    /// A loss as `name` or `name:parameter=value,…`, once for each; without it all that fit.
    #[arg(long = "loss", value_name = "SPEC")]
    losses: Vec<String>,
    /// A column that tells segments apart, once for each.
    #[arg(long, value_name = "COL")]
    by: Vec<String>,
    /// The column with the weights of rows.
    #[arg(long, value_name = "COL")]
    weight: Option<String>,
    /// The classes of many in the order of their columns, where the target has names.
    #[arg(long, value_name = "CLASS,…", value_delimiter = ',')]
    classes: Vec<String>,
    /// The value of the target that is the positive class.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    positive: Option<String>,
    /// How many threads; the results have the same bits for any number.
    #[arg(long, value_name = "N", default_value_t = default_threads(), value_parser = parse_threads)]
    threads: usize,
    /// How the result is written.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Writes a page with table and plots beside.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
}

/// Where the predictions are, and in which form.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Prediction {
    /// The column with predicted numbers.
    #[arg(long, value_name = "COL")]
    prediction: Option<String>,
    /// The column with probabilities of the positive class, or several (`a,b,c` or `p_*`): one for each class 0, 1, ….
    #[arg(long, value_name = "COLS")]
    probability: Option<String>,
    /// The column with logits or other scores of the positive class, or several: one for each class 0, 1, ….
    #[arg(long, value_name = "COLS")]
    logits: Option<String>,
}

const NOTES: &str = "\
Rows with a NULL (in CSV: nothing) in a column that is needed are left out and counted. Anything else that is not \
allowed ends the command with the file, the row and the value.

The 95 % intervals are approximations for independent rows: Wilson's of a rate (zero-one losses); of a loss that cannot \
be negative, normal for the logarithm of its mean, so that it stays above 0; else normal, the mean ± 1.96 standard errors. \
Sums are exact, so the result has the same bits for any order of rows, number of files and number of threads.

Columns are found by their names, types are those of all rows of all files. CSV may have `;` or tabs between values, and \
then decimal commas. Folders named as `region=01` give a column `region`. Each file is read once, however it is linked.

Two classes are 0 and 1, -1 and 1, or true and false; of two others --positive says which is the positive one. Many \
classes are numbered from 0, or have names: those that `*` stands for in `p_*`, those of the columns, or those that \
--classes lists.";

/// The columns of all files that the arguments name.
fn question(arguments: &Arguments, table: &Table) -> Outcome<(Question, Vec<(String, Need)>)> {
    let columns = input::columns(table, 0);
    let target = columns.one(&arguments.target)?;
    let named = !arguments.classes.is_empty() || table.data_type(&target).is_some_and(|t| is_text(&t));
    let given = &arguments.prediction;
    let many = |several: &Several| {
        several.columns.len() > 1 || table.data_type(&several.columns[0]).is_some_and(|t| is_list(&t))
    };
    let (prediction, task) = match (&given.prediction, &given.probability, &given.logits) {
        (Some(name), _, _) => (Several { columns: vec![columns.one(name)?], names: Vec::new() }, Task::Numbers),
        (_, Some(names), _) => {
            let names = columns.several(names, named)?;
            let task = if many(&names) { Task::ManyClassProbabilities } else { Task::TwoClassProbabilities };
            (names, task)
        }
        (_, _, names) => {
            let names = columns.several(names.as_deref().unwrap_or_default(), named)?;
            let task = if many(&names) { Task::ManyClassLogits } else { Task::TwoClassLogits };
            (names, task)
        }
    };
    if arguments.positive.is_some() && !task.two_classes() {
        return Err(Failure::usage(format!("--positive is for two classes; these are {task}")));
    }
    let classes = classes(&arguments.classes, named, task, &prediction)?;
    let prediction = prediction.columns;
    let by: Vec<String> = arguments.by.iter().map(|name| columns.one(name)).collect::<Outcome<_>>()?;
    if let Some((_, twice)) = by.iter().enumerate().find(|(i, name)| by[..*i].contains(name)) {
        return Err(Failure::usage(format!("--by {twice} is given twice")));
    }
    let weight = arguments.weight.as_deref().map(|name| columns.one(name)).transpose()?;
    let of_prediction = match (task.many_classes(), prediction.len()) {
        (true, 1) => Need::Scores,
        _ => Need::Number,
    };
    let of_target = if task.two_classes() || classes.is_some() { Need::Class } else { Need::Number };
    let mut needs: Vec<(String, Need)> = prediction.iter().map(|name| (name.clone(), of_prediction)).collect();
    needs.push((target.clone(), of_target));
    needs.extend(weight.iter().map(|name| (name.clone(), Need::Number)));
    needs.extend(by.iter().map(|name| (name.clone(), Need::Segment)));
    let losses = task::losses(task, &arguments.losses)?;
    let positive = arguments.positive.clone();
    let details = arguments.report.is_some();
    // Under a name that no column has.
    let mut free = "scores".to_owned();
    while table.data_type(&free).is_some() {
        free.push('_');
    }
    let row = (prediction.len() > 1).then_some(free);
    Ok((Question { task, target, prediction, row, classes, weight, by, positive, losses, details }, needs))
}

/// The names of many classes, in the order of their columns.
fn classes(given: &[String], named: bool, task: Task, prediction: &Several) -> Outcome<Option<Vec<String>>> {
    if !task.many_classes() {
        let message = format!("--classes is for many classes; these are {task}");
        return if given.is_empty() { Ok(None) } else { Err(Failure::usage(message)) };
    }
    let columns = prediction.columns.len();
    if !given.is_empty() {
        if let Some((_, twice)) = given.iter().enumerate().find(|(i, name)| given[..*i].contains(name)) {
            return Err(Failure::usage(format!("--classes names {twice} twice")));
        }
        if columns > 1 && columns != given.len() {
            return Err(Failure::usage(format!("--classes names {} classes for {columns} columns", given.len())));
        }
        return Ok(Some(given.to_vec()));
    }
    match (named, columns) {
        (true, 1) => Err(Failure::usage("the target has names: say which, in the order of the lists, with --classes")),
        (true, _) => Ok(Some(prediction.names.clone())),
        (false, _) => Ok(None),
    }
}

/// Finds files and columns.
fn prepare(arguments: &Arguments) -> Outcome<(Question, Input)> {
    let files = Files::find(&arguments.files)?;
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, reason) in &files.left_out {
        reasons.entry(reason).or_default().push(path.display().to_string());
    }
    for (reason, paths) in reasons {
        eprintln!("note: left out, as {reason}: {}", paths.join(", "));
    }
    let table = engine::quietly(|| Table::open(&files, arguments.threads)).map_err(Failure::new)??;
    let (question, needs) = question(arguments, &table)?;
    let mut input = Input::new(&table, needs)?;
    if let Some(row) = &question.row {
        input.table = input.table.with_row(row, &question.prediction);
    }
    Ok((question, input))
}

/// Runs the plan.
async fn ask(question: &Question, input: &Input, threads: usize) -> Outcome<Answer> {
    let context = discrepancy_sql::session(threads);
    let frame = question.plan(input, input.frame(&context)?)?;
    let plan = frame.create_physical_plan().await?;
    let batches = progress::collect(plan, context.task_ctx(), &input.table).await?;
    question.answer(&batches)
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let threads = arguments.threads;
    interrupts::watch();
    let (question, input) = prepare(arguments)?;
    question.expressions(&input)?;
    if let Some(path) = &arguments.report {
        check_place("--report", path, input.table.files().into_iter().map(|file| file.path()))?;
    }
    let answer = match engine::run(threads, ask(&question, &input, threads)) {
        Ok(answer) => answer,
        // A file that cannot be read says where; of a row that cannot be scored the place is looked for.
        Err(failure) if failure.is_located() => return Err(failure),
        Err(failure) => return Err(trace::fault(&question, &input).unwrap_or(failure)),
    };
    check(&question, &input, &answer, threads)?;
    if let Some(path) = &arguments.report {
        let page = report::page(&question, &input, &answer);
        output::write_file(path, |file| std::io::Write::write_all(file, page.as_bytes()))?;
    }
    output::print(&write::text(&question, &answer, arguments.format))
}

/// What only shows when all rows are read.
fn check(question: &Question, input: &Input, answer: &Answer, threads: usize) -> Outcome {
    let files = input.files();
    let total = &answer.total;
    if total.rows == 0 {
        let message = match total.skipped {
            0 => format!("{files}: no rows"),
            skipped => format!("{files}: no rows are left; all {skipped} have NULL in a column that is needed"),
        };
        return Err(Failure::new(message));
    }
    if total.moments.iter().any(|moments| moments.mean().is_err()) {
        return Err(Failure::new(format!("{files}: no rows are left; all weights are 0")));
    }
    if answer.lengths.len() > 1 {
        let (shortest, longest) = (answer.lengths.first().unwrap_or(&0), answer.lengths.last().unwrap_or(&0));
        let name = &question.prediction[0];
        let message =
            format!("{files}: the lists of `{name}` have {shortest} to {longest} numbers; allowed: one length");
        return Err(Failure::new(message));
    }
    let target = &question.target;
    if let (Some(positive), [], [_, _, ..]) = (&question.positive, &*answer.positive, &*answer.negative) {
        let values = engine::run(threads, trace::classes(question, input, threads, 11))?;
        let list = trace::some(&values, ", ");
        let message =
            format!("{files}: no row of `{target}` is {positive}, which --positive names; its classes: {list}");
        return Err(Failure::new(message));
    }
    if answer.positive.len() > 1 || answer.negative.len() > 1 {
        let values = engine::run(threads, trace::classes(question, input, threads, 11))?;
        let list = trace::some(&values, ", ");
        let message = format!("{files}: column `{target}` has more than two classes: {list}; allowed: two");
        return Err(Failure::new(message));
    }
    if let (Some(positive), []) = (&question.positive, answer.positive.as_slice()) {
        eprintln!("note: no row has the positive class {positive}");
    }
    Ok(())
}
