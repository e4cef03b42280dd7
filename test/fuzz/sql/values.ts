// Values that broke others, for one server encoding: each with what the server must give back.

import { identifier, json } from "../../../src/sql/statement.ts";
import type { Dice } from "../dice.ts";

/** One value between two pieces of fixed text. */
export interface Sample {
  readonly before: string;
  readonly value: unknown;
  readonly after: string;
  /** What is read back, as JSON. */
  readonly expected: unknown;
  /** The column that it comes back in, where the value is its name. */
  readonly column?: string;
}

/** A server encoding, and the letters that it has. */
export interface Encoding {
  readonly name: string;
  /** Ranges of code points, both ends included. */
  readonly letters: readonly (readonly [number, number])[];
}

/** Server encodings; every other one that PostgreSQL knows is of one of these forms. */
export const ENCODINGS: readonly Encoding[] = [
  {
    name: "UTF8",
    letters: [
      [1, 0x7f],
      [0x80, 0x7ff],
      [0x800, 0xd7ff],
      [0xe000, 0xffff],
      [0x10000, 0x10ffff],
    ],
  },
  // No conversion: what was sent is what is stored.
  {
    name: "SQL_ASCII",
    letters: [
      [1, 0x7f],
      [0x80, 0x7ff],
      [0x4e00, 0x9fa5],
      [0x1f300, 0x1f5ff],
    ],
  },
  {
    name: "LATIN1",
    letters: [
      [1, 0x7f],
      [0xa0, 0xff],
    ],
  },
  {
    name: "WIN1251",
    letters: [
      [1, 0x7f],
      [0x410, 0x44f],
    ],
  },
  {
    name: "EUC_JP",
    letters: [
      [1, 0x7f],
      [0x3041, 0x3093],
      [0x30a1, 0x30f6],
      [0xff61, 0xff9f],
      [0x5341, 0x5341],
      [0x80fd, 0x80fd],
      [0x8868, 0x8868],
    ],
  },
  {
    name: "EUC_CN",
    letters: [
      [1, 0x7f],
      [0x3041, 0x3093],
      [0x410, 0x44f],
    ],
  },
];

/** Pieces of text that mean something in SQL. */
export const SIGNS: readonly string[] = [
  ..."' '' \\ \\' \\\\' \" \"\" ; -- --\n /* */ /*/ $$ $a$ $1 ${1} ( ) ) { } , NULL null E' U&' N' B' X' \\x27 \\047".split(
    " ",
  ),
  ..."' || (select current_user) || '|'; drop table data; --|\\'; commit; drop table data; --".split(
    "|",
  ),
  ..."'); select set_config('role', 'none', false); --|$$; reset role; --|*/ commit; /*".split("|"),
  ..."\n|\r|\r\n|\t|\v|\f| |\b|\u007f|-1|--1|0x27|uescape '!'|\\u0027|\\U00000027".split("|"),
];
// Their UTF-8 ends in bytes that GBK, BIG5 and SJIS take for the first half of a letter: the quote or
// the backslash behind them would be the second half. In SJIS the second byte of 表 is a backslash.
const LEADS = ["\u7e97", "\u00bf", "\u00c0", "\u8868", "\u30bd", "\u5341", "\u80fd", "\u0415", "ŕ"];
const NAMES = [
  ...["a.b", '"', '""', "rowhouse.tenant", "tenant", "select", "a'b", "a\\b", "$1", "a$$b", " "],
  ...["a".repeat(62), "a".repeat(63), "--", "/*", ";", "U&", 'E"', "\n", "x\u0001y"],
];

/** Makes samples for one encoding. */
export function createSamples(dice: Dice, encoding: Encoding): () => Sample {
  const has = (text: string): boolean =>
    Array.from(text).every((letter) => {
      const code = letter.codePointAt(0) ?? 0;
      return encoding.letters.some(([from, to]) => code >= from && code <= to);
    });
  const leads = LEADS.filter(has);
  const letter = (): string => {
    const [from, to] = dice.pick(encoding.letters);
    return String.fromCodePoint(from + dice.below(to - from + 1));
  };
  const part = (): string => {
    const kind = dice.below(8);
    if (kind < 4) return dice.pick(SIGNS);
    if (kind < 6 || leads.length === 0) return letter();
    return dice.pick(leads) + dice.pick(["'", "\\", "\\'", "''", '"', ";"]);
  };
  const text = (): string => dice.some(10, part).join("") + dice.pick(["", "", "'", "\\", "-"]);
  const item = (): string | null => (dice.below(6) === 0 ? null : text());
  const name = (): string => {
    if (dice.below(2) === 0) return dice.pick(NAMES);
    const letters = Array.from(`n${text()}`);
    while (Buffer.byteLength(letters.join("")) > 63) letters.pop();
    return letters.join("");
  };
  const sample = (
    value: unknown,
    after: string,
    expected: unknown = value,
    before = "",
  ): Sample => ({ before, value, after, expected });
  const whole = (): number => dice.below(2 ** 31) - 2 ** 30;
  const makers: readonly (() => Sample)[] = [
    () => sample(text(), "::text"),
    () => sample(text(), "::text"),
    // Beside a quoted string, a number, a name, an operator, a comment: it joins none of them.
    () => {
      const value = text();
      return sample(value, "::text /*'*/ || ''", value, "''/*\"*/||");
    },
    () => {
      const value = text();
      return sample(value, "::text--\n||'b'", `a${value}b`, "'a'--'\n||");
    },
    () => {
      const value = whole();
      return sample(value, "", 7 - value, "7-");
    },
    () => {
      const value = whole();
      return sample(value, "-1", value - 1, "-(0)+");
    },
    () => sample(dice.pick([-0.5, -1e-7, 1e21, 5e-324]), "::float8 - -0.0::float8"),
    () => {
      const value = BigInt(whole()) * BigInt(whole());
      return sample(value, "::int8", String(value));
    },
    () => sample(dice.some(5, item), "::text[]"),
    () => {
      const value = { [text()]: [text(), whole(), null] };
      return sample(json(value), "::json", value);
    },
    () => {
      const bytes = Uint8Array.from(dice.some(20, () => dice.below(256)));
      return sample(bytes, "::bytea, 'hex')", Buffer.from(bytes).toString("hex"), "encode(");
    },
    () => {
      const date = new Date(dice.below(4e12));
      return sample(date, "::timestamptz))::float8", date.getTime(), "(1000 * extract(epoch from ");
    },
  ];
  return () => {
    if (dice.below(12) !== 0) return dice.pick(makers)();
    const column = name();
    return { ...sample(identifier(column), "", 1, "1 as "), column };
  };
}
