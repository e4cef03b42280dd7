// Messages full of hostile values through a real server: every value comes back as it was, and there are
// exactly as many statements as were written, on the wire and in the results.

import { sendText } from "../support/send-text.ts";
import { inspect, isDeepStrictEqual } from "node:util";
import { parseHost } from "../../src/host.ts";
import { compile } from "../../src/sql/statement.ts";
import { createTenant } from "../../src/tenant.ts";
import { createDice } from "./dice.ts";
import { HOST, type SqlStage } from "./sql-stage.ts";
import { createSamples, type Encoding, type Sample } from "./sql-values.ts";

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
 * Sends `values` values. With standard_conforming_strings on as a tenant; off, where no tenant can be
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
        Array.from({ length: 1 + dice.below(VALUES_PER_STATEMENT) }, next),
      );
      stage.tap.clear();
      const given = written.map((samples) => samples.map(({ value }) => value));
      const results =
        conforming === "on"
          ? await tenant
              .batch(given.map((given, at) => tenant(template(written[at] ?? []), ...given)))
              .catch((error: unknown) =>
                fail(
                  `${String(error)}: ${inspect(given, { depth: 5, maxArrayLength: 8, maxStringLength: 60 })}`,
                ),
              )
          : await sendText(
              database,
              given.map((given, at) => compile(template(written[at] ?? []), given).text).join(";"),
            ).catch((error: unknown) =>
              fail(
                `${String(error)}: ${inspect(given, { depth: 5, maxArrayLength: 8, maxStringLength: 60 })}`,
              ),
            );
      const statements = written.length + (conforming === "on" ? ENTRY_STATEMENTS : 0);
      const [asked, done] = [stage.tap.count("Q"), stage.tap.count("C", "server")];
      if (asked !== 1 || done !== statements || results.length !== written.length) {
        fail(`${statements} statements in 1 message became ${done} in ${asked}`);
      }
      written.forEach((samples, at) => compare(samples, results[at]?.[0] ?? {}, fail));
      sent.messages += 1;
      sent.statements += written.length;
      sent.values += given.flat().length;
    }
  });
  if ((await stage.fingerprint()) !== before) fail("something outside the values has changed");
  return sent;
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
