import type { HeldRule, RoleRule, Subject } from '../../engines/authorization/index.ts';
import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { type Field, Places } from '../places.ts';
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
  const at = await placesOf(
    source,
    held.flatMap(({ grant, rule }) => [
      { raw: grant.binding, path: `subjects[${grant.subjectIndex}]` },
      { raw: grant.role, path: '' },
      { raw: rule.from?.role ?? grant.role, path: '' },
      { raw: rule.from?.role ?? grant.role, path: rule.path },
    ]),
  );
  return held.map(({ grant, rule }): Argument => {
    const { subject, subjectIndex, binding, role, namespace } = grant;
    const statedBy = rule.from?.role ?? role;
    return {
      subject,
      binding: reference(binding, namespace, at(binding, `subjects[${subjectIndex}]`)),
      role: reference(role, namespace, at(role, '')),
      rule: {
        path: rule.path,
        ...(statedBy === role ? {} : { statedBy: reference(statedBy, undefined, at(statedBy, '')) }),
        ...limits(rule),
        source: at(statedBy, rule.path),
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
  const at = await placesOf(
    source,
    fields.map(({ object, path }) => ({ raw: object, path })),
  );
  return fields.map(({ object, path }) => reference(object, undefined, at(object, path)));
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

/** Where fields stand, each file read once for all of them. */
async function placesOf(
  { objectOf }: AccessSource,
  fields: readonly Field[],
): Promise<(raw: JsonObject, path: string) => Place> {
  const places = new Places(objectOf);
  await places.know(fields);
  return (raw, path) => {
    if (objectOf(raw) === undefined) return { builtIn: true };
    const { file, line } = places.at(raw, path);
    return line === undefined ? { api: file } : { file, line };
  };
}
