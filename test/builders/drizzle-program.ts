// What an application does with Drizzle, as cases that run in order on any of its databases for PostgreSQL.

import {
  and,
  arrayContains,
  asc,
  between,
  count,
  desc,
  eq,
  exists,
  gt,
  inArray,
  isNull,
  like,
  not,
  or,
  relations,
  sql,
  sum,
} from "drizzle-orm";
import {
  alias,
  type PgDatabase,
  type PgQueryResultHKT,
  unionAll,
  bigint,
  boolean,
  customType,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { show } from "./tables.ts";

const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
const mood = pgEnum("mood", ["fine", "sad"]);

const organisation = pgTable("organisation", {
  id: uuid().primaryKey(),
  name: text().notNull().unique(),
  settings: jsonb().notNull().default({}),
  budget: numeric({ precision: 12, scale: 2 }),
  founded: date().notNull(),
});

const user = pgTable("user", {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  organisationId: uuid("organisation_id").references(() => organisation.id),
  email: text().notNull().unique(),
  mood: mood(),
  tags: text().array().notNull().default([]),
  scores: integer().array(),
  avatar: bytea(),
  born: date({ mode: "date" }),
  seen: timestamp({ withTimezone: true }),
  local: timestamp(),
  views: bigint({ mode: "bigint" }).notNull().default(0n),
  ratio: doublePrecision(),
  isAdmin: boolean("is_admin").notNull().default(false),
});

const post = pgTable("post", {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  userId: integer("user_id")
    .notNull()
    .references(() => user.id),
  title: text().notNull(),
  body: jsonb(),
  published: timestamp({ withTimezone: true, mode: "string" }),
  price: numeric({ mode: "number" }),
});

const comment = pgTable("comment", {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  postId: integer("post_id")
    .notNull()
    .references(() => post.id),
  userId: integer("user_id")
    .notNull()
    .references(() => user.id),
  text: text().notNull(),
});

const tag = pgTable("tag", { id: integer().primaryKey(), name: text().notNull().unique() });

const postTag = pgTable(
  "post_tag",
  {
    postId: integer("post_id").references(() => post.id),
    tagId: integer("tag_id").references(() => tag.id),
  },
  (table) => [primaryKey({ columns: [table.postId, table.tagId] })],
);

const organisationRelations = relations(organisation, ({ many }) => ({ users: many(user) }));
const userRelations = relations(user, ({ one, many }) => ({
  organisation: one(organisation, {
    fields: [user.organisationId],
    references: [organisation.id],
  }),
  posts: many(post),
}));
const postRelations = relations(post, ({ one, many }) => ({
  author: one(user, { fields: [post.userId], references: [user.id] }),
  comments: many(comment),
  tags: many(postTag),
}));
const commentRelations = relations(comment, ({ one }) => ({
  post: one(post, { fields: [comment.postId], references: [post.id] }),
  author: one(user, { fields: [comment.userId], references: [user.id] }),
}));
const postTagRelations = relations(postTag, ({ one }) => ({
  post: one(post, { fields: [postTag.postId], references: [post.id] }),
  tag: one(tag, { fields: [postTag.tagId], references: [tag.id] }),
}));

const schema = {
  mood,
  organisation,
  user,
  post,
  comment,
  tag,
  postTag,
  organisationRelations,
  userRelations,
  postRelations,
  commentRelations,
  postTagRelations,
};

type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

/** Makes a database of Drizzle: the line of an application that differs between drivers. */
export type OpenDrizzle = <S extends Record<string, unknown>>(
  schema: S,
) => PgDatabase<PgQueryResultHKT, S>;

const ACME = "11111111-1111-1111-1111-111111111111";

/** A part of the program; what it gives is compared. */
type Case = readonly [name: string, run: (db: Db) => PromiseLike<unknown>];

const PROGRAM: readonly Case[] = [
  ["every column of every row", (db) => db.select().from(user).orderBy(user.id)],
  ["organisations", (db) => db.select().from(organisation).orderBy(organisation.name)],
  ["posts", (db) => db.select().from(post).orderBy(post.id)],
  [
    "a filter of each kind",
    (db) =>
      db
        .select({ id: user.id })
        .from(user)
        .where(
          or(
            and(eq(user.mood, "fine"), gt(user.views, 5n), like(user.email, "%@example.com")),
            inArray(user.id, [2, 99]),
            and(isNull(user.organisationId), not(eq(user.isAdmin, true))),
            between(user.born, new Date("1999-01-01"), new Date("2001-01-01")),
          ),
        )
        .orderBy(desc(user.id)),
  ],
  [
    "an array",
    (db) =>
      db
        .select({ id: user.id })
        .from(user)
        .where(arrayContains(user.tags, ["a"])),
  ],
  ["an empty in", (db) => db.select().from(user).where(inArray(user.id, []))],
  [
    "any",
    (db) =>
      db
        .select({ id: user.id })
        .from(user)
        .where(sql`${user.id} = any(${sql.param([1, 3])})`),
  ],
  [
    "a join with columns of one name",
    (db) =>
      db
        .select()
        .from(post)
        .innerJoin(user, eq(user.id, post.userId))
        .leftJoin(organisation, eq(organisation.id, user.organisationId))
        .orderBy(post.id),
  ],
  [
    "a left join without a match, and an alias",
    (db) => {
      const author = alias(user, "author");
      return db
        .select({
          text: comment.text,
          author: { email: author.email, mood: author.mood },
          title: post.title,
        })
        .from(comment)
        .leftJoin(author, and(eq(author.id, comment.userId), eq(author.isAdmin, true)))
        .leftJoin(post, eq(post.id, comment.postId))
        .orderBy(comment.id);
    },
  ],
  [
    "grouping",
    (db) =>
      db
        .select({ email: user.email, posts: count(post.id), price: sum(post.price) })
        .from(user)
        .leftJoin(post, eq(post.userId, user.id))
        .groupBy(user.email)
        .having(gt(count(post.id), 0))
        .orderBy(asc(user.email)),
  ],
  [
    "aggregation to JSON",
    (db) =>
      db
        .select({
          title: post.title,
          comments: sql`coalesce(json_agg(json_build_object('text', ${comment.text}, 'at', ${post.published})
            order by ${comment.id}) filter (where ${comment.id} is not null), '[]')`,
        })
        .from(post)
        .leftJoin(comment, eq(comment.postId, post.id))
        .groupBy(post.id)
        .orderBy(post.id),
  ],
  [
    "a common table expression, exists and a union",
    (db) => {
      const busy = db
        .$with("busy")
        .as(db.select({ id: post.userId }).from(post).groupBy(post.userId));
      const first = db
        .with(busy)
        .select({ id: user.id })
        .from(user)
        .where(exists(db.select().from(busy).where(eq(busy.id, user.id))));
      return unionAll(first, db.select({ id: tag.id }).from(tag)).orderBy(sql`1`);
    },
  ],
  ["a page", (db) => db.select({ id: user.id }).from(user).orderBy(user.id).limit(1).offset(1)],
  [
    "distinct on",
    (db) =>
      db.selectDistinctOn([post.userId], { id: post.id }).from(post).orderBy(post.userId, post.id),
  ],
  ["$count", (db) => db.$count(user, eq(user.isAdmin, false))],
  [
    "a row that is locked",
    (db) =>
      db.transaction((tx) =>
        tx.select({ id: post.id }).from(post).where(eq(post.id, 1)).for("update"),
      ),
  ],
  [
    "a relational query of three levels",
    (db) =>
      db.query.organisation.findMany({
        orderBy: asc(organisation.name),
        with: {
          users: {
            orderBy: asc(user.id),
            with: {
              posts: {
                orderBy: asc(post.id),
                with: { comments: true, tags: { with: { tag: true } } },
              },
            },
          },
        },
      }),
  ],
  [
    "a relational query of one row, with chosen columns and an extra",
    (db) =>
      db.query.post.findFirst({
        columns: { title: true, published: true },
        where: eq(post.id, 1),
        extras: { loud: sql<string>`upper(${post.title})`.as("loud") },
        with: { author: { columns: { seen: true, views: true, avatar: true } } },
      }),
  ],
  ["a relational query without a row", (db) => db.query.tag.findFirst({ where: eq(tag.id, 99) })],
  [
    "an insert with every kind of value",
    (db) =>
      db
        .insert(user)
        .values({
          organisationId: ACME,
          email: "it's \\ $1 \u{1f600}@example.com",
          mood: "sad",
          tags: ["", "a,b", '"', "\\", "{}", "NULL"],
          scores: [1, -2],
          avatar: Buffer.from([0, 39, 92]),
          born: new Date("2020-02-29"),
          seen: new Date("2024-06-01T12:00:00.123Z"),
          local: new Date("2024-06-01T12:00:00.123Z"),
          views: 2n ** 62n,
          ratio: -1.5e-7,
          isAdmin: true,
        })
        .returning(),
  ],
  [
    "an insert of several rows with defaults, without returning",
    async (db) => {
      await db.insert(tag).values([
        { id: 3, name: "green" },
        { id: 4, name: "it's" },
      ]);
      return db.select().from(tag).orderBy(tag.id);
    },
  ],
  [
    "an insert of JSON",
    (db) =>
      db
        .insert(post)
        .values({ userId: 1, title: "JSON", body: [{ a: "'" }, null, "\\"], price: 1.25 })
        .returning(),
  ],
  [
    "an upsert",
    (db) =>
      db
        .insert(tag)
        .values({ id: 3, name: "lime" })
        .onConflictDoUpdate({ target: tag.id, set: { name: sql`excluded.name || ${"!"}` } })
        .returning(),
  ],
  [
    "an upsert that does nothing",
    (db) => db.insert(tag).values({ id: 1, name: "x" }).onConflictDoNothing().returning(),
  ],
  [
    "an update",
    (db) =>
      db
        .update(user)
        .set({ seen: null, views: sql`${user.views} + ${1}`, tags: [] })
        .where(eq(user.id, 2))
        .returning({ views: user.views, tags: user.tags }),
  ],
  [
    "an update from a join",
    (db) =>
      db
        .update(post)
        .set({ title: sql`${post.title} || ${"?"}` })
        .from(user)
        .where(and(eq(user.id, post.userId), eq(user.id, 2)))
        .returning({ title: post.title }),
  ],
  ["a delete", (db) => db.delete(postTag).where(eq(postTag.tagId, 2)).returning()],
  [
    "a prepared query",
    async (db) => {
      const prepared = db
        .select({ email: user.email })
        .from(user)
        .where(eq(user.id, sql.placeholder("id")))
        .prepare("by_id");
      return [await prepared.execute({ id: 1 }), await prepared.execute({ id: 2 })];
    },
  ],
  [
    "a transaction that is kept, with a savepoint that is undone",
    async (db) => {
      await db.transaction(
        async (tx) => {
          await tx.insert(tag).values({ id: 10, name: "kept" });
          await tx
            .transaction(async (inner) => {
              await inner.insert(tag).values({ id: 11, name: "undone" });
              inner.rollback();
            })
            .catch(() => {});
          await tx.transaction((inner) => inner.insert(tag).values({ id: 12, name: "inner" }));
        },
        { isolationLevel: "serializable" },
      );
      return db.select().from(tag).where(gt(tag.id, 9)).orderBy(tag.id);
    },
  ],
  [
    "a transaction that is undone",
    async (db) => {
      const failed = db.transaction(async (tx) => {
        await tx.delete(tag).where(eq(tag.id, 10));
        throw new RangeError("Enough");
      });
      return [
        await failed.catch((error: unknown) => error),
        await db.select().from(tag).where(eq(tag.id, 10)),
      ];
    },
  ],
  [
    "a read-only transaction",
    (db) =>
      db
        .transaction((tx) => tx.delete(tag), { accessMode: "read only" })
        .catch((error: unknown) => error),
  ],
  [
    "a broken rule",
    (db) =>
      Promise.resolve(db.insert(tag).values({ id: 1, name: "red" })).catch(
        (error: unknown) => error,
      ),
  ],
  [
    "a value that does not fit",
    (db) =>
      Promise.resolve(db.insert(user).values({ email: "z", mood: "none" as "sad" })).catch(
        (error: unknown) => error,
      ),
  ],
];

/** Runs the program; what each part of it gives, as text that keeps kinds. */
export async function runDrizzle(open: OpenDrizzle): Promise<ReadonlyMap<string, string>> {
  const db = open(schema);
  const shown = new Map<string, string>();
  for (const [name, run] of PROGRAM) {
    shown.set(name, show(await Promise.resolve(run(db)).catch((error: unknown) => error)));
  }
  return shown;
}
