import type { JsonObject } from '../../src/kubernetes/json.ts';

export interface PolicyCase {
  readonly name: string;
  /** The label `only` of the objects that the policy is bound to. */
  readonly only: string;
  readonly validations: readonly {
    expression: string;
    message?: string;
    messageExpression?: string;
    reason?: string;
  }[];
  readonly spec?: JsonObject;
  readonly binding?: JsonObject;
}

const EVERYTHING = [
  { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['*'] },
];

/** The policy and its binding, for objects of one namespace and one label. */
export function policyObjects(
  { name, only, validations, spec = {}, binding = {} }: PolicyCase,
  namespace: string,
): [JsonObject, JsonObject] {
  const fullName = `${namespace}-${name}`;
  const { matchConstraints, ...others } = spec;
  const policy: JsonObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: fullName },
    spec: {
      matchConstraints: { resourceRules: EVERYTHING, ...(matchConstraints as JsonObject) },
      validations: validations.map((validation) => ({ ...validation })),
      ...others,
    },
  };
  const { matchResources, ...rest } = binding;
  const bound: JsonObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `${fullName}-bound` },
    spec: {
      policyName: fullName,
      validationActions: ['Deny'],
      matchResources: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        objectSelector: { matchLabels: { only } },
        ...(matchResources as JsonObject),
      },
      ...rest,
    },
  };
  return [policy, bound];
}

const pods = (...resources: string[]) => [
  { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources },
];
const PARAMS = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };

