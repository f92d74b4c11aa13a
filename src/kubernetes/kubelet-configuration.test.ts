import { expect, test } from 'vitest';
import { kubeletSettings, relevantKubeletConfiguration, settingPath } from './kubelet-configuration.ts';

function values(configuration: Parameters<typeof kubeletSettings>[0]): Record<string, string> {
  return Object.fromEntries(kubeletSettings(configuration).map(({ flag, value }) => [flag, value]));
}

// Defaults of pkg/kubelet/apis/config/v1beta1/defaults.go.
test('what a configuration leaves out has its default', () => {
  const defaults = { 'anonymous-auth': 'false', 'authorization-mode': 'Webhook', 'read-only-port': '0' };
  expect(values({})).toEqual(defaults);
  expect(values({ authentication: 'odd', authorization: { mode: '' }, readOnlyPort: null })).toEqual(
    defaults,
  );
});

test('what it states counts', () => {
  expect(
    values({
      authentication: { anonymous: { enabled: true } },
      authorization: { mode: 'AlwaysAllow' },
      readOnlyPort: 10255,
    }),
  ).toEqual({ 'anonymous-auth': 'true', 'authorization-mode': 'AlwaysAllow', 'read-only-port': '10255' });
});

test('leads to the field', () => {
  const [first] = kubeletSettings({});
  expect(settingPath(['spec', 'kubelets', 2, 'config'], first!)).toBe(
    'spec.kubelets[2].config.authentication.anonymous.enabled',
  );
});

test('keeps nothing but what checks ask for', () => {
  const configuration = { readOnlyPort: 0, staticPodURLHeader: { Authorization: ['Bearer abc'] } };
  expect(relevantKubeletConfiguration(configuration)).toEqual({ readOnlyPort: 0 });
});

test('of log rotation tells just what is stated', () => {
  expect(values({ containerLogMaxSize: '1Mi', containerLogMaxFiles: 3 })).toMatchObject({
    'container-log-max-size': '1Mi',
    'container-log-max-files': '3',
  });
  const kept = { containerLogMaxSize: '10Mi', containerLogMaxFiles: 5 };
  expect(relevantKubeletConfiguration({ ...kept, clusterDNS: ['10.0.0.10'] })).toEqual(kept);
});
