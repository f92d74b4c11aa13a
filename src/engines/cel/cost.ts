import { codePointLength } from '../../kubernetes/go-text.ts';
import type { Step } from './steps.ts';
import { ListValue, MapValue, OpaqueValue, Optional, type Result } from './value.ts';

/** The cost at which an expression is cut off (apiserver pkg/apis/cel: PerCallLimit). */
export const COST_LIMIT = 1_000_000;

/** Ends the evaluation of an expression at once; `&&` and `||` do not absorb it. */
export class Cancelled extends Error {}

export const COST_LIMIT_EXCEEDED = 'operation cancelled: actual cost limit exceeded';

/**
 * Counts what an evaluation costs as cel-go's CostTracker does: a stack of the values computed so far, since the cost of
 * a call depends on the size of its arguments (cel-go interpreter/runtimecost.go).
 */
export class CostTracker {
  cost = 0;
  readonly limit: number;
  readonly #ids: number[] = [];
  readonly #values: Result[] = [];
  /** Where the value of the same id before this one stands; -1 for none. */
  readonly #before: number[] = [];
  /** Where the newest value of each id stands. */
  readonly #newest = new Map<number, number>();

  constructor(limit: number = COST_LIMIT) {
    this.limit = limit;
  }

  push(id: number, value: Result): void {
    this.#before.push(this.#newest.get(id) ?? -1);
    this.#newest.set(id, this.#ids.length);
    this.#ids.push(id);
    this.#values.push(value);
    this.check();
  }

  check(): void {
    if (this.cost > this.limit) throw new Cancelled(COST_LIMIT_EXCEEDED);
  }

  /** Takes off the stack what was computed since the newest value of each id, that included. */
  drop(...ids: number[]): void {
    for (const id of ids) this.#pop(id);
  }

  /** The values of the arguments, taken off the stack; undefined where one was never computed. */
  dropArgs(args: readonly Step[]): Result[] | undefined {
    const values: Result[] = new Array(args.length);
    for (let i = args.length - 1; i >= 0; i--) {
      const value = this.#pop(args[i]!.id);
      if (value === undefined) return undefined;
      values[i] = value;
    }
    return values;
  }

  #pop(id: number): Result | undefined {
    const index = this.#newest.get(id) ?? -1;
    if (index === -1) return undefined;
    const value = this.#values[index];
    for (let i = this.#ids.length - 1; i >= index; i--) this.#newest.set(this.#ids[i]!, this.#before[i]!);
    this.#ids.length = index;
    this.#values.length = index;
    this.#before.length = index;
    return value;
  }
}

/** How long a value counts as: code points, bytes, elements or entries; 1 for all else. */
export function sizeOf(value: Result | undefined): number {
  if (typeof value === 'string') return codePointLength(value);
  if (value instanceof ListValue || value instanceof MapValue) return value.size;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof OpaqueValue) return value.size();
  return value instanceof Optional && value.value !== undefined ? sizeOf(value.value) : 1;
}

/** As `sizeOf`, for the costs of Kubernetes' own libraries, which do not look into optionals. */
function ownSizeOf(value: Result | undefined): number {
  return value instanceof Optional ? 1 : sizeOf(value);
}

const scan = (size: number, factor = 0.1): number => Math.ceil(size * factor);

export function regexCost(text: Result | undefined, pattern: Result | undefined): number {
  return scan(1 + sizeOf(text)) * scan(sizeOf(pattern), 0.25);
}

type CallCost = (args: readonly Result[], result: Result, overload: string) => number | undefined;

const ONE: CallCost = () => 1;
const TRAVERSE: CallCost = ([list]) => traversalCost(list!);
const SCAN_FIRST: CallCost = ([first]) => scan(ownSizeOf(first));
const SCAN_TWICE: CallCost = ([first]) => Math.ceil(ownSizeOf(first) * 2 * 0.1);

/** apiserver pkg/cel/library/cost.go, CallCost, by the function's name. */
const KUBERNETES_COSTS = new Map<string, CallCost>([
  ...'isSorted sum max min indexOf lastIndexOf includes'.split(' ').map((name) => [name, TRAVERSE] as const),
  ...'url lowerAscii upperAscii substring trim cidr isIP isCIDR quantity isQuantity semver isSemver'
    .split(' ')
    .map((name) => [name, SCAN_FIRST] as const),
  ...'replace split ip.isCanonical'.split(' ').map((name) => [name, SCAN_TWICE] as const),
  ['join', (_, result) => Math.ceil(ownSizeOf(result) * 2 * 0.1)],
  ['find', ([text, pattern]) => regexCost(text, pattern)],
  ['findAll', ([text, pattern]) => regexCost(text, pattern)],
  ['ip', ([first], _, overload) => (overload === 'cidr_ip' ? 1 : scan(ownSizeOf(first)))],
  ...(
    'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast ' +
    'format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch ' +
    'getScheme getHostname getHost getPort getEscapedPath getQuery'
  )
    .split(' ')
    .map((name) => [name, ONE] as const),
  [
    'containsIP',
    ([cidr, other], _, overload) =>
      scan(2 * ownSizeOf(cidr)) + (overload === 'cidr_contains_ip_string' ? scan(ownSizeOf(other)) : 0),
  ],
  [
    'containsCIDR',
    ([cidr, other], _, overload) =>
      scan(2 * ownSizeOf(cidr)) +
      scan(ownSizeOf(cidr)) +
      1 +
      (overload === 'cidr_contains_cidr_string' ? scan(ownSizeOf(other)) : 0),
  ],
  ['_==_', ([left]) => (left instanceof OpaqueValue ? 1 : undefined)],
]);

