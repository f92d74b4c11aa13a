import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { freePorts, isRunning, runsFor } from '../testbed/processes.ts';

it('ends the processes of a parent that was killed, and removes its folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubestride-guardian-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  try {
    await build({
      entryPoints: [join(import.meta.dirname, '../testbed/processes.ts')],
      outfile: join(folder, 'processes.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    // The first asks for nothing better than to end; the second does not hear SIGTERM.
    const script = `
      import { startGuardian, startProcess } from './processes.mjs';
      const guardian = startGuardian([process.argv[1]]);
      const commands = ['sleep 600; : ' + process.argv[1], 'trap "" TERM; while :; do sleep 0.2; done; : ' + process.argv[1]];
      const pids = commands.map((command) => startProcess('sh', ['-c', command], '.', './log'));
      for (const pid of pids) guardian.watch(pid);
      console.log(pids.join(' '));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script, data], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = await new Promise<number[]>((resolve) =>
      parent.stdout.once('data', (text: Buffer) => resolve(text.toString().trim().split(' ').map(Number))),
    );
    expect(pids.map((pid) => runsFor(data, pid))).toEqual([true, true]);
    expect(runsFor(data, process.pid)).toBe(false);
    parent.kill('SIGKILL');
    const deadline = Date.now() + 15_000;
    while ((pids.some(isRunning) || existsSync(data)) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(data)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('gives ports in a row that are free', async () => {
  const base = await freePorts(6);
  expect(base).toBeGreaterThanOrEqual(20_000);
  expect(await freePorts(6, base)).toBe(base);
});
