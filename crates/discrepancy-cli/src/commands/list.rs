//! `discrepancy list`.

use crate::description::describe;
use crate::failure::{Failure, Outcome};
use crate::output::print;
use crate::terminal::{Style, Terminal};
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use discrepancy::catalog::{self, Entry, Family};

/// What `discrepancy list` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  discrepancy list
  discrepancy list --family distance
  discrepancy list --format json | jq -r '.[].name'

Each entry is found by its name or an alias; parameters follow a colon, as in `name:parameter=value,…`. \
`discrepancy show NAME` explains one.")]
pub(crate) struct Arguments {
    /// Only the entries of one family.
    #[arg(long, value_name = "FAMILY", value_parser = family_parser())]
    family: Option<Family>,
    /// How to write them; `json` has all that the catalogue knows.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

fn family_parser() -> impl TypedValueParser<Value = Family> {
    let parse = |name: String| Family::ALL.into_iter().find(|family| family.name() == name).ok_or("no such family");
    PossibleValuesParser::new(Family::ALL.map(Family::name)).try_map(parse)
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let wanted = |entry: &&Entry| arguments.family.is_none_or(|family| entry.family == family);
    let entries: Vec<&Entry> = catalog::entries().filter(wanted).collect();
    match arguments.format {
        Format::Json => {
            let all: Vec<serde_json::Value> = entries.iter().map(|entry| describe(entry)).collect();
            print(&format!("{}\n", serde_json::to_string_pretty(&all).map_err(Failure::new)?))
        }
        Format::Table => print(&table(&entries)),
    }
}

/// A heading and a table for each family, all of one width.
fn table(entries: &[&Entry]) -> String {
    let terminal = Terminal::stdout();
    let width = terminal.width.min(120);
    let names = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for of_family in entries.chunk_by(|a, b| a.family == b.family) {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        if terminal.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        for entry in of_family {
            // Padded, so that the columns of all tables agree.
            let name = format!("{:<names$}", entry.name);
            let parameters = entry.parameters.iter().map(|p| format!("  {} = {}", p.name, p.default));
            let mut meaning = entry.summary().to_owned();
            if !entry.aliases.is_empty() {
                meaning.push_str(&format!("\nalso {}", entry.aliases.join(", ")));
            }
            let left: Vec<String> = std::iter::once(name).chain(parameters).collect();
            table.add_row([Cell::new(left.join("\n")).add_attribute(Attribute::Bold), Cell::new(meaning)]);
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&terminal.paint(Style::Cyan, &format!("{} ({})", of_family[0].family, of_family.len())));
        for line in table.lines() {
            text.push_str(&format!("\n{}", line.trim_end()));
        }
        text.push('\n');
    }
    text
}
