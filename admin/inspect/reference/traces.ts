// The commands that modules send for new tenants. Where two tenants got the same commands, and each does what it says or
// fails, a comparison of one of them is worth as much as one of both.

import type { Migration } from "../../migrations/folder/migration.ts";
import { doesAsItSays, maySkip } from "../../migrations/commands/silence.ts";
import { canonicalize } from "../fingerprint/fingerprint.ts";

/** Notes a command; undefined for one that has values beside its text. */
export type NoteCommand = (text: string | undefined) => void;

/** The commands of some tenants, by schema. */
export class Traces {
  readonly #mayProve: boolean;
  readonly #open = new Map<string, string[] | undefined>();
  readonly #proven = new Set<string>();

  /** @param migrations of every new tenant */
  constructor(migrations: readonly Pick<Migration, "up">[]) {
    this.#mayProve = migrations.every(({ up }) => up.kind === "module" || !maySkip({ up }, "up"));
  }

  /** Begins the trace of a tenant; an earlier one of its name is forgotten. */
  begin(schemaName: string): NoteCommand {
    this.#open.set(schemaName, this.#mayProve ? [] : undefined);
    return (text) => {
      const commands = this.#open.get(schemaName);
      if (commands === undefined) return;
      if (text === undefined || !doesAsItSays(text, schemaName)) {
        this.#open.set(schemaName, undefined);
      } else commands.push(canonicalize(text, schemaName));
    };
  }

  /** Whether a tenant with the same commands has been compared. */
  isProven(schemaName: string): boolean {
    const commands = this.#open.get(schemaName);
    return commands !== undefined && this.#proven.has(JSON.stringify(commands));
  }

  /** Says that this tenant has been compared, and is as it should be. */
  prove(schemaName: string): void {
    const commands = this.#open.get(schemaName);
    if (commands !== undefined) this.#proven.add(JSON.stringify(commands));
  }

  /** Forgets the trace of a tenant, not what it has proven. */
  end(schemaName: string): void {
    this.#open.delete(schemaName);
  }
}
