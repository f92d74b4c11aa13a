import { expect, test } from 'vitest';
import { Exposure, Network, PROTOCOLS } from '../src/engines/network/index.ts';
import { readManifests } from '../src/evidence/manifests/index.ts';
import { hasTruth, readTruth, truthCases, truthPath } from './truth.ts';

const CONNECTIVITY = 'npguard-connectivity';

/** Its words for ports as ours: `SCTP 1-65535,TCP 80-80`. */
function portsOf(text: string): string {
  if (text === 'All Connections')
    return PROTOCOLS.map((protocol) => `${protocol} 1-65535`)
      .sort()
      .join();
  const ranges: string[] = [];
  let protocol = '';
  for (const part of text.split(',')) {
    const [, named, port = ''] = /^\s*(?:(TCP|UDP|SCTP) )?(\S+)\s*$/.exec(part) ?? [];
    protocol = named ?? protocol;
    const [from, to = from] = port.split('-');
    ranges.push(`${protocol} ${from}-${to}`);
  }
  return ranges.sort().join();
}

test.skipIf(!hasTruth(CONNECTIVITY))('what netpol-analyzer says the entire cluster reaches', async () => {
  const wrong: string[] = [];
  const rows = truthCases(CONNECTIVITY).filter(
    ({ kind, variant, multi_network }) => kind === 'exposure' && variant === '' && multi_network === '',
  );
  let exposed = 0;
  for (const row of rows) {
    const { objects } = await readManifests([truthPath(CONNECTIVITY, row['input']!)]);
    const network = new Network(objects, { isComplete: false });
    const exposure = new Exposure(network, { objects, isComplete: false, knowsNodes: false });
    const ours = network.groups.flatMap((group) => {
      const { ranges } = exposure.of(group).anyNamespace.allowed;
      const ports = ranges.map(({ protocol, from, to }) => `${protocol} ${from}-${to}`);
      return ports.length === 0
        ? []
        : [`${group.namespace}/${group.name}[${group.kind}] ${ports.sort().join()}`];
    });
    const text = readTruth(CONNECTIVITY, row['expected_txt']!).toString();
    const theirs = [...text.matchAll(/^(\S+)\s+<=\s+entire-cluster : (.+?)\s*$/gm)].map(
      ([, workload, ports]) => `${workload} ${portsOf(ports!)}`,
    );
    exposed += theirs.length;
    const lacks = theirs.filter((line) => !ours.includes(line));
    const adds = ours.filter((line) => !theirs.includes(line));
    if (lacks.length + adds.length > 0) wrong.push(`${row['case']}: lacks ${lacks} adds ${adds}`);
  }
  expect(rows.length).toBeGreaterThan(30);
  expect(exposed).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
});
