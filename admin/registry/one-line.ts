// Texts of several lines as one. An error of PostgreSQL quotes what a tenant has stored, in any length: a regular expression
// such as `\s*\n` would take the square of the length of a run of spaces.

/**
 * Joins the lines of a text, without the spaces around the line ends and without empty lines.
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
