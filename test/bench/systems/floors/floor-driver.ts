// The least that a message can cost a program with postgres.js: Rowhouse's own text, and nothing around it.

import { runDriver } from "./driver.ts";
import { recordMessage } from "./message.ts";

runDriver(await recordMessage());
