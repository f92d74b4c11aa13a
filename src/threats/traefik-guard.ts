import type { Cluster } from '../kubernetes/cluster.ts';
import { ASKING_MIDDLEWARES } from '../kubernetes/edge-authentication.ts';
import { asObject, asString, type JsonObject, objectsIn } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { type Guard, guarded, OPEN } from './guard.ts';

/** Middlewares of Traefik, named as `namespace-name@kubernetescrd` in an annotation or by the routes themselves. */
export function middlewares(entry: KubernetesObject, cluster: Cluster): Guard {
  const own = entry.namespace ?? 'default';
  const stated = entry.annotations['traefik.ingress.kubernetes.io/router.middlewares'] ?? '';
  const ofAnnotation = stated
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const ofRoutes =
    entry.kind === 'IngressRoute'
      ? objectsIn(entry.spec['routes']).map((route) => objectsIn(route['middlewares']))
      : [];
  const asks = askingIn(cluster);
  // Each route of an IngressRoute has its own.
  const chains =
    ofRoutes.length > 0 ? ofRoutes.map((each) => each.map((one) => nameOf(one, own))) : [ofAnnotation];
  const answers = chains.map((names) => names.map((name) => [name, asks(name)] as const));
  const first = answers.flat()[0];
  if (first === undefined) return OPEN;
  if (answers.every((each) => each.some(([, is]) => is === true))) {
    return guarded(answers.flat().find(([, is]) => is === true)![0]);
  }
  const unseen = answers.flat().find(([, is]) => is === undefined);
  return unseen === undefined ? OPEN : { kind: 'unknown', by: unseen[0] };
}

function nameOf(reference: JsonObject, namespace: string): string {
  return `${asString(reference['namespace']) ?? namespace}-${asString(reference['name'])}@kubernetescrd`;
}

/** Whether a Middleware asks who is there, by its name; undefined where that is not known. */
function askingIn(cluster: Cluster): (name: string) => boolean | undefined {
  const known = cluster.memo(
    'middlewares of Traefik',
    () =>
      new Map(
        cluster
          .ofKind('Middleware')
          .map((object) => [`${object.namespace ?? 'default'}-${object.name}@kubernetescrd`, object]),
      ),
  );
  const answers = new Map<string, boolean | undefined>();
  const asks = (name: string): boolean | undefined => {
    if (!answers.has(name)) {
      // Of a chain that leads back to itself, which Traefik refuses, nothing is known.
      answers.set(name, undefined);
      const middleware = known.get(name);
      answers.set(name, middleware && asksItself(middleware, asks));
    }
    return answers.get(name);
  };
  return asks;
}

function asksItself(
  { spec, namespace = 'default' }: KubernetesObject,
  asks: (name: string) => boolean | undefined,
): boolean | undefined {
  if (Object.keys(asObject(spec['plugin']) ?? {}).length > 0) return undefined;
  if (spec['chain'] === undefined) return ASKING_MIDDLEWARES.some((field) => spec[field] !== undefined);
  const links = objectsIn(asObject(spec['chain'])?.['middlewares']).map((link) =>
    asks(nameOf(link, namespace)),
  );
  return links.includes(true) ? true : links.includes(undefined) ? undefined : false;
}
