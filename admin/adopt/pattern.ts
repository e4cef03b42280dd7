// Lists the schemas of the database that match a pattern, with hosts made from their names.

import { AdminError } from "../registry/admin-error.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import type { TenantLine } from "../tenant-list/lines.ts";

/** The schemas to list, and how their hosts are called. */
export interface SchemaPattern {
  /** Names and patterns, as in `a,b,tenant_*`. */
  readonly items: readonly string[];
  /** Hosts with `{schema}`, the schema's name, or `{*}`, what the `*` of its pattern stands for. */
  readonly templates: readonly string[];
  /** False for another database: its tenants bring their hosts. */
  readonly isHome: boolean;
}

// A pattern never means a schema of PostgreSQL, of the registry or of an extension, a shared one, or public.
const SCHEMAS = `
  select n.nspname::text as name from pg_catalog.pg_namespace as n
    join rowhouse.installation as i on n.nspname <> all(i.shared_schemas)
   where n.nspname !~ '^pg_' and n.nspname not in ('public', 'rowhouse', 'information_schema')
     and not exists (select from pg_catalog.pg_depend as d
       where d.classid = 'pg_catalog.pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
   order by n.nspname`;

/**
 * Finds what is wrong with a pattern: a template without a placeholder, or with one that no name fills.
 * @param named what the caller gave the two by
 * @returns undefined for a pattern that can be used
 */
export function findPatternProblem(
  { items, templates, isHome }: SchemaPattern,
  named: { readonly schemas: string; readonly hosts: string },
): string | undefined {
  if (templates.length === 0 && isHome) return `${named.schemas} needs ${named.hosts} TEMPLATE`;
  for (const template of templates) {
    const placeholders: readonly string[] = template.match(/\{[^}]*\}/g) ?? [];
    const unknown = placeholders.find((text) => text !== "{schema}" && text !== "{*}");
    const wanted = "it must hold {schema}, or {*} for what the * of the pattern stands for";
    if (placeholders.length === 0 || unknown !== undefined) {
      return `${named.hosts} ${JSON.stringify(template)}: ${wanted}`;
    }
    const other = items.find((item) => item.split("*").length !== 2);
    if (placeholders.includes("{*}") && other !== undefined) {
      return `${named.hosts} with {*} needs one * in ${JSON.stringify(other)}`;
    }
  }
  return undefined;
}

/** Reads a list of names and patterns. */
export function parseItems(list: string): readonly string[] {
  return list.split(",").map((item) => item.trim());
}

/**
 * Lists the matching schemas, in the order of the items.
 * @throws {AdminError} when nothing matches a pattern
 */
export async function listByPattern(
  registry: Registry,
  { items, templates }: SchemaPattern,
): Promise<readonly TenantLine[]> {
  const all = (await readRows<{ name: string }>(registry, SCHEMAS)).map(({ name }) => name);
  const found = new Map<string, TenantLine>();
  for (const item of items) {
    const matches = item.includes("*") ? all.flatMap((name) => match(item, name)) : [[item, ""]];
    if (matches.length === 0) {
      throw new AdminError(`Cannot adopt tenants: no schema matches ${JSON.stringify(item)}`);
    }
    for (const [schema = "", rest = ""] of matches) {
      const hosts = templates.map((template) =>
        template.replaceAll("{schema}", schema).replaceAll("{*}", rest),
      );
      if (!found.has(schema)) found.set(schema, { line: found.size + 1, schema, hosts });
    }
  }
  return [...found.values()];
}

/** The name and what the first `*` stands for; empty when it does not match. */
function match(item: string, name: string): readonly (readonly [string, string])[] {
  const parts = item.split("*").map((part) => part.replaceAll(/[^\w]/g, "\\$&"));
  const groups = new RegExp(`^${parts.join("(.*)")}$`).exec(name);
  return groups === null ? [] : [[name, groups[1] ?? ""]];
}
