// How the fixed text of a template is read: where a placeholder may stand, where strings, names and
// comments end, and which statements have a result. What a statement may not do is in
// sql-injection.test.ts.

import { expect } from "chai";
import { type CheckedStatement, compile, TemplateError } from "../../../src/sql/statement.ts";

const statement = (
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
): CheckedStatement => compile(strings, values);
const sql = (strings: TemplateStringsArray, ...values: readonly unknown[]): string =>
  compile(strings, values).text;

type Cases = readonly (readonly [what: string, write: () => string])[];

function refuses(cases: Cases, problem: string): void {
  for (const [what, write] of cases) {
    it(`compile() refuses ${what}`, () => {
      expect(write).to.throw(TemplateError, problem);
    });
  }
}

function accepts(cases: Cases): void {
  for (const [what, write] of cases) {
    it(`compile() accepts ${what}`, () => {
      expect(write()).to.be.a("string");
    });
  }
}

function hasRows(
  expected: boolean,
  cases: readonly (readonly [what: string, write: () => CheckedStatement])[],
): void {
  for (const [what, write] of cases) {
    it(`compile() says that ${what} has ${expected ? "rows" : "none"}`, () => {
      expect(write().hasRows).to.equal(expected);
    });
  }
}

describe("a placeholder inside a construct", () => {
  refuses(
    [
      ["one in '…'", () => sql`select 'a${1}'`],
      ["one behind a doubled quote", () => sql`select 'it''s ${1}'`],
      ["one in E'…'", () => sql`select E'a${1}'`],
      ["one in e'…' behind an escaped quote", () => sql`select e'it\\'s ${1}'`],
      ["one in E'…' behind a doubled quote", () => sql`select E'it''s ${1}'`],
      ["one in E'…' behind an escaped backslash and two quotes", () => sql`select E'\\\\''${1}'`],
      ["one in a string that goes over lines", () => sql`select 'a\n -- b ${1}'`],
      ["one in a quote that the next piece closes", () => sql`select '${1}' || 'a'`],
      ["one in U&'…'", () => sql`select U&'a${1}'`],
      ["one in N'…', B'…' and X'…'", () => sql`select N'', B'', X'${1}'`],
    ],
    "placeholder 1 stands inside a quoted string",
  );
  refuses(
    [
      ['one in "…"', () => sql`select "a${1}"`],
      ['one in "…" behind a doubled quote', () => sql`select "a""${1}"`],
    ],
    "placeholder 1 stands inside a quoted name",
  );
  refuses(
    [
      ["one in $$…$$", () => sql`select $$a${1}$$`],
      ["one in $tag$…$tag$", () => sql`select $tag$a${1}$tag$`],
      ["one in $tag$ behind another tag", () => sql`select $a$ $b$ $$ $A$ ${1} $a$`],
      ["one in a tag with a letter beyond ASCII", () => sql`select $é$ $e$ ${1} $é$`],
      ["one in a dollar quote behind a quoted name", () => sql`select "a"$$ ${1} $$`],
    ],
    "placeholder 1 stands inside a dollar quote",
  );
  refuses(
    [
      ["one in a comment", () => sql`select 1 -- a ${1}`],
      ["one in a comment behind an operator", () => sql`select 1 +-- a ${1}\n 2`],
      ["one in a comment with U+2028, which ends none", () => sql`select 1 -- \u2028 ${1}`],
      ["one in a comment with U+0085 and a form feed", () => sql`select 1 -- \u0085\f\v ${1}`],
      ["one in a block comment", () => sql`select 1 /* a ${1} */`],
      ["one in a nested comment's outer part", () => sql`select 1 /* /* */ ${1} */`],
      ["one in a nested comment's inner part", () => sql`select 1 /* /* ${1} */ */`],
      ["one behind /*/, which is still open", () => sql`select 1 /*/ ${1} */`],
      ["one in a block comment with a quote", () => sql`select 1 /* ' */ /* ${1} ' */`],
    ],
    "placeholder 1 stands inside a comment",
  );

  it("compile() shows which placeholder it is and the place", () => {
    expect(() => sql`select ${1} from member where name like '%${"a"}%'`).to.throw(
      TemplateError,
      `placeholder 2 stands inside a quoted string at "ame like '%"`,
    );
  });

  it("compile() shows the place in a long text in short and on one line", () => {
    const { message } = caught(
      () => sql`select 1 as a_name_that_is_long,

      2 as b, 'text ${3} and more'`,
    );
    expect(message).to.include("'text");
    expect(message).to.not.match(/\n/);
    expect(message).to.not.include("a_name_that_is_long");
  });
});

