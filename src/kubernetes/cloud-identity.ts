import type { ServiceAccount } from './service-account.ts';

/** An identity of a cloud that pods with a service account may act as. */
export interface CloudIdentity {
  readonly annotation: string;
  /** ARN of an IAM role, e-mail address of a Google service account, client id of an Entra application, name of a RAM role. */
  readonly identity: string;
}

/** What IRSA, Workload Identity of GKE and Entra, and RRSA of Alibaba Cloud go by. */
const ANNOTATIONS = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
  'pod-identity.alibabacloud.com/role-name',
];

export function cloudIdentityOf({ object }: ServiceAccount): CloudIdentity | undefined {
  for (const annotation of ANNOTATIONS) {
    const identity = object.annotations[annotation]?.trim();
    if (identity) return { annotation, identity };
  }
  return undefined;
}

const LONGEST_NAME = 512;
/** Words that people put into the names of identities which may do nearly everything. */
const POWERFUL = new Set(['admin', 'admins', 'administrator', 'administrators', 'owner', 'poweruser']);

/**
 * Whether the name of an identity says that it is an administrator's, as in `prod-admin` or `DataPipelineAdministrator`. A hint
 * only: what it may do is written in the cloud.
 */
export function soundsPowerful({ identity }: CloudIdentity): boolean {
  const words = identity
    .slice(0, LONGEST_NAME)
    .replaceAll('PowerUser', 'Poweruser')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => POWERFUL.has(word));
}
