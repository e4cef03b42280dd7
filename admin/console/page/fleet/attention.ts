// The tenants that need attention, the worst first.

import type { Attention, AttentionTenant } from "../../api.ts";
import { badge, capital } from "../parts/badge.ts";
import { element, link, type Content } from "../parts/element.ts";
import { formatNumber, formatTime } from "../parts/format.ts";
import { empty } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { table } from "../parts/table.ts";
import { tenantHash, viewHash } from "../view.ts";

const SHOWN = 8;

/**
 * Makes the panel.
 * @param database as in Stage
 */
export function attentionPanel(attention: Attention, database: string): HTMLElement {
  const { failed, inTransition, behind, tenants } = attention;
  const total = failed + inTransition + behind;
  if (tenants.length === 0) {
    return panel(
      "Needs attention",
      undefined,
      empty(
        "Nothing needs attention",
        element("p", {}, "No migration failed, and no tenant is behind or in transition."),
      ),
    );
  }
  return panel(
    "Needs attention",
    element("span", { class: "muted" }, formatNumber(total)),
    [
      table(
        "Tenants that need attention",
        [
          {
            title: "Tenant",
            isHeading: true,
            show: ({ schemaName }: AttentionTenant) =>
              link(tenantHash(schemaName), { class: "code" }, schemaName),
          },
          {
            title: "Why",
            show: ({ reason, transition, message }) => [
              badge(reason, wordFor(transition)),
              element("span", { class: "narrow small muted wrap" }, message),
            ],
          },
          {
            title: "Version",
            isNumber: true,
            isWide: true,
            show: ({ version }) => String(version),
          },
          { title: "Message", isWide: true, show: messageOf },
        ],
        tenants.slice(0, SHOWN),
      ),
      total > SHOWN
        ? element(
            "p",
            { class: "foot" },
            "In all ",
            ...more({ failed, inTransition, behind }, database),
          )
        : undefined,
    ],
    "attention",
  );
}

function wordFor(transition: AttentionTenant["transition"]): string | undefined {
  return transition === null ? undefined : capital(transition);
}

function messageOf({ message, sqlstate, at }: AttentionTenant): Content {
  const facts = [
    sqlstate === null ? "" : `SQLSTATE ${sqlstate}`,
    at === null ? "" : formatTime(new Date(at)),
  ].filter((fact) => fact !== "");
  return [
    element("span", { class: "clip", title: message }, message),
    facts.length > 0 ? element("span", { class: "muted small" }, facts.join(" · ")) : undefined,
  ];
}

function more(
  counts: Record<"failed" | "inTransition" | "behind", number>,
  database: string,
): Content[] {
  const lists = [
    ["failed", counts.failed, "failed"],
    ["transition", counts.inTransition, "changing"],
    ["behind", counts.behind, "behind"],
  ] as const;
  return lists
    .filter(([, count]) => count > 0)
    .flatMap(([only, count, word], index) => [
      index > 0 ? ", " : "",
      link(viewHash("tenants", { only, database }), {}, `${formatNumber(count)} ${word}`),
    ]);
}
