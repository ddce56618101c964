//! Curves as SVG.

use super::curve::{Panel, Path, Sheet};
use discrepancy::catalog::{DataDomain, Measure, Property};
use kuva::backend::svg::SvgBackend;
use kuva::plot::legend::{LegendEntry, LegendShape};
use kuva::plot::{ColorMap, ContourPlot, LinePlot, ScatterPlot};
use kuva::render::figure::Figure;
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;
use kuva::render::render::{Primitive, TextAnchor};
use kuva::render::theme::Theme;

/// Colours that the colour-blind can tell apart (Okabe, Ito 2008).
const COLOURS: [&str; 7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

/// Text and axes.
const INK: &str = "#222222";

/// The sheet as an SVG document.
pub(crate) fn svg(title: &str, sheet: &Sheet, measure: Option<&Measure>) -> String {
    let mut cells: Vec<(Vec<Plot>, Layout)> = measure.and_then(map).into_iter().collect();
    cells.extend(sheet.panels.iter().map(|panel| draw(sheet, panel)));
    let width = if cells.len() == 1 { 640.0 } else { 400.0 };
    let (plots, layouts): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
    let mut figure = Figure::new(1, plots.len())
        .with_title(title)
        .with_title_size(20)
        .with_plots(plots)
        .with_layouts(layouts)
        .with_cell_size(width, 340.0)
        .with_spacing(24.0);
    let entries = legend(sheet);
    if !entries.is_empty() {
        figure = figure.with_shared_legend_entries(entries).with_shared_legend_right_top();
    }
    let mut scene = figure.render();
    if !sheet.note.is_empty() {
        scene.elements.push(Primitive::Text {
            x: scene.width / 2.0,
            y: scene.height + 6.0,
            content: sheet.note.clone(),
            size: 13,
            anchor: TextAnchor::Middle,
            rotate: None,
            bold: false,
            color: Some(INK.into()),
        });
        scene.height += 22.0;
    }
    SvgBackend.render_scene(&scene)
}

/// What all panels have in common.
fn layout(plots: &[Plot], title: &str, [left, right]: [f64; 2], [low, high]: [f64; 2]) -> Layout {
    let theme = Theme {
        axis_color: INK.into(),
        tick_color: INK.into(),
        text_color: INK.into(),
        grid_color: "#e8e8e8".into(),
        legend_border: "none".into(),
        ..Theme::light()
    };
    Layout::auto_from_plots(plots)
        .with_theme(theme)
        .with_title(title)
        .with_title_size(15)
        .with_label_size(13)
        .with_tick_size(11)
        .with_x_axis_min(left)
        .with_x_axis_max(right)
        .with_y_axis_min(low)
        .with_y_axis_max(high)
}

fn draw(sheet: &Sheet, panel: &Panel) -> (Vec<Plot>, Layout) {
    let [low, high] = panel.limits;
    let air = 0.04 * (high - low);
    let (low, high) = (low - air, high + air);
    // The line of zero lies below the curves.
    let zero = LinePlot::new().with_data([(sheet.low, 0.0), (sheet.high, 0.0)]).with_color("#9a9a9a");
    let mut plots: Vec<Plot> = vec![zero.with_stroke_width(1.0).into()];
    for curve in &panel.curves {
        let colour = COLOURS[curve.colour % COLOURS.len()];
        for run in curve.runs.iter().flat_map(|run| clip(run, low, high)) {
            let points = run.iter().map(|p| (p[0], p[1]));
            let line = LinePlot::new().with_data(points).with_color(colour).with_stroke_width(2.2);
            plots.push(line.into());
        }
        let dots = curve.dots.iter().filter(|dot| dot[1] >= low && dot[1] <= high).map(|p| (p[0], p[1]));
        let dots: Vec<(f64, f64)> = dots.collect();
        if !dots.is_empty() {
            plots.push(ScatterPlot::new().with_data(dots).with_color(colour).with_size(3.5).into());
        }
    }
    let layout = layout(&plots, &panel.title, [sheet.low, sheet.high], [low, high]).with_x_label(sheet.axis.clone());
    (plots, layout)
}

/// Each label of the panels with several curves, once.
fn legend(sheet: &Sheet) -> Vec<LegendEntry> {
    let mut entries: Vec<LegendEntry> = Vec::new();
    for curve in sheet.panels.iter().filter(|panel| panel.curves.len() > 1).flat_map(|panel| &panel.curves) {
        if entries.iter().all(|entry| entry.label != curve.label) {
            let color = COLOURS[curve.colour % COLOURS.len()].to_owned();
            entries.push(LegendEntry { label: curve.label.clone(), color, shape: LegendShape::Line, dasharray: None });
        }
    }
    entries
}

/// The parts of a line between two ordinates.
fn clip(run: &[[f64; 2]], low: f64, high: f64) -> Vec<Vec<[f64; 2]>> {
    let inside = |p: &[f64; 2]| p[1] >= low && p[1] <= high;
    let mut parts: Vec<Vec<[f64; 2]>> = vec![Vec::new()];
    let mut add = |point: [f64; 2], ends: bool| {
        if let Some(last) = parts.last_mut() {
            last.push(point);
        }
        if ends {
            parts.push(Vec::new());
        }
    };
    for pair in run.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        let cut = |y: f64| [from[0] + (to[0] - from[0]) * (y - from[1]) / (to[1] - from[1]), y];
        let edge = |p: [f64; 2]| cut(if p[1] > high { high } else { low });
        match (inside(&from), inside(&to)) {
            (true, true) => add(from, false),
            (true, false) => {
                add(from, false);
                add(edge(to), true);
            }
            (false, true) => add(edge(from), false),
            (false, false) => {}
        }
    }
    if let Some(last) = run.last().filter(|last| inside(last)) {
        add(*last, true);
    }
    parts.retain(|part| part.len() > 1);
    parts
}

