import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Truth } from './records-attack.ts';

/** What tests look at in an event of the API server's own log (audit.k8s.io/v1). */
export interface LoggedEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: {
    readonly username: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly impersonatedUser?: { readonly username: string };
  readonly sourceIPs: readonly string[];
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The events of an audit log and of the files that it was rotated into, which have the time in their names, oldest first. */
export function loggedEvents(path: string): LoggedEvent[] {
  const name = basename(path, '.log');
  const rotated = readdirSync(dirname(path))
    .filter((each) => each.startsWith(`${name}-`) && each.endsWith('.log'))
    .sort();
  return [...rotated, basename(path)].flatMap((each) =>
    readFileSync(join(dirname(path), each), 'utf8')
      .split('\n')
      // The last line may not be whole yet.
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as LoggedEvent),
  );
}

/** What makes an event another one than the others of the log. */
export function idOf({ auditID, stage }: Pick<LoggedEvent, 'auditID' | 'stage'>): string {
  return `${auditID} ${stage}`;
}

/** The event of a step, where the log of the API server tells the same; undefined where it does not. */
export function eventOf(
  { auditID, who, what, when, where }: Truth,
  events: readonly LoggedEvent[],
): LoggedEvent | undefined {
  return events.find((event) => {
    const { resource, subresource, namespace = '', name = '' } = event.objectRef ?? {};
    const at = Date.parse(event.requestReceivedTimestamp);
    return (
      event.stage === 'ResponseComplete' &&
      (auditID === undefined || event.auditID === auditID) &&
      event.user.username === who.user &&
      (event.impersonatedUser?.username ?? '') === who.impersonated &&
      event.verb === what.verb &&
      (subresource === undefined ? resource : `${resource}/${subresource}`) === what.resource &&
      namespace === what.namespace &&
      name === what.name &&
      event.responseStatus?.code === what.code &&
      event.sourceIPs[0] === where.address &&
      (event.userAgent ?? '').startsWith(where.userAgent) &&
      at >= when.from - 1 &&
      at <= when.to
    );
  });
}
