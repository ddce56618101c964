// Two histograms to draw, and how far apart the divergences find them.
import { slider, table, wide } from "../controls";
import { exact, h, s, short } from "../dom";
import { ask, float, floats } from "../module";
import { draw, dragging, handle, picture } from "../plot";
import { widthOf, type View } from "../view";

const BINS = 12;
const bell = (centre: number, wide: number, floor = 0) => Array.from({ length: BINS }, (_, k) => Number((floor + Math.max(0, 1 - ((k - centre) / wide) ** 2)).toFixed(3)));
const PRESETS: Record<string, [number[], number[]]> = {
  near2: [bell(4, 3.2, 0.02), bell(6.5, 3.2, 0.02)], far: [bell(2, 2.2), bell(9, 2.2)], spread: [bell(5.5, 2, 0.02), bell(5.5, 6.5, 0.02)],
  twoPeaks: [bell(2, 2.2, 0.02).map((x, k) => Math.max(x, bell(9, 2.2, 0.02)[k])), bell(5.5, 3, 0.02)],
};

export const distributionsView: View = (place, { state, text }) => {
  const heights = (name: "p" | "q") => state.list(name, PRESETS.near2[name === "p" ? 0 : 1], 0, 1, [BINS, BINS]);
  const order = () => state.number("order", 1, 1, 10);
  const set = (name: "p" | "q", k: number, x: number) => {
    const next = [...heights(name)];
    next[k] = Number(Math.max(0, Math.min(1, x)).toFixed(3));
    // A histogram of nothing is none.
    if (next.some((y) => y > 0)) state.set({ [name]: next });
  };
  const sides = { p: picture("group"), q: picture("group") };
  const maps: Record<string, (event: PointerEvent) => [number, number]> = {};
  const chosen = { p: 0, q: 0 };
  const grips = (["p", "q"] as const).map((name) => {
    dragging(sides[name], (event) => {
      const [x, y] = maps[name](event);
      const k = Math.max(0, Math.min(BINS - 1, Math.floor(x)));
      chosen[name] = k;
      set(name, k, Math.round(y * 50) / 50);
    });
    return handle(sides[name], `${text.drawn} ${name.toUpperCase()}: ${text.bin}`, name === "p" ? "h0" : "h1",
      (event) => { const [x, y] = maps[name](event); chosen[name] = Math.max(0, Math.min(BINS - 1, Math.floor(x))); set(name, chosen[name], Math.round(y * 50) / 50); },
      (dx, dy) => {
        if (dx) chosen[name] = Math.max(0, Math.min(BINS - 1, chosen[name] + Math.sign(dx)));
        set(name, chosen[name], heights(name)[chosen[name]] + dy * 0.02);
      });
  });
  const flow = picture();
  const orderSlider = slider(text.orderW, 1, 4, 0.1, order(), (x) => state.set({ order: x }), { least: 1, most: 10 });
  const values = h("div", { class: "readout", "aria-live": "polite" });
  place.append(h("h1", {}, text.distributions),
    h("div", { class: "columns" },
      h("div", { class: "figure" }, h("h2", {}, text.histograms), sides.p, sides.q, h("h2", {}, text.plan), flow, h("p", { class: "help" }, text.planHelp)),
      h("div", { class: "panel" },
        h("div", { class: "tabs", role: "group", "aria-label": text.presets }, ...Object.entries(PRESETS).map(([name, [p, q]]) =>
          h("button", { type: "button", onclick: () => state.set({ p, q }) }, (text as Record<string, string>)[name]))),
        orderSlider.element, values, h("p", { class: "help" }, text.infinite))));

  return () => {
    orderSlider.set(order());
    const found = ask("distributions", { p: heights("p"), q: heights("q"), order: order() });
    const width = widthOf(flow.parentElement!);
    (["p", "q"] as const).forEach((name, side) => {
      const all = heights(name);
      const drawn = draw(sides[name], width, { label: `${name.toUpperCase()}: ${floats(found[name]).map((x) => short(x, 3)).join(", ")}`, title: name.toUpperCase(), x: [0, BINS], y: [0, 1.05], height: 150, series: [],
        extra: (px, py) => all.map((x, k) => s("rect", { x: px(k + 0.08), width: px(k + 0.92) - px(k + 0.08), y: py(x), height: Math.max(0, py(0) - py(x)), class: `fill f${side}` })) });
      maps[name] = drawn.back;
      const k = chosen[name];
      grips[side].place(drawn.px(k + 0.5), drawn.py(all[k]), `${text.bin} ${k}: ${short(float(found[name][k]), 3)}`);
      grips[side].element.setAttribute("aria-valuenow", String(all[k]));
      grips[side].element.setAttribute("aria-valuemin", "0");
      grips[side].element.setAttribute("aria-valuemax", "1");
    });
    // Bars of P above, of Q below; bands between them start and end side by side.
    const tall = 240, [p, q] = [floats(found.p), floats(found.q)];
    draw(flow, width, { label: text.plan, x: [0, BINS], y: [0, 1], height: tall, series: [], extra: (px) => {
      const unit = (px(1) - px(0)) / Math.max(...p, ...q) * 0.84;
      const from = p.map((x, k) => px(k + 0.5) - (x * unit) / 2), to = q.map((x, k) => px(k + 0.5) - (x * unit) / 2);
      const [top, bottom] = [22, tall - 34];
      const bands = found.plan.map(([i, j, mass]) => {
        const wide = float(mass) * unit, [a, b] = [from[i], to[j]];
        from[i] += wide; to[j] += wide;
        const middle = (top + bottom) / 2;
        return s("path", { class: `band ${i === j ? "still" : i < j ? "right" : "left"}`, d: `M${a} ${top}C${a} ${middle} ${b} ${middle} ${b} ${bottom}L${b + wide} ${bottom}C${b + wide} ${middle} ${a + wide} ${middle} ${a + wide} ${top}Z` });
      });
      const ends = [...p.map((x, k) => s("rect", { x: px(k + 0.5) - (x * unit) / 2, width: x * unit, y: top - 10, height: 10, class: "fill f0" })), ...q.map((x, k) => s("rect", { x: px(k + 0.5) - (x * unit) / 2, width: x * unit, y: bottom, height: 10, class: "fill f1" }))];
      return [...bands, ...ends, s("text", { x: 30, y: top, class: "name", "text-anchor": "middle" }, "P"), s("text", { x: 30, y: bottom + 10, class: "name", "text-anchor": "middle" }, "Q")];
    } });
    for (const line of flow.querySelectorAll("line, text.tick")) line.remove();
    values.replaceChildren(wide(text.divergence, table(text.divergence, [text.divergence, text.there, text.back],
      found.divergences.map((row) => [row.name.replaceAll("_", " "), h("output", { "data-name": row.name }, exact(float(row.there))), h("output", {}, exact(float(row.back)))]))),
      wide(text.wasserstein, table(text.wasserstein, ["", text.value], [[text.wasserstein, h("output", { "data-name": "wasserstein" }, exact(float(found.wasserstein)))], [text.moved, exact(float(found.cost))]])));
  };
};
