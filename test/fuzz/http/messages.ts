// Hostile requests of every kind but hosts, for the first tenant.

import fc from "fast-check";
import { bodies, put, VALID } from "./bodies.ts";
import { framing, smuggling } from "./framing.ts";
import { ACME, type Input, MINE, OVER, PARSER, requestText } from "./input.ts";
import { methods, paths } from "./paths.ts";

const flood = fc
  .tuple(
    fc.constantFrom(10, 500, 2100, 4000, 20_000),
    fc.constantFrom("a:", "a: b", `Cookie: ${"x".repeat(300)}`),
  )
  .map(([count, line]): Input => {
    const lines = [...Array.from({ length: count }, () => line), ACME];
    return { bytes: requestText({ lines }), allowed: ["200", ...PARSER, ...OVER], tenants: MINE };
  });

const garbage = fc
  .oneof(
    fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .map((bytes) => Buffer.from(bytes).toString("latin1")),
    fc.constantFrom(
      ...[
        "\r\n\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002",
        "GET /data/1\r\n\r\n",
      ],
      ...[
        "GET /data/1 HTTP/9.9\r\n\r\n",
        "GET  /data/1  HTTP/1.1\r\n\r\n",
        "GET /data/1 HTTP/1.1\n\n",
        "Q\u0000\u0000\u0000\u0008",
      ],
      ...[
        "GET /data/1 HTTP/0.9\r\nHost: acme.example\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        ":\r\n:\r\n",
        "\n".repeat(5000),
      ],
    ),
  )
  .map((bytes): Input => {
    return {
      bytes,
      allowed: ["none", "HOST_INVALID", "200", ...PARSER, "505"],
      tenants: MINE,
      unfinished: true,
    };
  });

const trickle = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom(VALID, "{"))
  .map(([piece, text]): Input => {
    return Object.assign(put(text, text === VALID ? ["200", "201"] : ["BODY_INVALID"]), { piece });
  });

const pipeline = fc
  .array(fc.constantFrom([1, "acme.example"], [2, "other.example"]), {
    minLength: 2,
    maxLength: 20,
  })
  .map((targets): Input => {
    const requests = targets.map(([, host]) => `GET /data/1 HTTP/1.1\r\nHost: ${host}\r\n`);
    const tenants = targets.map(([tenant]) => tenant as number);
    const bytes = `${requests.join("\r\n")}Connection: close\r\n\r\n`;
    return { bytes, allowed: ["200"], tenants, answers: targets.length, inOrder: tenants };
  });

/** By kind. */
export const MESSAGES: Readonly<Record<string, fc.Arbitrary<Input>>> = {
  paths,
  methods,
  bodies,
  framing,
  smuggling,
  "header floods": flood,
  garbage,
  trickles: trickle,
  pipelines: pipeline,
};
