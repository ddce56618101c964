// The library, compiled: a question in JSON goes in, an answer comes out. No formula is written on this side.
import compressed from "virtual:module";

/** JSON has neither infinities nor NaN: they come as texts. */
export type Num = number | "inf" | "-inf" | "nan";

export interface Interval { low: Num; high: Num; low_included: boolean; high_included: boolean; whole: boolean }
export interface Parameter {
  name: string; doc: string; default: Num | string | Num[]; domain: string; interval: Interval | null; words: string[]; list: boolean;
}
export interface Domain { kind: string; words: string; interval: Interval | null }
export interface Entry {
  name: string; aliases: string[]; family: string; coupling: "residual" | "margin" | "pair" | null; doc: string; formula: string;
  parameters: Parameter[]; properties: string[]; source: string; prediction: Domain; target: Domain;
}
export interface Run { x: Num[]; value: Num[]; gradient: Num[]; hessian: Num[] }
export interface Curve {
  spec: string; coupling: string; differentiable: boolean; trace: [string, string, string]; runs: Run[]; kinks: { x: Num; at: Num[] }[];
}
export interface Point { exact: Num[]; single: Num[]; textbook: Num[]; digits: Num[] }
export interface Softmax {
  probabilities: Num[]; log_probabilities: Num[]; target: Num[]; jacobian: Num[][]; loss: Num; gradient: Num[]; hessian: Num[];
  logsumexp: Num; by_probability: Num[]; terms: Num[][]; focal: [Num, Num[]] | null;
}
export interface Distance { name: string; spec: string; value: Num | null; gradient: Num[] | null; error: string | null }
export interface Distributions {
  p: Num[]; q: Num[]; divergences: { name: string; there: Num; back: Num }[]; wasserstein: Num; plan: [number, number, Num][]; cost: Num;
}
export interface Margin {
  angle: Num[]; psi: Num[]; knots: [Num, Num][]; at: [Num, Num]; loss: Num[]; loss_at: Num; plain_at: Num; boundary: Num | null;
}
export interface Line { spec: string; slope: Num; intercept: Num; mean: Num }

interface Questions {
  catalogue: [object, { digest: string; entries: Entry[] }];
  curve: [{ spec: string; target: Num; low: number; high: number; steps: number }, Curve];
  point: [{ spec: string; prediction: Num; target: Num }, Point];
  softmax: [{ logits: number[]; target: number[]; temperature: number; smoothing: number; gamma: number }, Softmax];
  points: [{ a: number[]; b: number[]; p: number }, Distance[]];
  ball: [{ spec: string; steps: number }, [Num, Num][]];
  distributions: [{ p: number[]; q: number[]; order: number }, Distributions];
  margin: [{ margin: number; lambda: number; angle: number; between: number; length: number; steps: number }, Margin];
  fit: [{ x: number[]; y: number[]; specs: string[] }, Line[]];
}

/** What the library refused, in its words, with near names. */
export class Refusal extends Error {
  constructor(message: string, readonly near: string[]) { super(message); }
}

interface Exports {
  memory: WebAssembly.Memory;
  question_memory(length: number): number;
  answer_question(address: number, length: number): number;
  answer_read(address: number, length: number): void;
}
let exports: Exports;
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

export async function load(): Promise<void> {
  const bytes = Uint8Array.from(atob(compressed), (c) => c.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { instance } = await WebAssembly.instantiate(await new Response(plain).arrayBuffer());
  exports = instance.exports as unknown as Exports;
}

/** Asks in text. */
export function answer(question: string): string {
  const text = encoder.encode(question);
  const place = exports.question_memory(text.length);
  new Uint8Array(exports.memory.buffer, place, text.length).set(text);
  const address = exports.answer_question(place, text.length);
  const length = new DataView(exports.memory.buffer).getUint32(address, true);
  const found = decoder.decode(new Uint8Array(exports.memory.buffer, address + 4, length));
  exports.answer_read(address, length);
  return found;
}

export function ask<Q extends keyof Questions>(what: Q, question: Questions[Q][0]): Questions[Q][1] {
  // Numbers with a fraction go as texts, which are read to the last bit.
  const exact = (_: string, value: unknown) => (typeof value === "number" && !Number.isInteger(value) ? String(value) : value);
  const found = JSON.parse(answer(JSON.stringify({ ask: what, ...question }, exact)));
  if ("error" in found) throw new Refusal(found.error, found.near ?? []);
  return found.answer;
}

export function float(x: Num | null | undefined): number {
  return typeof x === "number" ? x : x === "inf" ? Infinity : x === "-inf" ? -Infinity : NaN;
}
export const floats = (of: Num[]): number[] => of.map(float);
