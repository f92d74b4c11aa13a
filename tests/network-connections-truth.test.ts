import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectivityRows } from './oracles/connectivity.ts';
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthPath } from './truth.ts';

const CONNECTIVITY = 'npguard-connectivity';
const command = join(import.meta.dirname, '../bin/kubestride.js');

function connections(...line: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'network', 'connections', ...line],
    { encoding: 'utf8', env: { PATH: process.env['PATH'], LANG: 'C' } },
  );
  return { status, stdout, stderr };
}

interface JsonEnd {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly ipBlock?: string;
  readonly entity?: string;
}

const endText = ({ namespace, kind, name, ipBlock, entity }: JsonEnd) =>
  ipBlock ?? (entity === undefined ? `${namespace}/${name}[${kind}]` : `{${entity}}`);

interface JsonPair {
  readonly from: JsonEnd;
  readonly to: JsonEnd;
  readonly ports: readonly { readonly protocol: string; readonly from: number; readonly to: number }[];
}

/** As txt has them: `TCP 80,443; UDP 53`. */
function portsText(ports: JsonPair['ports']): string {
  const ranges = ports.map(({ protocol, from, to }) => [protocol, from === to ? `${from}` : `${from}-${to}`]);
  if (ranges.length === 3 && ranges.every(([, range]) => range === '1-65535')) return 'all ports';
  const protocols = [...new Set(ranges.map(([protocol]) => protocol!))];
  return protocols
    .map((name) => `${name} ${ranges.flatMap(([protocol, range]) => (protocol === name ? [range] : []))}`)
    .join('; ');
}

const lineOf = ({ from, to, ports }: JsonPair) => `${endText(from)} => ${endText(to)} : ${portsText(ports)}`;

/** The flags that ask for what a row is of, as its name says: `focus_workload_default_emailservice_egress_tcp-8080`. */
function flagsOf(variant: string): string[] {
  const [, names = ''] = /^focus_workload_(.+?)(?:_(?:ingress|egress))?(?:_\w+-\d+)?$/.exec(variant) ?? [];
  const [, protocol, port] = /(tcp|udp|sctp)-(\d+)$/.exec(variant) ?? [];
  const end = variant.includes('_egress') ? '--from' : variant.includes('_ingress') ? '--to' : '--focus';
  return [
    ...(names === '' ? [] : [end, names.replace('_', '/')]),
    ...(port === undefined ? [] : ['--port', `${protocol}/${port}`]),
  ];
}

test.skipIf(!hasTruth(CONNECTIVITY))('the connections of a workload or a port', async () => {
  const tally = new Tally(CONNECTIVITY, 'connections of one workload or port, by the command');
  const rows = connectivityRows(
    tally,
    ({ kind, variant }) => kind !== 'explain' && variant !== '' && !variant!.includes('explain'),
  );
  for (const row of rows) {
    await tally.compare(row['case']!, () => {
      const wrong: string[] = [];
      const [text] = readTruth(CONNECTIVITY, row['expected_txt']!)
        .toString()
        .split(/^Exposure Analysis/m);
      const theirs = [...text!.matchAll(/^(\S+) => (\S+?)(?: : (.+?))?\s*$/gm)].map(
        ([, from, to, ports]) =>
          [from!, to!].map((end) => end.replace('[External]', '')).join(' => ') +
          (ports === undefined ? '' : ` : ${ports.replace('All Connections', 'all ports')}`),
      );
      const flags = flagsOf(row['variant']!);
      const { status, stdout } = connections(...flags, '-o', 'json', truthPath(CONNECTIVITY, row['input']!));
      const isOfPort = flags.includes('--port');
      const ours = (JSON.parse(stdout).connections as JsonPair[])
        .map(lineOf)
        .map((line) => (isOfPort ? line.split(' : ')[0]! : line));
      // 2 where its input has policies that the API server refuses.
      if (status === 3 || [...ours].sort().join('\n') !== [...theirs].sort().join('\n'))
        wrong.push(`${flags.join(' ')}: ${ours.join('\n')}`);
      return wrong;
    });
  }
  expect(tally.finish()).toEqual([]);
  expect(rows.length).toBeGreaterThan(8);
});

/** Inputs with address blocks, named ports, Ingresses and Routes. */
const INPUTS = [
  'ipblockstest',
  'anp_banp_test_with_named_port_matched',
  'acs-security-demos-with-netpol-list',
];

test.skipIf(!hasTruth(CONNECTIVITY)).each(INPUTS)('every format lists the same of %s', (input) => {
  const path = truthPath(CONNECTIVITY, `data/tests/${input}`);
  const in_ = (format: string) => connections('-o', format, path).stdout;
  const lines = (JSON.parse(in_('json')).connections as JsonPair[]).map(lineOf).sort();
  // What is unknown beside it is told on the same line, and by JSON apart.
  const certain = (rows: readonly (readonly [string, string, string])[]) =>
    rows
      .filter(([, , ports]) => !ports.startsWith('unknown: '))
      .map(([from, to, ports]) => `${from} => ${to} : ${ports.split('; unknown: ')[0]}`)
      .sort();
  expect(lines.length).toBeGreaterThan(2);
  const rowsOf = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, from, to, ports]) => [from!, to!, ports!] as const);
  expect(certain(rowsOf(in_('txt'), /^(.+?) => (.+?) : (.+)$/gm))).toEqual(lines);
  expect(certain(rowsOf(in_('csv'), /^"(?!From)(.+?)","(.+?)","(.+)"\r$/gm))).toEqual(lines);
  expect(certain(rowsOf(in_('md'), /^\| `(.+?)` \| `(.+?)` \| (.+) \|$/gm))).toEqual(lines);
  expect(certain(rowsOf(in_('dot'), /^ {2}"(.+?)" -> "(.+?)" \[label="(.+)"\]$/gm))).toEqual(lines);
});

test('who is not there is no empty answer', () => {
  const { status, stdout, stderr } = connections('--focus', 'nobody', import.meta.dirname);
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toContain('--focus: there is no workload nobody');
  expect(connections('--port', '70000', import.meta.dirname).stderr).toContain('"70000" is no port');
});
