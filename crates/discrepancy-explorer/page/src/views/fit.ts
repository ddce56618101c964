// Points to drag, and the line that each loss finds best.
import { slider, table, wide } from "../controls";
import { exact, h, short } from "../dom";
import { ask, float, Refusal, type Line } from "../module";
import { dashes, draw, handle, key, picture, type Handle, type Series } from "../plot";
import { widthOf, type View } from "../view";

const X = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 4.5];
const Y = [-2.1, -1.2, -1.3, -0.4, 0.3, 0.4, 1.2, 1.4, 2.2, -3.5];
// What is fitted at first: specs, as in a link.
const FIRST = "squared absolute huber:delta=0.5 quantile:level=0.9";
const REACH = 5;

export const fitView: View = (place, { state, text, entries, rebuild }) => {
  const xs = () => state.list("x", X, -100, 100, [2, 40]);
  const ys = () => { const given = state.list("y", Y, -100, 100, [2, 40]); return given.length === xs().length ? given : xs().map(() => 0); };
  const specs = () => state.get("specs", FIRST).split(" ").filter(Boolean).slice(0, 6);
  const set = (k: number, x: number, y: number) => {
    const keep = (v: number) => Number(Math.max(-100, Math.min(100, v)).toPrecision(5));
    state.set({ x: xs().map((old, i) => (i === k ? keep(x) : old)), y: ys().map((old, i) => (i === k ? keep(y) : old)) });
  };
  const plane = picture("group");
  let back = (_: PointerEvent): [number, number] => [0, 0];
  const snap = (x: number) => Math.max(-REACH, Math.min(REACH, Math.round(x * 50) / 50));
  const count = xs().length;
  const grips: Handle[] = Array.from({ length: count }, (_, k) => handle(plane, `${text.point} ${k + 1}`, "point",
    (event) => { const [x, y] = back(event); set(k, snap(x), snap(y)); }, (dx, dy) => set(k, xs()[k] + dx * 0.05, ys()[k] + dy * 0.05)));
  const candidates = entries.filter((entry) => entry.family === "pointwise" && entry.coupling === "residual" && entry.prediction.kind === "real" && !entry.properties.includes("NotDifferentiable"));
  const boxes = candidates.map((entry) => {
    const spec = () => specs().find((one) => one.split(":")[0] === entry.name);
    const input = h("input", { type: "checkbox", value: entry.name, onchange: () => {
      const next = input.checked ? [...specs(), FIRST.split(" ").find((one) => one.split(":")[0] === entry.name) ?? entry.name] : specs().filter((one) => one.split(":")[0] !== entry.name);
      state.set({ specs: next.slice(0, 6).join(" ") || entry.name });
    } });
    return { entry, input, spec };
  });
  // The first parameter of each loss that is fitted and has one.
  const tuned = h("div");
  let tunedKey = "";
  const legend = h("div", { class: "legend" });
  const values = h("div", { class: "readout", "aria-live": "polite" });
  place.append(h("h1", {}, text.fit),
    h("div", { class: "columns" },
      h("div", { class: "figure" }, h("h2", {}, text.points), legend, plane, h("p", { class: "help" }, text.pointsHelp)),
      h("div", { class: "panel" },
        h("div", { class: "tabs" }, h("button", { type: "button", onclick: () => state.set({ x: [...xs(), 3.5].slice(-40), y: [...ys(), -4].slice(-40) }) }, text.outlier),
          h("button", { type: "button", onclick: () => { state.set({ x: null, y: null, specs: null }); tunedKey = ""; } }, text.again)),
        values, h("fieldset", { class: "boxes" }, h("legend", {}, text.choose), ...boxes.map(({ entry, input }) => h("label", {}, input, h("span", {}, entry.name.replaceAll("_", " "))))), tuned)));

  return () => {
    if (xs().length !== count) return rebuild();
    const [x, y] = [xs(), ys()];
    boxes.forEach(({ input, spec }) => { input.checked = Boolean(spec()); });
    const names = specs().map((spec) => spec.split(":")[0]).join();
    if (names !== tunedKey) {
      tunedKey = names;
      tuned.replaceChildren(...specs().flatMap((spec) => {
        const [name, rest] = spec.split(":");
        const parameter = candidates.find((entry) => entry.name === name)?.parameters.find((one) => one.interval && !one.words.length && !one.list);
        if (!parameter) return [];
        const now = Number(rest?.split(",").map((part) => part.split("=")).find(([key]) => key === parameter.name)?.[1] ?? parameter.default);
        const [low, high] = [float(parameter.interval!.low), float(parameter.interval!.high)];
        const step = 0.01;
        return [slider(`${name.replaceAll("_", " ")}: ${parameter.name}`, Math.max(low, -5) + (parameter.interval!.low_included ? 0 : step), Math.min(high, 5) - (parameter.interval!.high_included || high > 5 ? 0 : step), step, now,
          (value) => state.set({ specs: specs().map((one) => (one.split(":")[0] === name ? `${name}:${parameter.name}=${Number(value.toPrecision(6))}` : one)).join(" ") }), { least: low, most: high }).element];
      }));
    }
    const lines: Line[] = [], notes: string[] = [];
    for (const spec of specs()) {
      try { lines.push(...ask("fit", { x, y, specs: [spec] })); } catch (error) { if (!(error instanceof Refusal)) throw error; notes.push(error.message); }
    }
    const series = lines.map((line, k): Series => ({ label: line.spec, colour: k, dash: dashes[k], runs: [[-2 * REACH, 2 * REACH].map((at): [number, number] => [at, float(line.slope) * at + float(line.intercept)])] }));
    const width = widthOf(plane.parentElement!);
    const drawn = draw(plane, width, { label: `${text.points}: ${lines.map((line) => `${line.spec}: ${short(float(line.slope))}`).join("; ")}`, x: [-REACH, REACH], y: [-REACH, REACH], height: Math.min(width, 480), series });
    back = drawn.back;
    grips.forEach((grip, k) => { grip.place(drawn.px(x[k]), drawn.py(y[k]), `${short(x[k])}, ${short(y[k])}`); grip.element.setAttribute("aria-valuenow", String(y[k])); grip.element.setAttribute("aria-valuemin", "-100"); grip.element.setAttribute("aria-valuemax", "100"); });
    legend.replaceChildren(...lines.map((line, k) => key(k, line.spec.replaceAll("_", " "))));
    values.replaceChildren(wide(text.points, table(text.fit, ["", text.slope, text.intercept, text.mean], lines.map((line) => [line.spec.replaceAll("_", " "), h("output", { "data-spec": line.spec }, short(float(line.slope), 6)), short(float(line.intercept), 6), exact(Number(float(line.mean).toPrecision(8)))]))),
      ...notes.map((note) => h("p", { class: "refusal", role: "status" }, `${text.refused} ${note}`)));
  };
};
