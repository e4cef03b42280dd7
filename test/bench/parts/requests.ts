// Requests per second and their cost: every system side by side on one PostgreSQL and one PgBouncer, in
// rounds that take turns. Every answer is checked.

import { installNode } from "../../matrix/install.ts";
import { nodeVersion } from "../../matrix/versions.ts";
import { countMessages, type Messages } from "../messages.ts";
import type { Part, PartContext } from "../part.ts";
import { drawRequests } from "../requests/charts.ts";
import { formatBars, listMissed } from "../report/bar.ts";
import { judgeBars } from "../requests/bars.ts";
import { measureMode, type ModeResult, type Scene } from "../requests/measure.ts";
import { median } from "../requests/median.ts";
import { listModes, type Mode, POOLED_READS } from "../requests/mode.ts";
import { formatMessages, formatTable, type Measured } from "../requests/table.ts";
import { openTenantData } from "../requests/tenant-data.ts";
import { openBenchStage } from "../stage.ts";
import { listSystems, NAMES, ROLES, type SystemId } from "../system.ts";

const TENANTS = 200;
const KEYS = 1000; // so that PostgreSQL's planner uses the index
const ROWHOUSE = /^Rowhouse/;

interface Table extends ModeResult {
  readonly mode: Mode;
  readonly measured: readonly Measured[];
}

/** Rowhouse on its runtimes, what else there is, and the floors. */
export const requests: Part = {
  name: "requests",
  async run(context) {
    const { options, say } = context;
    const scene = await openScene(context);
    const modes = listModes(options.quick);
    const messages = await countAll(scene, context);
    const tables: Table[] = [];
    for (const mode of modes) {
      const result = await measureMode(mode, scene, context);
      const measured = result.outcomes.map(({ id, system, rounds }) => ({
        name: system.name,
        rounds,
        database: system.role !== undefined,
        messages: messages[id],
      }));
      tables.push({ ...result, mode, measured });
    }
    const own = tables.flatMap(({ measured }) =>
      measured.filter(({ name }) => ROWHOUSE.test(name)),
    );
    const foreign = own.flatMap(({ rounds }) => rounds).reduce((sum, r) => sum + r.foreign, 0);
    const reads = tables.find(({ mode }) => mode.title === POOLED_READS.title)?.measured ?? [];
    const bars = judgeBars(reads, foreign);
    say(`the bars: ${bars.filter(({ met }) => met).length} of ${bars.length} met`);
    return {
      title: "Requests",
      markdown: formatSection(tables, context) + `\n\n### Bars\n\n${formatBars(bars)}`,
      charts: [drawRequests(reads)],
      figures: { bars, tables: tables.map(({ mode, measured }) => ({ ...mode, measured })) },
      failures: listFailures(tables),
      missed: listMissed(bars),
    };
  },
};

async function openScene({ openings, signal, say }: PartContext): Promise<Scene> {
  say(`${TENANTS} tenants on a new server`);
  const size = { tenants: TENANTS, keys: KEYS };
  const stage = await openBenchStage({ ...size, roles: ROLES, openings, signal });
  const data = await openTenantData(stage.adminUrl, TENANTS, KEYS);
  openings.push(() => data.close());
  const systemsOn = async (node: string): Promise<Scene["systems"]> =>
    listSystems(stage, size, await installNode(nodeVersion(node)));
  return { ...size, stage, data, systems: listSystems(stage, size), systemsOn };
}

/** On the wire, of every service with a database. */
async function countAll(
  { stage, systems }: Scene,
  { options, openings, signal }: PartContext,
): Promise<Partial<Record<SystemId, Messages>>> {
  const counted: Partial<Record<SystemId, Messages>> = {};
  for (const id of listModes(options.quick)[0]?.systems ?? []) {
    signal.throwIfAborted();
    const system = systems[id];
    if (system.role === undefined || system.name.startsWith("floor")) continue;
    const found = await countMessages(system, stage.url(system.role, "pooled"), openings);
    if (found) counted[id] = found;
  }
  return counted;
}

function formatSection(tables: readonly Table[], { options }: PartContext): string {
  const { seconds, clients } = options;
  const [reads] = tables;
  const wrkUs = median(
    (reads?.measured ?? [])
      .flatMap(({ rounds }) => rounds.map((r) => r.wrkUs))
      .filter((us) => us > 0),
  );
  const intro =
    `${TENANTS} tenants with ${KEYS} keys, host and key at random; ${clients} clients; rounds of ` +
    `${seconds} s in turns: median (min–max). CPU time is per request, of all processes of a program; ` +
    "memory is what the service has after the load. On the same cores wrk takes " +
    `${wrkUs.toFixed(0)} µs for a request: each client is a thread, so that every answer is held against ` +
    "its own request. Foreign values of writes are rows found in another tenant's table after a round.";
  const sections = tables.map(({ mode, measured, unable }) => {
    const notes = Object.entries(unable).map(
      ([id, text]) => `${NAMES[id as SystemId]} cannot do it: ${text}.`,
    );
    return [`### ${mode.title}`, formatTable(measured), ...notes].join("\n\n");
  });
  return [
    intro,
    ...sections,
    "### Messages of a read, counted on the wire",
    formatMessages(reads?.measured ?? []),
  ].join("\n\n");
}

function listFailures(tables: readonly Table[]): readonly string[] {
  return tables.flatMap(({ mode, measured, unable }) => [
    ...measured
      .filter(({ name }) => ROWHOUSE.test(name))
      .flatMap(({ name, rounds }) => {
        const sum = (figure: "foreign" | "errors" | "right"): number =>
          rounds.reduce((total, round) => total + round[figure], 0);
        const [foreign, errors] = [sum("foreign"), sum("errors")];
        if (foreign + errors === 0 && sum("right") > 0) return [];
        return [`${mode.title}: ${name}: ${foreign} foreign values, ${errors} errors`];
      }),
    ...Object.keys(unable)
      .filter((id) => ["node", "deno", "worker"].includes(id))
      .map((id) => `${mode.title}: ${id}: ${unable[id as SystemId]}`),
  ]);
}