describe("a construct without a placeholder inside", () => {
  accepts([
    ["'…' with doubled quotes and a comment's signs", () => sql`select '''-- /* ;' || ${1}`],
    ["an empty string", () => sql`select '' || ${1}`],
    ["E'…' that ends behind an escaped quote", () => sql`select E'\\'' || ${1}`],
    ["E'…' with a doubled quote before a backslash", () => sql`select E'it''s\\n' || ${1}`],
    ["E'…' that ends behind an escaped backslash", () => sql`select E'\\\\' || ${1}`],
    ['"…" with a doubled quote', () => sql`select "a""b", "'", "--" from ${1}`],
    ["$$…$$ with quotes", () => sql`select $$ ' " -- /* ; $a$ $$ || ${1}`],
    ["$tag$…$tag$ with other dollar signs", () => sql`select $a$ $ $$ $A$ $ab$ $a$ || ${1}`],
    ["a comment that \\n ends", () => sql`select 1 -- it's\n + ${1}`],
    ["a comment that \\r ends", () => sql`select 1 -- it's\r + ${1}`],
    ["a block comment", () => sql`select 1 /* it's "; $$ -- */ + ${1}`],
    ["nested block comments", () => sql`select 1 /* /* */ /**/ /*/**/*/ ***/ + ${1}`],
    ["a$$b, which is one name", () => sql`select a$$b, ${1} as a$b$`],
    ["é$$b, which is one name", () => sql`select é$$b, ${1} as ünïcödé`],
    ["letters beyond the BMP in a name", () => sql`select 𝒳$$ from a where b = ${1}`],
    ["a letter beyond ASCII in a tag", () => sql`select $é$ $e$ ' $é$ || ${1}`],
    ["numbers of every form", () => sql`select 1, .5, 1., 1.5e-3, 0x1F, 1_000, a[1:2] + ${1}`],
    ["casts, operators and subscripts", () => sql`select (${"{1}"}::int[])[1] - -1 @> !~* ${1}`],
  ]);

  refuses(
    [
      ["a string without an end", () => sql`select 'a`],
      ["E'…' whose last quote is escaped", () => sql`select E'a\\'`],
      ["a name without an end", () => sql`select "a`],
      ["a dollar quote without an end", () => sql`select $a$ $A$`],
      ["a block comment without an end", () => sql`select 1 /* /* */`],
    ],
    "does not end",
  );

  it("compile() refuses a backslash in '…', which a server setting gives a meaning", () => {
    expect(() => sql`select 'a\\b'`).to.throw(TemplateError, "a backslash needs an E'…' string");
    expect(() => sql`select a_e'\\'`).to.throw(TemplateError, "a backslash");
    expect(() => sql`select E'a'\n'b\\c'`).to.throw(TemplateError, "a backslash");
    expect(sql`select "a\\b", $$\\$$, E'\\n'`).to.include("\\");
  });

  it("compile() refuses $1, which stands for nothing", () => {
    expect(() => sql`select $1`).to.throw(TemplateError, '"$" does not begin a dollar quote');
    expect(() => sql`select $1$ a $1$`).to.throw(
      TemplateError,
      '"$" does not begin a dollar quote',
    );
  });

  it("compile() refuses a number that runs into a dollar sign", () => {
    expect(() => sql`select 1e5$$ ' $$`).to.throw(
      TemplateError,
      "a number runs into a dollar sign",
    );
    expect(() => sql`select 1$$ ' $$`).to.throw(TemplateError, "a number");
    expect(() => sql`select .5$a$ ' $a$`).to.throw(TemplateError, "a number");
  });

  it("compile() refuses text with NUL, a lone surrogate or an escape that is none", () => {
    expect(() => sql`select 1 \0`).to.throw(TemplateError, "piece 1 is not valid text");
    expect(() => sql`select ${1} \ud800`).to.throw(TemplateError, "piece 2 is not valid text");
    expect(() => sql`select \u{zz}`).to.throw(TemplateError, "piece 1 is not valid text");
  });
});

describe("a statement's result", () => {
  hasRows(false, [
    ["an insert without returning", () => statement`insert into t values (${1})`],
    ["an update without returning", () => statement`UPDATE t SET a = ${1}`],
    ["a delete without returning", () => statement`delete from t`],
    [
      "a merge without returning",
      () => statement`merge into t using s on true when matched then delete`,
    ],
    ["a delete behind with", () => statement`with a as (select 1) delete from t where b = ${1}`],
    [
      "a delete behind two CTEs",
      () => statement`with a as (values (1)), b (c) as (table t) delete from t`,
    ],
    [
      "a delete behind a CTE called select",
      () => statement`with "select" as (select 1) delete from t`,
    ],
    [
      "an update behind a CTE called insert",
      () => statement`with insert as (select 1) update t set a = 1`,
    ],
    [
      "a delete behind a search clause with a column called values",
      () => statement`with a (n) as (table t) search depth first by n set values delete from t`,
    ],
    [
      "returning in a CTE only",
      () => statement`with a as (delete from t returning b) delete from t`,
    ],
    ["returning in brackets only", () => statement`insert into t select (a returning b) from t`],
    ["returning as a label", () => statement`insert into t select 1 as returning`],
    [
      "returning as a label behind a comment",
      () => statement`insert into t select 1 as /**/ returning`,
    ],
    ["returning as a column", () => statement`update t set a = t.returning`],
    ["returning in quotes", () => statement`update t set a = "returning" || 'returning'`],
    ["returning in a comment", () => statement`delete from t -- returning a`],
  ]);
  hasRows(true, [
    [
      "insert … returning",
      () => statement`insert into t values (${1}) on conflict do nothing returning a`,
    ],
    ["update … returning", () => statement`update member set role = ${"a"} returning id`],
    ["DELETE … RETURNING", () => statement`DELETE FROM t RETURNING *`],
    [
      "delete behind with … returning",
      () => statement`with a as (select 1) delete from t returning b`,
    ],
    ["a delete in a CTE of a select", () => statement`with a as (delete from t) select 1`],
    [
      "a CTE called delete",
      () => statement`with recursive delete as (select 1), update as (select 2) table delete`,
    ],
    ["select … for update", () => statement`select a from t where b = ${1} for update`],
    ["columns called delete and update", () => statement`select t.delete, 1 as update from t`],
  ]);
});

function caught(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}
