import type { Entry } from '../entry.ts';
import type { Investigation } from '../investigation.ts';
import { writingsOf } from '../object-history.ts';
import { isRead } from '../tests.ts';
import { type Link, link } from './link.ts';

/** k8s.io/apiserver pkg/admission/plugin/webhook/mutating: `{"configuration":"…","webhook":"…","mutated":true}`. */
const ANNOTATION = /^mutation\.webhook\.admission\.k8s\.io\/round_\d+_index_\d+$/;

/** Who set up the webhooks that altered what was asked for. */
export async function webhooks(investigation: Investigation, entry: Entry): Promise<Link[]> {
  if (entry.source !== 'audit' || isRead(entry.verb) || entry.outcome !== 'done') return [];
  const body = await investigation.body(entry);
  const links = new Map<string, Link>();
  for (const [key, value] of Object.entries(body?.annotations ?? {})) {
    const configuration = ANNOTATION.test(key) ? configurationOf(value) : undefined;
    if (configuration === undefined || links.has(configuration)) continue;
    const [last] = await writingsOf(
      investigation,
      entry.cluster,
      {
        group: 'admissionregistration.k8s.io',
        resources: ['mutatingwebhookconfigurations'],
        namespace: undefined,
        name: configuration,
        subresource: undefined,
      },
      entry.time,
    );
    if (last !== undefined)
      links.set(
        configuration,
        link('webhook-written', last, entry, 'proven', ['webhook-annotation', configuration]),
      );
  }
  return [...links.values()];
}

function configurationOf(text: string): string | undefined {
  try {
    const { configuration, mutated } = JSON.parse(text) as Record<string, unknown>;
    return mutated === true && typeof configuration === 'string' ? configuration : undefined;
  } catch {
    return undefined;
  }
}
