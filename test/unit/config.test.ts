// The service's variables: defaults, every problem at once, and a secret that nothing shows.

import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { expect } from "chai";
import { readOptions, SERVICE_VARIABLES } from "../../src/config.ts";
import { ConfigError, readBoth, readVariables } from "../../src/environment.ts";
import { describeOldNode } from "../../src/runtime/node-version.ts";
import { NODE_VARIABLES } from "../../src/runtime/variables.ts";

const VARIABLES = { ...SERVICE_VARIABLES, ...NODE_VARIABLES };
const readConfig = (env: Record<string, string | undefined>) => readVariables(VARIABLES, env);

const PASSWORD = "planted-password-1b7f";
const DATABASE_URL = `postgres://service:${PASSWORD}@db.example:6432/app`;

/** The lines of the error that reading the variables throws. */
function problems(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as ConfigError).message.split("\n");
  }
  throw new Error("Nothing was thrown");
}

describe("readVariables()", () => {
  it("readVariables() has a default for every variable but DATABASE_URL", () => {
    const { DATABASE_URL: url, ...rest } = readConfig({ DATABASE_URL });
    expect(url.reveal()).to.equal(DATABASE_URL);
    expect(rest).to.deep.equal({
      DATABASE_CONNECTIONS: 80,
      TENANT_MAX_CONNECTIONS: 16,
      CONNECT_TIMEOUT_MS: 5000,
      REQUEST_TIMEOUT_MS: 15_000,
      MAX_IN_FLIGHT: 256,
      TENANT_MAX_IN_FLIGHT: 64,
      MAX_BODY_BYTES: 131_072,
      BODY_TIMEOUT_MS: 5000,
      MAX_RESPONSE_ROWS: 10_000,
      MAX_RESPONSE_BYTES: 8_388_608,
      TRUST_PROXY: false,
      DATABASE_URL_FILE: undefined,
      LISTEN_HOST: "127.0.0.1",
      PORT: 5000,
      SHUTDOWN_SECONDS: 10,
      LOG_LEVEL: "info",
      METRICS_PORT: undefined,
      METRICS_HOST: "127.0.0.1",
      METRICS_MAX_TENANTS: 100,
    });
  });

  it("readVariables() reads every variable that is set", () => {
    const env = {
      DATABASE_CONNECTIONS: "1",
      TENANT_MAX_CONNECTIONS: "3",
      CONNECT_TIMEOUT_MS: "100",
      REQUEST_TIMEOUT_MS: "600000",
      MAX_IN_FLIGHT: "7",
      TENANT_MAX_IN_FLIGHT: "6",
      MAX_BODY_BYTES: "8",
      BODY_TIMEOUT_MS: "700",
      MAX_RESPONSE_ROWS: "5",
      MAX_RESPONSE_BYTES: "4",
      TRUST_PROXY: "true",
      DATABASE_URL_FILE: "/run/secrets/url",
      LISTEN_HOST: "0.0.0.0",
      PORT: "65535",
      SHUTDOWN_SECONDS: "9",
      LOG_LEVEL: "silent",
      METRICS_PORT: "9464",
      METRICS_HOST: "0.0.0.0",
      METRICS_MAX_TENANTS: "0",
    };
    const { DATABASE_URL: _, ...rest } = readConfig({ DATABASE_URL, ...env, OTHER: "a" });
    const texts = Object.entries(rest).map(([name, value]) => [name, String(value)]);
    expect(Object.fromEntries(texts)).to.deep.equal(env);
    expect(rest.TRUST_PROXY).to.equal(true);
    expect(rest.PORT).to.equal(65535);
  });

  it("readVariables() takes an empty text for an unset variable", () => {
    expect(readConfig({ DATABASE_URL, PORT: "", TRUST_PROXY: "", LOG_LEVEL: "" })).to.include({
      PORT: 5000,
      TRUST_PROXY: false,
      LOG_LEVEL: "info",
    });
    expect(problems({ DATABASE_URL: "" })).to.deep.equal([
      "Cannot read DATABASE_URL: it is not set; set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    ]);
  });

  it("readVariables() lists every problem at once, one line each", () => {
    const names = Object.keys(VARIABLES).filter((name) => !/_(?:HOST|FILE)$/.test(name));
    const lines = problems(Object.fromEntries(names.map((name) => [name, "wrong"])));
    expect(lines).to.have.length(names.length);
    for (const [index, name] of names.entries()) {
      expect(lines[index]).to.match(new RegExp(`^Cannot read ${name}: .*[^.]$`));
    }
  });

  it("readBoth() lists the problems of both parts", () => {
    const read = (name: "PORT" | "LOG_LEVEL") => () =>
      readVariables({ [name]: VARIABLES[name] }, { [name]: "wrong" });
    expect(() => readBoth(read("LOG_LEVEL"), read("PORT"))).to.throw(
      ConfigError,
      /^Cannot read LOG_LEVEL: .*\nCannot read PORT: /,
    );
    expect(() => readBoth(() => 1, read("PORT"))).to.throw(ConfigError, /^Cannot read PORT: /);
  });

  for (const [name, texts] of Object.entries({
    PORT: ["0", "65536", "-1", "+80", "8e1", "80.0", "0x50", " 80", "٣"],
    DATABASE_CONNECTIONS: ["0", "10001", "NaN", "Infinity"],
    CONNECT_TIMEOUT_MS: ["99", "60001"],
    REQUEST_TIMEOUT_MS: ["99", "600001"],
    TENANT_MAX_IN_FLIGHT: ["0", "100001"],
    MAX_BODY_BYTES: ["0", "104857601"],
    MAX_RESPONSE_ROWS: ["0", "10000001"],
    MAX_RESPONSE_BYTES: ["0", "1073741825"],
    TRUST_PROXY: ["1", "yes", "TRUE", " true"],
    LOG_LEVEL: ["trace", "debug", "INFO", "0"],
  })) {
    it(`readVariables() refuses other values of ${name}, and shows them`, () => {
      for (const text of texts) {
        const lines = problems({ DATABASE_URL, [name]: text });
        expect(lines).to.have.length(1);
        expect(lines[0]).to.include(`Cannot read ${name}: "${text}" is n`);
      }
    });
  }

  it("readVariables() returns what nobody can change", () => {
    const config = readConfig({ DATABASE_URL });
    expect(config).to.be.frozen;
    expect(() => Object.assign(config, { PORT: 1 })).to.throw(TypeError);
  });
});

describe("readOptions()", () => {
  it("readOptions() hands each variable on under one name", () => {
    const options = readOptions({
      DATABASE_URL,
      MAX_IN_FLIGHT: "7",
      MAX_RESPONSE_BYTES: "4",
      TRUST_PROXY: "true",
      LOG_LEVEL: "warn",
      METRICS_MAX_TENANTS: "3",
    });
    expect(options.database).to.deep.include({ connections: 80, maxRows: 10_000, maxBytes: 4 });
    expect(String(options.database.url)).to.equal("[secret]");
    expect(options.limits).to.deep.equal({
      inFlight: 7,
      tenantInFlight: 64,
      bodyBytes: 131_072,
      bodyMs: 5000,
      responseBytes: 4,
    });
    expect(options).to.include({ trustProxy: true, logLevel: "warn", maxTenants: 3 });
  });
});

describe("describeOldNode()", () => {
  it("describeOldNode() begins where package.json does", async () => {
    const manifest = new URL("../../package.json", import.meta.url);
    const { engines } = JSON.parse(await readFile(manifest, "utf8")) as {
      readonly engines: { readonly node: string };
    };
    expect(engines.node).to.equal(">=20.19");
    expect(["20.19.0", "22.0.0", "24.1.0"].map(describeOldNode)).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect(["18.20.8", "20.18.3"].map(describeOldNode).join()).to.match(
      /^Cannot run on Node\.js 18\.20\.8: .* use 20\.19 or newer,Cannot run on Node\.js 20\.18\.3/,
    );
  });
});

describe("DATABASE_URL", () => {
  for (const url of [
    "postgresql://service@db.example/app",
    "postgres://service:p%40ss@[::1]:5432/app",
    `${DATABASE_URL}?sslmode=require&application_name=a`,
  ]) {
    it(`readVariables() accepts ${url.replace(PASSWORD, "…")}`, () => {
      expect(readConfig({ DATABASE_URL: url }).DATABASE_URL.reveal()).to.equal(url);
    });
  }

  const refused: readonly (readonly [what: string, url: string, problem: string])[] = [
    ["a text that is not a URL", `service ${PASSWORD}@db.example/app`, "it is not a URL"],
    ["a password that is not percent-encoded", `postgres://a:b/${PASSWORD}@c/d`, "it is not a URL"],
    ["another protocol", `mysql://service:${PASSWORD}@db.example/app`, "begin with postgres://"],
    ["a protocol that a browser has", `https://service:${PASSWORD}@db.example/app`, "begin with"],
    ["no user", `postgres://:${PASSWORD}@db.example/app`, "it does not name a user"],
    ["no host", `postgres:///app?a=${PASSWORD}`, "it does not name a"],
    ["no database", `postgres://service:${PASSWORD}@db.example`, "it does not name a database"],
    [
      "no database behind a slash",
      `postgres://service:${PASSWORD}@db.example/`,
      "it does not name a database",
    ],
    ["search_path", `${DATABASE_URL}?search_path=a`, 'its parameter "search_path" is not accepted'],
    ["options", `${DATABASE_URL}?options=-c%20a=${PASSWORD}`, 'its parameter "options"'],
    ["options behind sslmode", `${DATABASE_URL}?sslmode=require&options=a`, "options"],
    ["a parameter in upper case", `${DATABASE_URL}?SSLMODE=require`, "is not accepted"],
    ["a password with @, / and ?", `postgres://a:b@c/d?${PASSWORD}@e/f`, "is not accepted"],
  ];
  for (const [what, url, problem] of refused) {
    it(`readVariables() refuses ${what} without repeating the URL`, () => {
      const lines = problems({ DATABASE_URL: url });
      expect(lines[0]).to.include("Cannot read DATABASE_URL: ").and.to.include(problem);
      expect(lines.join("\n")).to.not.include(PASSWORD);
    });
  }

  it("readVariables() repeats no URL when another variable is wrong", () => {
    expect(problems({ DATABASE_URL, PORT: "a" }).join("\n")).to.not.include(PASSWORD);
  });

  it("Secret is hidden in every print but reveal()", () => {
    const config = readConfig({ DATABASE_URL });
    const secret = config.DATABASE_URL;
    for (const printed of [
      inspect(config, { showHidden: true, depth: null, customInspect: true }),
      inspect(config, { showHidden: true, depth: null, customInspect: false }),
      inspect([secret]),
      JSON.stringify(config),
      String(secret),
      [secret].join(),
      Object.entries(secret).join(),
      new Error(String(secret)).message,
    ]) {
      expect(printed).to.not.include(PASSWORD);
    }
    expect(inspect(config)).to.include("DATABASE_URL: [secret]");
    expect(JSON.parse(JSON.stringify(config))).to.include({ DATABASE_URL: "[secret]" });
    expect(secret.reveal()).to.include(PASSWORD);
  });
});
