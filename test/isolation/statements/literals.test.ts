// Hostile values through a real server and back. Each message has a hundred of them; a failing run
// prints its seed and the smallest values that fail.

import { sendText } from "../../support/sql/send-text.ts";
import { expect } from "chai";
import fc from "fast-check";
import pg from "pg";
import { type Database } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { compile, json } from "../../../src/sql/statement.ts";
import { useDatabase } from "../../support/database/database.ts";

const VALUES_PER_MESSAGE = 100;
const MESSAGES = 80;

/** `select ${…}, ${…}, …`: each value with `prefix` and `suffix` around it. */
function selectText(values: readonly unknown[], suffix: string, prefix = ""): string {
  const between = values.slice(1).map(() => `${suffix}, ${prefix}`);
  const pieces = [`select ${prefix}`, ...between, suffix];
  return compile(Object.freeze(Object.assign(pieces, { raw: Object.freeze([...pieces]) })), values)
    .text;
}

const letter = fc
  .integer({ min: 1, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));
const sign = fc.constantFrom(
  ..."' '' \\ \\' \" \"\" ; -- --\n /* */ $$ $a$ $1 ${1} ( ) ) { } , NULL null E' U&' N' \\x27 \\047".split(
    " ",
  ),
  ..."' || (select current_user) || '|'; drop table canary; --|\\'; drop table canary; --".split(
    "|",
  ),
  ..."'); drop table canary; --|$$; drop table canary; --|*/ drop table canary; /*".split("|"),
  ..."\n|\r|\r\n|\t|\v|\f| |\b|\u007f|\u0085|\u00a0|\u2028|\u2029|\ufeff|\ufffe|\uffff".split("|"),
  ..."é|e\u0301|\u0301|\u200d|\u202e|🏠|👩‍👩‍👧|𝒳|＇|ʼ|‘|ß|İ|上|¿\u00bf|\u00c0\u0027".split("|"),
);
const hostile = fc
  .tuple(fc.array(fc.oneof(sign, sign, letter), { maxLength: 12 }), fc.constantFrom("", "'", "\\"))
  .map(([parts, end]) => parts.join("") + end);

const int8 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const number = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.constantFrom(-0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 2 ** 53, 1e21, -1e-7),
);
const date = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});
const bytes = fc.uint8Array({ maxLength: 40 });
const jsonValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    hostile,
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(hostile, tie("value"), { maxKeys: 4 }),
  ),
})).value;

/** Arrays of one or two dimensions, rectangular, with null items. */
function arraysOf<T>(item: fc.Arbitrary<T>): fc.Arbitrary<unknown[]> {
  const some = fc.option(item, { freq: 6 });
  const rows = fc.integer({ min: 1, max: 4 }).chain((length) =>
    fc.array(fc.array(some, { minLength: length, maxLength: length }), {
      minLength: 1,
      maxLength: 3,
    }),
  );
  return fc.oneof(fc.array(some, { maxLength: 6 }), rows);
}

interface Kind<T = never> {
  readonly values: fc.Arbitrary<T>;
  readonly prefix?: string;
  readonly suffix: string;
  /** What the value is sent as, when it is not sent as itself. */
  readonly send?: (value: T) => unknown;
  /** What the server must give back, in the form in which `pg` reads it. */
  readonly expected?: (value: T) => unknown;
}

const kind = <T>(kind: Kind<T>): Kind => kind as unknown as Kind;
const normalJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
const deep = (value: unknown, map: (item: unknown) => unknown): unknown =>
  Array.isArray(value) ? value.map((item) => deep(item, map)) : value === null ? null : map(value);

