//! An entry explained in a terminal.

use super::curve::Sheet;
use super::{braille, formula};
use crate::description::sql_functions;
use crate::terminal::{Style, Terminal, wrap};
use comfy_table::{ContentArrangement, Table, presets};
use discrepancy::catalog::{Arguments, DataDomain, Entry, Measure};

/// Everything about an entry with these parameter values.
pub(crate) fn explain(entry: &Entry, arguments: &Arguments, measure: &Measure, sheet: Option<&Sheet>) -> String {
    let page = Page { terminal: Terminal::stdout(), text: String::new() };
    page.explain(entry, arguments, measure, sheet)
}

struct Page {
    terminal: Terminal,
    text: String,
}

impl Page {
    fn explain(mut self, entry: &Entry, arguments: &Arguments, measure: &Measure, sheet: Option<&Sheet>) -> String {
        self.title(entry);
        self.formula(entry.formula);
        self.doc(entry.doc);
        self.parameters(entry, arguments);
        if let Measure::Pointwise(loss) = measure {
            self.heading(&format!("As computed, {}", letters(loss.coupling(), entry)));
            let generic = loss.trace(None);
            let named = matches!(entry.target, DataDomain::Binary | DataDomain::Within(_));
            if named && generic.iter().any(|tex| tex.contains("cases")) {
                for target in [1.0, 0.0] {
                    self.line(&format!("for y = {target}"));
                    self.derivatives(&loss.trace(Some(target)), loss.differentiable());
                }
            } else {
                self.derivatives(&generic, loss.differentiable());
            }
        }
        if !entry.properties.is_empty() {
            let words: Vec<&str> = entry.properties.iter().map(|property| property.meaning()).collect();
            self.paragraph("Properties", &words.join(", "));
        }
        self.paragraph("Data", &data(entry, measure));
        let accuracy = entry.accuracy();
        self.paragraph("Accuracy", &format!("within {} ULP in f32, within {} ULP in f64", accuracy.f32, accuracy.f64));
        self.paragraph("Source", entry.source);
        let full = entry.parameters.iter().zip(&arguments.0).map(|(p, value)| format!("{}={value}", p.name));
        let full = full.collect::<Vec<String>>().join(",");
        let colon = if full.is_empty() { "" } else { ":" };
        self.paragraph("Spec", &format!("{}{colon}{full}", entry.name));
        if let Some((scalar, aggregates)) = sql_functions(entry).split_first() {
            let names: Vec<&str> = aggregates.iter().filter_map(|function| function.split('(').next()).collect();
            let aggregates =
                if names.is_empty() { String::new() } else { format!("; aggregates {}", names.join(", ")) };
            self.paragraph("SQL", &format!("{scalar}{aggregates}"));
        }
        if !entry.reference.is_empty() {
            self.text.push('\n');
            self.heading("Examples");
            let lines = entry.reference.iter().flat_map(|row| wrap(&row.line(entry), self.width() - 2));
            lines.collect::<Vec<String>>().iter().for_each(|line| self.line(line));
        }
        if let Some(sheet) = sheet {
            let note = if sheet.note.is_empty() { String::new() } else { format!("; {}", sheet.note) };
            self.text.push('\n');
            self.heading(&format!("Over the {}{note}", sheet.axis));
            self.text.push_str(&braille::plot(sheet, self.terminal));
        }
        self.text
    }

    fn width(&self) -> usize {
        self.terminal.width.min(100)
    }
    fn line(&mut self, line: &str) {
        self.text.push_str(&format!("  {line}\n"));
    }
    fn heading(&mut self, heading: &str) {
        for line in wrap(heading, self.width()) {
            let painted = self.terminal.paint(Style::Bold, &line);
            self.text.push_str(&format!("{painted}\n"));
        }
    }
    /// A heading with its text behind it.
    fn paragraph(&mut self, heading: &str, text: &str) {
        const INDENT: usize = 12;
        for (i, line) in wrap(text, self.width().saturating_sub(INDENT).max(20)).into_iter().enumerate() {
            let heading = format!("{:<INDENT$}", if i == 0 { heading } else { "" });
            let painted = self.terminal.paint(Style::Bold, &heading);
            self.text.push_str(&format!("{painted}{line}\n"));
        }
    }

    fn title(&mut self, entry: &Entry) {
        let also =
            if entry.aliases.is_empty() { String::new() } else { format!(", also {}", entry.aliases.join(", ")) };
        let title = wrap(&format!("{}{also}", entry.name), self.width()).join("\n");
        let name = self.terminal.paint(Style::Bold, entry.name);
        self.text.push_str(&format!("{}\n", title.replacen(entry.name, &name, 1)));
        for line in wrap(&plain(entry.summary()), self.width()) {
            self.text.push_str(&format!("{line}\n"));
        }
    }

