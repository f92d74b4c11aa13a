import {
  asArray,
  asObject,
  asObjects,
  asString,
  type Json,
  type JsonObject,
} from '../../../kubernetes/json.ts';
import type { CiliumObjects } from './cilium-objects.ts';
import { CiliumPeers, hasRequirements, namesNodes } from './cilium-peers.ts';
import { readCiliumPorts } from './cilium-ports.ts';
import { CiliumSelector } from './cilium-selector.ts';
import { type Direction, NAMESPACES, type Policy, type Rule } from './policy.ts';
import type { PolicyReader } from './reader.ts';

const SECTIONS = { ingress: ['ingress', 'ingressDeny'], egress: ['egress', 'egressDeny'] } as const;
const DIRECTIONS = ['ingress', 'egress'] as const;
/** Fields of a rule of the API (pkg/policy/api/rule.go); what others say is not known. */
const KNOWN = new Set([
  'endpointSelector',
  'nodeSelector',
  'ingress',
  'ingressDeny',
  'egress',
  'egressDeny',
  'labels',
  'enableDefaultDeny',
  'description',
  'log',
]);
const COMMON = ['Endpoints', 'Requires', 'CIDR', 'CIDRSet', 'Entities', 'Groups', 'Nodes'];
const KNOWN_OF_RULE: Record<Direction, readonly string[]> = {
  ingress: [...COMMON.map((kind) => `from${kind}`), 'toPorts', 'icmps'],
  egress: [...COMMON.map((kind) => `to${kind}`), 'toServices', 'toPorts', 'icmps'],
};
const KNOWN_OF_ALLOW: Record<Direction, readonly string[]> = {
  ingress: ['authentication'],
  egress: ['authentication', 'toFQDNs'],
};
const MODES = ['disabled', 'required', 'test-always-fail'];

/**
 * `cilium.io` CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy, as Cilium reads them where its options are as they come
 * (pkg/policy/api, pkg/k8s/apis/cilium.io and pkg/policy of github.com/cilium/cilium v1.18): one policy for each of `spec` and `specs`.
 */
export function readCiliumPolicies(reader: PolicyReader, objects: CiliumObjects): readonly Policy[] {
  const { object } = reader;
  const { spec, specs } = object;
  const written: (readonly [string, Json])[] = [];
  if (spec !== undefined && spec !== null) written.push(['spec', spec]);
  (asArray(specs) ?? []).forEach((each, index) => {
    written.push([`specs[${index}]`, each]);
  });
  if (written.length === 0 && asArray(specs) === undefined) reader.refuse('missing-subject', 'spec', '');
  return written.flatMap(([path, each]) =>
    new Reading(reader, objects, asObject(each) ?? {}, path).policies(),
  );
}

/** Reads one rule of the API. */
class Reading {
  readonly #reader: PolicyReader;
  readonly #spec: JsonObject;
  readonly #path: string;
  readonly #kind: string;
  readonly #namespace: string | undefined;
  readonly #peers: CiliumPeers;

  constructor(reader: PolicyReader, objects: CiliumObjects, spec: JsonObject, path: string) {
    this.#reader = reader;
    this.#spec = spec;
    this.#path = path;
    this.#kind = asString(reader.object['kind']) ?? '';
    const namespace = asString(asObject(reader.object['metadata'])?.['namespace']) || 'default';
    this.#namespace = this.#kind === 'CiliumClusterwideNetworkPolicy' ? undefined : namespace;
    this.#peers = new CiliumPeers(reader, this.#namespace, objects);
  }

