import {
  type Connection,
  type End,
  type Network,
  type PortSet,
  PROTOCOLS,
  type WorkloadGroup,
} from '../../engines/network/index.ts';
import { nearest } from '../../kubernetes/spelling.ts';
import { UsageError } from '../usage-error.ts';

/** Which connections are asked for; all of them where nothing is given. */
export interface FocusFlags {
  /** The workload at either end. */
  readonly focus?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly port?: string | undefined;
}

type Pair = Connection<WorkloadGroup>;
type Algebra = Network['model']['algebra'];
type IsMeant = (end: End<WorkloadGroup>) => boolean;

const ENTITY = 'ingress-controller';
const PORT = /^(?:([a-z]+)\/)?(\d{1,5})$/i;

/** The connections that are asked for, each with the ports that are. */
export function focusOn(
  flags: FocusFlags,
  groups: readonly WorkloadGroup[],
  algebra: Algebra,
): (pair: Pair) => Pair | undefined {
  const at = (flag: string, name: string | undefined) =>
    name === undefined ? undefined : endNamed(flag, name, groups);
  const focus = at('--focus', flags.focus);
  const from = at('--from', flags.from);
  const to = at('--to', flags.to);
  const ports = flags.port === undefined ? algebra.all : portOf(flags.port, algebra);
  return (pair) => {
    const isMeant =
      (from?.(pair.from) ?? true) &&
      (to?.(pair.to) ?? true) &&
      (focus === undefined || focus(pair.from) || focus(pair.to));
    if (!isMeant) return undefined;
    if (ports === algebra.all) return pair;
    const allowed = algebra.intersection(pair.allowed, ports);
    const unknown = algebra.intersection(pair.unknown, ports);
    return allowed.isEmpty && unknown.isEmpty ? undefined : { ...pair, allowed, unknown };
  };
}

/** `NAMESPACE/NAME`, `NAME` in any namespace, or `ingress-controller`. */
function endNamed(flag: string, text: string, groups: readonly WorkloadGroup[]): IsMeant {
  const meant = new Set(
    groups.filter(({ namespace, name }) => text === `${namespace}/${name}` || text === name),
  );
  if (meant.size > 0) return (end) => 'group' in end && meant.has(end.group);
  if (text === ENTITY) return (end) => 'entity' in end;
  const near = nearest(
    text,
    groups.map(({ namespace, name }) => (text.includes('/') ? `${namespace}/${name}` : name)),
  );
  throw new UsageError((words) => words.network.noWorkload({ flag, name: text, near }));
}

function portOf(text: string, algebra: Algebra): PortSet {
  const [, name = 'TCP', digits] = PORT.exec(text) ?? [];
  const protocol = PROTOCOLS.find((each) => each === name.toUpperCase());
  const port = Number(digits);
  if (protocol === undefined || !(port >= 1 && port <= 65_535)) {
    throw new UsageError((words) => words.network.notAFocus({ value: text }));
  }
  return algebra.of([{ protocol, from: port, to: port }]);
}
