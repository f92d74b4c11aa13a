import { authorizationReason, type RbacName } from '../authorization-reason.ts';
import { API_SERVER, isMachinery } from '../controllers.ts';
import type { Entry } from '../entry.ts';
import type { Investigation } from '../investigation.ts';
import { writingsOf } from '../object-history.ts';
import { referenceOf } from '../why.ts';
import { type Link, link } from './link.ts';

/** Who wrote the binding and the role that allowed it. */
export async function grants(investigation: Investigation, entry: Entry): Promise<Link[]> {
  // What the parts of the control plane may do, the API server gave them at its start.
  if (entry.source !== 'audit' || entry.decision !== 'allow' || isMachinery(entry)) return [];
  const said = authorizationReason(entry.reason, entry.impersonated || entry.user, entry.groups);
  if (said.by !== 'rbac') return [];
  const [binding] = await lastWriting(investigation, entry, said.binding);
  const [role] = await lastWriting(investigation, entry, said.role);
  return [
    ...(binding === undefined
      ? []
      : [link('binding-written', binding, entry, 'proven', ['reason-names-binding', text(said.binding)])]),
    // What the role allowed before that is not known from the reason.
    ...(role === undefined
      ? []
      : [
          link('role-written', role, entry, role.verb === 'create' ? 'proven' : 'possible', [
            'reason-names-role',
            text(said.role),
          ]),
        ]),
  ];
}

async function lastWriting(investigation: Investigation, entry: Entry, name: RbacName): Promise<Entry[]> {
  const writings = await writingsOf(investigation, entry.cluster, referenceOf(name), entry.time);
  // A removed one cannot have allowed it: the authorizer had not heard of that yet, or the clocks differ.
  return writings
    .filter(({ verb, id, user }) => verb !== 'delete' && id !== entry.id && user !== API_SERVER)
    .slice(0, 1);
}

function text({ kind, namespace, name }: RbacName): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}
