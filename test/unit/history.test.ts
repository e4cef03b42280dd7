// The history checker is worth what it finds: each wrong history here is one that it must refuse, beside the
// right one that it must accept.

import { expect } from "chai";
import { checkHistory } from "../torture/check/check.ts";
import { checkRegister, type RegisterOp } from "../torture/check/register.ts";
import type { Change, Finding, History, Op, Owner } from "../torture/history.ts";
import { FIRST_VALUE } from "../torture/history.ts";

const HOST = "t001.example.com";
const V1 = FIRST_VALUE + 1;
const V2 = FIRST_VALUE + 2;
const V3 = FIRST_VALUE + 3;

const always = { from: -Infinity, sureFrom: -Infinity, sureTo: Infinity, to: Infinity };
const OWNERS: readonly Owner[] = [
  { host: HOST, tenant: 1, ...always },
  { host: "t002.example.com", tenant: 2, ...always },
];

function op(given: Partial<Op> & Pick<Op, "kind" | "from" | "to">): Op {
  const rest = { client: 1, service: 0, host: HOST, tenant: 1, key: 7, count: 1, values: [] };
  return { ...rest, status: 200, code: undefined, seen: [], ...given };
}

const put = (value: number, from: number, to: number, given: Partial<Op> = {}): Op =>
  op({ kind: "put", values: [value], from, to, status: 201, ...given });
const get = (value: number, from: number, to: number, given: Partial<Op> = {}): Op =>
  op({ kind: "get", seen: [{ key: 7, value }], from, to, ...given });
const lost = { status: 503, code: "DATABASE_UNAVAILABLE" };
const fault = { kind: "kill postgres", from: 0, to: 100, recovered: 200 };

/** A history with what the requests wrote in the witness, once each, and nothing else. */
function history(ops: readonly Op[], given: Partial<History> & { left?: number } = {}): History {
  const { left, ...rest } = given;
  const witness = new Map(
    ops.flatMap(({ values, key, tenant }) =>
      values.map((value, index) => [value, [{ tenant: tenant ?? 1, key: key + index }]] as const),
    ),
  );
  const final = new Map([[1, new Map(left === undefined ? [] : [[7, left]])]]);
  const none = { changes: [], faults: [] };
  return { ops, owners: OWNERS, ...none, witness, final, endedAt: 1e6, ...rest };
}

function kinds(checked: History): Finding["kind"][] {
  return [...new Set(checkHistory(checked).findings.map(({ kind }) => kind))];
}

