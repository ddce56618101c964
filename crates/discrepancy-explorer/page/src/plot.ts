// A picture with axes, curves and things to drag, drawn again as a whole: at a few hundred points that takes less than a frame.
import { h, s, short } from "./dom";

export interface Series { label: string; runs: [number, number][][]; dots?: [number, number][]; colour: number; dash?: string; width?: number }
export interface Plot {
  /** Read by screen readers. */
  label: string;
  x: [number, number]; y: [number, number];
  height: number;
  series: Series[];
  xLabel?: string;
  title?: string;
  /** A line across at this x. */
  cursor?: number;
  /** Lines that mark places. */
  marks?: number[];
  /** The same length a unit on both axes. */
  square?: boolean;
  extra?: (px: (x: number) => number, py: (y: number) => number) => Node[];
}

export const dashes = ["", "7 4", "2 3", "10 3 2 3", "14 4", "4 2 1 2"];

/** What a curve's colour and dashes mean. */
export const key = (colour: number, label: string): HTMLElement =>
  h("span", { class: "key" }, s("svg", { width: 30, height: 8, "aria-hidden": "true" },
    s("line", { x1: 1, x2: 29, y1: 4, y2: 4, class: `curve c${colour % 6}`, "stroke-width": 2.6, "stroke-dasharray": dashes[colour % dashes.length] })), label);

export function ticks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough)!;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(Number((k * step).toPrecision(10)));
  return found;
}

