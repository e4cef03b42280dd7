// Texts for a terminal. Names, errors and archives may hold what a tenant's client wrote, and a terminal obeys control
// characters: they could hide lines, write others, or change its title.
// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html

// The control characters, the separators of lines, and the marks that turn the direction of a text.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const CONTROL_IN_LINES = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Escapes the control characters of one value as JSON does, line ends included. */
export function visible(value: string): string {
  return value.replaceAll(CONTROL, escape);
}

/** The same for a text of several lines: line ends and tabs stay. JSON keeps its meaning. */
export function visibleLines(text: string): string {
  return text.replaceAll(CONTROL_IN_LINES, escape);
}

function escape(mark: string): string {
  return `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
