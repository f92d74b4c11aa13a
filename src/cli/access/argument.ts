import type { HeldRule, RoleRule, Subject } from '../../engines/authorization/index.ts';
import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { places } from '../sources.ts';
import type { AccessSource } from './source.ts';

/** Where something stands: in a file, in an API, or in the API server itself. */
export type Place =
  | { readonly file: string; readonly line: number }
  | { readonly api: string }
  | { readonly builtIn: true };

export interface Reference {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly source: Place;
}

/** Why something is allowed: a binding gives a subject a role, of which a rule allows it. */
export interface Argument {
  readonly subject: Subject;
  readonly binding: Reference;
  readonly role: Reference;
  readonly rule: {
    readonly path: string;
    /** Of an aggregated role: the role that states the rule. */
    readonly statedBy?: Reference;
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames: readonly string[];
    readonly nonResourceURLs: readonly string[];
    readonly source: Place;
  };
}

/** The arguments that held rules are, in the same order. Files are read once more for the lines. */
export async function argumentsOf(source: AccessSource, held: readonly HeldRule[]): Promise<Argument[]> {
  const finder = new PlaceFinder(source.objectOf);
  const asked = held.map(({ grant, rule }) => ({
    binding: finder.ask(grant.binding, `subjects[${grant.subjectIndex}]`),
    role: finder.ask(grant.role, ''),
    statedBy: finder.ask(rule.from?.role ?? grant.role, ''),
    rule: finder.ask(rule.from?.role ?? grant.role, rule.path),
  }));
  const found = await finder.find();
  return held.map(({ grant, rule }, i): Argument => {
    const { subject, binding, role, namespace } = grant;
    const at = asked[i]!;
    return {
      subject,
      binding: reference(binding, namespace, found[at.binding]!),
      role: reference(role, namespace, found[at.role]!),
      rule: {
        path: rule.path,
        ...(rule.from === undefined || rule.from.role === role
          ? {}
          : { statedBy: reference(rule.from.role, undefined, found[at.statedBy]!) }),
        ...limits(rule),
        source: found[at.rule]!,
      },
    };
  });
}

function limits({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: RoleRule) {
  return { verbs, apiGroups, resources, resourceNames, nonResourceURLs };
}

/** References to objects with the places of fields in them. */
export async function referencesTo(
  source: AccessSource,
  fields: readonly { readonly object: JsonObject; readonly path: string }[],
): Promise<Reference[]> {
  const finder = new PlaceFinder(source.objectOf);
  for (const { object, path } of fields) finder.ask(object, path);
  const found = await finder.find();
  return fields.map(({ object }, i) => reference(object, undefined, found[i]!));
}

function reference(object: JsonObject, namespace: string | undefined, source: Place): Reference {
  const metadata = asObject(object['metadata']);
  const kind = asString(object['kind']) ?? '';
  const own = asString(metadata?.['namespace']) || namespace;
  return {
    kind,
    namespace: kind === 'Role' || kind === 'RoleBinding' ? (own ?? 'default') : undefined,
    name: asString(metadata?.['name']) ?? '',
    source,
  };
}

/** Collects what is to be located, so that each file is read once. */
class PlaceFinder {
  readonly #objectOf: AccessSource['objectOf'];
  readonly #asked: { readonly object: KubernetesObject | undefined; readonly path: string }[] = [];

  constructor(objectOf: AccessSource['objectOf']) {
    this.#objectOf = objectOf;
  }

  /** The index of the answer. */
  ask(raw: JsonObject, path: string): number {
    return this.#asked.push({ object: this.#objectOf(raw), path }) - 1;
  }

  async find(): Promise<Place[]> {
    const inSource = this.#asked.flatMap(({ object, path }) =>
      object === undefined ? [] : [{ origin: object.origin, path }],
    );
    const ranges = (await places.locate(inSource))[Symbol.iterator]();
    return this.#asked.map(({ object }): Place => {
      if (object === undefined) return { builtIn: true };
      const range = ranges.next().value;
      const { origin } = object;
      if (origin.isApi) return { api: origin.file.path };
      return { file: origin.file.path, line: range?.line ?? origin.line };
    });
  }
}
