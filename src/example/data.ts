// A key-value store of 32-bit integers. Only this file knows the tenant's tables: your application replaces it and the
// tenant migrations. Each handler sends one message; a PUT to a tenant before migration 0002 sends two.

import {
  AppError,
  Reply,
  sqlState,
  type Tenant,
  type TenantExchange,
  UNIQUE_VIOLATION,
} from "../index.ts";
import { ERRORS, OWN_ERRORS } from "./errors.ts";

/** The least key and value. */
export const MIN_INTEGER: number = -(2 ** 31);
/** The greatest key and value. */
export const MAX_INTEGER: number = 2 ** 31 - 1;
/** The most pairs that a request may insert or list. */
export const MAX_PAIRS = 1000;
/** The number of pairs on a page without a `limit`. */
export const DEFAULT_LIMIT = 100;
const UNDEFINED_COLUMN = "42703";

/** `POST /data/insert/:key/:value`: 200 `{"status":"success"}`, 400 KEY_EXISTS. */
export async function insertPair({ tenant, params }: TenantExchange): Promise<unknown> {
  const key = parseKey(params["key"]);
  const value = parseValue(params["value"]);
  const [row] = await tenant`
    insert into data (key, value) values (${key}, ${value}) on conflict (key) do nothing
    returning key`;
  if (row === undefined) throw keyExists(`key "${key}" exists already`);
  return { status: "success" };
}

/** `GET /data/get/:key`: 200 `{"value":n}`, 404 NOT_FOUND. */
export async function getValue({ tenant, params }: TenantExchange): Promise<unknown> {
  const key = parseKey(params["key"]);
  const [row] = await tenant<{ value: number }>`select value from data where key = ${key}`;
  if (row === undefined) throw notFound(key);
  return { value: row.value };
}

/** `GET /data/:key`: the same, with the time of the last write as Last-Modified after migration 0002. */
export async function getDatedValue({ tenant, params }: TenantExchange): Promise<unknown> {
  const key = parseKey(params["key"]);
  // Before migration 0002 the tenant's table lacks updated_at; the name then means the outer column.
  const [row] = await tenant<{ value: number; updatedAt: Date | null }>`
    select entry.* from (select null::timestamptz as updated_at) as before_0002,
      lateral (select value, updated_at as "updatedAt" from data where key = ${key}) as entry`;
  if (row === undefined) throw notFound(key);
  const { value, updatedAt } = row;
  return new Reply(200, { value }, updatedAt ? { "last-modified": updatedAt.toUTCString() } : {});
}

/** `PUT /data/:key` with `{"value":n}`: 201 when the key is new, 200 when it was replaced. */
export async function putValue(exchange: TenantExchange): Promise<unknown> {
  const key = parseKey(exchange.params["key"]);
  const body = await exchange.readJson();
  const value = toValue(field(body, "value", "body"));
  const created = await upsert(exchange.tenant, key, value);
  return new Reply(created ? 201 : 200, { value });
}

/** @returns whether the key is new */
async function upsert(tenant: Tenant, key: number, value: number): Promise<boolean> {
  try {
    // xmax is 0 in a row that this statement inserted, and the updating transaction's id otherwise.
    const [row] = await tenant<{ created: boolean }>`
      insert into data (key, value) values (${key}, ${value})
      on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
      returning xmax = 0 as created`;
    return row?.created === true;
  } catch (error) {
    // A tenant before migration 0002: PostgreSQL has undone the statement; the one for that version follows.
    if (sqlState(error) !== UNDEFINED_COLUMN) throw error;
    const [row] = await tenant<{ created: boolean }>`
      insert into data (key, value) values (${key}, ${value})
      on conflict (key) do update set value = excluded.value
      returning xmax = 0 as created`;
    return row?.created === true;
  }
}

/** `DELETE /data/:key`: 204, 404 NOT_FOUND. */
export async function deleteKey({ tenant, params }: TenantExchange): Promise<unknown> {
  const key = parseKey(params["key"]);
  const { count } = await tenant`delete from data where key = ${key}`;
  if (count === 0) throw notFound(key);
  return new Reply(204);
}

