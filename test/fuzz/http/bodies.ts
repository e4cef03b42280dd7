// Hostile bodies, for the first tenant.

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { ACME, type Input, MINE, OVER, requestText, valueOf } from "./input.ts";

const MAX_BODY_BYTES = 131_072;
const nested = (open: string, close: string, depth: number, inner = "1"): string =>
  open.repeat(depth) + inner + close.repeat(depth);
const depth = fc.constantFrom(10, 1000, 5000, 20_000, 60_000);
const value = String(valueOf(1));
/** The one body that is good. */
export const VALID: string = `{"value":${value}}`;
const badBody = fc.oneof(
  fc.constantFrom(
    ...[
      "",
      " ",
      "{",
      "}",
      "[",
      "nul",
      "null",
      "true",
      "1",
      '""',
      "\u0000",
      "\ufeff",
      "{'value':1}",
      "value=1",
    ],
    ...[
      '{"value"}',
      '{"value":}',
      `{"value":${value}`,
      `{"value":${value}}}`,
      `{"value":${value},}`,
      "[]",
    ],
    ...[
      '{"Value":1}',
      '{"__proto__":{"value":1}}',
      '{"constructor":1}',
      '{"value ":1}',
      "\u00ff\u00fe{\u0000}",
    ],
    ...[
      '{"value":1}'.split("").join("\u0000"),
      '{"value":\u00c0\u00af}',
      "\u00c0\u00a2",
      '"\u00ed\u00a0\u0080"',
    ],
    gzipSync(`{"value":${value}}`).toString("latin1"),
  ),
  depth.map((levels) => nested("[", "]", levels)),
  depth.map((levels) => nested('{"a":', "}", Math.min(levels, 20_000))),
  fc.string({ unit: "binary-ascii", maxLength: 60 }).filter((text) => !/"value"/.test(text)),
);
const badValue = fc.oneof(
  fc.constantFrom(
    ...[
      "null",
      "true",
      '"1"',
      "[]",
      "{}",
      "1.5",
      "1e99",
      "-0",
      "2147483648",
      "-2147483649",
      "1e400",
      "{}",
    ],
    ...[
      "1".repeat(131_000),
      `"${"x".repeat(131_000)}"`,
      '{"__proto__":1}',
      '"\\ud800"',
      '"\\u0000"',
    ],
  ),
  depth.map((levels) => nested("[", "]", levels)),
  depth.map((levels) => nested('{"a":', "}", Math.min(levels, 20_000))),
);
/** A body for a PUT, with its length. */
export const put = (
  body: string,
  allowed: readonly string[],
  lines: readonly string[] = [],
): Input => {
  const length = `Content-Length: ${body.length}`;
  const bytes = requestText({
    method: "PUT",
    target: "/data/7",
    lines: [ACME, ...lines, length],
    body,
  });
  return { bytes, allowed, tenants: MINE };
};
/** Bodies that are none, deep, large, double or of the wrong types. */
export const bodies: fc.Arbitrary<Input> = fc.oneof(
  badBody.map((text) => put(text, ["BODY_INVALID"])),
  badValue.map((text) => put(`{"value":${text}}`, ["VALUE_INVALID"])),
  badValue.map((text) => put(`{"value":1,"value":${text}}`, ["VALUE_INVALID"])),
  badValue.map((text) => put(`{"value":${text},"value":${value}}`, ["200", "201"])),
  fc
    .constantFrom(MAX_BODY_BYTES + 1, 1_000_000, 5_000_000)
    .map((length) => put("1".repeat(length), ["BODY_TOO_LARGE", ...OVER])),
  fc.constant(
    put(
      gzipSync(`{"value":${value}}`).toString("latin1"),
      ["BODY_INVALID"],
      ["Content-Encoding: gzip"],
    ),
  ),
  badValue.map((text): Input => {
    const pairs = `[{"key":${text},"value":${value}}]`;
    const lines = [ACME, `Content-Length: ${pairs.length}`];
    const bytes = requestText({ method: "POST", target: "/data", lines, body: pairs });
    return { bytes, allowed: ["KEY_INVALID"], tenants: MINE };
  }),
);
