import type { Because, Explanation } from '../../engines/network/index.ts';
import type { Context } from '../context.ts';
import type { Field, Places } from '../places.ts';
import { podName } from './packets.ts';
import { policyName } from './problems.ts';

/** Whose places are told. */
export function rulesIn(because: readonly Because[]): Field[] {
  return because.flatMap((each) =>
    'rule' in each ? [{ raw: each.policy.object, path: each.rule.path }] : [],
  );
}

export function becauseText({ words }: Context, places: Places, because: Because): string {
  const said = words.network.because;
  switch (because.effect) {
    case 'no-rule':
    case 'host-network':
      return said[because.effect]({
        policies: because.policies.map(({ object }) => policyName(object)).join(', '),
      });
    case 'not-isolated':
    case 'own-node':
    case 'maybe-own-node':
      return said[because.effect]();
    case 'not-evaluated':
      return said['not-evaluated']({
        policies: because.opaque.map(({ kind, name }) => `${kind} ${name}`).join(', '),
      });
    default: {
      const { policy, rule, effect } = because;
      const place = places.text(policy.object, rule.path);
      return said[effect]({ rule: `${policyName(policy.object)} ${rule.path}`, place });
    }
  }
}

export function explanationJson(places: Places, { allowed, because }: Explanation) {
  return { allowed, because: becauseJson(places, because) };
}

export function becauseJson(places: Places, because: readonly Because[]): object[] {
  const entries: object[] = [];
  for (const each of because) {
    const { direction, effect, pod } = each;
    const head = { direction, pod: podName(pod), effect };
    switch (each.effect) {
      case 'no-rule':
      case 'host-network':
        entries.push({ ...head, policies: each.policies.map(({ object }) => policyName(object)) });
        break;
      case 'not-isolated':
      case 'own-node':
      case 'maybe-own-node':
        entries.push(head);
        break;
      case 'not-evaluated':
        entries.push({ ...head, policies: each.opaque.map(({ kind, name }) => `${kind} ${name}`) });
        break;
      default: {
        const { object } = each.policy;
        const place = places.text(object, each.rule.path);
        entries.push({ ...head, policy: policyName(object), rule: each.rule.path, source: place });
      }
    }
  }
  return entries;
}
