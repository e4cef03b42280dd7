// The promise: what an operator sets for a tenant, its handlers read from the next message on; it goes wherever the
// tenant goes; and a tenant without settings pays nothing for it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type OpenDatabase } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { parseHost } from "../../../src/host.ts";
import { createTenant, type Tenant } from "../../../src/tenant.ts";
import {
  createTestDatabase,
  type TestDatabase,
  useDatabase,
} from "../../support/database/database.ts";
import { redirect } from "../../support/network/redirect.ts";
import { rejection } from "../../support/rejection.ts";
import { serverAddress } from "../../support/server/server.ts";
import { performVerb, type VerbResult } from "../../support/program/verb.ts";
import { openWireTap, type WireTap } from "../../support/network/wire.ts";

const ACME = parseHost("acme.example.com");
const PLAIN = parseHost("plain.example.com");

describe("the settings of a tenant", () => {
  const database = useDatabase({ acme: ACME.text, plain: PLAIN.text });
  let other: TestDatabase;
  let tap: WireTap;
  let service: OpenDatabase;
  let acme: Tenant;
  let plain: Tenant;
  let folder: string;

  const verb = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb({ adminUrl: database.adminUrl }, name, ...parameters);
  const setAcme = async (...parameters: string[]): Promise<void> => {
    const { status, stderr } = await verb("set-tenant", "acme", ...parameters);
    expect([status, stderr]).to.deep.equal([0, ""]);
  };
  const settingsOf = async (schemaName: string, on = database): Promise<unknown> => {
    const text = `select settings from rowhouse.tenant where schema_name = '${schemaName}'`;
    return (await on.sql<{ settings: unknown }>(text))[0]?.settings;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-settings-"));
    other = await createTestDatabase();
    tap = await openWireTap(serverAddress());
    const url = redirect(database.serviceUrl, tap.port);
    service = openDatabase({ url, connections: 1 });
  });

  beforeEach(() => {
    acme = createTenant(service, ACME);
    plain = createTenant(service, PLAIN);
  });

  after(async () => {
    await service.close(1);
    await tap.close();
    await other.drop();
    await rm(folder, { recursive: true });
  });

  it("tenant.settings and tenant.schemaName are there behind the first statement, in a batch and in begin", async () => {
    await setAcme("--set", "plan=pro", "--set", "seats:=25", "--set", 'flags:={"beta":true}');
    const settings = { plan: "pro", seats: 25, flags: { beta: true } };
    expect(() => acme.settings).to.throw(TypeError, 'Cannot read "settings" of the tenant');
    expect(() => acme.schemaName).to.throw(TypeError, "await tenant.enter() first");
    await acme`select 1`;
    expect([acme.schemaName, acme.settings]).to.deep.equal(["acme", settings]);
    const again = createTenant(service, ACME);
    expect(await again.begin(() => Promise.resolve(again.settings))).to.deep.equal(settings);
    await plain`select 1`;
    expect([plain.schemaName, plain.settings]).to.deep.equal(["plain", {}]);
  });

  it("tenant.enter() asks for them alone, in one message, and says that a tenant does not exist", async () => {
    tap.clear();
    const { schemaName, settings } = await acme.enter();
    expect([schemaName, settings]).to.deep.include("acme");
    expect(tap.count("Q")).to.equal(1);
    expect(tap.count("Z", "server")).to.equal(1);
    const nobody = createTenant(service, parseHost("nobody.example.com"));
    expect(await rejection(nobody.enter())).to.include({ code: "RH404" });
  });

  it("set-tenant takes effect for the next message, and --unset takes back", async () => {
    await acme.enter();
    await setAcme("--set", "plan=free", "--unset", "seats", "--unset", "flags");
    expect(acme.settings).to.include({ plan: "pro" });
    await acme`select 1`;
    expect(acme.settings).to.deep.equal({ plan: "free" });
    await setAcme("--unset", "plan");
    await acme`select 1`;
    expect(acme.settings).to.deep.equal({});
  });

  it("a text stays a text, whatever it holds", async () => {
    const text = `25{"a":'\\"}; drop`;
    await setAcme("--set", `note=${text}`);
    await acme`select 1`;
    expect([acme.schemaName, acme.settings]).to.deep.equal(["acme", { note: text }]);
    await setAcme("--unset", "note");
  });

  it("createTenant() gives the application's own reading of the settings", async () => {
    const tenant = createTenant(service, PLAIN, {
      readSettings: ({ plan }) => ({ plan: plan === "pro" ? "pro" : "free" }),
    });
    const { settings } = await tenant.enter();
    expect(settings.plan).to.equal("free");
  });

  it("a tenant without settings costs no byte: its message and its answer are what they were", async () => {
    await plain`select 1 as one`;
    tap.clear();
    await plain`select 1 as one`;
    const bytes = (from: string): number =>
      tap.frames.filter((f) => f.from === from).reduce((sum, { length }) => sum + length, 0);
    const client =
      `reset role;select rowhouse.enter_tenant('{"plain.example.com","*.example.com"}');` +
      "select 1 as one\n";
    expect(bytes("client")).to.equal(1 + 4 + client.length + 1);
    const row = tap.frames.find(({ from, type }) => from === "server" && type === "D");
    expect(row?.length).to.equal(1 + 4 + 2 + 4 + "plain".length);
  });

  it("add-tenant --set gives a new tenant its settings, or creates nothing", async () => {
    const add = (schemaName: string, ...parameters: string[]): Promise<VerbResult> =>
      verb("add-tenant", `${schemaName}.example.com`, schemaName, ...parameters);
    const { status } = await add("fresh", "--set", "plan=team", "--set", "seats:=25");
    expect(status).to.equal(0);
    const { settings } = await createTenant(service, parseHost("fresh.example.com")).enter();
    expect(settings).to.deep.equal({ plan: "team", seats: 25 });
    for (const [value, problem] of [
      ["seats:=many", "is not JSON"],
      [`a=${"x".repeat(8184)}`, "Cannot take settings: they would have 8193 bytes"],
    ] as const) {
      const refused = await add("never", "--set", value);
      expect(refused.status).to.equal(1);
      expect(refused.stderr).to.include(problem);
      expect(await settingsOf("never")).to.equal(undefined);
    }
  });

  const refused: readonly (readonly [parameters: readonly string[], problem: string])[] = [
    [["--set", "plan"], "write NAME=TEXT, or NAME:=JSON"],
    [["--set", "seats:=many"], "is not JSON; write seats=… for a text"],
    [["--set", "9=a"], "a name begins with a letter"],
    [["--set", "a=1", "--unset", "a"], 'the setting "a" comes twice'],
    [["--set", `a=${"x".repeat(8184)}`], "they would have 8193 bytes"],
  ];
  for (const [parameters, problem] of refused) {
    it(`set-tenant refuses ${parameters.join(" ").slice(0, 30)}`, async () => {
      const { status, stderr } = await verb("set-tenant", "plain", ...parameters);
      expect(status).to.equal(1);
      expect(stderr).to.include(problem);
      expect(await settingsOf("plain")).to.deep.equal({});
    });
  }

  it("the registry takes no other settings, by whatever hand", async () => {
    for (const value of [`'[]'`, `'1'`, `null`, `jsonb_build_object('a', repeat('x', 9000))`]) {
      const text = `update rowhouse.tenant set settings = ${value} where schema_name = 'plain'`;
      expect(await rejection(database.sql(text)), value).to.be.an("error");
    }
  });

  it("--where picks the tenants with all of these settings", async () => {
    await setAcme("--set", "plan=pro", "--set", "seats:=25");
    const ran = async (...where: string[]): Promise<string> => {
      const sql = ["--sql", "select 1", "--json"];
      const { stdout } = await verb("each-tenant", ...sql, ...where.flatMap((w) => ["--where", w]));
      return ["acme", "plain"]
        .filter((name) => stdout.includes(`"schemaName":"${name}"`))
        .join(" ");
    };
    expect(await ran()).to.equal("acme plain");
    expect(await ran("plan=pro")).to.equal("acme");
    expect(await ran("plan=pro", "seats:=25")).to.equal("acme");
    expect(await ran("seats=25")).to.equal("");
    expect(await ran("plan=pro", "seats:=26")).to.equal("");
    const status = await verb("status", "--where", "plan=pro", "--json", "--no-drift");
    expect(JSON.parse(status.stdout)).to.include({ tenants: 1, well: true });
    const plan = await verb("migrate", "--plan", "--to", "0", "--where", "plan=pro");
    expect(plan.stdout).to.include("acme").and.not.include("plain");
  });

  it("list-tenants shows settings where a tenant has some", async () => {
    const { stdout } = await verb("list-tenants");
    expect(stdout)
      .to.match(/^SCHEMA .* HOSTS +SETTINGS\n/)
      .and.include('{"plan":"pro","seats":25}');
  });

  it("settings go with a tenant that is exported, imported, cloned, renamed and moved", async () => {
    const file = join(folder, "acme.zip");
    const done = async (name: string, ...parameters: string[]): Promise<string> => {
      const { status, stderr, stdout } = await verb(name, ...parameters);
      expect([status, stderr], name).to.deep.equal([0, ""]);
      return stdout;
    };
    const settings = { plan: "pro", seats: 25 };
    await done("export-tenant", "acme", file);
    const bare = await done("import-tenant", file, "bare.example.com", "bare");
    const text = JSON.stringify(settings);
    expect(bare).to.match(/^Left out the archive's settings \(--with-settings takes them\): /m);
    expect(bare).to.include(text);
    expect(await settingsOf("bare")).to.deep.equal({});
    const trusted = [file, "imported.example.com", "imported", "--with-settings"];
    const imported = await done("import-tenant", ...trusted);
    expect(imported).to.include(`It has the archive's settings: ${text}`);
    await done("clone-tenant", "acme", "cloned", "cloned.example.com");
    await done("rename-tenant", "cloned", "renamed");
    await done("move-tenant", "renamed", "--to", other.adminUrl);
    expect(await settingsOf("imported")).to.deep.equal(settings);
    expect(await settingsOf("renamed", other)).to.deep.equal(settings);
    const moved = openDatabase({ url: other.serviceUrl, connections: 1 });
    const there = createTenant(moved, parseHost("cloned.example.com"));
    expect((await there.enter()).settings).to.deep.equal(settings);
    await moved.close(1);
  });
});
