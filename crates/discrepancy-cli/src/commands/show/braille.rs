//! Curves in a terminal: each character holds 2 × 4 dots.

use super::curve::{Curve, Panel, Sheet};
use crate::terminal::{Style, Terminal};

/// Rows of a panel's plot.
const ROWS: usize = 11;
/// The colours of curves, by turns.
const COLOURS: [Style; 5] = [Style::Green, Style::Yellow, Style::Magenta, Style::Blue, Style::Red];

/// The panels of a sheet, two beside each other.
pub(crate) fn plot(sheet: &Sheet, terminal: Terminal) -> String {
    let width = terminal.width.min(100);
    let beside = if sheet.panels.len() > 1 && width >= 60 { 2 } else { 1 };
    let column = (width - 2 * (beside - 1)) / beside;
    let mut text = String::new();
    for pair in sheet.panels.chunks(beside) {
        let panels: Vec<Vec<String>> = pair.iter().map(|panel| draw(sheet, panel, column, terminal)).collect();
        for row in 0..panels[0].len() {
            let cells: Vec<&str> = panels.iter().map(|panel| panel[row].as_str()).collect();
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
    }
    text
}

/// One panel as lines of one width: title, plot, axis, and the ends of the axis.
fn draw(sheet: &Sheet, panel: &Panel, width: usize, terminal: Terminal) -> Vec<String> {
    let [low, high] = panel.limits;
    let marks = [(0, tick(high)), (ROWS - 1, tick(low))];
    let zero = Place { low, high, rows: ROWS }.row(0.0);
    let zero = zero.filter(|row| *row > 0 && *row < ROWS - 1);
    let margin = marks.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0).max(4);
    let several = panel.curves.len() > 1;
    let labels = if several { panel.curves.iter().map(|c| c.label.chars().count() + 1).max().unwrap_or(0) } else { 0 };
    let columns = width.saturating_sub(margin + 2 + labels).max(8);
    let mut canvas = Canvas { columns, cells: vec![(0, 0); columns * ROWS], sheet, low, high };
    for (number, curve) in panel.curves.iter().enumerate() {
        canvas.curve(curve, number);
    }
    let ends: Vec<(usize, usize)> = if several { canvas.ends(&panel.curves) } else { Vec::new() };

    let pad = |text: String, shown: usize| format!("{text}{}", " ".repeat(width.saturating_sub(shown)));
    let title = format!("{:margin$} {}", "", panel.title);
    let mut lines = vec![pad(terminal.paint(Style::Bold, &title), title.chars().count())];
    for row in 0..ROWS {
        let label = marks.iter().find(|(at, _)| *at == row).map_or("", |(_, text)| text.as_str());
        let label = if Some(row) == zero { "0" } else { label };
        let joint = if label.is_empty() { '│' } else { '┤' };
        let mut line = format!("{label:>margin$} {joint}");
        for column in 0..columns {
            let (dots, number) = canvas.cells[row * columns + column];
            match dots {
                0 if Some(row) == zero => line.push('┈'),
                0 => line.push(' '),
                dots => {
                    let sign = char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' ').to_string();
                    line.push_str(&terminal.paint(COLOURS[number % COLOURS.len()], &sign));
                }
            }
        }
        let mut shown = margin + 2 + columns;
        for (_, number) in ends.iter().filter(|(at, _)| *at == row) {
            let label = format!(" {}", panel.curves[*number].label);
            shown += label.chars().count();
            line.push_str(&terminal.paint(COLOURS[*number % COLOURS.len()], &label));
        }
        lines.push(pad(line, shown));
    }
    lines.push(pad(format!("{:margin$} └{}", "", "─".repeat(columns)), margin + 2 + columns));
    let (left, right) = (tick(sheet.low), tick(sheet.high));
    let letter = sheet.axis.split_whitespace().find(|word| word.chars().filter(|c| c.is_alphabetic()).count() == 1);
    let letter = letter.unwrap_or_default().to_owned();
    let between = columns.saturating_sub(left.chars().count() + right.chars().count());
    let axis = format!("{:margin$}  {left}{letter:^between$}{right}", "");
    let shown = axis.chars().count();
    lines.push(pad(axis, shown));
    lines
}

