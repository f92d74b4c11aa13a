import { asArray, asObject, asString, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { compileLabelSelector, type LabelMatcher } from '../../../kubernetes/selectors.ts';
import { type Address, parseBlock } from '../addresses.ts';
import { type Boundaries, difference, intersection, isSame } from '../intervals.ts';
import { PROTOCOLS, type Protocol } from '../ports.ts';
import type { OpaquePolicy, PodSelector, PolicyProblem } from './policy.ts';

/** Reads the parts that policies of all kinds have, and notes what the API server refuses in them. */
export class PolicyReader {
  readonly object: JsonObject;
  readonly problems: PolicyProblem[] = [];
  /** What in the object is not evaluated. */
  readonly opaque: OpaquePolicy[] = [];

  constructor(object: JsonObject) {
    this.object = object;
  }

  refuse(kind: PolicyProblem['kind'], path: string, value: string): void {
    this.problems.push({ object: this.object, kind, path, value, isReadAsMeant: false });
  }

  /** The same, where the policy is read on. */
  readAsMeant(kind: PolicyProblem['kind'], path: string): void {
    this.problems.push({ object: this.object, kind, path, value: '', isReadAsMeant: true });
  }

  /** Leaves the pods that are meant undecided, where a policy or a part of it is not understood. */
  leaveOpen(
    scope: Pick<OpaquePolicy, 'namespace' | 'selects' | 'subject' | 'directions' | 'isOfHosts'>,
  ): void {
    const { object } = this;
    const name = asString(asObject(object['metadata'])?.['name']) ?? '';
    this.opaque.push({ object, kind: asString(object['kind']) ?? '', name, isOfMesh: false, ...scope });
  }

  /** A metav1.LabelSelector; absent is everything, as the selectors of policies are where they are not pointers. */
  selector(value: Json | undefined, path: string): LabelMatcher {
    const compiled = compileLabelSelector(asObject(value) ?? {});
    if (!('refused' in compiled)) return compiled.matches;
    this.refuse('invalid-selector', path, compiled.refused);
    return () => false;
  }

  pods(
    namespaces: { readonly name: string } | { readonly selector: Json | undefined; readonly path: string },
    pods: Json | undefined,
    path: string,
  ): PodSelector {
    const isNamed = 'name' in namespaces;
    return {
      namespaces: isNamed ? namespaces.name : this.selector(namespaces.selector, namespaces.path),
      pods: this.selector(pods, path),
      labels: Object.entries(asObject(asObject(pods)?.['matchLabels']) ?? {}).map(
        ([key, value]) => `${key}=${value}`,
      ),
      key: JSON.stringify([isNamed ? namespaces.name : [namespaces.selector ?? {}], pods ?? {}]),
    };
  }

  block(value: Json | undefined, path: string): Boundaries<Address> {
    const text = asString(value) ?? '';
    const block = parseBlock(text);
    if (block === undefined) this.refuse('invalid-block', path, text);
    return block ?? [];
  }

  /** An `ipBlock` with its exceptions, which have to lie inside of it. */
  blockWithExceptions(ipBlock: JsonObject, path: string): Boundaries<Address> {
    const block = this.block(ipBlock['cidr'], `${path}.cidr`);
    return (asArray(ipBlock['except']) ?? []).reduce<Boundaries<Address>>((rest, value, index) => {
      const at = `${path}.except[${index}]`;
      const exception = this.block(value, at);
      const isInside = isSame(intersection(block, exception), exception) && !isSame(block, exception);
      if (exception.length > 0 && block.length > 0 && !isInside) {
        this.refuse('invalid-exception', at, asString(value) ?? '');
      }
      return difference(rest, exception);
    }, block);
  }

  protocol(value: Json | undefined, path: string): Protocol | undefined {
    if (value === undefined || value === null || value === '') return 'TCP';
    const known = PROTOCOLS.find((protocol) => protocol === value);
    if (known === undefined) this.refuse('invalid-protocol', path, String(value));
    return known;
  }

  portNumber(value: Json | undefined, path: string): number | undefined {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
    this.refuse('invalid-port', path, JSON.stringify(value) ?? '');
    return undefined;
  }
}
