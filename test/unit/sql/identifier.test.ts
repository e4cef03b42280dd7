// The one way to put a name into a statement: it stays one name, whatever is in it.

import { expect } from "chai";
import fc from "fast-check";
import { compile, identifier, TemplateError } from "../../../src/sql/statement.ts";
import { anyLetter } from "../../support/sql/any-letter.ts";

const sql = (strings: TemplateStringsArray, ...values: readonly unknown[]): string =>
  compile(strings, values).text;

// Lone surrogates and NUL included.

describe("identifier()", () => {
  for (const [what, name, text] of [
    ["a name", "member", ` "member" `],
    ["upper case as it is", "Member", ` "Member" `],
    ["a keyword as a name", "select", ` "select" `],
    ["a quote doubled", 'a"b', ` "a""b" `],
    ["a quote at each end doubled", '"a"', ` """a""" `],
    ["a dot as a part of the name", "a.b", ` "a.b" `],
    ["signs of other constructs as they are", "a'; -- /* $$ \\ \n", ` "a'; -- /* $$ \\ \n" `],
    ["a name of one byte", "a", ` "a" `],
    ["a name of 63 bytes", "a".repeat(63), ` "${"a".repeat(63)}" `],
    [
      "a name of 63 bytes that a longer letter ends",
      `${"a".repeat(61)}é`,
      ` "${"a".repeat(61)}é" `,
    ],
    ["a name of 21 letters of three bytes", "あ".repeat(21), ` "${"あ".repeat(21)}" `],
    ["63 quotes, whose doubling does not count", '"'.repeat(63), ` "${'"'.repeat(126)}" `],
    ["U+2028 and a letter beyond the BMP", "\u2028𝒳", ` "\u2028𝒳" `],
  ] as const) {
    it(`identifier() writes ${what}`, () => {
      expect(identifier(name).sql).to.equal(text.slice(1, -1));
    });
  }

  for (const [what, name] of [
    ["an empty name", ""],
    ["a name of 64 bytes, which PostgreSQL would cut", "a".repeat(64)],
    ["63 letters of 64 bytes", `${"a".repeat(62)}é`],
    ["22 letters of 66 bytes", "あ".repeat(22)],
    ["NUL", "a\0b"],
    ["a lone surrogate", "a\ud800"],
    ["pg_settings", "pg_settings"],
    ["PG_SETTINGS", "PG_SETTINGS"],
  ] as const) {
    it(`identifier() refuses ${what}`, () => {
      expect(() => identifier(name)).to.throw(TemplateError, "Cannot write name");
    });
  }

  it("identifier() says how many bytes a name has and may have", () => {
    expect(() => identifier("あ".repeat(22))).to.throw("it has 66 bytes, must have 1 to 63");
  });

  it("identifier() joins no neighbour", () => {
    expect(sql`select ${identifier("a")}"b"`).to.equal(`select  "a" "b"\n`);
    expect(sql`select "b"${identifier("a")}`).to.equal(`select "b" "a" \n`);
    expect(sql`select U&${identifier("a")}`).to.equal(`select U& "a" \n`);
    expect(sql`select b${identifier("a")}c`).to.equal(`select b "a" c\n`);
    expect(sql`select ${identifier("a")}${identifier("b")}`).to.equal(`select  "a"  "b" \n`);
  });

  it("identifier() makes a qualified name of two", () => {
    expect(sql`select 1 from ${identifier("a")}.${identifier("b")}`).to.match(/ "a" \. "b" \n$/);
  });

  it("identifier() is the only way: an object of the same form is refused", () => {
    expect(() => sql`select ${{ sql: "1; drop table a" }}`).to.throw(
      TypeError,
      "its type is Object",
    );
    const made = identifier("a");
    const forged = Object.create(Object.getPrototypeOf(made) as object, {
      sql: { value: "1; drop table a" },
    }) as unknown;
    expect(() => sql`select ${forged}`).to.throw(TypeError, "its type is");
    const again = new (made.constructor as new (name: string) => unknown)("1; drop table a");
    expect(sql`select ${again}`).to.equal(`select  "1; drop table a" \n`);
  });

  it("identifier() refuses a name or writes it so that it can be read back whole", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyLetter, maxLength: 70 }), (name) => {
        let text: string;
        try {
          text = identifier(name).sql;
        } catch (error) {
          return error instanceof TemplateError;
        }
        const inner = /^"((?:[^"\0]|"")+)"$/.exec(text)?.[1];
        return inner?.replaceAll('""', '"') === name && Buffer.byteLength(name) <= 63;
      }),
      { numRuns: 2000 },
    );
  });
});
