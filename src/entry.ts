// How a message enters a schema: the SQL of an entry, and what its row says of the tenant. The registry decides; a name
// that a client chose is a value in this SQL.

import type { Row } from "./database/values/rows.ts";
import { AppError } from "./errors.ts";
import { candidates, type Host } from "./host.ts";
import { literal } from "./sql/literal.ts";

/** The settings of a tenant, as `set-tenant --set` writes them; `{}` for a tenant without any. */
export type Settings = Readonly<Record<string, unknown>>;

/** What names a tenant: a host, or its schema. */
export type TenantName = Host | { readonly schema: string };

/** What an entry says of its tenant. Both throw a TypeError before the first message has entered the tenant. */
export interface TenantFacts<S = Settings> {
  /** The tenant's schema. */
  readonly schemaName: string;
  /** The tenant's settings in the registry, as of the last message. Do not keep secrets there. */
  readonly settings: S;
}

// The names that a tenant may have. No other text reaches the database as one.
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,47}$/;

/** The entry of messages without a tenant: the shared schemas, read-only. */
export const SHARED_ENTRY: string = entry("enter_shared()");

// A host that is in use comes again as the same object, and writing its literal costs a microsecond.
const entries = new WeakMap<Host, string>();

/**
 * The entry of a tenant's messages.
 * @throws {AppError} TENANT_NOT_FOUND for a schema name that no tenant can have
 */
export function entryOf(name: TenantName): string {
  if (!("schema" in name)) return entries.get(name) ?? entryOfHost(name);
  if (!SCHEMA_NAME.test(name.schema)) {
    throw new AppError("TENANT_NOT_FOUND", "Cannot resolve tenant: no tenant has this schema name");
  }
  return entry(`enter_schema${literal(name.schema, "schema")}`);
}

function entryOfHost(host: Host): string {
  const text = entry(`enter_tenant${literal(candidates(host), "host")}`);
  entries.set(host, text);
  return text;
}

// RESET ROLE comes first, so that a role that another client left on a pooled connection is gone before anything else;
// and so that postgres.js 3.4.9, which keeps its row counter after a failed message, counts from 0.
function entry(call: string): string {
  return `reset role;select rowhouse.${call}`;
}

/** The facts of one tenant, from the rows of its entries. */
export class Entered<S> implements TenantFacts<S> {
  readonly #read: ((settings: Settings) => S) | undefined;
  /** The schema's name, which "!" follows during a move, and the settings as a JSON object. */
  #text: string | undefined;
  #settings: { readonly value: S } | undefined;

  /** @param read turns the registry's object into what the application calls settings */
  constructor(read?: (settings: Settings) => S) {
    this.#read = read;
  }

  /** Notes the row of an entry, and returns the schema's name. */
  note(row: Row | undefined): string {
    const text = String(row?.["enter_tenant"] ?? row?.["enter_schema"]);
    if (text !== this.#text) this.#settings = undefined;
    this.#text = text;
    return this.schemaName;
  }

  get schemaName(): string {
    const text = this.#text ?? notEntered("schemaName");
    const end = text.indexOf("{");
    const name = end < 0 ? text : text.slice(0, end);
    return name[name.length - 1] === "!" ? name.slice(0, -1) : name;
  }

  get settings(): S {
    const text = this.#text ?? notEntered("settings");
    if (this.#settings === undefined) {
      const end = text.indexOf("{");
      const given = (end < 0 ? {} : JSON.parse(text.slice(end))) as Settings;
      // Without `read`, the application vouches for the type, as for the rows of a statement.
      this.#settings = { value: this.#read === undefined ? (given as S) : this.#read(given) };
    }
    return this.#settings.value;
  }
}

function notEntered(name: string): never {
  throw new TypeError(
    `Cannot read "${name}" of the tenant: no message has entered it yet; await tenant.enter() first`,
  );
}
