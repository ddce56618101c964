// One HTML file that needs nothing else: script, style, fonts and the compressed module are inside.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { defineConfig } from "vite";

const wasm = process.env.EXPLORER_WASM;
if (!wasm) throw new Error("EXPLORER_WASM names the compiled module; `cargo xtask explorer` sets it");

/** The digest of the catalogue that is inside the module: it says so itself. */
async function digest(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes);
  const { memory, question_memory, answer_question } = instance.exports;
  const question = new TextEncoder().encode('{"ask":"catalogue"}');
  const place = question_memory(question.length);
  new Uint8Array(memory.buffer, place, question.length).set(question);
  const answer = answer_question(place, question.length);
  const length = new DataView(memory.buffer).getUint32(answer, true);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, answer + 4, length))).answer.digest;
}

// Faces that the formulas of the page need.
const faces = /KaTeX_(Main-Regular|Main-Bold|Math-Italic|AMS-Regular|Size[1-4]-Regular)\./;

const module = {
  name: "module",
  resolveId: (id) => (id === "virtual:module" ? "\0module" : null),
  load: (id) =>
    id === "\0module" ? `export default "${gzipSync(readFileSync(wasm), { level: 9 }).toString("base64")}"` : null,
};

const fonts = {
  name: "fonts",
  enforce: "pre",
  transform(code, id) {
    if (!/katex(\.min)?\.css/.test(id)) return null;
    const kept = code.replace(/@font-face\s*\{[^}]*\}/g, (face) =>
      faces.test(face) ? face.replace(/src:[^;}]*/, (src) => "src:" + src.match(/url\([^)]*woff2\)/)[0] + ' format("woff2")') : "",
    );
    return { code: kept, map: null };
  },
};

const single = {
  name: "single",
  enforce: "post",
  async generateBundle(_, bundle) {
    const page = bundle["index.html"];
    let html = page.source;
    for (const [name, part] of Object.entries(bundle)) {
      if (name.endsWith(".js")) {
        const code = part.code.replaceAll("</script", "<\\/script");
        html = html.replace(/<script type="module"[^>]*src="[^"]*"><\/script>/, "").replace("</body>", () => `<script type="module">${code}</script></body>`);
      } else if (name.endsWith(".css")) {
        html = html.replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${part.source}</style>`);
      } else continue;
      delete bundle[name];
    }
    const mark = `<meta name="catalogue-digest" content="${await digest(readFileSync(wasm))}" />`;
    page.source = html.replace("<title>", () => `${mark}\n    <title>`);
  },
};

export default defineConfig({
  plugins: [module, fonts, single],
  build: { assetsInlineLimit: 1e8, cssCodeSplit: false, modulePreload: false, target: "es2022", chunkSizeWarningLimit: 4000 },
});
