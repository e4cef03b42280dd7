// The doctor's findings about functions that run the text they are given, or leave something in the session.

import { commandFor } from "../program/form.ts";
import { formatCount } from "../print/count.ts";
import { findOpenFunctions } from "../registry/roles/closed-functions.ts";
import type { Registry } from "../registry/registry.ts";
import { type Finding, judge } from "./finding.ts";

const MOST_NAMES = 5;

/** Examines the functions that PUBLIC, and so every tenant, may execute. */
export async function examineFunctions({ withTransaction }: Registry): Promise<readonly Finding[]> {
  const open = await withTransaction(findOpenFunctions);
  const names = open.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = open.length > MOST_NAMES ? `, and ${open.length - MOST_NAMES} more` : "";
  return [
    judge(
      "functions",
      open.length === 0,
      "tenants may not execute functions that run text or leave something in the session",
      "warn",
      `tenants may execute ${formatCount(open.length, "function")} that run text or leave something in the ` +
        `session: ${names.join(", ")}${more}`,
      `run ${commandFor("init-db")} as a superuser, or revoke execute on them from public; until then only the ` +
        "service's checks of each statement refuse them",
    ),
  ];
}
