// The promise: the server's certificate is checked for what the URL says, a name or an address as it is written
// there, by service and verbs alike, on Node and on Deno; and no mode is weaker than libpq's of that name.

import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { expect } from "chai";
import { openOwnServer, type OwnServer } from "../support/server/own-server.ts";
import { askService, askVerbs } from "../support/tls/ask.ts";
import { openTlsStage, type TlsStage } from "../support/tls/stage.ts";
import { runVerb, runVerbWith } from "../support/program/verb.ts";

const HOSTS = ["localhost", "127.0.0.1", "[::1]"] as const;
const ALL_NAMES = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"];
const DAY_MS = 86_400_000;
const WRONG_NAME = "ERR_TLS_CERT_ALTNAME_INVALID";
// Deno 2.9 has this code for one that has expired, too.
const UNKNOWN = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
const EXPIRED = "CERT_HAS_EXPIRED";
// Node 22.23.3 takes no IPv6 address for one: it refuses a certificate that is good.
const OF_IPV6 = { subject: { CN: "" }, subjectaltname: "IP Address:0:0:0:0:0:0:0:1" };
const IPV6_ON_NODE =
  checkServerIdentity("::1", OF_IPV6 as PeerCertificate) === undefined ? "tls" : WRONG_NAME;

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
  let stage: TlsStage;

  before(async () => {
    stage = await openTlsStage();
  });

  after(() => stage.close());

  for (const { what, names, from, foreign, full, ca } of CERTIFICATES) {
    it(`a certificate ${what} is taken or refused alike by service and verbs, on Node and Deno`, async () => {
      await stage.present(names, { from, foreign });
      const queries = [
        stage.withRoot("verify-full"),
        stage.withRoot("verify-ca"),
        stage.withRoot("require"),
        "?sslmode=require",
        "?sslmode=prefer",
        "?sslmode=disable",
        "",
      ];
      const wantedWith = (ipv6: string): readonly (string | undefined)[] =>
        HOSTS.flatMap((host, index) => {
          const proven = host === "[::1]" && full[index] === "tls" ? ipv6 : full[index];
          return [proven, ca, ca, "tls", "tls", "plain", "plain"];
        });
      const wanted = wantedWith(IPV6_ON_NODE);
      const urls = (base: string): readonly string[] =>
        HOSTS.flatMap((host) => queries.map((query) => stage.at(base, host, query)));
      expect(await askService("node", urls(stage.server.serviceUrl)), "Node").to.deep.equal(wanted);
      expect(await askService("deno", urls(stage.server.serviceUrl)), "Deno").to.deep.equal(
        wantedWith("tls").map((one) => (one === EXPIRED ? UNKNOWN : one)),
      );
      const seen = await Promise.all(urls(stage.server.adminUrl).map(askVerbs));
      expect(seen, "verbs").to.deep.equal(wanted.map((one) => [one, one]));
    });
  }

  describe("with a certificate of a private authority", () => {
    before(async () => {
      await stage.present(ALL_NAMES);
    });

    for (const [runtime, variable] of [
      ["node", "NODE_EXTRA_CA_CERTS"],
      ["deno", "DENO_CERT"],
    ] as const) {
      it(`sslmode=verify-full takes the authority of ${variable}, and refuses without it`, async () => {
        const urls = HOSTS.map((host) =>
          stage.at(stage.server.serviceUrl, host, "?sslmode=verify-full"),
        );
        const seen = await askService(runtime, urls, { [variable]: stage.rootFile });
        expect(seen).to.deep.equal(["tls", "tls", runtime === "node" ? IPV6_ON_NODE : "tls"]);
        expect(await askService(runtime, urls)).to.deep.equal([UNKNOWN, UNKNOWN, UNKNOWN]);
      });
    }

    it("doctor and list-tenants take sslmode=require as the service does, without a warning", async () => {
      const [service, admin] = [stage.server.serviceUrl, stage.server.adminUrl].map((url) =>
        stage.at(url, "127.0.0.1", "?sslmode=require"),
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
      const url = stage.at(stage.server.adminUrl, "127.0.0.1", "?sslmode=verify-full");
      const { status, stderr } = await runVerb(url, "list-tenants");
      expect(status).to.equal(1);
      expect(stderr).to.match(
        /^Cannot connect to the database: its certificate is not trusted \(UNABLE/,
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
      const strong = [
        "?sslmode=require",
        stage.withRoot("verify-ca"),
        stage.withRoot("verify-full"),
      ];
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
