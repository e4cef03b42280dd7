// Work on a tenant that lasts longer than a request should: begun, told of as it goes, and kept for a while
// after its end. One at a time for each tenant.

import { randomUUID } from "node:crypto";
import type { Job } from "./api.ts";
import { RequestError } from "./request-error.ts";
import { createThrottle } from "./throttle.ts";

/** What a job's work is given. */
interface JobControl {
  /** Aborted when the job is to end before its time. */
  readonly signal: AbortSignal;
  /** Says how much there is. */
  readonly expect: (total: number) => void;
  /** Says that so much more is done. */
  readonly add: (count: number) => void;
}

/** What is to be done. */
export interface JobWork extends Pick<Job, "kind" | "schemaName" | "unit"> {
  /** Does it, and returns the line that says what was done. */
  readonly run: (control: JobControl) => Promise<string>;
}

/** The jobs of a console. */
export interface Jobs {
  /**
   * Begins a job.
   * @throws {RequestError} 409 while another is at work on the tenant
   */
  start(work: JobWork): Job;
  /**
   * Ends a job before its next step.
   * @throws {RequestError} 404 when there is none of this id
   */
  stop(id: string): Job;
  /** The job that is at work on a tenant. */
  find(schemaName: string): Job | undefined;
  /** The newest first. */
  list(): readonly Job[];
  /** Ends all, and waits until they have ended. */
  close(): Promise<void>;
}

interface Entry {
  job: Job;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

const MOST_KEPT = 100;

/**
 * Prepares the list.
 * @param tell is handed a job whenever there is news of it
 * @param explain turns what a job failed with into a line
 */
export function createJobs(tell: (job: Job) => void, explain: (error: unknown) => string): Jobs {
  const entries = new Map<string, Entry>();
  const find = (schemaName: string): Job | undefined =>
    [...entries.values()].find(
      ({ job }) => job.state === "running" && job.schemaName === schemaName,
    )?.job;
  return {
    start({ run, ...work }) {
      const other = find(work.schemaName);
      if (other !== undefined) {
        const problem = `its ${other.kind} is at work; wait until that ends`;
        throw new RequestError(409, `Cannot ${work.kind} tenant "${work.schemaName}": ${problem}`);
      }
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
      // Begun in a later turn, so that the entry is there for what the work says.
      const ended = Promise.resolve()
        .then(() => run(control))
        .then(
          (message) => end("done", message),
          (error: unknown) => end("failed", explain(error)),
        );
      const entry: Entry = { job, stopping, ended };
      entries.set(job.id, entry);
      forgetOld(entries);
      tell(job);
      return job;
    },
    stop(id) {
      const entry = entries.get(id);
      if (entry === undefined) throw new RequestError(404, "Cannot stop: there is no such job");
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
