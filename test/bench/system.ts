// What is measured: three programs that differ in what stands behind the same HTTP adapter.

import { FLOOR_VALUE, hostOf, schemaOf } from "./names.ts";
import type { Stage } from "./stage.ts";

/** One system under measurement. */
export interface System {
  readonly name: string;
  /** The compiled module, relative to this folder. */
  readonly entry: string;
  /** The value that every answer has; undefined: each tenant's own. */
  readonly constant?: number;
  /** Where its database is; undefined: it has none. */
  readonly databaseUrl?: string;
  /** Its environment, beside DATABASE_URL, which may lead through a tap, and PORT. */
  readonly env: Readonly<Record<string, string>>;
}

/** The systems, in the order of the table. */
export function listSystems(stage: Stage, tenants: number): readonly System[] {
  const numbers = Array.from({ length: tenants }, (_, index) => index + 1);
  const hosts = Object.fromEntries(numbers.map((number) => [hostOf(number), schemaOf(number)]));
  return [
    {
      name: "Rowhouse",
      entry: "../../src/node.js",
      databaseUrl: stage.serviceUrl,
      env: {},
    },
    {
      name: "usual recipe",
      entry: "./systems/recipe.js",
      databaseUrl: stage.recipeUrl,
      env: { HOSTS: JSON.stringify(hosts) },
    },
    {
      name: "floor: no database",
      entry: "./systems/floor-http.js",
      constant: FLOOR_VALUE,
      env: {},
    },
  ];
}
