// Where variables come from, beside the environment: the file .env of the verbs, and secrets in files.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readAdminConfig } from "../../../admin/command/environment/config.ts";
import { addEnvFile } from "../../../admin/command/environment/env-file.ts";
import { ConfigError } from "../../../src/environment.ts";
import { readSecretFiles } from "../../../src/secret-files.ts";

const URL_TEXT = "postgres://admin:planted-5c1e@db.example:5432/app";

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rowhouse-env-"));
});

after(() => rm(folder, { recursive: true, force: true }));

describe("addEnvFile()", () => {
  const added = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
    addEnvFile(folder, env);
    return env;
  };

  it("does nothing without the file, and where .env is a folder", async () => {
    expect(added({})).to.deep.equal({});
    await mkdir(join(folder, ".env"));
    expect(added({})).to.deep.equal({});
    await rm(join(folder, ".env"), { recursive: true });
  });

  it("adds what the environment has neither as a value nor as a file", async () => {
    const text = `# local\nADMIN_DATABASE_URL="${URL_TEXT}"\nTENANT_MIGRATIONS=migrations\nPORT=1\n`;
    await writeFile(join(folder, ".env"), text);
    const all = { ADMIN_DATABASE_URL: URL_TEXT, TENANT_MIGRATIONS: "migrations", PORT: "1" };
    expect(added({})).to.deep.equal(all);
    expect(added({ PORT: "2", TENANT_MIGRATIONS: "" })).to.deep.equal({
      ...all,
      PORT: "2",
      TENANT_MIGRATIONS: "",
    });
    const { ADMIN_DATABASE_URL: url } = added({ ADMIN_DATABASE_URL_FILE: "/run/secrets/url" });
    expect(url).to.equal(undefined);
  });
});

describe("readSecretFiles()", () => {
  it("reads a URL of the verbs from its file, without the newline at the end", async () => {
    const file = join(folder, "url");
    for (const end of ["", "\n", "\r\n"]) {
      await writeFile(file, `${URL_TEXT}${end}`);
      const { ADMIN_DATABASE_URL: url } = readAdminConfig({ ADMIN_DATABASE_URL_FILE: file });
      expect(url?.reveal()).to.equal(URL_TEXT);
    }
  });

  it("refuses a file that is missing or empty, and both forms, and shows no value", async () => {
    const files: Readonly<Record<string, string>> = { full: URL_TEXT, empty: "\n" };
    const read = (path: string): string => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(URL_TEXT), { code: "ENOENT" });
      return text;
    };
    const env = { A_FILE: "none", B_FILE: "empty", C: URL_TEXT, C_FILE: "full", D_FILE: "" };
    const problems = [
      'Cannot read A_FILE: file "none" cannot be read (ENOENT)',
      'Cannot read B_FILE: file "empty" is empty',
      "Cannot read C: C and C_FILE are both set; set one of them",
    ];
    expect(() => readSecretFiles(env, ["A", "B", "C", "D"], read)).to.throw(
      ConfigError,
      new RegExp(`^${problems.join("\n").replaceAll(/[()]/g, String.raw`\$&`)}$`),
    );
  });
});
