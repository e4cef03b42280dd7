// Logins that cost little. The tests' passwords are no secrets, and a suite logs in some ten thousand times: each would
// derive a key of 4,096 rounds at both ends.

import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
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

/**
 * What PostgreSQL and PgBouncer store in place of a password, with a key of one round. PgBouncer, which has no setting
 * for that, logs in to a server that stores the same.
 */
export function quickSecret(password: string): string {
  const hmac = (key: Buffer, text: string): Buffer =>
    createHmac("sha256", key).update(text).digest();
  const salt = createHash("sha256").update(password).digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, 1, 32, "sha256");
  const storedKey = createHash("sha256").update(hmac(salted, "Client Key")).digest();
  const [a, b, c] = [salt, storedKey, hmac(salted, "Server Key")].map((part) =>
    part.toString("base64"),
  );
  return `SCRAM-SHA-256$1:${a}$${b}:${c}`;
}
