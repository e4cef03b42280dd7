// What the adapters send: each query is one message, and a transaction has one for BEGIN with the entry and one for
// COMMIT. What cannot be sent as one message is refused.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { eq, relations, sql } from "drizzle-orm";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import type { Kysely } from "kysely";
import { drizzle, type TenantDatabase } from "../../src/builders/drizzle/drizzle.ts";
import { kysely } from "../../src/builders/kysely/kysely.ts";
import { type OpenDatabase } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { parseHost } from "../../src/host.ts";
import { toAppError } from "../../src/http/thrown.ts";
import { describeError } from "../../src/log.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { ROOT } from "../support/pages/checkout.ts";
import { useDatabase } from "../support/database/database.ts";
import { redirect } from "../support/network/redirect.ts";
import { rejection } from "../support/rejection.ts";
import { serverAddress } from "../support/server/server.ts";
import { openWireTap, type WireTap } from "../support/network/wire.ts";
import { makeTables } from "./tables.ts";

const HOST = "acme.example.com";
const tag = pgTable("tag", { id: integer().primaryKey(), name: text().notNull() });
const post = pgTable("post", {
  id: integer().primaryKey(),
  userId: integer("user_id").notNull(),
  title: text().notNull(),
});
const comment = pgTable("comment", {
  id: integer().primaryKey(),
  postId: integer("post_id").notNull(),
});
const postRelations = relations(post, ({ many }) => ({ comments: many(comment) }));
const commentRelations = relations(comment, ({ one }) => ({
  post: one(post, { fields: [comment.postId], references: [post.id] }),
}));
const schema = { tag, post, comment, postRelations, commentRelations };

interface Tables {
  readonly tag: { readonly id: number; readonly name: string };
}

type Work = (db: Kysely<Tables>, own: TenantDatabase<typeof schema>) => PromiseLike<unknown>;

/** The rows of the page's table, and what each does. */
const SENT: readonly (readonly [string, Work])[] = [
  ["Kysely: a query", (db) => db.selectFrom("tag").selectAll().execute()],
  [
    "Kysely: an insert without RETURNING",
    (db) => db.insertInto("tag").values({ id: 50, name: "50" }).execute(),
  ],
  [
    "Kysely: a transaction of two queries",
    (db) =>
      db
        .transaction()
        .setIsolationLevel("serializable")
        .execute(async (tx) => {
          await tx.selectFrom("tag").selectAll().execute();
          await tx.deleteFrom("tag").where("id", "=", 50).execute();
        }),
  ],
  ["Drizzle: a query", (_, db) => db.select().from(tag)],
  [
    "Drizzle: an insert without RETURNING",
    (_, db) => db.insert(tag).values({ id: 50, name: "50" }),
  ],
  ["Drizzle: a relational query", (_, db) => db.query.post.findMany({ with: { comments: true } })],
  [
    "Drizzle: a batch of three queries",
    (_, db) =>
      db.batch([
        db.select().from(tag),
        db.delete(tag).where(eq(tag.id, 50)),
        db.query.tag.findFirst(),
      ]),
  ],
  [
    "Drizzle: a transaction of two queries",
    (_, db) =>
      db.transaction(
        async (tx) => {
          await tx.select().from(tag);
          await tx.update(tag).set({ name: "x" }).where(eq(tag.id, 50));
        },
        { isolationLevel: "serializable" },
      ),
  ],
  [
    "Drizzle: the same with a savepoint around one of them",
    (_, db) =>
      db.transaction(async (tx) => {
        await tx.select().from(tag);
        await tx.transaction((inner) => inner.update(tag).set({ name: "x" }).where(eq(tag.id, 50)));
      }),
  ],
];

