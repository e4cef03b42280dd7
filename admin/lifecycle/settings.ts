// The settings of a tenant that its handlers read, such as its plan: a small JSON object in its row.

import { AdminError } from "../registry/admin-error.ts";
import { parseSetting, parseSettingName } from "../registry/tenants/pattern.ts";
import type { Settings } from "../registry/registry.ts";

/** A change of settings. */
export interface SettingsChange {
  readonly set: Settings;
  /** Names to remove; a tenant may lack them. */
  readonly unset: readonly string[];
}

/** The most bytes of a tenant's settings as PostgreSQL writes them: each message of the tenant carries them. */
export const MOST_SETTINGS_BYTES = 8192;

/**
 * Reads a change from texts.
 * @param set `NAME=TEXT`, or `NAME:=JSON` for a value that is not a text
 * @throws {AdminError} for a malformed text, and for a name that comes twice
 */
export function parseSettingsChange(
  set: readonly string[],
  unset: readonly string[],
): SettingsChange {
  const pairs = set.map(parseSetting);
  const names = [...pairs.map(([name]) => name), ...unset.map(parseSettingName)];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new AdminError(`Cannot take settings: the setting ${JSON.stringify(twice)} comes twice`, {
      code: "settings_invalid",
    });
  }
  return { set: Object.fromEntries(pairs), unset };
}

/**
 * Applies a change.
 * @throws {AdminError} when the result is too large
 */
export function changeSettings(before: Settings, { set, unset }: SettingsChange): Settings {
  const kept = Object.entries(before).filter(([name]) => !unset.includes(name));
  const settings = { ...Object.fromEntries(kept), ...set };
  const bytes = settingsBytes(settings);
  if (bytes <= MOST_SETTINGS_BYTES) return settings;
  throw new AdminError(
    `Cannot take settings: they would have ${bytes} bytes, and may have ${MOST_SETTINGS_BYTES}; store larger values in a ` +
      "table of the tenant",
    { code: "settings_invalid" },
  );
}

/** The size of the settings' JSON with a space after each ":" and ",", as PostgreSQL writes it. */
function settingsBytes(settings: Settings): number {
  const text = JSON.stringify(settings, undefined, 1)
    .replaceAll(/,\n */g, ", ")
    .replaceAll(/\n */g, "");
  return new TextEncoder().encode(text).length;
}
