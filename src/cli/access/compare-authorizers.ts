import { abacPoliciesOf, allowsEverything, asksRoles, type Setup } from './authorizers.ts';
import type { BlindSpot } from './sight.ts';
import type { AccessSource } from './source.ts';

/** What the authorizers of two sides leave to compare. */
export interface AuthorizerComparison {
  /** Everybody may do everything on the second side alone. */
  readonly isOpened: boolean;
  /** Everybody may do everything on the first side alone. */
  readonly isClosed: boolean;
  /** Whether roles decide on both sides, and on none of them anybody may do everything. */
  readonly rolesDecide: boolean;
  /** What differs and is not compared. */
  readonly unseen: readonly BlindSpot[];
}

type Side = Pick<AccessSource, 'setups' | 'evidence'>;

/** A side where nothing says how an API server is configured is taken to be configured like the other one, if that asks roles. */
export function compareAuthorizers(before: Side, after: Side): AuthorizerComparison {
  const all = [...before.setups, ...after.setups];
  const wasOpen = before.setups.every(allowsEverything);
  const isOpen = after.setups.every(allowsEverything);
  const rolesDecide = !wasOpen && !isOpen && all.every(asksRoles);
  const isAssumed = [before, after].some(({ setups }) =>
    setups.every(({ statedBy }) => statedBy === undefined),
  );
  const unseen: BlindSpot[] = [];
  if (likeness(before.setups) !== likeness(after.setups) && !(rolesDecide && isAssumed))
    unseen.push({ code: 'authorizers', before: names(before.setups), after: names(after.setups) });
  const asksPolicies = all.some(({ authorizers }) => authorizers.some(({ type }) => type === 'ABAC'));
  if (asksPolicies && policies(before) !== policies(after))
    unseen.push({ code: 'authorizer', type: 'ABAC', name: '' });
  return {
    isOpened: isOpen && !wasOpen,
    isClosed: wasOpen && !isOpen,
    rolesDecide,
    unseen: wasOpen || isOpen ? [] : unseen,
  };
}

function policies({ evidence }: Side): string {
  return JSON.stringify(abacPoliciesOf(evidence.objects) ?? null);
}

function likeness(setups: readonly Setup[]): string {
  const texts = setups.map(({ authorizers, unseenFile, problems }) =>
    JSON.stringify([
      unseenFile,
      problems.map(({ message }) => message),
      authorizers.map(({ type, webhook }) => [type, webhook]),
    ]),
  );
  return texts.sort().join();
}

function names(setups: readonly Setup[]): string[] {
  return setups.map(
    ({ authorizers, unseenFile }) => unseenFile ?? authorizers.map(({ type }) => type).join(),
  );
}
