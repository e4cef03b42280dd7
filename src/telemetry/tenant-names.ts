// The tenant of a request, for telemetry: the schema that a message entered. Where the message failed, the
// one that an earlier request of the same host entered: an error, too, is somebody's.

import type { AppError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";
import { TenantLabels } from "./tenant-labels.ts";

// So many hosts are remembered; of others, failed requests are counted without a tenant.
const MOST_HOSTS = 10_000;

/** The tenants that have been entered. */
export class TenantNames {
  readonly #labels: TenantLabels;
  readonly #schemaOfHost = new Map<string, string>();

  /** @param max how many tenants are named in metrics */
  constructor(max: number) {
    this.#labels = new TenantLabels(max);
  }

  /**
   * The schema of a request's tenant, or undefined when it has none, or none is known: hosts that no
   * tenant has are not remembered, however many come.
   */
  find({ host, schemaName }: Exchange, failure: AppError | undefined): string | undefined {
    if (host === undefined) return schemaName;
    if (schemaName !== undefined) {
      if (this.#schemaOfHost.get(host) !== schemaName && this.#schemaOfHost.size < MOST_HOSTS) {
        this.#schemaOfHost.set(host, schemaName);
      }
      return schemaName;
    }
    if (failure?.code !== "TENANT_NOT_FOUND") return this.#schemaOfHost.get(host);
    this.#schemaOfHost.delete(host);
    return undefined;
  }

  /** The name in the metrics of one more request of a tenant; see {@link TenantLabels.of}. */
  label(schemaName: string): string {
    return this.#labels.of(schemaName);
  }
}
