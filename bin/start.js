'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

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
