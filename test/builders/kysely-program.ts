// What an application does with Kysely, as cases that run in order on any of its dialects for PostgreSQL.

import { type Generated, type Kysely, sql } from "kysely";
import { jsonArrayFrom, jsonObjectFrom } from "kysely/helpers/postgres";
import { show } from "./tables.ts";

interface Tables {
  organisation: {
    id: string;
    name: string;
    settings: unknown;
    budget: string | null;
    founded: Date;
  };
  user: {
    id: Generated<number>;
    organisation_id: string | null;
    email: string;
    mood: "fine" | "sad" | null;
    tags: string[];
    scores: number[] | null;
    avatar: Uint8Array | null;
    born: Date | null;
    seen: Date | null;
    local: Date | null;
    views: Generated<string | bigint | number>;
    ratio: number | null;
    is_admin: Generated<boolean>;
  };
  post: {
    id: Generated<number>;
    user_id: number;
    title: string;
    body: unknown;
    published: Date | null;
    price: string | number | null;
  };
  comment: { id: Generated<number>; post_id: number; user_id: number; text: string };
  tag: { id: number; name: string };
  post_tag: { post_id: number; tag_id: number };
}

type Db = Kysely<Tables>;
type Case = readonly [name: string, run: (db: Db) => Promise<unknown>];

const ACME = "11111111-1111-1111-1111-111111111111";

