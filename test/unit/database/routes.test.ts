// What a service knows of its databases between two requests, without a database.

import { expect } from "chai";
import { entryOf, SHARED_ENTRY } from "../../../src/entry.ts";
import { candidates, parseHost } from "../../../src/host.ts";
import { readOptions } from "../../../src/config.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import type { Claim } from "../../../src/database/pool/waiting-line.ts";
import { Hints } from "../../../src/database/routes/hints.ts";
import { isMoving, narrowEntry, nearestEntry } from "../../../src/database/routes/names.ts";
import { Places } from "../../../src/database/routes/places.ts";
import { findUrlVariables } from "../../../src/database/routes/variables.ts";
import { rejection } from "../../support/rejection.ts";

const HOME_URL = "postgres://service:secret@127.0.0.1:1/app";

describe("the names in an entry", () => {
  it("narrowEntry() has one of the names alone, and nearestEntry() the first", () => {
    for (const text of [
      "a.example.com:5000",
      "a.example.com",
      "localhost",
      "[::1]:80",
      "10.0.0.1",
    ]) {
      const entry = entryOf(parseHost(text));
      const names = candidates(parseHost(text));
      expect(nearestEntry(entry)).to.equal(narrowEntry(entry, names[0] ?? ""));
      for (const name of names) {
        const narrow = narrowEntry(entry, name) ?? "";
        expect(narrow.match(/"[^"]*"/g), narrow).to.deep.equal([`"${name}"`]);
        expect(narrow.replace(/\{.*\}/, "")).to.equal(entry.replace(/\{.*\}/, ""));
      }
      for (const other of ["b.example.com", "example.com", "", `a","b`]) {
        expect(narrowEntry(entry, other)).to.equal(undefined);
      }
    }
    const schema = entryOf({ schema: "acme" });
    expect(nearestEntry(schema)).to.equal(schema);
    expect(narrowEntry(schema, "acme")).to.equal(schema);
    expect(narrowEntry(schema, "acme2")).to.equal(undefined);
    expect(nearestEntry(SHARED_ENTRY)).to.equal(SHARED_ENTRY);
  });

  it("isMoving() reads the row of an entry, and no setting of the tenant", () => {
    expect(isMoving({ enter_tenant: "acme!" })).to.equal(true);
    expect(isMoving({ enter_schema: 'acme!{"a": 1}' })).to.equal(true);
    for (const text of ["acme", 'acme{"a": "!"}', "", 'acme{"a!": 1}']) {
      expect(isMoving({ enter_tenant: text }), text).to.equal(false);
    }
    expect(isMoving(undefined)).to.equal(false);
  });
});

describe("Hints", () => {
  it("keeps ten thousand names, and forgets the one that was used least", () => {
    const hints = new Hints();
    hints.learn("used", "eu");
    for (let at = 0; at < 9999; at += 1) hints.learn(`host ${at}`, "us");
    expect(hints.find("used")).to.equal("eu");
    hints.learn("one more", "us");
    expect(hints.find("used")).to.equal("eu");
    expect(hints.find("host 0")).to.equal(undefined);
    expect(hints.find("host 1")).to.equal("us");
  });
});

describe("Places", () => {
  const hang = (
    places: Places,
    database: string,
    claim: Claim,
  ): { end: () => void; ran: Promise<unknown> } => {
    let end = (): void => {};
    const ran = places.run(database, claim, () => new Promise<void>((resolve) => (end = resolve)));
    return { end: () => end(), ran };
  };
  /** Begins pieces of work that do not end, until one is refused. */
  const fill = async (
    places: Places,
    database: string,
    claim: Claim = {},
  ): Promise<readonly (() => void)[]> => {
    const ends: (() => void)[] = [];
    for (;;) {
      const { end, ran } = hang(places, database, claim);
      const later = new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)));
      const refused = await Promise.race([ran.then(undefined, (error: unknown) => error), later]);
      if (refused !== undefined) {
        expect(refused).to.have.property("code", "OVERLOADED");
        return ends;
      }
      ends.push(end);
    }
  };

  it("leaves places to the others, however many databases are busy", async () => {
    const places = new Places(64);
    const taken: number[] = [];
    for (const database of ["a", "b", "c"]) taken.push((await fill(places, database)).length);
    expect(taken[0]).to.equal(48);
    for (const count of taken) expect(count).to.be.greaterThan(2);
    expect(await places.run("d", {}, async () => "served")).to.equal("served");
  });

  it("takes work again when other work has ended", async () => {
    const places = new Places(8);
    const [end] = await fill(places, "a");
    expect(await rejection(places.run("a", {}, async () => {}))).to.include({ code: "OVERLOADED" });
    end?.();
    await Promise.resolve();
    expect(await places.run("a", {}, async () => "served")).to.equal("served");
  });

  it("leaves half of a database's places to its other tenants", async () => {
    const places = new Places(64);
    expect(await fill(places, "a", { owner: { key: "greedy" } })).to.have.length(24);
    expect(await fill(places, "a", { owner: { key: "other" } })).to.have.length(24);
  });

  it("gives all the work of a request one place, until the last of it has ended", async () => {
    const places = new Places(8);
    const claim = { owner: { key: "acme" }, signal: new AbortController().signal };
    const works = Array.from({ length: 100 }, () => hang(places, "a", claim));
    for (const { end } of works.slice(1)) end();
    await Promise.all(works.slice(1).map(({ ran }) => ran));
    expect(await fill(places, "a")).to.have.length(5);
    works[0]?.end();
    await works[0]?.ran;
    expect(await fill(places, "a")).to.have.length(1);
  });
});

describe("the variables of several databases", () => {
  const read = (env: Readonly<Record<string, string>>): readonly string[] =>
    Object.keys(readOptions({ DATABASE_URL: HOME_URL, ...env }).database.others);

  it("readOptions() reads a database for each name", () => {
    expect(read({})).to.deep.equal([]);
    const url = HOME_URL;
    expect(
      read({ DATABASE_URL_EU: url, DATABASE_URL_US_2: url, DATABASE_URL_ASIA: "" }),
    ).to.have.members(["eu", "us_2"]);
    const names = ["DATABASE_URL_FILE", "DATABASE_URL_EU_FILE", "DATABASE_URL_US", "DATABASE_URL"];
    expect(findUrlVariables(names)).to.deep.equal([
      "DATABASE_URL",
      "DATABASE_URL_EU",
      "DATABASE_URL_US",
    ]);
  });

  for (const [name, url, problem] of [
    ["DATABASE_URL_HOME", HOME_URL, 'the database "home" is that of DATABASE_URL'],
    ["DATABASE_URL_2", HOME_URL, "the name of a database has"],
    ["DATABASE_URL_eu", HOME_URL, "the name of a database has"],
    [`DATABASE_URL_${"A".repeat(32)}`, HOME_URL, "the name of a database has"],
    ["DATABASE_URL_EU", "http://x", "Cannot read DATABASE_URL_EU"],
  ] as const) {
    it(`readOptions() refuses ${name.slice(0, 20)} of ${url.slice(0, 8)}, and shows no URL`, () => {
      expect(() => read({ [name]: url }))
        .to.throw(problem)
        .with.property("message")
        .that.does.not.include("secret");
    });
  }

  it("openDatabase() refuses a name that a database cannot have, and is plain without others", () => {
    for (const name of ["home", "EU", "", "a-b", "__proto__x"]) {
      expect(() => openDatabase({ url: HOME_URL, others: { [name]: HOME_URL } })).to.throw(
        TypeError,
      );
    }
    expect(openDatabase({ url: HOME_URL, others: {} }).others).to.equal(undefined);
  });
});
