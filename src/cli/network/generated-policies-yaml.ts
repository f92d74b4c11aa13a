import {
  type GeneratedPolicy,
  type GeneratedRule,
  type Generation,
  type Ground,
  type LeftOut,
  policyObject,
  type WorkloadGroup,
} from '../../engines/network/index.ts';
import { asArray, asObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { escapeText } from '../../reports/escape.ts';
import type { Context } from '../context.ts';
import type { Places } from '../places.ts';
import { VERSION } from '../version.ts';
import { scalar } from '../yaml-scalar.ts';
import { nameOf } from './ends.ts';
import type { ReadFlows } from './flow-files.ts';
import { policyName } from './problems.ts';

/** Reasons that are named for one peer, and things left out of one policy. */
const NAMED = 8;
const WORKLOADS = 20;

export interface Shown {
  readonly generation: Generation;
  readonly wholeNamespaces: boolean;
  readonly flows: ReadFlows | undefined;
  readonly places: Places;
}

/** Writes generated policies as a YAML stream for `kubectl apply -f -`, with what stands behind each peer as comments. */
export class PolicyWriter {
  readonly #words: Context['words']['networkGenerate'];
  readonly #shown: Shown;

  constructor({ words }: Pick<Context, 'words'>, shown: Shown) {
    this.#words = words.networkGenerate;
    this.#shown = shown;
  }

  *write(): Generator<string> {
    for (const line of this.#head()) yield comment(line, 0);
    let separator = '';
    for (const policy of this.#shown.generation.policies) {
      yield separator + this.#policy(policy);
      separator = '---\n';
    }
  }

  *#head(): Generator<string> {
    const { head } = this.#words;
    const { generation, wholeNamespaces, flows } = this.#shown;
    const { policies, replaced, outOfReach, scope } = generation;
    const groups = [...scope].flatMap((unit) => unit.groups);
    const namespaces = [...new Set(groups.map(({ namespace }) => namespace))].sort();
    const scopeText =
      groups.length === 0
        ? head.scope.nobody()
        : wholeNamespaces
          ? head.scope.namespaces({ names: namespaces.join(', ') })
          : head.scope.workloads({ names: listed(groups.map(nameOf).sort()) });
    yield head.made({
      version: VERSION,
      scope: scopeText,
      flows: generation.flows.length,
      policies: policies.length,
    });
    const names = replaced.map(
      (object) => `${policyName(object.raw)} (${this.#place(object.raw, 'metadata.name')})`,
    );
    yield names.length === 0 ? head.replacesNone() : head.replaces();
    for (const name of names.sort()) yield `- ${name}`;
    yield head.probes();
    if (outOfReach.length > 0) yield head.outOfReach({ workloads: listed(outOfReach.map(nameOf).sort()) });
    if (flows !== undefined) {
      const { log, files, unknown } = flows;
      const { lines, dropped } = log;
      const replies = log.replies + log.inferredReplies;
      yield head.log({ lines, files: listed(files), dropped, unknown, replies });
    }
    for (const namespace of namespaces) {
      const unused = policies
        .filter((policy) => policy.namespace === namespace && policy.unit !== undefined)
        .filter(({ ingress }) => ingress!.length === 0)
        .flatMap(({ unit }) => unit!.groups.map(nameOf));
      if (unused.length > 0) yield head.nobody({ namespace, workloads: listed(unused.sort()) });
    }
    const general = generation.leftOut.filter(({ group }) => group === undefined);
    yield* this.#leftOut(general);
  }

  *#leftOut(items: readonly LeftOut[]): Generator<string> {
    if (items.length === 0) return;
    yield this.#words.leftOutHeading();
    const lines = items.map((item) => `- ${this.leftOutText(item)}`).sort();
    yield* lines.slice(0, NAMED * 2);
    if (lines.length > NAMED * 2) yield this.#words.more({ count: lines.length - NAMED * 2 });
  }

  leftOutText({ reason, text, source, seen }: LeftOut): string {
    const where = source === undefined ? '' : ` (${this.#place(source.raw, source.path)})`;
    const told = this.#words.leftOut[reason]({ text, where });
    return seen === undefined ? told : `${told}; ${this.#seen(seen)}`;
  }

  #place(raw: JsonObject, path: string): string {
    return this.#shown.places.text(raw, path);
  }

  #seen({ count, first, last, files }: NonNullable<Ground['seen']>): string {
    return this.#words.seen({ count, first: timeText(first), last: timeText(last), files: listed(files) });
  }

  becauseText({ reason, text, source, remark, seen }: Ground): string {
    const place = source === undefined ? '' : this.#place(source.raw, source.path);
    const parts = [
      this.#words.because[reason]({ text, place }),
      ...(seen === undefined ? [] : [this.#seen(seen)]),
      ...(remark === undefined ? [] : [this.#words.remark[remark]]),
    ];
    return parts.join('; ');
  }

  #policy(policy: GeneratedPolicy): string {
    const object = policyObject(policy);
    const spec = asObject(object['spec'])!;
    const { policy: words } = this.#words;
    const unit = policy.unit?.groups.map(nameOf) ?? [];
    const title =
      policy.kind !== 'workload'
        ? words[policy.kind]()
        : unit.length > 1
          ? words.alike({ workloads: listed(unit) })
          : words.workload({ workloads: unit[0]! });
    let text = comment(title, 0);
    for (const line of this.#leftOut(policy.leftOut)) text += comment(line, 0);
    text += 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n';
    text += `  name: ${scalar(policy.name)}\n  namespace: ${scalar(policy.namespace)}\nspec:\n`;
    text += field('podSelector', spec['podSelector'], 2);
    text += `  policyTypes: [${(asArray(spec['policyTypes']) ?? []).join(', ')}]\n`;
    text += this.#rules('ingress', 'from', policy.ingress);
    return text + this.#rules('egress', 'to', policy.egress);
  }

  #rules(direction: string, end: string, rules: readonly GeneratedRule[] | undefined): string {
    if (rules === undefined || rules.length === 0) return '';
    return `  ${direction}:\n${rules.map((rule) => this.#rule(end, rule)).join('')}`;
  }

  #rule(end: string, { peers, ports }: GeneratedRule): string {
    const portLines = field('ports', [...ports], 6);
    if (peers[0]!.peer === undefined) {
      const why = comment(this.#words.everybody(), 4) + this.#reasons(peers[0]!.because, 4);
      return `${why}    - ${portLines.trimStart()}`;
    }
    let text = `    - ${end}:\n`;
    for (const { peer, because } of peers) text += this.#reasons(because, 8) + item(peer!, 8);
    return text + portLines;
  }

  #reasons(because: readonly Ground[], indent: number): string {
    // Several ports of one entry, or one setting in several pods, say the same.
    const all = [...new Set(because.map((each) => this.becauseText(each)))];
    const lines = all.slice(0, NAMED);
    if (all.length > NAMED) lines.push(this.#words.more({ count: all.length - NAMED }));
    return lines.map((line) => comment(line, indent)).join('');
  }
}

function listed(names: readonly string[]): string {
  if (names.length <= WORKLOADS) return names.join(', ');
  return `${names.slice(0, WORKLOADS).join(', ')}, … (+${names.length - WORKLOADS})`;
}

export function groupsText(groups: readonly WorkloadGroup[]): string {
  return listed(groups.map(nameOf).sort());
}

function timeText(time: number | undefined): string {
  return time === undefined ? '' : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** Names in objects and logs are anybody's text: none of them ends a comment. */
function comment(line: string, indent: number): string {
  return `${' '.repeat(indent)}# ${escapeText(line)}\n`;
}

function field(key: string, value: Json | undefined, indent: number): string {
  const start = `${' '.repeat(indent)}${scalar(key)}:`;
  if (Array.isArray(value)) {
    return value.every((each) => typeof each === 'string')
      ? `${start} [${value.map(scalar).join(', ')}]\n`
      : `${start}\n${value.map((each) => item(asObject(each)!, indent + 2)).join('')}`;
  }
  const object = asObject(value);
  if (object === undefined) return `${start} ${typeof value === 'string' ? scalar(value) : String(value)}\n`;
  const entries = Object.entries(object);
  if (entries.length === 0) return `${start} {}\n`;
  return `${start}\n${entries.map(([name, each]) => field(name, each, indent + 2)).join('')}`;
}

/** An object as an item of a list. */
function item(object: JsonObject, indent: number): string {
  const lines = Object.entries(object)
    .map(([name, each]) => field(name, each, indent + 2))
    .join('');
  return `${' '.repeat(indent)}- ${lines.trimStart()}`;
}
