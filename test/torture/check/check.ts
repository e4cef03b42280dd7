// The verdict on a run.

import type { Finding, History } from "../history.ts";
import { checkAnswers, checkRecovery } from "./answers.ts";
import { indexHosts } from "./hosts.ts";
import { checkOrders } from "./orders.ts";
import { checkValues } from "./values.ts";

/** What the checks say. */
export interface Judgement {
  readonly findings: readonly Finding[];
  /** Keys whose history was searched for an order, and those of them with too many possible states. */
  readonly keys: number;
  readonly undecided: number;
}

/** Judges a run by every rule. */
export function checkHistory(history: History): Judgement {
  const hosts = indexHosts(history);
  const orders = checkOrders(history);
  const findings = [
    ...checkValues(history, hosts),
    ...orders.findings,
    ...checkAnswers(history, hosts),
    ...checkRecovery(history),
  ];
  return { findings, keys: orders.keys, undecided: orders.undecided };
}
