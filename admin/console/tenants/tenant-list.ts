// Lists the tenants a page at a time: PostgreSQL searches, sorts and pages them in one query.

import { setTimeout } from "node:timers/promises";
import { AppError } from "../../../src/errors.ts";
import { parseDomain } from "../../../src/host.ts";
import { isManyfold } from "../../databases/find.ts";
import { newestVersion } from "../../migrations/changes.ts";
import { readRows, type Registry } from "../../registry/registry.ts";
import type { TenantFilter, TenantLine, TenantPage, TenantQuery, TenantSort } from "../api.ts";
import { RequestError } from "../door/request-error.ts";
import { readKnownVersions } from "../fleet/known-versions.ts";
import type { Sizes } from "../fleet/sizes.ts";
import { isoText } from "./timestamp.ts";

/** A tenant as the query returns it; the size is filled in afterwards. */
type Found = TenantLine & { bytes: TenantLine["bytes"] };

/** The parameters of a URL: a text, several texts when one is given more than once, or undefined. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

const DEFAULT_LIMIT = 50;
const SIZES_PATIENCE_MS = 100;
const MOST = 200;
const MOST_OFFSET = 10_000_000;

const SORT_KEYS: Readonly<Record<TenantSort, string>> = {
  schemaName: "t.schema_name",
  host: "h.host",
  status: "coalesce(t.transition, t.status)",
  version: "t.version",
  statementTimeoutMs: "t.statement_timeout_ms",
  createdAt: "t.created_at",
  bytes: "s.bytes",
};

const HAS_FAILED = `coalesce((
    select r.outcome = 'failed' and t.transition is null and case when r.to_version > r.from_version
        then t.version < r.to_version else t.version > r.to_version end
      from rowhouse.migration_run as r
     where r.schema_name = t.schema_name order by r.id desc limit 1), false)`;

const FILTERS: Readonly<Record<TenantFilter, string>> = {
  active: "t.status = 'active'",
  read_only: "t.status = 'read_only'",
  suspended: "t.status = 'suspended'",
  behind: "t.transition is null and t.version < $3",
  failed: HAS_FAILED,
  transition: "t.transition is not null",
};

/** The parsed parameters of a list. */
export type TenantWish = Required<Omit<TenantQuery, "only">> & Pick<TenantQuery, "only">;

/**
 * Reads the parameters of a list.
 * @throws {RequestError} 400 for a malformed one
 */
export function parseTenantQuery(parameters: Parameters): TenantWish {
  const text = (name: keyof TenantQuery): string | undefined => {
    const value = parameters[name];
    if (value === undefined || typeof value === "string") return value || undefined;
    throw new RequestError(400, `Cannot list tenants: "${name}" is given more than once`);
  };
  const integer = (name: "offset" | "limit", min: number, max: number, usual: number): number => {
    const given = text(name);
    if (given === undefined) return usual;
    if (/^\d{1,8}$/.test(given) && Number(given) >= min && Number(given) <= max) {
      return Number(given);
    }
    throw new RequestError(
      400,
      `Cannot list tenants: "${name}" is not a whole number from ${min} to ${max}`,
    );
  };
  const sort = text("sort") ?? "schemaName";
  const order = text("order") ?? "asc";
  if (!Object.hasOwn(SORT_KEYS, sort) || (order !== "asc" && order !== "desc")) {
    throw new RequestError(
      400,
      `Cannot list tenants: the order ${JSON.stringify(`${sort} ${order}`)} does not exist`,
    );
  }
  const only = text("only");
  if (only !== undefined && !Object.hasOwn(FILTERS, only)) {
    throw new RequestError(
      400,
      `Cannot list tenants: the filter ${JSON.stringify(only)} does not exist`,
    );
  }
  const search = text("search") ?? "";
  if (search.includes("\0"))
    throw new RequestError(400, 'Cannot list tenants: "search" holds a NUL');
  return {
    search,
    ...(only === undefined ? {} : { only: only as TenantFilter }),
    sort: sort as TenantSort,
    order,
    offset: integer("offset", 0, MOST_OFFSET, 0),
    limit: integer("limit", 1, MOST, DEFAULT_LIMIT),
  };
}

