// PostgreSQL's text form of an array, read. The forms that a server really sends are read in
// test/isolation/statements/templates.test.ts.

import { expect } from "chai";
import fc from "fast-check";
import { parseArray } from "../../../src/database/values/array.ts";
import { parserOf } from "../../../src/database/values/types.ts";
import { literal } from "../../../src/sql/literal.ts";

const asText = (text: string): unknown => text;

describe("parseArray()", () => {
  for (const [what, text, items] of [
    ["an empty array", "{}", []],
    ["one item", "{a}", ["a"]],
    ["several items", "{a,b,c}", ["a", "b", "c"]],
    ["NULL as null and not as a text", '{NULL,"NULL",null,NULLS}', [null, "NULL", "null", "NULLS"]],
    ["an empty text", '{"",a,""}', ["", "a", ""]],
    ["spaces in quotes", '{" a ","b c"}', [" a ", "b c"]],
    ["commas and braces in quotes", '{"a,b","{c}","}"}', ["a,b", "{c}", "}"]],
    ["a double quote", '{"a\\"b","\\""}', ['a"b', '"']],
    ["a backslash", '{"a\\\\b","\\\\"}', ["a\\b", "\\"]],
    ["a backslash before a double quote", '{"\\\\\\""}', ['\\"']],
    ["newlines", '{"a\nb","\\\\\n"}', ["a\nb", "\\\n"]],
    ["letters beyond ASCII", '{é,"\u2028 𝒳"}', ["é", "\u2028 𝒳"]],
    ["single quotes as they are", "{it's}", ["it's"]],
    [
      "nested arrays",
      "{{a,b},{c,NULL}}",
      [
        ["a", "b"],
        ["c", null],
      ],
    ],
    [
      "deeper arrays",
      '{{{a},{"b"}},{{c},{d}}}',
      [
        [["a"], ["b"]],
        [["c"], ["d"]],
      ],
    ],
    ["bounds", "[0:1]={1,2}", ["1", "2"]],
    ["negative bounds of two dimensions", "[-1:0][2:2]={{1},{2}}", [["1"], ["2"]]],
  ] as const) {
    it(`parseArray() reads ${what}`, () => {
      expect(parseArray(text, asText)).to.deep.equal(items);
    });
  }

  it("parseArray() reads each item that is not NULL as it is told", () => {
    expect(parseArray('{1,NULL,{"2",NaN}}', Number)).to.deep.equal([1, null, [2, NaN]]);
  });

  it("parseArray() reads a very long item, with quotes and without", () => {
    const plain = "a ".repeat(5_000_000);
    const [first, second] = parseArray(`{"${plain}","${'\\"'.repeat(5_000_000)}"}`, asText);
    expect(first === plain).to.equal(true);
    expect(second === '"'.repeat(5_000_000)).to.equal(true);
  });

  it("parseArray() reads back every array of texts that literal() writes", () => {
    const text = fc.oneof(
      fc.stringMatching(/^[\\"'{},N \n=[\]é𝒳]*$/u),
      fc.constantFrom("NULL", "null", "", "[0:1]={}", "\\x00"),
    );
    const items = fc.array(fc.option(text), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(items, items, (first, second) => {
        const nested = [first, second.slice(0, first.length)];
        const written = /^\(E?'(.*)'\)$/s.exec(literal(nested, "value 1"))?.[1] ?? "";
        const escaped = literal(nested, "value 1").startsWith("(E");
        const stored = written.replaceAll("''", "'");
        const sent = escaped ? stored.replaceAll("\\\\", "\\") : stored;
        expect(parseArray(sent, asText)).to.deep.equal(nested);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("ARRAY_TYPES", () => {
  it("ARRAY_TYPES reads each type's items as its scalar is read", () => {
    // OIDs: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
    for (const [oid, text, items] of [
      [1000, "{t,f,NULL}", [true, false, null]],
      [1005, "{1,-2}", [1, -2]],
      [1007, "{1,-2}", [1, -2]],
      [1016, "{9223372036854775807}", ["9223372036854775807"]],
      [1021, "{1.5,NaN,-Infinity}", [1.5, NaN, -Infinity]],
      [1022, "{1e-300}", [1e-300]],
      [1231, "{0.10}", ["0.10"]],
      [1009, "{a}", ["a"]],
      [1001, '{"\\\\x00ff","\\\\x"}', [Uint8Array.of(0, 255), new Uint8Array()]],
      [1185, '{"2024-02-29 01:02:03.004+00"}', [new Date(Date.UTC(2024, 1, 29, 1, 2, 3, 4))]],
      [1182, "{2024-02-29}", [new Date(Date.UTC(2024, 1, 29))]],
      [3807, '{"{\\"a\\": [1, null]}","null",1}', [{ a: [1, null] }, null, 1]],
      [2951, "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]],
    ] as const) {
      expect(parserOf(oid)?.(text), String(oid)).to.deep.equal(items);
    }
  });
});
