// The two questions before an adoption: which schemas, and whether to do what the plan says.

import type { AdoptionPlanView, AdoptionRequest, AdoptionWish, Job } from "../../api.ts";
import { change } from "../client.ts";
import type { Question, Values } from "../parts/dialog.ts";
import { readDatabase } from "../databases/database-field.ts";
import type { Field } from "../parts/field.ts";
import { element, type Content } from "../parts/element.ts";
import { formatCount, formatNumber } from "../parts/format.ts";

/**
 * Asks which schemas, and how their hosts are called. The next question shows the plan.
 * @param placing the field for their database
 */
export function adoptTenants(placing: readonly Field[], started: () => void): Question {
  return {
    title: "Adopt tenants",
    text: element(
      "p",
      {},
      "Makes tenants of schemas that exist already. Their rows and owners stay, and the old application goes on. " +
        "First you see the plan, which changes nothing.",
    ),
    fields: [
      {
        name: "schemas",
        label: "Schemas",
        type: "text",
        hint: "Names and patterns, for example acme, tenant_*",
      },
      {
        name: "hosts",
        label: "Host of each",
        type: "text",
        // Tenants of another database bring their hosts.
        isOptional: placing.length > 0,
        hint: "For example {*}.example.com: {*} is what the * stands for, {schema} is the whole name",
      },
      ...placing,
      {
        name: "version",
        label: "Version",
        type: "text",
        isOptional: true,
        hint: "Name or number of their newest migration. Empty: found by comparing their tables",
      },
    ],
    verb: "Show the plan",
    pending: "Comparing the schemas with the migrations",
    async act(values) {
      const wish = readWish(values);
      const plan = await change<AdoptionPlanView>("/api/adoptions/plan", wish);
      return confirm(wish, plan, placing, started);
    },
  };
}

function readWish(values: Values): AdoptionWish {
  const version = values.get("version") ?? "";
  return {
    schemas: values.get("schemas") ?? "",
    hosts: (values.get("hosts") ?? "").split(/[\s,]+/).filter((host) => host !== ""),
    ...(version === "" ? {} : { version }),
    ...readDatabase(values),
  };
}

function confirm(
  wish: AdoptionWish,
  plan: AdoptionPlanView,
  placing: readonly Field[],
  started: () => void,
): Question {
  const count = formatCount(plan.adoptable, "tenant");
  const isEmpty = plan.adoptable === 0;
  return {
    title: isEmpty ? "Nothing to adopt" : `Adopt ${count}`,
    text: describe(plan),
    verb: isEmpty ? "Choose other schemas" : `Adopt ${count}`,
    isWide: true,
    pending: "Starting",
    async act() {
      if (isEmpty) return adoptTenants(placing, started);
      const body: AdoptionRequest = { ...wish, plan: plan.plan };
      await change<Job>("/api/adoptions", body);
      started();
      return `Started the adoption of ${count}`;
    },
  };
}

function describe(plan: AdoptionPlanView): Content {
  const { adoptable, lines, existing, refused, refusals, notices, grants } = plan;
  return [
    adoptable === 0 ? undefined : list("Schemas to adopt", lines, adoptable),
    adoptable === 0 ? undefined : element("p", {}, `${grants}.`),
    existing === 0
      ? undefined
      : element(
          "p",
          {},
          `${formatCount(existing, "schema is a tenant", "schemas are tenants")} already.`,
        ),
    refused === 0
      ? undefined
      : [
          element(
            "p",
            {},
            element(
              "strong",
              {},
              `${formatCount(refused, "schema is refused and stays as it is", "schemas are refused and stay as they are")}.`,
            ),
          ),
          list(
            "Refused schemas",
            refusals.map(({ name, reasons }) => `${name}: ${reasons.join("; ")}`),
            refused,
          ),
        ],
    notices.map((notice) => element("p", { class: "muted small" }, notice)),
  ];
}

/** Makes a list that scrolls, also with the keyboard. */
function list(name: string, lines: readonly string[], count: number): HTMLElement {
  const more = count - lines.length;
  return element(
    "ul",
    { class: "plan", tabindex: 0, "aria-label": name },
    lines.map((line) => element("li", {}, line)),
    more > 0 ? element("li", {}, `and ${formatNumber(more)} more`) : undefined,
  );
}
