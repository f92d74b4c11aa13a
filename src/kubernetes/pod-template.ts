import { asArray, asObject, type Json, type JsonObject } from './json.ts';

/**
 * A pod as an owner embeds it. `spec` has the shape of a PodSpec even where the owner spells it otherwise (an Argo
 * Workflow template, a Tekton Task), and `sourcePath` leads from a field of that pod back to the field in the owner.
 */
export interface PodTemplate {
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  readonly metadataPath: string;
  /** Field path of the pod spec in the owner; where the owner has no such field, of what stands nearest to it. */
  readonly specPath: string;
  /** Fields of the pod spec that stand elsewhere than below `specPath`, e.g. `containers[0]` → `spec.steps[0]`. */
  readonly moved?: ReadonlyMap<string, string>;
  /** Name within the owner where it embeds several pods, e.g. an Argo template's. */
  readonly part?: string;
  /** Set where a controller adds containers that the owner does not show, such as the Prometheus operator. */
  readonly generatedBy?: string;
}

export const NONE: JsonObject = Object.freeze({});

/** Fields of a PodSpec that other owners repeat under the same name. */
export const POD_FIELDS = [
  'activeDeadlineSeconds',
  'affinity',
  'automountServiceAccountToken',
  'dnsPolicy',
  'hostAliases',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'hostUsers',
  'imagePullSecrets',
  'nodeSelector',
  'priorityClassName',
  'runtimeClassName',
  'securityContext',
  'serviceAccountName',
  'tolerations',
  'topologySpreadConstraints',
] as const;

/** The entries of a list; those that are no objects stay as empty ones so that indexes hold. */
export function list(value: Json | undefined): JsonObject[] {
  return (asArray(value) ?? []).map((item) => asObject(item) ?? NONE);
}
