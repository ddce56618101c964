// Inputs: a slider with a field for exact numbers, choices, tables.
import { h } from "./dom";

let count = 0;
export const unique = (stem: string): string => `${stem}-${count++}`;

export interface Slider { element: HTMLElement; set: (x: number) => void }

/** A slider and a field for one number. `scale` bends the slider: equal steps where a parameter has a wide domain. */
export function slider(
  label: string, low: number, high: number, step: number, value: number, change: (x: number) => void,
  options: { logarithmic?: boolean; least?: number; most?: number; help?: string } = {},
): Slider {
  const to = (x: number) => (options.logarithmic ? Math.log10(x) : x);
  const from = (x: number) => (options.logarithmic ? Number((10 ** x).toPrecision(3)) : x);
  const id = unique("n");
  const range = h("input", { type: "range", min: to(low), max: to(high), step: options.logarithmic ? 0.01 : step, "aria-label": label, tabindex: -1 });
  const field = h("input", { type: "number", id, step: "any", min: options.least ?? low, max: options.most ?? high });
  const set = (x: number) => {
    if (Number(range.value) !== to(x)) range.value = String(to(x));
    if (document.activeElement !== field || Number(field.value) !== x) field.value = String(x);
    field.removeAttribute("aria-invalid");
  };
  range.removeAttribute("tabindex");
  range.addEventListener("input", () => { const x = from(Number(range.value)); field.value = String(x); change(x); });
  field.addEventListener("input", () => {
    const x = field.value.trim() === "" ? NaN : Number(field.value);
    if (!Number.isFinite(x)) { field.setAttribute("aria-invalid", "true"); return; }
    range.value = String(to(x));
    change(x);
  });
  set(value);
  const element = h("div", { class: "slider" }, h("label", { for: id, title: options.help ?? null }, label), range, field);
  return { element, set };
}

/** One of a few. */
export function choice(label: string, options: [string, string][], value: string, change: (value: string) => void): HTMLElement {
  const name = unique("c");
  return h("fieldset", { class: "choice" }, h("legend", {}, label),
    h("div", {}, ...options.map(([key, text]) => {
      const input = h("input", { type: "radio", name, value: key, checked: key === value, onchange: () => change(key) });
      return h("label", {}, input, h("span", {}, text));
    })));
}

export function table(caption: string, head: string[], rows: (Node | string)[][]): HTMLTableElement {
  return h("table", {}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, ...head.map((text) => (text ? h("th", { scope: "col" }, text) : h("td"))))),
    h("tbody", {}, ...rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), ...rest.map((cell) => h("td", {}, cell))))));
}

/** A box that scrolls sideways, by keyboard too. */
export const wide = (label: string, child: Node): HTMLElement => h("div", { class: "wide", tabindex: 0, role: "group", "aria-label": label }, child);
