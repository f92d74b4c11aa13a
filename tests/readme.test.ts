import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the READMEs show what the command really prints', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/capture.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.each(['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'CONTRIBUTING.zh-CN.md'])(
  'the links of %s lead somewhere',
  (file) => {
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link!);
    const dead = links.filter((link) => {
      try {
        readFileSync(link);
        return false;
      } catch {
        return true;
      }
    });
    expect(links.length).toBeGreaterThan(0);
    expect(dead).toEqual([]);
  },
);
