// Hostile hosts: in the header, several times, in the target, and forwarded.

import fc from "fast-check";
import { ACME, type Input, requestText, tenantOf } from "./input.ts";

const REFUSED = ["HOST_INVALID", "400"];

const PARTS = [
  ..."acme.example other.example wild.example a.wild.example . .. : :80 :0 :65536 :5000 :x [ ] [::1] [::1]:8080 ::1".split(
    " ",
  ),
  ..."xn-- xn--a xn--bcher-kva.example b\u00fccher.example 10.0.0.1 10.0.0.01 0x0a.0.0.1 167772161 10.1 %2e %00 @".split(
    " ",
  ),
  ..."/ ? # \\ , ; * - _ \u00ad \u00aa \u00df \u0130 \u212a \u3002 \uff0e \uff61 \u2024 \u200b \u202e ' \" ` $ { } a A"
    .split(" ")
    .map((part) => Buffer.from(part).toString("latin1")),
  ...[
    "\u00ad",
    "\u00aa",
    "\u00b2",
    "\u0080",
    "\u00a0",
    "\t",
    " ",
    "\u007f",
    "\u0001",
    "x".repeat(64),
  ],
];
const part = fc.constantFrom(...PARTS);
const anyHost = fc.oneof(
  fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary-ascii", maxLength: 30 }).map((text) => text.replaceAll(/[\r\n]/g, "")),
  fc.integer({ min: 240, max: 300 }).map((length) => `${"a.".repeat(length / 2)}acme.example`),
);

const mixedCase = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) =>
      Array.from(text, (char, at) => (upper[at] ? char.toUpperCase() : char)).join(""),
    );

const goodHost = fc
  .constantFrom(
    ...["acme.example", "other.example", "a.wild.example", "acme.example:5000", "[::1]:8080"],
    ...[
      "xn--bcher-kva.example",
      "10.0.0.1",
      "10.0.0.1:1",
      "acme.example:65535",
      "other.example.:80",
    ],
    ...["other.example.", "[0:0:0:0:0:0:0:1]:8080", "[::0001]:8080"],
  )
  .chain(mixedCase);

const good = goodHost.map((host): Input => {
  // What the URL standard makes of an address or a name in other letters.
  const tenant = host.startsWith("[") ? 5 : /cher\./i.test(host) ? 6 : (tenantOf(host) ?? 0);
  return {
    bytes: requestText({ lines: [`Host:${host}`] }),
    allowed: ["200"],
    tenants: [tenant],
    inOrder: [tenant],
  };
});

const random = anyHost.map((host): Input => {
  const tenant = tenantOf(host);
  const named =
    tenant === undefined && /cher/i.test(host) ? 6 : /::1|\b8080/.test(host) ? 5 : tenant;
  return {
    bytes: requestText({ lines: [`Host: ${host}`] }),
    allowed: ["TENANT_NOT_FOUND", "431", ...REFUSED, ...(named === undefined ? [] : ["200"])],
    tenants: named === undefined ? [] : [named],
  };
});

const bad = fc
  .constantFrom(
    ...["", ".", "..", "acme..example", ".acme.example", "acme.example..", "acme.example:", "a b"],
    ...[
      "acme.example:0",
      "acme.example:65536",
      "acme.example:+80",
      "acme.example:80:80",
      "*.wild.example",
    ],
    ...[
      "acme.example,other.example",
      "acme.example@other.example",
      "acme.example/",
      "acme.example?x",
    ],
    ...[
      "acme.example#x",
      "acme.example\\",
      "acme%2eexample",
      "[::1",
      "::1",
      "[::1]x",
      "[acme.example]",
    ],
    ...["0x0a.0.0.1", "10.1", "10.0.0.01", "167772161", "-acme.example", "a".repeat(300)],
    ...[
      `${"a".repeat(64)}.example`,
      "acme.example:8080 other.example",
      "acme.example\tother.example",
    ],
  )
  .map((host): Input => {
    return { bytes: requestText({ lines: [`Host: ${host}`] }), allowed: REFUSED, tenants: [] };
  });

const hostLine = fc.oneof(goodHost, anyHost).map((host) => `Host: ${host}`);
const several = fc
  .tuple(fc.array(hostLine, { minLength: 2, maxLength: 5 }), fc.constantFrom(0, 1, 1000, 2100))
  .map(([lines, between]): Input => {
    const padding = Array.from({ length: between }, () => "a:");
    const [first = "", ...others] = lines;
    return {
      bytes: requestText({ lines: [first, ...padding, ...others] }),
      allowed: [...REFUSED, "431"],
      tenants: [],
    };
  });

const absolute = fc
  .tuple(fc.oneof(goodHost, anyHost), fc.option(goodHost), fc.constantFrom("http", "https", "HTTP"))
  .map(([authority, host, scheme]): Input => {
    // An authority ends where a path begins; two hosts that differ in more than case are two.
    const given = /^[^/?#]*/.exec(authority)?.[0] ?? "";
    const named = /cher/i.test(given) ? 6 : /::|0:0/.test(given) ? 5 : tenantOf(given);
    const tenants =
      (host === null || host.toLowerCase() === given.toLowerCase()) && named !== undefined
        ? [named]
        : [];
    return {
      bytes: requestText({
        target: `${scheme}://${authority}/data/1`,
        lines: host === null ? [] : [`Host: ${host}`],
      }),
      allowed: ["200", "TENANT_NOT_FOUND", "PATH_NOT_FOUND", "KEY_INVALID", "431", ...REFUSED],
      tenants,
    };
  });

const forwardedLines = fc.array(
  fc
    .tuple(
      fc.constantFrom(
        "X-Forwarded-Host",
        "Forwarded",
        "X-Host",
        "X-Original-Host",
        "X-Rewrite-URL",
      ),
      fc.oneof(goodHost, anyHost),
    )
    .map(([name, host]) => `${name}: ${name === "Forwarded" ? "host=" : ""}${host}`),
  { minLength: 1, maxLength: 4 },
);
const forwarded = forwardedLines.map((lines): Input => {
  return {
    bytes: requestText({ lines: [...lines, ACME] }),
    allowed: ["200", "400"],
    tenants: [1],
  };
});

/** By kind, for a service that trusts no proxy. */
export const HOSTS: Readonly<Record<string, fc.Arbitrary<Input>>> = {
  "good hosts": good,
  "bad hosts": bad,
  "random hosts": random,
  "several hosts": several,
  "absolute targets": absolute,
  "forwarded hosts": forwarded,
};

/** The same for a service that trusts its proxy: there the forwarded host decides, alone. */
export const TRUSTED: Readonly<Record<string, fc.Arbitrary<Input>>> = {
  "forwarded hosts, trusted": fc.oneof(goodHost, anyHost).map((host): Input => {
    const named = /cher/i.test(host) ? 6 : /::|0:0/.test(host) ? 5 : tenantOf(host);
    return {
      bytes: requestText({ lines: ["Host: other.example", `X-Forwarded-Host: ${host}`] }),
      allowed: ["200", "TENANT_NOT_FOUND", "431", ...REFUSED],
      tenants: named === undefined ? [] : [named],
    };
  }),
  "forwarded hosts, trusted and several": fc
    .array(goodHost, { minLength: 2, maxLength: 4 })
    .map((hosts): Input => {
      const lines = hosts.map((host) => `X-Forwarded-Host: ${host}`);
      return { bytes: requestText({ lines: [ACME, ...lines] }), allowed: REFUSED, tenants: [] };
    }),
};