describe("checkHistory()", () => {
  it("finds nothing wrong in a right history", () => {
    const ops = [put(V1, 0, 10), get(V1, 20, 30), put(V2, 40, 50, { status: 200 })];
    expect(kinds(history(ops, { left: V2 }))).to.deep.equal([]);
  });

  it("finds a foreign value", () => {
    const other = put(V1, 0, 10, { tenant: 2, host: "t002.example.com" });
    const seen = get(V1, 20, 30, { tenant: undefined });
    const final = new Map([[2, new Map([[7, V1]])]]);
    expect(kinds(history([other, seen], { final }))).to.deep.equal(["foreign value"]);
  });

  it("finds a value of the right tenant under another key", () => {
    const ops = [put(V1, 0, 10, { key: 8 }), get(V1, 20, 30, { tenant: undefined })];
    const final = new Map([[1, new Map([[8, V1]])]]);
    expect(kinds(history(ops, { final }))).to.deep.equal(["foreign value"]);
  });

  it("finds a write that went to another tenant", () => {
    const witness = new Map([[V1, [{ tenant: 2, key: 7 }]]]);
    const found = kinds(history([put(V1, 0, 10)], { witness, left: V1 }));
    expect(found).to.deep.equal(["foreign value"]);
  });

  it("finds a lost acknowledged write: never written, or gone in the end", () => {
    const ops = [put(V1, 0, 10)];
    const never = kinds(history(ops, { witness: new Map() }));
    expect(never).to.deep.equal(["lost write", "no order"]);
    expect(kinds(history(ops))).to.deep.equal(["no order"]);
    const loose = put(V1, 0, 10, { tenant: undefined });
    expect(kinds(history([loose]))).to.deep.equal(["lost write"]);
  });

  it("finds a lost acknowledged write of a batch", () => {
    const ops = [op({ kind: "batch", values: [V1], from: 0, to: 10, status: 201 })];
    expect(kinds(history(ops, { left: V1 }))).to.deep.equal([]);
    expect(kinds(history(ops))).to.include("lost write");
  });

  it("finds a phantom write: refused and there, read and never written, asked for by nobody", () => {
    const refused = put(V1, 0, 10, { status: 403, code: "TENANT_SUSPENDED" });
    const change: Change = { kind: "suspend", tenant: 1, from: 0, sureFrom: 0, sureTo: 20, to: 20 };
    const given = { changes: [change], final: new Map() };
    expect(kinds(history([refused], { ...given, witness: new Map() }))).to.deep.equal([]);
    expect(kinds(history([refused], given))).to.deep.equal(["phantom write"]);
    const read = get(V1, 0, 10, { tenant: undefined });
    expect(kinds(history([read]))).to.deep.equal(["phantom write"]);
    const witness = new Map([[V3, [{ tenant: 1, key: 9 }]]]);
    expect(kinds(history([], { witness }))).to.deep.equal(["phantom write"]);
  });

  it("finds a transaction that was undone and is there, whatever was answered", () => {
    const undone = { transaction: "undone", status: 409, code: "UNDONE" } as const;
    const missing = { witness: new Map() };
    expect(kinds(history([put(V1, 0, 10, undone)], missing))).to.deep.equal([]);
    expect(kinds(history([put(V1, 0, 10, undone)]))).to.include("phantom write");
    const cut = put(V1, 0, 10, { ...undone, ...lost });
    expect(kinds(history([cut], { faults: [fault] }))).to.deep.equal(["phantom write"]);
    const kept = put(V1, 0, 10, { transaction: "undone" });
    expect(kinds(history([kept], missing))).to.include("undesigned answer");
  });

  it("finds a transaction that wrote over another value than the one that it had locked", () => {
    const first = put(V1, 0, 10);
    const locked = { transaction: "kept", status: 200, seen: [{ key: 7, value: V1 }] } as const;
    const both = [put(V2, 20, 30, locked), put(V3, 40, 50, locked)];
    expect(kinds(history([first, put(V2, 20, 30, locked)], { left: V2 }))).to.deep.equal([]);
    expect(kinds(history([first, ...both], { left: V3 }))).to.deep.equal(["no order"]);
  });

  it("finds a double write, acknowledged or not", () => {
    const twice = [V1, [1, 2].map(() => ({ tenant: 1, key: 7 }))] as const;
    const given = { witness: new Map([twice]), left: V1, faults: [fault] };
    expect(kinds(history([put(V1, 0, 10)], given))).to.deep.equal(["double write"]);
    expect(kinds(history([put(V1, 0, 10, lost)], given))).to.deep.equal(["double write"]);
  });

  it("accepts an unacknowledged write that is there, late, or not at all", () => {
    const faults = [fault];
    const ops = [put(V1, 0, 10, lost)];
    expect(kinds(history(ops, { faults, left: V1 }))).to.deep.equal([]);
    expect(kinds(history(ops, { faults, witness: new Map() }))).to.deep.equal([]);
    const late = [...ops, put(V2, 20, 30), get(V2, 40, 50), get(V1, 60, 70)];
    expect(kinds(history(late, { faults, left: V1 }))).to.deep.equal([]);
  });

  it("finds an unacknowledged write that took effect twice, be the witness blind", () => {
    const ops = [put(V1, 0, 10, lost), get(V1, 20, 30), put(V2, 40, 50, { status: 200 })];
    const again = [...ops, get(V1, 60, 70)];
    expect(kinds(history(again, { faults: [fault], left: V1 }))).to.deep.equal(["no order"]);
  });

  it("finds a torn batch, written or read", () => {
    const batch = op({ kind: "batch", count: 2, values: [V1, V2], from: 0, to: 10, ...lost });
    const half = new Map([[V1, [{ tenant: 1, key: 7 }]]]);
    const torn = kinds(history([batch], { faults: [fault], witness: half, left: V1 }));
    expect(torn).to.deep.equal(["torn batch"]);
    const whole = new Map([[1, new Map([7, 8].map((key, index) => [key, V1 + index]))]]);
    const list = op({ kind: "list", count: 2, from: 20, to: 30, seen: [{ key: 7, value: V1 }] });
    const given = { faults: [fault], final: whole };
    expect(kinds(history([batch], given))).to.deep.equal([]);
    expect(kinds(history([batch, list], given))).to.deep.equal(["torn batch"]);
  });

  it("finds a stale host, of a request that began after the verb returned", () => {
    const host = "w1.example.com";
    const owners = [
      { host, tenant: 1, from: 0, sureFrom: 1, sureTo: 100, to: 110 },
      { host, tenant: 2, from: 120, sureFrom: 130, sureTo: Infinity, to: Infinity },
    ];
    const written = put(V1, 5, 10, { host, tenant: undefined });
    const witness = new Map([[V1, [{ tenant: 1, key: 7 }]]]);
    const given = { owners, witness, left: V1 };
    const read = (from: number): Op => get(V1, from, 150, { host, tenant: undefined });
    expect(kinds(history([written, read(105)], given))).to.deep.equal([]);
    expect(kinds(history([written, read(111)], given))).to.deep.equal(["stale host"]);
  });

  it("finds a tenant that served while it was suspended, or was written to while read-only", () => {
    const change = { tenant: 1, from: 100, sureFrom: 110, sureTo: 200, to: 210 };
    const suspended = { changes: [{ ...change, kind: "suspend" as const }], left: V1 };
    const readOnly = { changes: [{ ...change, kind: "read-only" as const }], left: V1 };
    const written = (from: number): Op[] => [put(V1, from, 150)];
    expect(kinds(history(written(105), suspended))).to.deep.equal([]);
    expect(kinds(history(written(111), suspended))).to.deep.equal(["served while suspended"]);
    expect(kinds(history(written(111), readOnly))).to.deep.equal(["written while read-only"]);
    const reading = [put(V1, 0, 10), get(V1, 120, 130)];
    expect(kinds(history(reading, readOnly))).to.deep.equal([]);
    expect(kinds(history(reading, suspended))).to.deep.equal(["served while suspended"]);
  });

  it("finds an answer that was not designed for its time", () => {
    const answer = (given: Partial<Op>): Op => get(V1, 6000, 6010, { seen: [], ...given });
    const wrong = (given: Partial<Op>, rest: Partial<History> = {}): Finding["kind"][] =>
      kinds(history([answer(given)], rest));
    const rename: Change = { ...always, kind: "rename", tenant: 1, sureFrom: 0, sureTo: 0 };
    expect(wrong({ status: 500, code: "INTERNAL", sqlstate: "XX000" })).to.have.lengthOf(1);
    const inFlight = { status: 500, code: "INTERNAL", sqlstate: "42P01" };
    expect(wrong(inFlight)).to.deep.equal(["undesigned answer"]);
    expect(wrong(inFlight, { changes: [rename] })).to.deep.equal([]);
    const changes: Change[] = [{ ...rename, kind: "move" }];
    const waited = { status: 423, code: "TENANT_READ_ONLY", to: 8000 };
    expect(wrong({ ...waited, kind: "put" }, { changes })).to.deep.equal([]);
    expect(wrong({ ...waited, kind: "put", to: 6100 }, { changes })).to.have.lengthOf(1);
    expect(wrong(waited, { changes })).to.have.lengthOf(1);
    expect(wrong(lost, { faults: [fault] })).to.deep.equal(["undesigned answer"]);
    expect(wrong(lost, { faults: [{ ...fault, to: 1001 }] })).to.deep.equal([]);
    expect(wrong({ status: 404, code: "TENANT_NOT_FOUND" })).to.have.lengthOf(1);
    expect(wrong({ status: 403, code: "TENANT_SUSPENDED" })).to.have.lengthOf(1);
    expect(wrong({ status: 0 })).to.have.lengthOf(1);
    expect(wrong({ to: 22_000, status: 404, code: "NOT_FOUND" })).to.have.lengthOf(1);
  });

  it("finds a recovery that took too long", () => {
    const faults = (recovered: number): Partial<History> => ({ faults: [{ ...fault, recovered }] });
    expect(kinds(history([], faults(5100)))).to.deep.equal([]);
    expect(kinds(history([], faults(5101)))).to.deep.equal(["slow recovery"]);
    expect(kinds(history([], faults(Infinity)))).to.deep.equal(["slow recovery"]);
  });
});

