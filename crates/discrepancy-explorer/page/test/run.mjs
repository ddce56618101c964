// The built page in Chromium, beside the native library: `cargo xtask explorer --test`. EXPLORER_ANSWER is the native program that
// answers the same questions; EXPLORER_CHROMIUM another browser than Debian's.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const file = fileURLToPath(new URL("../../explorer.html", import.meta.url));
const address = pathToFileURL(file).href;
const axe = readFileSync(fileURLToPath(new URL("../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8");
const VIEWS = ["loss", "softmax", "distances", "distributions", "margin", "fit"];
const only = process.argv.slice(2).find((word) => !word.startsWith("--"));
const shots = process.argv.includes("--screenshots");

/** The native library, a question a line. */
const native = spawn(process.env.EXPLORER_ANSWER ?? "", { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: native.stdout })[Symbol.asyncIterator]();
const exact = (_, value) => (typeof value === "number" && !Number.isInteger(value) ? String(value) : value);
async function ask(question) {
  native.stdin.write(`${JSON.stringify(question, exact)}\n`);
  return (await answers.next()).value;
}
const answered = async (question) => JSON.parse(await ask(question)).answer;

const browser = await chromium.launch({ executablePath: process.env.EXPLORER_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const faults = [];
async function open(hash, { width = 1280, theme = "light", locale = "en-US" } = {}) {
  // Offline: what is not in the file is not there.
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, locale, offline: true });
  const page = await context.newPage();
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(`${hash}: ${message.text()}`); });
  page.on("pageerror", (error) => faults.push(`${hash}: ${error.stack}`));
  page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) faults.push(`${hash}: asks for ${request.url()}`); });
  await page.goto(address + hash);
  await page.waitForSelector("html[data-ready]");
  return page;
}
const frame = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const values = (page) => page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.split("?")[1] ?? "")));
const numbers = (text) => text.split(" ").map(Number);
/** A number as the page writes it. */
const written = (x) => (x === "inf" ? "∞" : x === "-inf" ? "−∞" : x === "nan" ? "—" : String(x).replaceAll("-", "−"));
async function drag(page, locator, dx, dy) {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx / 2, y + dy / 2);
  await page.mouse.move(x + dx, y + dy);
  await page.mouse.up();
  await frame(page);
}

