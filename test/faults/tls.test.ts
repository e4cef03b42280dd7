// The promise: the server's certificate is checked for what the URL says, a name or an address as it is written
// there, by service and verbs alike, on Node and on Deno; and no mode is weaker than libpq's of that name.

import { expect } from "chai";
import { execFile } from "node:child_process";
import { copyFile, chown, mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findServerUser } from "../../admin/development/embedded/user.ts";
import { findDeno } from "../../admin/development/runtime.ts";
import { databaseCode } from "../../admin/registry/database-code.ts";
import { openClient } from "../../admin/registry/client.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import { type Authority, type Certificate, openAuthority } from "../support/certificates.ts";
import { openOwnServer, type OwnServer } from "../support/own-server.ts";
import { runVerb, runVerbWith } from "../support/verb.ts";

const HOSTS = ["localhost", "127.0.0.1", "[::1]"] as const;
const ALL_NAMES = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"];
const DAY_MS = 86_400_000;
const WRONG_NAME = "ERR_TLS_CERT_ALTNAME_INVALID";
// Deno 2.9 has this code for one that has expired, too.
const UNKNOWN = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
const EXPIRED = "CERT_HAS_EXPIRED";

/** What each certificate gives with verify-full at each of the hosts, and with verify-ca at all of them. */
const CERTIFICATES: readonly {
  readonly what: string;
  readonly names: readonly string[];
  readonly from?: Date;
  readonly foreign?: true;
  readonly full: readonly [string, string, string];
  readonly ca: string;
}[] = [
  {
    what: "for the name localhost",
    names: ["DNS:localhost"],
    full: ["tls", WRONG_NAME, WRONG_NAME],
    ca: "tls",
  },
  {
    what: "for 127.0.0.1",
    names: ["IP:127.0.0.1"],
    full: [WRONG_NAME, "tls", WRONG_NAME],
    ca: "tls",
  },
  { what: "for ::1", names: ["IP:::1"], full: [WRONG_NAME, WRONG_NAME, "tls"], ca: "tls" },
  {
    what: "with addresses as names",
    names: ["DNS:127.0.0.1", "DNS:::1"],
    full: [WRONG_NAME, WRONG_NAME, WRONG_NAME],
    ca: "tls",
  },
  { what: "for all three", names: ALL_NAMES, full: ["tls", "tls", "tls"], ca: "tls" },
  {
    what: "for another name",
    names: ["DNS:db.example"],
    full: [WRONG_NAME, WRONG_NAME, WRONG_NAME],
    ca: "tls",
  },
  {
    what: "that has expired",
    names: ALL_NAMES,
    from: new Date(Date.now() - 3 * DAY_MS),
    full: [EXPIRED, EXPIRED, EXPIRED],
    ca: EXPIRED,
  },
  {
    what: "of an unknown authority",
    names: ALL_NAMES,
    foreign: true,
    full: [UNKNOWN, UNKNOWN, UNKNOWN],
    ca: UNKNOWN,
  },
];

