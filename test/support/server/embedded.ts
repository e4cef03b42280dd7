// The embedded PostgreSQL of tests and measurements: the installed version, or the one whose package's folder is in
// TEST_POSTGRES, as `npm run matrix` sets it.

import process from "node:process";
import {
  type Binaries,
  findBinaries,
  readBinaries,
} from "../../../admin/development/embedded/binaries.ts";
import {
  type EmbeddedOptions,
  type EmbeddedServer,
  startEmbedded,
} from "../../../admin/development/embedded/server.ts";

/** The programs of the version under test. */
export function findTestBinaries(): Promise<Binaries> {
  const folder = process.env["TEST_POSTGRES"];
  return folder ? readBinaries(folder) : findBinaries();
}

/** Starts a server of the version under test; see {@link startEmbedded}. */
export async function startTestServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  return startEmbedded({ ...options, binaries: await findTestBinaries() });
}
