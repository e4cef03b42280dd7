// Logins that cost little. The tests' passwords are no secrets, and a suite logs in some ten thousand times: each would
// derive a key of 4,096 rounds at both ends.

import { runCommands } from "./commands.ts";

/** Lets a server of the tests' own derive the keys of new passwords in one round, that of its superuser first. */
export async function quickenLogins(adminUrl: string): Promise<void> {
  const { username, password } = new URL(adminUrl);
  const [row] = await runCommands<{ version: number }>(adminUrl, [
    "select current_setting('server_version_num')::int as version",
  ]);
  // The setting is new in PostgreSQL 16.
  if ((row?.version ?? 0) < 160_000) return;
  await runCommands(adminUrl, [
    "alter system set scram_iterations = 1",
    "select pg_reload_conf()",
    "set scram_iterations = 1",
    `alter role "${username}" password '${decodeURIComponent(password)}'`,
  ]);
}
