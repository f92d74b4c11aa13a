import { describe, expect, test } from 'vitest';
import { debugPortsOf } from './debug-ports.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { Workload } from './workload.ts';

function found(container: JsonObject): string[] {
  const raw = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', ...container }] },
  };
  const origin = { file: { path: '' }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
  const [workload] = Workload.of(new KubernetesObject(raw, { ...origin, format: 'yaml' }));
  return debugPortsOf(workload!.containers[0]!).map(
    ({ name, port, listens, by }) => `${name} ${port ?? '-'} ${listens}${by === 'port' ? ' (port)' : ''}`,
  );
}

const env = (name: string, value: string) => ({ env: [{ name, value }] });

describe('settings, as the documentation of each program states them', () => {
  test.each<[string, JsonObject, string[]]>([
    // JDK 9 release notes: without a host, the socket is bound to the loopback address alone.
    [
      'JDWP',
      env('JAVA_TOOL_OPTIONS', '-Xmx1g -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005'),
      ['JDWP 5005 network'],
    ],
    [
      'JDWP without a host',
      { args: ['java', '-agentlib:jdwp=transport=dt_socket,server=y,address=5005', '-jar', 'a.jar'] },
      ['JDWP 5005 unknown'],
    ],
    [
      'JDWP at loopback',
      env('JAVA_OPTS', '-Xrunjdwp:server=y,transport=dt_socket,address=127.0.0.1:8000'),
      ['JDWP 8000 loopback'],
    ],
    [
      'JDWP that calls a debugger',
      env('JAVA_OPTS', '-agentlib:jdwp=transport=dt_socket,server=n,address=dev:5005'),
      [],
    ],
    [
      'Tomcat',
      { command: ['/usr/local/tomcat/bin/catalina.sh', 'jpda', 'run'], ...env('JPDA_ADDRESS', '*:8000') },
      ['JDWP 8000 network'],
    ],
    ['Tomcat without it', { command: ['catalina.sh', 'run'] }, []],
    [
      'Node.js',
      { command: ['node', '--inspect=0.0.0.0:9229', 'server.js'] },
      ['Node.js inspector 9229 network'],
    ],
    ['Node.js by default', { args: ['node', '--inspect', 'server.js'] }, ['Node.js inspector 9229 loopback']],
    [
      'Node.js by variable',
      env('NODE_OPTIONS', '--max-old-space-size=100 --inspect-brk=0.0.0.0'),
      ['Node.js inspector 9229 network'],
    ],
    [
      'Delve',
      { command: ['/go/bin/dlv', '--listen=:40000', '--headless=true', 'exec', '/app'] },
      ['Delve 40000 network'],
    ],
    [
      'Delve in two words',
      { args: ['dlv', 'exec', '/app', '-l', '127.0.0.1:2345'] },
      ['Delve 2345 loopback'],
    ],
    [
      'debugpy',
      { command: ['sh', '-c', 'python -m debugpy --listen 0.0.0.0:5678 app.py'] },
      ['debugpy 5678 network'],
    ],
    [
      'debugpy by port alone',
      { args: ['-m', 'debugpy', '--listen', '5678', 'app.py'] },
      ['debugpy 5678 loopback'],
    ],
    ['debugpy that calls', { args: ['-m', 'debugpy', '--connect', 'dev:5678', 'app.py'] }, []],
    [
      'JMX',
      env(
        'JAVA_OPTS',
        '-Dcom.sun.management.jmxremote.port=9010 -Dcom.sun.management.jmxremote.authenticate=false',
      ),
      ['JMX 9010 network'],
    ],
    ['JMX with a password', env('JAVA_OPTS', '-Dcom.sun.management.jmxremote.port=9010'), []],
    [
      'Chrome',
      { args: ['--remote-debugging-port=9222', '--remote-debugging-address=0.0.0.0'] },
      ['Chrome DevTools 9222 network'],
    ],
    [
      'actuator',
      env('MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE', '*'),
      ['Spring Boot actuator 8080 network'],
    ],
    ['harmless actuator', env('MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE', 'health,info,prometheus'), []],
    ['pprof', { args: ['--pprof-addr=:6060'] }, ['pprof 6060 network']],
    ['pprof at loopback', { args: ['--pprof-addr=localhost:6060'] }, ['pprof 6060 loopback']],
    ['pprof turned off', { args: ['--enable-pprof=false', '--disable-pprof'] }, []],
    ['dockerd', { command: ['dockerd', '-H', 'tcp://0.0.0.0:2375'] }, ['Docker daemon 2375 network']],
    ['dockerd with TLS', { command: ['dockerd', '--tlsverify', '-H', 'tcp://0.0.0.0:2376'] }, []],
    [
      'dind without TLS',
      { image: 'docker:24-dind', ...env('DOCKER_TLS_CERTDIR', '') },
      ['Docker daemon 2375 network'],
    ],
    ['dind', { image: 'docker:24-dind' }, []],
    ['a client of dockerd', { image: 'docker:24', ...env('DOCKER_HOST', 'tcp://localhost:2375') }, []],
    [
      'kubectl proxy',
      { args: ['kubectl', 'proxy', '--address=0.0.0.0', '--accept-hosts=.*'] },
      ['kubectl proxy 8001 network'],
    ],
    [
      'kubectl proxy by default',
      { args: ['kubectl', 'proxy', '--port', '8080'] },
      ['kubectl proxy 8080 loopback'],
    ],
    ['gdbserver', { args: ['gdbserver', ':1234', '/app'] }, ['gdbserver 1234 network']],
    ['ttyd', { command: ['ttyd', '-p', '8080', 'bash'] }, ['web terminal 8080 network']],
    ['ttyd with a password', { command: ['ttyd', '-c', 'a:b', 'bash'] }, []],
  ])('%s', (_, container, expected) => {
    expect(found(container)).toEqual(expected);
  });
});

test('ports tell by name, or by a number without a name', () => {
  const ports = (...list: JsonObject[]) => found({ ports: list });
  expect(ports({ name: 'debug', containerPort: 7000 })).toEqual(['debug 7000 unknown (port)']);
  expect(ports({ containerPort: 5005 })).toEqual(['JDWP 5005 unknown (port)']);
  expect(ports({ name: 'http', containerPort: 5005 })).toEqual([]);
  expect(
    ports({ name: 'jmx-metrics', containerPort: 9010 }, { name: 'debugging', containerPort: 1 }),
  ).toEqual([]);
  expect(found({ args: ['--pprof-addr=:6060'], ports: [{ containerPort: 6060 }] })).toEqual([
    'pprof 6060 network',
  ]);
});
