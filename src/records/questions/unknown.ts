/** The six questions, in the order in which they are asked. */
export const SIX = ['who', 'what', 'when', 'where', 'why', 'how'] as const;
export type SixQuestion = (typeof SIX)[number];

/**
 * Why something is not known.
 * `level-metadata-no-body`: the request was audited without bodies. `no-annotation`: the event does not tell what the authorizer said.
 * `no-reason-told`: an authorizer allowed it and gave no reason, as Node, ABAC and AlwaysAllow do. `refused-before-authorization`.
 * `no-audit-of-period`: no audit events are held of that time. `before-first-record`: it was there before the records begin.
 * `no-node-records`: nothing was recorded on the node or in the container. `no-record-found`: records are held and none tells it.
 * `subject-shared-credential`: many may hold the credential (system:masters, kubernetes-admin …). `anonymous`: nobody was signed in.
 * `credential-not-told`: the event does not tell which credential it was (servers before 1.32, or other authenticators).
 * `address-not-told`: no address. `addresses-from-client`: some of the addresses were told by headers, which a client may write itself.
 * `object-not-told`: the event does not name the object (generateName, a collection). `end-not-recorded`: only the beginning is recorded.
 * `dry-run-not-told`: the query of a deletion asks for a dry run, which its body may overrule, and that is not recorded.
 * `kind-not-known`: nothing is found, and what was taken for a kind is none that is known.
 * `changed-without-body`: it was changed later by requests whose bodies are not recorded. `redacted`: taken out before it was stored.
 * `source-does-not-tell`: records of this source never tell it. `damage`: a part of the store cannot be read. `cut`: more than was looked at.
 */
export const UNKNOWN_REASONS = [
  'level-metadata-no-body',
  'no-annotation',
  'no-reason-told',
  'refused-before-authorization',
  'no-audit-of-period',
  'before-first-record',
  'no-node-records',
  'no-record-found',
  'subject-shared-credential',
  'anonymous',
  'credential-not-told',
  'address-not-told',
  'addresses-from-client',
  'object-not-told',
  'end-not-recorded',
  'dry-run-not-told',
  'kind-not-known',
  'changed-without-body',
  'redacted',
  'source-does-not-tell',
  'damage',
  'cut',
] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** Something that an answer leaves open. */
export interface Unknown {
  readonly question: SixQuestion;
  readonly reason: UnknownReason;
}
