import type { Entry } from '../entry.ts';
import type { Investigation } from '../investigation.ts';

/**
 * How one thing led to a later one.
 * `garbage-collected`: the later removed what belonged to what the earlier removed. `namespace-deleted`: so of a namespace.
 * `deletion-finished`: the kubelet ended what the earlier began. `owner-written`: a controller acted for what the earlier wrote.
 * `token-issued`: the earlier got the token that the later used. `secret-read`: the earlier may have read it.
 * `pod-entered`: the later used a pod's token after the earlier went into that pod. `pod-created`: the earlier made that pod.
 * `command-run`: a command ran in that pod. `binding-written`, `role-written`: the earlier gave the right that allowed the later.
 * `certificate-asked`, `certificate-approved`: so of the later's client certificate. `webhook-written`: the earlier set up the webhook
 * that altered the later. `node-reached`: the earlier may have reached the node whose identity the later used.
 */
export const LINK_KINDS = [
  'garbage-collected',
  'namespace-deleted',
  'deletion-finished',
  'owner-written',
  'token-issued',
  'secret-read',
  'pod-entered',
  'pod-created',
  'command-run',
  'binding-written',
  'role-written',
  'certificate-asked',
  'certificate-approved',
  'webhook-written',
  'node-reached',
] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** What speaks for a link; the value is what both ends share, or what was seen. */
export const EVIDENCE_IDS = [
  'reason-names-binding',
  'reason-names-role',
  'issued-credential-id',
  'legacy-token-secret',
  'pod-name',
  'pod-uid',
  'owner-reference',
  'event-told',
  'name-pattern',
  'same-namespace',
  'same-address',
  'same-agent',
  'new-address',
  'new-agent',
  'same-command',
  'certificate-fingerprint',
  'certificate-subject',
  'same-request',
  'webhook-annotation',
  'host-access',
] as const;
export type EvidenceId = (typeof EVIDENCE_IDS)[number];

export interface Evidence {
  readonly id: EvidenceId;
  readonly value: string;
}

/** `proven`: the records themselves name what joins both; `possible`: they fit, and other explanations are not ruled out. */
export type Certainty = 'proven' | 'possible';

export interface Link {
  readonly kind: LinkKind;
  /** The earlier one. */
  readonly from: Entry;
  /** Id of the later one. */
  readonly to: string;
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
}

/** Finds what led to an entry. */
export type LinkFinder = (investigation: Investigation, entry: Entry) => Promise<Link[]>;

export function link(
  kind: LinkKind,
  from: Entry,
  to: Entry,
  certainty: Certainty,
  ...evidence: readonly (readonly [EvidenceId, string])[]
): Link {
  return { kind, from, to: to.id, certainty, evidence: evidence.map(([id, value]) => ({ id, value })) };
}
