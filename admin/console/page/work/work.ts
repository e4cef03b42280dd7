// The work in progress: the jobs of this console, and the tenants whose change has not ended.

import type { ChangingTenant, Job, Work } from "../../api.ts";
import { badge, capital } from "../parts/badge.ts";
import { pathIn, read } from "../client.ts";
import { element, link, type Content } from "../parts/element.ts";
import { formatNumber } from "../parts/format.ts";
import { type Loaded, loaded } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { table } from "../parts/table.ts";
import { jobLine } from "../tenant/job.ts";
import { type Stage, tenantHash, viewHash } from "../view.ts";

const SHOWN = 36;

/**
 * Shows the work, and follows it.
 * @param extent "running": the running jobs alone
 */
export function workPart(
  { signal, events, database }: Pick<Stage, "signal" | "events" | "database">,
  extent: "running" | "all",
): Loaded {
  const isShown = ({ state }: Job): boolean => extent === "all" || state === "running";
  let shown = new Set<string>();
  const part: Loaded = loaded(
    "the work in progress",
    signal,
    () => read<Work>(pathIn(database, "/api/work"), signal),
    ({ jobs, elsewhere, elsewhereCount }) => {
      const wanted = jobs.filter(isShown);
      shown = new Set(wanted.map(({ id }) => id));
      return [
        wanted.map((job) => jobLine(job, { signal, events })),
        extent === "all" ? unfinishedPanel(elsewhere, elsewhereCount, database) : undefined,
      ];
    },
  );
  events.on("job", signal, (job) => {
    if (isShown(job) && !shown.has(job.id)) part.refresh();
  });
  // There is seldom work: a placeholder would push away what stands below.
  part.root.replaceChildren();
  return part;
}

function unfinishedPanel(
  tenants: readonly ChangingTenant[],
  count: number,
  database: string,
): Content {
  if (count === 0) return undefined;
  const more = count - Math.min(SHOWN, tenants.length);
  return panel("Unfinished changes", element("span", { class: "muted" }, formatNumber(count)), [
    table(
      "Tenants whose change has not ended",
      [
        {
          title: "Tenant",
          isHeading: true,
          show: ({ schemaName }: ChangingTenant) =>
            link(tenantHash(schemaName), { class: "code" }, schemaName),
        },
        { title: "State", show: ({ transition }) => badge("transition", capital(transition)) },
        {
          title: "Advice",
          show: ({ advice }) => element("span", { class: "wrap" }, capital(advice)),
        },
      ],
      tenants.slice(0, SHOWN),
    ),
    more > 0
      ? element(
          "p",
          { class: "foot" },
          link(
            viewHash("tenants", { only: "transition", database }),
            {},
            `and ${formatNumber(more)} more`,
          ),
        )
      : undefined,
  ]);
}
