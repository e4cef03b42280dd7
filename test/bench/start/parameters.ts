// What each verb is given when its start is measured: enough to reach its first query.

import type { VerbName } from "../../../admin/program/verbs.ts";

/** Where the verbs run. */
export interface Place {
  /** A file with a list of tenants. */
  readonly list: string;
  /** An export of the tenant "acme". */
  readonly archive: string;
  /** A file with a token of `serve-admin`. */
  readonly tokens: string;
  /** A database without tenants. */
  readonly otherUrl: string;
  readonly serviceUrl: string;
  /** A free port. */
  readonly port: string;
}

/** The parameters by verb; undefined for a verb that does not query the database of the environment. */
export const PARAMETERS: Readonly<
  Record<VerbName, ((place: Place) => readonly string[]) | undefined>
> = {
  init: undefined,
  // It starts an application, and a server of its own for it.
  dev: undefined,
  "new-migration": undefined,
  "init-db": () => ["--service-role", "rowhouse_service"],
  migrate: () => [],
  status: () => [],
  log: () => [],
  doctor: () => [],
  "verify-pooler": ({ serviceUrl }) => [serviceUrl],
  console: () => ["--port", "0"],
  "serve-admin": ({ tokens, port }) => ["--token-file", tokens, "--port", port],
  "list-tenants": () => [],
  "add-tenant": () => ["new.example.com", "new"],
  "add-tenants": ({ list }) => [list],
  "adopt-tenants": () => ["--schemas", "shop_*", "--host", "{schema}.example.com"],
  "set-tenant": () => ["acme", "--read-only"],
  "suspend-tenant": () => ["acme"],
  "resume-tenant": () => ["acme"],
  "rename-tenant": () => ["acme", "acme_2"],
  "drop-tenant": () => ["acme", "--confirm", "acme", "--backup", "backup.zip"],
  "add-domain": () => ["www.example.com", "acme"],
  "remove-domain": () => ["acme.example.com"],
  "each-tenant": () => ["--sql", "select 1"],
  repair: () => ["acme"],
  "clone-tenant": () => ["acme", "copy", "copy.example.com"],
  "export-tenant": () => ["acme", "export.zip"],
  "import-tenant": ({ archive }) => [archive, "new.example.com", "new"],
  "move-tenant": ({ otherUrl }) => ["acme", "--to", otherUrl],
};

/**
 * Finds the parameters of a verb.
 * @throws {Error} when the table does not have the verb
 */
export function parametersOf(verb: string): (typeof PARAMETERS)[VerbName] {
  if (Object.hasOwn(PARAMETERS, verb)) return PARAMETERS[verb as VerbName];
  throw new Error(
    `Cannot measure the start of "${verb}": PARAMETERS does not have it; add it to test/bench/start/parameters.ts`,
  );
}
