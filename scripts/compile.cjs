/**
 * Writes the code that V8 compiled while a bundle scanned: `node compile.cjs BUNDLE CACHE SCRATCH`, in the root. Run as a
 * program of its own, because the code fits only a process that was started as the command is.
 */
const { readFileSync, writeFileSync } = require('node:fs');
const { load } = require('../bin/start.js');

const [bundle, cache, scratch] = process.argv.slice(2);
process.argv = [
  process.execPath,
  'kubestride',
  'scan',
  'src/threats',
  ...['--fail-on', 'never', '-o', 'terminal', '-o', `json=${scratch}`],
];
const { main, script } = load(readFileSync(bundle, 'latin1'));
main('kubestride').then(() => {
  if (process.exitCode !== 0) throw new Error(`the bundle ended with exit code ${process.exitCode}`);
  writeFileSync(cache, script.createCachedData());
});
