// Two points of the plane: every distance between them, and the points that are as far.
import { slider, table, wide } from "../controls";
import { exact, h, s, short } from "../dom";
import { ask, float, floats } from "../module";
import { draw, handle, picture, type Series } from "../plot";
import { widthOf, type View } from "../view";

const REACH = 4;

export const distancesView: View = (place, { state, text }) => {
  const point = (name: "a" | "b") => state.list(name, name === "a" ? [1, 0.5] : [2.5, 2], -100, 100, [2, 2]);
  const order = () => state.number("p", 3, 1, 1000);
  const set = (name: "a" | "b", to: number[]) => state.set({ [name]: to.map((x) => Number(Math.max(-100, Math.min(100, x)).toPrecision(5))) });
  const plane = picture("group");
  let maps = { back: (_: PointerEvent): [number, number] => [0, 0] };
  const snap = (to: [number, number]) => to.map((x) => Math.max(-REACH, Math.min(REACH, Math.round(x * 50) / 50)));
  const grip = (name: "a" | "b", label: string) => handle(plane, label, name === "a" ? "h0" : "h1", (event) => set(name, snap(maps.back(event))),
    (dx, dy) => set(name, [point(name)[0] + dx * 0.05, point(name)[1] + dy * 0.05]));
  const [gripA, gripB] = [grip("a", text.pointA), grip("b", text.pointB)];
  const coordinates = (["a", "b"] as const).flatMap((name) => [0, 1].map((k) => ({ name, k,
    field: slider(`${name}${"₁₂"[k]}`, -REACH, REACH, 0.05, point(name)[k], (x) => { const next = [...point(name)]; next[k] = x; set(name, next); }, { least: -100, most: 100 }) })));
  const orderSlider = slider(text.order, 1, 20, 0.1, order(), (p) => state.set({ p }), { least: 1, most: 1000 });
  const values = h("div", { class: "readout", "aria-live": "polite" });
  place.append(h("h1", {}, text.distances),
    h("div", { class: "columns" },
      h("div", { class: "figure" }, h("h2", {}, text.plane), plane, h("p", { class: "help" }, text.pointsHelp, " ", text.ballHelp, " ", text.angleHelp)),
      h("div", { class: "panel" }, orderSlider.element, ...coordinates.map((one) => one.field.element), values)));

  return () => {
    const [a, b, p] = [point("a"), point("b"), order()];
    orderSlider.set(p);
    coordinates.forEach(({ name, k, field }) => field.set(point(name)[k]));
    const rows = ask("points", { a, b, p });
    // An outline around a through b: the unit ball, as large as b is far.
    const outline = (order: number, colour: number, dash: string, width: number): Series => {
      const spec = `minkowski:p=${order}`;
      const far = float(ask("points", { a, b, p: order }).find((row) => row.spec === spec)?.value);
      const ball = ask("ball", { spec, steps: 240 }).map(([x, y]): [number, number] => [a[0] + far * float(x), a[1] + far * float(y)]);
      return { label: spec, runs: [[...ball, ball[0]]], colour, dash, width };
    };
    const width = widthOf(plane.parentElement!);
    const series = [outline(1, 1, "8 4", 1.6), outline(2, 2, "2 3", 1.6), outline(p, 0, "", 2.6)];
    const drawn = draw(plane, width, {
      label: `${text.plane}: a = (${a.map((x) => short(x)).join(", ")}), b = (${b.map((x) => short(x)).join(", ")})`, x: [-REACH, REACH], y: [-REACH, REACH], height: Math.min(width, 520), series, square: true,
      extra: (px, py) => [s("line", { x1: px(0), y1: py(0), x2: px(a[0]), y2: py(a[1]), class: "ray" }), s("line", { x1: px(0), y1: py(0), x2: px(b[0]), y2: py(b[1]), class: "ray" }),
        s("line", { x1: px(a[0]), y1: py(a[1]), x2: px(b[0]), y2: py(b[1]), class: "link" }),
        s("text", { x: px(a[0]) + 12, y: py(a[1]) - 10, class: "name" }, "a"), s("text", { x: px(b[0]) + 12, y: py(b[1]) - 10, class: "name" }, "b")],
    });
    maps = drawn;
    gripA.place(drawn.px(a[0]), drawn.py(a[1]), `${short(a[0])}, ${short(a[1])}`);
    gripB.place(drawn.px(b[0]), drawn.py(b[1]), `${short(b[0])}, ${short(b[1])}`);
    values.replaceChildren(wide(text.distances, table(text.distances, [text.distance, `${text.value}, ${text.gradientB}`],
      rows.map((row) => [row.spec.replaceAll("_", " "), h("output", { "data-name": row.name, title: row.error ?? "" }, row.value === null ? text.notHere : exact(float(row.value)),
        h("small", {}, row.gradient ? `∇ (${floats(row.gradient).map((x) => short(x, 4)).join(", ")})` : ""))]))));
  };
};
