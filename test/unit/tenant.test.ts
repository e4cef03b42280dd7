// The tag, the batch and the transaction of a tenant on a database that only records messages.

import { expect } from "chai";
import type { Beginning, Database, Link } from "../../src/database/database.ts";
import { type Answer, type Message, messageText } from "../../src/database/message.ts";
import { type Results, type Row, type Rows, withCount } from "../../src/database/values/rows.ts";
import { AppError } from "../../src/errors.ts";
import { parseHost } from "../../src/host.ts";
import { TemplateError } from "../../src/sql/statement.ts";
import type { Query, Tag } from "../../src/query.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { rejection } from "../support/rejection.ts";

const ENTRY =
  "reset role;select rowhouse.enter_tenant" +
  `('{"acme.example.com:5000","acme.example.com","*.example.com"}')`;
const ENTERED = { enter_tenant: "acme" };

/** Records each message and answers it with what `answers` holds next. */
class FakeDatabase implements Database {
  readonly messages: string[] = [];
  readonly answers: (Results | Error)[] = [];

  async send(message: Message): Promise<Answer> {
    return { entered: ENTERED, results: this.#take(messageText(message)) };
  }

  async transaction<T>(
    work: (link: Link, entered: Row | undefined) => Promise<T>,
    { entry = "" }: Beginning = {},
  ): Promise<T> {
    const link: Link = {
      send: async (statements) => this.#take(messageText({ statements })),
      savepoint: (inner) => {
        this.messages.push("savepoint");
        return inner({ ...link });
      },
    };
    this.messages.push("begin", entry);
    return work(link, ENTERED);
  }

  async close(): Promise<void> {}

  #take(message: string): Results {
    this.messages.push(message);
    const answer = this.answers.shift() ?? [rows()];
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

const rows = (...values: readonly number[]): Rows =>
  withCount(
    values.map((value) => ({ value })),
    { command: "SELECT" },
  );

describe("tenant", () => {
  let database: FakeDatabase;
  let tenant: Tenant;

  beforeEach(() => {
    database = new FakeDatabase();
    tenant = createTenant(database, parseHost("acme.example.com:5000"));
  });

  it("tenant`…` sends nothing before it is awaited", async () => {
    const query = tenant`select ${1}`;
    await Promise.resolve();
    expect(database.messages).to.deep.equal([]);
    await query;
    expect(database.messages).to.deep.equal([`${ENTRY};select (1)\n`]);
  });

  it("tenant`…` gives the rows of its statement", async () => {
    database.answers.push([rows(1, 2)], [rows()]);
    expect(await tenant`select 1`).to.deep.equal(rows(1, 2));
    expect(await tenant`select 1`).to.deep.equal([]);
  });

  it("tenant`…` throws the statement's own error when it cannot be told whether the tenant was renamed", async () => {
    const failed = Object.assign(new Error("no table"), { code: "42P01" });
    database.answers.push([rows()], failed, new AppError("OVERLOADED", "Cannot start: full"));
    await tenant`select 1`;
    expect(await rejection(tenant`select 2`)).to.equal(failed);
    expect(database.messages).to.have.length(3);
  });

  it("tenant`…` of a host that was never entered is sent twice when it can have been renamed, and no more", async () => {
    const failed = () => Object.assign(new Error("no table"), { code: "42P01" });
    const last = failed();
    database.answers.push(failed(), [rows(1)]);
    expect(await tenant`select 1`).to.deep.equal(rows(1));
    const other = createTenant(database, parseHost("b.test"));
    database.answers.push(failed(), last);
    expect(await rejection(other`select 1`)).to.equal(last);
    expect(database.messages).to.have.length(4);
  });

  it("tenant`…` is sent once, however often it is awaited", async () => {
    database.answers.push([rows(1)], [rows(2)]);
    const query = tenant`select 1`;
    const all = await Promise.all([query, query, query.then((found) => found)]);
    for (const found of [...all, await query]) expect(found).to.deep.equal(rows(1));
    expect(database.messages).to.have.length(1);
  });

  it("tenant`…` is not sent again when it has failed", async () => {
    const error = new Error("a");
    database.answers.push(error, [rows(1)]);
    const query = tenant`select 1`;
    expect(await rejection(query)).to.equal(error);
    expect(await rejection(query)).to.equal(error);
    expect(database.messages).to.have.length(1);
  });

  it("tenant`…` begins each message with the entry", async () => {
    await tenant`select 1`;
    await tenant`select 2`;
    await tenant.batch([tenant`select 3`]);
    for (const message of database.messages)
      expect(message.startsWith(`${ENTRY};select`)).to.equal(true);
    expect(database.messages).to.have.length(3);
  });

  it("tenant`…` refuses a text or a value at once, not when it is awaited", () => {
    expect(() => tenant`select '${1}'`).to.throw(TemplateError);
    expect(() => tenant`select ${"\0"}`).to.throw(AppError);
    expect(() => tenant`select ${undefined}`).to.throw(TypeError);
  });

  it("tenant`…` fails when the message has fewer or more results than statements", async () => {
    for (const results of [[], [rows(1), rows(2)]]) {
      database.answers.push(results);
      const error = await rejection(tenant`select 1`);
      expect(error.message).to.match(/: 1 statements returned [02] results$/);
    }
  });

  it("createTenant() tells the schema of each message that entered it, and of no other", async () => {
    const entered: string[] = [];
    const told = createTenant(database, parseHost("acme.example.com:5000"), {
      entered: (name) => void entered.push(name),
    });
    database.answers.push(new Error("a"));
    await rejection(told`select 1`);
    expect(entered).to.deep.equal([]);
    await told`select 1`;
    await told.begin(async (tx) => await tx`select 1`);
    expect(entered).to.deep.equal(["acme", "acme"]);
  });

  it("tenant.batch() sends one message and gives the results in order", async () => {
    database.answers.push([rows(1), rows(), rows(3, 4)]);
    const results = await tenant.batch([
      tenant`select 1`,
      tenant`select ${2} --`,
      tenant`select 3`,
    ]);
    expect(results).to.deep.equal([rows(1), [], rows(3, 4)]);
    expect(database.messages).to.deep.equal([`${ENTRY};select 1\n;select (2) --\n;select 3\n`]);
  });

  it("tenant.batch() gives each query its rows: awaiting it sends nothing", async () => {
    database.answers.push([rows(1), rows(2)]);
    const [first, second] = [tenant`select 1`, tenant`select 2`];
    const sent = tenant.batch([first, second]);
    expect([await second, await first]).to.deep.equal([rows(2), rows(1)]);
    await sent;
    expect(database.messages).to.have.length(1);
  });

  it("tenant.batch() of nothing sends nothing", async () => {
    expect(await tenant.batch([])).to.deep.equal([]);
    expect(database.messages).to.deep.equal([]);
  });

  it("tenant.batch() fails when a result is missing", async () => {
    database.answers.push([rows(1)]);
    const failed = rejection(tenant.batch([tenant`select 1`, tenant`select 2`]));
    expect((await failed).message).to.match(/: 2 statements returned 1 results$/);
  });

  it("tenant.batch() fails as one, and so does each of its queries", async () => {
    const error = new Error("a");
    database.answers.push(error);
    const [first, second] = [tenant`select 1`, tenant`select 2`];
    expect(await rejection(tenant.batch([first, second]))).to.equal(error);
    expect(await rejection(first)).to.equal(error);
    expect(await rejection(second)).to.equal(error);
  });

  const refused: Readonly<Record<string, (tag: Tag) => readonly Query[]>> = {
    "another tenant's query, of the same host even": (tag) => [
      tag`select 1`,
      createTenant(database, parseHost("acme.example.com:5000"))`select 2`,
    ],
    "a query that is in it twice": (tag) => {
      const query = tag`select 1`;
      return [query, tag`select 2`, query];
    },
    "what is no query": (tag) => [tag`select 1`, Promise.resolve([]) as unknown as Query],
  };
  for (const [what, make] of Object.entries(refused)) {
    it(`tenant.batch() refuses ${what} before it sends anything`, async () => {
      expect(await rejection(tenant.batch(make(tenant)))).to.be.instanceOf(TypeError);
      expect(database.messages).to.deep.equal([]);
    });
  }

  it("tenant.batch() refuses a query that was sent already, alone or in a batch", async () => {
    const [alone, batched] = [tenant`select 1`, tenant`select 2`];
    await alone;
    await tenant.batch([batched]);
    for (const query of [alone, batched]) {
      expect(await rejection(tenant.batch([tenant`select 3`, query]))).to.be.instanceOf(TypeError);
    }
    expect(database.messages).to.have.length(2);
  });

  it("tenant.batch() keeps a query sendable when it refused the batch", async () => {
    const query = tenant`select 1`;
    await rejection(tenant.batch([query, query]));
    database.answers.push([rows(1)]);
    expect(await query).to.deep.equal(rows(1));
  });

  it("tenant.batch() refuses a transaction's query, and tx.batch() a tenant's", async () => {
    await tenant.begin(async (tx) => {
      const before = database.messages.length;
      expect(await rejection(tenant.batch([tx`select 1`]))).to.be.instanceOf(TypeError);
      expect(await rejection(tx.batch([tenant`select 1`]))).to.be.instanceOf(TypeError);
      await tx.savepoint(async (inner) => {
        expect(await rejection(tx.batch([inner`select 1`]))).to.be.instanceOf(TypeError);
      });
      expect(database.messages.slice(before)).to.deep.equal(["savepoint"]);
    });
  });
  it("tenant.begin() enters first and once, then sends each statement as it is", async () => {
    database.answers.push([rows(1)], [rows(2), rows(3)], [rows(4)]);
    const found = await tenant.begin(async (tx) => [
      await tx`select ${1}`,
      await tx.batch([tx`select 2`, tx`select 3`]),
      await tx.savepoint(async (inner) => await inner`select 4`),
    ]);
    expect(found).to.deep.equal([rows(1), [rows(2), rows(3)], rows(4)]);
    expect(database.messages).to.deep.equal([
      "begin",
      ENTRY,
      "select (1)\n",
      "select 2\n;select 3\n",
      "savepoint",
      "select 4\n",
    ]);
  });

  it("tx`…` fails when a message has another count of results than statements", async () => {
    database.answers.push([rows(1), rows(2)]);
    const failed = rejection(tenant.begin(async (tx) => await tx`select 1`));
    expect((await failed).message).to.match(/: 1 statements returned 2 results$/);
  });
});
