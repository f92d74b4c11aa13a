import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithCluster } from './cluster.ts';

const NAME = `test-${process.pid}`;

function testbed(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../../scripts/testbed.mjs'), ...args, '--name', NAME],
    { encoding: 'utf8' },
  );
}

describeWithCluster('npm run testbed', () => {
  it('starts a control plane that stays, tells its health and ends it', () => {
    try {
      expect(testbed('status')).toMatchObject({ status: 1, stdout: 'No control plane is up.\n' });
      const up = testbed('up', '--nodes', '1', '--without', 'scheduler');
      expect(up.stderr).toBe('');
      const kubeconfig = /^Kubeconfig +(.*)$/m.exec(up.stdout)?.[1] ?? '';
      expect(existsSync(kubeconfig)).toBe(true);
      expect(up.stdout).toContain('scheduler: as asked');
      expect(testbed('up').stdout).toContain('A control plane is up already');
      const status = testbed('status');
      expect(status.stdout).toMatch(/^apiserver +ok$/m);
      expect(status.stdout).toMatch(/^kwok +ok$/m);
      expect(status.status).toBe(0);
      expect(testbed('down')).toMatchObject({ status: 0, stdout: 'Down.\n' });
      expect(existsSync(kubeconfig)).toBe(false);
    } finally {
      testbed('down');
    }
  });

  it('refuses what it does not know', () => {
    for (const args of [['sideways'], ['up', '--nodes', 'many'], ['up', '--colour'], []]) {
      expect(testbed(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining('usage:') });
    }
  });
}, ['kcm', 'kwok']);
