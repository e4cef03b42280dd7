// Where the commands of a text end. PostgreSQL's own grammar is the judge.

import { expect } from "chai";
import { loadModule, parseSync } from "libpg-query";
import { splitCommands } from "../../../admin/migrations/text/split.ts";
import { readTokens, TextError } from "../../../admin/migrations/text/token.ts";
import { createRandom } from "../../support/random.ts";
import { createWriter } from "../../support/sql/sql-writer.ts";

const split = (text: string): readonly string[] =>
  splitCommands(readTokens(text)).map((tokens) =>
    text.slice(tokens[0].start, tokens.at(-1)?.end ?? 0),
  );

/** The commands as PostgreSQL's grammar finds them, without the comments around them. */
function judge(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return (parseSync(text).stmts ?? []).map(({ stmt_location: from = 0, stmt_len: length }) => {
    const end = length === undefined ? bytes.length : from + length;
    return trim(bytes.subarray(from, end).toString());
  });
}

function trim(text: string): string {
  const tokens = readTokens(text);
  const ends = tokens.filter(({ value, kind }) => kind !== "sign" || value !== ";");
  return text.slice(ends[0]?.start, ends.at(-1)?.end);
}

const TEXTS: readonly (readonly [what: string, text: string])[] = [
  [
    "a semicolon in every kind of quote",
    `select ';', E'\\';', "a;b" from x; select $$;$$, $a$;$$;$a$`,
  ],
  ["a string that goes on in the next line", "select E'a' \n  'b\\';'; select 'a'\n';'"],
  ["comments with semicolons, nested ones too", "select 1 /* ; /* ; */ ; */; -- ;\nselect 2 --;"],
  ["a comment in an operator", "select 1 +-- ;\n 2; select 3 */* ; */ 4; select @-- ;\n 1"],
  ["empty commands", ";; select 1;;; ; select 2; -- end\n;"],
  [
    "a rule with several commands",
    "create rule r as on insert to t do also (insert into a values (1); delete from b); select 1",
  ],
  [
    "a body in begin atomic",
    "create function f(a int) returns int language sql begin atomic select 1; select case when a > 1 then 2 else 3 end; end; select 2",
  ],
  [
    "begin atomic with nested cases",
    "create or replace procedure p() begin atomic insert into t values (case when true then case 1 when 1 then 2 end end); end; select 1",
  ],
  [
    "begin atomic with a label called end",
    `create function f() returns int begin atomic select 1 as end; select t."end", t.end from t; end; select 3`,
  ],
  [
    "columns called begin and atomic",
    "create table begin (atomic int); select begin from begin; select 1",
  ],
  ["a transaction", "begin; select 1; commit; begin work; end"],
  ["a DO block", "do $do$ begin perform 1; execute $x$ select 1; $x$; end $do$; select 1"],
  ["names with dollar signs", "select a$$b from t; select x$y$ from t; select 1"],
  [
    "parameters and numbers",
    "select $1; select 1.5e-3, .5, 1., 0x1F, 1_000; select a[1:2], a[:n] from t",
  ],
  ["letters beyond ASCII", `select 'ü;'; select "ß;" from ünï; select $é$;$é$, '😀;'; select 1`],
  ["casts and named arguments", "select a::int, f(x := 1, y => 2); select '1'::text"],
  ["line ends of Windows", "select 1;\r\n-- a;\r\nselect 2\r\n;\r\nselect 'a\r\n;'"],
];

describe("the splitter of a migration", () => {
  before(loadModule);

  for (const [what, text] of TEXTS) {
    it(`splitCommands() ends commands where PostgreSQL does: ${what}`, () => {
      const expected = judge(text);
      expect(expected.length).to.be.greaterThan(0);
      expect(split(text)).to.deep.equal(expected);
    });
  }

  it("splitCommands() agrees with PostgreSQL on generated texts", () => {
    const write = createWriter(createRandom(20261125));
    let commands = 0;
    for (let round = 0; round < 3000; round += 1) {
      const text = write();
      const expected = judge(text);
      commands += expected.length;
      expect(split(text), text).to.deep.equal(expected);
    }
    expect(commands).to.be.greaterThan(6000);
  });

  it("splitCommands() loses and doubles no character, whatever the text", () => {
    const random = createRandom(13);
    const scraps = [
      "'",
      '"',
      "$$",
      "$a$",
      ";",
      "(",
      ")",
      "--",
      "/*",
      "*/",
      "\n",
      " ",
      "e'",
      "\\",
      "begin atomic ",
      "create function ",
      "case ",
      "end ",
      "a",
      "1",
      ".",
      "::",
      "é",
      "😀",
    ];
    let read = 0;
    for (let round = 0; round < 5000; round += 1) {
      const text = Array.from(
        { length: 1 + Math.floor(random() * 12) },
        () => scraps[Math.floor(random() * scraps.length)],
      ).join("");
      let tokens;
      try {
        tokens = readTokens(text);
      } catch (error) {
        expect(error, text).to.be.instanceOf(TextError);
        continue;
      }
      read += 1;
      let at = 0;
      for (const command of splitCommands(tokens)) {
        expect(command[0].start, text).to.be.at.least(at);
        expectTrivia(text.slice(at, command[0].start), text);
        at = command.at(-1)?.end ?? 0;
      }
      expectTrivia(text.slice(at), text);
    }
    expect(read).to.be.greaterThan(1000);
  });
});

/** White space, comments and semicolons. */
function expectTrivia(between: string, text: string): void {
  const left = readTokens(between).filter(({ value }) => value !== ";");
  expect(left, text).to.deep.equal([]);
}
