// Jobs: work on a tenant that takes longer than a request should. The console starts a job, sends its progress to the
// page, and keeps it for a while after its end. A tenant has one running job at most.

import { randomUUID } from "node:crypto";
import type { Job } from "../api.ts";
import { RequestError } from "../door/request-error.ts";
import { createThrottle } from "./throttle.ts";

/** The control that a job's work receives. */
interface JobControl {
  /** Aborted when the job must end early. */
  readonly signal: AbortSignal;
  /** Sets the total amount of work. */
  readonly expect: (total: number) => void;
  /** Adds to the amount that is done. */
  readonly add: (count: number) => void;
}

/** The work of a job. */
export interface JobWork extends Pick<Job, "kind" | "schemaName" | "unit"> {
  /** Does the work, and resolves to one line that says what it did. */
  readonly run: (control: JobControl) => Promise<string>;
}

/** The jobs of a console. */
export interface Jobs {
  /**
   * Starts a job.
   * @throws {RequestError} 409 while another job of the tenant runs
   */
  start(work: JobWork): Job;
  /**
   * Ends a job before its next step.
   * @throws {RequestError} 404 when no job has this id
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
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

const MOST_KEPT = 100;

/**
 * Creates an empty list of jobs.
 * @param tell receives a job each time that it changes
 * @param explain turns the error of a failed job into one line
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
        const problem = `its ${other.kind} is running; wait until it ends`;
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
      // The work starts in a later turn, when its entry exists.
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
      if (entry === undefined)
        throw new RequestError(404, `Cannot stop: job ${JSON.stringify(id)} does not exist`);
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
