import type { Entry } from './entry.ts';
import { byTime } from './entry.ts';
import type { Investigation } from './investigation.ts';
import { causes } from './links/causes.ts';
import { certificates } from './links/certificates.ts';
import { grants } from './links/grants.ts';
import type { Link, LinkFinder } from './links/link.ts';
import { nodes, pods } from './links/pods.ts';
import { tokens } from './links/tokens.ts';
import { webhooks } from './links/webhooks.ts';

export const CAUSES: readonly LinkFinder[] = [causes];
export const ALL: readonly LinkFinder[] = [causes, grants, tokens, pods, nodes, certificates, webhooks];

export interface Chain {
  /** By time, the oldest first; the entries that were asked about are among them. */
  readonly steps: readonly Entry[];
  readonly links: readonly Link[];
  /** True where there is more than was looked at. */
  readonly cut: boolean;
}

export interface ChainOptions {
  readonly finders?: readonly LinkFinder[];
  /** How many links one behind the other are followed. */
  readonly depth?: number;
  /** How many entries are looked at. */
  readonly breadth?: number;
}

/** What led to some entries, backwards in time. */
export async function chainTo(
  investigation: Investigation,
  ends: readonly Entry[],
  { finders = ALL, depth = 6, breadth = 40 }: ChainOptions = {},
): Promise<Chain> {
  const steps = new Map(ends.map((entry) => [entry.id, entry]));
  const links: Link[] = [];
  let layer = [...ends];
  let looked = 0;
  for (let level = 0; level < depth && layer.length > 0; level++) {
    const next: Entry[] = [];
    for (const entry of layer) {
      if (looked++ >= breadth) return { steps: sorted(steps), links, cut: true };
      const found = await Promise.all(finders.map((find) => find(investigation, entry)));
      for (const link of found.flat()) {
        links.push(link);
        if (steps.has(link.from.id)) continue;
        steps.set(link.from.id, link.from);
        next.push(link.from);
      }
    }
    layer = next;
  }
  return { steps: sorted(steps), links, cut: layer.length > 0 };
}

function sorted(steps: ReadonlyMap<string, Entry>): Entry[] {
  return [...steps.values()].sort(byTime);
}
