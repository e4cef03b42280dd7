// Certificates for a server, by an authority of a test's own. OpenSSL makes them.

import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../../admin/development/embedded/program.ts";
import { findServerUser } from "../../../admin/development/embedded/user.ts";
import { findPackagedProgram } from "../server/debian-package.ts";

/** An authority whose certificates a client may trust. Whoever opened it removes it. */
export interface Authority {
  /** The file of its own certificate, for `sslrootcert`. */
  readonly file: string;
  /**
   * Makes a certificate for names such as `DNS:localhost` and `IP:127.0.0.1`, for a day.
   * @param from when it begins to be valid, and a day later ends; now when left out
   */
  issue(names: readonly string[], from?: Date): Promise<Certificate>;
  remove(): Promise<void>;
}

/** The files of a certificate and its key, which PostgreSQL's user may read. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

const DAY_MS = 86_400_000;
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];

/** Makes an authority. */
export async function openAuthority(name: string): Promise<Authority> {
  const openssl = await findPackagedProgram({ title: "OpenSSL", name: "openssl" });
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-authority-"));
  const user = await findServerUser();
  const own = async (path: string): Promise<void> => {
    if (user) await chown(path, user.uid, user.gid);
  };
  await own(folder);
  const path = (file: string): string => join(folder, file);
  const [file, key] = [path("ca.crt"), path("ca.key")];
  const subject = (text: string): readonly string[] => ["-subj", `/CN=${text}`];
  await runProgram(openssl, [
    "req",
    "-x509",
    ...KEY,
    ...subject(name),
    "-keyout",
    key,
    "-out",
    file,
  ]);
  // Of OpenSSL 3.0 only "ca" takes a date, and it wants a database.
  const place = `database=${path("index")}\nserial=${path("serial")}\nnew_certs_dir=${folder}`;
  const rules = "default_md=sha256\npolicy=policy\n[policy]\ncommonName=supplied";
  await writeFile(path("settings"), `[ca]\ndefault_ca=own\n[own]\n${place}\n${rules}\n`);
  await writeFile(path("index"), "");
  await writeFile(path("serial"), "01\n");
  let count = 0;
  return {
    file,
    async issue(names, from = new Date(Date.now() - DAY_MS / 2)) {
      const number = (count += 1);
      const at = (kind: string): string => path(`${number}.${kind}`);
      const [certFile, keyFile] = [at("crt"), at("key")];
      const request = ["req", ...KEY, ...subject(`server ${number}`), "-keyout", keyFile];
      await runProgram(openssl, [...request, "-out", at("csr")]);
      await writeFile(at("ext"), `subjectAltName=${names.join(",")}\n`);
      const dates = ["-startdate", toTime(from), "-enddate", toTime(new Date(+from + DAY_MS))];
      const by = ["-config", path("settings"), "-cert", file, "-keyfile", key, ...dates];
      const what = ["-extfile", at("ext"), "-in", at("csr"), "-out", certFile];
      await runProgram(openssl, ["ca", "-batch", "-notext", ...by, ...what]);
      for (const made of [certFile, keyFile]) await own(made);
      return { certFile, keyFile };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** As YYYYMMDDHHMMSSZ. */
function toTime(date: Date): string {
  return `${date.toISOString().replaceAll(/[-:T]|\..*/g, "")}Z`;
}
