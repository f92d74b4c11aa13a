/** What the benchmarks of this folder share. */
import { cpus, loadavg, totalmem } from 'node:os';

/** What follows a flag of the command line; undefined where it is not given. */
export function option(name) {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : undefined;
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** When and on which machine was measured, and what is said of it besides. */
export function printMachine(note) {
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const date = new Date().toISOString().slice(0, 10);
  const load = loadavg()[0].toFixed(2);
  process.stdout.write(`${date}, ${machine}, load ${load}, Node ${process.version}, ${note}\n\n`);
}

/** A row of a table in Markdown. */
export function print(...cells) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

/** Milliseconds of CPU time of this process, which other processes on the machine change little, and of the clock. */
export function timed(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { result, wall, cpu: (user + system) / 1000 };
}
