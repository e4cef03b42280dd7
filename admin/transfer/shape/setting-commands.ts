// The commands that give an object a setting, for each kind of setting.

import { quoted } from "../structure.ts";
import { setOptions } from "./setting-options.ts";

/** An object, under the names of its own catalog. */
export interface Place {
  /** The relation or domain, qualified and quoted. */
  readonly place: string;
  /** The trigger, rule, column or constraint, quoted; for an index's column its number. Or the kind of relation. */
  readonly part: string | null;
  /** Additional data of the kind: a constraint's definition, a type's own storage. */
  readonly standard: string | null;
}

/** Returns the commands; undefined when the value is invalid for the kind. Null means PostgreSQL's default. */
type Commands = (
  place: Place,
  value: string | null,
  before: string | null,
) => readonly string[] | undefined;

const FIRING: Readonly<Record<string, string>> = {
  O: "enable",
  D: "disable",
  A: "enable always",
  R: "enable replica",
};
const STORAGE: Readonly<Record<string, string>> = {
  p: "plain",
  e: "external",
  x: "extended",
  m: "main",
};
const COMPRESSION: Readonly<Record<string, string>> = { p: "pglz", l: "lz4" };

/** The functions that build the commands, by kind. */
export const COMMANDS: ReadonlyMap<string, Commands> = new Map<string, Commands>([
  [
    "index name",
    ({ place }, value) =>
      value === null ? [] : [`alter index ${place} rename to ${quoted(value)}`],
  ],
  ["trigger", (on, value) => fire("trigger", on, value)],
  ["rule", (on, value) => fire("rule", on, value)],
  ["not valid", (on, value) => judge(`alter table ${on.place}`, on, value)],
  ["domain not valid", (on, value) => judge(`alter domain ${on.place}`, on, value)],
  ["row security", (on, value) => toggle(value, on, "row level security")],
  [
    "forced row security",
    ({ place }, value) =>
      isFlag(value)
        ? [`alter table ${place} ${value === null ? "no " : ""}force row level security`]
        : undefined,
  ],
  [
    "unlogged",
    ({ place }, value) =>
      isFlag(value) ? [`alter table ${place} set ${value === null ? "" : "un"}logged`] : undefined,
  ],
  [
    "unpopulated",
    ({ place }, value) =>
      isFlag(value)
        ? [`refresh materialized view ${place}${value === null ? "" : " with no data"}`]
        : undefined,
  ],
  ["replica identity", ({ place }, value) => identify(`alter table ${place}`, value)],
  [
    "cluster",
    ({ place }, value) => [
      value === null
        ? `alter table ${place} set without cluster`
        : `alter table ${place} cluster on ${quoted(value)}`,
    ],
  ],
  [
    "options",
    ({ place, part }, value, before) => setOptions(`alter ${part} ${place}`, value, before),
  ],
  [
    "column options",
    ({ place, part }, value, before) =>
      setOptions(`alter table ${place} alter column ${part}`, value, before),
  ],
  [
    "statistics",
    ({ place, part, standard }, value) =>
      isTarget(value)
        ? [`alter ${standard} ${place} alter column ${part} set statistics ${value ?? -1}`]
        : undefined,
  ],
  [
    "statistics object",
    ({ place }, value) =>
      isTarget(value) ? [`alter statistics ${place} set statistics ${value ?? -1}`] : undefined,
  ],
  [
    "storage",
    ({ place, part, standard }, value) => {
      const storage = STORAGE[value ?? standard ?? ""];
      return storage === undefined
        ? undefined
        : [`alter table ${place} alter column ${part} set storage ${storage}`];
    },
  ],
  [
    "compression",
    ({ place, part }, value) => {
      const method = value === null ? "default" : COMPRESSION[value];
      return method === undefined
        ? undefined
        : [`alter table ${place} alter column ${part} set compression ${method}`];
    },
  ],
]);

function isFlag(value: string | null): boolean {
  return value === null || value === "true";
}

function isTarget(value: string | null): boolean {
  return value === null || /^\d{1,5}$/.test(value);
}

function toggle(
  value: string | null,
  { place }: Place,
  what: string,
): readonly string[] | undefined {
  if (!isFlag(value)) return undefined;
  return [`alter table ${place} ${value === null ? "disable" : "enable"} ${what}`];
}

/** Each partition has its own state, and without ONLY a parent's command would change its partitions, too. */
function fire(
  what: string,
  { place, part }: Place,
  value: string | null,
): readonly string[] | undefined {
  const state = FIRING[value ?? "O"];
  return state === undefined ? undefined : [`alter table only ${place} ${state} ${what} ${part}`];
}

/** Validates or replaces a constraint. Validation is free, because the rows are not loaded yet. */
function judge(
  alter: string,
  { part, standard }: Place,
  value: string | null,
): readonly string[] | undefined {
  if (value === null) return [`${alter} validate constraint ${part}`];
  if (value !== "true") return undefined;
  // The constraint belongs to its parent, and follows it.
  if (standard === null) return [];
  return [
    `${alter} drop constraint ${part}`,
    `${alter} add constraint ${part} ${standard} not valid`,
  ];
}

function identify(alter: string, value: string | null): readonly string[] | undefined {
  if (value?.startsWith("i "))
    return [`${alter} replica identity using index ${quoted(value.slice(2))}`];
  const words = new Map([
    [null, "default"],
    ["n", "nothing"],
    ["f", "full"],
  ]);
  const word = words.get(value);
  return word === undefined ? undefined : [`${alter} replica identity ${word}`];
}
