// Texts with parameters at random: hostile values, numbers in any order, and a $1 in quotes, dollar quotes, names and
// comments. PostgreSQL's own parser must read each as the bound statement, with constants in place of the parameters.

import { inspect } from "node:util";
import { loadModule } from "libpg-query";
import { judgeQuery } from "../../support/sql/bound-tree.ts";
import { createDice, type Dice } from "../dice.ts";
import { SIGNS } from "./values.ts";

const MAX_PARAMETERS = 12;
const MAX_DEPTH = 3;
/** Stands between the words; in most of them a parameter is text. */
const GAPS = [
  ...[" ", " ", "\n", "\t\r", " /* $1 ' */ ", ' /* /* $9 */ " */ ', "/*$$*/", "/* '*/"],
  ...[" -- $1 ' $$\n", " --\r", " -- ;\n", "--$a$\n", "\u000b"],
];
/** A constant or a name that holds what looks like a parameter. */
const TEXTS = [
  ...["'$1'", "'it''s $1'", "E'\\'$1'", "E'\\\\'", "U&'$1'", "B'1'", "N'$2'", "'$1'\n'$2'", "''"],
  ...["a$1", "a.b$1", '"$1"', '"a""$1"', 'U&"$1"', "é$1", "$$$1$$", "$a$ $1 $$ $a$", "$é$'$é$"],
  ...["1", "1.5e3", "0x1f", "null", "true", "a", "current_date", "-- $1\n1", "/* $1 */ a"],
];
const UNARY = [
  "-",
  "not ",
  "@ ",
  "- - ",
  "~",
  "exists (select ",
  "array[",
  "row(",
  "f(",
  "(",
  "(select ",
];
const BINARY = [
  ...["+", "-", "*", "||", "=", "<>", ">=", " and ", " or ", "->>", "@>", "?", "::int+", " in ("],
  ...[" like ", " is distinct from ", " between 1 and ", "::text[] || ", " at time zone ", " # "],
];
const SUFFIXES = [
  "",
  "",
  "",
  "::int",
  "::text",
  " is null",
  "::numeric(5,2)",
  "[1]",
  ' collate "C"',
];
const FRAMES: readonly ((next: () => string) => string)[] = [
  (next) => `select${next()},${next()}`,
  (next) => `select a from t where${next()}order by${next()}limit${next()}offset${next()}`,
  (next) => `insert into t values (${next()},${next()}), (${next()}, default)`,
  (next) =>
    `insert into t(a) select${next()}on conflict (a) do update set a=${next()}returning${next()}`,
  (next) => `update t set a=${next()}, b[${next()}]=${next()}where${next()}`,
  (next) => `delete from t using s where${next()}returning${next()}`,
  (next) => `with x as (select${next()}), y as (update t set a=${next()}returning *) table x`,
  (next) =>
    `with recursive x(a) as (select${next()}union all select${next()}from x) select${next()}from x`,
  (next) => `merge into t using s on${next()}when matched and${next()}then update set a=${next()}`,
  (next) => `values (${next()}),(${next()})`,
  (next) => `select${next()}filter (where${next()}) over (partition by${next()})`,
  (next) => `select * from f(${next()}) as g, lateral (select${next()}) h`,
];

/** What {@link fuzzQueries} did. */
export interface QueryFigures {
  readonly texts: number;
  readonly accepted: number;
  /** How many of the accepted ones have the tree of the bound statement; the others are not SQL when they are bound. */
  readonly equal: number;
}

/**
 * Makes `texts` texts with values, and lets PostgreSQL's parser judge those that are accepted.
 * @throws {Error} for the first finding, with the seed
 */
export async function fuzzQueries(seed: number, texts: number): Promise<QueryFigures> {
  await loadModule();
  const dice = createDice(seed);
  const figures = { accepted: 0, equal: 0 };
  for (let made = 0; made < texts; made += 1) {
    const { text, count } = write(dice);
    const values = Array.from({ length: count }, () => value(dice));
    try {
      const judged = judgeQuery(text, values);
      if (judged !== "refused") figures.accepted += 1;
      if (judged === "equal") figures.equal += 1;
    } catch (error) {
      const given = inspect([text, values], { depth: 5, maxStringLength: 2000 });
      throw new Error(`Found with --seed ${seed}: ${given}: ${String(error)}`, { cause: error });
    }
  }
  return { texts, ...figures };
}

/** A text, and how many values it takes. */
function write(dice: Dice): { readonly text: string; readonly count: number } {
  let count = 0;
  const parameter = (): string => {
    if (count === 0 || (count < MAX_PARAMETERS && dice.below(3) > 0)) count += 1;
    // Mostly a number that is due, so that most texts are whole.
    return `$${dice.below(3) === 0 ? 1 + dice.below(count) : count}`;
  };
  const gap = (): string => dice.pick(GAPS);
  const expression = (depth = 0): string => {
    const kind = depth < MAX_DEPTH ? dice.below(5) : dice.below(2);
    if (kind === 0) return dice.pick(TEXTS);
    if (kind < 3) return parameter() + dice.pick(SUFFIXES);
    if (kind === 3) {
      const start = dice.pick(UNARY);
      const end = start.includes("[") ? "]" : start.includes("(") ? ")" : "";
      return `${start}${expression(depth + 1)}${end}`;
    }
    const operator = dice.pick(BINARY);
    const end = operator.endsWith("(") ? ")" : "";
    return `${expression(depth + 1)}${operator}${expression(depth + 1)}${end}`;
  };
  let text = dice.pick(FRAMES)(() => `${gap()}${expression()}${gap()}`);
  // Something that stands where nothing should.
  if (dice.below(4) === 0) {
    const at = dice.below(text.length + 1);
    text = text.slice(0, at) + dice.pick(SIGNS) + text.slice(at);
  }
  return { text: text + dice.pick(["", "", ";", " -- $1", ";\n"]), count };
}

function value(dice: Dice): unknown {
  const text = (): string => dice.some(5, () => dice.pick(SIGNS)).join("");
  const makers: readonly (() => unknown)[] = [
    text,
    text,
    () => null,
    () => dice.below(2 ** 31) - 2 ** 30,
    () => -0.5,
    () => -(2n ** 70n),
    () => dice.below(2) === 0,
    () => dice.some(3, text),
    () => ({ [text()]: [text()] }),
    () => Uint8Array.from(dice.some(4, () => dice.below(256))),
  ];
  return dice.pick(makers)();
}
