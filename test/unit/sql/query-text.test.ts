// SQL with $1, $2, …: where a parameter is one, what is refused, and that a value never becomes more than a constant.
// PostgreSQL's own parser is the judge: the statement's tree is the tree of the statement with bound parameters, with
// constants in their places.

import { expect } from "chai";
import fc from "fast-check";
import { loadModule } from "libpg-query";
import { compileText, json, TemplateError } from "../../../src/sql/statement.ts";
import { constantOf, judgeQuery } from "../../support/sql/bound-tree.ts";
import { anyLetter } from "../../support/sql/any-letter.ts";

const HOSTILE = [
  "",
  "'",
  "''",
  "\\",
  "\\'",
  "'; drop table a; --",
  "$1",
  "$2) or (1=1",
  "$$",
  "*/",
  "/*",
  "--",
  "\n",
  "E'",
  "a\u2028b",
  "\u{1f600}",
  ") union select 1 --",
];
const hostile = fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: anyLetter })), {
  maxLength: 4,
});
const text = hostile.map((parts) => parts.join("").replaceAll("\0", "").toWellFormed());
const value = fc.oneof(
  text,
  fc.constant(null),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: false }),
  fc.uint8Array({ maxLength: 4 }),
);

/** What stands between a statement's words: some of it holds a $1 that is text. */
const GAPS = [" ", "\n", "\t", " /* $1 ' */ ", ' /* /* $9 */ " */ ', " -- $1 ' $$\n", " -- ;\r"];
/** Expressions, some of them without a parameter. */
const EXPRESSIONS = [
  ..."$1 $2 $3 ($1) $1::int -$1 - $1 $1||$2 '$1' 'it''s $1' E'\\'$1' a$1 a.b$1 \"$1\" \"a\"\"$1\" $$$1$$ $a$ $1 $$ $a$".split(
    " ",
  ),
  "$1 is null",
  "$1 in ($2,$3)",
  "a=any($1)",
  "case when $1 then $2 else $3 end",
  "array[$1,$2]",
  "($1::int[])[$2]",
  "f($1,b=>$2)",
  "$1 between $2 and $3",
  "a->>$1",
  "a @> $1",
  "interval '1 day'*$1",
  "cast($1 as text)",
  "extract(epoch from $1::timestamptz)",
  "(select $1)",
  "row($1,$2)",
  "not $1",
  "count(*) filter (where $1)",
  "$1 like $2 escape $3",
];
const FRAMES: readonly ((a: string, b: string, gap: string) => string)[] = [
  (a, b, gap) => `select${gap}${a},${gap}${b}`,
  (a, b, gap) => `select 1 from t where${gap}${a}${gap}and ${b}`,
  (a, b, gap) => `select 1 from t order by a limit ${a}${gap}offset ${b}`,
  (a, b, gap) => `insert into t values${gap}(${a},${b})`,
  (a, b, gap) =>
    `insert into t (a) select${gap}${a} on conflict (a) do update set a=${b} returning ${a}`,
  (a, b, gap) => `update t set a=${a},${gap}b=${b} where c`,
  (a, b, gap) => `delete from t where a=${a} or${gap}${b}`,
  (a, b, gap) => `with x as (select ${a}${gap}) select * from x where y = ${b}`,
  (a, b, gap) => `merge into t using s on t.a=${a} when matched then update set b=${b}${gap}`,
  (a, b, gap) => `values (${a}),${gap}(${b})`,
];
const framed = fc
  .tuple(
    fc.constantFrom(...FRAMES),
    fc.constantFrom(...EXPRESSIONS),
    fc.constantFrom(...EXPRESSIONS),
    fc.constantFrom(...GAPS),
  )
  .map(([frame, a, b, gap]) => frame(a, b, gap));
const SOUP =
  "select,insert into t,update t set,a,b=,(,),',\",$$,$a$,$1,$2,$3,$1::int,--,/*,*/,\n, , ,E',\\,;,1,1.5,::,||,-,+,@,',',N,U&,e,returning a,from t,where,as,uescape,interval,date".split(
    ",",
  );
const soup = fc
  .array(fc.constantFrom(...SOUP), { minLength: 1, maxLength: 12 })
  .map((tokens) => `select ${tokens.join("")}`);

