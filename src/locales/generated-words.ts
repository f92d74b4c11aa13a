/** Words of the comments in generated roles, for both languages. */
export interface GeneratedWords {
  /** Lines above everything. */
  readonly introduction: (p: {
    version: string;
    subject: string;
    requests: number;
    period: string;
    hoursSeen: number;
    hours: number;
    events: number;
    files: string;
  }) => readonly string[];
  readonly nothing: () => string;
  readonly granted: (p: { actions: string }) => string;
  readonly refused: (p: { actions: string }) => string;
  readonly ungrantable: (p: { actions: string }) => string;
  readonly manyNamespaces: (p: { count: number }) => string;
  readonly more: (p: { count: number }) => string;
  readonly times: (p: { action: string; count: number }) => string;
  readonly action: (p: { verb: string; what: string; namespace: string }) => string;
  /** Between what is said of one rule. */
  readonly separator: string;
  /** Between the requests of a list. */
  readonly comma: string;
  readonly evidence: (p: { count: number; last: string }) => string;
  readonly namesLeftOut: (p: { count: number; hasMore: boolean }) => string;
  readonly expanded: (p: { verbs: string }) => string;
  readonly refusedRule: () => string;
  readonly occasion: Readonly<Record<'impersonation' | 'creation-by-update' | 'websocket', string>>;
  readonly hiddenNeeds: Readonly<
    Record<'escalate' | 'bind' | 'approve' | 'sign' | 'attest' | 'parameters', string>
  >;
}
