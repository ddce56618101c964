//! The drawings, in the colours of the page.

use super::Rate;
use crate::commands::score::summary::Bin;
use discrepancy_sql::EqualBins;
use kuva::backend::svg::SvgBackend;
use kuva::prelude::*;

const FONT: &str = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
const WIDTH: f64 = 540.0;
const HEIGHT: f64 = 300.0;
const TALL: f64 = 400.0;

/// The style sheet of the page says what the colours are, by day and by night.
fn theme() -> Theme {
    Theme {
        background: "none".to_owned(),
        axis_color: "var(--soft)".to_owned(),
        grid_color: "var(--grid)".to_owned(),
        tick_color: "var(--soft)".to_owned(),
        text_color: "var(--ink)".to_owned(),
        legend_bg: "none".to_owned(),
        legend_border: "none".to_owned(),
        font_family: Some(FONT.to_owned()),
        ..Theme::light()
    }
}

fn draw(plots: Vec<Plot>, layout: impl FnOnce(Layout) -> Layout, title: &str, height: f64) -> String {
    let base = Layout::auto_from_plots(&plots)
        .with_theme(theme())
        .with_title(title)
        .with_title_size(15)
        .with_label_size(13)
        .with_tick_size(12)
        .with_width(WIDTH)
        .with_height(height);
    let layout = layout(base);
    let svg = SvgBackend::new().render_scene(&render_multiple(plots, layout));
    // The page scales a drawing to the room there is.
    svg.replacen("<svg ", &format!("<svg viewBox=\"0 0 {WIDTH} {height}\" "), 1)
}

/// Means with their intervals, one below the other; the line is the total.
pub(super) fn by_segment(title: &str, rows: &[(String, f64, f64, f64)], total: Option<f64>) -> String {
    let mut forest = ForestPlot::new().with_color("var(--mark)").with_marker_size(4.0).with_show_null_line(false);
    for (label, mean, low, high) in rows {
        // Between dollars the drawing library would read mathematics.
        forest = forest.with_row(label.replace('$', "\\$"), *mean, *low, *high);
    }
    let line = |layout: Layout| {
        let layout = layout.with_x_label("mean");
        match total {
            Some(total) => layout.with_reference_line(ReferenceLine::vertical(total).with_color("var(--other)")),
            None => layout,
        }
    };
    draw(vec![Plot::Forest(forest)], line, title, 104.0 + 24.0 * rows.len() as f64)
}

/// How many rows have which loss.
pub(super) fn histogram(title: &str, bins: &EqualBins) -> String {
    let edges = (0..=bins.counts.len()).map(|i| bins.start + i as f64 * bins.width).collect();
    let counts = bins.counts.iter().map(|count| *count as f64).collect();
    let histogram = Histogram::from_bins(edges, counts).with_color("var(--fill)");
    let end = bins.start + bins.counts.len() as f64 * bins.width;
    let layout = |layout: Layout| {
        // A bar of one row has a height: its foot is below 1.
        let layout = layout.with_log_y().with_y_axis_min(0.7).with_y_label("rows").with_x_label("loss");
        layout.with_x_axis_min(bins.start).with_x_axis_max(end).with_x_tick_step(round_step(end - bins.start))
    };
    draw(vec![Plot::Histogram(histogram)], layout, title, HEIGHT)
}

/// A step of 1, 2 or 5 times a power of ten that parts a range in three to seven.
fn round_step(range: f64) -> f64 {
    let power = 10_f64.powf((range / 3.0).log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|digit| digit * power).find(|step| *step <= range / 3.0).unwrap_or(power)
}

/// The observed rates with their intervals, over the mean predictions.
pub(super) fn calibration(rates: &[Rate]) -> String {
    let errors = rates.iter().map(|rate| (rate.observed - rate.interval.0, rate.interval.1 - rate.observed));
    let points = ScatterPlot::new()
        .with_data(rates.iter().map(|rate| (rate.predicted, rate.observed)).collect::<Vec<_>>())
        .with_y_err_asymmetric(errors.collect::<Vec<_>>())
        .with_color("var(--mark)")
        .with_size(4.0);
    let diagonal = LinePlot::new().with_data(vec![(0.0, 0.0), (1.0, 1.0)]).with_color("var(--soft)").with_dashed();
    let layout = |layout: Layout| {
        let layout = layout.with_x_label("mean prediction").with_y_label("observed rate");
        let layout = layout.with_x_axis_min(0.0).with_x_axis_max(1.0).with_x_tick_step(0.2);
        layout.with_y_axis_min(0.0).with_y_axis_max(1.0).with_y_tick_step(0.2)
    };
    draw(vec![Plot::Line(diagonal), Plot::Scatter(points)], layout, "Observed over predicted", TALL)
}

/// How many rows have which predicted probability.
pub(super) fn predictions(bins: &[Bin]) -> String {
    let edges = (0..=bins.len()).map(|i| i as f64 / bins.len() as f64).collect();
    let counts = bins.iter().map(|bin| bin.rows as f64).collect();
    let histogram = Histogram::from_bins(edges, counts).with_color("var(--fill)");
    let layout = |layout: Layout| layout.with_x_label("prediction").with_y_label("rows").with_x_tick_step(0.2);
    draw(vec![Plot::Histogram(histogram)], layout, "Predicted probabilities", TALL)
}
