// Finds where the commands of a text end: at a semicolon outside of parentheses and of a BEGIN ATOMIC body. psql and
// PostgreSQL's grammar agree on that.

import type { Token } from "./token.ts";

/** The tokens of one command, without its semicolon; at least one. */
export type CommandTokens = readonly [Token, ...Token[]];

/** Returns the commands of a text. What stands between them is white space, comments and semicolons. */
export function splitCommands(tokens: readonly Token[]): readonly CommandTokens[] {
  const commands: CommandTokens[] = [];
  let current: Token[] = [];
  let parentheses = 0;
  // How many END are to come: of the body itself, and of each CASE in it.
  let open = 0;
  const finish = (): void => {
    const [first, ...rest] = current;
    if (first !== undefined) commands.push([first, ...rest]);
    current = [];
    parentheses = 0;
    open = 0;
  };
  tokens.forEach((token, index) => {
    if (token.kind === "sign" && token.value === ";" && parentheses === 0 && open === 0) {
      finish();
      return;
    }
    if (token.kind === "sign") {
      if (token.value === "(") parentheses += 1;
      if (token.value === ")") parentheses = Math.max(0, parentheses - 1);
    } else if (token.kind === "word" && !isLabel(tokens[index - 1])) {
      const next = tokens[index + 1];
      if (open > 0 && token.value === "case") open += 1;
      if (open > 0 && token.value === "end") open -= 1;
      if (token.value === "begin" && next?.kind === "word" && next.value === "atomic") {
        if (open === 0 && isRoutine(current)) open = 1;
      }
    }
    current.push(token);
  });
  finish();
  return commands;
}

/** Whether the word behind this token is the name of a column. */
function isLabel(before: Token | undefined): boolean {
  return (
    (before?.kind === "word" && before.value === "as") ||
    (before?.kind === "sign" && before.value === ".")
  );
}

function isRoutine(tokens: readonly Token[]): boolean {
  const words = tokens.slice(0, 4).map(({ kind, value }) => (kind === "word" ? value : kind));
  return /^create (?:or replace )?(?:function|procedure)\b/.test(words.join(" "));
}