/** Policies as people write them, and the corners of matching. */
export const POLICIES: readonly PolicyCase[] = [
  {
    name: 'replicas',
    only: 'replicas',
    validations: [
      {
        expression: 'object.spec.replicas <= 3',
        messageExpression: "'at most 3 replicas, not ' + string(object.spec.replicas)",
      },
    ],
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['deployments'] },
        ],
      },
    },
  },
  {
    name: 'privileged',
    only: 'privileged',
    validations: [
      {
        expression: '!variables.containers.exists(c, c.?securityContext.?privileged.orValue(false))',
        message: 'privileged containers are not allowed',
        reason: 'Forbidden',
      },
    ],
    spec: {
      matchConstraints: { resourceRules: pods('pods') },
      variables: [
        {
          name: 'containers',
          expression: 'object.spec.containers + object.spec.?initContainers.orValue([])',
        },
      ],
    },
  },
  {
    name: 'host',
    only: 'host',
    validations: [
      {
        expression: '!has(object.spec.hostNetwork) || object.spec.hostNetwork == false',
        message: 'hostNetwork',
      },
      { expression: '!has(object.spec.hostPID)', message: 'hostPID is there' },
    ],
    spec: { matchConditions: [{ name: 'pods-only', expression: "request.kind.kind == 'Pod'" }] },
  },
  {
    name: 'labels',
    only: 'labels',
    validations: [
      {
        expression:
          "has(object.metadata.labels) && 'team' in object.metadata.labels && object.metadata.labels.team.matches('^[a-z]+$')",
      },
    ],
  },
  {
    name: 'errors',
    only: 'errors',
    validations: [{ expression: 'object.spec.template.spec.hostNetwork == true', message: 'm' }],
  },
  {
    name: 'ignored-errors',
    only: 'ignored',
    validations: [{ expression: "object.data['x'] == 'y'", message: 'm' }],
    spec: { failurePolicy: 'Ignore' },
  },
  {
    name: 'images',
    only: 'images',
    validations: [
      {
        expression:
          'variables.spec.containers.all(c, c.image.startsWith(params.data.registry) || !c.image.contains("/"))',
        messageExpression: "'images must come from ' + params.data.registry",
      },
    ],
    spec: {
      ...PARAMS,
      matchConditions: [{ name: 'has-pods', expression: "object.kind in ['Pod', 'Deployment']" }],
      variables: [
        { name: 'spec', expression: "object.kind == 'Pod' ? object.spec : object.spec.template.spec" },
      ],
    },
    binding: { paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'selected-params',
    only: 'selected',
    validations: [
      { expression: 'object.spec.?replicas.orValue(1) <= int(params.data.maxReplicas)', message: 'too many' },
    ],
    spec: PARAMS,
    binding: { paramRef: { selector: { matchLabels: { is: 'limits' } }, parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'missing-params',
    only: 'missing',
    validations: [{ expression: 'false' }],
    spec: PARAMS,
    binding: { paramRef: { name: 'nothing', parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'optional-params',
    only: 'optional',
    validations: [{ expression: 'false' }],
    spec: PARAMS,
    binding: { paramRef: { name: 'nothing', parameterNotFoundAction: 'Allow' } },
  },
  {
    name: 'null-params',
    only: 'nullparams',
    validations: [{ expression: 'params != null', message: 'no params' }],
    spec: PARAMS,
  },
  {
    name: 'quantities',
    only: 'quantities',
    validations: [
      {
        expression:
          "object.spec.containers.all(c, has(c.resources.limits) && quantity(c.resources.limits['memory']).isLessThan(quantity('1Gi')))",
        message: 'less than 1Gi of memory',
      },
    ],
    spec: { matchConstraints: { resourceRules: pods('pods', 'pods/ephemeralcontainers') } },
  },
  {
    name: 'excluded',
    only: 'excluded',
    validations: [{ expression: 'false', message: 'not a ConfigMap' }],
    spec: {
      matchConstraints: {
        excludeResourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] },
        ],
      },
    },
  },
  {
    name: 'named',
    only: 'named',
    validations: [{ expression: 'false', message: 'by name' }],
    spec: { matchConstraints: { resourceRules: [{ ...EVERYTHING[0]!, resourceNames: ['web', 'plain'] }] } },
  },
  {
    name: 'scoped',
    only: 'scoped',
    validations: [
      {
        expression: 'namespaceObject.metadata.labels.env != "prod"',
        messageExpression: "'not in ' + namespaceObject.metadata.name.substring(0, 4)",
      },
    ],
    spec: { matchConstraints: { resourceRules: [{ ...EVERYTHING[0]!, scope: 'Namespaced' }] } },
  },
  {
    name: 'cluster-scoped',
    only: 'clusterscoped',
    validations: [{ expression: 'false' }],
    spec: { matchConstraints: { resourceRules: [{ ...EVERYTHING[0]!, scope: 'Cluster' }] } },
  },
  {
    name: 'conditions',
    only: 'conditions',
    validations: [{ expression: 'false', message: '  spaces around  ' }],
    spec: {
      matchConditions: [
        { name: 'a', expression: 'has(object.metadata.annotations)' },
        { name: 'b', expression: "object.metadata.annotations['x'] == 'y'" },
      ],
    },
  },
  {
    name: 'condition-errors',
    only: 'conditionerrors',
    validations: [{ expression: 'true' }],
    spec: {
      matchConditions: [
        { name: 'a', expression: 'object.spec.nothing == 1' },
        { name: 'b', expression: "object.data.nothing == 'x'" },
      ],
    },
  },
  {
    name: 'namespace-condition',
    only: 'nscondition',
    validations: [{ expression: 'false', message: 'x' }],
    spec: { matchConditions: [{ name: 'a', expression: 'namespaceObject == null' }] },
  },
  {
    name: 'annotations',
    only: 'annotations',
    validations: [{ expression: 'true' }],
    spec: {
      auditAnnotations: [{ key: 'note', valueExpression: "'replicas: ' + string(object.spec.replicas)" }],
    },
  },
  {
    name: 'warned',
    only: 'warned',
    validations: [{ expression: 'false' }],
    binding: { validationActions: ['Warn', 'Audit'] },
  },
  {
    name: 'lazy',
    only: 'lazy',
    validations: [
      { expression: "object.kind == 'ConfigMap' || variables.broken == 1", message: 'm' },
      { expression: 'variables.fine' },
    ],
    spec: {
      variables: [
        { name: 'broken', expression: 'object.spec.nothing.deeper' },
        { name: 'fine', expression: 'has(object.metadata.name)' },
      ],
    },
  },
  {
    name: 'multiline',
    only: 'multiline',
    validations: [{ expression: 'false', messageExpression: "'two\\nlines'", message: 'one line' }],
  },
  {
    name: 'expensive',
    only: 'expensive',
    validations: [{ expression: 'lists.range(2000).all(a, lists.range(2000).all(b, a + b >= 0))' }],
  },
  {
    name: 'many',
    only: 'many',
    validations: [
      {
        expression: "object.spec.?template.?spec.?containers.orValue([]).map(c, c.name).join(',').size() < 6",
        messageExpression: "'names: ' + object.spec.template.spec.containers.map(c, c.name).join(', ')",
      },
    ],
  },
  {
    name: 'volumes',
    only: 'volumes',
    validations: [
      {
        expression:
          "object.kind != 'Pod' || object.spec.volumes.all(v, !has(v.hostPath) && !has(v.projected))",
        message: 'volumes',
      },
    ],
  },
  {
    name: 'tolerations',
    only: 'tolerations',
    validations: [
      {
        expression: "object.kind != 'Pod' || object.spec.tolerations.size() == 2",
        messageExpression: 'string(object.spec.tolerations.size())',
      },
    ],
  },
  {
    name: 'exact',
    only: 'exact',
    validations: [{ expression: 'false', message: 'exactly' }],
    spec: {
      matchConstraints: {
        matchPolicy: 'Exact',
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1beta1'], operations: ['*'], resources: ['deployments'] },
        ],
      },
    },
  },
  { name: 'user', only: 'user', validations: [{ expression: "request.userInfo.username == 'nobody'" }] },
  {
    name: 'asks',
    only: 'asks',
    validations: [{ expression: "authorizer.group('').resource('pods').check('create').allowed()" }],
  },
  { name: 'dry', only: 'dry', validations: [{ expression: '!request.dryRun', message: 'dry' }] },
  {
    name: 'created',
    only: 'created',
    validations: [{ expression: 'has(object.metadata.uid)', message: 'no uid' }],
  },
  {
    name: 'defaults',
    only: 'defaults',
    validations: [
      {
        expression:
          "object.kind != 'Service' || (object.spec.type == 'ClusterIP' && object.spec.sessionAffinity == 'None' && object.spec.ports.all(p, p.protocol == 'TCP'))",
        message: 'defaults',
      },
    ],
  },
  {
    name: 'empty',
    only: 'empty',
    validations: [
      {
        expression:
          "object.kind != 'Pod' || object.spec.containers.all(c, c.resources == {} && !has(c.command))",
        message: 'resources',
      },
    ],
  },
];

