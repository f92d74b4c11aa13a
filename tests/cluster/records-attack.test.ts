import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OwnControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { describeWithCluster } from './cluster.ts';
import { type Attacked, attack } from './records-attack.ts';
import { eventOf, type LoggedEvent, loggedEvents } from './records-log.ts';

/** Commands in pods run as nobody where that can be chosen. */
const EXECUTE_AS = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0);

describeWithCluster('the truth of the attack', () => {
  let plane: OwnControlPlane;
  let attacked: Attacked;
  let events: LoggedEvent[];

  beforeAll(async () => {
    plane = await startControlPlane({
      auditPolicy: join(import.meta.dirname, 'records-audit-policy.yaml'),
      executeAs: EXECUTE_AS,
    });
    attacked = await attack(plane);
    events = loggedEvents(plane.auditLog);
  });
  afterAll(() => plane?.stop());

  it('is what the log of the API server itself tells', () => {
    const told = attacked.truth.map((step) => [step.step, eventOf(step, events) !== undefined]);
    expect(told).toEqual(attacked.truth.map(({ step }) => [step, true]));
    for (const step of attacked.truth) {
      const reason = eventOf(step, events)?.annotations?.['authorization.k8s.io/reason'] ?? '';
      if (step.why === undefined) expect(reason).not.toContain('Binding');
      else
        expect(reason).toContain(
          `RBAC: allowed by ${asReason(step.why.binding)} of ${asReason(step.why.role)} to `,
        );
    }
  });
});

/** `RoleBinding shop/a` as the reason of a decision names it: `RoleBinding "a/shop"`; a role goes without its namespace. */
function asReason(object: string): string {
  const [kind = '', path = ''] = object.split(' ');
  const [name = '', namespace] = path.split('/').reverse();
  return `${kind} "${name}${namespace === undefined || kind === 'Role' ? '' : `/${namespace}`}"`;
}
