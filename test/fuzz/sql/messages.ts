// Messages full of hostile values through a real server: every value comes back as it was, and there are
// exactly as many statements as were written, on the wire and in the results.

import { sendText } from "../../support/sql/send-text.ts";
import { inspect, isDeepStrictEqual } from "node:util";
import { parseHost } from "../../../src/host.ts";
import type { Query } from "../../../src/query.ts";
import { compile, compileText } from "../../../src/sql/statement.ts";
import { createTenant, type Tenant } from "../../../src/tenant.ts";
import { createDice, type Dice } from "../dice.ts";
import { HOST, type SqlStage } from "./stage.ts";
import { createSamples, type Encoding, type Sample } from "./values.ts";

const VALUES_PER_STATEMENT = 150;
const MAX_STATEMENTS = 4;
const ENTRY_STATEMENTS = 2;

/** What {@link fuzzMessages} did. */
export interface MessageFigures {
  readonly values: number;
  readonly messages: number;
  readonly statements: number;
}

/**
 * Sends `values` values, in about half of the statements as parameters. With standard_conforming_strings on as a tenant; off, where no tenant can be
 * entered, as plain messages.
 * @throws {Error} for the first finding, with the seed
 */
export async function fuzzMessages(
  stage: SqlStage,
  encoding: Encoding,
  conforming: "on" | "off",
  seed: number,
  values: number,
): Promise<MessageFigures> {
  const dice = createDice(seed);
  const next = createSamples(dice, encoding);
  const before = await stage.fingerprint();
  const sent = { values: 0, messages: 0, statements: 0 };
  const fail = (what: string): never => {
    const where = `encoding ${encoding.name}, standard_conforming_strings ${conforming}`;
    throw new Error(`Found with --seed ${seed}, ${where}: ${what}`);
  };
  await stage.withService(conforming, async (database) => {
    const tenant = createTenant(database, parseHost(HOST));
    while (sent.values < values) {
      const written = Array.from({ length: 1 + dice.below(MAX_STATEMENTS) }, () =>
        write(dice, next),
      );
      stage.tap.clear();
      const sending =
        conforming === "on"
          ? tenant.batch(written.map((one) => queryOf(tenant, one)))
          : sendText(database, written.map(textOf).join(";"));
      const results = await sending.catch((error: unknown) => {
        const given = written.map(({ values }) => values);
        const options = { depth: 5, maxArrayLength: 8, maxStringLength: 60 };
        return fail(`${String(error)}: ${inspect(given, options)}`);
      });
      const statements = written.length + (conforming === "on" ? ENTRY_STATEMENTS : 0);
      const [asked, done] = [stage.tap.count("Q"), stage.tap.count("C", "server")];
      if (asked !== 1 || done !== statements || results.length !== written.length) {
        fail(`${statements} statements in 1 message became ${done} in ${asked}`);
      }
      written.forEach(({ samples }, at) => compare(samples, results[at]?.[0] ?? {}, fail));
      sent.messages += 1;
      sent.statements += written.length;
      sent.values += written.flatMap(({ values }) => values).length;
    }
  });
  if ((await stage.fingerprint()) !== before) fail("something outside the values has changed");
  return sent;
}

/** One statement: a template, or a text with parameters. */
interface Written {
  readonly samples: readonly Sample[];
  readonly values: readonly unknown[];
  readonly strings: TemplateStringsArray;
  /** The same with $1, $2, …; undefined for a template. */
  readonly text: string | undefined;
}

function write(dice: Dice, next: () => Sample): Written {
  const made = Array.from({ length: 1 + dice.below(VALUES_PER_STATEMENT) }, next);
  const isQuery = dice.below(2) === 0;
  // A name cannot be a parameter.
  const samples = isQuery ? made.filter(({ column }) => column === undefined) : made;
  const strings = template(samples);
  const text = strings.reduce((before, piece, at) => `${before}$${at}${piece}`);
  const values = samples.map(({ value }) => value);
  return { samples, values, strings, text: isQuery ? text : undefined };
}

function queryOf(tenant: Tenant, { text, strings, values }: Written): Query {
  return text === undefined ? tenant(strings, ...values) : tenant.query(text, values);
}

function textOf({ text, strings, values }: Written): string {
  return (text === undefined ? compile(strings, values) : compileText(text, values)).text;
}

function compare(
  samples: readonly Sample[],
  row: Readonly<Record<string, unknown>>,
  fail: (what: string) => never,
): void {
  samples.forEach(({ expected, column }, at) => {
    const found = row[column ?? `v${at}`];
    if (!isDeepStrictEqual(found, expected)) {
      fail(`${inspect(expected)} came back as ${inspect(found)}`);
    }
  });
}

/** `select …, …` around the samples' values, as a tag gets it. */
export function template(samples: readonly Sample[]): TemplateStringsArray {
  const ends = samples.map(({ after, column }, at) =>
    column === undefined ? `${after} as v${at}` : after,
  );
  const pieces = ["select ", ...ends].map((end, at) => {
    const sample = samples[at];
    return sample === undefined ? end : `${end}${at === 0 ? "" : ", "}${sample.before}`;
  });
  return Object.freeze(Object.assign(pieces, { raw: Object.freeze([...pieces]) }));
}
