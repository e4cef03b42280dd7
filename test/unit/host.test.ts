// The rules for hosts: one normal form, and nothing that has two readings.

import { expect } from "chai";
import fc from "fast-check";
import { AppError } from "../../src/errors.ts";
import { candidates, parseDomain, parseHost } from "../../src/host.ts";
import { anyLetter } from "../support/sql/any-letter.ts";

const normal = (text: string): string => parseHost(text).text;
const label = (length: number): string => "a".repeat(length);
const NAME_OF_253 = [label(63), label(63), label(63), label(61)].join(".");

function expectInvalid(read: () => unknown): void {
  expect(read).to.throw(AppError, "Cannot read host: ").with.property("code", "HOST_INVALID");
}

describe("parseHost()", () => {
  for (const [what, text, host] of [
    ["a name", "acme.example.com", { name: "acme.example.com", port: undefined }],
    ["the port", "acme.example.com:5000", { name: "acme.example.com", port: 5000 }],
    ["a name of one label", "localhost:5000", { name: "localhost", port: 5000 }],
    ["an IPv4 address", "127.0.0.1:5000", { name: "127.0.0.1", port: 5000 }],
    ["the extreme IPv4 addresses", "255.255.255.255:1", { name: "255.255.255.255", port: 1 }],
    ["the largest port", "0.0.0.0:65535", { name: "0.0.0.0", port: 65535 }],
    ["an IPv6 address", "[::1]", { name: "[::1]", port: undefined }],
    [
      "the port behind an IPv6 address",
      "[2001:db8::1]:8080",
      { name: "[2001:db8::1]", port: 8080 },
    ],
  ] as const) {
    it(`parseHost() keeps ${what}`, () => {
      expect(parseHost(text)).to.deep.equal({ ...host, text });
    });
  }

  for (const [what, text, form] of [
    ["upper case", "ACME.Example.COM:80", "acme.example.com:80"],
    ["the ASCII form of an umlaut", "XN--bcher-KVA.example", "xn--bcher-kva.example"],
    ["one trailing dot", "acme.example.", "acme.example"],
    ["one trailing dot before a port", "acme.example.:80", "acme.example:80"],
    ["the trailing dot of an address", "127.0.0.1.", "127.0.0.1"],
    ["an underscore", "_a.b_c.example", "_a.b_c.example"],
    ["hyphens inside a label", "a--b.ex-ample", "a--b.ex-ample"],
    ["labels of digits", "1.2.3.example", "1.2.3.example"],
    ["the long form of an IPv6 address", "[0:0:0:0:0:0:0:1]:80", "[::1]:80"],
    ["upper case in an IPv6 address", "[2001:DB8::A]", "[2001:db8::a]"],
    ["an IPv4 address in an IPv6 address", "[::ffff:1.2.3.4]", "[::ffff:102:304]"],
    ["a label of 63 bytes", `${label(63)}.a`, `${label(63)}.a`],
    ["a name of 253 bytes", NAME_OF_253, NAME_OF_253],
    ["a name of 253 bytes and a dot", `${NAME_OF_253}.`, NAME_OF_253],
  ] as const) {
    it(`parseHost() gives the normal form of ${what}`, () => {
      expect(normal(text)).to.equal(form);
      expect(normal(form)).to.equal(form);
    });
  }

  // A runtime reads a header's bytes as it likes: the byte 0xAA is "ª" on Node, which IDNA makes an "a".
  for (const text of [
    "\u00aa.test",
    "b\u00fccher.example",
    "a\u3002test",
    "\uff41.test",
    "a.test\u00a0",
  ]) {
    it(`parseHost() refuses ${JSON.stringify(text)}, which is not ASCII`, () => {
      expectInvalid(() => parseHost(text));
    });
  }

  const refused: Readonly<Record<string, readonly string[]>> = {
    "an empty name": ["", ":80", ".", ".:80", "::1", "[]", "[]:80"],
    "a port out of range": ["a:", "a:0", "a:65536", "a:-1"],
    "a port in another form": ["a:080", "a:+80", "a:8o", "a: 80", "a:1e3", "a:８０", "a:٣"],
    "two ports, or one that is empty": ["a:80:80", "[::1]:80:80", "[::1]:"],
    "an IPv4 address in short": ["127.1", "1.2.3", "2130706433", "0", "1"],
    "an IPv4 address in hex": ["0x7f.1", "0x7f000001", "127.0.0.0x1", "0x", "a.0x"],
    "an IPv4 address in octal, which is another in decimal": ["0177.0.0.1", "01.2.3.4", "1.2.3.09"],
    "an IPv4 address in short in other digits": ["１２７.1", "127.１", "１２７。１"],
    "an IPv4 address out of range": ["256.1.1.1", "1.1.1.256", "1.2.3.4.5", "1.2.3.999"],
    "a name that ends in a number": ["example.1", "a.b.0x1", "example.1."],
    "a bracket without its other": ["[::1", "[", "]", "::1]"],
    "brackets without an IPv6 address": ["[:::1]", "[g::]", "[1.2.3.4]", "[a.example]"],
    "a zone": ["[fe80::1%25eth0]", "[fe80::1%eth0]"],
    "a name behind an IPv6 address": ["[::1]x", "[::1].a"],
    "what ends an IPv6 address in a URL": ["[::1]/a", "[::1]?a", "[::1]#a", "[::1]\\a"],
    "a user before a host": ["a@b", "a:b@c:80", "[::1]@evil.example", "[a@evil.example"],
    "space around an IPv6 address": [" [::1]", "[::1] ", "[::1]\t", "[\t::1]", "[::\n1]"],
    "an empty label": ["a..b", ".a", "a..", "a.b..:80", "..", "a\u3002\u3002b"],
    "a label of 64 bytes": [`${label(64)}.a`, `a.${label(64)}:80`, `${"ü".repeat(60)}.a`],
    "a name of 254 bytes": [`${NAME_OF_253}a`],
    "a hyphen at an end of a label": ["-a.b", "a-.b", "a.-b", "a.b-"],
    "a percent sign": ["a%41", "%61", "%", "a%2eb"],
    "white space": ["a b", " a", "a ", "a\tb", "a\n", "a\0b", "a\u00a0b", "a\u2028b"],
    "a comma, as two headers have": ["a, b", "a,b"],
    "what ends a host in a URL": ["a/", "a/b", "a?b", "a#b", "a\\b", "é/b", "é?b", "//a"],
    "other signs": ["a'b", 'a"b', "a{b}", "a;b", "a*b", "*.a", "a<b", "a|b", "a^b", "a!b", "é!"],
    "signs that other letters stand for": ["⑴.a", "a／b", "a％41", "a＠b", "é：80"],
    "a lone surrogate": ["a\ud800.b"],
  };
  for (const [what, texts] of Object.entries(refused)) {
    for (const text of texts) {
      const shown = text.length > 40 ? `${text.length} characters` : JSON.stringify(text);
      it(`parseHost() refuses ${what}: ${shown}`, () => {
        expectInvalid(() => parseHost(text));
      });
    }
  }

  it("parseHost() says of a URL that it is one", () => {
    expect(() => parseHost("https://a.example/b")).to.throw(AppError, /is a URL, and a host has/);
  });

  it("parseHost() shows the text that it refuses, and of a long one the beginning", () => {
    expect(() => parseHost("a..b")).to.throw('Cannot read host: "a..b" has an empty label');
    expect(() => parseHost("a/".repeat(9999))).to.throw(/^.{1,200}$/);
  });

  it("parseHost() refuses a very long text before it is converted", () => {
    const text = Array.from({ length: 50_000 }, (_, at) =>
      String.fromCodePoint(0x4e00 + (at % 20_000)),
    );
    const started = performance.now();
    expectInvalid(() => parseHost(text.join("")));
    expect(performance.now() - started).to.be.below(200);
  });

  const labels = fc.stringMatching(/^[a-z_](?:[a-z0-9_-]{0,8}[a-z0-9_])?$/);
  const words = fc.array(labels, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("."));
  const names = words.filter((name) => !/(?:^|\.)xn--/.test(name));
  const ports = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined });
  const addresses = fc.ipV6().map((address) => `[${address}]`);

  it("parseHost() reads back what is the text, of every valid host", () => {
    fc.assert(
      fc.property(fc.oneof(names, fc.ipV4(), addresses, fc.domain()), ports, (name, port) => {
        const host = parseHost(port === undefined ? name : `${name}:${port}`);
        expect(host.port).to.equal(port);
        expect(parseHost(host.text)).to.deep.equal(host);
      }),
      { numRuns: 1000 },
    );
  });

  it("parseHost() gives any text a normal form that stays, or refuses it", () => {
    const part = fc.oneof(
      fc.stringMatching(/^[aB1é。.:[\]_@/?#%\\ \t*,x0-]$/),
      fc.constantFrom("::", "xn--", "0x", "80", "\u00ad", "\u200d", "\u0301"),
    );
    const text = fc.oneof(
      fc.string({ unit: anyLetter }),
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join("")),
      fc.array(part, { maxLength: 8 }).map((parts) => `[${parts.join("")}`),
    );
    fc.assert(
      fc.property(text, (given) => {
        let form: string;
        try {
          form = normal(given);
        } catch (error) {
          return error instanceof AppError && error.code === "HOST_INVALID";
        }
        return /^[a-z0-9._:[\]-]+$/.test(form) && normal(form) === form && !/[@/?#\\%]/.test(given);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("parseDomain()", () => {
  for (const [what, text, form] of [
    ["an umlaut", "Bücher.example", "xn--bcher-kva.example"],
    ["letters that are composed", "Bu\u0308cher.example", "xn--bcher-kva.example"],
    ["the ideographic full stop", "a\u3002example", "a.example"],
    ["letters of full width", "ａcme.example", "acme.example"],
    ["one trailing dot behind an umlaut", "bücher.example.", "xn--bcher-kva.example"],
  ] as const) {
    it(`parseDomain() gives the normal form of ${what}`, () => {
      expect(parseDomain(text)).to.equal(form);
    });
  }

  for (const [text, form] of [
    ["Acme.Example.:5000", "acme.example:5000"],
    ["*.Example.COM", "*.example.com"],
    ["*.example.com.", "*.example.com"],
    ["*.Bücher.example", "*.xn--bcher-kva.example"],
    ["*.localhost", "*.localhost"],
    ["[0::1]:80", "[::1]:80"],
  ] as const) {
    it(`parseDomain() gives the normal form of ${text}`, () => {
      expect(parseDomain(text)).to.equal(form);
    });
  }

  const refused = "*,*.,*..a,*.*.a,a.*.b,*a.b,**.a,*.a:80,*.127.0.0.1,*.[::1],*:80,*\u3002a";
  for (const text of refused.split(",")) {
    it(`parseDomain() refuses ${text}`, () => {
      expectInvalid(() => parseDomain(text));
    });
  }
});

describe("candidates()", () => {
  for (const [text, hosts] of [
    ["acme.example.com:5000", ["acme.example.com:5000", "acme.example.com", "*.example.com"]],
    ["acme.example.com", ["acme.example.com", "*.example.com"]],
    ["localhost:5000", ["localhost:5000", "localhost"]],
    ["127.0.0.1:5000", ["127.0.0.1:5000", "127.0.0.1"]],
    ["[::ffff:1.2.3.4]:80", ["[::ffff:102:304]:80", "[::ffff:102:304]"]],
  ] as const) {
    it(`candidates() lists those of ${text} from the most exact on`, () => {
      expect(candidates(parseHost(text))).to.deep.equal(hosts);
    });
  }
});
