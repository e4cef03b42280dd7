// The buttons that turn the pages of a list.

import type { TenantPage } from "../../api.ts";
import { button, element } from "../parts/element.ts";
import { formatNumber } from "../parts/format.ts";
import type { Query } from "./tenant-query.ts";

/** Makes the buttons. */
export function pager(
  { total, offset, tenants }: TenantPage,
  { limit }: Query,
  apply: (change: Partial<Query>) => void,
): HTMLElement {
  const last = offset + tenants.length;
  return element(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    element(
      "p",
      {},
      `${formatNumber(offset + 1)} to ${formatNumber(last)} of ${formatNumber(total)}`,
    ),
    button("Previous", { disabled: offset === 0 }, () =>
      apply({ offset: Math.max(0, offset - limit) }),
    ),
    button("Next", { disabled: last >= total }, () => apply({ offset: offset + limit })),
  );
}
