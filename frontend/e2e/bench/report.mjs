// How a measurement is told: its name, its value, its target, and whether it was met.

export const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
export const MB = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
export const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
export const ms = (value) => `${value.toFixed(1)} ms`;
export const count = (value) => String(value);

/// The value below which so large a share of them lies.
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

export const p95 = (values) => quantile(values, 0.95);

export function row(name, value, target, show) {
  const verdict = value <= target ? "ok" : "MISSED";
  console.log(`${name.padEnd(58)} ${show(value).padStart(10)}   target ${show(target).padStart(9)}   ${verdict}`);
}

/// A value without a target.
export function note(name, value) {
  console.log(`${name.padEnd(58)} ${value.padStart(10)}`);
}
