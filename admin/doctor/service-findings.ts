// The doctor's findings about the service role: messages must work, and the role alone must not be able to do
// anything. Each attempt is one message that ends in an error, so that it cannot leave anything.

import { commandFor } from "../program/form.ts";
import type { Secret } from "../../src/environment.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { databaseCode } from "../registry/database-code.ts";
import { type Finding, judge } from "./finding.ts";
import type { Probe } from "./probe.ts";

// A tenant cannot have this host: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
const NOBODY = "rowhouse-doctor.invalid";
// insufficient_privilege, and the names that a role without USAGE on the schema cannot resolve.
const REFUSALS = new Set<string | undefined>(["42501", "42P01", "3F000"]);
// A standby's answer, which precedes the check of privileges.
const READ_ONLY = "25006";

/** An attempt that must fail; `privilege` is the privilege on the database that it needs, where it is known. */
type Attempt = readonly [
  what: string,
  text: string,
  advice: string,
  privilege?: "TEMPORARY" | "CREATE",
];

const MESSAGE_TIMEOUT_MS = 10_000;

/** Sends a message as the service does, for an unknown host. */
export async function examineMessage(url: Secret): Promise<readonly Finding[]> {
  const database = openDatabase({
    url,
    connections: 1,
    connectTimeoutMs: MESSAGE_TIMEOUT_MS,
    requestTimeoutMs: MESSAGE_TIMEOUT_MS,
  });
  let code: string | undefined;
  try {
    const entry = `reset role;select rowhouse.enter_tenant('{"${NOBODY}"}')`;
    await database.send({ entry, statements: ["select 1"] });
  } catch (error) {
    code = databaseCode(error);
    if (code === undefined) throw error;
  } finally {
    await database.close(1);
  }
  return [
    judge(
      "message",
      code === "RH404",
      "it enters the registry, which answers that the host is unknown",
      "unsafe",
      `it ended with ${code ?? "no error"}, expected RH404`,
      `run ${commandFor("init-db")}, and see that DATABASE_URL names its database and service role`,
    ),
  ];
}

/**
 * Tries each action that the service role must not be able to perform.
 * @param table a tenant's table, quoted, whose rows are not read; undefined when tables are missing
 */
export async function examineAttempts(
  probe: Probe,
  table: string | undefined,
): Promise<readonly Finding[]> {
  const attempts: readonly Attempt[] = [
    ...(table === undefined
      ? []
      : [
          [
            `read a tenant's table, ${table}`,
            `select from ${table} where false`,
            `see ${commandFor("status")}, and revoke what it lists`,
          ] satisfies Attempt,
        ]),
    [
      "read the tenants",
      "select from rowhouse.tenant where false",
      "revoke all on rowhouse.tenant from it and from PUBLIC",
    ],
    [
      "read the hosts",
      "select from rowhouse.domain where false",
      "revoke all on rowhouse.domain from it and from PUBLIC",
    ],
    [
      "create a temporary table, which the next tenant would see",
      "create temporary table rowhouse_probe ()",
      `revoke temporary on the database from PUBLIC and from it: ${commandFor("init-db")} does so`,
      "TEMPORARY",
    ],
    [
      "create a schema",
      "create schema rowhouse_probe",
      "revoke create on the database from it and from PUBLIC",
      "CREATE",
    ],
  ];
  const findings: Finding[] = [];
  for (const [what, text, advice, privilege] of attempts) {
    // The division fails when the attempt succeeds, and undoes it.
    const code = await probe.failure(`${text}; select 1 / 0`);
    const refused =
      code === READ_ONLY && privilege !== undefined
        ? !(await hasPrivilege(probe, privilege))
        : REFUSALS.has(code);
    findings.push(
      judge(
        "service role",
        refused,
        `alone it cannot ${what}`,
        "unsafe",
        `alone it can ${what}`,
        advice,
      ),
    );
  }
  return findings;
}

async function hasPrivilege(probe: Probe, privilege: "TEMPORARY" | "CREATE"): Promise<boolean> {
  const [row] = await probe.query<{ has: boolean }>(
    `select pg_catalog.has_database_privilege(pg_catalog.current_database(), '${privilege}') as has`,
  );
  return row?.has !== false;
}

/**
 * Examines the role's attributes, memberships and settings, as its own session has them.
 * @param isMade whether init-db is known to have made the role; a superuser that it has not made is left as it is
 */
export async function examineRole(probe: Probe, isMade: boolean): Promise<readonly Finding[]> {
  const [role] = await probe.query<Record<string, string | boolean>>(ROLE);
  const powers = String(role?.["powers"]);
  const others = String(role?.["others"]);
  const off = String(role?.["off"]);
  return [
    judge(
      "service role",
      powers === "",
      "it does not have powerful attributes",
      "unsafe",
      `it has ${powers}`,
      isMade || !powers.includes("SUPERUSER")
        ? `alter role "${String(role?.["name"])}" nosuperuser nocreaterole nocreatedb nobypassrls noreplication noinherit`
        : "connect as the service role that init-db made",
    ),
    judge(
      "service role",
      others === "",
      "it is a member only of tenant roles",
      "unsafe",
      `it is a member of ${others}`,
      "revoke these from it",
    ),
    judge(
      "service role",
      off === "",
      "statements, locks and idle transactions end in time",
      "warn",
      `it has no ${off}`,
      `run ${commandFor("init-db")} with an admin role that has CREATEROLE, or alter the role`,
    ),
    judge(
      "literals",
      role?.["literals"] === true,
      "standard_conforming_strings is on and client_encoding is UTF8",
      "unsafe",
      "standard_conforming_strings is off or client_encoding is not UTF8: no message is accepted",
      "reset both for the role, the database and the pooler",
    ),
  ];
}

// As the service role, whose session has the database's own search_path.
const ROLE = `
  select r.rolname as name, pg_catalog.concat_ws(', ', case when r.rolsuper then 'SUPERUSER' end,
      case when r.rolcreaterole then 'CREATEROLE' end, case when r.rolcreatedb then 'CREATEDB' end,
      case when r.rolbypassrls then 'BYPASSRLS' end, case when r.rolreplication then 'REPLICATION' end,
      case when r.rolinherit and exists (
        select from pg_catalog.pg_auth_members as m where m.member = r.oid) then 'INHERIT' end) as powers,
    coalesce((select pg_catalog.string_agg(pg_catalog.quote_ident(g.rolname), ', ')
      from pg_catalog.pg_auth_members as m join pg_catalog.pg_roles as g on g.oid = m.roleid
     where m.member = r.oid and g.rolname operator(pg_catalog.!~) '^rh_[0-9]+_'), '') as others,
    pg_catalog.concat_ws(', ',
      case when pg_catalog.current_setting('statement_timeout') = '0' then 'statement_timeout' end,
      case when pg_catalog.current_setting('lock_timeout') = '0' then 'lock_timeout' end,
      case when pg_catalog.current_setting('idle_in_transaction_session_timeout') = '0'
        then 'idle_in_transaction_session_timeout' end) as off,
    pg_catalog.current_setting('standard_conforming_strings') = 'on'
      and pg_catalog.current_setting('client_encoding') = 'UTF8' as literals
    from pg_catalog.pg_roles as r where r.rolname = session_user`;
