// What was measured of one size, and its section of the page.

import { formatLine, HEAD, type Line } from "./table.ts";

/** So many tenants of so many tables. */
export interface Dimensions {
  readonly tenants: number;
  readonly tables: number;
}

/** What was measured of one size. */
export interface Section extends Dimensions {
  /** Date, processor and versions, as lines of a list. */
  readonly machine: string;
  /** A sentence of whoever put figures into the file by hand; a run does not have it. */
  readonly note?: string;
  readonly lines: readonly Line[];
  /** Memory of a server connection: at first, and after a query of every table. */
  readonly emptyMiB: number;
  readonly fullMiB: number;
  /** Size of the catalogs, with its unit. */
  readonly catalogs: string;
  readonly relations: number;
}

/** Puts a section in the place of the one of its size. The largest number of tenants comes first. */
export function replaceSection(sections: readonly Section[], section: Section): readonly Section[] {
  const others = sections.filter(
    ({ tenants, tables }) => tenants !== section.tenants || tables !== section.tables,
  );
  return [...others, section].toSorted((a, b) => b.tenants - a.tenants || b.tables - a.tables);
}

/** Writes the page. */
export function formatPage(sections: readonly Section[]): string {
  return [
    "# Wide tenants, measured",
    "Every table has an identity, two indexes and, but for the first, a foreign key. A floor is the same DDL on one bare " +
      "connection,\nmeasured with twenty schemas and scaled, or the least query of the catalogs. The server's CPU time " +
      "includes autovacuum. A section is\nrenewed by its command and leaves the others as they are.",
    ...sections.map(formatSection),
    "## What a verb for one tenant reads",
    "The catalogs have no index by schema, so a verb for one tenant begins at the schema's dependencies: it does not read its\n" +
      "neighbours. `test/verbs/neighbours.test.ts` counts the rows of the catalogs that these verbs read, alone and beside a " +
      "large\nschema. `rename-tenant` reads all functions of the database, since any of them may name the tenant.",
    "",
  ].join("\n\n");
}

function formatSection(section: Section): string {
  const { tenants, tables, machine, note, lines } = section;
  return [
    `## ${whole(tenants)} tenants of ${whole(tables)} tables`,
    `\`npm run bench:wide -- --tenants ${tenants} --tables ${tables} --write\``,
    machine,
    ...(note === undefined ? [] : [note]),
    [HEAD, ...lines.map(formatLine)].join("\n"),
    formatSizes(section),
  ].join("\n\n");
}

/** Writes what stands below the table. */
export function formatSizes({ lines, emptyMiB, fullMiB, catalogs, relations }: Section): string {
  const drift = lines.find(({ work }) => work === "status")?.cost.serverCpu ?? Number.NaN;
  return (
    `A server connection has ${emptyMiB.toFixed(1)} MiB, and ${whole(fullMiB)} MiB after a query of every table. The catalogs\n` +
    `have ${catalogs} and ${whole(relations)} relations; \`status\` takes ${((drift * 1e6) / relations).toFixed(0)} µs of the ` +
    "server's CPU for each."
  );
}

function whole(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}
