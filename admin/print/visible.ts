// Texts for a terminal. Names, errors and archives may hold what a tenant's client wrote, in any length, and a terminal obeys
// control characters: they could hide lines, write others, or change its title.
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

/**
 * Joins the lines of a text, without the spaces around the line ends and without empty lines. Its time is that of the length;
 * a regular expression such as `\s*\n` would take the square of a run of spaces.
 * @param joint stands for each line end; a full stop before one that begins with ";" is left out
 */
export function toOneLine(text: string, joint: string): string {
  const lines = text.split("\n");
  const last = lines.length - 1;
  return lines
    .map((line, at) => {
      const begun = at === 0 ? line : line.trimStart();
      const ended = at === last ? begun : begun.trimEnd();
      const hasStop = at < last && joint.startsWith(";") && ended.endsWith(".");
      return hasStop ? ended.slice(0, -1) : ended;
    })
    .filter((line, at) => line !== "" || at === 0 || at === last)
    .join(joint);
}

function escape(mark: string): string {
  return `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
