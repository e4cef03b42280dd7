// The server connections of the service role, as PostgreSQL lists them: those of the pool, and strangers that came
// another way. It reads only columns that any admin role may see.

import type { ClientBase } from "pg";

/** A server connection. */
export interface Backend {
  readonly pid: string;
  /** The locks that it holds or waits for; null when it does not have a lock, and so not a transaction. */
  readonly locks: string | null;
  /** The client as far as it is visible, such as `psql at 10.0.0.7`. */
  readonly whose: string;
}

const BACKENDS = `
  select a.pid::text, pg_catalog.string_agg(distinct pg_catalog.concat_ws(' ', l.mode, 'on', l.locktype,
      l.relation::pg_catalog.regclass::text), ', ') filter (where l.pid is not null) as locks,
    pg_catalog.concat_ws(' at ', nullif(a.application_name, ''), pg_catalog.host(a.client_addr)) as whose
    from pg_catalog.pg_stat_activity as a
    join rowhouse.installation as i on true
    join pg_catalog.pg_roles as r on r.oid = a.usesysid and r.rolname = i.service_role
    join pg_catalog.pg_database as d on d.oid = a.datid and d.datname = pg_catalog.current_database()
    left join pg_catalog.pg_locks as l on l.pid = a.pid
   group by a.pid, a.application_name, a.client_addr`;

/** Reads the current server connections. */
export async function readBackends(admin: ClientBase): Promise<readonly Backend[]> {
  return (await admin.query<Backend>(BACKENDS)).rows;
}

/** Server connections that the pool's clients do not reach, by process. */
export class Strangers {
  readonly #known = new Map<string, Backend>();

  /** Counts a server connection as a stranger's from now on. */
  add(backend: Backend): void {
    this.#known.set(backend.pid, backend);
  }

  /** Records that a client of the pool has reached it. */
  remove(pid: string): void {
    this.#known.delete(pid);
  }

  /** Returns the connections of a list that are not strangers'. */
  without(backends: readonly Backend[]): readonly Backend[] {
    return backends.filter(({ pid }) => !this.#known.has(pid));
  }

  /** Describes each by its process and its client. */
  names(): readonly string[] {
    return Array.from(this.#known.values(), ({ pid, whose }) =>
      whose === "" ? `process ${pid}` : `process ${pid} (${whose})`,
    );
  }
}
