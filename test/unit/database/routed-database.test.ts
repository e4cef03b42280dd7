// The time of a message that goes from one database to the next, without a database.

import { expect } from "chai";
import { type OpenDatabase } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { markRefusal } from "../../../src/database/refusal.ts";
import { RoutedDatabase } from "../../../src/database/routes/routed-database.ts";
import { Routes } from "../../../src/database/routes/routes.ts";
import { entryOf } from "../../../src/entry.ts";
import { parseHost } from "../../../src/host.ts";

describe("RoutedDatabase", () => {
  it("gives all databases that it asks for a message one time together", async () => {
    const asked: (number | undefined)[] = [];
    const moved = Object.assign(new Error("moved"), {
      code: "RH301",
      detail: "eu",
      hint: "a.test",
    });
    markRefusal(moved);
    const open = (refuses: boolean): OpenDatabase => ({
      ...openDatabase({ url: "postgres://service:secret@127.0.0.1:1/app" }),
      async send({ until }) {
        asked.push(until);
        if (refuses) throw moved;
        return { entered: undefined, results: [] };
      },
    });
    const others = new Map([["eu", open(false)]]);
    const [timeoutMs, waitMs, routes] = [1000, 0, new Routes(8)];
    const routed = new RoutedDatabase({ home: open(true), others, timeoutMs, waitMs, routes });
    const latest = performance.now() + timeoutMs;
    await routed.send({ entry: entryOf(parseHost("a.test")), statements: [] });
    expect(asked).to.have.length(2);
    expect(asked[0]).to.be.within(latest, performance.now() + timeoutMs);
    expect(asked[1]).to.equal(asked[0]);
  });
});
