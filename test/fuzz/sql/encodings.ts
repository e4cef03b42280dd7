// What somebody else left on a pooled connection: a client encoding in which a byte of a value may be half
// a letter with the quote behind it, or strings in which a backslash escapes. No tenant may be entered then.

import { messageText } from "../../../src/database/message.ts";
import { type Row, withCount } from "../../../src/database/values/rows.ts";
import { inspect } from "node:util";
import pg from "pg";
import type { Database } from "../../../src/database/database.ts";
import { parseHost } from "../../../src/host.ts";
import { createTenant } from "../../../src/tenant.ts";
import { createDice } from "../dice.ts";
import { template } from "./messages.ts";
import { HOST, type SqlStage } from "./stage.ts";
import { createSamples, ENCODINGS } from "./values.ts";

/** Client encodings; the first five exist for clients only. */
export const CLIENT_ENCODINGS: readonly string[] =
  "SJIS BIG5 GBK UHC GB18030 SHIFT_JIS_2004 JOHAB EUC_JP EUC_CN EUC_KR EUC_TW LATIN1 WIN1252 WIN1251 KOI8R SQL_ASCII".split(
    " ",
  );

// From enter_tenant; and, of the whole message before any of it runs: character_not_in_repertoire,
// invalid_escape_sequence, untranslatable_character, nonstandard_use_of_escape_character, syntax_error,
// name_too_long.
const REFUSALS = new Set(["RH500", "22021", "22025", "22P05", "22P06", "42601", "42622"]);

/**
 * Sends messages as a tenant's over connections that were left in each of the states.
 * @returns how many messages were refused, by SQLSTATE
 * @throws {Error} for the first that was not, with the seed
 */
export async function fuzzEncodings(
  stage: SqlStage,
  seed: number,
  messages: number,
): Promise<Readonly<Record<string, number>>> {
  const dice = createDice(seed);
  const [utf8 = { name: "", letters: [] }] = ENCODINGS;
  const next = createSamples(dice, utf8);
  const before = await stage.fingerprint();
  const refused: Record<string, number> = {};
  for (const left of [
    ...CLIENT_ENCODINGS.map((name) => `set client_encoding to '${name}'`),
    "set standard_conforming_strings to off",
  ]) {
    const client = new pg.Client(stage.serviceUrl);
    await client.connect();
    try {
      await client.query(left);
      const tenant = createTenant(sendingTo(client), parseHost(HOST));
      for (let count = 0; count < messages; count += 1) {
        const samples = Array.from({ length: 1 + dice.below(6) }, next);
        const query = tenant(template(samples), ...samples.map(({ value }) => value));
        const code = await query.then(
          () => "nothing",
          (error: unknown) => String(Reflect.get(Object(error), "code")),
        );
        if (!REFUSALS.has(code)) {
          const values = inspect(samples.map(({ value }) => value));
          throw new Error(`Found with --seed ${seed}: after ${left}, ${code} refused ${values}`);
        }
        refused[code] = (refused[code] ?? 0) + 1;
      }
    } finally {
      await client.end();
    }
  }
  if ((await stage.fingerprint()) !== before) {
    throw new Error(`Found with --seed ${seed}: a refused message has changed something`);
  }
  return refused;
}

/** A database of one connection that stays as it was left. */
function sendingTo(client: pg.Client): Database {
  const refuse = (): Promise<never> => Promise.reject(new Error("Only messages are sent here"));
  return {
    async send(message) {
      const results = [(await client.query(messageText(message))) as unknown].flat();
      const rows = results.map((result) => (result as pg.QueryResult<Row>).rows);
      return { entered: rows[1]?.[0], results: rows.slice(2).map((own) => withCount(own, {})) };
    },
    transaction: refuse,
    close: refuse,
  };
}
