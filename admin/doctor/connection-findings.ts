// What the doctor says of the two connections: a pooler for the service, PostgreSQL itself for the verbs, and
// nothing in plain text between machines.

import type { DatabaseAddress } from "../../src/database/wire/address.ts";
import { type Finding, judge } from "./finding.ts";
import { type PoolerBehaviour, readPooler } from "./pooler.ts";
import type { OpenProbe } from "./probe.ts";

// Such as a forwarded port, a load balancer, or pgpool with more server connections than were asked for.
const RELAYED = "something is in between that hands on the server's own key";
const AUTHORITY =
  "name the authority of a private certificate in sslrootcert=FILE, NODE_EXTRA_CA_CERTS or DENO_CERT";

/** Looks at the service's way to the database. */
export async function examineServiceConnection(open: OpenProbe): Promise<readonly Finding[]> {
  return describeServiceConnection(await readPooler(open));
}

/** What there is to say of the service's way to the database, the mode first. */
export function describeServiceConnection(behaviour: PoolerBehaviour): readonly Finding[] {
  const findings = [describePooler(behaviour)];
  const { mode, settingLeaks, settingIsLost, preparedSurvives, startupParameters } = behaviour;
  if (mode === "transaction" && !behaviour.undone) {
    findings.push({
      level: "warn",
      check: "session settings",
      seen: "not looked at, for want of a free connection; the harmless setting rowhouse.probe is left on one",
      advice: "run the doctor again when there is less to do; a message sets its own in any case",
    });
    return findings;
  }
  if (mode === "transaction") {
    const seen =
      settingLeaks === undefined
        ? "no other client came to the server connection of one that set something"
        : `what one client sets is ${settingLeaks ? "" : "not "}seen by others and ` +
          `${settingIsLost ? "" : "not "}lost to itself`;
    findings.push({
      level: "ok",
      check: "session settings",
      seen: `${seen}; a message sets its own`,
    });
  }
  findings.push({
    level: "ok",
    check: "prepared statements",
    seen: `they ${preparedSurvives ? "survive" : "do not survive"}; the service uses none`,
  });
  findings.push({
    level: "ok",
    check: "startup parameters",
    seen: `options are ${startupParameters}; the service sends application_name alone`,
  });
  return findings;
}

function describePooler({ mode, relayed }: PoolerBehaviour): Finding {
  const check = "pooler";
  switch (mode) {
    case "transaction":
      return { level: "ok", check, seen: "there is one, in transaction mode" };
    case "none":
      return {
        level: "ok",
        check,
        seen: `${relayed ? RELAYED : "there is none"}: each connection of the service is one of the server's`,
      };
    case "session":
      return {
        level: "warn",
        check,
        seen: "there is one, in session mode: each connection of the service keeps one of the server's",
        advice: "set its mode to transaction; the service keeps nothing in a session",
      };
    case "statement":
      return {
        level: "warn",
        check,
        seen: "there is one, in statement mode: tenant.begin() fails",
        advice: "set its mode to transaction",
      };
  }
}

/** Looks at the verbs' way to the database. */
export async function examineAdminConnection(open: OpenProbe): Promise<readonly Finding[]> {
  const { mode, relayed } = await readPooler(open);
  const advice = "let ADMIN_DATABASE_URL lead to PostgreSQL itself";
  const check = "admin connection";
  if (mode === "none") {
    return [
      {
        level: "ok",
        check,
        seen: relayed ? `${RELAYED}, and hands on all of a session` : "it is direct",
      },
    ];
  }
  if (mode === "session") {
    const seen = "there is a pooler in between, in session mode: a long verb may be cut off";
    return [{ level: "warn", check, seen, advice }];
  }
  const seen = `there is a pooler in between, in ${mode} mode: what a verb locks or sets may be another's`;
  return [{ level: "unsafe", check, seen, advice }];
}

/**
 * Judges how private a connection is.
 * @param address what its URL says
 * @param encrypted whether it was encrypted when it was looked at
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
    `it is encrypted, but with sslmode=${sslMode} whoever is in between may be the server`,
    `write sslmode=verify-full; ${AUTHORITY}`,
  );
}
