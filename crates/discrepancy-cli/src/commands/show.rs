//! `discrepancy show`.

mod braille;
mod curve;
mod formula;
mod picture;
mod text;

use crate::description::{describe, number, value};
use crate::failure::{Failure, Outcome};
use crate::output::{print, write_file};
use clap::ValueEnum;
use curve::{Curve, Ground, Sheet};
use discrepancy::catalog::spec::parse;
use discrepancy::catalog::{Arguments as Values, Entry, Measure};
use serde_json::{Value as Json, json};
use std::cell::OnceCell;
use std::path::PathBuf;

/// What `discrepancy show` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  discrepancy show focal
  discrepancy show minkowski:p=1.5 --svg minkowski.svg
  discrepancy show zero_one hinge logistic exponential --svg losses.svg
  discrepancy show focal:alpha=0.25,gamma=2 --format json

`discrepancy list` names what there is. Parameters follow a colon. Several entries are explained one after the other, \
and drawn over one axis.")]
pub(crate) struct Arguments {
    /// Names with parameters: `name` or `name:parameter=value,…`.
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<String>,
    /// Also draw value, gradient and Hessian into this SVG file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// How to write it; `json` has all that the catalogue knows, and the points of the curves.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// An entry with parameter values.
struct Shown {
    entry: &'static Entry,
    values: Values,
    measure: Measure,
    /// What there is to draw over its own axis; computed once.
    own: OnceCell<Option<(Sheet, Measure)>>,
}

impl Shown {
    fn read(spec: &str) -> Outcome<Shown> {
        let (entry, values) = parse(spec).map_err(Failure::usage)?;
        let measure = entry.make(&values).map_err(Failure::usage)?;
        Ok(Shown { entry, values, measure, own: OnceCell::new() })
    }
    fn spec(&self) -> String {
        self.entry.spec(&self.values)
    }
    fn own(&self) -> Option<&(Sheet, Measure)> {
        self.own.get_or_init(|| curve::drawing(self.entry, &self.values, Ground::Own)).as_ref()
    }
    fn sheet(&self, ground: Ground) -> Option<Sheet> {
        match ground {
            Ground::Own => self.own().map(|(sheet, _)| sheet.clone()),
            Ground::PredictionAtOne => curve::drawing(self.entry, &self.values, ground).map(|(sheet, _)| sheet),
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let shown = arguments.specs.iter().map(|spec| Shown::read(spec)).collect::<Outcome<Vec<Shown>>>()?;
    if let Some(file) = &arguments.svg {
        let svg = draw(&shown)?;
        write_file(file, |out| out.write_all(svg.as_bytes()))?;
    }
    match arguments.format {
        Format::Text => {
            let page = |shown: &Shown| {
                let sheet = shown.own().map(|(sheet, _)| sheet);
                text::explain(shown.entry, &shown.values, &shown.measure, sheet)
            };
            print(&shown.iter().map(page).collect::<Vec<String>>().join("\n\n"))
        }
        Format::Json => {
            let all: Vec<Json> = shown.iter().map(document).collect();
            let whole = if let [one] = all.as_slice() { one.clone() } else { Json::Array(all) };
            print(&format!("{}\n", serde_json::to_string_pretty(&whole).map_err(Failure::new)?))
        }
    }
}

fn draw(shown: &[Shown]) -> Outcome<String> {
    let nothing = |one: &Shown| Failure::new(format!("{}: there is nothing to draw", one.spec()));
    if let [one] = shown {
        let (sheet, measure) = one.own().ok_or_else(|| nothing(one))?;
        // A long formula stands in the text alone.
        let formula = Some(formula::inline(one.entry.formula)).filter(|formula| formula.chars().count() <= 50);
        let title = formula.map_or(one.spec(), |formula| format!("{}:  {formula}", one.spec()));
        return Ok(picture::svg(&title, sheet, Some(measure)));
    }
    let sheets = |ground| -> Outcome<Vec<Sheet>> {
        shown.iter().map(|one| one.sheet(ground).ok_or_else(|| nothing(one))).collect()
    };
    // Over their own axis, if it is the same for all; else where pointwise losses meet.
    let mut together = sheets(Ground::Own)?;
    if together.iter().any(|sheet| sheet.axis != together[0].axis) {
        together = sheets(Ground::PredictionAtOne)?;
    }
    if let Some((one, sheet)) = shown.iter().zip(&together).find(|(_, sheet)| sheet.axis != together[0].axis) {
        return Err(Failure::usage(format!(
            "{} is drawn over the {}, {} over the {}: they share no axis",
            shown[0].spec(),
            together[0].axis,
            one.spec(),
            sheet.axis
        )));
    }
    let specs: Vec<String> = shown.iter().map(Shown::spec).collect();
    let sheet = curve::overlay(&specs, together);
    Ok(picture::svg(&format!("Over the {}", sheet.axis), &sheet, None))
}

/// An entry, its parameter values, formulas and curves.
fn document(shown: &Shown) -> Json {
    let mut document = describe(shown.entry);
    let names = shown.entry.parameters.iter().map(|parameter| parameter.name.to_owned());
    document["spec"] = json!(shown.spec());
    document["values"] = names.zip(shown.values.0.iter().map(value)).collect();
    if let Measure::Pointwise(loss) = &shown.measure {
        let [value, first, second] = loss.trace(None);
        document["computed"] = if loss.differentiable() {
            json!({ "value": value, "first_derivative": first, "second_derivative": second })
        } else {
            json!({ "value": value })
        };
    }
    document["curves"] = shown.own().map_or(Json::Null, |(sheet, _)| curves(sheet));
    document
}

/// The points of all curves.
fn curves(sheet: &Sheet) -> Json {
    let panels: Vec<Json> = sheet
        .panels
        .iter()
        .map(|panel| {
            let points = |curve: &Curve| curve.points.iter().map(|point| point.map(number).to_vec()).collect::<Json>();
            let curves = panel.curves.iter().map(|curve| json!({ "label": curve.label, "points": points(curve) }));
            json!({ "title": panel.title, "curves": curves.collect::<Vec<Json>>() })
        })
        .collect();
    json!({ "axis": sheet.axis, "low": sheet.low, "high": sheet.high, "fixed": sheet.note, "panels": panels })
}
