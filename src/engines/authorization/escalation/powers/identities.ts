import { inCluster, inNamespace, type Need, type Power } from '../power.ts';
import { ACCOUNT_POD } from './pods.ts';
import { NONE, patch, pathIn, read } from './requests.ts';

const IMPERSONATION = 'k8s.io/apiserver pkg/endpoints/filters/impersonation';
const KEP_5284 = 'KEP-5284, constrained impersonation';
const PRACTICES = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/';
const AUTHENTICATION = 'authentication.k8s.io';

const users = inCluster('', ['users'], ['impersonate']);
const userInfo = inCluster(AUTHENTICATION, ['users'], ['impersonate:user-info']);
const onAnything = (mode: string): Need[] => [inNamespace('*', ['*'], [`impersonate-on:${mode}:*`])];

/** Becoming another user, group, service account or kubelet. */
export const IDENTITY_POWERS = [
  {
    id: 'impersonate-account',
    needs: [[inNamespace('', ['serviceaccounts'], ['impersonate'])]],
    gives: 'any-accounts',
    certainty: 'proven',
    commands: { account: ['kubectl --as=system:serviceaccount:$NAMESPACE:$ACCOUNT auth whoami'] },
    source: IMPERSONATION,
  },
  {
    id: 'impersonate-user',
    needs: [[users]],
    gives: 'users',
    certainty: 'proven',
    commands: { user: ["kubectl --as='$USER' auth whoami"] },
    source: IMPERSONATION,
  },
  {
    id: 'impersonate-group',
    // A group is impersonated together with a user, never alone.
    needs: [
      [inCluster('', ['groups'], ['impersonate'])],
      [users, inNamespace('', ['serviceaccounts'], ['impersonate'])],
    ],
    gives: 'groups',
    certainty: 'proven',
    commands: {
      group: ["kubectl --as=<user> --as-group='$GROUP' auth whoami"],
      target: ['kubectl --as=<user> --as-group=system:masters auth can-i "*" "*"'],
    },
    source: IMPERSONATION,
  },
  {
    id: 'impersonate-account-constrained',
    needs: [
      [inNamespace(AUTHENTICATION, ['serviceaccounts'], ['impersonate:serviceaccount'])],
      onAnything('serviceaccount'),
    ],
    gives: 'any-accounts',
    // Only for the requests that impersonate-on names.
    certainty: 'possible',
    commands: { account: ['kubectl --as=system:serviceaccount:$NAMESPACE:$ACCOUNT auth whoami'] },
    source: KEP_5284,
  },
  {
    id: 'impersonate-user-constrained',
    needs: [[userInfo], onAnything('user-info')],
    gives: 'users',
    certainty: 'possible',
    commands: { user: ["kubectl --as='$USER' auth whoami"] },
    source: KEP_5284,
  },
  {
    id: 'impersonate-group-constrained',
    needs: [
      [inCluster(AUTHENTICATION, ['groups'], ['impersonate:user-info'])],
      [userInfo],
      onAnything('user-info'),
    ],
    gives: 'groups',
    certainty: 'possible',
    commands: {
      group: ["kubectl --as=<user> --as-group='$GROUP' auth whoami"],
      target: ['kubectl --as=<user> --as-group=system:masters auth can-i "*" "*"'],
    },
    source: KEP_5284,
  },
  {
    id: 'impersonate-node-constrained',
    needs: [
      [inCluster(AUTHENTICATION, ['nodes'], ['impersonate:arbitrary-node', 'impersonate:associated-node'])],
      [
        inNamespace('*', ['*'], ['impersonate-on:arbitrary-node:*']),
        inNamespace('*', ['*'], ['impersonate-on:associated-node:*']),
      ],
    ],
    gives: 'kubelets',
    certainty: 'possible',
    commands: { kubelet: ['kubectl --as=system:node:$NODE auth whoami'] },
    source: KEP_5284,
  },
  {
    id: 'impersonate-attributes',
    needs: [
      [
        inCluster(AUTHENTICATION, ['uids', 'userextras/*'], ['impersonate']),
        inCluster(AUTHENTICATION, ['uids', 'userextras/*'], ['impersonate:user-info']),
      ],
    ],
    // RBAC looks at neither; webhooks, admission policies and NodeRestriction-like rules do.
    gives: { effect: 'identity-attributes' },
    certainty: 'possible',
    commands: { target: ['kubectl --as=<user> --as-uid=<uid> auth whoami'] },
    source: IMPERSONATION,
  },
  {
    id: 'token-request',
    needs: [[inNamespace('', ['serviceaccounts/token'], ['create'])]],
    gives: 'accounts',
    certainty: 'proven',
    commands: { account: ['kubectl -n $NAMESPACE create token $ACCOUNT'] },
    source: `${PRACTICES}#token-request`,
  },
  {
    id: 'missing-account',
    needs: [
      [inNamespace('', ['serviceaccounts'], ['create'])],
      [inNamespace('', ['serviceaccounts/token'], ['create']), inNamespace('', ['pods'], ['create'])],
    ],
    gives: 'missing-accounts',
    certainty: 'proven',
    commands: {
      account: ([, use]) => [
        'kubectl -n $NAMESPACE create serviceaccount $ACCOUNT',
        use?.resource === 'pods' ? ACCOUNT_POD : 'kubectl -n $NAMESPACE create token $ACCOUNT',
      ],
    },
    source: `${PRACTICES}#token-request`,
  },
  {
    id: 'token-secret',
    needs: [
      [inNamespace('', ['secrets'], ['create'])],
      [inNamespace('', ['secrets'], ['get', 'list', 'watch', 'patch'])],
    ],
    gives: 'token-secrets',
    certainty: 'proven',
    commands: {
      account: ([, reading]) => [
        'kubectl -n $NAMESPACE create -f - <<< \'{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{"name":"probe","annotations":{"kubernetes.io/service-account.name":"$ACCOUNT"}}}\'',
        read(reading!, {
          get: "kubectl -n $NAMESPACE get secret probe -o jsonpath='{.data.token}' | base64 -d",
          list: "kubectl -n $NAMESPACE get secrets --field-selector metadata.name=probe -o jsonpath='{.items[0].data.token}' | base64 -d",
          path: pathIn('', 'secrets', 'probe'),
        }),
      ],
    },
    source: 'k8s.io/kubernetes pkg/controller/serviceaccount/tokens_controller.go',
  },
  {
    id: 'list-secrets',
    needs: [[inNamespace('', ['secrets'], ['list', 'watch'])]],
    gives: 'secrets',
    certainty: 'proven',
    commands: {
      account: ([{ verb } = NONE]) => [
        verb === 'watch'
          ? "kubectl get --raw '/api/v1/namespaces/$NAMESPACE/secrets?watch=true'"
          : 'kubectl -n $NAMESPACE get secrets --field-selector type=kubernetes.io/service-account-token -o yaml',
      ],
      target: ([{ verb } = NONE]) => [
        verb === 'watch'
          ? "kubectl get --raw '/api/v1/secrets?watch=true'"
          : 'kubectl get secrets -A -o yaml',
      ],
    },
    source: `${PRACTICES}#listing-secrets`,
  },
  {
    id: 'get-secrets',
    // A PATCH that changes nothing answers with the whole object; a PUT only with what it was given.
    needs: [[inNamespace('', ['secrets'], ['get', 'patch'])]],
    gives: 'named-secrets',
    certainty: 'proven',
    commands: {
      account: ([{ verb } = NONE]) => [
        verb === 'patch'
          ? patch(pathIn('', 'secrets', '$NAME'), 'merge', '{}')
          : 'kubectl -n $NAMESPACE get secret $NAME -o yaml',
      ],
      target: ([{ verb } = NONE]) => [
        verb === 'patch'
          ? patch('/api/v1/namespaces/<namespace>/secrets/<name>', 'merge', '{}')
          : 'kubectl -n <namespace> get secret <name> -o yaml',
      ],
    },
    source: `${PRACTICES}#listing-secrets`,
  },
  {
    id: 'bootstrap-token',
    needs: [[inNamespace('', ['secrets'], ['create'], { namespace: 'kube-system' })]],
    gives: 'bootstrap-groups',
    // Only where the API server takes bootstrap tokens.
    certainty: 'possible',
    commands: {
      group: [
        'kubectl -n kube-system create secret generic bootstrap-token-<id> --type=bootstrap.kubernetes.io/token --from-literal=token-id=<id> --from-literal=token-secret=<secret> --from-literal=usage-bootstrap-authentication=true',
      ],
    },
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/',
  },
  {
    id: 'account-annotations',
    needs: [
      [inNamespace('', ['serviceaccounts'], ['update', 'patch'])],
      [
        inNamespace('', ['pods', 'serviceaccounts/token'], ['create']),
        inNamespace('', ['pods/exec'], ['create']),
      ],
    ],
    // IRSA, GKE and Entra workload identity read the cloud role from an annotation; whether it trusts this account is the cloud's to say.
    gives: { effect: 'cloud-identity' },
    certainty: 'possible',
    commands: {
      target: ['kubectl -n $NAMESPACE annotate serviceaccount <account> eks.amazonaws.com/role-arn=<arn>'],
    },
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html',
  },
] as const satisfies readonly Power[];
