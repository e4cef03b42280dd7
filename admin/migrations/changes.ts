// The way from one version to another. A version is the position of the newest migration that a schema has; 0 is an
// empty schema.

import { AdminError } from "../registry/admin-error.ts";
import type { Direction } from "./commands/apply.ts";
import type { TenantMigrations } from "./ordered.ts";
import type { PlacedMigration } from "./folder/migration.ts";

/** One migration of one schema. */
export interface Change {
  readonly direction: Direction;
  readonly migration: PlacedMigration;
  /** The version before it, and after it. */
  readonly from: number;
  readonly to: number;
}

type Ordered = Pick<TenantMigrations, "ordered">;
/** Names are enough to describe a version. */
type Named = { readonly ordered: readonly Pick<PlacedMigration, "name">[] };

/** Returns the version of a schema with all migrations; 0 without migrations. */
export function newestVersion({ ordered }: Named): number {
  return ordered.length;
}

/** Returns the name of the newest migration of a version; "" for 0, and for a version that the folder does not have. */
export function nameOf({ ordered }: Named, version: number): string {
  return ordered[version - 1]?.name ?? "";
}

/** Writes a version for people: `3 (0003_users)`. */
export function describeVersion(migrations: Named, version: number): string {
  const name = nameOf(migrations, version);
  return name === "" ? String(version) : `${version} (${name})`;
}

/**
 * Returns the changes from one version to another, in order; empty when the versions are equal.
 * @throws {AdminError} when one of the versions does not belong to these migrations, or a migration on the way down
 *   cannot be undone
 */
export function changesBetween({ ordered }: Ordered, from: number, to: number): readonly Change[] {
  for (const version of [from, to]) {
    if (Number.isInteger(version) && version >= 0 && version <= ordered.length) continue;
    throw new AdminError(
      `Cannot migrate: version ${version} does not exist; the folder has ${ordered.length} migrations` +
        (ordered.length === 0 ? "" : `, the newest is "${ordered.at(-1)?.name}"`),
    );
  }
  if (to >= from) {
    return ordered.slice(from, to).map((migration): Change => {
      const { position } = migration;
      return { direction: "up", migration, from: position - 1, to: position };
    });
  }
  const downs = ordered.slice(to, from).toReversed();
  const final = downs.find(({ down }) => down === undefined);
  if (final !== undefined) {
    throw new AdminError(
      `Cannot migrate to version ${to}: migration "${final.name}" does not have a way down; ` +
        "write a migration that undoes it",
    );
  }
  return downs.map((migration): Change => {
    const { position } = migration;
    return { direction: "down", migration, from: position, to: position - 1 };
  });
}

/**
 * Finds the version that a person names: a migration's name, or a position.
 * @throws {AdminError} when the folder does not have it
 */
export function findVersion(migrations: Ordered, text: string): number {
  const named = migrations.ordered.find(({ name }) => name === text);
  if (named !== undefined) return named.position;
  const version = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (version <= migrations.ordered.length) return version;
  const known = migrations.ordered.map(({ name }) => name).slice(-3);
  throw new AdminError(
    `Cannot migrate: migration ${JSON.stringify(text)} does not exist; the newest of the folder: ` +
      (known.join(", ") || "none"),
  );
}