/// Up to four digits.
fn tick(x: f64) -> String {
    let digits = if x.abs() >= 100.0 {
        0
    } else if x.abs() >= 10.0 {
        1
    } else {
        2
    };
    if x != 0.0 && (x.abs() >= 1e5 || x.abs() < 5e-3) {
        return format!("{x:.1e}").replace('-', "−");
    }
    let text = format!("{x:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.replace('-', "−")
}

/// Where an ordinate is.
struct Place {
    low: f64,
    high: f64,
    rows: usize,
}

impl Place {
    /// Counted from the top; `None` outside of the picture.
    fn row(&self, y: f64) -> Option<usize> {
        let share = (self.high - y) / (self.high - self.low);
        (-1e-9..=1.0 + 1e-9).contains(&share).then(|| (share * (self.rows - 1) as f64).round() as usize)
    }
}

struct Canvas<'a> {
    columns: usize,
    /// The dots of each character, and the number of its last curve.
    cells: Vec<(u8, usize)>,
    sheet: &'a Sheet,
    low: f64,
    high: f64,
}

impl Canvas<'_> {
    fn dot(&mut self, x: f64, y: f64, number: usize) {
        let place = Place { low: self.low, high: self.high, rows: 4 * ROWS };
        let share = (x - self.sheet.low) / (self.sheet.high - self.sheet.low);
        let (Some(row), true) = (place.row(y), (0.0..=1.0).contains(&share)) else { return };
        let column = (share * (2 * self.columns - 1) as f64).round() as usize;
        // The dots of a character are numbered column by column, but for the last row.
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let cell = &mut self.cells[row / 4 * self.columns + column / 2];
        *cell = (cell.0 | BITS[row % 4][column % 2], number);
    }

    /// Draws each run as a line; what leaves the picture is not seen.
    fn curve(&mut self, curve: &Curve, number: usize) {
        let steps = 4 * self.columns.max(ROWS);
        for run in &curve.runs {
            if let [point] = run.as_slice() {
                self.dot(point[0], point[1], number);
            }
            for pair in run.windows(2) {
                let [[x, y], [to_x, to_y]] = [pair[0], pair[1]];
                let share = ((to_x - x) / (self.sheet.high - self.sheet.low))
                    .abs()
                    .max((to_y - y).abs() / (self.high - self.low));
                // A line that goes far beyond the picture needs no more dots than the picture has.
                let steps = (share.min(4.0) * steps as f64).ceil().max(1.0) as usize;
                for i in 0..=steps {
                    let t = i as f64 / steps as f64;
                    self.dot(x + (to_x - x) * t, y + (to_y - y) * t, number);
                }
            }
        }
    }

    /// The row beside which each curve's label stands: that of its last point, one label a row.
    fn ends(&self, curves: &[Curve]) -> Vec<(usize, usize)> {
        let place = Place { low: self.low, high: self.high, rows: ROWS };
        let last = |curve: &Curve| curve.runs.last().and_then(|run| run.last()).map_or(0.0, |point| point[1]);
        let mut wanted: Vec<(f64, usize)> = curves.iter().map(last).zip(0..).collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut taken: Vec<(usize, usize)> = Vec::new();
        let count = wanted.len();
        for (i, (y, number)) in wanted.into_iter().enumerate() {
            let row = place.row(y.clamp(self.low, self.high)).unwrap_or(0);
            let free = taken.last().map_or(0, |(row, _)| row + 1);
            taken.push((row.max(free).min(ROWS.saturating_sub(count - i)), number));
        }
        taken
    }
}
