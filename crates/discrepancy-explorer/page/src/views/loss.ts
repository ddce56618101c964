// One pointwise loss: definition, curves, parameters, exact values at a cursor, code; others laid over it.
import { choice, slider, table, wide, type Slider } from "../controls";
import { exact, h, inTex, inline, prose, short, tex } from "../dom";
import { ask, float, Refusal, type Curve, type Entry, type Parameter } from "../module";
import { dashes, draw, dragging, key, keys, limits, picture, type Series } from "../plot";
import type { State } from "../state";
import type { Text } from "../text";
import { widthOf, type Context, type View } from "../view";

const ORDERS = ["value", "gradient", "hessian"] as const;
const STEPS = 360;
const MOST_OVER = 5;

/** The name of a spec, and its parameters as texts. */
function read(spec: string): { name: string; given: Map<string, string> } {
  const [name, rest] = spec.split(/:(.*)/s);
  return { name, given: new Map((rest ?? "").split(",").filter(Boolean).map((part) => part.split("=", 2).map((t) => t.trim()) as [string, string])) };
}
const write = (name: string, given: Map<string, string>) =>
  given.size ? `${name}:${[...given].map(([key, value]) => `${key}=${value}`).join(",")}` : name;

function find(entries: Entry[], name: string): Entry | undefined {
  const wanted = name.trim().toLowerCase().replaceAll(/[- ]/g, "_");
  return entries.find((entry) => entry.name === wanted || entry.aliases.includes(wanted));
}
const pointwise = (entries: Entry[]) => entries.filter((entry) => entry.family === "pointwise");

function group(entry: Entry): "residual" | "margins" | "probability" | "logit" {
  const within = entry.prediction.interval;
  if (within && float(within.high) === 1) return "probability";
  return entry.coupling === "residual" ? "residual" : entry.coupling === "margin" ? "margins" : "logit";
}

/** Targets that a loss takes, for a choice or a slider. */
function targets(entry: Entry): { words: string[] } | { low: number; high: number; least: number; most: number } {
  const { kind, interval } = entry.target;
  if (kind === "signs") return { words: ["-1", "1"] };
  if (kind === "binary") return { words: ["0", "1"] };
  const [least, most] = interval ? [float(interval.low), float(interval.high)] : [-Infinity, Infinity];
  const open = interval && !interval.low_included ? 0.05 : 0;
  return { low: Math.max(-3, least + open), high: Math.min(Number.isFinite(least) ? 6 : 3, most), least, most };
}
function fits(entry: Entry, y: number): boolean {
  const allowed = targets(entry);
  if ("words" in allowed) return allowed.words.includes(String(y));
  const interval = entry.target.interval;
  return y >= allowed.least && y <= allowed.most && !(interval && !interval.low_included && y === allowed.least);
}
function usualTarget(entry: Entry): number {
  return entry.coupling === "residual" && fits(entry, 0) ? 0 : 1;
}

/** The axis: a probability has its own, all else is around 0 or above its least number. */
function axis(entry: Entry, target: number, reach: number): [number, number] {
  const within = entry.prediction.interval;
  const [least, most] = within ? [float(within.low), float(within.high)] : [-Infinity, Infinity];
  if (Number.isFinite(least) && Number.isFinite(most)) return [least, most];
  const centre = entry.coupling === "residual" ? target : 0;
  const low = Math.max(centre - reach, least);
  return [within && !within.low_included && low === least ? low + reach * 1e-6 : low, centre + reach];
}

function limitsOf(parameter: Parameter): { low: number; high: number; step: number; logarithmic: boolean; least: number; most: number } | null {
  if (!parameter.interval || parameter.list) return null;
  const { low, high, whole } = parameter.interval;
  const [least, most] = [float(low), float(high)];
  const usual = Math.abs(float(typeof parameter.default === "number" ? parameter.default : 1)) || 1;
  const [from, to] = [Number.isFinite(least) ? least : -5 * usual, Number.isFinite(most) ? most : Math.max(5 * usual, 5)];
  const logarithmic = least === 0 && !parameter.interval.low_included && most === Infinity;
  const step = whole ? 1 : (to - from) / 200;
  if (logarithmic) return { low: usual / 100, high: usual * 100, step, logarithmic, least, most };
  const inside = parameter.interval.low_included ? from : from + step;
  const under = parameter.interval.high_included || most === Infinity ? to : to - step;
  return { low: inside, high: under, step, logarithmic, least, most };
}

