/** Least policies for workloads out of evidence, and the proof that they hold to it. */
export type { Flow, Ground, LeftOut, Party } from './evidence.ts';
export { FlowLog, IRRELEVANT, UNKNOWN } from './flows/flow-log.ts';
export { FlowLineReader } from './flows/read-line.ts';
export { type GenerateOptions, type Generation, generatePolicies } from './generate.ts';
export { type GeneratedPolicy, type GeneratedRule, policyObject } from './policies.ts';
export { type Excess, type Proof, Prover } from './proof.ts';