  policies(): readonly Policy[] {
    const subject = this.#subject();
    const rules = { ingress: this.#rules('ingress'), egress: this.#rules('egress') };
    if (rules.ingress === undefined && rules.egress === undefined) {
      this.#reader.refuse('missing-rules', this.#path, '');
    }
    if (subject === undefined) return [];
    const left = this.#leftOpen();
    const leaveOpen = (which: 'possible' | 'uncertain', directions: readonly Direction[]) =>
      this.#reader.leaveOpen({
        namespace: this.#namespace,
        subject: subject.pods(which),
        directions,
        isOfHosts: false,
      });
    if (left.length > 0) leaveOpen('possible', left);
    if (subject.isDoubtful)
      leaveOpen(
        'uncertain',
        DIRECTIONS.filter((each) => rules[each] !== undefined),
      );
    for (const direction of left) rules[direction] = undefined;
    if (rules.ingress === undefined && rules.egress === undefined) return [];
    const open = DIRECTIONS.filter((direction) => this.#defaultDeny(direction) === false);
    return [
      {
        object: this.#reader.object,
        kind: this.#kind,
        plugin: 'cilium',
        namespace: this.#namespace,
        name: asString(asObject(this.#reader.object['metadata'])?.['name']) ?? '',
        stage: NAMESPACES,
        priority: 0,
        subject: subject.pods('certain'),
        subjectPath: `${this.#path}.endpointSelector`,
        ...rules,
        ...(open.length > 0 ? { open } : {}),
      },
    ];
  }

  /** The directions in which something is not understood that makes more uncertain than its own rule. */
  #leftOpen(): readonly Direction[] {
    if (Object.keys(this.#spec).some((field) => !KNOWN.has(field))) return DIRECTIONS;
    const rules = (direction: Direction) =>
      SECTIONS[direction].flatMap((section) => asObjects(this.#spec[section]));
    const mayBeRefused = DIRECTIONS.some((direction) => rules(direction).some(namesNodes));
    return DIRECTIONS.filter(
      (direction) => rules(direction).some(hasRequirements) || (mayBeRefused && rules(direction).length > 0),
    );
  }

  /** Undefined for a policy of nodes, and where there is none. */
  #subject(): CiliumSelector | undefined {
    const { endpointSelector, nodeSelector } = this.#spec;
    const [pods, nodes] = [asObject(endpointSelector), asObject(nodeSelector)];
    if ((pods === undefined) === (nodes === undefined)) {
      this.#reader.refuse('missing-subject', `${this.#path}.endpointSelector`, '');
    }
    if (nodes !== undefined) {
      const path = `${this.#path}.nodeSelector`;
      CiliumSelector.read(this.#reader, nodes, path);
      if (this.#namespace !== undefined)
        this.#reader.refuse('invalid-selector', path, 'rule cannot have NodeSelector');
      this.#reader.leaveOpen({ namespace: undefined, isOfHosts: true });
    }
    if (pods === undefined) return undefined;
    return CiliumSelector.read(this.#reader, pods, `${this.#path}.endpointSelector`).asSubject(
      this.#namespace,
    );
  }

  #defaultDeny(direction: Direction): boolean | undefined {
    const value = asObject(this.#spec['enableDefaultDeny'])?.[direction];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** Undefined where there is no rule for the direction: an empty list is as good as none. */
  #rules(direction: Direction): readonly Rule[] | undefined {
    const [allow, deny] = SECTIONS[direction];
    const allowed = asObjects(this.#spec[allow]);
    const denied = asObjects(this.#spec[deny]);
    if (allowed.length + denied.length === 0) return undefined;
    return [
      ...denied.flatMap((rule, index) =>
        this.#rule(rule, direction, true, `${this.#path}.${deny}[${index}]`),
      ),
      ...allowed.flatMap((rule, index) =>
        this.#rule(rule, direction, false, `${this.#path}.${allow}[${index}]`),
      ),
    ];
  }

  #rule(rule: JsonObject, direction: Direction, isDeny: boolean, path: string): readonly Rule[] {
    const reader = this.#reader;
    // It isolates, and says nothing besides.
    if (Object.keys(rule).length === 0) return [];
    const isOfHosts = asObject(this.#spec['nodeSelector']) !== undefined;
    const ports = readCiliumPorts(reader, rule, direction, { isDeny, isOfHosts }, path);
    const hasPorts = asObjects(rule['toPorts']).length + asObjects(rule['icmps']).length > 0;
    const peers = this.#peers.read(rule, direction, hasPorts, path);
    const action = isDeny ? 'deny' : 'allow';
    const known = [...KNOWN_OF_RULE[direction], ...(isDeny ? [] : KNOWN_OF_ALLOW[direction])];
    if (Object.keys(rule).some((field) => !known.includes(field))) {
      // It may say more of the peers or of the ports, and less.
      const ranges = hasPorts ? ports : [{ ports: 'all' as const, path }];
      return ranges.map((each): Rule => {
        return { action, name: undefined, peers: [{ kind: 'unknown', path }], ports: each.ports, path };
      });
    }
    const demandsProof = !isDeny && this.#demandsAuthentication(rule, path);
    return ports.flatMap(({ ports: own, isConditional, path: at }): Rule[] => {
      const one: Rule = { action, name: undefined, peers, ports: own, path: at };
      if (!isConditional && !demandsProof) return [one];
      const unsure: Rule = { ...one, isConditional: true };
      // What two rules allow has to be proven where one of them demands it (mergePortProto in pkg/policy/rule.go).
      return demandsProof ? [unsure, { ...unsure, action: 'deny' }] : [unsure];
    });
  }

  #demandsAuthentication(rule: JsonObject, path: string): boolean {
    const authentication = asObject(rule['authentication']);
    if (authentication === undefined) return false;
    const mode = asString(authentication['mode']) ?? '';
    if (!MODES.includes(mode)) this.#reader.refuse('invalid-peer', `${path}.authentication.mode`, mode);
    return mode !== 'disabled';
  }
}
