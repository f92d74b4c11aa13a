/** Whether records hold everything that happened, and what is missing: a verdict apart from all that records say. */
export { assessCompleteness } from './assess.ts';
export { type CompletenessOptions, gatherCompleteness } from './gather.ts';
export type { CompletenessInput, InletTraffic, Span } from './input.ts';
export { type MetricsSample, parseAuditMetrics } from './metrics.ts';
export type { Completeness, Reason, ReasonId } from './reason.ts';
