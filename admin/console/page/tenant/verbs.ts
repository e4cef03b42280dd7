// The buttons of the verbs on one tenant. Each asks a question first.

import type { TenantDetail } from "../../api.ts";
import { ask, type Question } from "../parts/dialog.ts";
import { button, element } from "../parts/element.ts";
import { clone } from "./clone-question.ts";
import { move } from "./move-question.ts";
import { drop, exportTenant, rename } from "./life-questions.ts";
import { resume, setReadOnly, setTimeoutMs, suspend } from "./status-questions.ts";

/**
 * Makes the buttons.
 * @param changed called after a change
 */
export function verbButtons(tenant: TenantDetail, changed: () => void): HTMLElement {
  const { status, transition, job } = tenant;
  const isBusy = transition !== null || job?.state === "running";
  const isDropping = transition === "dropping" && job?.state !== "running";
  const verb = (label: string, make: () => Question, attributes = {}): HTMLElement =>
    button(label, { disabled: isBusy, ...attributes }, () => ask(make()));
  return element(
    "div",
    { class: "buttons", role: "group", "aria-label": "Verbs" },
    status === "suspended"
      ? verb("Resume…", () => resume(tenant, changed), { class: "primary" })
      : verb("Suspend…", () => suspend(tenant, changed)),
    status === "read_only"
      ? verb("Make writable…", () => setReadOnly(tenant, false, changed))
      : verb("Make read-only…", () => setReadOnly(tenant, true, changed)),
    verb("Timeout…", () => setTimeoutMs(tenant, changed)),
    verb("Rename…", () => rename(tenant)),
    verb("Clone…", () => clone(tenant, changed)),
    tenant.databases.length > 0 ? verb("Move…", () => move(tenant, changed)) : undefined,
    verb("Export…", () => exportTenant(tenant, changed)),
    verb("Drop…", () => drop(tenant, changed), {
      class: "grave-quiet",
      disabled: isBusy && !isDropping,
    }),
  );
}
