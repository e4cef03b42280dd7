// Hostile framing, for the first tenant.

import fc from "fast-check";
import { VALID } from "./bodies.ts";
import { ACME, type Input, MINE, PARSER, requestText } from "./input.ts";

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const framed = (line: string | readonly string[], text: string): Input => {
  const lines = [ACME, ...[line].flat()];
  const bytes = requestText({ method: "PUT", target: "/data/7", lines, body: text });
  return {
    bytes,
    allowed: ["BODY_INVALID", "BODY_TOO_LARGE", "none", "408", "413", ...PARSER],
    tenants: MINE,
    unfinished: true,
  };
};
const CHUNKED = "Transfer-Encoding: chunked";
/** Lies about the length, and broken chunks. */
export const framing: fc.Arbitrary<Input> = fc.constantFrom(
  ...["", "1", "9", "18446744073709551616", "-1", "+18", "18, 18", "0x12", "1e1", " ", "18 18"].map(
    (length) => framed(`Content-Length: ${length}`, VALID.slice(0, 3)),
  ),
  ...["999", "131072"].map((length) => framed(`Content-Length: ${length}`, VALID)),
  ...["zz", "-1", "0x12", "ffffffffffffffff", "+12", "12 34", " 12", "1_2", ""].map((size) =>
    framed(CHUNKED, `${size}\r\n${VALID}\r\n0\r\n\r\n`),
  ),
  framed(CHUNKED, chunk(VALID)),
  framed(CHUNKED, `${chunk(VALID)}0\r\n`),
  framed(CHUNKED, `${VALID.length.toString(16)}\r\n${VALID}`),
  framed(CHUNKED, `5\r\n${VALID}\r\n0\r\n\r\n`),
  framed(CHUNKED, `1;${"x".repeat(20_000)}\r\n1\r\n0\r\n\r\n`),
  framed(CHUNKED, `${chunk("1".repeat(60_000)).repeat(4)}0\r\n\r\n`),
  framed(CHUNKED, `0\r\nContent-Length: 18\r\nHost: other.example\r\n\r\n`),
  framed([CHUNKED, "Trailer: Host"], `0\r\n${"a: b\r\n".repeat(5000)}\r\n`),
  framed([], VALID),
  framed("Content-Length: 0", ""),
);

const HIDDEN = "GET /data/1 HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n";
const ambiguous = (lines: readonly string[], body: string): Input => {
  const parts = { method: "PUT", target: "/data/7", lines: [ACME, ...lines], body };
  const allowed = ["200", "201", "BODY_INVALID", "BODY_TOO_LARGE", "none", ...PARSER];
  return {
    bytes: requestText({ ...parts, kept: true }),
    allowed,
    tenants: MINE,
    answers: 2,
    unfinished: true,
  };
};
/** A request for another tenant inside of the body, and a length with two readings. */
export const smuggling: fc.Arbitrary<Input> = fc.constantFrom(
  ...[
    "Transfer-Encoding: chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: cow",
    "Transfer-Encoding:\r\n chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "Transfer-Encoding: \u000bchunked",
    "Transfer-Encoding\u0000: chunked",
    '"Transfer-Encoding": chunked',
  ].flatMap((coding) => [
    ambiguous([`Content-Length: ${5 + HIDDEN.length}`, coding], `0\r\n\r\n${HIDDEN}`),
    ambiguous([coding, `Content-Length: ${5 + HIDDEN.length}`], `0\r\n\r\n${HIDDEN}`),
    ambiguous(
      [coding, "Content-Length: 4"],
      `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
    ),
  ]),
  ambiguous(["Content-Length: 0", `Content-Length: ${HIDDEN.length}`], HIDDEN),
  ambiguous([`Content-Length: ${HIDDEN.length}`, "Content-Length: 0"], HIDDEN),
  ambiguous([`Content-Length: ${HIDDEN.length}`], HIDDEN),
  ambiguous([`Content-Length: ${200_000 + HIDDEN.length}`], "1".repeat(200_000) + HIDDEN),
  ambiguous([`Content-Length: ${HIDDEN.length}`, "Expect: 100-continue"], HIDDEN),
  ambiguous([CHUNKED], chunk(HIDDEN) + chunk(HIDDEN)),
  ambiguous([CHUNKED], `${HIDDEN.length.toString(16)}\n${HIDDEN}\n0\n\n`),
  ambiguous([CHUNKED], `2;\n${HIDDEN}`),
);
