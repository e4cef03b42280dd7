// A program for Node and Deno alike: asks with each URL, and prints a JSON array of answers.

import process from "node:process";
import { ask } from "./question.ts";

process.stdout.write(JSON.stringify(await Promise.all(process.argv.slice(2).map(ask))));
