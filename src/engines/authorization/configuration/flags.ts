import { parseGoDuration } from '../../../kubernetes/go-duration.ts';
import { MatchConditions } from '../match-conditions.ts';
import { nameOfMode } from './document.ts';
import {
  AUTHORIZER_TYPES,
  type AuthorizerType,
  type ConfigurationProblem,
  type ConfigurationReading,
  type ConfiguredAuthorizer,
} from './types.ts';

/** Flags of kube-apiserver that name what a configuration file would name. */
const REPLACED = [
  'authorization-mode',
  'authorization-webhook-config-file',
  'authorization-webhook-version',
  'authorization-webhook-cache-authorized-ttl',
  'authorization-webhook-cache-unauthorized-ttl',
];

/**
 * The authorizers that flags of kube-apiserver ask for; a missing --authorization-mode means AlwaysAllow. `values` gives every value
 * of a flag in order. Undefined where --authorization-config names a file, which says it instead.
 * Source: k8s.io/kubernetes pkg/kubeapiserver/options/authorization.go.
 */
export function authorizersOfFlags(
  values: (flag: string) => readonly string[],
): ConfigurationReading | undefined {
  const last = (flag: string) => values(flag).at(-1) ?? '';
  const problem = (message: string): ConfigurationProblem => ({ path: '', message });
  if (last('authorization-config') !== '') {
    if (REPLACED.every((flag) => values(flag).length === 0)) return undefined;
    const message =
      '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* flags are defined';
    return { authorizers: [], problems: [problem(message)] };
  }
  const stated = values('authorization-mode')
    .flatMap((value) => value.split(','))
    .filter((mode) => mode !== '');
  const modes = stated.length === 0 ? ['AlwaysAllow'] : stated;
  const policyFile = last('authorization-policy-file');
  const webhookFile = last('authorization-webhook-config-file');
  const problems: ConfigurationProblem[] = [];
  for (const mode of modes) {
    if (!isAuthorizerType(mode)) problems.push(problem(`authorization-mode "${mode}" is not a valid mode`));
    if (mode === 'ABAC' && policyFile === '')
      problems.push(problem("authorization-mode ABAC's authorization policy file not passed"));
    if (mode === 'Webhook' && webhookFile === '')
      problems.push(problem("authorization-mode Webhook's authorization config file not passed"));
  }
  if (policyFile !== '' && !modes.includes('ABAC'))
    problems.push(problem('cannot specify --authorization-policy-file without mode ABAC'));
  if (webhookFile !== '' && !modes.includes('Webhook'))
    problems.push(problem('cannot specify --authorization-webhook-config-file without mode Webhook'));
  if (new Set(modes).size !== modes.length) {
    const shown = modes.map((mode) => JSON.stringify(mode)).join(' ');
    problems.push(problem(`authorization-mode [${shown}] has mode specified more than once`));
  }
  const authorizers = modes.filter(isAuthorizerType).map((type) => authorizerOf(type, last));
  return { authorizers, problems };
}

function isAuthorizerType(mode: string): mode is AuthorizerType {
  return (AUTHORIZER_TYPES as readonly string[]).includes(mode);
}

/** buildAuthorizationConfiguration. */
function authorizerOf(type: AuthorizerType, flag: (name: string) => string): ConfiguredAuthorizer {
  if (type !== 'Webhook') return { type, name: nameOfMode(type), path: '' };
  const ttl = (name: string, fallback: number) => parseGoDuration(flag(name)) ?? fallback;
  const authorizedTtl = ttl('authorization-webhook-cache-authorized-ttl', 300);
  const unauthorizedTtl = ttl('authorization-webhook-cache-unauthorized-ttl', 30);
  return {
    type,
    name: 'default',
    path: '',
    webhook: {
      authorizedTtl,
      cacheAuthorizedRequests: authorizedTtl !== 0,
      unauthorizedTtl,
      cacheUnauthorizedRequests: unauthorizedTtl !== 0,
      timeout: 30,
      failurePolicy: 'NoOpinion',
      kubeConfigFile: flag('authorization-webhook-config-file'),
      expressions: [],
      matchConditions: new MatchConditions([]),
    },
  };
}
