import { type Conflict, conflictsOf, inMissingNamespaces } from '../../engines/network/index.ts';
import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { CLUSTER_POLICY_KINDS } from '../../kubernetes/network-policies.ts';
import { type Context, say } from '../context.ts';
import type { Place } from '../places.ts';
import { sayUnread } from '../unread.ts';
import type { NetworkSource } from './source.ts';

/** Of many policies with the same trouble, so many are named. */
const NAMED = 20;

/** What becomes of a policy that cannot do what it was written for. */
type Effect = 'left-out' | 'read-as-meant' | 'not-evaluated' | 'no-pods' | 'undefined-order';

interface Problem {
  readonly problem: string;
  readonly effect: Effect;
  readonly object: JsonObject;
  readonly policy: string;
  readonly path: string;
  readonly value: string;
  readonly other?: { readonly object: JsonObject; readonly policy: string; readonly path: string };
}

function problemsOf({ network, evidence }: NetworkSource): Problem[] {
  return [
    ...network.problems.map(
      ({ kind, object, path, value, isReadAsMeant }): Problem => ({
        problem: kind,
        effect: isReadAsMeant ? 'read-as-meant' : 'left-out',
        object,
        policy: policyName(object),
        path,
        value,
      }),
    ),
    ...network.opaque.map(
      ({ object, kind, namespace, name }): Problem => ({
        problem: 'not-evaluated',
        effect: 'not-evaluated',
        object,
        policy: `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`,
        path: '',
        value: '',
      }),
    ),
    ...conflictsOf(network.model).map(
      ({ policy, rule, other, otherRule }: Conflict): Problem => ({
        problem: 'same-priority',
        effect: 'undefined-order',
        object: policy.object,
        policy: policyName(policy.object),
        path: rule.path,
        value: String(policy.priority),
        other: { object: other.object, policy: policyName(other.object), path: otherRule.path },
      }),
    ),
    ...inMissingNamespaces(network, evidence.objects).map(
      ({ object, namespace = '' }): Problem => ({
        problem: 'missing-namespace',
        effect: 'no-pods',
        object,
        policy: policyName(object),
        path: 'metadata.namespace',
        value: namespace,
      }),
    ),
  ];
}

async function know({ places }: NetworkSource, problems: readonly Problem[]): Promise<void> {
  await places.know(
    problems.flatMap(({ object, path, other }) => [
      { raw: object, path },
      ...(other === undefined ? [] : [{ raw: other.object, path: other.path }]),
    ]),
  );
}

/** All of them as JSON has them. */
export async function problemsJson(source: NetworkSource): Promise<object[]> {
  const problems = problemsOf(source);
  await know(source, problems);
  const place = (object: JsonObject, path: string): Place => source.places.at(object, path);
  return problems.map(({ object, other, ...stated }) => ({
    ...stated,
    source: place(object, stated.path),
    ...(other === undefined
      ? {}
      : { other: { policy: other.policy, path: other.path, source: place(other.object, other.path) } }),
  }));
}

/** Names what was left out, is not evaluated or not defined; true where nothing was left out and everything is evaluated. */
export async function tellProblems(context: Context, source: NetworkSource): Promise<boolean> {
  const { words } = context;
  const { unread } = source.evidence;
  const problems = problemsOf(source);
  const isOf = (...effects: readonly Effect[]) => problems.filter(({ effect }) => effects.includes(effect));
  const refused = isOf('left-out', 'read-as-meant');
  const [opaque, unordered, strays] = [isOf('not-evaluated'), isOf('undefined-order'), isOf('no-pods')];
  const named = [refused, opaque, unordered, strays].flatMap((each) => each.slice(0, NAMED));
  await know(source, named);
  for (const each of named) say(context, textOf(context, source, each));
  if (named.length < problems.length || problems.length > 1) {
    const count = (of: readonly Problem[]) => new Set(of.map(({ object }) => object)).size;
    const counts = {
      refused: count(isOf('left-out')),
      readAsMeant: count(isOf('read-as-meant')),
      opaque: opaque.length,
      unordered: unordered.length,
      strays: strays.length,
    };
    say(context, words.network.problemCounts(counts));
  }
  sayUnread(context, unread);
  return refused.length === 0 && opaque.length === 0 && unread.length === 0;
}

function textOf({ words }: Context, { places }: NetworkSource, problem: Problem): string {
  const { effect, object, policy, path, value, other } = problem;
  const { network } = words;
  const place = places.text(object, path);
  switch (effect) {
    case 'left-out':
      // What is wrong with a selector is told in the words of Kubernetes.
      return problem.problem === 'invalid-selector'
        ? network.refused({ policy, path: `${path}: ${value}`, value: '', place })
        : network.refused({ policy, path, value, place });
    case 'read-as-meant':
      return network.readAsMeant({ policy, path, place });
    case 'not-evaluated':
      return network.opaque({ policy: place === '' ? policy : `${policy} (${place})` });
    case 'no-pods':
      return network.missingNamespace({ policy, place, namespace: value });
    case 'undefined-order':
      return network.samePriority({
        rule: `${policy} ${path}`,
        place,
        other: `${other!.policy} ${other!.path}`,
        otherPlace: places.text(other!.object, other!.path),
        priority: value,
      });
  }
}

const CLUSTER_WIDE: ReadonlySet<string> = new Set(CLUSTER_POLICY_KINDS);

export function policyName(object: JsonObject): string {
  const metadata = asObject(object['metadata']);
  const kind = asString(object['kind']) ?? '';
  const namespace = CLUSTER_WIDE.has(kind) ? undefined : asString(metadata?.['namespace']) || 'default';
  const name = asString(metadata?.['name']) ?? '';
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
