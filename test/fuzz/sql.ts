// npm run fuzz:sql -- --values N --seed N: hostile values, encodings and texts by the million. A tenth as many
// fixed texts, and texts with parameters, as values; it ends with status 1 at the first finding.

import process from "node:process";
import { openRun } from "../support/program/run.ts";
import { startServer, stopServer } from "../support/server/server.ts";
import { freshSeed, readNumbers } from "./numbers.ts";
import { fuzzEncodings } from "./sql/encodings.ts";
import { fuzzLexer } from "./sql/lexer.ts";
import { fuzzMessages } from "./sql/messages.ts";
import { fuzzQueries } from "./sql/queries.ts";
import { openSqlStage, type SqlStage } from "./sql/stage.ts";
import { ENCODINGS } from "./sql/values.ts";

const MESSAGES_PER_ENCODING = 500;
const { values, seed } = readNumbers({ values: 1_000_000, seed: freshSeed() });
const share = Math.ceil(values / ENCODINGS.length / 2);

const say = (what: string, figures: object): void => {
  const list = Object.entries(figures).map(([name, number]) => `${String(number)} ${name}`);
  process.stdout.write(`${what}: ${list.join(", ")}\n`);
};

process.stdout.write(`Seed ${seed}\n`);
const run = openRun();
await startServer();
let stage: SqlStage | undefined;
try {
  for (const encoding of ENCODINGS) {
    stage = await openSqlStage(encoding.name);
    for (const conforming of ["on", "off"] as const) {
      const figures = await fuzzMessages(stage, encoding, conforming, seed, share);
      say(`${encoding.name}, standard_conforming_strings ${conforming}`, figures);
    }
    if (encoding.name === "UTF8") {
      await stage.withService("on", async () => {});
      say(
        "Client encodings, refused by SQLSTATE",
        await fuzzEncodings(stage, seed, MESSAGES_PER_ENCODING),
      );
      say("Texts with parameters", await fuzzQueries(seed, Math.ceil(values / 10)));
      say("Texts, judged by the server", await fuzzLexer(stage, seed, Math.ceil(values / 10)));
    }
    await stage.close();
    stage = undefined;
  }
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await stage?.close();
  await stopServer();
  await run.close();
}
