import { allowsEverything, asksRoles, type Setup } from './authorizers.ts';
import type { BlindSpot } from './sight.ts';

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

/** A side where nothing says how an API server is configured is taken to be configured like the other one, if that asks roles. */
export function compareAuthorizers(before: readonly Setup[], after: readonly Setup[]): AuthorizerComparison {
  const wasOpen = before.every(allowsEverything);
  const isOpen = after.every(allowsEverything);
  const rolesDecide = !wasOpen && !isOpen && [...before, ...after].every(asksRoles);
  const isAssumed = [before, after].some((setups) => setups.every(({ statedBy }) => statedBy === undefined));
  const isSame = likeness(before) === likeness(after) || (rolesDecide && isAssumed);
  return {
    isOpened: isOpen && !wasOpen,
    isClosed: wasOpen && !isOpen,
    rolesDecide,
    unseen:
      wasOpen || isOpen || isSame
        ? []
        : [{ code: 'authorizers', before: names(before), after: names(after) }],
  };
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
