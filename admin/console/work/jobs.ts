// Jobs: work on a tenant that takes longer than a request should. The console starts a job, sends its progress to the
// page, and keeps it for a while after its end. A tenant has one running job at most.

import { randomUUID } from "node:crypto";
import type { Job } from "../api.ts";
import { AppError } from "../../../src/errors.ts";
import { API_ERRORS, BUSY } from "../../api/errors.ts";
import type { Turns } from "../../api/turns.ts";
import { RequestError } from "../door/request-error.ts";
import { createThrottle } from "./throttle.ts";

/** The control that a job's work receives. */
export interface JobControl {
  /** Aborted when the job must end early. */
  readonly signal: AbortSignal;
  /** Sets the total amount of work. */
  readonly expect: (total: number) => void;
  /** Adds to the amount that is done. */
  readonly add: (count: number) => void;
}

/** The work of a job. */
export interface JobWork extends Pick<
  Job,
  "kind" | "schemaName" | "source" | "unit" | "isStoppable"
> {
  /** The tenants that nothing else may change until it ends. */
  readonly claims: readonly string[];
  /** Does the work, and resolves to one line that says what it did. */
  readonly run: (control: JobControl) => Promise<string>;
}

/** The jobs of a console. What takes a turn runs beside them: a creation as a job, any other change unlisted. */
export interface Jobs extends Turns {
  /**
   * Starts a job.
   * @throws {AppError} TENANT_CHANGING while other work on one of its tenants runs
   */
  start(work: JobWork): Job;
  /** Whether work on the tenant runs. */
  isBusy(schemaName: string): boolean;
  /**
   * Ends a job before its next step.
   * @throws {RequestError} 404 when no job has this id, 409 when the job cannot be stopped
   */
  stop(id: string): Job;
  /** Finds a tenant's running job. */
  find(schemaName: string): Job | undefined;
  /** Lists the jobs, the newest first. */
  list(): readonly Job[];
  /** Ends all jobs, and waits until they have ended. */
  close(): Promise<void>;
}

interface Entry {
  job: Job;
  readonly claims: ReadonlySet<string>;
  failure: Error | undefined;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

const MOST_KEPT = 100;
const NOUNS: Readonly<Record<Job["kind"], string>> = {
  create: "creation",
  clone: "clone",
  adopt: "adoption",
  export: "export",
  move: "move",
  drop: "drop",
};

/**
 * Creates an empty list of jobs.
 * @param tell receives a job each time that it changes
 * @param explain turns the error of a failed job into one for a person
 */
export function createJobs(tell: (job: Job) => void, explain: (error: unknown) => Error): Jobs {
  const entries = new Map<string, Entry>();
  const changing = new Set<string>();
  const find = (schemaName: string): Job | undefined =>
    [...entries.values()].find(
      ({ job, claims }) => job.state === "running" && claims.has(schemaName),
    )?.job;
  const requireIdle = (verb: string, names: readonly string[]): void => {
    for (const name of names) {
      const job = find(name);
      if (job === undefined && !changing.has(name)) continue;
      const problem = job ? `its ${NOUNS[job.kind]} is running` : "another change of it is running";
      const text = `Cannot ${verb} tenant "${name}": ${problem}; wait until it ends`;
      throw new AppError(API_ERRORS.TENANT_CHANGING, text, BUSY);
    }
  };
  const begin = ({ run, claims, ...work }: JobWork): Entry => {
    requireIdle(work.kind, claims);
    const stopping = new AbortController();
    const throttle = createThrottle(() => tell(entry.job));
    const change = (news: Partial<Job>): void => {
      entry.job = { ...entry.job, ...news };
      throttle.ask();
    };
    const end = (state: Job["state"], message: string): void => {
      change({ state, message, endedAt: new Date().toISOString() });
      throttle.flush();
    };
    const control: JobControl = {
      signal: stopping.signal,
      expect: (total) => change({ total }),
      add: (count) => change({ done: entry.job.done + count }),
    };
    const job: Job = {
      id: randomUUID(),
      ...work,
      state: "running",
      startedAt: new Date().toISOString(),
      endedAt: null,
      done: 0,
      total: null,
      message: null,
    };
    // The work starts in a later turn, when its entry exists.
    const ended = Promise.resolve()
      .then(() => run(control))
      .then(
        (message) => end("done", message),
        (error: unknown) => {
          const explained = explain(error);
          // The terminal has been told of an error without a cause, and is not told again.
          entry.failure = error instanceof Error && explained.cause === error ? error : explained;
          end("failed", explained.message);
        },
      );
    const entry: Entry = { job, claims: new Set(claims), failure: undefined, stopping, ended };
    entries.set(job.id, entry);
    forgetOld(entries);
    tell(job);
    return entry;
  };
  const create = async <T>(schemaName: string, work: () => Promise<T>): Promise<T> => {
    const results: T[] = [];
    const entry = begin({
      kind: "create",
      schemaName,
      source: null,
      claims: [schemaName],
      unit: "objects",
      isStoppable: false,
      async run() {
        results.push(await work());
        return `Added tenant "${schemaName}"`;
      },
    });
    await entry.ended;
    for (const result of results) return result;
    throw entry.failure;
  };
  return {
    start: (work) => begin(work).job,
    async take(schemaName, verb, work) {
      if (verb === "add-tenant") return create(schemaName, work);
      requireIdle("change", [schemaName]);
      changing.add(schemaName);
      try {
        return await work();
      } finally {
        changing.delete(schemaName);
      }
    },
    isBusy: (schemaName) => changing.has(schemaName) || find(schemaName) !== undefined,
    stop(id) {
      const entry = entries.get(id);
      if (entry === undefined)
        throw new RequestError(404, `Cannot stop: job ${JSON.stringify(id)} does not exist`);
      if (!entry.job.isStoppable) {
        throw new RequestError(409, `Cannot stop: a ${NOUNS[entry.job.kind]} runs to its end`);
      }
      entry.stopping.abort();
      return entry.job;
    },
    find,
    list: () => [...entries.values()].map(({ job }) => job).toReversed(),
    async close() {
      for (const { stopping } of entries.values()) stopping.abort();
      await Promise.all([...entries.values()].map(({ ended }) => ended));
    },
  };
}

function forgetOld(entries: Map<string, Entry>): void {
  for (const [id, { job }] of entries) {
    if (entries.size <= MOST_KEPT) return;
    if (job.state !== "running") entries.delete(id);
  }
}
