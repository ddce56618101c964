//! `discrepancy score`: losses of predictions in files, by segment and in total.

mod columns;
mod input;
mod plan;
mod progress;
mod report;
mod summary;
mod task;
mod trace;
mod write;

use crate::engine::{self, default_threads, parse_threads};
use crate::failure::{Failure, Outcome};
use crate::files::{Files, Kind, Reading};
use crate::output::{self, Format};
use datafusion::prelude::SessionContext;
use input::{Heads, Input, Need};
use plan::{Answer, Question};
use std::path::{Path, PathBuf};
use task::Task;

/// What `discrepancy score` takes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
pub(crate) struct Arguments {
    /// Files, folders or patterns: CSV, TSV, JSON lines (also compressed), Parquet, Arrow.
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

The 95 % interval is the mean ± 1.96 standard errors: a normal approximation for independent rows. Sums are exact, so \
the result has the same bits for any order of rows, number of files and number of threads.

Two classes are 0 and 1, -1 and 1, or true and false; of two others --positive says which is the positive one. Many \
classes are numbered from 0.";

/// The columns of all files that the arguments name.
fn question(arguments: &Arguments, heads: &Heads) -> Outcome<(Question, Vec<(String, Need)>)> {
    let columns = heads.columns();
    let target = columns.one(&arguments.target)?;
    let given = &arguments.prediction;
    let (prediction, task) = match (&given.prediction, &given.probability, &given.logits) {
        (Some(name), _, _) => (vec![columns.one(name)?], Task::Numbers),
        (_, Some(names), _) => {
            let names = columns.several(names)?;
            let many = names.len() > 1 || heads.is_list(&names[0]);
            (names, if many { Task::ManyClassProbabilities } else { Task::TwoClassProbabilities })
        }
        (_, _, names) => {
            let names = columns.several(names.as_deref().unwrap_or_default())?;
            let many = names.len() > 1 || heads.is_list(&names[0]);
            (names, if many { Task::ManyClassLogits } else { Task::TwoClassLogits })
        }
    };
    if arguments.positive.is_some() && !task.two_classes() {
        return Err(Failure::usage(format!("--positive is for two classes; these are {task}")));
    }
    let by: Vec<String> = arguments.by.iter().map(|name| columns.one(name)).collect::<Outcome<_>>()?;
    if let Some((_, twice)) = by.iter().enumerate().find(|(i, name)| by[..*i].contains(name)) {
        return Err(Failure::usage(format!("--by {twice} is given twice")));
    }
    let weight = arguments.weight.as_deref().map(|name| columns.one(name)).transpose()?;
    let of_prediction = match (task.many_classes(), prediction.len()) {
        (true, 1) => Need::Scores,
        _ => Need::Number,
    };
    let of_target = if task.two_classes() { Need::Class } else { Need::Number };
    let mut needs: Vec<(String, Need)> = prediction.iter().map(|name| (name.clone(), of_prediction)).collect();
    needs.push((target.clone(), of_target));
    needs.extend(weight.iter().map(|name| (name.clone(), Need::Number)));
    needs.extend(by.iter().map(|name| (name.clone(), Need::Segment)));
    let losses = task::losses(task, &arguments.losses)?;
    let positive = arguments.positive.clone();
    let details = arguments.report.is_some();
    Ok((Question { task, target, prediction, weight, by, positive, losses, details }, needs))
}

/// Finds files and columns.
async fn prepare(arguments: &Arguments, context: &SessionContext) -> Outcome<(Question, Input)> {
    let files = Files::find(&arguments.files)?;
    if !files.left_out.is_empty() {
        let list: Vec<String> = files.left_out.iter().map(|path| path.display().to_string()).collect();
        eprintln!("note: left out, as of no known kind: {}", list.join(", "));
    }
    let again = files.clone();
    let heads = Heads::read(context, files, Reading::Parallel).await?;
    let (heads, (question, needs)) = match question(arguments, &heads) {
        Ok(found) => (heads, found),
        Err(_) if again.kind == Kind::Json => {
            let heads = Heads::read(context, again, Reading::TypesOfAllRows).await?;
            let found = question(arguments, &heads)?;
            (heads, found)
        }
        Err(failure) => return Err(failure),
    };
    Ok((question, heads.table(needs)?))
}

/// Runs the plan.
async fn ask(question: &Question, input: &Input, threads: usize, reading: Reading) -> Outcome<Answer> {
    let context = discrepancy_sql::session(threads);
    let frame = question.plan(&context, input, input.frame(&context, reading)?)?;
    let plan = frame.create_physical_plan().await?;
    let batches = progress::collect(plan, context.task_ctx(), &input.files.paths).await?;
    question.answer(&batches)
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let threads = arguments.threads;
    let (question, input) = engine::run(threads, async {
        let context = discrepancy_sql::session(threads);
        prepare(arguments, &context).await
    })?;
    question.expressions(&input)?;
    if let Some(path) = &arguments.report {
        check_report(path, &input.files.paths)?;
    }
    let mut answer = engine::run(threads, ask(&question, &input, threads, Reading::Parallel));
    if let Err(failure) = answer {
        if let Some(fault) = trace::fault(&question, &input) {
            return Err(fault);
        }
        // Each row is well: a value with a line end inside was taken apart.
        if !matches!(input.files.kind, Kind::Csv(_)) {
            return Err(failure);
        }
        answer = engine::run(threads, ask(&question, &input, threads, Reading::LinesInValues));
    }
    let answer = answer?;
    check(&question, &input, &answer, threads)?;
    if let Some(path) = &arguments.report {
        let page = report::page(&question, &input, &answer);
        output::write_file(path, |file| std::io::Write::write_all(file, page.as_bytes()))?;
    }
    output::print(&write::text(&question, &answer, arguments.format))
}

/// Before long work: whether the report can be written, and over nothing that is read.
fn check_report(path: &Path, files: &[PathBuf]) -> Outcome {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Failure::new(format!("cannot write {}: there is no folder {}", path.display(), folder.display())));
    }
    if path.is_dir() {
        return Err(Failure::new(format!("cannot write {}: it is a folder", path.display())));
    }
    let same =
        |file: &PathBuf| path.canonicalize().is_ok_and(|path| file.canonicalize().is_ok_and(|file| file == path));
    if files.iter().any(same) {
        return Err(Failure::usage(format!("--report {} would overwrite a file that is read", path.display())));
    }
    Ok(())
}

/// What only shows when all rows are read.
fn check(question: &Question, input: &Input, answer: &Answer, threads: usize) -> Outcome {
    let files = match input.files.paths.as_slice() {
        [one] => one.display().to_string(),
        many => format!("{} files", many.len()),
    };
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
    if answer.positive.len() > 1 || answer.negative.len() > 1 {
        let values = engine::run(threads, trace::classes(question, input, threads, 11))?;
        let more = if values.len() > 10 { ", …" } else { "" };
        let list = values[..values.len().min(10)].join(", ");
        let target = &question.target;
        let message = format!("{files}: column `{target}` has more than two classes: {list}{more}; allowed: two");
        return Err(Failure::new(message));
    }
    if let (Some(positive), []) = (&question.positive, answer.positive.as_slice()) {
        eprintln!("note: no row has the positive class {positive}");
    }
    Ok(())
}
