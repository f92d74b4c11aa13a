import type { Address } from '../addresses.ts';
import { type Boundaries, difference, intersection } from '../intervals.ts';
import { type Client, comesFrom } from './client.ts';
import { type ClientAuthorization, EVERYWHERE } from './linkerd-authentications.ts';
import { hasIdentity } from './linkerd-identity.ts';
import type { LinkerdSettings } from './settings.ts';
import { allOf, anyOf, type Truth, truthOf } from './truth.ts';

/** Whether an authorization lets a client in. */
export function letsIn(
  { identities, networks }: ClientAuthorization,
  client: Client,
  settings: LinkerdSettings,
): Truth {
  const isFrom = comesFromNetworks(networks, client, settings);
  if (identities === 'anybody') return isFrom;
  if (identities !== 'any-tls') {
    return allOf([anyOf(identities.map((each) => hasIdentity(each, client, settings))), isFrom]);
  }
  const isTls = client.identity === 'unknown' ? 'unknown' : truthOf(client.identity !== 'none');
  return allOf([isTls, isFrom]);
}

/** Pods whose addresses are not known are somewhere in the networks of the cluster. */
function comesFromNetworks(
  networks: Boundaries<Address>,
  client: Client,
  { clusterNetworks }: LinkerdSettings,
): Truth {
  if (networks === EVERYWHERE) return 'yes';
  if (client.addresses !== undefined && client.addresses.length > 0) return comesFrom(client, networks);
  if (!client.isPod) return 'unknown';
  if (difference(clusterNetworks, networks).length === 0) return 'yes';
  return intersection(clusterNetworks, networks).length === 0 ? 'no' : 'unknown';
}
