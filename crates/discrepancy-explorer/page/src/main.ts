import "katex/dist/katex.css";
import "./style.css";
import { h } from "./dom";
import { answer, ask, load, type Entry } from "./module";
import { State } from "./state";
import { languages, type Language } from "./text";
import type { View } from "./view";
import { lossView } from "./views/loss";
import { softmaxView } from "./views/softmax";
import { distancesView } from "./views/distances";
import { distributionsView } from "./views/distributions";
import { marginView } from "./views/margin";
import { fitView } from "./views/fit";

const views = { loss: lossView, softmax: softmaxView, distances: distancesView, distributions: distributionsView, margin: marginView, fit: fitView } satisfies Record<string, View>;
type Name = keyof typeof views;
const names = Object.keys(views) as Name[];

const page = document.getElementById("page")!;
let state = new State(location.hash);
let entries: Entry[] = [];
let redraw = () => {};
let shown = "";

function remembered(key: string): string | null {
  try { return localStorage.getItem(key); } catch { return null; }
}
function remember(key: string, value: string): void {
  try { localStorage.setItem(key, value); } catch { /* a page from disk may have no storage */ }
}
const language = (): Language => {
  const wanted = state.get("lang", remembered("discrepancy-language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  return wanted === "zh" ? "zh" : "en";
};
const dark = () => document.documentElement.dataset.theme === "dark";

/** Builds everything anew: after a change of view or language. */
function build(): void {
  const text = languages[language()];
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  const known = names.includes(state.view as Name);
  const view: Name = known ? (state.view as Name) : "loss";
  document.title = `${text[view]} · discrepancy`;
  const tab = (name: Name) => h("a", { href: `#${name}`, "aria-current": name === view ? "page" : null,
    onclick: (event: MouseEvent) => { event.preventDefault(); state.go(name); } }, text[name]);
  const speak = h("button", { type: "button", lang: language() === "zh" ? "en" : "zh-CN", "aria-label": language() === "zh" ? "English" : "中文",
    onclick: () => { const next = language() === "zh" ? "en" : "zh"; remember("discrepancy-language", next); state.set({ lang: next }); } },
    language() === "zh" ? "English" : "中文");
  const light = h("button", { type: "button", "aria-label": text.theme, title: text.theme,
    onclick: () => { document.documentElement.dataset.theme = dark() ? "light" : "dark"; remember("discrepancy-theme", document.documentElement.dataset.theme!); } }, "◐");
  const place = h("div", { class: "view" });
  const main = h("main", { id: "main", tabindex: -1 }, !known && state.view !== "" && h("p", { class: "refusal", role: "status" }, text.unknownView), place);
  page.replaceChildren(
    h("a", { class: "skip", href: "#main", onclick: (event: Event) => { event.preventDefault(); main.focus(); } }, text.skip),
    h("header", {}, h("p", { class: "name" }, h("strong", {}, "discrepancy"), " ", h("span", {}, text.title)),
      h("nav", { "aria-label": text.views }, ...names.map(tab)), h("div", { class: "tools" }, speak, light)),
    main, h("footer", {}, h("p", {}, text.made)));
  state.view = view;
  redraw = views[view](place, { state, text, entries, language: language(), rebuild: build });
  shown = `${view} ${language()}`;
  redraw();
}

function changed(): void {
  const wanted = `${state.view} ${language()}`;
  if (wanted !== shown) build();
  else redraw();
  history.replaceState(null, "", state.link());
}

async function start(): Promise<void> {
  document.documentElement.dataset.theme = remembered("discrepancy-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const text = languages[language()];
  if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") {
    page.replaceChildren(h("main", {}, h("p", { class: "refusal", role: "alert" }, text.noWasm)));
    return;
  }
  try {
    await load();
  } catch (error) {
    page.replaceChildren(h("main", {}, h("p", { class: "refusal", role: "alert" }, `${text.noWasm} (${String(error)})`)));
    return;
  }
  entries = ask("catalogue", {}).entries;
  state.listeners.push(changed);
  build();
  addEventListener("hashchange", () => {
    if (location.hash === state.link()) return;
    state = new State(location.hash);
    state.listeners.push(changed);
    build();
  });
  new ResizeObserver(() => redraw()).observe(document.body);
  // For tests: the module's door.
  Object.assign(window, { discrepancyAnswer: answer });
  document.documentElement.dataset.ready = "true";
}
void start();
