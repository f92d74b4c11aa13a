import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { isLogAgent } from './log-agents.ts';
import { logDestination, mountOf, shipperOf } from './log-destination.ts';
import { KubernetesObject } from './object.ts';

const origin = {
  file: { path: 'test.yaml' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml' as const,
  within: '',
};

function containers(...specs: JsonObject[]) {
  const raw = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: specs } };
  return new Cluster([new KubernetesObject(raw, origin)]).workloads[0]!.containers;
}

const where = (spec: JsonObject) => {
  const destination = logDestination(containers(spec)[0]!);
  return destination?.kind === 'file' ? destination.file : destination?.kind;
};

/** Meanings of the flags from the programs' references: klog, MongoDB, MySQL, controller-runtime, component-base. */
test.each([
  [['--log-file=/var/log/a.log'], '/var/log/a.log'],
  [['--log_dir', '/logs', '--logtostderr=false'], '/logs'],
  [['--log_dir=/logs', '--logtostderr'], 'stream'],
  [['--logtostderr=false'], '/tmp'],
  [['--logtostderr=false', '--alsologtostderr'], 'stream'],
  [['--log-file=/dev/stdout'], 'stream'],
  [['--log-file', '-'], 'stream'],
  [['mongod', '--logpath=/data/mongod.log'], '/data/mongod.log'],
  [['mysqld', '--log-error=/var/log/mysqld.log'], '/var/log/mysqld.log'],
  [['--log-target=stdout'], 'stream'],
  [['--log-output=file'], 'file'],
  [['--zap-log-level=2'], 'stream'],
  [['--logging-format=text'], 'stream'],
  [['kube-scheduler', '--log-file=/var/log/scheduler.log'], 'stream'],
  [['-Dlogging.file.name=/logs/app.log'], undefined],
  [['--log-level=info', '--audit-log-path=/var/log/audit.log', '--catalog-path=/data'], undefined],
  [['sh', '-c', 'exec app >> /var/log/app.log 2>&1'], '/var/log/app.log'],
  [['sh', '-ec', 'app &> "/opt/app/logs/out"'], '/opt/app/logs/out'],
  [['sh', '-c', 'app 2> /var/log/errors.log'], undefined],
  [['sh', '-c', 'echo a > /etc/app.conf && app'], undefined],
  [['sh', '-c', 'app | tee /var/log/app.log > /dev/null'], 'stream'],
  [['sh', '-c', 'app >> /var/log/app.log & tail -F /var/log/app.log'], 'stream'],
  [['app > /var/log/app.log'], undefined],
  [['ln -sf /dev/stdout /var/log/nginx/access.log'], 'stream'],
])('%j logs to %s', (command, expected) => {
  expect(where({ name: 'c', command })).toBe(expected);
});

test.each([
  ['LOG_FILE', '/var/log/app.log', '/var/log/app.log'],
  ['APP_LOG_FILE', '/var/log/app.log', '/var/log/app.log'],
  ['RAILS_LOG_TO_STDOUT', 'true', 'stream'],
  ['RAILS_LOG_TO_STDOUT', 'false', undefined],
  ['LOG_OUTPUT', 'stdout', 'stream'],
  ['GF_LOG_MODE', 'file', undefined],
  ['LOG_FILE_MAX_SIZE', '10', undefined],
  ['CATALOG_FILE', '/data/catalog', undefined],
])('%s=%s logs to %s', (name, value, expected) => {
  expect(where({ name: 'c', env: [{ name, value }] })).toBe(expected);
});

test('the innermost mount holds the file, and whoever mounts it too may ship it', () => {
  const [app, reader, agent] = containers(
    {
      name: 'app',
      volumeMounts: [
        { name: 'root', mountPath: '/var' },
        { name: 'logs', mountPath: '/var/log/' },
      ],
    },
    { name: 'reader', volumeMounts: [{ name: 'logs', mountPath: '/in' }] },
    { name: 'agent', image: 'fluent/fluent-bit:4.0', volumeMounts: [{ name: 'root', mountPath: '/in' }] },
  );
  expect(mountOf(app!, '/var/log/app.log')?.name).toBe('logs');
  expect(mountOf(app!, '/var/logs/app.log')?.name).toBe('root');
  expect(mountOf(app!, '/srv/app.log')).toBeUndefined();
  expect(shipperOf(app!, '/var/log/app.log')).toBe(reader);
  expect(shipperOf(app!, '/srv/app.log')).toBeUndefined();
  expect(shipperOf(app!, undefined)).toBe(agent);
  expect(shipperOf(agent!, undefined)).toBeUndefined();
});

test.each([
  ['fluent/fluent-bit:4.0', true],
  ['docker.io/timberio/vector:0.55.0-alpine', true],
  ['gcr.io/datadoghq/agent:7', true],
  ['grafana/agent', true],
  ['jenkins/agent', false],
  ['example.com/vectors:1', false],
  ['NOT AN IMAGE', false],
])('%s is a log agent: %s', (image, expected) => {
  expect(isLogAgent(containers({ name: 'c', image })[0]!)).toBe(expected);
});
