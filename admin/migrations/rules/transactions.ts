// Which commands of a migration run, and whether in a transaction. The transaction is Rowhouse's: BEGIN and COMMIT that
// wrap the file or its parts are taken out.

import type { Reading } from "../text/reading.ts";
import type { SourceText } from "../text/source-text.ts";
import type { Statement } from "../text/statement.ts";
import type { ReadCommand } from "./read-commands.ts";

const BEGIN = /^(?:begin|start transaction)\b/;
const COMMIT = /^(?:commit|end)(?: work| transaction)?(?: and (?:no )?chain)?$/;
const MARK = /^\s*--[\s-]*(?:(?:rowhouse:\s*)?no[- ]transaction|atlas:txmode\s+none)\s*$/i;
const OWN_MARK = /^\s*--\s*rowhouse:\s*no transaction\s*$/i;
const ADVICE =
  'move it into a migration of its own, or add "-- rowhouse: no transaction" above the first command';

/** Whether a comment above the first command asks for no transaction. */
export function hasMark(source: SourceText, reading: Reading): boolean {
  let isAbove = true;
  let isMarked = false;
  for (const { text, start } of source.lines()) {
    isAbove &&= /^\s*(?:--.*)?$/.test(text);
    if (isAbove && MARK.test(text)) isMarked = true;
    else if (OWN_MARK.test(text)) {
      reading.refuseAt(
        start,
        '"-- rowhouse: no transaction" stands below a command; move it to the top',
      );
    }
  }
  return isMarked;
}

/** Takes BEGIN and COMMIT out, and what is left out. */
export function dropTransactions(
  commands: readonly ReadCommand[],
  isMarked: boolean,
  reading: Reading,
): readonly ReadCommand[] {
  let begun: Statement | undefined;
  let dropped = 0;
  let first: Statement | undefined;
  const left = commands.filter(({ statement, facts }) => {
    const isBegin = BEGIN.test(statement.shape);
    if (!isBegin && !COMMIT.test(statement.shape)) return facts.isLeftOut === undefined;
    first ??= statement;
    dropped += 1;
    if (isMarked)
      reading.refuse(statement, "stands in a migration without a transaction; remove it");
    else if (isBegin && begun !== undefined)
      reading.refuse(statement, "stands in another BEGIN; remove it");
    else if (!isBegin && begun === undefined) {
      reading.refuse(
        statement,
        `has no BEGIN above it, and would end Rowhouse's transaction; remove it, or ${ADVICE}`,
      );
    }
    begun = isBegin ? statement : undefined;
    return false;
  });
  if (begun !== undefined) reading.refuse(begun, "has no COMMIT below it; remove it");
  if (first !== undefined && !isMarked) {
    reading.note(
      first,
      "transaction",
      `BEGIN and COMMIT are taken out (${dropped} commands): a migration is one transaction`,
    );
  }
  return left;
}

/** Whether the commands run in a transaction. A command that cannot, beside others without a mark, is refused. */
export function isTransactional(
  commands: readonly ReadCommand[],
  isMarked: boolean,
  reading: Reading,
): boolean {
  if (isMarked) return false;
  const [only] = commands;
  if (commands.length === 1 && only?.facts.isAlone) return false;
  for (const { statement, facts } of commands) {
    if (facts.isAlone) {
      reading.refuse(
        statement,
        `cannot run in a transaction, and stands beside other commands; ${ADVICE}`,
      );
    }
    if (facts.commits) reading.refuse(statement, `ends its transaction in its body; ${ADVICE}`);
  }
  return true;
}
