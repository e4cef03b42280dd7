// PostgreSQL arrays in their text form to JavaScript arrays. postgres.js would ask the server for the
// array types first, a round trip on every new connection; these OIDs are fixed.
// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO

type Item = (text: string) => unknown;

const asText: Item = (text) => text;
const asNumber: Item = Number;
const asBoolean: Item = (text) => text === "t";
const asDate: Item = (text) => new Date(text);
const asJson: Item = (text) => JSON.parse(text) as unknown;
const asBytes: Item = (text) =>
  Uint8Array.from(text.slice(2).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

// OIDs from https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
const ITEM_OF_ARRAY: ReadonlyMap<number, Item> = new Map([
  [199, asJson], // json[]
  [651, asText], // cidr[]
  [1000, asBoolean], // bool[]
  [1001, asBytes], // bytea[]
  [1002, asText], // "char"[]
  [1003, asText], // name[]
  [1005, asNumber], // int2[]
  [1007, asNumber], // int4[]
  [1009, asText], // text[]
  [1014, asText], // bpchar[]
  [1015, asText], // varchar[]
  [1016, asText], // int8[]: text, as postgres.js reads int8
  [1021, asNumber], // float4[]
  [1022, asNumber], // float8[]
  [1028, asNumber], // oid[]
  [1041, asText], // inet[]
  [1115, asDate], // timestamp[]
  [1182, asDate], // date[]
  [1183, asText], // time[]
  [1185, asDate], // timestamptz[]
  [1187, asText], // interval[]
  [1231, asText], // numeric[]: text, as postgres.js reads numeric
  [1270, asText], // timetz[]
  [2951, asText], // uuid[]
  [3807, asJson], // jsonb[]
]);

/** A type of postgres.js that only reads. */
export interface ArrayType {
  readonly to: number;
  readonly from: number[];
  readonly serialize: (value: unknown) => unknown;
  readonly parse: (text: string) => unknown;
}

/** postgres.js's `types` for the arrays of the built-in types: each item is read as its scalar is. */
export const ARRAY_TYPES: Readonly<Record<string, ArrayType>> = Object.fromEntries(
  Array.from(ITEM_OF_ARRAY, ([oid, item]) => [
    `array${oid}`,
    {
      to: oid,
      from: [oid],
      serialize: (value: unknown) => value,
      parse: (text: string) => parseArray(text, item),
    },
  ]),
);

/**
 * Reads PostgreSQL's text form of an array, `{1,NULL,"a\\"b",{…}}`, with or without bounds before it.
 * @param item reads one item that is not NULL
 */
export function parseArray(text: string, item: (text: string) => unknown): unknown[] {
  const root: unknown[] = [];
  const open: unknown[][] = [root];
  for (let at = text.indexOf("{"); at < text.length; at += 1) {
    const current = open.at(-1) ?? root;
    const char = text.charAt(at);
    if (char === "{") {
      const inner: unknown[] = [];
      current.push(inner);
      open.push(inner);
    } else if (char === "}") open.pop();
    else if (char === '"') {
      const end = endOfQuoted(text, at + 1);
      current.push(item(text.slice(at + 1, end).replace(/\\(.)/gs, "$1")));
      at = end;
    } else if (char !== ",") {
      const end = endOfBare(text, at);
      const bare = text.slice(at, end);
      current.push(bare === "NULL" ? null : item(bare));
      at = end - 1;
    }
  }
  return root[0] as unknown[];
}

function endOfQuoted(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at;
}

function endOfBare(text: string, from: number): number {
  let at = from;
  while (at < text.length && !",}".includes(text.charAt(at))) at += 1;
  return at;
}
