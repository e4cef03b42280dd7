// The cost of the schemas for the server, as the verb doctor judges it.

import type { BudgetFinding } from "../../api.ts";
import { capital } from "../parts/badge.ts";
import { element, hidden } from "../parts/element.ts";
import { panel } from "../parts/panel.ts";

const WORDS: Readonly<Record<string, string>> = {
  ok: "OK",
  warn: "Warning",
  unsafe: "Unsafe",
};

/** Makes the panel of findings. */
export function budgetPanel(findings: readonly BudgetFinding[]): HTMLElement {
  const amiss = findings.filter(({ level }) => level !== "ok").length;
  return panel(
    "Catalog budget",
    amiss === 0
      ? "Within limits"
      : amiss === 1
        ? "1 finding needs attention"
        : `${amiss} findings need attention`,
    element(
      "ul",
      { class: "findings" },
      findings.map(({ level, check, seen, advice }) =>
        element(
          "li",
          { "data-level": level },
          element("span", { class: "mark", "data-mark": level, "aria-hidden": "true" }),
          element(
            "div",
            {},
            element("h3", {}, capital(check), hidden(`: ${WORDS[level] ?? level}`)),
            element("p", {}, seen),
            advice === null ? undefined : element("p", { class: "advice" }, capital(advice)),
          ),
        ),
      ),
    ),
  );
}
