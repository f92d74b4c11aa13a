import type { GapReason } from '../../kubernetes/gaps.ts';
import type { Json } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Severity } from '../../threats/define-check.ts';
import type { Finding } from '../report.ts';

/** One of the two states that are compared. */
export interface Side {
  readonly objects: readonly KubernetesObject[];
  /** What a cluster shows, or showed when its bundle was made; otherwise what manifests ask for. */
  readonly isLive: boolean;
}

/**
 * Why a field differs. `default`: the API server fills it in, or stores it in another notation; `server`: it is assigned by the
 * server, by admission or by a controller of Kubernetes that always does so; `controller`: a controller changed it; `edit`: a
 * person or a pipeline did; `unknown`: managed fields do not tell. The first two do not count as differences.
 */
export type Because = 'default' | 'server' | 'controller' | 'edit' | 'unknown';

export interface FieldChange {
  /** `spec.containers[name="web"].image`; items by the keys by which Kubernetes tells them apart. */
  readonly path: string;
  /** Undefined where the field is not there. Secret values are replaced by HIDDEN. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Undefined between two sets of manifests. */
  readonly because?: Because;
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  /** RFC 3339. */
  readonly time?: string;
}

export interface ObjectChange {
  readonly before: KubernetesObject;
  readonly after: KubernetesObject;
  /** Those that count first, each group in the order of the object's fields. */
  readonly fields: readonly FieldChange[];
}

/** Why an object that runs needs no manifest. */
export type Explanation =
  /** Another object made it; `by` names that one. */
  | { readonly kind: 'owner'; readonly by: string }
  /** Kubernetes makes it in every cluster, or for every namespace. */
  | { readonly kind: 'system' }
  /** It says itself what manages it, such as a release of Helm. */
  | { readonly kind: 'managed-by'; readonly by: string };

export interface LoneObject {
  readonly object: KubernetesObject;
  /** Undefined where nothing explains why only one side has it: such an object counts. */
  readonly explanation?: Explanation;
}

export type NotComparedReason =
  | GapReason
  /** The document could not be read. */
  | 'unread'
  /** The cluster is not asked for objects of this kind. */
  | 'kind-not-listed'
  /** Values of Secrets are never read from a cluster. */
  | 'values-not-read'
  /** Each time it is created, it gets another name. */
  | 'generated-name';

export interface NotCompared {
  /** `Secret` or `Ingress.networking.k8s.io`, or the object where it is one. */
  readonly subject: string;
  readonly reason: NotComparedReason;
  readonly detail?: string;
  /** How many objects of the other side could not be compared for it. */
  readonly objects: number;
}

export interface ObjectComparison {
  readonly added: readonly LoneObject[];
  readonly removed: readonly LoneObject[];
  readonly changed: readonly ObjectChange[];
  /** Objects of both sides that differ in nothing that counts. */
  readonly same: number;
  readonly notCompared: readonly NotCompared[];
  /** Identities of the objects that both sides show whole, and of those that only one has without an explanation. */
  readonly compared: ReadonlySet<string>;
}

export interface SeverityChange {
  readonly finding: Finding;
  readonly from: Severity;
}

export interface FindingComparison {
  readonly added: readonly Finding[];
  readonly gone: readonly Finding[];
  readonly changed: readonly SeverityChange[];
  /** Of all these findings, as their own report states it. */
  readonly fingerprints: ReadonlyMap<Finding, string>;
}

/** What stands in the place of a value that may be secret. */
export const HIDDEN = '[hidden]';

export function counts({ because }: FieldChange): boolean {
  return because !== 'default' && because !== 'server';
}
