// Elements from a tag, attributes and children.
import katex from "katex";

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as unknown as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

export const h = <K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]) =>
  fill(document.createElement(tag), attributes, children);
export const s = <K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** A formula; what is no TeX stands as it is. */
export function tex(formula: string, display = false): HTMLElement {
  const element = h(display ? "div" : "span", { class: display ? "formula" : "tex" });
  katex.render(formula, element, { displayMode: display, throwOnError: false, output: "htmlAndMathml", strict: false });
  return element;
}

/** A line of documentation: `code`, $formulas$, **stress**. */
export const inline = (line: string): (Node | string)[] => line.split(/(\$\$[^$]+\$\$|\$[^$]+\$|`[^`]+`|\*\*[^*]+\*\*)/).map((part) =>
  part.startsWith("$$") ? tex(part.slice(2, -2), true) : part.startsWith("$") ? tex(part.slice(1, -1))
  : part.startsWith("`") ? h("code", {}, part.slice(1, -1)) : part.startsWith("**") ? h("strong", {}, part.slice(2, -2)) : part.replace(/\s+/g, " "));

/** The catalogue's documentation: paragraphs, `code`, $formulas$. */
export function prose(markdown: string): HTMLElement {
  const paragraphs = markdown.trim().split(/\n\s*\n/).map((paragraph) => {
    // A list of lines stays one.
    const items = paragraph.split(/\n\s*[-*] /);
    if (items.length > 1) {
      const [first, ...rest] = /^\s*[-*] /.test(paragraph) ? ["", paragraph.replace(/^\s*[-*] /, "").split(/\n\s*[-*] /)].flat() : items;
      return h("div", {}, first && h("p", {}, ...inline(first)), h("ul", {}, ...rest.map((item) => h("li", {}, ...inline(item)))));
    }
    return h("p", {}, ...inline(paragraph));
  });
  return h("div", { class: "prose" }, ...paragraphs);
}

/** All digits, as short as they read back. */
export const exact = (x: number): string => (Number.isNaN(x) ? "—" : x === Infinity ? "∞" : x === -Infinity ? "−∞" : String(x).replace("-", "−").replace("e−", "e-").replace("e-", "e−"));

/** For the eye: so many significant digits. */
export function short(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return exact(x);
  if (x === 0) return "0";
  const size = Math.abs(x);
  const text = size >= 1e5 || size < 1e-3 ? x.toExponential(digits - 1).replace("e+", "e") : String(Number(x.toPrecision(digits)));
  return text.replaceAll("-", "−");
}
/** The same in TeX. */
export function inTex(x: number, digits = 4): string {
  if (Number.isNaN(x)) return "\\text{–}";
  if (!Number.isFinite(x)) return x > 0 ? "\\infty" : "-\\infty";
  const [mantissa, exponent] = short(x, digits).replaceAll("−", "-").split("e");
  return exponent ? `${mantissa} \\cdot 10^{${exponent}}` : mantissa;
}
