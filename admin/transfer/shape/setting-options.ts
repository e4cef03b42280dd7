// Storage parameters and options of columns. A name consists of letters, and a value is quoted.

import { escapeLiteral } from "pg";

const OPTION = /^((?:toast\.)?[a-z_]+)=(.*)$/s;

/**
 * Builds the commands that change an object's options; undefined when one is not an option.
 * @param alter such as `alter table x`
 * @param value the options as a JSON list of `name=value`; null for an empty list
 */
export function setOptions(
  alter: string,
  value: string | null,
  before: string | null,
): readonly string[] | undefined {
  const wanted = parseOptions(value);
  const had = parseOptions(before);
  if (wanted === undefined || had === undefined) return undefined;
  const gone = [...had.keys()].filter((name) => !wanted.has(name));
  const set = [...wanted].map(([name, text]) => `${name} = ${escapeLiteral(text)}`);
  return [
    ...(gone.length > 0 ? [`${alter} reset (${gone.join(", ")})`] : []),
    ...(set.length > 0 ? [`${alter} set (${set.join(", ")})`] : []),
  ];
}

function parseOptions(value: string | null): ReadonlyMap<string, string> | undefined {
  const options = new Map<string, string>();
  for (const option of parseList(value)) {
    const [, name, text] = (typeof option === "string" && OPTION.exec(option)) || [];
    if (name === undefined || text === undefined) return undefined;
    options.set(name, text);
  }
  return options;
}

/** Parses the options; a value that is not a list becomes one invalid option. */
function parseList(value: string | null): readonly unknown[] {
  if (value === null) return [];
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list : [undefined];
  } catch {
    return [undefined];
  }
}
