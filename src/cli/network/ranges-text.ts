import type { PortRange } from '../../engines/network/index.ts';

export type Shown = PortRange;

/** `TCP 80,443,8000-8100; UDP 53`. */
export function rangesText(ranges: readonly Shown[]): string {
  const byProtocol = new Map<string, string[]>();
  for (const { protocol, from, to } of ranges) {
    const text = from === to ? `${from}` : `${from}-${to}`;
    byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), text]);
  }
  return [...byProtocol].map(([protocol, numbers]) => `${protocol} ${numbers.join()}`).join('; ');
}
