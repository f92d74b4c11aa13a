import { describe, expect, test } from 'vitest';
import { adminInterfaceOf } from './admin-interfaces.ts';
import { dataStoreOf } from './data-stores.ts';
import { askingProxy } from './edge-authentication.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { type Container, Workload } from './workload.ts';

function container(spec: JsonObject, labels: JsonObject = {}, kind = 'Pod'): Container {
  const pod = { containers: [{ name: 'c', ...spec }] };
  const raw =
    kind === 'Pod'
      ? { apiVersion: 'v1', kind, metadata: { name: 'p', labels }, spec: pod }
      : { apiVersion: 'batch/v1', kind, metadata: { name: 'p' }, spec: { template: { spec: pod } } };
  const origin = { file: { path: '' }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
  return Workload.of(new KubernetesObject(raw, { ...origin, format: 'yaml' }))[0]!.containers[0]!;
}

const port = (containerPort: number, name?: string): JsonObject => ({
  containerPort,
  ...(name ? { name } : {}),
});

describe('administration interfaces', () => {
  test.each<[string, JsonObject, string | undefined]>([
    ['an image of Docker Hub', { image: 'grafana/grafana:11.1.0' }, 'Grafana 3000 login'],
    ['a mirror', { image: 'registry.example.com/rancher/mirrored-grafana-grafana:11' }, 'Grafana 3000 login'],
    [
      'a setting',
      { image: 'grafana/grafana', env: [{ name: 'GF_AUTH_ANONYMOUS_ENABLED', value: 'true' }] },
      'Grafana 3000 open',
    ],
    [
      'two words of a flag',
      { image: 'argoproj/argocli:v3.5', args: ['server', '--auth-mode', 'server'] },
      'Argo Workflows 2746 open',
    ],
    [
      'one word of a flag',
      { image: 'argoproj/argocli:v3.5', args: ['server', '--auth-mode=sso'] },
      'Argo Workflows 2746 login',
    ],
    [
      'one program of several',
      { image: 'argoproj/argocd', command: ['argocd-server'] },
      'Argo CD 8080 login',
    ],
    ['another of them', { image: 'argoproj/argocd', command: ['argocd-application-controller'] }, undefined],
    ['an agent of the same image', { image: 'hashicorp/vault', args: ['agent', '-config=/a'] }, undefined],
    ['Traefik without its dashboard', { image: 'traefik:v3.1', args: ['--api.dashboard=true'] }, undefined],
    [
      'Traefik with it',
      { image: 'traefik:v3.1', args: ['--api.insecure=true'] },
      'Traefik dashboard 8080,9000 open',
    ],
    ['no port of the interface', { image: 'prom/prometheus', ports: [port(10901)] }, undefined],
    ['something else', { image: 'example.com/shop/web:1' }, undefined],
    ['a client', { image: 'consul:1', command: ['sleep', 'infinity'] }, undefined],
    ['no image at all', {}, undefined],
  ])('%s', (_, spec, expected) => {
    const found = adminInterfaceOf(container(spec));
    expect(found && `${found.program.name} ${found.ports.join()} ${found.access}`).toBe(expected);
  });

  test('a label needs the port', () => {
    const labels = { 'app.kubernetes.io/name': 'grafana' };
    expect(adminInterfaceOf(container({ image: 'x/y', ports: [port(3000)] }, labels))?.by).toBe('label');
    expect(adminInterfaceOf(container({ image: 'x/y', ports: [port(3001)] }, labels))).toBeUndefined();
    // The last part of `ml-pipeline/frontend` is any frontend.
    expect(
      adminInterfaceOf(container({ image: 'x/y', ports: [port(3000)] }, { app: 'frontend' })),
    ).toBeUndefined();
  });
});

describe('stores', () => {
  test.each<[string, JsonObject, string | undefined]>([
    ['an image', { image: 'postgres:16' }, 'PostgreSQL 5432 image'],
    ['its port', { image: 'bitnami/redis', ports: [port(6379), port(9121, 'metrics')] }, 'Redis 6379 image'],
    [
      'a port of its own',
      { image: 'mongo:7', ports: [port(3717), port(9216, 'metrics')] },
      'MongoDB 3717 image',
    ],
    ['metrics alone', { image: 'mongo:7', ports: [port(9216, 'metrics')] }, undefined],
    [
      'a port that tells',
      { image: 'example.com/orders:1', ports: [port(8080), port(5432)] },
      'PostgreSQL 5432 port',
    ],
    ['an exporter', { image: 'oliver006/redis_exporter', ports: [port(9121)] }, undefined],
    ['a client', { image: 'redis:7', command: ['redis-cli', 'ping'] }, undefined],
  ])('%s', (_, spec, expected) => {
    const found = dataStoreOf(container(spec));
    expect(found && `${found.name} ${found.ports.join()} ${found.by}`).toBe(expected);
  });

  test('what runs to completion is a client', () => {
    expect(dataStoreOf(container({ image: 'postgres:16' }, {}, 'Job'))).toBeUndefined();
  });
});

test.each([
  ['quay.io/oauth2-proxy/oauth2-proxy:v7', 'oauth2-proxy'],
  ['registry.redhat.io/openshift4/ose-oauth-proxy:v4', 'ose-oauth-proxy'],
  ['quay.io/keycloak/keycloak:25', 'keycloak'],
  ['openpolicyagent/gatekeeper:v3', undefined],
  ['example.com/shop:1', undefined],
])('%s asks who is there: %s', (image, expected) => {
  expect(askingProxy(container({ image }))).toBe(expected);
});
