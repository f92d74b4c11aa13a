import type { Escalation, EscalationPath, Right, Step, Vertex } from '../../engines/authorization/index.ts';
import { asObject, asString } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Context } from '../context.ts';
import { type Argument, argumentsOf, type Place } from './argument.ts';
import type { AccessSource } from './source.ts';
import { argumentLines, placeText, subjectName } from './text.ts';

/** Where everything stands that is behind some paths; each file is read once. */
export class PathPlaces {
  readonly #rights: Right[] = [];
  readonly #found = new Map<Right, Argument>();

  add({ steps }: EscalationPath): void {
    for (const { because } of steps) this.addRights(because);
  }

  addRights(rights: readonly Right[]): void {
    this.#rights.push(...rights);
  }

  async find(source: AccessSource): Promise<void> {
    const held = this.#rights.map(({ grant, ruleIndex }) => ({
      grant,
      ruleIndex,
      rule: grant.rules[ruleIndex]!,
    }));
    const found = await argumentsOf(source, held);
    this.#rights.forEach((right, index) => {
      this.#found.set(right, found[index]!);
    });
  }

  of(rights: readonly Right[]): Argument[] {
    return [...new Set(rights)].map((right) => this.#found.get(right)!);
  }
}

export function holderLines({ words }: Context, holders: readonly Escalation[]): string[] {
  if (holders.length === 0) return [];
  const lines = holders.map(({ subject, adminGrants }) => {
    const bindings = adminGrants.map(({ binding }) => `${binding['kind']} ${nameOf(binding)}`);
    return `  ${subjectName(subject)}  ${[...new Set(bindings)].join(', ')}`.trimEnd();
  });
  return [words.escalation.holders, ...lines];
}

function nameOf(binding: Escalation['adminGrants'][number]['binding']): string {
  return asString(asObject(binding['metadata'])?.['name']) ?? '';
}

/** The paths of one subject, each behind an empty line. */
export function escalationLines(
  context: Context,
  { subject, paths }: Escalation,
  places: PathPlaces,
): string[] {
  const text = context.words.escalation;
  return paths.flatMap(({ target, steps, certainty }) => {
    const count = steps.filter(({ way }) => way !== 'member-of').length;
    const head = text.head({
      subject: subjectName(subject),
      target: text.target[target],
      steps: count,
      certainty: text.certainty[certainty],
    });
    return ['', head, ...steps.flatMap((step, index) => stepLines(context, step, index + 1, places))];
  });
}

function stepLines(context: Context, step: Step, number: number, places: PathPlaces): string[] {
  const text = context.words.escalation;
  const maybe = step.certainty === 'possible' ? text.maybe : '';
  const lines = [`  ${number}. ${maybe}${text.way[step.way]}`];
  lines.push(...step.commands.map((command) => `       ${command}`));
  lines.push(`     ${text.becomes({ to: vertexText(context, step.to) })}`);
  const because = places.of(step.because).flatMap((argument) => argumentLines(context, argument));
  lines.push(...new Set(because.map((line) => `   ${line}`)));
  if (step.seen !== undefined) {
    const { seen } = step;
    const object = `${seen.kind} ${seen.namespace === undefined ? seen.name : `${seen.namespace}/${seen.name}`}`;
    lines.push(`     ${text.shownBy({ object, place: placeText(context, placeOf(seen)) })}`);
  }
  return lines;
}

function placeOf({ origin }: KubernetesObject): Place {
  return origin.isApi ? { api: origin.file.path } : { file: origin.file.path, line: origin.line };
}

export function vertexText({ words }: Pick<Context, 'words'>, vertex: Vertex): string {
  const text = words.escalation;
  switch (vertex.kind) {
    case 'Target':
      return text.target[vertex.name];
    case 'Node':
      return text.vertex.node(vertex);
    case 'Kubelet':
      return text.vertex.kubelet(vertex);
    case 'Namespace':
      return text.vertex.namespace(vertex);
    case 'Role':
      return text.vertex.role({
        kind: vertex.isClusterRole ? 'ClusterRole' : 'Role',
        name: vertex.name,
        namespace: vertex.namespace ?? '',
      });
    case 'Hub':
      return '';
    default:
      return subjectName({ kind: vertex.kind, namespace: vertex.namespace, name: vertex.name });
  }
}

export function escalationJson(
  { subject, holdsClusterAdmin, isBuiltIn, paths }: Escalation,
  places: PathPlaces,
) {
  return {
    subject,
    holdsClusterAdmin,
    builtIn: isBuiltIn,
    paths: paths.map(({ target, certainty, steps }) => ({
      target,
      certainty,
      steps: steps.map((step) => ({
        way: step.way,
        certainty: step.certainty,
        from: vertexJson(step.from),
        to: vertexJson(step.to),
        ...(step.through === undefined ? {} : { through: step.through }),
        commands: step.commands,
        via: places.of(step.because),
        ...(step.seen === undefined ? {} : { shownBy: seenJson(step.seen) }),
      })),
    })),
  };
}

function seenJson(seen: KubernetesObject) {
  const { apiVersion, kind, namespace, name } = seen;
  return { apiVersion, kind, namespace, name, source: placeOf(seen) };
}

export function vertexJson(vertex: Vertex) {
  const kind = vertex.kind === 'Role' && vertex.isClusterRole ? 'ClusterRole' : vertex.kind;
  return { kind, namespace: vertex.namespace, name: vertex.name };
}
