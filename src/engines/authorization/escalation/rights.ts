import { groupMatches, type PolicyRule, verbMatches } from '../../../kubernetes/policy-rules.ts';
import type { Grant, RoleRule } from '../rbac/grant.ts';
import type { Need, Power } from './power.ts';

/** What allows one of the requests that a power needs. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly grant: Grant;
  /** Counts in `grant.rules`. */
  readonly ruleIndex: number;
  /** Objects that the rule is limited to. */
  readonly names: readonly string[] | undefined;
}

/** A power as it is held: where, for which objects, and by which rights. */
export interface Held {
  /** Undefined: in the whole cluster. */
  readonly namespace: string | undefined;
  readonly names: readonly string[] | undefined;
  readonly because: readonly Right[];
}

/** A verb on a resource that some power needs. */
interface Atom {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly matches: (rule: PolicyRule) => boolean;
  /** The request is made before the object has a name, so that rules with resourceNames never allow it. */
  readonly isNameless: boolean;
}

/** A rule that allows something. */
interface Allowing {
  readonly ruleIndex: number;
  readonly names: readonly string[] | undefined;
}

/** What of some rules any power needs. */
interface Allowed<P extends Power> {
  readonly byAtom: ReadonlyMap<number, readonly Allowing[]>;
  readonly powers: ReadonlySet<CompiledPower<P>>;
}

/** The grants of one identity that any power needs. */
export interface Rights<P extends Power> {
  readonly grants: ReadonlyMap<Grant, Allowed<P>>;
}

interface CompiledNeed {
  readonly need: Need;
  readonly atoms: readonly number[];
}

export interface CompiledPower<P extends Power> {
  readonly power: P;
  /** Among all powers. */
  readonly place: number;
  readonly rows: readonly (readonly CompiledNeed[])[];
}

/** Looks rules through once for everything that a set of powers needs. */
export class RightsFinder<P extends Power> {
  readonly #atoms: Atom[] = [];
  readonly #ids = new Map<string, number>();
  /** Powers by the atoms of their needs. */
  readonly #users: Set<CompiledPower<P>>[] = [];
  readonly #ofRules = new WeakMap<readonly RoleRule[], Allowed<P>>();

  constructor(powers: readonly P[]) {
    const compiled = powers.map((power, place) => this.#compile(power, place));
    for (const power of compiled) {
      for (const { atoms } of power.rows.flat()) {
        for (const atom of atoms) {
          this.#users[atom] ??= new Set();
          this.#users[atom].add(power);
        }
      }
    }
  }

  /** Looked through once for all who hold the role. */
  #allowed(rules: readonly RoleRule[]): Allowed<P> {
    let found = this.#ofRules.get(rules);
    if (found === undefined) {
      found = this.#lookThrough(rules);
      this.#ofRules.set(rules, found);
    }
    return found;
  }

