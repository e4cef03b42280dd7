// The progress of a job, with a button that stops it.

import type { Job } from "../../api.ts";
import { notify } from "../parts/announce.ts";
import { capital } from "../parts/badge.ts";
import { change } from "../client.ts";
import { button, element, fill, type Content } from "../parts/element.ts";
import { formatBytes, formatDuration, formatNumber } from "../parts/format.ts";
import { messageOf } from "../parts/loading.ts";
import { progressBar } from "../parts/progress.ts";
import type { Stage } from "../view.ts";

const NAMES: Readonly<Record<Job["kind"], string>> = {
  create: "Creation",
  clone: "Clone",
  adopt: "Adoption",
  export: "Export",
  move: "Move",
  drop: "Drop",
};

/** Shows a job, and follows it until the signal is aborted. */
export function jobLine(
  first: Job,
  { signal, events }: Pick<Stage, "signal" | "events">,
): HTMLElement {
  const root = element("section", { class: "panel job", "aria-label": nameOf(first) });
  fill(root, content(first));
  events.on("job", signal, (job) => {
    if (job.id === first.id) fill(root, content(job));
  });
  return root;
}

function nameOf({ kind, schemaName, source }: Job): string {
  const name = NAMES[kind];
  if (schemaName === null) return name;
  return source === null ? `${name} of ${schemaName}` : `${name} of ${source} to ${schemaName}`;
}

function content(job: Job): Content {
  const { kind, state, done, total, unit, startedAt, endedAt, message, id, isStoppable } = job;
  const seconds = (Date.parse(endedAt ?? new Date().toISOString()) - Date.parse(startedAt)) / 1000;
  const amount = (value: number): string =>
    unit === "bytes" ? formatBytes(value) : formatNumber(value);
  return [
    element(
      "div",
      { class: "job-line" },
      element("strong", {}, `${nameOf(job)} ${state}`),
      element(
        "span",
        { class: "muted" },
        `${amount(done)}${total === null ? "" : ` of ${amount(total)}`}` +
          `${unit === "bytes" ? "" : ` ${unit}`}, ${formatDuration(seconds)}`,
      ),
      state === "running" && isStoppable
        ? button("Stop", { class: "quiet" }, () => void stop(id))
        : undefined,
    ),
    state === "running" && total !== null
      ? progressBar(NAMES[kind], total === 0 ? 0 : done / total)
      : undefined,
    message === null ? undefined : element("p", { class: "wrap" }, capital(message)),
  ];
}

async function stop(id: string): Promise<void> {
  try {
    await change(`/api/jobs/${encodeURIComponent(id)}/stop`);
  } catch (error) {
    notify(messageOf(error));
  }
}
