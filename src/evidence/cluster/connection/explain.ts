import type { Agents, Route } from './agents.ts';
import { inspectCertificate } from './certificate.ts';
import { type CertificateFacts, faultOf, isCertificateFault } from './faults.ts';

const INSPECTION_TIMEOUT = 5_000;

/** URL without credentials, query and the slash at its end, for messages. */
export function nameOf(server: URL): string {
  return `${server.origin}${server.pathname.replace(/\/$/, '')}`;
}

/** Turns errors of requests on this route into ones that say what to do. */
export function explainer(
  route: Route,
  agents: Agents,
  path: string,
  user: string,
): (error: unknown) => Promise<Error> {
  const { host } = route.destination;
  const place = { server: nameOf(route.server), host: route.serverName || host, path, user };
  return async (error) => {
    const facts = isCertificateFault(error) ? await inspect(route, agents) : undefined;
    return faultOf(error, place, facts);
  };
}

async function inspect(route: Route, agents: Agents): Promise<CertificateFacts | undefined> {
  const { destination, serverName } = route;
  try {
    const socket = await agents.tunnel();
    return await inspectCertificate(socket ? { socket } : destination, serverName, INSPECTION_TIMEOUT);
  } catch {
    return undefined;
  }
}
