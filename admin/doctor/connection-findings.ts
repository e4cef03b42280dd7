// The doctor's findings about the two connections: the service should use a pooler, the verbs PostgreSQL itself, and
// connections between machines encryption.

import type { DatabaseAddress } from "../../src/database/wire/address.ts";
import { type Finding, judge } from "./finding.ts";
import { type PoolerBehaviour, readPooler } from "./pooler.ts";
import type { OpenProbe } from "./probe.ts";

// Such as a forwarded port, a load balancer, or pgpool with more server connections than were asked for.
const RELAYED = "a relay in between passes on the server's own key";
const AUTHORITY =
  "name the authority of a private certificate in sslrootcert=FILE, NODE_EXTRA_CA_CERTS or DENO_CERT";

/** Examines the service's connection to the database. */
export async function examineServiceConnection(open: OpenProbe): Promise<readonly Finding[]> {
  return describeServiceConnection(await readPooler(open));
}

/** Describes the service's connection to the database, the mode first. */
export function describeServiceConnection(behaviour: PoolerBehaviour): readonly Finding[] {
  const findings = [describePooler(behaviour)];
  const { mode, settingLeaks, settingIsLost, preparedSurvives, startupParameters } = behaviour;
  if (mode === "transaction" && !behaviour.undone) {
    findings.push({
      level: "warn",
      check: "session settings",
      seen: "not checked, because no connection was free; the harmless setting rowhouse.probe stays on one",
      advice:
        "run the doctor again when the service is less busy; each message sets its own settings in any case",
    });
    return findings;
  }
  if (mode === "transaction") {
    const seen =
      settingLeaks === undefined
        ? "other clients did not reach the server connection on which one client set something"
        : `a client's setting is ${settingLeaks ? "" : "not "}visible to others and ` +
          `${settingIsLost ? "" : "not "}lost to the client itself`;
    findings.push({
      level: "ok",
      check: "session settings",
      seen: `${seen}; each message sets its own settings`,
    });
  }
  findings.push({
    level: "ok",
    check: "prepared statements",
    seen: `they ${preparedSurvives ? "survive" : "do not survive"}; the service does not use them`,
  });
  findings.push({
    level: "ok",
    check: "startup parameters",
    seen: `options are ${startupParameters}; the service sends only application_name`,
  });
  return findings;
}

function describePooler({ mode, relayed }: PoolerBehaviour): Finding {
  const check = "pooler";
  switch (mode) {
    case "transaction":
      return { level: "ok", check, seen: "it is in transaction mode" };
    case "none":
      return {
        level: "ok",
        check,
        seen: `${relayed ? RELAYED : "the service connects directly"}: each connection is one of the server's`,
      };
    case "session":
      return {
        level: "warn",
        check,
        seen: "it is in session mode: each connection of the service keeps one of the server's",
        advice: "set its mode to transaction; the service keeps nothing in a session",
      };
    case "statement":
      return {
        level: "warn",
        check,
        seen: "it is in statement mode: tenant.begin() fails",
        advice: "set its mode to transaction",
      };
  }
}

/** Examines the verbs' connection to the database. */
export async function examineAdminConnection(open: OpenProbe): Promise<readonly Finding[]> {
  const { mode, relayed } = await readPooler(open);
  const advice = "let ADMIN_DATABASE_URL lead to PostgreSQL itself";
  const check = "admin connection";
  if (mode === "none") {
    return [
      {
        level: "ok",
        check,
        seen: relayed ? `${RELAYED}, and whole sessions` : "it is direct",
      },
    ];
  }
  if (mode === "session") {
    const seen = "it goes through a pooler in session mode, which may cut off a long verb";
    return [{ level: "warn", check, seen, advice }];
  }
  const seen = `it goes through a pooler in ${mode} mode: a verb's locks and settings may reach another client`;
  return [{ level: "unsafe", check, seen, advice }];
}

/**
 * Judges how private a connection is.
 * @param address the address in its URL
 * @param encrypted whether the doctor's own connection was encrypted
 */
export function judgeEncryption(
  check: string,
  { host, sslMode, tls }: Pick<DatabaseAddress, "host" | "sslMode" | "tls">,
  encrypted: boolean,
): Finding {
  const isHere = /^(?:localhost|127(?:\.\d+){3}|::1)$/i.test(host);
  if (!encrypted) {
    return judge(
      check,
      isHere,
      "it does not leave this machine",
      "warn",
      `it goes to "${host}" in plain text`,
      `add ?sslmode=verify-full to the URL; ${AUTHORITY}`,
    );
  }
  return judge(
    check,
    isHere || (tls !== false && tls.rejectUnauthorized),
    "it is encrypted",
    "warn",
    `it is encrypted, but with sslmode=${sslMode} an attacker in between can pose as the server`,
    `write sslmode=verify-full; ${AUTHORITY}`,
  );
}
