// What the benchmark makes of its figures: medians, tables, bars, charts.

import { expect } from "chai";
import { formatBars } from "../../bench/report/bar.ts";
import { judgeBars } from "../../bench/requests/bars.ts";
import { drawRequests } from "../../bench/requests/charts.ts";
import { median } from "../../bench/requests/median.ts";
import { listModes, POOLED_READS } from "../../bench/requests/mode.ts";
import type { Round } from "../../bench/requests/round.ts";
import { formatMessages, formatTable, type Measured } from "../../bench/requests/table.ts";
import { NAMES } from "../../bench/system.ts";

const ROUND: Round = {
  requests: 1000,
  requestsPerSecond: 1000,
  p50Ms: 1,
  p99Ms: 2,
  right: 1000,
  foreign: 0,
  errors: 0,
  serviceUs: 50,
  pgbouncerUs: 10,
  postgresUs: 40,
  wrkUs: 20,
  memoryMiB: 80,
};

const system = (name: string, ...rounds: readonly Partial<Round>[]): Measured => ({
  name,
  rounds: rounds.map((round) => Object.assign({}, ROUND, round)),
  database: name !== NAMES.http,
  messages: undefined,
});

// Exactly at every bar.
const AT_THE_BARS: readonly Measured[] = [
  system(NAMES.node, { serviceUs: 42, requestsPerSecond: 7000 }),
  system(NAMES.recipe, { requestsPerSecond: 4000 }),
  system(NAMES.pg, { requestsPerSecond: 7000 }),
  system(NAMES.http, { serviceUs: 10, requestsPerSecond: 90_000 }),
  system(NAMES.driver, { postgresUs: 42, requestsPerSecond: 20_000 }),
  system(NAMES.both, { serviceUs: 40, requestsPerSecond: 10_000 }),
  system(NAMES.settings, { postgresUs: 30, requestsPerSecond: 20_000 }),
];

const replaced = (changed: Measured): readonly Measured[] =>
  AT_THE_BARS.map((found) => (found.name === changed.name ? changed : found));

const missed = (table: readonly Measured[], foreign = 0): readonly string[] =>
  judgeBars(table, foreign)
    .filter(({ met }) => !met)
    .map(({ about }) => about);

describe("median()", () => {
  it("is the middle, or the mean of the two in the middle", () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([9, 1, 5, 6])).to.equal(5.5);
    expect(median([])).to.be.NaN;
  });
});

describe("judgeBars()", () => {
  it("is content with figures that lie at the bars", () => {
    expect(missed(AT_THE_BARS)).to.deep.equal([]);
  });

  it("reads medians: one bad round of three misses nothing", () => {
    const good = { serviceUs: 42, requestsPerSecond: 7000 };
    const bad = { serviceUs: 420, requestsPerSecond: 70 };
    expect(missed(replaced(system(NAMES.node, good, bad, good)))).to.deep.equal([]);
  });

  it("holds the service's CPU against HTTP and the driver in one program", () => {
    const [about = ""] = missed(replaced(system(NAMES.both, { serviceUs: 39 })));
    expect(about).to.include("HTTP and driver in one program");
  });

  it("holds PostgreSQL's CPU against the settings written out", () => {
    const [about = ""] = missed(replaced(system(NAMES.settings, { postgresUs: 29 })));
    expect(about).to.include("settings written out");
  });

  it("holds requests against the usual recipe", () => {
    const [about = ""] = missed(replaced(system(NAMES.recipe, { requestsPerSecond: 4001 })));
    expect(about).to.include("usual recipe");
  });

  it("names the best of the others, those that leak included, and no floor", () => {
    const [about = ""] = missed(replaced(system(NAMES.pg, { requestsPerSecond: 7001 })));
    expect(about).to.include(NAMES.pg);
  });

  it("takes no foreign value", () => {
    expect(missed(AT_THE_BARS, 1)).to.deep.equal(["foreign values from Rowhouse, in all tables"]);
  });
});

describe("formatBars()", () => {
  it("says of each bar what was wanted, what was measured, and whether it is met", () => {
    const table = formatBars(judgeBars(AT_THE_BARS, 7)).split("\n");
    expect(table[0]).to.equal("| bar | wanted | measured | met |");
    expect(table).to.include(
      "| requests/s, times those of the usual recipe | at least 1.75 | 1.75 | yes |",
    );
    expect(table.at(-1)).to.equal(
      "| foreign values from Rowhouse, in all tables | 0 | 7 | **no** |",
    );
  });
});

describe("formatTable()", () => {
  it("has medians with their spread, totals, and dashes where there is no database", () => {
    const rounds = [{ serviceUs: 50 }, { serviceUs: 70, foreign: 3 }, { serviceUs: 60 }];
    const [, , first, second] = formatTable([
      system(NAMES.node, ...rounds),
      system(NAMES.http, {}),
    ]).split("\n");
    expect(first).to.equal(
      "| Rowhouse on Node | 1,000 (1,000–1,000) | 1 (1–1) | 2 (2–2) | 60 (50–70) | 40 (40–40) | " +
        "10 (10–10) | 80 | 3,000 | 3 | 0 |",
    );
    expect(second).to.include("| 50 (50–50) | – | – | 80 |");
  });
});

describe("formatMessages()", () => {
  it("lists the systems whose messages were counted", () => {
    const counted = { sent: 2, roundTrips: 1.5, types: { Q: 1, P: 1 } };
    const rows = formatMessages([
      { ...system(NAMES.node, {}), messages: counted },
      system(NAMES.http, {}),
    ]).split("\n");
    expect(rows.slice(2)).to.deep.equal(["| Rowhouse on Node | 2 | 1.5 | 1 Q, 1 P |"]);
  });
});

describe("listModes()", () => {
  it("has what the bars are read from first, and in --quick as well", () => {
    for (const quick of [true, false]) {
      expect(listModes(quick)[0]?.title).to.equal(POOLED_READS.title);
    }
    expect(POOLED_READS.systems).to.include.members([
      "node",
      "recipe",
      "both",
      "driver",
      "settings",
    ]);
    expect(listModes(true).length).to.be.lessThan(listModes(false).length);
  });
});

describe("drawRequests()", () => {
  it("says in a bar's name how much of what a system answers is foreign", () => {
    const leaks = system(NAMES.knex, { right: 250, foreign: 750 });
    const { svg } = drawRequests([system(NAMES.node, {}), leaks]);
    expect(svg).to.include("session SET (75 % foreign)");
    expect(svg).not.to.include("Rowhouse on Node (");
  });
});
