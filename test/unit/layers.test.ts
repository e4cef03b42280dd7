// Imports point down. One table has the floors of src/ and admin/, and it is closed: a folder that is not in it fails.

import { readdir, readFile } from "node:fs/promises";
import { posix } from "node:path";
import { expect } from "chai";

/** Where this checkout is, as a URL. */
const ROOT = new URL("../../", import.meta.url);

/**
 * The floors, the lowest first. A floor has rooms, which do not import one another. A room is a folder with all that
 * is in it, or files that belong together.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["src/errors.ts src/host.ts src/environment.ts src/secret-files.ts src/log.ts src/report.ts"],
  ["src/sql/"],
  ["src/database/"],
  ["src/tenant.ts src/renamed.ts src/entry.ts src/query.ts"],
  ["src/http/", "src/builders/"],
  ["src/telemetry/", "src/config.ts"],
  ["src/index.ts"],
  ["src/runtime/"],
  ["src/example/"],
  ["src/node.ts", "src/deno.ts", "src/worker.ts"],
  ["admin/program/", "admin/print/", "admin/citus/sql.ts"],
  ["admin/registry/"],
  ["admin/citus/"],
  ["admin/shared/", "admin/events/"],
  ["admin/command/"],
  ["admin/batch/"],
  ["admin/migrations/"],
  ["admin/inspect/"],
  ["admin/migrate/"],
  ["admin/lifecycle/"],
  ["admin/transfer/", "admin/tenant-list/"],
  ["admin/drop/", "admin/create-many/", "admin/each-tenant/", "admin/repair/", "admin/adopt/"],
  ["admin/doctor/", "admin/rename/"],
  ["admin/conformance/", "admin/databases/"],
  ["admin/library/"],
  ["admin/report/", "admin/api/"],
  ["admin/console/"],
  ["admin/development/"],
  ["admin/testing/", "admin/scaffold/"],
  ["admin/*.ts"],
];

/** Rooms that import from these alone: the example has what a stranger has. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  "src/example/": ["src/index.ts", "src/runtime/"],
};

interface Room {
  readonly name: string;
  readonly floor: number;
}

const ROOMS: readonly Room[] = FLOORS.flatMap((names, floor) =>
  names.map((name) => ({ name, floor })),
);

function findRoom(file: string): Room | undefined {
  return ROOMS.find(({ name }) =>
    name
      .split(" ")
      .some((place) =>
        place.endsWith("/")
          ? file.startsWith(place)
          : place === file || place === `${posix.dirname(file)}/*.ts`,
      ),
  );
}

/** The files that a source names by a relative path, types and later imports included. */
function importsOf(file: string, source: string): readonly string[] {
  const named = source.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*"(\.[^"]+)"/g);
  return [...named].map(([, path = ""]) => posix.join(posix.dirname(file), path));
}

function findViolations(sources: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = [];
  for (const [file, source] of sources) {
    const room = findRoom(file);
    if (room === undefined) {
      found.push(`${file} stands in no room of the table`);
      continue;
    }
    for (const imported of importsOf(file, source)) {
      const other = findRoom(imported);
      const only = ONLY[room.name];
      if (other === room) continue;
      if (only !== undefined && !only.includes(other?.name ?? "")) {
        const allowed = `${room.name} imports only ${only.join(" and ")}`;
        found.push(`${file} imports ${imported}, and ${allowed}`);
      } else if (other === undefined) {
        found.push(`${file} imports ${imported}, which stands in no room of the table`);
      } else if (other.floor >= room.floor) {
        const where = other.floor > room.floor ? "above" : "beside";
        found.push(`${file} imports ${imported}, which stands ${where} it`);
      }
    }
  }
  return found.toSorted();
}

/** Finds a circle of imports, the first file again at its end; undefined when there is none. */
function findCircle(sources: ReadonlyMap<string, string>): readonly string[] | undefined {
  const done = new Set<string>();
  const follow = (file: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const imported of importsOf(file, sources.get(file) ?? "")) {
      const circle = follow(imported, [...way, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of sources.keys()) {
    const circle = follow(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

async function readSources(): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>();
  for (const folder of ["src", "admin"]) {
    const files = await readdir(new URL(folder, ROOT), { recursive: true });
    for (const name of files.filter((file) => /(?<!\.d)\.ts$/.test(file))) {
      const file = `${folder}/${name}`;
      sources.set(file, await readFile(new URL(file, ROOT), "utf8"));
    }
  }
  return sources;
}

describe("the floors of src/ and admin/", () => {
  it("every import points down, and every file stands in a room", async () => {
    const sources = await readSources();
    expect(sources.size).to.be.greaterThan(200);
    expect(findViolations(sources)).to.deep.equal([]);
  });

  it("every room of the table is there", async () => {
    const files = [...(await readSources()).keys()];
    const empty = ROOMS.filter((room) => !files.some((file) => findRoom(file) === room));
    expect(empty).to.deep.equal([]);
  });

  it("no file imports itself by way of others, types included", async () => {
    expect(findCircle(await readSources())).to.equal(undefined);
    const circle = {
      "src/a.ts": `import "./b.ts";`,
      "src/b.ts": `import type { A } from "./a.ts";`,
    };
    expect(findCircle(new Map(Object.entries(circle)))).to.deep.equal([
      "src/a.ts",
      "src/b.ts",
      "src/a.ts",
    ]);
  });

  const violationsOf = (sources: Readonly<Record<string, string>>): readonly string[] =>
    findViolations(new Map(Object.entries(sources)));

  it("an import upwards fails with the names of both files, a type's and a later one's too", () => {
    const telemetry = "../telemetry/telemetry.ts";
    for (const source of [
      `import { createTelemetry } from "${telemetry}";`,
      `import type { Telemetry } from "${telemetry}";`,
      `import {\n  a,\n  type B,\n} from "${telemetry}";`,
      `export * from "${telemetry}";`,
      `const { createTelemetry } = await import("${telemetry}");`,
      `import "${telemetry}";`,
    ]) {
      expect(violationsOf({ "src/sql/lexer.ts": source }), source).to.deep.equal([
        "src/sql/lexer.ts imports src/telemetry/telemetry.ts, which stands above it",
      ]);
    }
  });

  it("a folder that is not in the table fails, as does a new file beside the doors", () => {
    expect(
      violationsOf({
        "src/cache/lru.ts": "",
        "src/helpers.ts": "",
        "admin/utils/text.ts": "",
        "src/http/body.ts": 'import { lru } from "../cache/lru.ts";',
      }),
    ).to.deep.equal([
      "admin/utils/text.ts stands in no room of the table",
      "src/cache/lru.ts stands in no room of the table",
      "src/helpers.ts stands in no room of the table",
      "src/http/body.ts imports src/cache/lru.ts, which stands in no room of the table",
    ]);
  });

  it("rooms of one floor do not import one another, and src/ does not import admin/", () => {
    expect(
      violationsOf({
        "admin/drop/drop.ts": 'import { parseLines } from "../create-many/lines.ts";',
        "src/node.ts": 'import { readAdminConfig } from "../admin/command/config.ts";',
        "admin/inspect/a.ts":
          'import { b } from "./b.ts";\nimport { host } from "../../src/host.ts";',
      }),
    ).to.deep.equal([
      "admin/drop/drop.ts imports admin/create-many/lines.ts, which stands beside it",
      "src/node.ts imports admin/command/config.ts, which stands above it",
    ]);
  });
});
