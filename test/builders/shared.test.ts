// The builders without a tenant: they read the shared schemas, each query as one message, and write nothing.

import { expect } from "chai";
import { asc, eq, relations, sql } from "drizzle-orm";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { sql as ofKysely } from "kysely";
import { drizzle, type SharedDatabase } from "../../src/builders/drizzle/drizzle.ts";
import { kysely, type SharedKysely } from "../../src/builders/kysely/kysely.ts";
import { type OpenDatabase } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import type { Tag } from "../../src/query.ts";
import { createShared } from "../../src/tenant.ts";
import { initialiseDatabase } from "../support/server/admin.ts";
import { useDatabase } from "../support/database/database.ts";
import { redirect } from "../support/network/redirect.ts";
import { rejection } from "../support/rejection.ts";
import { serverAddress } from "../support/server/server.ts";
import { openWireTap, type WireTap } from "../support/network/wire.ts";

const plan = pgTable("plan", { name: text().primaryKey(), price: integer().notNull() });
const feature = pgTable("feature", { id: integer().primaryKey(), plan: text().notNull() });
const planRelations = relations(plan, ({ many }) => ({ features: many(feature) }));
const featureRelations = relations(feature, ({ one }) => ({
  of: one(plan, { fields: [feature.plan], references: [plan.name] }),
}));
const schema = { plan, feature, planRelations, featureRelations };

interface Tables {
  readonly plan: { readonly name: string; readonly price: number };
}

describe("the builders on the shared schemas", () => {
  const test = useDatabase({ acme: "acme.example.com" });
  let database: OpenDatabase;
  let tap: WireTap;
  let shared: Tag;
  let ours: SharedKysely<Tables>;
  let db: SharedDatabase<typeof schema>;

  before(async () => {
    await test.sql(
      "create schema ref",
      "create table ref.plan (name text primary key, price int not null)",
      "create table ref.feature (id int primary key, plan text not null)",
      "insert into ref.plan values ('free', 0), ('pro', 9)",
      "insert into ref.feature values (1, 'pro')",
    );
    await initialiseDatabase(test.adminUrl, { sharedSchemas: { add: ["ref"] } });
    tap = await openWireTap(serverAddress());
    database = openDatabase({ url: redirect(test.serviceUrl, tap.port), connections: 1 });
    shared = createShared(database, {});
    ours = kysely<Tables>(shared);
    db = drizzle(shared, { schema });
    await shared`select 1`;
  });

  beforeEach(() => tap.clear());

  after(async () => {
    await database.close(1);
    await tap.close();
  });

  /** All that the client has sent: "Q" for each message. */
  const sent = (): string =>
    tap.frames
      .filter(({ from }) => from === "client")
      .map(({ type }) => type)
      .join("");

  it("kysely() reads, each query in one message", async () => {
    const cheap = await ours
      .with("cheap", (queries) => queries.selectFrom("plan").selectAll().where("price", "<", 5))
      .selectFrom("cheap")
      .select(["cheap.name", ours.fn.countAll<string>().over().as("all")])
      .execute();
    expect(cheap).to.deep.equal([{ name: "free", all: "1" }]);
    const raw = await ofKysely<{ name: string }>`select name from plan where price = ${9}`.execute(
      ours,
    );
    expect(raw.rows).to.deep.equal([{ name: "pro" }]);
    expect(sent()).to.equal("QQ");
  });

  it("drizzle() reads, each query and each batch in one message", async () => {
    const cheap = db.$with("cheap").as(db.select().from(plan).where(eq(plan.price, 0)));
    expect(await db.with(cheap).select().from(cheap)).to.deep.equal([{ name: "free", price: 0 }]);
    const [plans, pro] = await db.batch([
      db.select({ name: plan.name }).from(plan).orderBy(asc(plan.price)),
      db.query.plan.findFirst({ where: eq(plan.price, 9), with: { features: true } }),
    ]);
    expect(plans).to.deep.equal([{ name: "free" }, { name: "pro" }]);
    expect(pro).to.deep.equal({ name: "pro", price: 9, features: [{ id: 1, plan: "pro" }] });
    expect(sent()).to.equal("QQ");
  });

  it("refuse to write and to reach a tenant, and send nothing for a transaction", async () => {
    // @ts-expect-error -- a write is not offered
    const insert = ours.insertInto("plan").values({ name: "x", price: 1 }).execute();
    expect(await rejection(insert)).to.include({ code: "25006" });
    expect((await rejection(db.execute(sql`delete from plan`))).cause).to.include({
      code: "25006",
    });
    const foreign = await rejection(db.execute(sql`select * from acme.data`));
    expect(foreign.cause).to.include({ code: "42501" });
    tap.clear();
    // @ts-expect-error -- a transaction is not offered
    const transaction = ours.transaction().execute(async () => {});
    // @ts-expect-error -- a transaction is not offered
    const other = db.transaction(async () => {});
    for (const refused of [transaction, other]) {
      const { message } = await rejection(refused as Promise<unknown>);
      expect(message).to.match(/^Cannot begin: without a tenant .*; read in one batch$/);
    }
    // @ts-expect-error -- a write is not offered
    expect(db.insert).to.be.a("function");
    expect(sent()).to.equal("");
  });
});
