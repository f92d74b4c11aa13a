import type { Json, JsonObject } from '../../kubernetes/json.ts';
import type { Unknown } from '../cel/value.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  /** Plural and lower case, such as `pods`. */
  readonly resource: string;
}

/** Who asks. What is left out is not known, and a policy that depends on it is not decided. */
export interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A request as validating admission sees it: objects are defaulted and mutated already. */
export interface AdmissionRequest {
  readonly operation: Operation;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  /** Empty for the object itself. */
  readonly subResource?: string;
  /** Undefined where the API server would make it up. */
  readonly name: string | undefined;
  /** Empty for objects without a namespace; a Namespace is in the namespace of its own name. */
  readonly namespace: string;
  /** Absent when deleting. */
  readonly object: JsonObject | undefined;
  /** The object before; absent when creating. */
  readonly oldObject?: JsonObject | Unknown | undefined;
  readonly userInfo?: UserInfo;
  readonly dryRun?: boolean;
  /** CreateOptions, UpdateOptions … as JSON; null for none. */
  readonly options?: Json;
  /** Fields of the object that the API server sets and nobody knows before, as paths of names; `*` is any item of a list. */
  readonly unknownFields?: readonly (readonly string[])[];
}