/// The distance from a point, over a plane: contours, and the line that the curves go along.
fn map(measure: &Measure) -> Option<(Vec<Plot>, Layout)> {
    const STEPS: usize = 60;
    let Measure::Pair(pair) = measure else { return None };
    let entry = pair.entry();
    let path = Path::of(pair.as_ref());
    if entry.prediction == DataDomain::Probabilities || entry.is(Property::NotDifferentiable) || path.fixed.len() < 2 {
        return None;
    }
    let coordinates = |low: f64| (0..=STEPS).map(|i| low + 6.0 * i as f64 / STEPS as f64).collect::<Vec<f64>>();
    let (across, up) = (coordinates(-2.0), coordinates(-1.0));
    let value = |x: f64, y: f64| {
        let mut moved = path.moved(x);
        moved[1] = y;
        pair.value(&path.fixed, &moved).ok().filter(|value| value.is_finite())
    };
    // Where a point of the grid has no distance, one close by has.
    let at = |x: f64, y: f64| value(x, y).or_else(|| value(x + 1e-3, y + 2e-3)).unwrap_or(0.0);
    let grid: Vec<Vec<f64>> = up.iter().map(|y| across.iter().map(|x| at(*x, *y)).collect()).collect();
    let contours = ContourPlot::new()
        .with_grid(grid, across, up)
        .with_n_levels(10)
        .with_colormap(ColorMap::Viridis)
        .with_line_width(1.5);
    let line =
        LinePlot::new().with_data([(-2.0, path.rest[1]), (4.0, path.rest[1])]).with_color("#999999").with_dashed();
    let point = ScatterPlot::new().with_data([(path.fixed[0], path.fixed[1])]).with_color(COLOURS[1]).with_size(4.0);
    let plots: Vec<Plot> = vec![contours.into(), line.into(), point.into()];
    let layout = layout(&plots, "distance from a, the dot", [-2.0, 4.0], [-1.0, 5.0])
        .with_x_label("coordinate t of b")
        .with_y_label("second coordinate of b");
    Some((plots, layout))
}