describe("compileText()", () => {
  before(() => loadModule());

  it("compileText() gives the tree of the bound statement, with constants for parameters", () => {
    let judged = 0;
    fc.assert(
      fc.property(framed, fc.tuple(value, value, value), (sql, values) => {
        for (let count = 0; count <= 3; count += 1) {
          if (judgeQuery(sql, values.slice(0, count)) === "equal") judged += 1;
        }
      }),
      { numRuns: 400 },
    );
    expect(judged).to.be.greaterThan(150);
  });

  it("compileText() gives one statement for whatever it accepts", () => {
    fc.assert(
      fc.property(soup, fc.tuple(text, text, text), (sql, values) => {
        for (let count = 0; count <= 3; count += 1) judgeQuery(sql, values.slice(0, count));
      }),
      { numRuns: 2000 },
    );
  });

  it("compileText() reads a literal back as the value's text", () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(constantOf(given)).to.deep.equal({
          A_Const: { sval: { sval: given } },
        });
      }),
      { numRuns: 500 },
    );
  });

  it("compileText() writes every value but null as a quoted literal without a type", () => {
    const write = (given: unknown): string => compileText("select $1", [given]).text;
    const cases: readonly (readonly [unknown, string])[] = [
      [42, "'42'"],
      [-0, "'-0'"],
      [NaN, "'NaN'"],
      [2n ** 70n, "'1180591620717411303424'"],
      [true, "'true'"],
      [null, "null"],
      ["a\\b", "E'a\\\\b'"],
      [new Date(0), "'1970-01-01T00:00:00.000Z'"],
      [new Uint8Array([0, 255]), "E'\\\\x00ff'"],
      [{ a: "it's" }, `'{"a":"it''s"}'`],
      [json([1]), "'[1]'"],
      [[1, "a", null, [2n]], `'{1,"a",NULL,{"2"}}'`],
      [[{ a: 1 }], `E'{"{\\\\"a\\\\":1}"}'`],
    ];
    for (const [given, sql] of cases) expect(write(given)).to.equal(`select (${sql})\n`);
  });

  it("compileText() puts a value wherever its number stands, and writes it once", () => {
    let written = 0;
    const given = { toJSON: () => (written += 1) };
    expect(compileText("select $2, $1, $2 -- $3", ["a", given]).text).to.equal(
      "select ('1'), ('a'), ('1') -- $3\n",
    );
  });

  it("compileText() leaves out one semicolon at the end", () => {
    expect(compileText("select 1;\n ", []).text).to.equal("select 1\n");
    expect(() => compileText("select 1;;", [])).to.throw(TemplateError, "second statement");
    expect(() => compileText("select 1; select 2;", [])).to.throw(
      TemplateError,
      "second statement",
    );
  });

  it("compileText() says whether the statement has rows, also for a text that it knows", () => {
    for (let time = 0; time < 2; time += 1) {
      expect(compileText("delete from t where a = $1", [1]).hasRows).to.equal(false);
      expect(compileText("delete from t where a = $1 returning a", [1]).hasRows).to.equal(true);
    }
  });

  const REFUSED: readonly (readonly [sql: string, values: readonly unknown[], problem: string])[] =
    [
      ["select $1", [], "it has 0 values for 1 parameters"],
      ["select $1", [1, 2], "it has 2 values for 1 parameters"],
      ["select 1", [1], "it has 1 values for 0 parameters"],
      ["select $2", [1, 2], '"$1" is missing, and "$2" is there'],
      ["select $1, $3", [1, 2, 3], '"$2" is missing, and "$3" is there'],
      ["select $0", [1], '"$0" is not a parameter'],
      ["select $01", [1], '"$01" is not a parameter'],
      ["select $1a", [1], '"$1a" is not a parameter'],
      ["select $1_0", [1], '"$1_0" is not a parameter'],
      ["select $1$2", [1, 2], '"$1$2" is not a parameter'],
      ["select $1$$a$$", [1], '"$1$$a$$" is not a parameter'],
      ["select $1é", [1], '"$1é" is not a parameter'],
      ["select $9999999999", [1], '"$9999999999" is not a parameter'],
      ["select 1$1", [1], "a number runs into a dollar sign"],
      ["select $", [], '"$" does not begin'],
      ["select 'a\\b'", [], "a backslash needs an E'…' string"],
      ["select '$1", [1], "a quoted string does not end"],
      ["$1", ["select 1"], "must begin with"],
      ["select set_config $1", ["a"], '"set_config(…)" is not accepted'],
      ["select 1 into a", [], "would create a table"],
      ["create table a ()", [], "must begin with"],
      ["explain select 1", [], "must begin with"],
      ["select \0", [], "it is not valid text"],
    ];
  for (const [sql, values, problem] of REFUSED) {
    it(`compileText() refuses ${JSON.stringify(sql)} with ${values.length} values`, () => {
      expect(() => compileText(sql, values)).to.throw(TemplateError, problem);
    });
  }

  it("compileText() refuses what has no certain form, and names its parameter", () => {
    class Point {
      readonly x = 1;
    }
    for (const given of [
      undefined,
      Symbol("a"),
      () => 1,
      new Point(),
      { toPostgres: () => "a" },
      [undefined],
    ]) {
      expect(() => compileText("select $1, $2", [1, given])).to.throw(
        TypeError,
        "Cannot write parameter $2",
      );
    }
    expect(() => compileText(["select 1"] as unknown as string, [])).to.throw(
      TemplateError,
      "must be a string",
    );
  });
});
