// A PostgreSQL URL, read: what each part may hold, and what each sslmode asks of a certificate.

import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAddress } from "../../../src/database/wire/address.ts";
import { openAuthority } from "../../support/tls/authority.ts";

const PASSWORD = "planted-password-1b7f";
const BASE = `postgres://service:${PASSWORD}@db.example:6432/app`;

describe("parseAddress()", () => {
  it("parseAddress() has the port 5432 and plain text where the URL says nothing", () => {
    expect(parseAddress("postgresql://service@db.example/app")).to.deep.equal({
      host: "db.example",
      port: 5432,
      database: "app",
      user: "service",
      password: "",
      applicationName: undefined,
      sslMode: "disable",
      tls: false,
    });
  });

  for (const name of [
    "My DB",
    'a"b',
    "a'b",
    "größe 🐘",
    "a/b",
    "a?b#c",
    "100%",
    "a+b",
    ".",
    "..",
    "a\\b",
    "lo_shop",
  ]) {
    it(`parseAddress() decodes ${JSON.stringify(name)} as database, user and password`, () => {
      const part = encodeURIComponent(name).replaceAll(".", "%2E");
      const url = `postgres://${part}:${part}@db.example/${part}?application_name=${part}`;
      expect(parseAddress(url)).to.include({
        database: name,
        user: name,
        password: name,
        applicationName: name,
      });
    });
  }

  for (const [written, database] of [
    ["My DB", "My DB"],
    ["größe", "größe"],
    ["a+b", "a+b"],
    ["..", ".."],
    ["a/b", "a/b"],
  ]) {
    it(`parseAddress() takes the database ${written} as it is written`, () => {
      expect(parseAddress(`postgres://a@b/${written}`).database).to.equal(database);
    });
  }

  for (const [written, host] of [
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]", "::1"],
    ["[2001:db8:0::1]", "2001:db8::1"],
    ["db.example.", "db.example."],
    ["under_score", "under_score"],
  ]) {
    it(`parseAddress() has the host ${written} without brackets`, () => {
      expect(parseAddress(`postgres://a@${written}/c`).host).to.equal(host);
    });
  }

  const refused: readonly (readonly [what: string, url: string, problem: string])[] = [
    ["a NUL in the database", "postgres://a@b/c%00options%00d", "NUL"],
    ["a NUL in the user", "postgres://a%00b@b/c", "NUL"],
    ["a NUL in a parameter", `${BASE}?application_name=a%00b`, "NUL"],
    ["a database that is not percent-encoded", "postgres://a@b/100%", "not percent-encoded"],
    ["a lone surrogate", "postgres://a@b/%ED%A0%80", "not percent-encoded"],
    ["several hosts", "postgres://a@b,c/d", "one ASCII name"],
    ["a socket's folder", "postgres://a@%2Fvar%2Frun/d", "one ASCII name"],
    ["a host that is not ASCII", "postgres://a@bücher.example/d", "one ASCII name"],
    ["port 0", "postgres://a@b:0/d", "1 to 65535"],
    ["a fragment", "postgres://a@b/d#e", '"#"'],
    ["sslmode twice", `${BASE}?sslmode=disable&sslmode=verify-full`, "twice"],
    ["an empty sslmode", `${BASE}?sslmode=`, "must be one of"],
    ["sslmode=allow", `${BASE}?sslmode=allow`, "must be one of"],
    ["sslmode=no-verify", `${BASE}?sslmode=no-verify`, "must be one of"],
    ["verify-ca without an authority", `${BASE}?sslmode=verify-ca`, "sslrootcert=FILE"],
    ["system with require", `${BASE}?sslmode=require&sslrootcert=system`, "verify-full"],
    ["system with verify-ca", `${BASE}?sslmode=verify-ca&sslrootcert=system`, "verify-full"],
    ["sslrootcert without sslmode", `${BASE}?sslrootcert=a`, "does not apply with sslmode=disable"],
    ["sslrootcert with prefer", `${BASE}?sslmode=prefer&sslrootcert=a`, "does not apply"],
    ["an empty sslrootcert", `${BASE}?sslmode=verify-full&sslrootcert=`, "empty"],
    [
      "a file that is missing",
      `${BASE}?sslmode=verify-full&sslrootcert=/none`,
      "ENOENT; or name it in NODE_EXTRA_CA_CERTS (Node) or DENO_CERT (Deno)",
    ],
    [
      "a client certificate",
      `${BASE}?sslmode=require&sslcert=a`,
      '"sslcert" is not accepted; use only',
    ],
    ["uselibpqcompat", `${BASE}?sslmode=require&uselibpqcompat=true`, "is not accepted"],
    ["a host in the parameters", `${BASE}?host=elsewhere`, '"host" is not accepted'],
  ];
  for (const [what, url, problem] of refused) {
    it(`parseAddress() refuses ${what} without repeating the password`, () => {
      expect(() => parseAddress(url))
        .to.throw(Error, problem)
        .with.property("message")
        .not.include(PASSWORD);
    });
  }

  describe("with an authority", () => {
    let folder: string;
    let file: string;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "rowhouse-address-"));
      const authority = await openAuthority("Test");
      file = join(folder, "a+b ü.crt");
      const { readFile } = await import("node:fs/promises");
      await writeFile(file, `not part of it\n${await readFile(authority.file, "utf8")}`);
      await authority.remove();
    });

    after(() => rm(folder, { recursive: true }));

    const tls = (mode: string, root?: string, host = "db.example"): unknown => {
      const query = root === undefined ? "" : `&sslrootcert=${encodeURIComponent(root)}`;
      const options = parseAddress(`postgres://a@${host}/c?sslmode=${mode}${query}`).tls;
      if (options === false) return false;
      const { ca, checkServerIdentity, ...rest } = options;
      return {
        ...rest,
        ca: ca?.startsWith("-----BEGIN"),
        anyName: checkServerIdentity !== undefined,
      };
    };

    const name = { host: "db.example", servername: "db.example" };
    for (const [mode, withRoot, wanted] of [
      ["disable", false, false],
      ["prefer", false, { ...name, rejectUnauthorized: false, ca: undefined, anyName: false }],
      ["require", false, { ...name, rejectUnauthorized: false, ca: undefined, anyName: false }],
      ["require", true, { ...name, rejectUnauthorized: true, ca: true, anyName: true }],
      ["verify-ca", true, { ...name, rejectUnauthorized: true, ca: true, anyName: true }],
      ["verify-full", true, { ...name, rejectUnauthorized: true, ca: true, anyName: false }],
      ["verify-full", false, { ...name, rejectUnauthorized: true, ca: undefined, anyName: false }],
    ] as const) {
      it(`parseAddress() reads sslmode=${mode} ${withRoot ? "with" : "without"} sslrootcert`, () => {
        expect(tls(mode, withRoot ? file : undefined)).to.deep.equal(wanted);
      });
    }

    it("parseAddress() takes sslrootcert=system for the authorities of the runtime", () => {
      expect(tls("verify-full", "system")).to.include({ rejectUnauthorized: true, ca: undefined });
    });

    it("parseAddress() names addresses as host alone, and names without the last dot", () => {
      expect(tls("verify-full", undefined, "10.0.0.1")).to.include({
        host: "10.0.0.1",
        servername: undefined,
      });
      expect(tls("verify-full", undefined, "[::1]")).to.include({
        host: "::1",
        servername: undefined,
      });
      expect(tls("verify-full", undefined, "db.example.")).to.include(name);
    });

    it("parseAddress() refuses a file without a certificate, and one with a broken certificate", async () => {
      const broken = join(folder, "broken.crt");
      await writeFile(broken, "nothing");
      expect(() => tls("verify-full", broken)).to.throw("does not hold a certificate");
      await writeFile(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
      expect(() => tls("verify-full", broken)).to.throw("cannot be read");
    });
  });
});
