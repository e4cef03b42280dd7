// The floor: what a verb sends for one tenant, recorded from the driver, and sent again for others by a
// bare pg client that does nothing else.

import pg from "pg";
import { migrateTenants } from "../../../admin/migrate/migrate-tenants.ts";
import { planMigration } from "../../../admin/migrate/plan.ts";
import { loadTenantMigrations } from "../../../admin/migrations/ordered.ts";
import { prepareCreation } from "../../../admin/lifecycle/creation.ts";
import { raiseGroup } from "../../../admin/lifecycle/raise-group.ts";
import type { LifecycleStage } from "./stage.ts";

const SAMPLE = "zz_sample_zz";

interface Command {
  /** Of a statement that a connection prepares once. */
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The floor of one verb. */
export interface Floor {
  readonly name: string;
  /** How many commands a tenant takes. */
  readonly commands: number;
  /** Does the same for these tenants. Returns seconds. */
  run(names: readonly string[]): Promise<number>;
}

/** Records what a verb sends for one tenant. */
export async function openFloor(
  name: "create" | "migrate",
  stage: LifecycleStage,
  concurrency: number,
): Promise<Floor> {
  const commands = await stage.withFloorRegistry(async (registry) => {
    if (name === "create") {
      const creation = await prepareCreation(registry);
      return record(() =>
        registry.sequelize.transaction((transaction) =>
          raiseGroup(registry, transaction, creation, [
            { schemaName: SAMPLE, hosts: [`${SAMPLE}.example.com`] },
          ]),
        ),
      );
    }
    const migrations = await loadTenantMigrations(registry);
    const plan = await planMigration(registry, migrations, { tenants: SAMPLE });
    return record(() =>
      migrateTenants(registry, migrations, plan, {
        concurrency: 1,
        lockTimeoutMs: 1000,
        attempts: 12,
        maxFailures: 1,
        report: () => {},
      }),
    );
  });
  return {
    name,
    commands: commands.length,
    async run(names) {
      const clients = Array.from({ length: concurrency }, () => new pg.Client(stage.floorUrl));
      await Promise.all(clients.map((client) => client.connect()));
      const started = performance.now();
      let next = 0;
      await Promise.all(
        clients.map(async (client) => {
          for (let at = next++; at < names.length; at = next++) {
            for (const command of commands) await client.query(forTenant(command, names[at] ?? ""));
          }
        }),
      );
      const seconds = (performance.now() - started) / 1000;
      await Promise.all(clients.map((client) => client.end()));
      return seconds;
    },
  };
}

/** What pg's clients send while `work` runs, from its first transaction to its last COMMIT. */
async function record(work: () => Promise<unknown>): Promise<readonly Command[]> {
  const commands: (Command & { readonly client: pg.Client })[] = [];
  const { prototype } = pg.Client;
  const original = Reflect.get(prototype, "query") as (...parameters: unknown[]) => unknown;
  Reflect.set(prototype, "query", function query(this: pg.Client, ...parameters: unknown[]) {
    const [first, second] = parameters;
    const text = typeof first === "string" ? first : String(Object(first)["text"]);
    const values: unknown = second ?? Object(first)["values"];
    const name: unknown = Object(first)["name"];
    commands.push({
      client: this,
      name: typeof name === "string" ? name : undefined,
      text,
      values: Array.isArray(values) ? values : [],
    });
    return original.apply(this, parameters);
  });
  try {
    await work();
  } finally {
    Reflect.set(prototype, "query", original);
  }
  // A reference is made on another connection, once for all tenants, and is undone there.
  const last = commands.findLast(({ text }) => text.startsWith("COMMIT"));
  const own = commands.filter(({ client }) => client === last?.client);
  const begin = own.findIndex(({ text }) => text.startsWith("START TRANSACTION"));
  const end = own.findLastIndex(({ text }) => text.startsWith("COMMIT"));
  return own.slice(begin, end + 1);
}

function forTenant({ name: prepared, text, values }: Command, name: string): pg.QueryConfig {
  const rename = (value: unknown): unknown =>
    typeof value === "string"
      ? value.replaceAll(SAMPLE, name)
      : Array.isArray(value)
        ? value.map(rename)
        : value;
  const named = prepared === undefined ? {} : { name: prepared };
  return { ...named, text: text.replaceAll(SAMPLE, name), values: values.map(rename) };
}
