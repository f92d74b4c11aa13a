import { type End, formatBlocks, type PortSet, type WorkloadGroup } from '../../engines/network/index.ts';
import type { Context } from '../context.ts';
import { rangesText } from './ranges-text.ts';

export function nameOf({ namespace, kind, name }: WorkloadGroup): string {
  return `${namespace}/${name}[${kind}]`;
}

/** As people read an end; a set of addresses may be several blocks, and is as many ends. */
export function endTexts(end: End<WorkloadGroup>): string[] {
  if ('group' in end) return [nameOf(end.group)];
  return 'entity' in end ? [`{${end.entity}}`] : formatBlocks(end.addresses);
}

export function endJson(end: End<WorkloadGroup>): object[] {
  if ('group' in end) {
    const { namespace, kind, name } = end.group;
    return [{ namespace, kind, name }];
  }
  return 'entity' in end
    ? [{ entity: end.entity }]
    : formatBlocks(end.addresses).map((ipBlock) => ({ ipBlock }));
}

/** `TCP 80,443,8000-8100; UDP 53`. */
export function portsText({ words }: Pick<Context, 'words'>, ports: PortSet): string {
  const { ranges } = ports;
  if (ranges.length === 0) return words.network.noPort;
  if (ranges.length === 3 && ranges.every(({ from, to }) => from === 1 && to === 65_535)) {
    return words.network.allPorts;
  }
  return rangesText(ranges);
}
