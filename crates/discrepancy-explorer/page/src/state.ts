// All that is chosen stands in the link: `#view?name=value&…`.

export class State {
  view: string;
  private values: URLSearchParams;
  private waiting = 0;
  listeners: (() => void)[] = [];

  constructor(hash: string) {
    const [view, rest] = hash.replace(/^#/, "").split(/\?(.*)/s);
    this.view = view;
    this.values = new URLSearchParams(rest ?? "");
  }
  get(name: string, otherwise: string): string {
    return this.values.get(name) ?? otherwise;
  }
  /** A number between two; what is none of them is the default. */
  number(name: string, otherwise: number, low = -Infinity, high = Infinity): number {
    const text = this.values.get(name);
    const x = text === null || text.trim() === "" ? NaN : Number(text);
    return Number.isFinite(x) ? Math.min(high, Math.max(low, x)) : otherwise;
  }
  /** Numbers between two, as many as `count` allows. */
  list(name: string, otherwise: number[], low = -Infinity, high = Infinity, count: [number, number] = [1, 64]): number[] {
    const text = this.values.get(name);
    if (text === null || text.length > 4000) return otherwise;
    const found = text.split(" ").map(Number);
    const good = found.every(Number.isFinite) && found.length >= count[0] && found.length <= count[1];
    return good ? found.map((x) => Math.min(high, Math.max(low, x))) : otherwise;
  }
  set(changes: Record<string, string | number | number[] | null>): void {
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) this.values.delete(name);
      else this.values.set(name, Array.isArray(value) ? value.map((x) => Number(x.toPrecision(12))).join(" ") : String(value));
    }
    this.changed();
  }
  /** Another view keeps the language alone. */
  go(view: string, values: Record<string, string> = {}): void {
    const language = this.values.get("lang");
    this.view = view;
    this.values = new URLSearchParams(values);
    if (language) this.values.set("lang", language);
    this.changed();
  }
  link(): string {
    const values = this.values.toString().replaceAll("+", "%20").replaceAll("%3A", ":").replaceAll("%3D", "=").replaceAll("%2C", ",");
    return `#${this.view}${values ? `?${values}` : ""}`;
  }
  /** Drawn and written once a frame, however often things change. */
  private changed(): void {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.listeners.forEach((listener) => listener());
    });
  }
}
