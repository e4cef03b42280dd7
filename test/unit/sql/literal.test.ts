// Each kind of value and its exact text in a statement. That PostgreSQL reads the same value back is
// proven in test/isolation/statements/literals.test.ts.

import { expect } from "chai";
import { AppError } from "../../../src/errors.ts";
import { json, literal } from "../../../src/sql/literal.ts";

const write = (value: unknown): string => literal(value, "value 1");

/** The AppError that writing the value throws. */
function problemOf(value: unknown): AppError {
  try {
    write(value);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown");
}

const EXACT: readonly (readonly [what: string, value: unknown, text: string])[] = [
  ["null", null, "(null)"],
  ["true", true, "(true)"],
  ["false", false, "(false)"],
  ["0", 0, "(0)"],
  ["an integer", 42, "(42)"],
  ["a negative integer in brackets, so that no comment begins", -42, "(-42)"],
  ["-0 quoted, because -0 as digits is 0", -0, "('-0')"],
  ["the largest safe integer", 2 ** 53 - 1, "(9007199254740991)"],
  ["the smallest safe integer", 1 - 2 ** 53, "(-9007199254740991)"],
  ["2**53 quoted, because it may stand for its neighbour", 2 ** 53, "('9007199254740992')"],
  ["-(2**53) quoted", -(2 ** 53), "('-9007199254740992')"],
  ["a fraction", 0.1, "('0.1')"],
  ["a negative fraction", -1.5, "('-1.5')"],
  ["1e21", 1e21, "('1e+21')"],
  ["the smallest number", 5e-324, "('5e-324')"],
  ["the largest number", Number.MAX_VALUE, "('1.7976931348623157e+308')"],
  ["NaN", NaN, "('NaN')"],
  ["Infinity", Infinity, "('Infinity')"],
  ["-Infinity", -Infinity, "('-Infinity')"],
  ["a bigint", 42n, "(42)"],
  ["a negative bigint", -42n, "(-42)"],
  ["the largest int8", 2n ** 63n - 1n, "(9223372036854775807)"],
  ["the smallest int8", -(2n ** 63n), "(-9223372036854775808)"],
  ["an empty string", "", "('')"],
  ["a string", "Ünï 𝒳 \u2028 🏠", "('Ünï 𝒳 \u2028 🏠')"],
  ["a quote doubled", "it's", "('it''s')"],
  ["a backslash doubled in E'…'", "a\\b", "(E'a\\\\b')"],
  ["a backslash before a quote", "\\'", "(E'\\\\''')"],
  ["a backslash at the end", "a\\", "(E'a\\\\')"],
  ["newlines and tabs as they are", "a\r\n\tb", "('a\r\n\tb')"],
  ["signs of other constructs as they are", '-- /* $$ " ; ${1}', `('-- /* $$ " ; \${1}')`],
  ["a date", new Date(Date.UTC(2024, 1, 29, 1, 2, 3, 4)), "('2024-02-29T01:02:03.004Z')"],
  ["the first day of year 1", new Date("0001-01-01T00:00:00Z"), "('0001-01-01T00:00:00.000Z')"],
  ["the last moment of year 9999", new Date(253402300799999), "('9999-12-31T23:59:59.999Z')"],
  ["bytes", Uint8Array.of(0, 1, 0x27, 0x5c, 255), "(E'\\\\x0001275cff')"],
  ["no bytes", new Uint8Array(), "(E'\\\\x')"],
  ["a Buffer, which is a Uint8Array", Buffer.from("hi"), "(E'\\\\x6869')"],
  ["a part of an ArrayBuffer", new Uint8Array(Uint8Array.of(1, 2, 3).buffer, 1, 1), "(E'\\\\x02')"],
  ["an empty array", [], "('{}')"],
  ["integers", [1, -2, 2n ** 63n - 1n], "('{1,-2,9223372036854775807}')"],
  ["other numbers", [0.5, -0, NaN, Infinity], "('{0.5,-0,NaN,Infinity}')"],
  ["booleans", [true, false], "('{true,false}')"],
  ["null in an array, not the word", [null, "null", "NULL"], `('{NULL,"null","NULL"}')`],
  [
    "nested arrays with null",
    [
      [1, null],
      [null, 2],
    ],
    "('{{1,NULL},{NULL,2}}')",
  ],
  ["empty nested arrays", [[], []], "('{{},{}}')"],
  ["strings with an array's signs", ["{a,b}", "", " "], `('{"{a,b}",""," "}')`],
  ["a quote in an array", ["it's"], `('{"it''s"}')`],
  ["a double quote in an array", ['a"b'], `(E'{"a\\\\"b"}')`],
  ["a backslash in an array", ["a\\b"], `(E'{"a\\\\\\\\b"}')`],
  ["dates in an array", [new Date(0)], `('{"1970-01-01T00:00:00.000Z"}')`],
  ["bytes in an array", [Uint8Array.of(255)], `(E'{"\\\\\\\\xff"}')`],
  ["JSON", json({ a: [1, "it's"] }), `('{"a":[1,"it''s"]}')`],
  ["JSON of a string with a quote", json('"'), `(E'"\\\\""')`],
  ["JSON null", json(null), "('null')"],
  ["JSON of an array", json([1, null]), "('[1,null]')"],
  ["JSON with a lone surrogate, which JSON escapes", json("\ud800"), `(E'"\\\\ud800"')`],
  ["JSON in an array", [json({ a: 1 })], `(E'{"{\\\\"a\\\\":1}"}')`],
];

describe("literal()", () => {
  for (const [what, value, text] of EXACT) {
    it(`literal() writes ${what}`, () => {
      expect(write(value)).to.equal(text);
    });
  }

  for (const [what, value, problem] of [
    ["a string with NUL", "a\0b", "text has a NUL character"],
    ["NUL in an array", [["a\0"]], "text has a NUL character"],
    ["a lone high surrogate", "a\ud800b", "text has a lone surrogate"],
    ["a lone low surrogate at the end", "a\udc00", "text has a lone surrogate"],
    ["surrogates the wrong way round", "\udc00\ud800", "text has a lone surrogate"],
    ["a lone surrogate in an array", ["\ud800"], "text has a lone surrogate"],
    ["a surrogate pair cut in two items", ["\ud83c", "\udfe0"], "text has a lone surrogate"],
    ["2n ** 63n", 2n ** 63n, "bigint is beyond int8"],
    ["-(2n ** 63n) - 1n", -(2n ** 63n) - 1n, "bigint is beyond int8"],
    ["a bigint beyond int8 in an array", [2n ** 63n], "bigint is beyond int8"],
    ["an invalid Date", new Date(NaN), "date is outside the years 1 to 9999"],
    ["the last moment of year 0", new Date("0000-12-31T23:59:59.999Z"), "date is outside"],
    ["a date before Christ", new Date("-000044-03-15T00:00:00Z"), "date is outside"],
    ["the first moment of year 10000", new Date(253402300800000), "date is outside"],
    ["an invalid Date in an array", [new Date(NaN)], "date is outside"],
  ] as const) {
    it(`literal() refuses ${what} with VALUE_INVALID`, () => {
      const { code, message } = problemOf(value);
      expect(code).to.equal("VALUE_INVALID");
      expect(message).to.match(/^Cannot write value 1(?:, item 1)*: its /);
      expect(message).to.include(problem);
    });
  }

  for (const [what, value, type] of [
    ["undefined", undefined, "undefined"],
    ["a plain object", { a: 1 }, "Object"],
    ["an object without a prototype", Object.create(null), "object"],
    ["an object that has a text", { toString: () => "1", toJSON: () => 1 }, "Object"],
    ["a function", () => 1, "function"],
    ["a symbol", Symbol("a"), "symbol"],
    ["a Map", new Map(), "Map"],
    ["a Set", new Set(), "Set"],
    ["a promise", Promise.resolve(1), "Promise"],
    ["a boxed string", Object("a"), "String"],
    ["a boxed number", Object(1), "Number"],
    ["an ArrayBuffer", new ArrayBuffer(1), "ArrayBuffer"],
    ["another typed array", Uint16Array.of(1), "Uint16Array"],
    ["a look-alike of json()", { text: "1" }, "Object"],
  ] as const) {
    it(`literal() refuses ${what} with a TypeError that names its type`, () => {
      expect(() => write(value)).to.throw(TypeError, `Cannot write value 1: its type is ${type};`);
    });
  }

  it("literal() names the item of a nested array that it refuses", () => {
    expect(() => write([[1], [2, undefined]])).to.throw(
      TypeError,
      "Cannot write value 1, item 2, item 2: its type is undefined",
    );
  });

  it("literal() refuses the hole of an array, which is undefined", () => {
    const holed: unknown[] = [1];
    holed[2] = 3;
    expect(() => write(holed)).to.throw(TypeError, "item 2");
  });

  it("literal() shows no value in an error", () => {
    for (const value of ["planted\0", ["planted\ud800"]]) {
      expect(problemOf(value).message).to.not.include("planted");
    }
    expect(() => write({ planted: "planted" })).to.throw(/^(?!.*planted)/);
  });
});

describe("json()", () => {
  it("json() refuses what has no JSON form", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    for (const value of [undefined, () => 1, Symbol("a"), cycle, 1n, [1n]]) {
      expect(() => json(value)).to.throw(TypeError);
    }
  });

  it("json() takes the value as it is now, not as it is later", () => {
    const value = { a: 1 };
    const marked = json(value);
    value.a = 2;
    expect(write(marked)).to.equal(`('{"a":1}')`);
  });
});

describe("an object that only pretends", () => {
  for (const [what, make] of [
    ["a Json", () => Object.create(Object.getPrototypeOf(json(1)) as object) as unknown],
    ["a Date", () => Object.create(Date.prototype) as unknown],
    ["a Uint8Array", () => Object.create(Uint8Array.prototype) as unknown],
  ] as const) {
    it(`literal() refuses what only has the prototype of ${what}`, () => {
      expect(() => write(make())).to.throw(TypeError);
      expect(() => write([make()])).to.throw(TypeError);
    });
  }

  it("literal() asks a Date and bytes themselves, not methods that answer differently each time", () => {
    let asked = 0;
    const evil = (): string => ((asked += 1) > 1 ? "'); drop" : "2024");
    const date = Object.assign(new Date(0), { toISOString: evil, getUTCFullYear: () => 2024 });
    expect(write(date)).to.equal("('1970-01-01T00:00:00.000Z')");
    const bytes = Object.assign(Uint8Array.of(1), {
      *[Symbol.iterator]() {
        yield { toString: evil };
      },
    });
    expect(() => write(bytes)).to.not.throw();
    expect(write(bytes)).to.match(/^\(E'\\\\x[0-9a-f]*'\)$/);
    expect(asked).to.equal(0);
  });
});
