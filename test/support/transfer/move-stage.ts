// Two databases, and a service on each, for what takes a tenant from one to the other.

import { createTestDatabase, type TestDatabase } from "../database/database.ts";
import { type LocalService, openService } from "../program/service.ts";
import { performVerb, type StartedVerb, startVerb, type VerbResult } from "../program/verb.ts";

/** The databases of a move. Whoever opened them closes them. */
export interface MoveStage {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  /** The service on the source, and on the target. */
  readonly here: LocalService;
  readonly there: LocalService;
  /** Moves a tenant from the source to the target. */
  move(schema: string, ...parameters: string[]): Promise<VerbResult>;
  /** The same as a program of its own, which can be killed. */
  start(schema: string, ...parameters: string[]): StartedVerb;
  close(): Promise<void>;
}

/** Makes the databases, without tenants. */
export async function openMoveStage(): Promise<MoveStage> {
  const [source, target] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const [here, there] = [openService(source.serviceUrl), openService(target.serviceUrl)];
  const settings = { adminUrl: source.adminUrl, env: { OTHER: target.adminUrl } };
  const to = ["--to-env", "OTHER"];
  return {
    source,
    target,
    here,
    there,
    move: (schema, ...parameters) =>
      performVerb(settings, "move-tenant", schema, ...to, ...parameters),
    start: (schema, ...parameters) =>
      startVerb(settings, "move-tenant", schema, ...to, ...parameters),
    async close() {
      await Promise.all([here.close(), there.close()]);
      await Promise.all([source.drop(), target.drop()]);
    },
  };
}

/** Writes a pair, and returns the answer's status. */
export async function put(service: LocalService, host: string, key: number): Promise<number> {
  return (await service.request(host, "PUT", `/data/${key}`, { value: key })).status;
}