const tests = {
  "the page is small enough to be sent"() {
    const size = gzipSync(readFileSync(file), { level: 9 }).length;
    assert.ok(size <= 1.5e6, `${size} bytes compressed`);
  },

  async "every pointwise loss has the native library's bits, and is drawn"() {
    const page = await open("#loss");
    const { entries } = await answered({ ask: "catalogue" });
    const losses = entries.filter((entry) => entry.family === "pointwise");
    assert.ok(losses.length >= 35);
    for (const entry of losses) {
      for (const target of [-1, 0, 0.5, 1, 3]) {
        const question = { ask: "curve", spec: entry.name, target, low: -3, high: 4, steps: 20 };
        const here = await page.evaluate((question) => window.discrepancyAnswer(question), JSON.stringify(question, exact));
        // Numbers that are read are the same floats, even minus zero; the order of names is a matter of how the program was built.
        assert.deepStrictEqual(JSON.parse(here), JSON.parse(await ask(question)), `${entry.name} at ${target}`);
      }
      await page.evaluate((name) => { location.hash = `#loss?spec=${name}&lang=en`; }, entry.name);
      await page.waitForFunction((name) => document.querySelector("h1")?.textContent === name.replaceAll("_", " "), entry.name);
      await frame(page);
      assert.ok((await page.locator(".plots path.curve").count()) >= 1, `${entry.name} is drawn`);
      assert.equal(await page.locator(".refusal").count(), 0, entry.name);
      assert.equal(await page.locator(".katex-error").count(), 0, `${entry.name}: TeX`);
      const cursor = Number(await page.locator(".plots").getAttribute("aria-valuenow"));
      const caption = await page.locator(".readout caption").textContent();
      const y = Number(caption.split("y = ")[1].replace("−", "-"));
      const point = await answered({ ask: "point", spec: entry.name, prediction: cursor, target: y });
      assert.equal(await page.locator("output.exact-value").textContent(), written(point.exact[0]), entry.name);
    }
  },

  async "a loss by keyboard, by mouse, and compared"() {
    const page = await open("#loss?spec=huber&lang=en");
    await page.locator(".plots").focus();
    const before = Number(await page.locator(".plots").getAttribute("aria-valuenow"));
    await page.keyboard.press("ArrowRight");
    await frame(page);
    const { at } = await values(page);
    assert.ok(Number(at) > before);
    assert.equal(await page.locator("output.exact-value").textContent(), written((await answered({ ask: "point", spec: "huber", prediction: Number(at), target: 0 })).exact[0]));
    await drag(page, page.locator(".plots svg").first(), 80, 0);
    assert.ok(Number((await values(page)).at) > Number(at));
    // Parameters by their field and by their slider.
    const field = page.locator(".parameter input[type=number]").first();
    await field.fill("2.5");
    await frame(page);
    assert.equal((await values(page)).spec, "huber:delta=2.5");
    await page.locator(".parameter input[type=range]").first().focus();
    await page.keyboard.press("ArrowRight");
    await frame(page);
    assert.notEqual((await values(page)).spec, "huber:delta=2.5");
    await field.fill("-1");
    await frame(page);
    assert.match(await page.locator(".refusal").textContent(), /delta.*\(0, inf\)/);
    await field.fill("1.5");
    await frame(page);
    assert.equal(await page.locator(".refusal").count(), 0);
    const one = await page.locator(".plots svg").first().locator("path.curve").count();
    await page.locator("button.over[data-key='+absolute']").click();
    await frame(page);
    assert.ok((await page.locator(".plots svg").first().locator("path.curve").count()) > one);
    await page.locator("#search").fill("pinball");
    await frame(page);
    assert.deepEqual(await page.locator(".entry").allTextContents(), ["quantile"]);
    // The link leads another reader to the same place.
    const link = await page.evaluate(() => location.hash);
    const other = await open(link);
    assert.equal(await other.locator("output.exact-value").textContent(), await page.locator("output.exact-value").textContent());
    assert.equal(await other.evaluate(() => location.hash), link);
  },

  async "code in four languages names the loss as it is set"() {
    const page = await open("#loss?spec=focal:alpha=none,gamma=3&lang=en");
    for (const [name, wanted] of [["Rust", 'find("focal:alpha=none,gamma=3")'], ["Python", "dc.losses.focal("], ["Python", "alpha=None, gamma=3"], ["command", "discrepancy show focal:alpha=none,gamma=3"], ["SQL", "focal(z, y, 'none', 3)"]]) {
      await page.locator(`[data-code=${name}]`).click();
      await frame(page);
      assert.ok((await page.locator(".code pre").textContent()).includes(wanted), `${name}: ${await page.locator(".code pre").textContent()}`);
    }
  },

  async "softmax by mouse and keyboard"() {
    const page = await open("#softmax?lang=en&T=0.5");
    const grip = page.locator(".handle").nth(1);
    await grip.focus();
    await page.keyboard.press("ArrowUp");
    await frame(page);
    assert.deepEqual(numbers((await values(page)).z), [2, 1.1, 0.1, -1]);
    assert.ok(await grip.evaluate((element) => element === document.activeElement), "the focus stays");
    await drag(page, grip, 0, -30);
    const z = numbers((await values(page)).z);
    assert.ok(z[1] > 1.2, String(z));
    await page.locator("input[type=radio][value=soft]").check();
    await frame(page);
    const target = [0.7, 0.3 / 3, 0.3 / 3, 0.3 / 3], sum = target.reduce((a, b) => a + b);
    const found = await answered({ ask: "softmax", logits: z, target: target.map((x) => x / sum), temperature: 0.5, smoothing: 0, gamma: 2 });
    assert.equal(await page.locator("output.cross-entropy").textContent(), written(found.loss));
    await page.getByLabel("6", { exact: true }).check();
    await frame(page);
    assert.equal(await page.locator(".jacobian tbody tr").count(), 6);
    assert.equal(await page.locator(".katex-error").count(), 0);
  },

  async "points by mouse and keyboard"() {
    const page = await open("#distances?lang=en");
    await page.locator(".handle").nth(1).focus();
    await page.keyboard.press("Shift+ArrowRight");
    await frame(page);
    assert.deepEqual(numbers((await values(page)).b), [3, 2]);
    await drag(page, page.locator(".handle").nth(0), -60, 40);
    const { a, b } = await values(page);
    assert.ok(numbers(a)[0] < 1 && numbers(a)[1] < 0.5, a);
    for (const row of await answered({ ask: "points", a: numbers(a), b: numbers(b), p: 3 }))
      if (row.value !== null) assert.ok((await page.locator(`output[data-name=${row.name}]`).textContent()).startsWith(written(row.value)), row.name);
  },

  async "histograms by mouse and keyboard"() {
    const page = await open("#distributions?lang=en");
    await page.locator(".handle").nth(0).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowUp");
    await frame(page);
    const p = numbers((await values(page)).p);
    assert.ok(p[1] > 0.3, String(p));
    await drag(page, page.locator("svg.held").nth(1), 90, -40);
    const q = numbers((await values(page)).q);
    const found = await answered({ ask: "distributions", p, q, order: 1 });
    for (const row of found.divergences) assert.equal(await page.locator(`output[data-name=${row.name}]`).textContent(), written(row.there), row.name);
    assert.equal(await page.locator("output[data-name=wasserstein]").textContent(), written(found.wasserstein));
    assert.equal(await page.locator("path.band").count(), found.plan.length);
  },

  async "margins by mouse and keyboard"() {
    const page = await open("#margin?lang=en&m=3");
    await page.locator(".plots").focus();
    await page.keyboard.press("ArrowRight");
    await frame(page);
    assert.equal(Number((await values(page)).angle), 0.42);
    await drag(page, page.locator(".handle"), -30, -40);
    const angle = Number((await values(page)).angle);
    assert.ok(angle > 0.5, String(angle));
    const found = await answered({ ask: "margin", margin: 3, lambda: 0, angle, between: 1.6, length: 3, steps: 240 });
    assert.equal(await page.locator("output[data-name=psi]").textContent(), written(found.at[0]));
    assert.equal(await page.locator("output[data-name=loss]").textContent(), written(found.loss_at));
    assert.equal(await page.locator(".plots svg").first().locator("circle.dot").count(), 2);
  },

  async "a fit by mouse and keyboard"() {
    const page = await open("#fit?lang=en");
    await page.locator(".handle").nth(9).focus();
    await page.keyboard.press("Shift+ArrowUp");
    await frame(page);
    const before = await page.locator("output[data-spec=squared]").textContent();
    await drag(page, page.locator(".handle").nth(9), 0, -100);
    const after = await page.locator("output[data-spec=squared]").textContent();
    assert.ok(Number(after) > Number(before), `${before} ${after}`);
    const { x, y } = await values(page);
    const [line] = await answered({ ask: "fit", x: numbers(x), y: numbers(y), specs: ["squared"] });
    assert.equal(Number(after), Number(line.slope.toPrecision(6)));
    await page.getByText("Add an outlier").click();
    await frame(page);
    assert.equal(await page.locator(".handle").count(), 11);
  },

  async "links that are wrong say what is allowed"() {
    const page = await open("#loss?spec=focla&lang=en");
    assert.match(await page.locator(".refusal").textContent(), /focla.*focal/s);
    await page.locator(".refusal button").first().click();
    await frame(page);
    assert.equal(await page.locator("h1").textContent(), "focal");
    assert.match(await (await open("#loss?spec=focal:gamma=-2&lang=en")).locator(".refusal").textContent(), /gamma/);
    assert.match(await (await open("#loss?spec=focal&over=hingge&lang=en")).locator(".refusal").textContent(), /hingge/);
    assert.equal(await (await open("#nowhere?lang=en")).locator(".refusal").count(), 1);
    // Numbers out of range, and a million of them, are not taken.
    for (const hash of ["#softmax?z=1e999 2", "#softmax?T=0&eps=7", "#distances?a=x y&p=-3", "#distributions?p=0 0 0", "#margin?m=77&angle=-4", "#fit?x=1 1 1&y=2 3 4", `#softmax?z=${"1 ".repeat(100000)}1`]) await open(hash);
  },

  async "a browser without WebAssembly is told so"() {
    const context = await browser.newContext({ offline: true, locale: "zh-CN" });
    const page = await context.newPage();
    await page.addInitScript(() => { delete globalThis.WebAssembly; });
    await page.goto(address);
    assert.match(await page.locator("[role=alert]").textContent(), /WebAssembly/);
    assert.match(await page.locator("[role=alert]").textContent(), /浏览器/);
  },

  async "both languages, both themes, three widths: no violation, nothing cut off"() {
    const found = [];
    for (const [lang, theme] of [["en", "light"], ["zh", "dark"], ["en", "dark"], ["zh", "light"]]) {
      for (const width of [390, 1280, 1920]) {
        for (const view of VIEWS) {
          const page = await open(`#${view}?lang=${lang}`, { theme, width });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${view} at ${width}: ${wide} px too wide`);
          if (shots) await page.screenshot({ path: fileURLToPath(new URL(`../screenshots/${view}-${lang}-${theme}-${width}.png`, import.meta.url)), fullPage: true });
          if (width !== 1920) {
            await page.evaluate(axe);
            const { violations } = await page.evaluate(() => window.axe.run());
            found.push(...violations.map((one) => `${view} ${lang} ${theme} ${width}: ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`));
          }
          if (lang === "zh") {
            // Words of the page, not those of the catalogue, are Chinese.
            const words = await page.evaluate(() => [...document.querySelectorAll("h2, legend, nav a, caption, .slider label")].map((element) => element.textContent).filter((text) => /[a-z]{4}/.test(text)));
            const left = words.filter((word) => !/softmax|logit|wasserstein|^[a-z_ 0-9:=]+$/i.test(word));
            assert.deepEqual(left, [], view);
          }
          await page.context().close();
        }
      }
    }
    assert.deepEqual(found, []);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (only && !name.includes(only)) continue;
  const start = Date.now();
  try {
    faults.length = 0;
    await test();
    assert.deepEqual(faults, [], "errors in the console, or requests");
    console.log(`ok      ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
  for (const context of browser.contexts()) await context.close();
}
await browser.close();
native.stdin.end();
process.exitCode = failed ? 1 : 0;
