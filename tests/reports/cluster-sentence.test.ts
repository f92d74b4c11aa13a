import { expect, test } from 'vitest';
import type { ReportInput } from '../../src/reports/input.ts';
import { readSentences } from '../../src/reports/tallies.ts';
import { input, report, words } from './fixture.ts';

function sentences(language: 'en' | 'zh-CN', more: Partial<ReportInput['source']['cluster']>): string {
  const cluster = { context: 'prod', version: 'v1.37.2', collectedAt: '2026-01-01T00:00:00Z', ...more };
  return readSentences({
    ...input(report([]), { words: words(language) }),
    source: { paths: [], cluster },
  });
}

test('the report says that only one namespace was read', () => {
  expect(sentences('en', { namespace: 'team-a' })).toMatch(
    /^Cluster prod, Kubernetes v1\.37\.2; only the namespace team-a and what is in none\. /,
  );
  expect(sentences('zh-CN', { namespace: 'team-a' })).toContain('仅名字空间 team-a');
  expect(sentences('en', {})).toMatch(/^Cluster prod, Kubernetes v1\.37\.2\. /);
});
