// What every chart has: a document that a screen reader can name, colours for a light and a dark page, a
// legend, numbers as text. An SVG in an <img> takes no colour from its page, so it brings both.

const FONT_PX = 13;
const LINE_PX = 18;
// A wide letter of a common sans-serif: rather too much room than too little.
const LETTER_PX = 7.2;
const MARGIN_PX = 12;

// Told apart by most who see colours differently, on white and on black; lines differ in their dashes, too.
const LIGHT = ["#0550ae", "#bc4c00", "#116329", "#8250df", "#57606a", "#a40e26"];
const DARK = ["#58a6ff", "#f0883e", "#56d364", "#bc8cff", "#8b949e", "#ff7b72"];
const DASHES = ["", "7 3", "2 3", "9 3 2 3", "1 5", "12 4"];

/** What stands around a chart. */
export interface Frame {
  /** A sentence or less; also the text of the image for a screen reader. */
  readonly title: string;
  /** What is to be seen, for who cannot see it. */
  readonly description: string;
  /** The names of the colours, in their order; one alone needs no legend. */
  readonly legend: readonly string[];
  readonly widthPx: number;
  /** The height of what {@link drawFrame} is given. */
  readonly heightPx: number;
}

/**
 * A whole SVG document.
 * @param content elements, with 0 at the top of the room below title and legend
 */
export function drawFrame(frame: Frame, content: readonly string[]): string {
  const { title, description, legend, widthPx } = frame;
  const [entries, legendPx] = legend.length > 1 ? drawLegend(legend, widthPx) : [[], 0];
  const top = MARGIN_PX + LINE_PX + legendPx + 6;
  const height = Math.ceil(top + frame.heightPx + MARGIN_PX);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${widthPx} ${height}" width="${widthPx}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escapeText(title)}</title>`,
    `<desc id="desc">${escapeText(description)}</desc>`,
    `<style>${style(legend.length)}</style>`,
    `<text class="title" x="${MARGIN_PX}" y="${MARGIN_PX + FONT_PX}">${escapeText(title)}</text>`,
    ...entries,
    `<g transform="translate(0 ${top})">`,
    ...content,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Text as it may stand in an element or an attribute; control characters and what XML 1.0 cannot hold become U+FFFD. */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** How wide a text may be, in pixels. */
export function widthOf(text: string): number {
  return text.length * LETTER_PX;
}

/** A number with three digits that count, and its thousands apart. */
export function formatNumber(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString("en", { maximumFractionDigits: Math.min(digits, 6) });
}

/** A coordinate, to a tenth of a pixel. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Round numbers from 0 to the first that reaches `most`, about five of them. */
export function linearTicks(most: number): readonly number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const count = Math.ceil((most / step) * 0.9999);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** The powers of ten from the last below the least to the first above the most, both above 0. */
export function logTicks(least: number, most: number): readonly number[] {
  const first = Math.floor(Math.log10(least) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(most) - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}

function drawLegend(names: readonly string[], widthPx: number): [string[], number] {
  let [x, row] = [MARGIN_PX, 0];
  const entries = names.map((name, index) => {
    const width = 20 + widthOf(name) + 14;
    if (x > MARGIN_PX && x + width > widthPx) [x, row] = [MARGIN_PX, row + 1];
    const y = MARGIN_PX + LINE_PX + row * LINE_PX + 8;
    const entry =
      `<rect class="c${index}" x="${at(x)}" y="${y}" width="12" height="12" rx="2"/>` +
      `<text x="${at(x + 18)}" y="${y + 11}">${escapeText(name)}</text>`;
    x += width;
    return entry;
  });
  return [entries, (row + 1) * LINE_PX + 6];
}

function style(colours: number): string {
  const paint = (palette: readonly string[]): string =>
    Array.from({ length: Math.max(1, colours) }, (_, index) => {
      const colour = palette[index % palette.length];
      return `.c${index}{fill:${colour}}.l${index}{stroke:${colour}}`;
    }).join("");
  const dashes = Array.from({ length: colours }, (_, index) => {
    const dash = DASHES[index % DASHES.length];
    return dash ? `.l${index}{stroke-dasharray:${dash}}` : "";
  }).join("");
  return (
    `text{font:${FONT_PX}px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.end{text-anchor:end}` +
    `.middle{text-anchor:middle}.grid{stroke:#d1d9e0}.line{fill:none;stroke-width:2}${paint(LIGHT)}${dashes}` +
    `@media (prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}${paint(DARK)}}`
  );
}
