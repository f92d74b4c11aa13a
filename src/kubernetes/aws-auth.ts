import { child } from './field-path.ts';
import { asArray, asObject, asString, type Json } from './json.ts';
import type { KubernetesObject } from './object.ts';
import { readYaml } from './yaml/index.ts';

/** An identity of AWS IAM that `aws-auth` makes a user of the cluster. */
export interface MappedIdentity {
  /** ARN of a role or user. */
  readonly arn: string;
  readonly groups: readonly string[];
  /** Field path of the text in which it stands. */
  readonly path: string;
}

export interface AwsAuth {
  readonly identities: readonly MappedIdentity[];
  /** Field paths of texts that are no list in YAML, so that the authenticator refuses them. */
  readonly unreadable: readonly string[];
}

const LONGEST_TEXT = 1 << 18;

/**
 * What `kube-system/aws-auth` of an EKS cluster maps (aws-iam-authenticator pkg/mapper/configmap): lists in YAML under
 * `mapRoles` and `mapUsers`. Undefined for any other ConfigMap.
 */
export function awsAuthOf(object: KubernetesObject): AwsAuth | undefined {
  if (object.kind !== 'ConfigMap' || object.name !== 'aws-auth') return undefined;
  if (object.namespace !== undefined && object.namespace !== 'kube-system') return undefined;
  const data = asObject(object.raw['data']);
  const unreadable: string[] = [];
  const identities = (['mapRoles', 'mapUsers'] as const).flatMap((key) => {
    const text = asString(data?.[key]) ?? '';
    if (text.trim() === '') return [];
    const path = child('data', key);
    const entries = asArray(readText(text));
    if (entries === undefined) unreadable.push(path);
    return (entries ?? []).map((entry) => {
      const arn = asObject(entry)?.[key === 'mapRoles' ? 'rolearn' : 'userarn'];
      const groups = (asArray(asObject(entry)?.['groups']) ?? []).filter(
        (group) => typeof group === 'string',
      );
      return { arn: asString(arn) ?? '', groups, path };
    });
  });
  return { identities, unreadable };
}

function readText(text: string): Json | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const [document] = readYaml(new TextEncoder().encode(text));
  return document?.error === undefined ? document?.value : undefined;
}