  #lookThrough(rules: readonly RoleRule[]): Allowed<P> {
    const byAtom = new Map<number, Allowing[]>();
    const powers = new Set<CompiledPower<P>>();
    rules.forEach((rule, ruleIndex) => {
      if (rule.resources.length === 0) return;
      const names = rule.resourceNames.length === 0 ? undefined : rule.resourceNames;
      this.#atoms.forEach((atom, index) => {
        if ((names !== undefined && atom.isNameless) || !atom.matches(rule)) return;
        const known = byAtom.get(index);
        if (known === undefined) byAtom.set(index, [{ ruleIndex, names }]);
        else known.push({ ruleIndex, names });
        for (const power of this.#users[index] ?? []) powers.add(power);
      });
    });
    return { byAtom, powers };
  }

  /** What of some rules any power needs. */
  allowedBy(rules: readonly RoleRule[]): Set<string> {
    const { byAtom } = this.#allowed(rules);
    const texts = [...byAtom].flatMap(([atom, by]) =>
      by.map(({ names }) => `${atom} ${names?.join(',') ?? ''}`),
    );
    return new Set(texts);
  }

  rightsOf(grants: readonly Grant[]): Rights<P> {
    const relevant = new Map<Grant, Allowed<P>>();
    for (const grant of grants) {
      const allowed = this.#allowed(grant.rules);
      if (allowed.powers.size > 0) relevant.set(grant, allowed);
    }
    return { grants: relevant };
  }

  /** The powers that may come of some rights, in their own order. */
  candidates({ grants }: Rights<P>): readonly CompiledPower<P>[] {
    const found = new Set<CompiledPower<P>>();
    for (const { powers } of grants.values()) for (const power of powers) found.add(power);
    return [...found].sort((a, b) => a.place - b.place);
  }

  /**
   * Where a power is held by rights of an identity's own, with the help of those that it has as a member of groups. What the groups
   * give alone is theirs.
   */
  held({ rows }: CompiledPower<P>, own: Rights<P>, ofGroups: readonly Rights<P>[]): Held[] {
    const [first = [], ...others] = rows;
    const isClusterWide = first.every(({ need }) => !need.namespaced);
    let found: Held[] = this.#row(first, [own, ...ofGroups]).map((row) => ({ ...row, because: [row.right] }));
    for (const needs of others) {
      if (found.length === 0) return found;
      const row = this.#row(needs, [own, ...ofGroups]);
      found = found.flatMap((held) =>
        isClusterWide ? row.slice(0, 1).map(({ right }) => and(held, undefined, right)) : inBoth(held, row),
      );
    }
    return found.filter(({ because }) => because.some(({ grant }) => own.grants.has(grant)));
  }

  /** Where one of some requests is allowed, without places that lie within wider ones. */
  #row(needs: readonly CompiledNeed[], all: readonly Rights<P>[]): Place[] {
    const places = new Map<string, Place>();
    for (const { grants } of all) {
      for (const [grant, { byAtom }] of grants) {
        for (const { need, atoms } of needs) {
          for (const atom of atoms) {
            for (const by of byAtom.get(atom) ?? []) {
              const place = placeOf(need, this.#atoms[atom]!, grant, by);
              if (place === undefined) continue;
              const key = `${place.namespace ?? ''} ${place.names?.join(',') ?? ''}`;
              if (!places.has(key)) places.set(key, place);
            }
          }
        }
      }
    }
    const wide = places.get(' ');
    if (wide !== undefined) return [wide];
    return [...places.values()].filter(
      ({ namespace, names }) => names === undefined || !places.has(`${namespace ?? ''} `),
    );
  }

  #compile(power: P, place: number): CompiledPower<P> {
    return {
      power,
      place,
      rows: power.needs.map((row) =>
        row.map((need) => ({
          need,
          atoms: need.verbs.flatMap((verb) =>
            need.resources.map((resource) => this.#atom(verb, need.group, resource)),
          ),
        })),
      ),
    };
  }

  #atom(verb: string, group: string, resource: string): number {
    const key = `${verb} ${group} ${resource}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#atoms.length;
      this.#ids.set(key, id);
      this.#atoms.push({
        verb,
        group,
        resource,
        matches: matcher(verb, group, resource),
        isNameless: (verb === 'create' && !resource.includes('/')) || verb === 'deletecollection',
      });
    }
    return id;
  }
}

function matcher(verb: string, group: string, resource: string): (rule: PolicyRule) => boolean {
  const verbPrefix = verb.endsWith(':*') ? verb.slice(0, -1) : undefined;
  const resourcePrefix = resource.endsWith('/*') ? resource.slice(0, -1) : undefined;
  const [plain = '', subresource] = resource.split('/');
  const wildcard = subresource === undefined ? undefined : `*/${subresource}`;
  return (rule) => {
    const { resources } = rule;
    const resourceIs =
      resource === '*' ||
      resources.includes('*') ||
      resources.includes(resource) ||
      (wildcard !== undefined && resources.includes(wildcard)) ||
      (resourcePrefix !== undefined &&
        resources.some((each) => each.startsWith(resourcePrefix) || (plain !== '' && each.startsWith('*/'))));
    if (!resourceIs || (group !== '*' && !groupMatches(rule, group))) return false;
    return verbPrefix === undefined
      ? verbMatches(rule, verb)
      : rule.verbs.some((each) => each === '*' || each.startsWith(verbPrefix));
  };
}

interface Place {
  readonly namespace: string | undefined;
  readonly names: readonly string[] | undefined;
  readonly right: Right;
}

function placeOf(need: Need, { verb, group, resource }: Atom, grant: Grant, by: Allowing): Place | undefined {
  const at = grant.namespace;
  if (!need.namespaced && at !== undefined) return undefined;
  if (need.namespace !== undefined && at !== undefined && at !== need.namespace) return undefined;
  const { names, ruleIndex } = by;
  if (need.names !== undefined && names !== undefined && !names.some((name) => need.names?.includes(name))) {
    return undefined;
  }
  return {
    namespace: need.namespace ?? at,
    names: need.names === undefined ? names : undefined,
    right: { verb, group, resource, grant, ruleIndex, names },
  };
}

function inBoth(held: Held, row: readonly Place[]): Held[] {
  return row.flatMap(({ namespace, right }) => {
    if (held.namespace === undefined) return [and(held, namespace, right)];
    return namespace === undefined || namespace === held.namespace ? [and(held, held.namespace, right)] : [];
  });
}

function and(held: Held, namespace: string | undefined, right: Right): Held {
  return { namespace, names: held.names, because: [...held.because, right] };
}
