/**
 * What can reach what, as NetworkPolicy (k8s.io/api/networking/v1) and the Network Policy API
 * (https://network-policy-api.sigs.k8s.io) say.
 */
export { type Address, formatAddress, formatBlocks, parseAddress } from './addresses.ts';
export { type Breadth, breadthOf, type EveryNamespace } from './breadth.ts';
export { type ConnectionChange, compareNetworks } from './compare.ts';
export { type Conflict, conflictsOf } from './conflicts.ts';
export { type Connection, connectionsOf, type End } from './connections.ts';
export { type Endpoint, isPod, type NetworkPod, portsNamed } from './endpoints.ts';
export { type Because, type Explanation, explain, explainPorts } from './explain.ts';
export {
  Exposure,
  type OpenPort,
  type WayIn,
  type WorkloadExposure,
} from './exposure/exposure.ts';
export { clientsName } from './exposure/internet.ts';
export { entriesNotRead, entryKinds, isEntryKind } from './exposure/not-read.ts';
export type { LooseWay } from './exposure/ways.ts';
export {
  type Flow,
  FlowLineReader,
  FlowLog,
  type GeneratedPolicy,
  type GeneratedRule,
  type Generation,
  type Ground,
  generatePolicies,
  IRRELEVANT,
  type LeftOut,
  type Party,
  type Proof,
  Prover,
  policyObject,
  UNKNOWN,
} from './generate/index.ts';
export { Mesh, type MutualTls, type Plane, type Statement } from './mesh/index.ts';
export { inMissingNamespaces } from './missing-namespaces.ts';
export { NamedPeers } from './named-peers.ts';
export { Network, type WorkloadGroup } from './network.ts';
export { newcomer } from './newcomer.ts';
export { collapse, isCrowded, type Room, writtenInto } from './picture/collapse.ts';
export { withoutIdle } from './picture/idle.ts';
export { type AddressPart, partsOf } from './picture/outside.ts';
export {
  type Arrow,
  type ArrowEnd,
  isOnHostNetwork,
  MOST_WORKLOADS,
  type Picture,
  type PictureNode,
  pictureOf,
} from './picture/picture.ts';
export type { Direction, OpaquePolicy, Policy, PolicyProblem, Rule } from './policies/policy.ts';
export { policyKind } from './policies/read.ts';
export { type PortRange, type PortSet, PROTOCOLS, type Protocol } from './ports.ts';
export { type Unmatched, unmatchedOf } from './unmatched.ts';
export { type Unused, unusedOf } from './unused.ts';