describe("the builders' adapters", () => {
  const test = useDatabase({ acme: HOST, other: "other.example.com" });
  let database: OpenDatabase;
  let tenant: Tenant;
  let tap: WireTap;
  let db: TenantDatabase<typeof schema>;

  before(async () => {
    await test.sql(...makeTables("acme"));
    await test.sql(...makeTables("other"));
    tap = await openWireTap(serverAddress());
    database = openDatabase({ url: redirect(test.serviceUrl, tap.port), connections: 1 });
    tenant = createTenant(database, parseHost(HOST));
    db = drizzle(tenant, { schema });
    await tenant`select 1`;
  });

  beforeEach(() => tap.clear());

  after(async () => {
    await database.close(1);
    await tap.close();
  });

  /** All that the client has sent. */
  const sent = (): string =>
    tap.frames
      .filter(({ from }) => from === "client")
      .map(({ type }) => type)
      .join("");

  it("send what the page's table says, and nothing else", async () => {
    const found: string[] = [];
    for (const [what, work] of SENT) {
      tap.clear();
      await work(kysely<Tables>(tenant), db);
      expect(sent(), what).to.match(/^Q+$/);
      found.push(`| ${what} | ${sent().length} |`);
    }
    const page = readFileSync(join(ROOT, "src/builders/README.md"), "utf8");
    const rows = page.split("\n").map((line) => line.replaceAll(/ +/g, " "));
    expect(rows.filter((row) => /^\| (?:Kysely|Drizzle): /.test(row))).to.deep.equal(found);
  });

  it("db.batch() gives the results in order, mapped, and undoes all when one fails", async () => {
    const [tags, removed, first] = await db.batch([
      db
        .select({ id: tag.id, name: sql<string>`upper(${tag.name})` })
        .from(tag)
        .orderBy(tag.id),
      db.delete(tag).where(eq(tag.id, 99)),
      db.query.post.findFirst({
        with: { comments: { columns: { id: true } } },
        where: eq(post.id, 1),
      }),
    ]);
    expect(tags).to.deep.equal([
      { id: 1, name: "RED" },
      { id: 2, name: "BLUE" },
    ]);
    expect([removed.count, removed.rowCount]).to.deep.equal([0, 0]);
    expect(first).to.deep.equal({
      id: 1,
      userId: 1,
      title: "First",
      comments: [{ id: 1 }, { id: 2 }],
    });
    const failed = db.batch([
      db.insert(tag).values({ id: 60, name: "60" }),
      db.insert(tag).values({ id: 1, name: "1" }),
    ]);
    expect((await rejection(failed)).cause).to.include({ code: "23505" });
    expect(await db.$count(tag, eq(tag.id, 60))).to.equal(0);
  });

  it("db.batch() sends nothing when a query is refused or is another database's", async () => {
    const other = drizzle(createTenant(database, parseHost("other.example.com")), { schema });
    const insert = db.insert(tag).values({ id: 70, name: "70" });
    const refused = await rejection(
      db.batch([insert, db.select({ a: sql`set_config('a', 'b', true)` }).from(tag)]),
    );
    expect(refused.cause)
      .to.have.property("message")
      .that.includes('"set_config(…)" is not accepted');
    for (const query of [other.select().from(tag), other.execute(sql`select 1`)]) {
      const foreign = await rejection(db.batch([db.select().from(tag), query]));
      expect(foreign.cause).to.have.property("message").that.includes("this tenant's own database");
    }
    const items = [db.select().from(tag), Promise.resolve([])] as unknown as [typeof insert];
    expect((await rejection(db.batch(items))).message).to.include("is not a query of Drizzle");
    expect(sent()).to.equal("");
  });

  it("drizzle() and kysely() take a transaction of the tenant, beside its tag", async () => {
    const thrown = new Error("Enough");
    const work = tenant.begin(async (tx) => {
      await tx`insert into tag values (80, 'tag')`;
      await drizzle(tx).insert(tag).values({ id: 81, name: "drizzle" });
      await kysely<Tables>(tx).insertInto("tag").values({ id: 82, name: "kysely" }).execute();
      const undo = kysely<Tables>(tx)
        .transaction()
        .execute(async (inner) => {
          await inner.deleteFrom("tag").where("id", ">=", 80).execute();
          throw thrown;
        });
      expect(await rejection(undo)).to.equal(thrown);
      const { count } = await tx`select from tag where id >= 80`;
      expect(count).to.equal(3);
      throw thrown;
    });
    expect(await rejection(work)).to.equal(thrown);
    expect(await db.$count(tag, sql`id >= 80`)).to.equal(0);
  });

  it("refuse what is not one message, before anything is sent", async () => {
    const own = kysely<Tables>(tenant);
    const stream = async (): Promise<void> => {
      for await (const row of own.selectFrom("tag").selectAll().stream())
        expect(row).to.equal(undefined);
    };
    expect((await rejection(stream())).message).to.match(/^Cannot stream: .* with a limit$/);
    const table = own.schema.createTable("made").addColumn("id", "integer").execute();
    expect((await rejection(table)).message).to.match(
      /^Cannot read statement: it begins with "create".*; change tables in a migration$/,
    );
    const snapshot = own
      .transaction()
      .setIsolationLevel("snapshot")
      .execute(async () => {});
    expect((await rejection(snapshot)).message).to.include('"snapshot"');
    const made = db.execute(sql`create table made ()`);
    expect((await rejection(made)).cause)
      .to.have.property("message")
      .that.includes('begins with "create"');
    expect(() => drizzle(tenant, { cache: {} } as object)).to.throw(
      TypeError,
      "does not tell tenants apart",
    );
    expect(sent()).to.equal("");
  });

  it("the error of a query of Drizzle reaches no client and no log with its SQL and values", async () => {
    const secret = "planted in a value";
    const nobody = drizzle(createTenant(database, parseHost("nobody.example.com")));
    const errors = [
      [await rejection(db.insert(tag).values({ id: 1, name: secret })), "INTERNAL"],
      [
        await rejection(
          db
            .select()
            .from(tag)
            .where(sql`${secret}::int = 1`),
        ),
        "VALUE_INVALID",
      ],
      [await rejection(db.execute(sql`drop table ${secret}`)), "INTERNAL"],
      [await rejection(nobody.select().from(tag).where(eq(tag.name, secret))), "TENANT_NOT_FOUND"],
    ] as const;
    for (const [error, code] of errors) {
      expect(error.message).to.include(secret);
      const answered = toAppError(error);
      expect(answered.code).to.equal(code);
      expect(JSON.stringify([answered.message, describeError(answered)])).to.not.include(secret);
    }
  });

  it("the last version of Drizzle that was tried is the one that is installed", () => {
    const read = (file: string): { version: string; peerDependencies: Record<string, string> } =>
      JSON.parse(readFileSync(join(ROOT, file), "utf8")) as never;
    const { version } = read("node_modules/drizzle-orm/package.json");
    const [, next = ""] =
      /<0\.(\d+)$/.exec(read("package.json").peerDependencies["drizzle-orm"] ?? "") ?? [];
    expect(Number(version.split(".")[1])).to.equal(Number(next) - 1);
  });
});
