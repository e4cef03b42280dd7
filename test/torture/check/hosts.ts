// Which tenants may have answered a request, by the times at which its host was given and taken.

import type { History, Op, Owner } from "../history.ts";
import { groupBy } from "./group.ts";

/** The hosts' owners over time. */
export interface Hosts {
  /** Every tenant that may have had the request's host at some moment of the request. */
  candidates(op: Pick<Op, "host" | "from" | "to">): ReadonlySet<number>;
  /** Whether the host may have been nobody's at some moment of the request. */
  mayBeNobodys(op: Pick<Op, "host" | "from" | "to">): boolean;
  /** Whether the tenant ever had the host. */
  everHad(host: string, tenant: number): boolean;
}

/** Indexes the owners by host. */
export function indexHosts({ owners }: Pick<History, "owners">): Hosts {
  const byHost = groupBy(owners, ({ host }) => host);
  const of = (host: string): readonly Owner[] => byHost.get(host) ?? [];
  return {
    candidates: ({ host, from, to }) =>
      new Set(
        of(host)
          .filter((owner) => owner.from <= to && owner.to >= from)
          .map(({ tenant }) => tenant),
      ),
    mayBeNobodys: ({ host, from, to }) =>
      !of(host).some((owner) => owner.sureFrom <= from && owner.sureTo >= to),
    everHad: (host, tenant) => of(host).some((owner) => owner.tenant === tenant),
  };
}
