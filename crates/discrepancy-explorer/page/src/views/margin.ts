// Large-margin softmax: what takes the place of the cosine, and how the regions of two classes draw apart.
import { choice, slider, table, wide } from "../controls";
import { exact, h, s, short } from "../dom";
import { ask, float, floats, type Margin } from "../module";
import { dashes, draw, dragging, handle, key, keys, picture, type Series } from "../plot";
import { widthOf, type View } from "../view";

export const marginView: View = (place, { state, text }) => {
  const margin = () => Math.round(state.number("m", 2, 1, 4));
  const lambda = () => state.number("lambda", 0, 0, 1000);
  const angle = () => state.number("angle", 0.4, 0, Math.PI);
  const between = () => state.number("between", 1.6, 0.2, Math.PI);
  const length = () => state.number("length", 3, 0.1, 50);
  const turn = (to: number) => state.set({ angle: Number(Math.max(0, Math.min(Math.PI, to)).toFixed(4)) });
  const psi = picture(), losses = picture(), plane = picture("group");
  const cursor = h("div", { class: "plots", tabindex: 0, role: "slider", "aria-label": text.angle, "aria-valuemin": 0, "aria-valuemax": 3.1416 }, psi, losses);
  let back = (_: PointerEvent): [number, number] => [0, 0];
  let plain = (_: PointerEvent): [number, number] => [0, 0];
  for (const one of [psi, losses]) dragging(one, (event) => turn(back(event)[0]));
  keys(cursor, (dx, dy) => turn(angle() + (dx || dy) * 0.02));
  const around = ([x, y]: [number, number]) => Math.max(0, Math.min(Math.PI, Math.atan2(y, x)));
  const grip = handle(plane, text.angle, "h2", (event) => turn(around(plain(event))), (dx, dy) => turn(angle() + (-dx || dy) * 0.02));
  const angleSlider = slider(text.angle, 0, Number(Math.PI.toFixed(4)), 0.01, angle(), turn);
  const lambdaSlider = slider(text.lambda, 0, 20, 0.1, lambda(), (x) => state.set({ lambda: x }), { most: 1000 });
  const betweenSlider = slider(text.between, 0.2, Number(Math.PI.toFixed(4)), 0.01, between(), (x) => state.set({ between: x }));
  const lengthSlider = slider(text.length, 0.1, 10, 0.1, length(), (x) => state.set({ length: x }), { most: 50 });
  const values = h("div", { class: "readout", "aria-live": "polite" });
  const legend = h("div", { class: "legend" }, ...[1, 2, 3, 4].map((m) => key(m - 1, `m = ${m}`)));
  place.append(h("h1", {}, text.margin),
    h("div", { class: "columns" },
      h("div", { class: "figure" }, h("h2", {}, text.psi), legend, cursor, h("p", { class: "help" }, text.cursorHelp, " ", text.knots)),
      h("div", { class: "panel" }, choice(text.marginM, [1, 2, 3, 4].map((m) => [String(m), String(m)]), String(margin()), (m) => state.set({ m: Number(m) })),
        angleSlider.element, lambdaSlider.element, betweenSlider.element, lengthSlider.element, values,
        h("h2", {}, text.planeOf), plane, h("p", { class: "help" }, text.region))));

  let known = "";
  let all: Margin[] = [];
  const reading = ({ at, loss_at, plain_at }: Margin) => ({ at, loss_at, plain_at });
  return () => {
    const [m, theta, apart] = [margin(), angle(), between()];
    angleSlider.set(theta); lambdaSlider.set(lambda()); betweenSlider.set(apart); lengthSlider.set(length());
    // The curves do not depend on the angle, which is what is dragged most.
    const fixed = { lambda: lambda(), between: apart, length: length() };
    const now = JSON.stringify(fixed);
    if (now !== known) {
      known = now;
      all = [1, 2, 3, 4].map((margin) => ask("margin", { margin, angle: 0, steps: 240, ...fixed }));
    }
    const found: Margin = { ...all[m - 1], ...reading(ask("margin", { margin: m, angle: theta, steps: 8, ...fixed })) };
    const curve = (of: "psi" | "loss"): Series[] => all.map((one, k) => ({ label: `m = ${k + 1}`, colour: k, dash: dashes[k], width: k + 1 === m ? 3.4 : 1.4,
      runs: [floats(one.angle).map((x, i): [number, number] => [x, float(one[of][i])])], dots: of === "psi" && k + 1 === m ? one.knots.map(([x, y]): [number, number] => [float(x), float(y)]) : [] }));
    const width = widthOf(cursor);
    const drawn = draw(psi, width, { label: `${text.psi}; m = ${m}`, x: [0, Math.PI], y: [-7.3, 1.4], height: 260, series: curve("psi"), cursor: theta, title: "ψ(θ)", marks: found.knots.map(([x]) => float(x)) });
    back = drawn.back;
    const most = Math.max(...floats(found.loss).filter(Number.isFinite), 1);
    draw(losses, width, { label: text.lossOver, x: [0, Math.PI], y: [-0.04 * most, 1.1 * most], height: 190, series: curve("loss"), cursor: theta, title: text.lossOver, xLabel: "θ" });
    cursor.setAttribute("aria-valuenow", String(theta));

    const small = widthOf(plane.parentElement!);
    const boundary = found.boundary === null ? null : float(found.boundary);
    const shown = draw(plane, small, { label: text.planeOf, x: [-1.25, 1.25], y: [-1.25, 1.25], height: Math.min(small, 340), series: [], square: true, extra: (px, py) => {
      const at = (turned: number, far: number): [number, number] => [px(far * Math.cos(turned)), py(far * Math.sin(turned))];
      // The region of a class lies around its weights, as wide on either side.
      const sector = (from: number, to: number, kind: string) => {
        const steps = Array.from({ length: 33 }, (_, k) => at(from + ((to - from) * k) / 32, 1.15));
        return s("path", { class: `sector ${kind}`, d: `M${at(0, 0).join(" ")}L${steps.map((point) => point.map((x) => x.toFixed(2)).join(" ")).join("L")}Z` });
      };
      const arrow = (turned: number, kind: string, name: string) => {
        const [x, y] = at(turned, 1), [tx, ty] = at(turned, 1.13);
        return [s("line", { x1: px(0), y1: py(0), x2: x, y2: y, class: `arrow ${kind}` }), s("circle", { cx: x, cy: y, r: 4, class: `dot ${kind === "a0" ? "f0" : "f1"}` }), s("text", { x: tx, y: ty + 4, class: "name", "text-anchor": "middle" }, name)];
      };
      return [...(boundary === null ? [] : [sector(-boundary, boundary, "s0"), sector(apart - boundary, apart + boundary, "s1")]),
        ...arrow(0, "a0", "W₀"), ...arrow(apart, "a1", "W₁"), s("line", { x1: px(0), y1: py(0), x2: at(theta, 0.8)[0], y2: at(theta, 0.8)[1], class: "arrow a2" })];
    } });
    plain = shown.back;
    for (const tick of plane.querySelectorAll("text.tick")) tick.remove();
    grip.place(shown.px(0.8 * Math.cos(theta)), shown.py(0.8 * Math.sin(theta)), `${short(theta)} rad`);
    grip.element.setAttribute("aria-valuenow", String(theta));
    grip.element.setAttribute("aria-valuemin", "0");
    grip.element.setAttribute("aria-valuemax", "3.1416");
    values.replaceChildren(wide(text.value, table(`θ = ${short(theta)}, m = ${m}`, ["", text.value], [
      [text.psiAt, h("output", { "data-name": "psi" }, exact(float(found.at[0])))], [text.cosAt, exact(float(found.at[1]))],
      [text.lossAt, h("output", { "data-name": "loss" }, exact(float(found.loss_at)))], [text.plainAt, exact(float(found.plain_at))]])),
      boundary === null && h("p", { class: "help" }, text.noBoundary) || "");
  };
};