/** Reads a page of the tenants. */
export async function listTenantPage(
  registry: Registry,
  sizes: Sizes,
  { search, only, sort, order, offset, limit }: TenantWish,
): Promise<TenantPage> {
  const newest = newestVersion(await readKnownVersions(registry));
  const bind: unknown[] = [limit, offset, newest];
  const bound = (value: unknown): string => `$${bind.push(value)}`;
  const wanted = search.trim().toLowerCase();
  // PostgreSQL refuses a parameter that the query does not use.
  const conditions = ["$3 >= 0"];
  if (only !== undefined) conditions.push(FILTERS[only]);
  if (wanted !== "") {
    const [part, host] = [bound(wanted), bound(hostOf(wanted))];
    conditions.push(`(strpos(t.schema_name, ${part}) > 0
      or t.schema_name in (
        select schema_name from rowhouse.domain where database is null and strpos(host, ${host}) > 0))`);
  }
  let join = sort === "host" ? FIRST_HOSTS : "";
  const reading = sizes.read();
  const read = reading.catch(() => {});
  if (sort === "bytes") {
    const known = await reading;
    const columns = `${bound(known.schemaNames)}::text[], ${bound(known.bytes)}::bigint[]`;
    join = `left join unnest(${columns}) as s (schema_name, bytes) using (schema_name)`;
  }
  const by = `order by key ${order} nulls last, schema_name ${order}`;
  const [row] = await readRows<{ total: number; tenants: readonly Found[] | null }>(
    registry,
    `with found as (
       select t.schema_name, ${SORT_KEYS[sort]} as key from rowhouse.tenant as t ${join}
        where ${conditions.join(" and ")}
     ), page as (
       select schema_name, row_number() over (${by}) as place from found ${by} limit $1 offset $2
     )
     select (select count(*)::int from found) as total,
       (select json_agg(${LINE} order by p.place)
          from page as p join rowhouse.tenant as t using (schema_name)) as tenants`,
    bind,
  );
  // A list in another order neither waits long for the sizes nor fails without them.
  await Promise.race([read, setTimeout(SIZES_PATIENCE_MS)]);
  const tenants = row?.tenants ?? [];
  for (const line of tenants) line.bytes = sizes.find(line.schemaName) ?? null;
  const isSearch = wanted !== "" && only === undefined;
  const elsewhere = isSearch && isManyfold(registry) ? await listElsewhere(registry, wanted) : [];
  return { total: row?.total ?? 0, offset, tenants, sizes: sizes.state(), elsewhere };
}

/** Lists the tenants of other databases: home has their names, hosts and databases alone. */
function listElsewhere(home: Registry, wanted: string): Promise<TenantPage["elsewhere"]> {
  return readRows(
    home,
    `select schema_name as "schemaName", database from rowhouse.pointer
      where strpos(schema_name, $1) > 0 or schema_name in (
        select schema_name from rowhouse.domain where database is not null and strpos(host, $2) > 0)
      order by schema_name limit ${MOST}`,
    [wanted, hostOf(wanted)],
  );
}

/** Turns a whole host into the registry's form, an IDNA name for example; another text stays as it is. */
function hostOf(text: string): string {
  try {
    return parseDomain(text);
  } catch (error) {
    if (error instanceof AppError) return text;
    throw error;
  }
}

// One query for all tenants: for each tenant alone, PostgreSQL may scan all hosts in order until one is the tenant's.
const FIRST_HOSTS = `left join (
    select schema_name, min(host) as host from rowhouse.domain where database is null group by schema_name
  ) as h using (schema_name)`;

const LINE = `json_build_object(
  'schemaName', t.schema_name, 'status', t.status, 'transition', t.transition, 'version', t.version,
  'migration', (select m.name from rowhouse.tenant_migration as m where m.position = t.version),
  'statementTimeoutMs', t.statement_timeout_ms, 'createdAt', ${isoText("t.created_at")},
  'hosts', coalesce((select (array_agg(d.host order by d.host))[1:3]
      from rowhouse.domain as d where d.schema_name = t.schema_name and d.database is null), '{}'),
  'hostCount', (select count(*) from rowhouse.domain as d where d.schema_name = t.schema_name and d.database is null),
  'failed', ${HAS_FAILED})`;