function traversalCost(value: Result): number {
  if (typeof value === 'string') return Math.trunc(new TextEncoder().encode(value).length * 0.1);
  if (value instanceof Uint8Array) return Math.trunc(value.length * 0.1);
  let cost = 0;
  if (value instanceof ListValue) {
    for (const item of value) cost += traversalCost(item);
    return cost;
  }
  if (!(value instanceof MapValue)) return 1;
  for (const key of value.keys()) cost += traversalCost(key) + traversalCost(value.find(key)!);
  return cost;
}

const listCall = (size: number, factor: number): number =>
  Math.trunc(size * (factor < 0 ? 1 : factor)) + 1 + 10;

/** What upstream's type assertions say where an argument is an error: the evaluation ends there. */
const panic = (wanted: string): Cancelled => new Cancelled(`internal error: interface conversion: ${wanted}`);

const outputSize: CallCost = (_, result) => listCall(sizeOf(result), 1);

function selfCompare(value: Result): number {
  if (!(value instanceof ListValue)) throw panic('*types.Err is not traits.Lister: missing method Add');
  if (value.size === 0) return listCall(0, 2);
  const first = value.at(0);
  const factor = typeof first === 'string' || first instanceof Uint8Array ? 2.1 : 2;
  return listCall(value.size * value.size, factor);
}

function flatten([list, depth]: readonly Result[]): number {
  if (depth !== undefined && typeof depth !== 'bigint') throw panic('ref.Val is *types.Err, not types.Int');
  return listCall(sizeOf(list), depth === undefined ? 1 : Number(depth));
}

const sets =
  (factor: number): CallCost =>
  ([left, right]) =>
    1 + Math.trunc(sizeOf(left) * sizeOf(right) * factor);

/** cel-go ext/lists.go and ext/sets.go, by overload; these come before all others. */
const OVERLOAD_COSTS = new Map<string, CallCost>([
  ['list_slice', outputSize],
  ['lists_range', outputSize],
  ['list_reverse', outputSize],
  ['list_flatten', flatten],
  ['list_flatten_int', flatten],
  ['list_distinct', ([list]) => selfCompare(list!)],
  ['list_sets_contains_list', sets(1)],
  ['list_sets_intersects_list', sets(1)],
  ['list_sets_equivalent_list', sets(2)],
]);
const SORTED = /^list_.*_sort(ByAssociatedKeys)?$/;

/** cel-go interpreter/runtimecost.go, costCall. */
function standardCost(overload: string, args: readonly Result[]): number {
  const [first, second] = args;
  switch (overload) {
    case 'starts_with_string':
    case 'ends_with_string':
      return scan(sizeOf(second));
    case 'string_to_bytes':
    case 'bytes_to_string':
    case 'strings_quote':
    case 'string_format':
      return scan(sizeOf(first));
    case 'in_list':
      return sizeOf(second);
    case 'less_string':
    case 'greater_string':
    case 'less_equals_string':
    case 'greater_equals_string':
    case 'less_bytes':
    case 'greater_bytes':
    case 'less_equals_bytes':
    case 'greater_equals_bytes':
    case 'equals':
    case 'not_equals':
      return scan(Math.min(sizeOf(first), sizeOf(second)));
    case 'add_string':
    case 'add_bytes':
      return scan(sizeOf(first) + sizeOf(second));
    case 'matches':
    case 'matches_string':
      return regexCost(first, second);
    case 'contains_string':
      return scan(sizeOf(first)) * scan(sizeOf(second));
    default:
      return 1;
  }
}

export function callCost(name: string, overload: string, args: readonly Result[], result: Result): number {
  const tracked = OVERLOAD_COSTS.get(overload);
  if (tracked !== undefined) return tracked(args, result, overload) ?? 1;
  const sorted = SORTED.exec(overload);
  if (sorted !== null) return selfCompare(args[sorted[1] === undefined ? 0 : 1]!);
  const own = name === 'validate' ? validateCost(args) : KUBERNETES_COSTS.get(name)?.(args, result, overload);
  return own ?? standardCost(overload, args);
}

function validateCost([format, text]: readonly Result[]): number | undefined {
  const size = format instanceof OpaqueValue ? format.patternSize : undefined;
  return size === undefined ? undefined : scan(1 + ownSizeOf(text)) * scan(size, 0.25);
}