describe("TLS to the database", () => {
  let server: OwnServer;
  let authority: Authority;
  let stranger: Authority;
  let folder: string;
  let served: Certificate;
  let onIPv6: Server;

  const install = async (certificate: Certificate): Promise<void> => {
    await copyFile(certificate.certFile, served.certFile);
    await copyFile(certificate.keyFile, served.keyFile);
    const user = await findServerUser();
    if (user)
      for (const file of [served.certFile, served.keyFile]) await chown(file, user.uid, user.gid);
  };

  before(async () => {
    [authority, stranger] = [await openAuthority("Own"), await openAuthority("Stranger")];
    folder = await mkdtemp(join(tmpdir(), "rowhouse-tls-"));
    const user = await findServerUser();
    if (user) await chown(folder, user.uid, user.gid);
    served = { certFile: join(folder, "server.crt"), keyFile: join(folder, "server.key") };
    await install(await authority.issue(ALL_NAMES));
    server = await openOwnServer(
      { acme: "acme.example" },
      { ssl: "on", ssl_cert_file: served.certFile, ssl_key_file: served.keyFile },
    );
    // The embedded server listens on 127.0.0.1 alone.
    onIPv6 = createServer((client) => {
      const upstream = connect(server.port, "127.0.0.1");
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        from
          .on("error", () => to.destroy())
          .on("close", () => to.destroy())
          .pipe(to);
      }
    });
    await new Promise<void>((resolve, reject) => {
      onIPv6.once("error", reject).listen(0, "::1", resolve);
    });
  });

  after(async () => {
    onIPv6.close();
    await server.remove();
    await rm(folder, { recursive: true });
    for (const one of [authority, stranger]) await one.remove();
  });

  const at = (base: string, host: string, query: string): string => {
    const url = new URL(base);
    url.hostname = host;
    const address = onIPv6.address();
    if (host === "[::1]" && typeof address === "object") url.port = String(address?.port);
    return `${url.href}${query}`;
  };
  const withRoot = (mode: string): string => `?sslmode=${mode}&sslrootcert=${authority.file}`;

  /** Asks with each URL, in a program of its own. */
  const askService = async (
    runtime: "node" | "deno",
    urls: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<readonly string[]> => {
    const program = fileURLToPath(
      new URL(
        `../support/tls-client.${runtime === "node" ? "js" : "ts"}`,
        import.meta.url.replace(/\.ts$/, ".js"),
      ),
    );
    const [file, parameters] =
      runtime === "node" ? [process.execPath, [program]] : [findDeno(), ["run", "-A", program]];
    const passed = { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env };
    const { stdout } = await promisify(execFile)(file, [...parameters, ...urls], { env: passed });
    return JSON.parse(stdout) as string[];
  };

  /** The same with a client of the verbs, and with their registry. */
  const askVerbs = async (url: string): Promise<readonly string[]> => {
    const code = (error: unknown): string => String(databaseCode(error) ?? error);
    const question = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    const named = (rows: unknown): string =>
      Reflect.get(Object(Array.isArray(rows) ? rows[0] : {}), "ssl") === true ? "tls" : "plain";
    const byClient = openClient(url).then(async (client) => {
      const { rows } = await client.query(question);
      await client.end();
      return named(rows);
    }, code);
    const byRegistry = withRegistry(url, async ({ sequelize }) => {
      const [rows] = await sequelize.query(question);
      return named(rows);
    }).catch(code);
    return Promise.all([byClient, byRegistry]);
  };

  for (const { what, names, from, foreign, full, ca } of CERTIFICATES) {
    it(`a certificate ${what} is taken or refused alike by service and verbs, on Node and Deno`, async () => {
      await server.stop();
      await install(await (foreign ? stranger : authority).issue(names, from));
      await server.start();
      const queries = [
        withRoot("verify-full"),
        withRoot("verify-ca"),
        withRoot("require"),
        "?sslmode=require",
        "?sslmode=prefer",
        "?sslmode=disable",
        "",
      ];
      const wanted = HOSTS.map((_, index) => [full[index], ca, ca, "tls", "tls", "plain", "plain"]);
      const urls = (base: string): readonly string[] =>
        HOSTS.flatMap((host) => queries.map((query) => at(base, host, query)));
      expect(await askService("node", urls(server.serviceUrl)), "Node").to.deep.equal(
        wanted.flat(),
      );
      expect(await askService("deno", urls(server.serviceUrl)), "Deno").to.deep.equal(
        wanted.flat().map((one) => (one === EXPIRED ? UNKNOWN : one)),
      );
      const seen = await Promise.all(urls(server.adminUrl).map(askVerbs));
      expect(seen, "verbs").to.deep.equal(wanted.flat().map((one) => [one, one]));
    });
  }

  describe("with a certificate of a private authority", () => {
    before(async () => {
      await server.stop();
      await install(await authority.issue(ALL_NAMES));
      await server.start();
    });

    for (const [runtime, variable] of [
      ["node", "NODE_EXTRA_CA_CERTS"],
      ["deno", "DENO_CERT"],
    ] as const) {
      it(`sslmode=verify-full takes the authority of ${variable}, and refuses without it`, async () => {
        const urls = HOSTS.map((host) => at(server.serviceUrl, host, "?sslmode=verify-full"));
        const seen = await askService(runtime, urls, { [variable]: authority.file });
        expect(seen).to.deep.equal(["tls", "tls", "tls"]);
        expect(await askService(runtime, urls)).to.deep.equal([UNKNOWN, UNKNOWN, UNKNOWN]);
      });
    }

    it("doctor and list-tenants take sslmode=require as the service does, without a warning", async () => {
      const [service, admin] = [server.serviceUrl, server.adminUrl].map((url) =>
        at(url, "127.0.0.1", "?sslmode=require"),
      );
      const found = await runVerbWith(
        { DATABASE_URL: String(service), ADMIN_DATABASE_URL: String(admin) },
        "doctor",
      );
      expect(found.stderr).to.equal("");
      expect(found.stdout).to.match(/, 0 unsafe\n$/);
      expect(found.stdout).to.include("service connection: it is encrypted\n");
      const listed = await runVerb(String(admin), "list-tenants");
      expect([listed.status, listed.stderr]).to.deep.equal([0, ""]);
    });

    it("a verb says how the certificate of an authority is named, and exits 1", async () => {
      const url = at(server.adminUrl, "127.0.0.1", "?sslmode=verify-full");
      const { status, stderr } = await runVerb(url, "list-tenants");
      expect(status).to.equal(1);
      expect(stderr).to.match(
        /^Cannot connect to the database: its certificate is not accepted \(UNABLE/,
      );
      expect(stderr).to.include("sslrootcert=FILE").and.to.include("NODE_EXTRA_CA_CERTS");
    });
  });

  describe("with a server that takes none", () => {
    let plain: OwnServer;

    before(async () => (plain = await openOwnServer({})));
    after(() => plain.remove());

    it("prefer goes on in plain text, and every stronger mode refuses, for service and verbs alike", async () => {
      const queries = ["", "?sslmode=disable", "?sslmode=prefer"];
      const strong = ["?sslmode=require", withRoot("verify-ca"), withRoot("verify-full")];
      const service = queries.map((query) => `${plain.serviceUrl}${query}`);
      const refused = strong.map((query) => `${plain.serviceUrl}${query}`);
      for (const runtime of ["node", "deno"] as const) {
        expect(await askService(runtime, service)).to.deep.equal(["plain", "plain", "plain"]);
        for (const seen of await askService(runtime, refused)) {
          expect(["tls", "plain"]).to.not.include(seen);
        }
      }
      for (const query of queries) {
        expect(await askVerbs(`${plain.adminUrl}${query}`)).to.deep.equal(["plain", "plain"]);
      }
      for (const query of strong) {
        for (const seen of await askVerbs(`${plain.adminUrl}${query}`)) {
          expect(seen).to.match(/does not support SSL/);
        }
      }
    });
  });
});
