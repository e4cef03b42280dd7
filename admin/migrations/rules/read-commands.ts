// Reads the commands of a part of a file: where they end, what of them is rewritten, refused or noted, and what their
// runner must know.

import type { SqlCommand } from "../folder/migration.ts";
import { Code } from "../text/code.ts";
import type { Facts, Reading } from "../text/reading.ts";
import type { Range } from "../text/source-text.ts";
import { type CommandTokens, splitCommands } from "../text/split.ts";
import { Statement } from "../text/statement.ts";
import { TextError } from "../text/token.ts";
import { statementsInside } from "./bodies.ts";
import { rewriteFunctionPath } from "./function-path.ts";
import { noteLookups } from "./lookups.ts";
import { markStatement } from "./marks.ts";
import { refuseOutside } from "./outside.ts";
import { rewriteQualifiers } from "./qualifiers.ts";
import { refuseStatement } from "./refused.ts";
import { rewriteSchemaTexts } from "./schema-text.ts";
import { refuseSharedObject } from "./shared-objects.ts";

/** A command with what was found out about it. */
export interface ReadCommand {
  readonly statement: Statement;
  readonly facts: Readonly<Facts>;
  readonly command: SqlCommand;
}

/** Reads the commands of parts of a file; what cannot be read is reported to the reading. */
export function readCommands(ranges: readonly Range[], reading: Reading): readonly ReadCommand[] {
  return ranges.flatMap(({ start, end }) => {
    const text = reading.source.text.slice(start, end);
    const code = new Code(text, (at) => start + at);
    try {
      return readAll(code, splitCommands(cutAtRows(code)), reading);
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      reading.refuseAt(code.place(error.at), error.message);
      return [];
    }
  });
}

/** The rows below COPY … FROM STDIN are no SQL: nothing behind it is read. */
function cutAtRows(code: Code): ReturnType<Code["tokens"]> {
  const copy = /^[ \t]*copy\s[^;]*\sfrom\s+stdin\b[^;\n]*;/im.exec(code.text);
  if (copy === null) return code.tokens();
  return new Code(code.text.slice(0, copy.index + copy[0].length), code.place).tokens();
}

function readAll(
  code: Code,
  commands: readonly CommandTokens[],
  reading: Reading,
): readonly ReadCommand[] {
  return commands.map((tokens) => {
    const statement = new Statement(code, tokens, "command");
    reading.begin();
    applyRules(statement, reading);
    const { facts } = reading;
    const end = tokens.at(-1)?.end ?? tokens[0].end;
    const command: SqlCommand = {
      pieces: reading.pieces(code.place(tokens[0].start), code.place(end)),
      line: reading.line(statement, 0),
      title: statement.title,
      ...(facts.extension === undefined ? {} : { extension: facts.extension }),
      ...(facts.addsEnumValue === undefined ? {} : { addsEnumValue: true }),
    };
    return { statement, facts, command };
  });
}

function applyRules(statement: Statement, reading: Reading): void {
  if (!markStatement(statement, reading)) return;
  const { isShared } = reading.scope;
  if (
    refuseStatement(statement, reading) ||
    (!isShared && refuseSharedObject(statement, reading))
  ) {
    // One problem is enough for it.
    reading.facts.isLeftOut = true;
    return;
  }
  if (isShared) {
    for (const inside of statementsInside(statement, reading)) applyRules(inside, reading);
    return;
  }
  rewriteQualifiers(statement, reading);
  rewriteSchemaTexts(statement, reading);
  noteLookups(statement, reading);
  refuseOutside(statement, reading);
  const before = reading.edits.length;
  for (const inside of statementsInside(statement, reading)) applyRules(inside, reading);
  rewriteFunctionPath(statement, reading, reading.edits.length > before);
}
