// The suite's own settings; the files are named on the command line.

const { spec: _, ...settings } = require("../../.mocharc.cjs");

module.exports = settings;
