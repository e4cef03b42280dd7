// Recognises a pooler between a client and PostgreSQL by its behaviour with several clients at once, not by its name.

import { randomBytes } from "node:crypto";
import { databaseCode } from "../registry/database-code.ts";
import { isPrepared, type Leftovers, readLeftovers, readSetting } from "./leftovers.ts";
import type { OpenProbe, Probe } from "./probe.ts";
import { findSharing, holdsTransaction, isReused } from "./sharing.ts";

/** The unit for which a pooler assigns a server connection; `none` without a pooler. */
type PoolerMode = "none" | "session" | "transaction" | "statement";

/** The behaviour of a connection. */
export interface PoolerBehaviour extends Leftovers {
  readonly mode: PoolerMode;
  /** For mode `none`: whether the server's peer address differs from the client's own. */
  readonly relayed: boolean;
  readonly startupParameters: "accepted" | "ignored" | "refused";
}

const KEPT: Leftovers = {
  settingLeaks: false,
  settingIsLost: false,
  preparedSurvives: true,
  undone: true,
};
const UNKNOWN: Leftovers = {
  settingLeaks: undefined,
  settingIsLost: undefined,
  preparedSurvives: false,
  undone: true,
};

/** Observes how the connections behave. */
export async function readPooler(open: OpenProbe): Promise<PoolerBehaviour> {
  const startupParameters = await tryStartup(open);
  const first = await open();
  const found = { startupParameters, relayed: false };
  const hasServersKey = first.keyProcess === (await first.backend());
  // The server's own key, and its own end of this very connection: the connection is direct.
  if (hasServersKey && (await first.isOwnPort())) return { mode: "none", ...KEPT, ...found };
  const token = randomBytes(6).toString("hex");
  const { shared, clients } = await findSharing(open, first);
  if (!shared && (await keepsPrepared(first, `rowhouse_probe_${token}_kept`))) {
    // pgpool passes on the server's key, and keeps its server connections for the next client.
    const isPooler = !hasServersKey || (await isReused(open, first));
    return { mode: isPooler ? "session" : "none", ...KEPT, ...found, relayed: !isPooler };
  }
  if (!(await holdsTransaction(await open(), clients))) {
    return { mode: "statement", ...UNKNOWN, ...found };
  }
  return { mode: "transaction", ...(await readLeftovers(open, first, token)), ...found };
}

async function tryStartup(open: OpenProbe): Promise<PoolerBehaviour["startupParameters"]> {
  try {
    const probe = await open("-c rowhouse.probe=started");
    return (await readSetting(probe)) === "started" ? "accepted" : "ignored";
  } catch (error) {
    // protocol_violation is PgBouncer's answer; without that setting, the next connection tells more.
    if (databaseCode(error) === undefined) throw error;
    return "refused";
  }
}

/** False where the session is shared: a prepared statement has vanished, or existed already. */
async function keepsPrepared(probe: Probe, name: string): Promise<boolean> {
  if (!(await isPrepared(probe, name)) || !(await isPrepared(probe, name))) return false;
  await probe.query(`deallocate ${name}`);
  return true;
}
