/** What the records say of how a cluster is used: for least privilege, attack paths and drift. */
export {
  type ByHandOptions,
  type ChangeByHand,
  type ChangesByHand,
  changesByHand,
  type Hand,
} from './changes-by-hand.ts';
export {
  type AccessEdge,
  type AddressUse,
  type EdgeInPractice,
  type EdgesInPractice,
  edgesInPractice,
} from './edges-in-practice.ts';
export type { Keeper } from './ownership.ts';
export type { Doubt, Period, Sight, SightOptions, UsageFilter, Verdict } from './period.ts';
export { SEEN, type Seen, type SeenFilter, type SeenKind, type SeenThing, seen } from './seen.ts';
export {
  type AccountUse,
  type BindingUse,
  type IdleCredential,
  type LegacyTokenUse,
  type Unused,
  unusedIn,
} from './unused.ts';
export { type StoredUsage, type UsageOptions, usageFromStore } from './used-rights.ts';