/** `GET /data?after=K&limit=N`: 200 `{"items":[{"key","value"}],"next":K|null}`, by ascending key. */
export async function listPairs({ tenant, query }: TenantExchange): Promise<unknown> {
  const { after, limit } = query;
  const from = after === undefined ? MIN_INTEGER : parseKey(after) + 1;
  const count = limit === undefined ? DEFAULT_LIMIT : parseLimit(limit);
  const rows = await tenant<{ key: number; value: number }>`
    select key, value from data where key >= ${from} order by key limit ${count + 1}`;
  const items = rows.slice(0, count);
  return { items, next: rows.length > count ? items.at(-1)?.key : null };
}

/** `POST /data` with `[{"key":k,"value":v},…]`, 1 to 1000, all or nothing: 201 `{"inserted":n}`. */
export async function insertPairs(exchange: TenantExchange): Promise<unknown> {
  const pairs = await exchange.readJson();
  if (!Array.isArray(pairs) || pairs.length < 1 || pairs.length > MAX_PAIRS) {
    throw new AppError(
      "BODY_INVALID",
      `Cannot insert: the body is not an array of 1 to ${MAX_PAIRS} pairs`,
    );
  }
  const keys = pairs.map((pair: unknown, index) => toKey(field(pair, "key", `pair ${index + 1}`)));
  const values = pairs.map((pair: unknown, index) =>
    toValue(field(pair, "value", `pair ${index + 1}`)),
  );
  return new Reply(201, { inserted: await insertAll(exchange.tenant, keys, values) });
}

async function insertAll(
  tenant: Tenant,
  keys: readonly number[],
  values: readonly number[],
): Promise<number> {
  try {
    const [row] = await tenant<{ inserted: number }>`
      with pair as (
        insert into data (key, value) select * from unnest(${keys}::int[], ${values}::int[])
        returning key
      )
      select count(*)::int as inserted from pair`;
    return row?.inserted ?? 0;
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
    throw keyExists("one of the keys exists already, or comes twice; nothing was inserted");
  }
}

/** Reads a 32-bit integer in plain digits, with "-" as the only sign; rejects leading zeros and "-0". */
function parseInteger(text: unknown): number | undefined {
  if (typeof text !== "string" || !/^(?:0|-?[1-9]\d{0,9})$/.test(text)) return undefined;
  return asInteger(Number(text));
}

function asInteger(value: unknown): number | undefined {
  if (!Number.isInteger(value) || Object.is(value, -0)) return undefined;
  const number = value as number;
  return number >= MIN_INTEGER && number <= MAX_INTEGER ? number : undefined;
}

function parseKey(text: unknown): number {
  return parseInteger(text) ?? refuse("KEY_INVALID", "key", text);
}

function parseValue(text: unknown): number {
  return parseInteger(text) ?? refuse("VALUE_INVALID", "value", text);
}

function toKey(value: unknown): number {
  return asInteger(value) ?? refuse("KEY_INVALID", "key", value);
}

function toValue(value: unknown): number {
  return asInteger(value) ?? refuse("VALUE_INVALID", "value", value);
}

function parseLimit(text: unknown): number {
  const limit = parseInteger(text);
  if (limit !== undefined && limit >= 1 && limit <= MAX_PAIRS) return limit;
  throw new AppError("VALUE_INVALID", `Cannot list: limit ${show(text)} must be 1 to ${MAX_PAIRS}`);
}

function refuse(code: "KEY_INVALID" | "VALUE_INVALID", what: string, given: unknown): never {
  const range = `from ${MIN_INTEGER} to ${MAX_INTEGER} in plain digits`;
  throw new AppError(
    ERRORS[code],
    `Cannot use ${what}: ${show(given)} is not a whole number ${range}`,
  );
}

function field(body: unknown, name: "key" | "value", place: string): unknown {
  if (typeof body === "object" && body !== null && Object.hasOwn(body, name)) {
    return Reflect.get(body, name);
  }
  throw new AppError("BODY_INVALID", `Cannot read body: ${place} has no "${name}"`);
}

function show(given: unknown): string {
  // Objects are not shown: JSON.parse accepts any depth, JSON.stringify does not.
  if (typeof given === "object" && given !== null) return Array.isArray(given) ? "[…]" : "{…}";
  const text = JSON.stringify(given) ?? "undefined";
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function keyExists(problem: string): AppError {
  return new AppError(OWN_ERRORS.KEY_EXISTS, `Cannot insert: ${problem}`);
}

function notFound(key: number): AppError {
  return new AppError(OWN_ERRORS.NOT_FOUND, `Cannot find entry: key "${key}" does not exist`);
}