describe("checkRegister()", () => {
  const write = (value: number, from: number, to: number, existed?: boolean): RegisterOp => ({
    ...{ kind: "put", value, from, to, existed },
  });
  const read = (value: number | null, from: number, to: number): RegisterOp => ({
    ...{ kind: "get", read: value, from, to },
  });
  const remove = (existed: boolean, from: number, to: number): RegisterOp => ({
    ...{ kind: "delete", existed, from, to },
  });

  it("accepts any order of what overlaps, and no other", () => {
    const both = [write(1, 0, 10), write(2, 5, 15)];
    expect(checkRegister([...both, read(1, 20, 21)])).to.equal("ordered");
    expect(checkRegister([...both, read(2, 20, 21)])).to.equal("ordered");
    const oneByOne = [write(1, 0, 10), write(2, 11, 15)];
    expect(checkRegister([...oneByOne, read(1, 20, 21)])).to.equal("disordered");
  });

  it("refuses a value that comes and goes, and a read before its write", () => {
    const both = [write(1, 0, 10), write(2, 0, 10)];
    const back = [read(1, 20, 21), read(2, 22, 23), read(1, 24, 25)];
    expect(checkRegister([...both, ...back.slice(0, 1)])).to.equal("ordered");
    expect(checkRegister([...both, ...back])).to.equal("disordered");
    expect(checkRegister([read(1, 0, 5), write(1, 6, 10)])).to.equal("disordered");
  });

  it("holds every answer to what it says of the key", () => {
    expect(checkRegister([write(1, 0, 1, true)])).to.equal("disordered");
    expect(checkRegister([write(1, 0, 1, false), remove(true, 2, 3)])).to.equal("ordered");
    expect(checkRegister([write(1, 0, 1, false), remove(false, 2, 3)])).to.equal("disordered");
    const twice = [write(1, 0, 1), remove(true, 2, 9), remove(true, 2, 9)];
    expect(checkRegister(twice)).to.equal("disordered");
  });

  it("says so when it gives up", () => {
    const many = Array.from({ length: 40 }, (_, index) => write(index, 0, Infinity));
    expect(checkRegister([...many, read(-1, 1, 2)])).to.equal("undecided");
  });
});
