// npm run bench:lifecycle: what ten thousand tenants cost: creating them, migrating them, finding that
// nothing is to be done, looking at them. Beside each stands a floor: the same SQL, sent by a bare pg
// client with as many connections, in another database of the same server, in turns.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { makeMigrations } from "../support/migrations.ts";
import { type Floor, openFloor } from "./lifecycle-floor.ts";
import { measureVerb, type VerbMeasure } from "./lifecycle-verb.ts";
import { formatFigures, readSizes } from "./lifecycle-table.ts";
import { openLifecycleStage } from "./lifecycle-stage.ts";

const { values } = parseArgs({
  options: {
    tenants: { type: "string", default: "10000" },
    concurrency: { type: "string", default: "4" },
  },
});
const tenants = Number(values.tenants);
const concurrency = Number(values.concurrency);
const TURNS = 2;
const LOOKS = 5;

const migrations = await makeMigrations();
const folder = await mkdtemp(join(tmpdir(), "rowhouse-lifecycle-"));
const stage = await openLifecycleStage(migrations.folder);
try {
  await migrations.write("0001-data", [
    'create table "${schema}".data (key integer primary key, value integer not null)',
  ]);
  const names = Array.from({ length: tenants }, (_, index) => `t${String(index).padStart(6, "0")}`);
  const turns = Array.from({ length: TURNS }, (_, turn) =>
    names.slice((turn * tenants) / TURNS, ((turn + 1) * tenants) / TURNS),
  );
  const verb = (name: string, ...parameters: string[]): Promise<VerbMeasure> =>
    measureVerb(stage.productUrl, migrations.folder, name, ...parameters);
  const inTurns = async (
    product: (part: readonly string[], turn: number) => Promise<VerbMeasure>,
    floor: Floor,
  ): Promise<[VerbMeasure[], number]> => {
    const measured: VerbMeasure[] = [];
    let floorSeconds = 0;
    for (const [turn, part] of turns.entries()) {
      measured.push(await product(part, turn));
      floorSeconds += await floor.run(part);
      process.stderr.write(`${floor.name}: ${turn + 1} of ${TURNS}\n`);
    }
    return [measured, floorSeconds];
  };

  const create = await openFloor("create", stage, concurrency);
  const created = await inTurns(async (part, turn) => {
    const file = join(folder, `${turn}.csv`);
    const lines = part.map((name) => `${name}.example.com,${name}`);
    await writeFile(file, ["host,schema", ...lines, ""].join("\n"));
    return verb("add-tenants", file, "--concurrency", String(concurrency));
  }, create);
  await stage.analyze();

  await migrations.write("0002-updated-at", [
    'alter table "${schema}".data add column updated_at timestamptz not null default now()',
  ]);
  const change = await openFloor("migrate", stage, concurrency);
  const migrated = await inTurns(
    (part) => verb("migrate", "--tenants", part.join(","), "--concurrency", String(concurrency)),
    change,
  );

  const looks: Record<string, VerbMeasure[]> = {};
  for (let look = 0; look < LOOKS; look += 1) {
    (looks["migrate, nothing to do"] ??= []).push(await verb("migrate"));
    (looks["status"] ??= []).push(await verb("status"));
    (looks["status --no-drift"] ??= []).push(await verb("status", "--no-drift"));
    (looks["list-tenants"] ??= []).push(await verb("list-tenants", "--json"));
  }
  const sizes = await readSizes(stage.productUrl);
  process.stdout.write(formatFigures({ tenants, concurrency, created, migrated, looks, sizes }));
} finally {
  await stage.close();
  await migrations.remove();
  await rm(folder, { recursive: true, force: true });
}
