// The clients: each does one thing after another, and writes down what it asked and was told.

import { setTimeout } from "node:timers/promises";
import { createRandom } from "../support/random.ts";
import { hostOf } from "../support/traffic.ts";
import type { HttpAnswer } from "../support/program/service.ts";
import { LONGEST_ANSWER_MS } from "./check/answers.ts";
import { type Op, outcomeOf, type Pair } from "./history.ts";
import type { TortureStage } from "./stage.ts";
import { FIXED, MORTAL, mortalHost, type Slot, WANDERING, type World } from "./world.ts";

/** What a request is to be, before it is sent. */
export type Asked = Pick<Op, "client" | "host" | "kind" | "tenant" | "key"> &
  Partial<Pick<Op, "count" | "values" | "transaction">>;

const CONTENDED_KEYS = 2;
const MOST_PAUSE_MS = 40;
const LOST_USES = 8;
/** The part of the puts that are transactions. */
const TRANSACTIONS = 0.5;

/** Sends one request to one of the services, and keeps it. */
export async function send(
  stage: TortureStage,
  world: World,
  service: number,
  asked: Asked,
): Promise<Op> {
  const { count = 1, values = [], ...rest } = asked;
  const [method, path, body] = toHttp({ ...rest, count, values });
  const from = performance.now();
  let answer: HttpAnswer | undefined;
  const late = new AbortController();
  try {
    answer = await Promise.race([
      stage.services[service]?.request(asked.host, method, path, body),
      setTimeout(LONGEST_ANSWER_MS + 1000, undefined, { signal: late.signal }),
    ]);
  } catch {
    // No answer: the status stays 0.
  }
  late.abort();
  const to = performance.now();
  const json = parse(answer?.text ?? "");
  const status = answer?.status ?? 0;
  const op: Op = {
    ...rest,
    count,
    values,
    service,
    from,
    to,
    status,
    code: typeof json["code"] === "string" ? json["code"] : undefined,
    ...(status === 500 ? { requestId: String(json["requestId"]) } : {}),
    seen: readPairs(asked, json),
  };
  world.ops.push(op);
  return op;
}

/** Runs clients until the signal. */
export async function runClients(
  stage: TortureStage,
  world: World,
  seed: number,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const slots = (): Slot => ({ key: 0, left: 0 });
  const contended = Array.from({ length: FIXED }, () =>
    Array.from({ length: CONTENDED_KEYS }, slots),
  );
  const batches = new Map<number, { key: number; count: number }>();
  const run = async (client: number): Promise<void> => {
    const random = createRandom(seed * 1000 + client);
    const below = (limit: number): number => Math.floor(random() * limit);
    const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
    const solo = Array.from({ length: FIXED }, slots);
    const act = async (): Promise<Op> => {
      const service = below(stage.services.length);
      const tenant = 1 + below(FIXED);
      const own = { client, tenant, host: hostOf(tenant) };
      const loose = { client, tenant: undefined };
      const choice = random();
      if (choice < 0.64) {
        const slot = choice < 0.34 ? one(contended[tenant - 1] ?? []) : solo[tenant - 1];
        const key = world.useSlot(slot as Slot);
        const kind = one(["get", "get", "get", "put", "put", "insert", "delete"] as const);
        const values = kind === "put" || kind === "insert" ? [world.newValue()] : [];
        const transaction =
          kind === "put" && random() < TRANSACTIONS ? ("kept" as const) : undefined;
        const asked = { ...own, kind, key, values, transaction };
        const op = await send(stage, world, service, asked);
        // Every unknown outcome doubles what a key's history may be.
        if (outcomeOf(op) === "unknown" && kind !== "get") (slot as Slot).left -= LOST_USES;
        return op;
      }
      if (choice < 0.71) {
        const size = 2 + below(5);
        const key = world.newKeys(size);
        const values = Array.from({ length: size }, () => world.newValue());
        const transaction = one([undefined, "kept", "undone"] as const);
        if (transaction !== "undone") batches.set(tenant, { key, count: size });
        const asked = { ...own, kind: "batch", key, count: size, values, transaction } as const;
        return send(stage, world, service, asked);
      }
      if (choice < 0.78) {
        const last = batches.get(tenant) ?? { key: 0, count: 1 };
        return send(stage, world, service, { ...own, kind: "list", ...last });
      }
      const host = choice < 0.9 ? one(WANDERING) : mortalHost(one(MORTAL));
      const kind = one(["get", "get", "list", "insert", "put"] as const);
      const transaction = kind === "put" && random() < TRANSACTIONS ? ("kept" as const) : undefined;
      if (kind === "get") return send(stage, world, service, { ...loose, host, kind, key: 0 });
      if (kind === "list")
        return send(stage, world, service, { ...loose, host, kind, key: 0, count: 5 });
      const [key, values] = [world.newKeys(), [world.newValue()]];
      return send(stage, world, service, { ...loose, host, kind, key, values, transaction });
    };
    while (!signal.aborted) {
      const { status } = await act();
      await setTimeout(below(status >= 500 ? 2 * MOST_PAUSE_MS : MOST_PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => run(index + 1)));
}

function toHttp({
  kind,
  key,
  count,
  values,
  transaction,
}: Pick<Op, "kind" | "key" | "count" | "values" | "transaction">): [string, string, string?] {
  const place = transaction === undefined ? "/data" : "/transaction";
  const pairs = values.map((value, index) => ({ key: key + index, value }));
  if (kind === "get") return ["GET", `/data/${key}`];
  if (kind === "list") return ["GET", `/data?after=${key - 1}&limit=${count}`];
  if (kind === "put") return ["PUT", `${place}/${key}`, JSON.stringify({ value: values[0] })];
  if (kind === "insert") return ["POST", `/data/insert/${key}/${values[0]}`, ""];
  if (kind === "delete") return ["DELETE", `/data/${key}`];
  const end = transaction === "undone" ? "?undone" : "";
  return ["POST", `${place}${end}`, JSON.stringify(pairs)];
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function readPairs({ kind, key }: Asked, json: Readonly<Record<string, unknown>>): Pair[] {
  if (kind === "get" && typeof json["value"] === "number") return [{ key, value: json["value"] }];
  if (typeof json["before"] === "number") return [{ key, value: json["before"] }];
  if (kind === "list" && Array.isArray(json["items"])) return json["items"] as Pair[];
  return [];
}
