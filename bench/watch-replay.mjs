/**
 * Stands before a real API server and passes everything on, but what watches of pods and ConfigMaps say: that is made here,
 * so many changes a second of objects that are really there. A machine that cannot write as fast into etcd while it reads
 * can still measure the reader.
 */

import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';

const RESOURCES = ['pods', 'configmaps'];
/** Above what the real server will come to; of its answers the informers have seen smaller ones only. */
let version = 1_000_000;

export async function startReplay(plane) {
  const agent = new Agent({
    keepAlive: true,
    ca: readFileSync(plane.ca),
    cert: readFileSync(plane.certificate),
    key: readFileSync(plane.key),
  });
  const watches = new Map(RESOURCES.map((resource) => [resource, new Set()]));
  const objects = new Map();
  for (const resource of RESOURCES)
    objects.set(resource, (await plane.expect('GET', `/api/v1/${resource}`)).items);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, plane.server);
    const watched = searchParams.has('watch') && watches.get(pathname.replace('/api/v1/', ''));
    if (watched) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      watched.add(response);
      response.on('close', () => watched.delete(response));
      return;
    }
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const upstream = httpsRequest(new URL(request.url, plane.server), { headers, agent }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers).flushHeaders();
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    upstream.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  /** A change of one object that is there; half of them change what checks look at. */
  function change(number) {
    const resource = RESOURCES[number % RESOURCES.length];
    const kind = resource === 'pods' ? 'Pod' : 'ConfigMap';
    const all = objects.get(resource);
    const object = all[(number >> 1) % all.length];
    object.metadata.resourceVersion = String(++version);
    object.metadata.annotations = { turn: String(number) };
    if (resource === 'pods') {
      const { securityContext } = object.spec.containers[0];
      if (number % 4 === 0) securityContext.allowPrivilegeEscalation = randomInt(2) === 0;
      else object.status = { ...object.status, message: String(number) };
    }
    const event = { type: 'MODIFIED', object: { apiVersion: 'v1', kind, ...object } };
    for (const response of watches.get(resource)) response.write(`${JSON.stringify(event)}\n`);
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    change,
    close: () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}
