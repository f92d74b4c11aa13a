/** What the benchmarks of this folder share. */
import { spawn, spawnSync } from 'node:child_process';
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

/** One run: CPU seconds and peak resident MiB of the process and its children, as the kernel accounts them. */
function once(command) {
  return new Promise((resolve, reject) => {
    // GNU time reports the finished child's own usage; nothing inside the process can do that for its start-up.
    const child = spawn('/usr/bin/time', ['-f', '%U %S %e %M', '--', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let bytes = 0;
    let tail = '';
    child.stdout.on('data', (chunk) => {
      bytes += chunk.length;
    });
    child.stderr.on('data', (chunk) => {
      tail = (tail + chunk).slice(-4096);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const usage = /([\d.]+) ([\d.]+) ([\d.]+) (\d+)\s*$/.exec(tail);
      if (usage === null) reject(new Error(`no usage from ${command[0]}: ${tail}`));
      else {
        const [user, system, wall, kib] = usage.slice(1).map(Number);
        resolve({ cpu: user + system, wall, mib: kib / 1024, bytes, code });
      }
    });
  });
}

/** Medians of some runs of a whole command. */
export async function measure(command, times) {
  const results = [];
  for (let i = 0; i < times; i++) results.push(await once(command));
  return {
    cpu: median(results.map(({ cpu }) => cpu)),
    wall: median(results.map(({ wall }) => wall)),
    mib: median(results.map(({ mib }) => mib)),
    bytes: results[0].bytes,
    code: results[0].code,
  };
}

/** Whether a program is on PATH, or there where a path is given. */
export function found(command) {
  return spawnSync('sh', ['-c', 'command -v "$0"', command]).status === 0;
}
