// One JSON line an event, and nothing in it that a tenant's statement or value was.

import { expect } from "chai";
import { AppError } from "../../src/errors.ts";
import { createLog, describeError, LOG_LEVELS, type LogLevel } from "../../src/log.ts";

const PLANTED = "planted-value-77";

describe("createLog()", () => {
  it("createLog() writes one JSON line with the time, the level, the event and the fields", () => {
    const lines: string[] = [];
    const log = createLog(
      "info",
      (line) => lines.push(line),
      () => 1,
    );
    log.write("warn", "request", { host: "a\nb", status: 503, code: undefined });
    log.write("info", "drained");
    expect(lines).to.deep.equal([
      '{"time":"1970-01-01T00:00:00.001Z","level":"warn","event":"request","host":"a\\nb","status":503}\n',
      '{"time":"1970-01-01T00:00:00.001Z","level":"info","event":"drained"}\n',
    ]);
  });

  it("createLog() takes the time of the moment when it is given no clock", () => {
    let time = "";
    const before = Date.now();
    createLog("info", (line) => (time = (JSON.parse(line) as { time: string }).time)).write(
      "info",
      "a",
    );
    expect(Date.parse(time)).to.be.within(before, Date.now());
  });

  for (const [level, written] of [
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
    ["silent", []],
  ] as const) {
    it(`createLog() at level ${level} writes ${written.join(", ") || "nothing"}`, () => {
      const found: LogLevel[] = [];
      const log = createLog(level, (line) => {
        found.push((JSON.parse(line) as { level: LogLevel }).level);
      });
      for (const at of LOG_LEVELS) if (at !== "silent") log.write(at, "a");
      expect(found).to.deep.equal(written);
    });
  }
});

describe("describeError()", () => {
  /** An error as postgres.js throws it, full of values. */
  function databaseError(message: string): Error {
    const error = new Error(message);
    error.name = "PostgresError";
    return Object.assign(error, {
      code: "23505",
      routine: "_bt_check_unique",
      constraint_name: "data_pkey",
      severity: "ERROR",
      detail: `Key (key)=(${PLANTED}) already exists.`,
      hint: PLANTED,
      where: PLANTED,
      query: `insert into data values ('${PLANTED}')`,
      parameters: [PLANTED],
      args: [PLANTED],
      table_name: PLANTED,
    });
  }

  it("describeError() keeps the SQLSTATE, the routine, the constraint and the stack's frames", () => {
    const { frames, ...rest } = describeError(databaseError(PLANTED));
    expect(rest).to.deep.equal({
      name: "PostgresError",
      code: undefined,
      sqlState: "23505",
      routine: "_bt_check_unique",
      constraint: "data_pkey",
    });
    expect(frames).to.be.an("array").with.length.within(1, 12);
    expect((frames as string[])[0]).to.match(/^at databaseError \(.*log\.test\.[jt]s:\d+:\d+\)$/);
  });

  it("describeError() keeps the code of a system error", () => {
    const error = Object.assign(new Error(PLANTED), { code: "ECONNREFUSED", address: PLANTED });
    expect(describeError(error)).to.include({ name: "Error", code: "ECONNREFUSED" });
  });

  it("describeError() describes an AppError's cause instead of the AppError", () => {
    const cause = databaseError(PLANTED);
    const error = new AppError("INTERNAL", "Cannot answer: a", { cause });
    expect(describeError(error)).to.deep.equal(describeError(cause));
    expect(describeError(new AppError("OVERLOADED", PLANTED))).to.include({
      name: "AppError",
      code: "OVERLOADED",
    });
  });

  const at = `    at ${PLANTED} (file:///a.js:1:1)`;
  const reread = (message: string, later: string): Error => {
    const error = new Error(message);
    expect(error.stack).to.include(message);
    error.message = later;
    return error;
  };
  const errors: Readonly<Record<string, () => unknown>> = {
    "a message": () => databaseError(PLANTED),
    "a message of several lines": () => databaseError(`a\n${PLANTED}\n${PLANTED}`),
    "a message whose lines look like frames": () => databaseError(`a\n${at}\n${at}\nb`),
    "a message that begins like a frame": () => databaseError(at),
    "a message that says the name before it": () => databaseError(`PostgresError\n${at}`),
    "a message of an empty first line": () => databaseError(`\n${at}`),
    "a message that was replaced by none": () => reread(`a\n${at}`, ""),
    "a message that was replaced by a part of it": () => reread(`a b\n${at}`, "b"),
    "a message that was replaced by another": () => reread(`a\n${at}`, "c"),
    "a text that was thrown": () => PLANTED,
    "an object that was thrown": () => ({
      message: PLANTED,
      name: PLANTED,
      code: PLANTED,
      stack: at,
    }),
    "an array that was thrown": () => [PLANTED],
    "fields that hold sentences": () =>
      Object.assign(new Error("a"), {
        code: `(${PLANTED})`,
        routine: `${PLANTED} b`,
        constraint_name: `"${PLANTED}"`,
      }),
    "fields that hold objects": () =>
      Object.assign(new Error("a"), {
        code: [PLANTED],
        routine: { PLANTED },
        constraint_name: [PLANTED],
      }),
    "a cause of the cause": () =>
      new AppError("INTERNAL", PLANTED, { cause: new Error(PLANTED, { cause: PLANTED }) }),
    "several errors in one": () => new AggregateError([new Error(PLANTED)], PLANTED),
    "an AppError's cause that is a text": () => new AppError("INTERNAL", "a", { cause: PLANTED }),
  };
  for (const [what, make] of Object.entries(errors)) {
    it(`describeError() prints nothing of ${what}`, () => {
      const described = describeError(make());
      expect(described).to.have.property("name");
      expect(JSON.stringify(described)).to.not.include(PLANTED);
    });
  }
});
