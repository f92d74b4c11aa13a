import type { RequestOptions } from '../../testbed/api.ts';

/** A right, as the API server's authorizer is asked for it; `name` empty: of all objects. */
export interface Right {
  readonly verb: string;
  /** Group, resource, and subresource where there is one: `apps/deployments/scale`, `/pods`; a path as `path:/metrics`. */
  readonly what: string;
  readonly namespace: string;
  readonly name: string;
}

/** A request, with the rights that it takes as the documentation of Kubernetes has them. */
export interface Step {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly options?: RequestOptions;
  /** The status of the answer, for whoever may ask. */
  readonly status: number;
  readonly rights: readonly Right[];
}

const MERGE = { contentType: 'application/merge-patch+json' };
const APPLY = { contentType: 'application/apply-patch+yaml' };

/** What one program does: every sort of request that authorization tells apart. */
export function program(own: string, other: string): Step[] {
  const core = `/api/v1/namespaces/${own}`;
  const right = (verb: string, what: string, name = '', namespace = own): Right => ({
    verb,
    what,
    namespace,
    name,
  });
  const step = (
    method: string,
    path: string,
    status: number,
    rights: Right[],
    body?: unknown,
    options?: RequestOptions,
  ): Step => ({
    method,
    path,
    status,
    rights,
    ...(body === undefined ? {} : { body }),
    ...(options === undefined ? {} : { options }),
  });
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'applied' }, stringData: { a: 'b' } };
  return [
    step('GET', `${core}/configmaps/settings`, 200, [right('get', '/configmaps', 'settings')]),
    step('GET', `${core}/configmaps/absent`, 404, [right('get', '/configmaps', 'absent')]),
    step('GET', `${core}/configmaps?fieldSelector=metadata.name%3Dsettings`, 200, [
      right('list', '/configmaps', 'settings'),
    ]),
    step('GET', `${core}/secrets?limit=1`, 200, [right('list', '/secrets')]),
    step('GET', `${core}/pods?watch=1&timeoutSeconds=1`, 200, [right('watch', '/pods')]),
    step('POST', `${core}/configmaps`, 201, [right('create', '/configmaps')], { metadata: { name: 'made' } }),
    step('PUT', `${core}/configmaps/made`, 200, [right('update', '/configmaps', 'made')], {
      metadata: { name: 'made' },
      data: { a: 'b' },
    }),
    step(
      'PATCH',
      `${core}/configmaps/settings`,
      200,
      [right('patch', '/configmaps', 'settings')],
      { data: { a: 'c' } },
      MERGE,
    ),
    step('DELETE', `${core}/configmaps/made`, 200, [right('delete', '/configmaps', 'made')]),
    // An apply that finds nothing creates: by name, which a creation by POST cannot be limited to.
    step(
      'PATCH',
      `${core}/secrets/applied?fieldManager=program`,
      201,
      [right('patch', '/secrets', 'applied'), right('create', '/secrets', 'applied')],
      secret,
      APPLY,
    ),
    step('DELETE', `${core}/limitranges`, 200, [right('deletecollection', '/limitranges')]),
    step('POST', `${core}/pods?dryRun=All`, 201, [right('create', '/pods')], {
      metadata: { generateName: 'web-' },
      spec: { containers: [{ name: 'c', image: 'example.test/i' }] },
    }),
    // Names that a ReplicaSet makes up: any name is what the program needs.
    step('GET', `${core}/pods/web-7d9f8b6c5d-x2k4p`, 404, [right('get', '/pods')]),
    step('GET', `${core}/pods/web-7d9f8b6c5d-9z7wq/log`, 404, [right('get', '/pods/log')]),
    step('GET', `${core}/pods/toolbox/exec?command=ls`, 404, [
      right('get', '/pods/exec', 'toolbox'),
      right('create', '/pods/exec', 'toolbox'),
    ]),
    step('POST', `${core}/pods/toolbox/eviction`, 404, [right('create', '/pods/eviction', 'toolbox')], {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'toolbox' },
    }),
    step('GET', `/apis/apps/v1/namespaces/${own}/deployments/web/scale`, 404, [
      right('get', 'apps/deployments/scale', 'web'),
    ]),
    step(
      'POST',
      `${core}/serviceaccounts/worker/token`,
      201,
      [right('create', '/serviceaccounts/token', 'worker')],
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {},
      },
    ),
    step('GET', '/api/v1/nodes?limit=1', 200, [right('list', '/nodes', '', '')]),
    step('GET', `/api/v1/namespaces/${own}`, 200, [right('get', '/namespaces', own)]),
    step('GET', '/metrics', 200, [right('get', 'path:/metrics', '', '')]),
    step('GET', '/version', 200, []),
    step('GET', `/api/v1/namespaces/${other}/configmaps/settings`, 200, [
      right('get', '/configmaps', 'settings', other),
    ]),
    // Refused by admission, not by the authorizer: the quota allows none.
    step('POST', `${core}/services`, 403, [right('create', '/services')], {
      metadata: { name: 'a' },
      spec: { ports: [{ port: 80 }] },
    }),
    step(
      'GET',
      `${core}/endpoints?limit=1`,
      200,
      [
        right('impersonate:user-info', 'authentication.k8s.io/users', 'bob', ''),
        right('impersonate:user-info', 'authentication.k8s.io/groups', 'dev', ''),
        right('impersonate-on:user-info:list', '/endpoints'),
      ],
      undefined,
      { headers: { 'impersonate-user': 'bob', 'impersonate-group': 'dev' } },
    ),
  ];
}