const letter = (entry: Entry, text: Text) => (group(entry) === "probability" ? text.predictionP : text.prediction);

export const lossView: View = (place, context) => {
  const { state, text, entries } = context;
  const list = h("div", { class: "list" });
  const content = h("section", { class: "content", "aria-live": "off" });
  const search = h("input", { type: "search", id: "search", placeholder: text.search, "aria-label": text.search, value: "" });
  place.classList.add("loss");
  place.append(h("aside", { "aria-label": text.search }, search, list), content);

  let built = "";
  let update = () => {};
  let listed = "";

  const over = () => state.get("over", "").split("+").filter(Boolean).slice(0, MOST_OVER);
  const select = (entry: Entry) => state.set({ spec: entry.name, y: null, at: null, over: over().filter((spec) => read(spec).name !== entry.name).join("+") || null });

  function showList(current: string): void {
    const wanted = search.value.trim().toLowerCase();
    const compared = over().map((spec) => read(spec).name);
    const now = [wanted, current, ...compared].join("|");
    if (now === listed) return;
    listed = now;
    const focus = (document.activeElement as HTMLElement | null)?.dataset?.key;
    const match = (entry: Entry) => [entry.name, ...entry.aliases, entry.doc, entry.name.replaceAll("_", " ")].some((word) => word.toLowerCase().includes(wanted));
    const groups = (["residual", "margins", "probability", "logit"] as const).map((kind) => {
      const found = pointwise(entries).filter((entry) => group(entry) === kind && match(entry));
      return found.length > 0 && h("section", {}, h("h2", {}, text[kind]), h("ul", {}, ...found.map((entry) => h("li", {},
        h("button", { type: "button", class: "entry", "data-key": entry.name, "aria-pressed": String(entry.name === current), onclick: () => select(entry) }, entry.name.replaceAll("_", " ")),
        entry.name !== current && h("button", {
          type: "button", class: "over", "data-key": `+${entry.name}`, "aria-pressed": String(compared.includes(entry.name)),
          "aria-label": `${compared.includes(entry.name) ? text.stopComparing : text.compare}: ${entry.name.replaceAll("_", " ")}`, title: text.compare,
          onclick: () => {
            const without = over().filter((spec) => read(spec).name !== entry.name);
            const next = compared.includes(entry.name) ? without : [...without, entry.name].slice(-MOST_OVER);
            state.set({ over: next.join("+") || null });
          },
        }, compared.includes(entry.name) ? "−" : "+")))));
    });
    const any = groups.some(Boolean);
    list.replaceChildren(...(any ? groups.filter((g): g is HTMLElement => Boolean(g)) : [h("p", {}, text.none)]));
    if (focus) list.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`)?.focus();
    else {
      const chosen = list.querySelector<HTMLElement>('.entry[aria-pressed="true"]');
      if (chosen) list.scrollTop = chosen.offsetTop - list.offsetTop - list.clientHeight / 3;
    }
  }
  search.addEventListener("input", () => { listed = ""; redraw(); });

  function redraw(): void {
    const spec = state.get("spec", "focal:gamma=2");
    const { name } = read(spec);
    const entry = find(pointwise(entries), name);
    showList(entry?.name ?? "");
    if (!entry) {
      // The library knows near names, and why a name will not do.
      built = "";
      content.replaceChildren(refusal(() => ask("curve", { spec, target: 1, low: 0, high: 1, steps: 1 }), text, state));
      return;
    }
    if (built !== entry.name) {
      built = entry.name;
      update = build(content, entry, context, over);
    }
    update();
  }
  return redraw;
};

/** What the library says against a question. */
function refusal(question: () => unknown, text: Text, state: State): HTMLElement {
  try {
    question();
  } catch (error) {
    if (error instanceof Refusal) {
      return h("div", { class: "refusal", role: "alert" }, h("p", {}, `${text.refused} ${error.message}`),
        error.near.length > 0 && h("p", {}, `${text.near}: `, ...error.near.map((name) => h("button", { type: "button", onclick: () => state.set({ spec: name, y: null, at: null }) }, name))));
    }
    throw error;
  }
  return h("div");
}

function build(content: HTMLElement, entry: Entry, { state, text, entries }: Context, over: () => string[]): () => void {
  const usual = (parameter: Parameter) => Array.isArray(parameter.default) ? `[${parameter.default.join(" ")}]` : String(parameter.default);
  const given = () => read(state.get("spec", "focal:gamma=2")).given;
  const change = (parameter: Parameter, value: string) => {
    const next = given();
    if (value === usual(parameter)) next.delete(parameter.name);
    else next.set(parameter.name, value);
    state.set({ spec: write(entry.name, next) });
  };

  const sliders: [Parameter, Slider][] = [];
  const controls = entry.parameters.map((parameter) => {
    const range = limitsOf(parameter);
    const now = given().get(parameter.name) ?? usual(parameter);
    const help = `${parameter.doc} (${text.domainIs} ${parameter.domain})`;
    const parts: HTMLElement[] = [];
    if (parameter.words.length) {
      const words = parameter.words.map((word): [string, string] => [word, word]);
      const number = range ? [["number", parameter.domain.split(" or ")[0]] as [string, string]] : [];
      const start = Number(now) || Math.min(range?.high ?? 2, Math.max(range?.low ?? 2, parameter.name === "base" ? 2 : 1));
      parts.push(choice(parameter.name, [...words, ...number], parameter.words.includes(now) ? now : "number", (word) => change(parameter, word === "number" ? String(start) : word)));
    }
    if (range) {
      const one = slider(parameter.words.length ? `${parameter.name} =` : parameter.name, range.low, range.high, range.step, Number(now) || 0, (x) => change(parameter, String(Number(x.toPrecision(12)))),
        { logarithmic: range.logarithmic, least: range.least, most: range.most, help });
      sliders.push([parameter, one]);
      parts.push(one.element);
    }
    return h("div", { class: "parameter" }, ...parts, h("p", { class: "help" }, ...inline(help)));
  });

  const allowed = targets(entry);
  let targetSlider: Slider | null = null;
  const target = () => {
    const y = state.number("y", usualTarget(entry));
    return fits(entry, y) ? y : usualTarget(entry);
  };
  const setTarget = (y: number) => state.set({ y });
  if (!("words" in allowed)) targetSlider = slider(text.target, allowed.low, allowed.high, 0.01, target(), setTarget, { least: allowed.least, most: allowed.most });
  const targetControl = "words" in allowed ? choice(text.target, allowed.words.map((word) => [word, word.replace("-", "−")]), String(target()), (word) => setTarget(Number(word))) : targetSlider!.element;
  const bounded = entry.prediction.interval && Number.isFinite(float(entry.prediction.interval.high));
  const reach = () => state.number("reach", 4, 0.001, 1000);
  const reachSlider = bounded ? null : slider(text.range, 0.1, 100, 0.1, reach(), (x) => state.set({ reach: x }), { logarithmic: true, least: 0.001, most: 1000 });

  const message = h("div");
  const pictures = ORDERS.map(() => picture());
  const legend = h("div", { class: "legend" });
  const plots = h("div", { class: "plots", tabindex: 0, role: "slider", "aria-label": `${text.cursor}: ${letter(entry, text)}`, "aria-describedby": "cursor-help" }, ...pictures);
  const place = slider(letter(entry, text), -4, 4, 0.01, 0, (x) => state.set({ at: x }), { least: -Infinity, most: Infinity });
  const rangeInput = place.element.querySelector<HTMLInputElement>("input[type=range]")!;
  const readout = h("div", { class: "readout", "aria-live": "polite" });
  const computed = h("div", { class: "computed" });
  const code = h("div", { class: "code" });
  let maps: { back: (event: PointerEvent) => [number, number] } | null = null;
  let ends: [number, number] = [-4, 4];
  const at = () => Math.min(ends[1], Math.max(ends[0], state.number("at", group(entry) === "probability" ? 0.3 : ends[0] + 0.25 * (ends[1] - ends[0]))));
  const moveTo = (x: number) => state.set({ at: Number(Math.min(ends[1], Math.max(ends[0], x)).toPrecision(6)) });
  for (const one of pictures) dragging(one, (event) => { plots.focus({ preventScroll: true }); if (maps) moveTo(maps.back(event)[0]); });
  keys(plots, (dx, dy) => moveTo(at() + ((dx || dy) * (ends[1] - ends[0])) / 200));

  const properties = entry.properties.map((name) => h("li", {}, (text as Record<string, string>)[name] ?? name));
  content.replaceChildren(
    h("h1", {}, entry.name.replaceAll("_", " ")),
    h("ul", { class: "properties", "aria-label": text.properties }, ...properties),
    wide(text.formula, tex(entry.formula, true)),
    message,
    h("div", { class: "columns" },
      h("div", { class: "figure" }, legend, plots, h("p", { class: "help", id: "cursor-help" }, text.cursorHelp, " ", text.kinkHelp)),
      h("div", { class: "panel" },
        h("h2", {}, text.parameters), ...(controls.length ? controls : [h("p", {}, text.noParameters)]),
        targetControl, reachSlider?.element)),
    h("div", { class: "reading" }, place.element, readout),
    h("div", { class: "columns even" },
      h("div", {}, h("h2", {}, text.about), prose(entry.doc), h("p", { class: "help" }, `${text.source}: ${entry.source}`)),
      h("div", {}, h("h2", {}, text.computed), computed, h("h2", {}, text.code), code)));

  return () => {
    const spec = state.get("spec", "focal:gamma=2");
    const y = target();
    for (const [parameter, one] of sliders) {
      const now = Number(given().get(parameter.name) ?? usual(parameter));
      if (Number.isFinite(now)) one.set(now);
      one.element.hidden = !Number.isFinite(now);
    }
    targetSlider?.set(y);
    reachSlider?.set(reach());
    ends = axis(entry, y, reach());
    let curve: Curve;
    try {
      curve = ask("curve", { spec, target: y, low: ends[0], high: ends[1], steps: STEPS });
      message.replaceChildren();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      message.replaceChildren(refusal(() => { throw error; }, text, state));
      return;
    }
    const notes: string[] = [];
    const curves: { label: string; curve: Curve }[] = [{ label: curve.spec, curve }];
    for (const other of over()) {
      const found = find(pointwise(entries), read(other).name);
      if (!found) { notes.push(refusal(() => ask("curve", { spec: other, target: 1, low: 0, high: 1, steps: 1 }), text, state).textContent ?? ""); continue; }
      const yThere = fits(found, y) ? y : 1;
      try {
        const there = ask("curve", { spec: other, target: yThere, low: ends[0], high: ends[1], steps: STEPS });
        curves.push({ label: yThere === y ? there.spec : `${there.spec} (y = ${yThere})`, curve: there });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        notes.push(error.message);
      }
    }
    if (notes.length) message.replaceChildren(h("p", { class: "refusal", role: "status" }, notes.join(" ")));
    legend.replaceChildren(...curves.map(({ label }, k) => key(k, label.replaceAll("_", " "))));
    const width = widthOf(plots);
    const cursor = at();
    const tall = width < 500 ? 150 : 190;
    ORDERS.forEach((order, k) => {
      const empty = k > 0 && !curve.differentiable;
      pictures[k].style.display = empty ? "none" : "";
      if (empty) return;
      const series = curves.filter(({ curve }) => k === 0 || curve.differentiable).map(({ label, curve }): Series => ({
        label, colour: curves.findIndex((one) => one.curve === curve), dash: dashes[curves.findIndex((one) => one.curve === curve) % dashes.length],
        runs: curve.runs.map((run) => run.x.map((x, i): [number, number] => [float(x), float(run[order][i])])),
        dots: curve.kinks.map((dot): [number, number] => [float(dot.x), float(dot.at[k])]),
      }));
      const values = series[0].runs.flat().map((point) => point[1]);
      const drawn = draw(pictures[k], width, {
        label: `${text[order]}: ${curve.spec}, y = ${y}`, title: text[order], x: ends, y: limits(values), height: tall, series, cursor,
        marks: curve.kinks.map((dot) => float(dot.x)), xLabel: k === 2 || !curve.differentiable ? letter(entry, text) : undefined,
      });
      if (k === 0) maps = drawn;
    });
    rangeInput.min = String(ends[0]);
    rangeInput.max = String(ends[1]);
    rangeInput.step = String((ends[1] - ends[0]) / 400);
    place.set(cursor);
    plots.setAttribute("aria-valuemin", String(ends[0]));
    plots.setAttribute("aria-valuemax", String(ends[1]));
    plots.setAttribute("aria-valuenow", String(cursor));
    const point = ask("point", { spec, prediction: cursor, target: y });
    const orders = curve.differentiable ? ORDERS : (["value"] as const);
    readout.replaceChildren(
      wide(text.cursor, table(`${text.cursor} = ${short(cursor, 6)}, y = ${short(y)}`, ["", text.exactly, text.rounded, text.textbook, text.digits],
        orders.map((order, k) => {
          const digits = float(point.digits[k]);
          return [text[order], h("output", { class: `exact-${order}` }, exact(float(point.exact[k]))), shortSingle(float(point.single[k])), shortSingle(float(point.textbook[k])),
            h("span", { class: digits < 3 ? "bad" : digits < 6 ? "fair" : "good" }, Number.isNaN(digits) ? "—" : digits.toFixed(1))];
        }))), h("p", { class: "help" }, text.textbookHelp), curve.differentiable ? "" : h("p", { class: "help" }, text.notDifferentiable));
    const symbols = ["\\ell", "\\ell'", "\\ell''"].map((symbol) => `${symbol}\\big|_{y=${inTex(y)}}`);
    computed.replaceChildren(...orders.map((_, k) => wide(text.computed, tex(`${symbols[k]} = ${curve.trace[k]}`, true))));
    showCode(code, entry, curve.spec, cursor, y, text, state);
  };
}

/** As many digits as tell one `f32` from the next. */
function shortSingle(x: number): string {
  if (!Number.isFinite(x) || x === 0) return exact(x);
  for (let digits = 1; digits <= 9; digits++) {
    const candidate = Number(x.toPrecision(digits));
    if (Math.fround(candidate) === x) return exact(candidate);
  }
  return exact(x);
}

function showCode(place: HTMLElement, entry: Entry, spec: string, z: number, y: number, text: Text, state: State): void {
  const { given } = read(spec);
  const float64 = (x: number) => (Number.isInteger(x) ? `${x}.0` : String(x));
  const python = [...given].map(([key, value]) => {
    const word = { true: "True", false: "False", none: "None" }[value];
    return `, ${key}=${word ?? (Number.isFinite(Number(value)) ? value : `"${value}"`)}`;
  }).join("");
  // In SQL parameters are known by their places: up to the last that is given.
  const values = entry.parameters.map((parameter) => given.get(parameter.name) ?? String(parameter.default));
  const last = Math.max(-1, ...entry.parameters.map((parameter, k) => (given.has(parameter.name) ? k : -1)));
  const sql = values.slice(0, last + 1).map((value) => (Number.isFinite(Number(value)) ? `, ${value}` : `, '${value}'`)).join("");
  const codes: Record<string, string> = {
    Rust: `use discrepancy::batch::Evaluation;\nuse discrepancy::catalog::{self, Measure};\n\nlet Measure::Pointwise(loss) = catalog::find("${spec}")? else { unreachable!() };\nlet rows = Evaluation::new(&*loss, &[${float64(z)}], &[${float64(y)}])?.value_gradient_hessian()?;`,
    Python: `import discrepancy as dc\n\nvalue, gradient = dc.losses.${entry.name}([${z}], [${y}]${python}, return_gradient=True)`,
    command: `discrepancy show ${spec}\ndiscrepancy explore ${spec}`,
    SQL: `SELECT ${entry.name}(z, y${sql}), mean_${entry.name}(z, y${sql}) …`.replace(`, mean_${entry.name}(z, y${sql}) …`, ` AS loss FROM (VALUES (${float64(z)}, ${float64(y)})) AS t(z, y)`),
  };
  const chosen = state.get("code", "Rust") in codes ? state.get("code", "Rust") : "Rust";
  const now = `${chosen}|${codes[chosen]}|${text.copy}`;
  if (place.dataset.now === now) return;
  place.dataset.now = now;
  const focus = place.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.code : undefined;
  const copy = h("button", { type: "button", class: "copy", onclick: async () => {
    try { await navigator.clipboard.writeText(codes[chosen]); copy.textContent = text.copied; } catch { getSelection()?.selectAllChildren(pre); }
  } }, text.copy);
  const pre = h("pre", { tabindex: 0, "aria-label": `${text.code}: ${chosen}` }, h("code", {}, codes[chosen]));
  place.replaceChildren(h("div", { class: "tabs", role: "group", "aria-label": text.code },
    ...Object.keys(codes).map((name) => h("button", { type: "button", "data-code": name, "aria-pressed": String(name === chosen), onclick: () => state.set({ code: name }) }, name === "command" ? text.command : name)), copy), pre);
  if (focus) place.querySelector<HTMLElement>(`[data-code="${focus}"]`)?.focus();
}