    fn formula(&mut self, tex: &str) {
        self.text.push('\n');
        for line in set(tex, self.width() - 4) {
            let painted = self.terminal.paint(Style::Cyan, &line);
            self.text.push_str(&format!("    {painted}\n"));
        }
        self.text.push('\n');
    }

    /// The doc after its first line, a paragraph at a time.
    fn doc(&mut self, doc: &str) {
        let rest = doc.trim().split_once('\n').map_or("", |(_, rest)| rest);
        for paragraph in paragraphs(rest) {
            for line in wrap(&plain(&paragraph), self.width()) {
                self.text.push_str(&format!("{line}\n"));
            }
            self.text.push('\n');
        }
    }

    fn parameters(&mut self, entry: &Entry, arguments: &Arguments) {
        if entry.parameters.is_empty() {
            return;
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).force_no_tty();
        table.set_width(u16::try_from(self.width()).unwrap_or(u16::MAX));
        table.set_header(["parameter", "value", "allowed", "meaning"]);
        for (parameter, value) in entry.parameters.iter().zip(&arguments.0) {
            let default = if parameter.default == *value { "" } else { &format!(" (default {})", parameter.default) };
            table.add_row([
                parameter.name.to_owned(),
                format!("{value}{default}"),
                signs(&parameter.domain.to_string()),
                plain(parameter.doc),
            ]);
        }
        for (i, line) in table.lines().enumerate() {
            let line = line.trim_end();
            let shown = if i == 0 { self.terminal.paint(Style::Bold, line) } else { line.to_owned() };
            // The table has a column of air on its left.
            self.text.push_str(&format!("{}\n", shown.replacen(' ', "", 1)));
        }
        self.text.push('\n');
    }

    fn derivatives(&mut self, traced: &[String; 3], differentiable: bool) {
        let names = ["value", "first", "second"];
        for (name, tex) in names.iter().zip(traced).take(if differentiable { 3 } else { 1 }) {
            for (i, line) in set(tex, self.width() - 12).into_iter().enumerate() {
                let name = if i == 0 { name } else { "" };
                let painted = self.terminal.paint(Style::Cyan, &line);
                self.text.push_str(&format!("    {name:<8}{painted}\n"));
            }
        }
        self.text.push('\n');
    }
}

/// A formula in lines; a long one is broken at blanks.
fn set(tex: &str, width: usize) -> Vec<String> {
    let lines = formula::lines(tex);
    match lines.as_slice() {
        [line] if line.chars().count() > width => wrap(line, width),
        _ => lines,
    }
}

/// What the letters of a traced formula are.
fn letters(coupling: discrepancy::losses::Coupling, entry: &Entry) -> &'static str {
    use discrepancy::losses::Coupling;
    match coupling {
        Coupling::Residual => "with the residual r = z − y",
        Coupling::Margin => "with the margin m = y z",
        Coupling::Pair if entry.prediction == DataDomain::UNIT => "with the probability p and the target y",
        Coupling::Pair => "with the prediction z and the target y",
    }
}

/// What goes in.
fn data(entry: &Entry, measure: &Measure) -> String {
    let (first, second) = (signs(&entry.prediction.to_string()), signs(&entry.target.to_string()));
    match measure {
        Measure::Map(_) => format!("scores: {first}; image: {second}"),
        Measure::Penalty(_) => format!("weights: {first}"),
        Measure::Pair(_) => format!("two vectors of one length: {first}"),
        Measure::Sample(_) => format!("two samples, rows of one length: {first}"),
        Measure::Row(_) => format!("a row of scores: {first}; target: {second}"),
        Measure::Tuple(loss) => {
            let signature = loss.signature();
            let what = if signature.vectors { "vectors of one length, " } else { "" };
            let named = |name: &str, domain: &DataDomain| format!("{name}: {what}{}", signs(&domain.to_string()));
            let inputs = signature.inputs.iter().map(|input| named(input.name, &input.domain));
            let target = signature.target.map(|domain| format!("target: {}", signs(&domain.to_string())));
            inputs.chain(target).collect::<Vec<String>>().join("; ")
        }
        Measure::Head(_) => format!("rows, weights, bias: {first}; target: {second}"),
        _ => format!("prediction: {first}; target: {second}"),
    }
}

/// Domains with the signs of mathematics.
fn signs(text: &str) -> String {
    let mut shown = text.replace("inf", "∞");
    for digit in ('0'..='9').chain(['∞']) {
        shown = shown.replace(&format!("-{digit}"), &format!("−{digit}"));
    }
    shown
}

/// The paragraphs of a doc text; blank lines part them.
fn paragraphs(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            all.push(String::new());
        } else if let Some(last) = all.last_mut() {
            last.push_str(line);
            last.push(' ');
        }
    }
    all.retain(|paragraph| !paragraph.trim().is_empty());
    all
}

/// Markdown as plain text: without back-quotes, stars for weight, and brackets of links.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    words.replace("**", "").replace("[`", "`").replace("`]", "`").replace('`', "")
}
