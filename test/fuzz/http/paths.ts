// Hostile targets and methods, for the first tenant.

import fc from "fast-check";
import { ACME, type Input, MINE, OVER, PARSER, requestText } from "./input.ts";

const pathPart = fc.constantFrom(
  ..."/ // /data /data/ 1 /1 /get/1 /insert/1/1000001 % %2 %zz %00 %2f %2F %2e%2e .. . /.. /../ /./ \\ ; : @ & = ? ??".split(
    " ",
  ),
  ..."# %c0%ae %c0%af %e0%80%af %f8 %ff %ed%a0%80 %D9%A1 %31 +1 1e0 0x1 -0 01 ' \" ` < > | ^ { } ?after=1 ?limit=1 &limit=2".split(
    " ",
  ),
  ...[
    "%25%30%30",
    "%0d%0a",
    "\t",
    "\u00e9",
    "\u0000",
    "\u007f",
    "*",
    "__proto__",
    "constructor",
    "healthz",
  ],
);
/** Paths that are odd, malformed or endless. */
export const paths: fc.Arbitrary<Input> = fc
  .oneof(
    fc.array(pathPart, { maxLength: 8 }).map((parts) => `/data/${parts.join("")}`),
    fc.array(pathPart, { maxLength: 8 }).map((parts) => parts.join("")),
    fc.constantFrom("/a".repeat(50_000), `/data/${"1".repeat(100_000)}`, `/${"%00".repeat(3000)}`),
    fc.constantFrom("/data/1".padEnd(15_000, "?a=b&"), `/data/${"9".repeat(15_000)}`),
  )
  .map((target): Input => {
    return {
      bytes: requestText({ target, lines: [ACME] }),
      allowed: [
        ...["200", "KEY_INVALID", "VALUE_INVALID", "NOT_FOUND", "PATH_NOT_FOUND"],
        ...["METHOD_NOT_ALLOWED", "HOST_INVALID", ...PARSER, ...OVER],
      ],
      tenants: MINE,
    };
  });

/** Methods that no route takes, or that are none. */
export const methods: fc.Arbitrary<Input> = fc
  .oneof(
    fc.constantFrom(
      ..."PATCH OPTIONS TRACE TRACK CONNECT PROPFIND QUERY PRI SOURCE M-SEARCH get Get GE GETT G\tT BREW".split(
        " ",
      ),
      ...["", "G".repeat(1000), "X".repeat(20_000), "POST", "GET,PUT", "\u0000", "\u00e9"],
    ),
    fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 12 }),
  )
  .filter((name) => !["GET", "HEAD", "PUT", "DELETE"].includes(name.trim()))
  .map((name): Input => {
    return {
      bytes: requestText({ method: name, lines: [ACME] }),
      allowed: ["METHOD_NOT_ALLOWED", "none", ...PARSER],
      tenants: MINE,
      answers: 2,
      unfinished: true,
    };
  });