const KINDS: Readonly<Record<string, Kind>> = {
  strings: kind({ values: hostile, suffix: "::text" }),
  numbers: kind({ values: number, suffix: "::float8" }),
  "safe integers": kind({ values: fc.maxSafeInteger(), suffix: "::int8", expected: String }),
  bigints: kind({ values: int8, suffix: "::int8", expected: String }),
  "numbers behind a minus": kind({
    values: fc.integer({ min: 1 - 2 ** 31 }),
    prefix: "0-",
    suffix: "",
    expected: (value) => 0 - value,
  }),
  dates: kind({
    values: date,
    prefix: "(1000 * extract(epoch from ",
    suffix: "::timestamptz))::float8",
    expected: (value) => value.getTime(),
  }),
  booleans: kind({ values: fc.option(fc.boolean()), suffix: "::boolean" }),
  bytes: kind({ values: bytes, suffix: "::bytea", expected: (value) => Buffer.from(value) }),
  "JSON values": kind({ values: jsonValue, send: json, suffix: "::jsonb", expected: normalJson }),
  "arrays of strings": kind({ values: arraysOf(hostile), suffix: "::text[]" }),
  "arrays of numbers": kind({ values: arraysOf(number), suffix: "::float8[]" }),
  "arrays of bigints": kind({
    values: arraysOf(int8),
    suffix: "::int8[]",
    expected: (value) => deep(value, String),
  }),
  "arrays of booleans": kind({ values: arraysOf(fc.boolean()), suffix: "::boolean[]" }),
  "arrays of bytes": kind({
    values: arraysOf(bytes),
    suffix: "::bytea[]",
    expected: (value) => deep(value, (item) => Buffer.from(item as Uint8Array)),
  }),
  "arrays of dates": kind({
    values: fc.array(date, { maxLength: 6 }),
    prefix: "array(select (1000 * extract(epoch from d))::float8 from unnest(",
    suffix: "::timestamptz[]) with ordinality as u (d, n) order by n)",
    expected: (value) => value.map((item) => item.getTime()),
  }),
  "arrays of JSON values": kind({
    values: fc.array(jsonValue, { maxLength: 4 }),
    send: (value) => value.map(json),
    prefix: "to_jsonb(",
    suffix: "::jsonb[])",
    expected: normalJson,
  }),
};

describe("values through a real server", () => {
  const database = useDatabase();
  let client: pg.Client;
  let service: Database;

  before(async () => {
    await database.sql("create table canary ()");
    client = new pg.Client(database.adminUrl);
    await client.connect();
    service = openDatabase({ url: database.adminUrl });
  });

  after(async () => {
    await client.end();
    await service.close(1);
  });

  afterEach(async () => {
    await client.query("select from canary");
  });

  /** Sends one simple message and gives the results, one array of rows for each statement. */
  async function send(text: string): Promise<readonly unknown[][][]> {
    const results = (await client.query({ text, rowMode: "array" })) as unknown;
    return [results].flat().map((result) => (result as pg.QueryArrayResult<unknown[]>).rows);
  }

  const messages = <T>(values: fc.Arbitrary<T>) =>
    fc.array(values, { minLength: 1, maxLength: VALUES_PER_MESSAGE, size: "max" });

  for (const setting of ["on", "off"]) {
    describe(`with standard_conforming_strings ${setting}`, () => {
      before(() => client.query(`set standard_conforming_strings = ${setting}`));

      for (const [name, { values, prefix, suffix, send: wrap, expected }] of Object.entries(
        KINDS,
      )) {
        it(`compile() writes ${name} that the server gives back unchanged`, () =>
          fc.assert(
            fc.asyncProperty(messages(values), async (given) => {
              const results = await send(
                selectText(wrap ? given.map(wrap) : given, suffix, prefix),
              );
              expect(results).to.have.length(1);
              expect(results[0]).to.deep.equal([expected ? given.map(expected) : given]);
            }),
            { numRuns: MESSAGES },
          ));
      }

      it("compile() writes values that end no statement: as many results as statements", () =>
        fc.assert(
          fc.asyncProperty(
            messages(hostile),
            messages(arraysOf(hostile)),
            async (texts, arrays) => {
              const statements = [
                selectText(texts, ""),
                selectText(arrays, "::text[]"),
                selectText(texts.map(json), "::json"),
                selectText([texts], "::text[] -- the end"),
              ];
              expect(await send(statements.join(";"))).to.have.length(4);
            },
          ),
          { numRuns: MESSAGES },
        ));
    });
  }

  it("database.send() gives back every text and array that compile() wrote", () =>
    fc.assert(
      fc.asyncProperty(messages(hostile), messages(arraysOf(hostile)), async (texts, arrays) => {
        const statements = [texts, ...arrays].map((value) =>
          selectText([value], "::text[] as value"),
        );
        const [first, ...others] = await sendText(service, statements.join(";"));
        expect(first).to.deep.equal([{ value: texts }]);
        expect(others).to.deep.equal(arrays.map((value) => [{ value }]));
      }),
      { numRuns: MESSAGES },
    ));
});