/** Ordinates worth showing: all that is finite, unless a few points outgrow the rest. */
export function limits(values: number[], zero = true): [number, number] {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (!finite.length) return [-1, 1];
  const at = (part: number) => finite[Math.round(part * (finite.length - 1))];
  let [low, high] = [at(0), at(1)];
  const [inner, outer] = [at(0.04), at(0.96)];
  const spread = Math.max(outer - inner, 1e-9 * Math.max(1, Math.abs(outer)));
  low = Math.max(low, inner - spread * 0.6);
  high = Math.min(high, outer + spread * 0.6);
  if (zero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  if (high - low < 1e-12 * Math.max(1, Math.abs(high))) [low, high] = [low - 1, high + 1];
  const pad = 0.07 * (high - low);
  return [low - pad, high + pad];
}

const LEFT = 52, RIGHT = 12;

/** Draws into an `svg` of this width in pixels; gives the maps from numbers to pixels and back. */
export function draw(svg: SVGSVGElement, width: number, plot: Plot) {
  const top = plot.title ? 24 : 8, bottom = plot.xLabel ? 36 : 20;
  const height = plot.height;
  const [inner, tall] = [width - LEFT - RIGHT, height - top - bottom];
  let [x0, x1] = plot.x, [y0, y1] = plot.y;
  if (plot.square) {
    const unit = Math.max((x1 - x0) / inner, (y1 - y0) / tall);
    const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
    [x0, x1, y0, y1] = [cx - (unit * inner) / 2, cx + (unit * inner) / 2, cy - (unit * tall) / 2, cy + (unit * tall) / 2];
  }
  const px = (x: number) => LEFT + ((x - x0) / (x1 - x0)) * inner;
  // Far outside it is clipped anyway, and large numbers upset renderers.
  const py = (y: number) => Math.max(-4000, Math.min(4000, top + (1 - (y - y0) / (y1 - y0)) * tall));
  const id = `clip-${svg.id}`;
  const grid: Node[] = [];
  for (const x of ticks(x0, x1, Math.max(3, inner / 80)))
    grid.push(s("line", { x1: px(x), x2: px(x), y1: top, y2: top + tall, class: x === 0 ? "axis" : "grid" }),
      s("text", { x: px(x), y: top + tall + 15, class: "tick", "text-anchor": "middle" }, short(x)));
  for (const y of ticks(y0, y1, Math.max(2, tall / 32)))
    grid.push(s("line", { x1: LEFT, x2: LEFT + inner, y1: py(y), y2: py(y), class: y === 0 ? "axis" : "grid" }),
      s("text", { x: LEFT - 6, y: py(y) + 4, class: "tick", "text-anchor": "end" }, short(y)));
  if (plot.title) grid.push(s("text", { x: LEFT, y: 16, class: "panel" }, plot.title));
  if (plot.xLabel) grid.push(s("text", { x: LEFT + inner, y: height - 5, class: "tick", "text-anchor": "end" }, plot.xLabel));
  const shapes: Node[] = [];
  for (const mark of plot.marks ?? []) shapes.push(s("line", { x1: px(mark), x2: px(mark), y1: top, y2: top + tall, class: "mark" }));
  for (const series of plot.series) {
    for (const run of series.runs) {
      // Points without a value break the line.
      let path = "", pen = false;
      for (const [x, y] of run) {
        if (!Number.isFinite(y)) { pen = false; continue; }
        path += `${pen ? "L" : "M"}${px(x).toFixed(2)} ${py(y).toFixed(2)}`;
        pen = true;
      }
      if (path) shapes.push(s("path", { d: path, class: `curve c${series.colour % 6}`, "stroke-dasharray": series.dash ?? "", "stroke-width": series.width ?? 2.2 }));
    }
    for (const [x, y] of series.dots ?? [])
      if (Number.isFinite(y)) shapes.push(s("circle", { cx: px(x), cy: py(y), r: 4, class: `dot f${series.colour % 6}` }));
  }
  if (plot.cursor !== undefined && plot.cursor >= x0 && plot.cursor <= x1)
    shapes.push(s("line", { x1: px(plot.cursor), x2: px(plot.cursor), y1: top, y2: top + tall, class: "cursor" }));
  const front = plot.extra?.(px, py) ?? [];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  svg.setAttribute("aria-label", plot.label);
  svg.firstElementChild!.replaceChildren(
    s("defs", {}, s("clipPath", { id }, s("rect", { x: LEFT, y: top, width: Math.max(0, inner), height: Math.max(0, tall) }))),
    ...grid, s("g", { "clip-path": `url(#${id})` }, ...shapes), ...front);
  const back = (event: PointerEvent): [number, number] => {
    const box = svg.getBoundingClientRect();
    const fx = (event.clientX - box.left) * (width / box.width), fy = (event.clientY - box.top) * (height / box.height);
    return [x0 + ((fx - LEFT) / inner) * (x1 - x0), y1 - ((fy - top) / tall) * (y1 - y0)];
  };
  return { px, py, back, x: [x0, x1] as [number, number], y: [y0, y1] as [number, number] };
}

let count = 0;
/** An empty picture: what is drawn, and in front of it the handles, which keep the focus when it is drawn again. */
export function picture(role: "img" | "group" = "img"): SVGSVGElement {
  return s("svg", { id: `p${count++}`, role, class: role === "img" ? "plot" : "plot held" }, s("g", { class: "back" }), s("g", { class: "front" }));
}

export interface Handle { element: SVGGElement; place: (x: number, y: number, text: string) => void }

/** Something to drag or to move by the arrow keys; `move` gets the pointer's place, `step` the keys' direction. */
export function handle(svg: SVGSVGElement, label: string, kind: string, move: (event: PointerEvent) => void, step: (dx: number, dy: number) => void): Handle {
  const element = s("g", { class: `handle ${kind}`, tabindex: 0, role: "slider", "aria-label": label, "aria-valuenow": 0 },
    s("circle", { r: 18, class: "reach" }), s("circle", { r: 7, class: "grip" }));
  let held = false;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = true;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("pointermove", (event) => { if (held) move(event); });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => { held = false; });
  keys(element, step);
  svg.lastElementChild!.append(element);
  return {
    element,
    place(x, y, text) {
      element.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
      element.setAttribute("aria-valuetext", text);
    },
  };
}

/** Arrow keys; with Shift ten steps at once. */
export function keys(element: Element, step: (dx: number, dy: number) => void): void {
  element.addEventListener("keydown", (raw) => {
    const event = raw as KeyboardEvent;
    const size = event.shiftKey ? 10 : 1;
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    step(direction[0] * size, direction[1] * size);
    event.preventDefault();
  });
}

/** Follows the pointer over a picture from a press to its release, wherever it goes meanwhile. */
export function dragging(element: SVGSVGElement, move: (event: PointerEvent) => void): void {
  let held = false;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = true;
    element.setPointerCapture(event.pointerId);
    move(event);
  });
  element.addEventListener("pointermove", (event) => { if (held) move(event); });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => { held = false; });
}
