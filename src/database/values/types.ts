// Maps PostgreSQL's types to JavaScript values. A type whose values JavaScript cannot hold in full stays text: bigint,
// numeric, interval, and every type that is not listed here. The code does not ask the server for its types: that
// would cost a round trip on every new connection.

import { parseArray } from "./array.ts";
import { parseTime } from "./time.ts";

/** Reads the text form of one value that is not NULL. */
export type Parser = (text: string) => unknown;

const asText: Parser = (text) => text;
const asBoolean: Parser = (text) => text === "t";
const asJson: Parser = (text) => JSON.parse(text) as unknown;

/** Bytes that JSON shows as PostgreSQL's text, because it shows a Uint8Array as an object of numbered members. */
class Bytes extends Uint8Array {
  toJSON(): string {
    return `\\x${Array.from(this, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
}

/** Hexadecimal digits behind `\x`: https://www.postgresql.org/docs/current/datatype-binary.html */
function asBytes(text: string): Bytes {
  const bytes = new Bytes((text.length - 2) / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(text.slice(2 + at * 2, 4 + at * 2), 16);
  }
  return bytes;
}

// OIDs from https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
const SCALARS: readonly (readonly [oid: number, array: number, parser: Parser])[] = [
  [16, 1000, asBoolean], // bool
  [17, 1001, asBytes], // bytea
  [21, 1005, Number], // int2
  [23, 1007, Number], // int4
  [26, 1028, Number], // oid
  [114, 199, asJson], // json
  [700, 1021, Number], // float4
  [701, 1022, Number], // float8
  [1082, 1182, parseTime], // date
  [1114, 1115, parseTime], // timestamp
  [1184, 1185, parseTime], // timestamptz
  [3802, 3807, asJson], // jsonb
];

const BOX_ARRAY = 1020;

// The arrays of the built-in types whose values stay text.
const TEXT_ARRAYS = [
  // xml, line, circle, macaddr8, money, int2vector, regproc, char, name, text, tid, xid, cid, oidvector, bpchar
  143,
  629, 719, 775, 791, 1002, 1003, 1006, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
  // varchar, int8, point, lseg, path, polygon, aclitem, macaddr, inet, cidr, time, interval, numeric, timetz
  1015,
  1016, 1017, 1018, 1019, 1027, 1034, 1040, 1041, 651, 1183, 1187, 1231, 1270,
  // bit, varbit, refcursor, regprocedure, regoper, regoperator, regclass, regtype, record, uuid, txid_snapshot
  1561,
  1563, 2201, 2207, 2208, 2209, 2210, 2211, 2287, 2951, 2949,
  // pg_lsn, tsvector, tsquery, regconfig, regdictionary, jsonpath, regnamespace, regrole, regcollation, xid8
  3221,
  3643, 3645, 3735, 3770, 4073, 4090, 4097, 4192, 271,
  // ranges of int4, num, ts, tstz, date, int8; their multiranges
  3905, 3907, 3909, 3911, 3913, 3927, 6150, 6151, 6152, 6153, 6155, 6157,
];

const PARSERS: ReadonlyMap<number, Parser> = new Map([
  ...SCALARS.flatMap(([oid, array, parser]): [number, Parser][] => [
    [oid, parser],
    [array, (text) => parseArray(text, parser)],
  ]),
  ...TEXT_ARRAYS.map((oid): [number, Parser] => [oid, (text) => parseArray(text, asText)]),
  [BOX_ARRAY, (text) => parseArray(text, asText, ";")],
]);

/**
 * Finds the parser of a type's values.
 * @param oid the type's OID, as the description of a result's column has it
 * @returns undefined for a type whose values stay text
 */
export function parserOf(oid: number): Parser | undefined {
  return PARSERS.get(oid);
}
