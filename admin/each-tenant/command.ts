// The operator's SQL: one command, which must not end the transaction that limits it. PostgreSQL's extended protocol
// rejects more than one command.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY

import type pg from "pg";

/** The result of a command. */
export interface CommandResult {
  /** Its tag, such as "SELECT" or "UPDATE". */
  readonly command: string;
  readonly columns: readonly Pick<pg.FieldDef, "name" | "dataTypeID">[];
  /** Values as PostgreSQL writes them. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The number of all rows; `rows` may hold only the first of them. */
  readonly rowCount: number;
}

/** Limits for the rows that are kept of a result; the others are only counted. */
export interface Keep {
  readonly rows: number;
  readonly characters: number;
}

const ENDING = new Set(
  "begin start commit end abort rollback savepoint release prepare".split(" "),
);

/** Returns the text from the first command on, without comments and empty commands before it; "" for an empty text. */
export function skipToCommand(text: string): string {
  let rest = text;
  for (;;) {
    const before = rest;
    rest = rest.replace(/^(?:[\s;]+|--[^\r\n]*)/, "");
    if (rest.startsWith("/*")) rest = rest.slice(commentLength(rest));
    if (rest === before) return rest;
  }
}

/** Returns whether a command begins or ends a transaction. */
export function isTransactionControl(text: string): boolean {
  const [word = ""] = /^[a-z]+/i.exec(skipToCommand(text)) ?? [];
  return ENDING.has(word.toLowerCase());
}

/** PostgreSQL's comments nest. */
function commentLength(text: string): number {
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(/\/\*|\*\//g)) {
    depth += mark === "/*" ? 1 : -1;
    if (depth === 0) return index + mark.length;
  }
  return text.length;
}

interface ExtendedQuery extends pg.QueryArrayConfig {
  /** Since pg 8.11; not in its types. */
  readonly queryMode: "extended";
}

/**
 * Sends a command.
 * @throws pg's DatabaseError; 42601 when the text holds more than one command
 */
export async function sendCommand(
  client: pg.Client,
  text: string,
  keep: Keep,
): Promise<CommandResult> {
  const { default: driver } = await import("pg");
  const config: ExtendedQuery = {
    text,
    queryMode: "extended",
    rowMode: "array",
    types: { getTypeParser: () => (value: string) => value },
  };
  return new Promise((resolve, reject) => {
    const rows: (string | null)[][] = [];
    let [rowCount, characters] = [0, 0];
    const query = new driver.Query<(string | null)[]>(config);
    query.on("row", (row) => {
      rowCount += 1;
      characters += row.reduce((sum, value) => sum + (value?.length ?? 0), 0);
      if (rowCount <= keep.rows && characters <= keep.characters) rows.push(row);
    });
    query.on("error", reject);
    query.on("end", ({ command, fields, rowCount: counted }) =>
      resolve({
        command,
        columns: fields,
        rows,
        rowCount: fields.length > 0 ? rowCount : (counted ?? 0),
      }),
    );
    client.query(query);
  });
}
