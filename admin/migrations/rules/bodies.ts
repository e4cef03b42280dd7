// SQL inside of a statement: the body of a DO, of a stored function, and the text that PL/pgSQL's EXECUTE runs.

import type { Code } from "../text/code.ts";
import type { Reading } from "../text/reading.ts";
import { splitBody } from "../text/split-body.ts";
import { type Place, Statement } from "../text/statement.ts";
import { TextError, type Token } from "../text/token.ts";

const ROUTINE = /^create (?:or replace )?(?:function|procedure)\b/;
const EXECUTE = /\bexecute (?!function |procedure |on )/;
/** Of `name constant text not null default 'public'`. */
const MOST_OF_ASSIGNMENT = 7;
const LANGUAGES = new Set(["sql", "plpgsql", undefined]);

/** The statements inside of a statement, where they stand in the file. */
export function statementsInside(statement: Statement, reading: Reading): readonly Statement[] {
  const { shape, place } = statement;
  if (/^do\b/.test(shape) && place !== "stored") return readBody(statement, "do", reading);
  if (ROUTINE.test(shape)) return readBody(statement, "stored", reading);
  return place === "command" ? [] : readExecuted(statement, reading);
}

function readBody(statement: Statement, place: Place, reading: Reading): readonly Statement[] {
  const body = statement.tokens.find(({ kind }, index) => {
    const isText = kind === "string" || kind === "dollar";
    const before = statement.word(index - 1);
    return isText && (place === "do" ? before !== "language" : before === "as");
  });
  if (body === undefined) return [];
  const language = findLanguage(statement);
  if (!LANGUAGES.has(language)) {
    if (/\bpublic\b/i.test(body.value)) {
      const text = `its body is ${language}, which is not read: "public" stays in it`;
      reading.note(statement, "function", text);
    }
    return [];
  }
  const code = statement.code.inside(body);
  if (code === undefined) {
    reading.refuse(statement, "has a body in several strings; write it in dollar quotes");
    return [];
  }
  const inside = readCode(code, place, (error) => {
    reading.refuseAt(code.place(error.at), error.message);
  });
  refuseVariables(inside, reading);
  return inside;
}

/** A variable that holds the schema's name would be put into a text that EXECUTE runs. */
function refuseVariables(statements: readonly Statement[], reading: Reading): void {
  if (!statements.some(({ shape }) => EXECUTE.test(shape))) return;
  for (const statement of statements) {
    const found = / (?::=|default|=) 'public'$/.exec(statement.shape);
    if (found === null || statement.tokens.length > MOST_OF_ASSIGNMENT) continue;
    const remedy = "keeps the schema public in a variable, beside EXECUTE; write current_schema()";
    reading.refuse(statement, remedy, statement.tokens.length - 1);
  }
}

function findLanguage(statement: Statement): string | undefined {
  const index = statement.tokens.findIndex((_, at) => statement.word(at) === "language");
  return index < 0 ? undefined : statement.tokens[index + 1]?.value.toLowerCase();
}

function readCode(
  code: Code,
  place: Place,
  fail: (error: TextError) => void,
): readonly Statement[] {
  let tokens: readonly Token[];
  try {
    tokens = code.tokens();
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    fail(error);
    return [];
  }
  return splitBody(tokens).map((part) => new Statement(code, part, place));
}

/** EXECUTE runs a text that may be put together: each quote in it is read as SQL, if it can be. */
function readExecuted(statement: Statement, reading: Reading): readonly Statement[] {
  const from = statement.tokens.findIndex(
    (_, at) =>
      statement.word(at) === "execute" &&
      !/^(?:function|procedure|on)$/.test(statement.word(at + 1) ?? ""),
  );
  if (from < 0) return [];
  const using = statement.tokens.findIndex((_, at) => at > from && statement.word(at) === "using");
  const end = using < 0 ? statement.tokens.length : using;
  return statement.tokens.slice(from, end).flatMap((token, offset) => {
    const index = from + offset;
    const code = statement.code.inside(token);
    if (code === undefined) return [];
    const isPut = /^\W*public\W*$/.test(code.text);
    const parts = isPut ? undefined : readCode(code, statement.place, () => {});
    if (isPut || (parts?.length === 0 && /\bpublic\b/i.test(code.text))) {
      const remedy =
        "puts the schema public into a text; leave it out, the search path finds the name";
      reading.refuse(statement, remedy, index);
    }
    return parts ?? [];
  });
}
