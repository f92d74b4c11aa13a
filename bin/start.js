'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// A scan is over in a second or two, before V8's optimizing compiler has earned what it costs. On Node.js 20, whose V8 has no
// compiler between the two, waiting longer and inlining less saves a quarter of the CPU time of 2,000 objects, and costs
// nothing at 50,000 (docs/benchmarks.md). Other versions were not measured, and V8 complains of flags that it does not know.
if (process.versions.v8.startsWith('11.3.')) {
  setFlagsFromString('--interrupt-budget=300000');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100');
}

const bundle = join(__dirname, '../dist/cli.cjs');

/**
 * Runs the command. V8 takes the code that the build compiled (dist/cli.cache), which halves the time to start; where the
 * build was made by another version of Node.js it refuses that code by itself and compiles the source.
 */
module.exports = function start(program) {
  let cachedData;
  try {
    cachedData = readFileSync(join(__dirname, '../dist/cli.cache'));
  } catch {
    // A build without the cache only starts more slowly.
  }
  module.exports.load(readFileSync(bundle, 'latin1'), cachedData).main(program);
};

/** The exports of the bundle, and the script for the build to take the compiled code from. */
module.exports.load = function load(source, cachedData) {
  const wrapped = `(function (exports, require, module) {${source}\n})`;
  const script = new Script(wrapped, { filename: bundle, ...(cachedData && { cachedData }) });
  const loaded = { exports: {} };
  script.runInThisContext()(loaded.exports, require, loaded);
  return { ...loaded.exports, script };
};
