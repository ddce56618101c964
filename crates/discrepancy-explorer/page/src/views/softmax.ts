// Softmax and cross entropy, every step with the numbers of the moment.
import { choice, slider, table, wide } from "../controls";
import { exact, h, inTex, s, short, tex } from "../dom";
import { ask, float, floats } from "../module";
import { draw, handle, picture, type Handle } from "../plot";
import { widthOf, type View } from "../view";

const REACH = 6;

export const softmaxView: View = (place, { state, text, rebuild }) => {
  const logits = () => state.list("z", [2, 1, 0.1, -1], -40, 40, [2, 6]);
  const count = logits().length;
  const classes = Array.from({ length: count }, (_, k) => k);
  const label = () => Math.round(state.number("y", 0, 0, count - 1));
  const soft = () => state.get("kind", "one") === "soft";
  // Shares are heights that are divided by their sum, as targets must sum to 1.
  const shares = () => { const given = state.list("share", classes.map((k) => (k === 0 ? 0.7 : 0.3 / (count - 1))), 0, 1, [count, count]); return given.length === count && given.some((x) => x > 0) ? given : classes.map(() => 1 / count); };
  const target = () => { if (!soft()) return classes.map((k) => (k === label() ? 1 : 0)); const all = shares(), sum = all.reduce((a, b) => a + b); return all.map((x) => x / sum); };
  const setLogit = (k: number, z: number) => { const next = [...logits()]; next[k] = Number(Math.max(-40, Math.min(40, z)).toPrecision(6)); state.set({ z: next }); };
  const column = () => Math.round(state.number("j", Math.min(1, count - 1), 0, count - 1));

  const bars = picture("group"), chances = picture(), slopes = picture();
  let maps = { back: (_: PointerEvent): [number, number] => [0, 0] };
  const reach = () => Math.max(REACH, ...logits().map((z) => Math.abs(z) * 1.1));
  const handles: Handle[] = classes.map((k) => handle(bars, `${text.logit1} ${k}`, "bar", (event) => setLogit(k, Math.round(maps.back(event)[1] * 20) / 20), (dx, dy) => setLogit(k, logits()[k] + (dx || dy) * 0.1)));
  const fields = classes.map((k) => slider(`z${sub(k)}`, -REACH, REACH, 0.05, logits()[k], (z) => setLogit(k, z), { least: -40, most: 40 }));
  const temperature = slider(text.temperature, 0.1, 10, 0.01, state.number("T", 1, 1e-3, 1e3), (x) => state.set({ T: x }), { logarithmic: true, least: 0.001, most: 1000 });
  const smoothing = slider(text.smoothing, 0, 0.99, 0.01, state.number("eps", 0, 0, 0.99), (x) => state.set({ eps: x }));
  const gamma = slider(text.focus, 0, 5, 0.1, state.number("gamma", 2, 0, 20), (x) => state.set({ gamma: x }), { most: 20 });
  const shareSliders = classes.map((k) => slider(`${text.share} ${k}`, 0, 1, 0.01, shares()[k], (x) => { const next = [...shares()]; next[k] = x; if (next.some((y) => y > 0)) state.set({ share: next }); }));
  const oneBox = h("div", {}, choice(text.class, classes.map((k) => [String(k), String(k)]), String(label()), (k) => state.set({ y: Number(k) })));
  const softBox = h("div", {}, ...shareSliders.map((one) => one.element));
  const numbers = h("div", { class: "readout", "aria-live": "polite" });
  const matrix = h("div");
  const steps = h("div", { class: "steps" });

  place.append(
    h("h1", {}, text.softmax),
    h("div", { class: "columns" },
      h("div", { class: "figure" }, h("h2", {}, text.logits), bars, h("p", { class: "help" }, text.dragBars), h("h2", {}, text.probabilities), h("div", { class: "legend" }, swatch("f0", text.pOf), swatch("hollow", text.yOf)), chances, h("h2", {}, text.gradientOf),
        h("div", { class: "legend" }, swatch("f0", text.crossEntropy), swatch("f1", text.focal)), slopes),
      h("div", { class: "panel" },
        choice(text.classes, [2, 3, 4, 5, 6].map((n) => [String(n), String(n)]), String(count), (n) => {
          const all = [...logits(), 0, 0, 0, 0].slice(0, Number(n));
          state.set({ z: all, share: null, y: label() < Number(n) ? label() : 0, j: null });
        }),
        ...fields.map((one) => one.element),
        choice(text.targetKind, [["one", text.oneHot], ["soft", text.soft]], soft() ? "soft" : "one", (kind) => state.set({ kind })), oneBox, softBox,
        temperature.element, smoothing.element, gamma.element, numbers)),
    h("div", { class: "columns even" }, h("div", {}, h("h2", {}, text.jacobian), matrix, h("p", { class: "help" }, text.jacobianHelp)),
      h("div", {}, h("h2", {}, text.derivation), steps)));

  return () => {
    if (logits().length !== count) return rebuild();
    const [z, y, T, eps, g, j] = [logits(), target(), state.number("T", 1, 1e-3, 1e3), state.number("eps", 0, 0, 0.99), state.number("gamma", 2, 0, 20), column()];
    const found = ask("softmax", { logits: z, target: y, temperature: T, smoothing: eps, gamma: g });
    const [p, target1, gradient, by] = [floats(found.probabilities), floats(found.target), floats(found.gradient), floats(found.by_probability)];
    const jacobian = found.jacobian.map(floats);
    fields.forEach((one, k) => one.set(z[k]));
    temperature.set(T); smoothing.set(eps); gamma.set(g);
    shareSliders.forEach((one, k) => one.set(Number(shares()[k].toPrecision(4))));
    oneBox.hidden = soft(); softBox.hidden = !soft();

    const width = widthOf(bars.parentElement!);
    const tall = 190;
    const bar = (heights: number[], offset: number, wide: number, kind: string) => (px: (x: number) => number, py: (y: number) => number) =>
      heights.filter(Number.isFinite).map((height, k) => s("rect", { x: px(k + offset), width: px(k + offset + wide) - px(k + offset), y: Math.min(py(height), py(0)), height: Math.max(0.5, Math.abs(py(height) - py(0))), class: kind }));
    const names = (px: (x: number) => number, bottom: number) => classes.map((k) => s("text", { x: px(k + 0.5), y: bottom, class: "tick", "text-anchor": "middle" }, `${k}`));
    const range = reach();
    const drawn = draw(bars, width, { label: text.logits, x: [0, count], y: [-range, range], height: tall, series: [], extra: (px, py) => bar(z, 0.2, 0.6, "fill f0")(px, py) });
    hideTicks(bars, names(drawn.px, tall - 5));
    maps = drawn;
    handles.forEach((one, k) => { one.place(drawn.px(k + 0.5), drawn.py(z[k]), short(z[k])); one.element.setAttribute("aria-valuenow", String(z[k])); one.element.setAttribute("aria-valuemin", "-40"); one.element.setAttribute("aria-valuemax", "40"); });
    const top = draw(chances, width, { label: `${text.probabilities}: ${p.map((x) => short(x)).join(", ")}`, x: [0, count], y: [0, 1.12], height: tall, series: [],
      extra: (px, py) => [...bar(p, 0.14, 0.36, "fill f0")(px, py), ...bar(target1, 0.52, 0.34, "fill hollow")(px, py),
        ...p.map((x, k) => s("text", { x: px(k + 0.32), y: py(x) - 4, class: "value", "text-anchor": "middle" }, short(x, 3)))] });
    hideTicks(chances, names(top.px, tall - 5));
    const focal = found.focal ? floats(found.focal[1]) : [];
    const most = Math.max(0.1, ...gradient.map(Math.abs), ...focal.map(Math.abs)) * 1.2;
    const low = draw(slopes, width, { label: `${text.gradientOf}: ${gradient.map((x) => short(x)).join(", ")}`, x: [0, count], y: [-most, most], height: tall, series: [],
      extra: (px, py) => [...bar(gradient, 0.14, 0.36, "fill f0")(px, py), ...bar(focal, 0.52, 0.34, "fill f1")(px, py)] });
    hideTicks(slopes, names(low.px, tall - 5));

    numbers.replaceChildren(wide(text.lossIs, table(text.lossIs, ["", text.value], [
      [text.crossEntropy, h("output", { class: "cross-entropy" }, exact(float(found.loss)))],
      ...(found.focal ? [[text.focal, exact(float(found.focal[0]))]] : []),
      [text.logsumexp, exact(float(found.logsumexp))]])));

    const strength = Math.max(...jacobian.flat().map(Math.abs), 1e-300);
    const focus = (document.activeElement as HTMLElement | null)?.dataset?.column;
    const cell = (i: number, k: number) => {
      const x = jacobian[k][i];
      const cell = h("td", { class: `${x >= 0 ? "plus" : "minus"}${i === k ? " diagonal" : ""}${k === j ? " chosen" : ""}` }, short(x, 3));
      cell.style.setProperty("--part", `${Math.round((55 * Math.abs(x)) / strength)}%`);
      return cell;
    };
    matrix.replaceChildren(wide(text.jacobian, h("table", { class: "jacobian" }, h("caption", { class: "hidden" }, text.jacobian),
      h("thead", {}, h("tr", {}, h("td", {}, ""), ...classes.map((k) => h("th", { scope: "col" },
        h("button", { type: "button", "data-column": k, "aria-pressed": String(k === j), "aria-label": `${text.column} z${sub(k)}`, onclick: () => state.set({ j: k }) }, `z${sub(k)}`))))),
      h("tbody", {}, ...classes.map((i) => h("tr", {}, h("th", { scope: "row" }, `p${sub(i)}`), ...classes.map((k) => cell(i, k))))))));
    if (focus) matrix.querySelector<HTMLElement>(`[data-column="${focus}"]`)?.focus();

    const i = label() === j ? (j + 1) % count : label();
    const n = (x: number) => inTex(x, 4);
    const over = T === 1 ? "" : "/T", outer = T === 1 ? "" : "\\frac{1}{T}";
    const sum = (terms: string[]) => terms.join(" + ").replaceAll("+ -", "- ");
    const line = (words: string, ...formulas: string[]) => h("li", {}, h("p", {}, words), ...formulas.map((formula) => wide(words, tex(formula, true))));
    steps.replaceChildren(h("ol", {},
      line(text.step1, `p_i = \\frac{e^{z_i${over}}}{\\sum_k e^{z_k${over}}} \\quad\\Rightarrow\\quad p = (${p.map(n).join(",\\; ")})`),
      line(text.step2, `\\ell = -\\sum_i y_i \\ln p_i = ${n(float(found.loss))}, \\quad y = (${target1.map(n).join(",\\; ")})`),
      line(text.step3, `\\frac{\\partial \\ell}{\\partial p_i} = -\\frac{y_i}{p_i} \\quad\\Rightarrow\\quad (${by.map(n).join(",\\; ")})`),
      line(text.step4, `\\frac{\\partial p_{${j}}}{\\partial z_{${j}}} = ${outer} p_{${j}} (1 - p_{${j}}) = ${n(jacobian[j][j])}`, `\\frac{\\partial p_{${i}}}{\\partial z_{${j}}} = -${outer} p_{${i}} p_{${j}} = ${n(jacobian[j][i])}`),
      line(text.step5, `\\frac{\\partial \\ell}{\\partial z_{${j}}} = \\sum_i \\frac{\\partial \\ell}{\\partial p_i} \\frac{\\partial p_i}{\\partial z_{${j}}} = ${sum(floats(found.terms[j]).map(n))}`),
      line(text.step6, `\\frac{\\partial \\ell}{\\partial z_{${j}}} = ${T === 1 ? `p_{${j}} - y_{${j}}` : `${outer} (p_{${j}} - y_{${j}})`} = ${n(gradient[j])}`)),
      h("p", { class: "help" }, text.offDiagonal));
  };
};

const swatch = (kind: string, label: string) => h("span", { class: "key" }, s("svg", { width: 16, height: 14, "aria-hidden": "true" }, s("rect", { x: 1, y: 1, width: 14, height: 12, class: `fill ${kind}` })), label);

const sub = (k: number) => String(k).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]);

/** Classes stand in the middle of their bars, not at whole numbers. */
function hideTicks(svg: SVGSVGElement, names: SVGElement[]): void {
  const back = svg.firstElementChild!;
  const bottom = Number(svg.getAttribute("height")) - 10;
  for (const tick of back.querySelectorAll("text.tick")) if (tick.getAttribute("text-anchor") === "middle" && Number(tick.getAttribute("y")) > bottom - 4) tick.remove();
  for (const line of back.querySelectorAll("line")) if (line.getAttribute("x1") === line.getAttribute("x2")) line.remove();
  back.append(...names);
}
