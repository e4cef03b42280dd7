// Reads the text format of Prometheus.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

/** One line: a metric's name, its labels, and its value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The name and the labels as they are written: they identify the series in the next scrape. */
  readonly series: string;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\s*\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/gy;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n" };

/**
 * Reads the samples whose name `isWanted`. Comments and malformed lines are left out, so that one odd line of an
 * exporter does not cost the others.
 */
export function readSamples(text: string, isWanted: (name: string) => boolean): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const end = line.search(/[{\s]/);
    if (!isWanted(line.slice(0, end))) continue;
    const [, name, labels = "", text] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const value = parseValue(text ?? "");
    const parsed = parseLabels(labels.trim());
    if (value === undefined || parsed === undefined) continue;
    samples.push({ name, labels: parsed, value, series: `${name}{${labels}` });
  }
  return samples;
}

function parseLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, value = ""] = LABEL.exec(text) ?? [];
    if (name === undefined) return undefined;
    labels[name] = value.replaceAll(/\\(.)/g, (_, one: string) => ESCAPES[one] ?? one);
  }
  return labels;
}

/** A counter is never NaN or infinite. */
function parseValue(text: string): number | undefined {
  const value = text === "+Inf" ? Infinity : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
