import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultOf } from './xml.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-picture-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

const drawn = new Map<string, ReturnType<typeof drawAgain>>();

function draw(...what: Parameters<typeof drawAgain>) {
  const key = what.join(' ');
  const known = drawn.get(key) ?? drawAgain(...what);
  drawn.set(key, known);
  return known;
}

function drawAgain(format: string, source: string, ...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'network', 'connections', source, '-o', format, ...flags],
    { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], LANG: 'C' }, maxBuffer: 1 << 26 },
  );
  return { status, stdout, stderr };
}

const deployment = (namespace: string, name: string, app = name) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: { template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'c', image: 'c' }] } } },
});
const policy = (namespace: string, name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});
const on = (app: string) => ({ podSelector: { matchLabels: { app } } });

function write(path: string, items: readonly object[]): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

const EVIL = [
  'a"]; click n0 "javascript:alert(1)',
  '</text><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  ']]>&amp;&#x41; --> b',
  '%%{init: {"securityLevel":"loose"}}%%\nend\nsubgraph x',
  '\u202egnp.exe\u0000\uffff',
  '`**bold**` \\',
  '1. list',
];

beforeAll(() => {
  write('shop/all.json', [
    ...['web', 'db', 'cache', 'mail'].map((name) => deployment('shop', name)),
    ...['one', 'two'].map((name) => deployment('blog', name)),
    policy('shop', 'deny', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        { to: [on('db'), { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'blog' } } }] },
      ],
    }),
    policy('shop', 'db', { ...on('db'), ingress: [{ from: [on('web')], ports: [{ port: 5432 }] }] }),
    policy('shop', 'mail', {
      ...on('mail'),
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 25 }] }],
    }),
    policy('blog', 'open', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] }),
  ]);
  write('maybe/all.json', [
    deployment('shop', 'web'),
    deployment('shop', 'db'),
    {
      apiVersion: 'crd.antrea.io/v1beta1',
      kind: 'NetworkPolicy',
      metadata: { name: 'a', namespace: 'shop' },
      spec: {},
    },
  ]);
  write(
    'evil/all.json',
    EVIL.flatMap((text, index) => [
      deployment(index % 2 === 0 ? 'shop' : text, text, `app${index}`),
      policy(index % 2 === 0 ? 'shop' : text, text, {
        ...on(`app${index}`),
        ingress: [{ from: [{ namespaceSelector: {}, ...on(`app${(index + 1) % EVIL.length}`) }] }],
      }),
    ]),
  );
  write(
    'large/all.json',
    Array.from({ length: 300 }, (_, index) => [
      deployment(`n${index % 30}`, `w${index}`),
      policy(`n${index % 30}`, `p${index}`, {
        ...on(`w${index}`),
        ingress: [{ from: [on(`w${(index + 30) % 300}`)], ports: [{ port: 8000 + (index % 30) }] }],
      }),
    ]).flat(),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('as SVG', () => {
  test('shows workloads in their namespaces, what is outside, and the ports of arrows', () => {
    const { status, stdout, stderr } = draw('svg', 'shop');
    expect({ status, fault: faultOf(stdout) }).toEqual({ status: 0, fault: undefined });
    for (const text of [
      '>namespace shop<',
      '>namespace blog<',
      '>outside of the cluster<',
      '>in private networks: 10.0.0.0/8<',
      '>shop/web[Deployment] → shop/db[Deployment]: TCP 5432</title>',
      // Who is open to everybody is marked, and no arrow of each pod is drawn.
      '>from every pod: all ports<',
      '>2 workloads<',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stderr).toContain('Workloads of a namespace with the same connections are one node');
    // Of db, cache and mail to each other nothing passes.
    expect(stdout).not.toMatch(/shop\/cache\[Deployment\] → shop/);
  });

  test('is the same every time, and stands by itself', () => {
    const { stdout } = draw('svg', 'shop');
    expect(drawAgain('svg', 'shop').stdout).toBe(stdout);
    expect(stdout).toMatch(
      /^<\?xml[^>]+>\n<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* role="img" aria-labelledby="kubestride-title kubestride-desc"/,
    );
    expect(stdout).toMatch(
      /<title id="kubestride-title">[^<]+<\/title>\n<desc id="kubestride-desc">[^<]+<\/desc>/,
    );
    expect(stdout).toContain('prefers-color-scheme: dark');
    const outside = stdout.replace('xmlns="http://www.w3.org/2000/svg"', '');
    expect(outside).not.toMatch(/<script|href|url\(|https?:|@import|<foreignObject|\son\w+=/i);
  });

  test('of names that would be markup is well-formed, and holds none of it', () => {
    const { stdout } = draw('svg', 'evil');
    expect(faultOf(stdout)).toBeUndefined();
    expect(stdout).not.toMatch(/<(?:script|img)|\u202e|\0/);
    expect(stdout).toContain('&#60;/text&#62;&#60;script&#62;');
  });

  test('what is unknown is dashed, and said to be', () => {
    const { status, stdout } = draw('svg', 'maybe');
    expect(stdout).toContain('class="unknown"');
    expect(stdout).toContain('unknown: all ports');
    expect(stdout).toMatch(/\.unknown \.line \{[^}]*stroke-dasharray/);
    expect(stdout).not.toContain('<g class="known"><title>');
    expect(status).toBe(2);
  });

  test('of too much for one picture draws whole namespaces, and says so in the picture and beside it', () => {
    const { stdout, stderr } = draw('svg', 'large');
    expect(faultOf(stdout)).toBeUndefined();
    for (const text of [stdout, stderr]) expect(text).toMatch(/\d+ namespaces are drawn as a whole/);
    expect(stdout.match(/class="name"/g)!.length).toBeLessThan(250);
  });

  test('of a part has no ends but its own, and what it says of every pod is of all that there are', () => {
    const { status, stdout } = draw('svg', 'shop', '--focus', 'shop/db');
    expect({ status, fault: faultOf(stdout) }).toEqual({ status: 0, fault: undefined });
    expect(stdout).toContain('Only the connections that were asked for');
    expect(stdout).toContain('shop/web[Deployment] → shop/db[Deployment]: TCP 5432</title>');
    expect(stdout).not.toMatch(/mail|cache|every pod</);
  });

  test('in Chinese', () => {
    const { stdout } = draw('svg', 'shop', '--lang', 'zh-CN');
    expect(faultOf(stdout)).toBeUndefined();
    for (const text of ['xml:lang="zh-CN"', '>名字空间 shop<', '>图例<', '集群之外'])
      expect(stdout).toContain(text);
  });

  test('of nothing is no picture of safety', () => {
    write('empty/all.json', []);
    expect(draw('svg', 'empty').status).toBe(2);
  });
});

/** Everything that a line of our flowcharts can be; labels hold no character that Mermaid could take for its own. */
const LABEL = `"[^"\`<>&{}|;#\\\\\\n]*(?:(?:#\\d+;|<br/>)[^"\`<>&{}|;#\\\\\\n]*)*"`;
const ID = '(?:n\\d+|l\\d+)';
const NODE = `${ID}(?:\\(${LABEL}\\)|\\(\\[${LABEL}\\]\\)|\\{\\{${LABEL}\\}\\}|\\[/${LABEL}/\\]|\\[\\[${LABEL}\\]\\]|\\[${LABEL}\\])`;
const LINES = [
  'flowchart LR',
  'acc(?:Title|Descr): [^;{}#"`<>%]+',
  'classDef [a-z]+ [a-z:,\\-\\d ]+',
  `subgraph (?:b\\d+|legend)\\[${LABEL}\\]`,
  'end',
  `(?: {2})?${NODE}`,
  `(?: {2})?${ID} <?(?:-->|-\\.->)\\|${LABEL}\\| (?:${ID}|${NODE})`,
  'class [a-z\\d,]+ (?:boundary|note)',
].map((line) => new RegExp(`^${line}$`, 'u'));

describe('as Mermaid', () => {
  test.each(['shop', 'evil', 'maybe', 'large'])('of %s is nothing but lines of a flowchart', (source) => {
    const { stdout } = draw('mermaid', source);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => !LINES.some((pattern) => pattern.test(line)))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('subgraph')).length).toBe(
      lines.filter((line) => line === 'end').length,
    );
    const nodes = new Set(lines.flatMap((line) => /^ *(n\d+)[([{]/.exec(line)?.[1] ?? []));
    const ends = lines.flatMap((line) => {
      const [, from, to] = /^(n\d+) <?-\.?->\|.*\| (n\d+)$/.exec(line) ?? [];
      return from === undefined ? [] : [from, to!];
    });
    expect(ends.length).toBeGreaterThan(0);
    expect(ends.filter((id) => !nodes.has(id))).toEqual([]);
    // Mermaid refuses longer texts, and more arrows.
    expect(stdout.length).toBeLessThan(50_000);
    expect(ends.length / 2).toBeLessThan(500);
  });

  test('has the same arrows as the SVG, unknown ones dotted', () => {
    const { stdout } = draw('mermaid', 'shop');
    expect(stdout).toMatch(/\(("web \[Deployment\]")\)/);
    expect(stdout).toMatch(/-->\|"TCP 5432"\|/);
    expect(draw('mermaid', 'maybe').stdout).toMatch(/<-\.->\|"unknown: all ports"\|/);
    const arrows = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;
    expect(arrows(stdout, /^n\d+ <?-/gm)).toBe(arrows(draw('svg', 'shop').stdout, /class="known"><title>/g));
  });
});