const container = (fields: JsonObject = {}): JsonObject => ({ name: 'main', image: 'nginx:1.25', ...fields });
const pod = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'plain', ...metadata },
  spec: { containers: [container()], ...spec },
});
const deployment = (replicas: number | undefined, spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', annotations: { x: 'y' } },
  spec: {
    ...(replicas === undefined ? {} : { replicas }),
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container()], ...spec } },
  },
});

/** Objects that the API server takes if no policy objects. */
export const SAMPLES: readonly JsonObject[] = [
  pod({}),
  pod(
    { hostNetwork: true, containers: [container({ ports: [{ containerPort: 80, hostPort: 80 }] })] },
    { labels: { team: 'red' } },
  ),
  pod({ containers: [container({ securityContext: { privileged: true, runAsUser: 0 } })], hostPID: true }),
  pod({
    initContainers: [
      container({ name: 'init', image: 'registry.example/tools:1', securityContext: { privileged: false } }),
    ],
    containers: [
      container({ resources: { limits: { cpu: '1000m', memory: '512Mi' }, requests: { cpu: 0.5 } } }),
    ],
    automountServiceAccountToken: false,
    volumes: [
      { name: 'v', hostPath: { path: '/' } },
      { name: 'e', emptyDir: {} },
    ],
    tolerations: [{ operator: 'Exists' }],
  }),
  pod(
    {
      containers: [
        container({
          image: 'other.example/a/b:2',
          resources: { limits: { memory: '2Gi' } },
          env: [
            { name: 'A', value: '' },
            { name: 'B', value: 'b' },
          ],
        }),
      ],
      terminationGracePeriodSeconds: 0,
    },
    { labels: { team: 'Blue' }, annotations: { x: 'y' } },
  ),
  deployment(undefined),
  deployment(5),
  deployment(0, {
    hostNetwork: true,
    containers: [container(), container({ name: 'side', image: 'registry.example/side' })],
  }),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'plain', labels: { team: 'green' } },
    data: { x: 'y', 'a.b': '' },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'other' },
    binaryData: { k: 'AAEC' },
    immutable: false,
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'nodes' },
    spec: {
      type: 'NodePort',
      ports: [
        { port: 443, name: 'https' },
        { port: 80, name: 'http', protocol: 'TCP' },
      ],
    },
  },
];
