// Checks the words of a statement: it must be one query, must not create a table and must not call a forbidden
// function.

import { isForbiddenCall, isForbiddenName } from "./forbidden.ts";
import { TemplateError } from "./template-error.ts";

/** Throws a TemplateError for a problem at a place of the text, by default the current one. */
export type Fail = (problem: string, from?: number) => never;

const FIRST_WORDS = new Set("select insert update delete merge with values table".split(" "));
const VERBS = new Set([...FIRST_WORDS].filter((word) => word !== "with"));
const WRITES = new Set(["insert", "update", "delete", "merge"]);

const CHANGES = new Set("create alter drop truncate comment grant revoke refresh".split(" "));

// A word behind one of these is the name of a CTE or a column, even when it looks like a verb.
const BEFORE_NAME = new Set(["with", "recursive", ",", "by", "set", "using", "cycle"]);
const BEFORE_LABEL = new Set([".", "as"]);

/** The state of one statement while the lexer passes its words in order. */
export class StatementWords {
  #first: string | undefined;
  #verb: string | undefined;
  #returning = false;
  #depth = 0;
  #previous = "";
  /** The last name, when a statement must not call it. */
  #called: string | undefined;
  /** Whether the last word is the INSERT or MERGE that an INTO belongs to. */
  #writes = false;

  word(token: string, fail: Fail): void {
    const word = token.toLowerCase();
    if (word === "into" && !this.#writes && !BEFORE_LABEL.has(this.#previous)) {
      fail('"into" without insert or merge would create a table');
    }
    this.#name(word, fail);
    this.#first ??= word;
    let isVerb = this.#previous === "(";
    if (this.#depth === 0) {
      if (VERBS.has(word) && this.#verb === undefined && !BEFORE_NAME.has(this.#previous)) {
        this.#verb = word;
        isVerb = true;
      }
      if (word === "returning" && !BEFORE_LABEL.has(this.#previous)) this.#returning = true;
    }
    this.#writes = isVerb && (word === "insert" || word === "merge");
    this.#previous = word;
  }

  name(name: string, fail: Fail): void {
    this.other('"', fail);
    this.#name(name, fail);
  }

  other(token: string, fail: Fail): void {
    // A value is written in parentheses.
    if (this.#called !== undefined && (token === "(" || token === "value")) {
      fail(`"${this.#called}(…)" is not accepted`);
    }
    if (token === "(") this.#depth += 1;
    else {
      if (token === ")") this.#depth -= 1;
      this.#first ??= token;
    }
    this.#called = undefined;
    this.#writes = false;
    this.#previous = token;
  }

  #name(name: string, fail: Fail): void {
    if (isForbiddenName(name)) fail(`"${name}" is not accepted`);
    this.#called = isForbiddenCall(name) ? name : undefined;
  }

  /** @returns whether its answer has rows: false for a write without RETURNING */
  end(): boolean {
    if (this.#first === undefined || !FIRST_WORDS.has(this.#first)) {
      throw new TemplateError(
        `Cannot read statement: it begins with "${this.#first ?? ""}", must begin with one of ` +
          [...FIRST_WORDS].join(", ") +
          (CHANGES.has(this.#first ?? "") ? "; change tables in a migration" : ""),
      );
    }
    return this.#returning || !WRITES.has(this.#verb ?? "");
  }
}
