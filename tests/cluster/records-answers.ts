import { expect } from 'vitest';
import { ApiResources } from '../../src/kubernetes/api-resources.ts';
import { ask } from '../../src/records/questions/ask.ts';
import type { Entry } from '../../src/records/questions/entry.ts';
import { parseObjectReference } from '../../src/records/questions/object-reference.ts';
import type { Question } from '../../src/records/questions/question.ts';
import { parseSubject } from '../../src/records/questions/subject.ts';
import type { EventReader } from '../../src/records/store/event-store.ts';
import type { Attacked, Truth } from './records-attack.ts';

const RESOURCES = new ApiResources([]);

function isOf(step: Truth, entry: Entry): boolean {
  const { object } = entry;
  const resource = [object?.resource, ...(object?.subresource ? [object.subresource] : [])].join('/');
  return (
    (step.auditID === undefined || entry.auditId === step.auditID) &&
    entry.user === step.who.user &&
    entry.verb === step.what.verb &&
    resource === step.what.resource &&
    (object?.namespace ?? '') === step.what.namespace &&
    (object?.name ?? '') === step.what.name &&
    entry.time / 1000 >= step.when.from - 1 &&
    entry.time / 1000 <= step.when.to + 1
  );
}

/** Who did what to the object of a step, as a user asks for it: `shop/deployments/web`. */
function whoOf({ what }: Truth): Question {
  const [resource = '', subresource] = what.resource.split('/');
  const text = [resource, what.name, subresource]
    .filter((part) => part !== '' && part !== undefined)
    .join('/');
  // A namespace is not in itself, though its audit events say so.
  const namespace = resource === 'namespaces' || what.namespace === '' ? undefined : what.namespace;
  const object = parseObjectReference(text, RESOURCES, namespace);
  if (object === undefined) throw new Error(`${text} is no object`);
  return { ask: 'who', object, reads: true, limit: 1000 };
}

/** Asks the six questions of a step, and compares the answers with what truly happened. */
export async function answersOf(reader: EventReader, attacked: Attacked, step: Truth): Promise<void> {
  const who = await ask(reader, whoOf(step));
  const entry = who.told.map((told) => told.entry).find((each) => isOf(step, each));
  expect(entry, `who: ${JSON.stringify(who.told.map(shown))}`).toBeDefined();
  const { id, code, impersonated, time, outcome } = entry!;
  expect({ code, impersonated }).toEqual({ code: step.what.code, impersonated: step.who.impersonated });
  expect(outcome).toBe(step.what.code === 403 ? 'refused' : step.what.code >= 400 ? 'failed' : 'done');
  expect(time / 1000).toBeGreaterThanOrEqual(step.when.from - 1);
  const event = { event: id };

  const subject = parseSubject(step.who.user);
  const what = await ask(reader, { ask: 'what', subject: subject!, reads: true, limit: 1000 });
  expect(what.told.some((told) => isOf(step, told.entry) || told.times > 1)).toBe(true);

  const where = await ask(reader, { ask: 'where', about: event });
  expect(where.origins).toHaveLength(1);
  expect(where.origins?.[0]).toMatchObject({ user: step.who.user, ip: step.where.address });
  expect(where.origins?.[0]?.agent.startsWith(step.where.userAgent)).toBe(true);

  const why = await ask(reader, { ask: 'why', about: event });
  const [grounds] = why.grounds ?? [];
  if (step.why === undefined) {
    // Nobody let it, or the authorizer of nodes did, which gives no reason.
    expect(grounds?.binding).toBeUndefined();
    expect(grounds?.said?.by === 'rbac').toBe(false);
  } else {
    const { binding, role } = grounds ?? {};
    expect(nameOf(binding?.object)).toBe(step.why.binding);
    expect(nameOf(role?.object)).toBe(step.why.role);
    if (binding?.known !== 'bootstrap') expect(binding?.writing?.user).toBe(step.why.madeBy);
    else expect(step.why.madeBy).toBe('system:apiserver');
    expect(grounds?.rule?.verbs.some((verb) => verb === '*' || verb === step.what.verb)).toBe(true);
  }

  if (step.how !== undefined) {
    const before = attacked.truth.find((each) => each.step === step.how)!;
    const how = await ask(reader, { ask: 'how', about: event });
    expect(
      how.chain?.steps.some((each) => isOf(before, each)),
      `how ${step.step}: ${JSON.stringify(how.chain?.steps.map((each) => shown({ entry: each })))}`,
    ).toBe(true);
  }
}

/** Asks who removed a pod that nobody asked to remove: a controller did, because someone had deleted its Deployment. */
export async function expectCollected(reader: EventReader, attacked: Attacked, pod: string): Promise<void> {
  const object = parseObjectReference(`shop/pods/${pod}`, RESOURCES)!;
  const { told, links = [] } = await ask(reader, { ask: 'who', object, limit: 1000 });
  const collection = told.find(
    ({ entry }) =>
      entry.verb === 'delete' && entry.user === 'system:serviceaccount:kube-system:generic-garbage-collector',
  );
  expect(collection, JSON.stringify(told.map(shown))).toBeDefined();
  const deletion = attacked.truth.find(({ step }) => step === 'delete-deployment')!;
  const behind = links.filter(({ kind }) => kind === 'garbage-collected');
  // The ReplicaSet went with its Deployment, the pod with its ReplicaSet.
  expect(behind.some(({ from, certainty }) => isOf(deletion, from) && certainty === 'proven')).toBe(true);
  expect(behind.some(({ to }) => to === collection!.entry.id)).toBe(true);
}

function shown({ entry }: { readonly entry: Entry }): string {
  const { user, verb, object, code } = entry;
  return `${user} ${verb} ${object?.namespace}/${object?.resource}/${object?.subresource}/${object?.name} ${code}`;
}

function nameOf(
  name: { readonly kind: string; readonly namespace: string; readonly name: string } | undefined,
): string {
  if (name === undefined) return '';
  return `${name.kind} ${name.namespace === '' ? '' : `${name.namespace}/`}${name.name}`;
}