const PROGRAM: readonly Case[] = [
  [
    "every column whose type has one form",
    (db) =>
      db
        .selectFrom("user")
        .select([
          "id",
          "organisation_id",
          "email",
          "mood",
          "tags",
          "scores",
          "seen",
          "views",
          "ratio",
          "is_admin",
        ])
        .orderBy("id")
        .execute(),
  ],
  [
    "organisations",
    (db) =>
      db
        .selectFrom("organisation")
        .select(["id", "name", "settings", "budget"])
        .orderBy("name")
        .execute(),
  ],
  ["posts", (db) => db.selectFrom("post").selectAll().orderBy("id").execute()],
  [
    "a filter of each kind",
    (db) =>
      db
        .selectFrom("user")
        .select("id")
        .where((eb) =>
          eb.or([
            eb.and([
              eb("mood", "=", "fine"),
              eb("views", ">", 5n),
              eb("email", "like", "%@example.com"),
            ]),
            eb("id", "in", [2, 99]),
            eb.and([eb("organisation_id", "is", null), eb("is_admin", "!=", true)]),
            eb.between("seen", new Date("2024-01-01"), new Date("2024-02-01")),
          ]),
        )
        .orderBy("id", "desc")
        .execute(),
  ],
  [
    "any of an array",
    (db) =>
      db
        .selectFrom("user")
        .select("id")
        .where("id", "=", sql<number>`any(${[1, 3]})`)
        .orderBy("id")
        .execute(),
  ],
  [
    "an array's items",
    (db) =>
      db
        .selectFrom("user")
        .select("id")
        .where(sql<boolean>`tags @> ${["a"]}`)
        .execute(),
  ],
  [
    "joins",
    (db) =>
      db
        .selectFrom("post")
        .innerJoin("user", "user.id", "post.user_id")
        .leftJoin("organisation as o", "o.id", "user.organisation_id")
        .select(["post.id", "user.id as user", "o.name", "o.budget"])
        .orderBy("post.id")
        .execute(),
  ],
  [
    "grouping",
    (db) =>
      db
        .selectFrom("user")
        .leftJoin("post", "post.user_id", "user.id")
        .select(({ fn }) => [
          "email",
          fn.count("post.id").as("posts"),
          fn.sum("post.price").as("price"),
          fn.avg("ratio").as("ratio"),
        ])
        .groupBy("email")
        .having(({ fn }) => fn.count("post.id"), ">", 0)
        .orderBy("email")
        .execute(),
  ],
  [
    "aggregation to JSON",
    (db) =>
      db
        .selectFrom("post")
        .select((eb) => [
          "title",
          jsonArrayFrom(
            eb.selectFrom("comment").selectAll().whereRef("post_id", "=", "post.id").orderBy("id"),
          ).as("comments"),
          jsonObjectFrom(
            eb
              .selectFrom("user")
              .select(["email", "seen", "views", "avatar"])
              .whereRef("user.id", "=", "post.user_id"),
          ).as("author"),
        ])
        .orderBy("post.id")
        .execute(),
  ],
  [
    "a common table expression and a union",
    (db) =>
      db
        .with("busy", (one) => one.selectFrom("post").select("user_id as id").groupBy("user_id"))
        .selectFrom("busy")
        .select("id")
        .unionAll(db.selectFrom("tag").select("id"))
        .orderBy("id")
        .execute(),
  ],
  ["a page", (db) => db.selectFrom("user").select("id").orderBy("id").limit(1).offset(1).execute()],
  ["executeTakeFirst", (db) => db.selectFrom("tag").selectAll().orderBy("id").executeTakeFirst()],
  [
    "executeTakeFirst without a row",
    (db) => db.selectFrom("tag").selectAll().where("id", "=", 99).executeTakeFirst(),
  ],
  [
    "executeTakeFirstOrThrow without a row",
    (db) => db.selectFrom("tag").selectAll().where("id", "=", 99).executeTakeFirstOrThrow(),
  ],
  [
    "an insert with values of each kind",
    (db) =>
      db
        .insertInto("user")
        .values({
          organisation_id: ACME,
          email: "it's \\ $1 \u{1f600}@example.com",
          mood: "sad",
          tags: ["", "a,b", '"', "\\", "{}", "NULL"],
          scores: [1, -2],
          avatar: Buffer.from([0, 39, 92]),
          seen: new Date("2024-06-01T12:00:00.123Z"),
          views: 2n ** 62n,
          ratio: -1.5e-7,
        })
        .returning(["id", "email", "tags", "scores", "seen", "views", "ratio", "born", "is_admin"])
        .execute(),
  ],
  [
    "an insert of JSON",
    (db) =>
      db
        .insertInto("post")
        .values({ user_id: 1, title: "JSON", body: { a: ["'", null, "\\"] }, price: 1.25 })
        .returningAll()
        .execute(),
  ],
  [
    "an insert without returning",
    (db) =>
      db
        .insertInto("tag")
        .values([
          { id: 3, name: "green" },
          { id: 4, name: "it's" },
        ])
        .execute(),
  ],
  [
    "an upsert",
    (db) =>
      db
        .insertInto("tag")
        .values({ id: 3, name: "lime" })
        .onConflict((oc) => oc.column("id").doUpdateSet({ name: (eb) => eb.ref("excluded.name") }))
        .returningAll()
        .execute(),
  ],
  [
    "an upsert that does nothing",
    (db) =>
      db
        .insertInto("tag")
        .values({ id: 1, name: "x" })
        .onConflict((oc) => oc.doNothing())
        .executeTakeFirst(),
  ],
  [
    "an update without returning",
    (db) =>
      db
        .updateTable("user")
        .set((eb) => ({ seen: null, views: eb("views", "+", 1) }))
        .where("id", "<", 3)
        .executeTakeFirst(),
  ],
  [
    "an update with returning",
    (db) =>
      db.updateTable("user").set({ tags: [] }).where("id", "=", 2).returning("tags").execute(),
  ],
  [
    "an update from a join",
    (db) =>
      db
        .updateTable("post")
        .from("user")
        .set({ title: sql`title || ${"?"}` })
        .whereRef("user.id", "=", "post.user_id")
        .where("user.id", "=", 2)
        .executeTakeFirst(),
  ],
  [
    "a merge",
    (db) =>
      db
        .mergeInto("tag")
        .using("post_tag", "post_tag.tag_id", "tag.id")
        .whenMatched()
        .thenDoNothing()
        .executeTakeFirst(),
  ],
  [
    "a common table expression that writes",
    (db) =>
      db
        .with("gone", (one) =>
          one.deleteFrom("post_tag").where("tag_id", "=", 2).returning("post_id"),
        )
        .selectFrom("gone")
        .selectAll()
        .orderBy("post_id")
        .execute(),
  ],
  [
    "a common table expression before a write",
    (db) =>
      db
        .with("some", (one) => one.selectFrom("tag").select("id").where("id", "=", 4))
        .deleteFrom("tag")
        .where("id", "in", (eb) => eb.selectFrom("some").select("id"))
        .executeTakeFirst(),
  ],
  ["a delete", (db) => db.deleteFrom("tag").where("id", "=", 99).executeTakeFirst()],
  [
    "raw SQL",
    async (db) =>
      (await sql`select ${"a"}::text as a, ${1}::int + 1 as b, ${null}::int as c`.execute(db)).rows,
  ],
  [
    "a raw write",
    (db) =>
      sql`update tag set name = name where id = ${1}`
        .execute(db)
        .then(({ numAffectedRows, rows }) => ({ numAffectedRows, rows })),
  ],
  [
    "a transaction that is kept",
    async (db) => {
      await db
        .transaction()
        .setIsolationLevel("repeatable read")
        .execute(async (tx) => {
          await tx.insertInto("tag").values({ id: 10, name: "kept" }).execute();
          await tx.insertInto("tag").values({ id: 11, name: "kept too" }).execute();
        });
      return db.selectFrom("tag").selectAll().where("id", ">", 9).orderBy("id").execute();
    },
  ],
  [
    "a transaction that is undone",
    async (db) => {
      const failed = db.transaction().execute(async (tx) => {
        await tx.deleteFrom("tag").where("id", "=", 10).execute();
        throw new RangeError("Enough");
      });
      return [
        await failed.catch((error: unknown) => error),
        await db.selectFrom("tag").select("id").where("id", "=", 10).execute(),
      ];
    },
  ],
  [
    "a controlled transaction with savepoints",
    async (db) => {
      const tx = await db.startTransaction().execute();
      await tx.insertInto("tag").values({ id: 20, name: "before" }).execute();
      const first = await tx.savepoint("first").execute();
      await first.insertInto("tag").values({ id: 21, name: "undone" }).execute();
      await first
        .insertInto("tag")
        .values({ id: 1, name: "twice" })
        .execute()
        .catch(() => {});
      await first.rollbackToSavepoint("first").execute();
      const second = await first.savepoint("second").execute();
      await second.insertInto("tag").values({ id: 22, name: "stays" }).execute();
      await second.releaseSavepoint("second").execute();
      await tx.commit().execute();
      return db.selectFrom("tag").selectAll().where("id", ">=", 20).orderBy("id").execute();
    },
  ],
  [
    "a controlled transaction that is undone",
    async (db) => {
      const tx = await db.startTransaction().execute();
      await tx.deleteFrom("tag").where("id", "=", 20).execute();
      await tx.rollback().execute();
      return db.selectFrom("tag").select("id").where("id", "=", 20).execute();
    },
  ],
  [
    "a read-only transaction",
    (db) =>
      db
        .transaction()
        .setAccessMode("read only")
        .execute((tx) => tx.deleteFrom("tag").execute()),
  ],
  ["a broken rule", (db) => db.insertInto("tag").values({ id: 1, name: "red" }).execute()],
  [
    "a value that does not fit",
    (db) =>
      db
        .insertInto("user")
        .values({ email: "z", mood: "none" as "sad", tags: [] })
        .execute(),
  ],
];

/** Runs the program; what each part of it gives, as text that keeps kinds. */
export async function runKysely(open: <T>() => Kysely<T>): Promise<ReadonlyMap<string, string>> {
  const db = open<Tables>();
  const shown = new Map<string, string>();
  for (const [name, run] of PROGRAM) {
    shown.set(name, show(await run(db).catch((error: unknown) => error)));
  }
  return shown;
}
