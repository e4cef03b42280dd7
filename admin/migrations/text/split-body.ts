// Cuts the body of a DO or of a function into statements, well enough for the rules: PL/pgSQL's IF, LOOP, BEGIN and their
// kin end a statement without a semicolon.

import type { Token } from "./token.ts";

/** The word that ends a statement that begins with one of these. */
const ENDS: Readonly<Record<string, string>> = {
  if: "then",
  elsif: "then",
  elseif: "then",
  when: "then",
  exception: "then",
  case: "then",
  while: "loop",
  for: "loop",
  foreach: "loop",
};
const ALONE = new Set(["begin", "else", "loop", "declare"]);

/** Returns the statements of a body. */
export function splitBody(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [];
  let current: Token[] = [];
  let parentheses = 0;
  const finish = (): void => {
    if (current.length > 0) statements.push(current);
    current = [];
    parentheses = 0;
  };
  for (const token of tokens) {
    if (token.kind === "sign" && token.value === "(") parentheses += 1;
    if (token.kind === "sign" && token.value === ")") parentheses = Math.max(0, parentheses - 1);
    if (parentheses === 0 && token.kind === "sign" && token.value === ";") {
      finish();
      continue;
    }
    current.push(token);
    if (token.kind !== "word" || parentheses > 0) continue;
    const [first] = current;
    const isAlone = current.length === 1 && ALONE.has(token.value);
    if (isAlone || (first?.kind === "word" && ENDS[first.value] === token.value)) finish();
  }
  finish();
  return statements;
}
