import { expect, test } from 'vitest';
import type { KubeconfigCluster } from './kubeconfig.ts';
import { proxyFor, proxyFromEnvironment, proxyName } from './proxy.ts';

const CLUSTER = { name: 'c', file: '/config', proxyUrl: '' } as KubeconfigCluster;
const PROXY = 'http://user:secret@proxy.example:3128';

function used(server: string, env: Record<string, string>): string | undefined {
  const proxy = proxyFromEnvironment(new URL(server), env);
  return proxy && proxyName(proxy);
}

test('variables in capitals go first; http servers have their own; a bare address is an HTTP proxy', () => {
  expect(used('https://api.example', {})).toBeUndefined();
  expect(used('https://api.example', { HTTPS_PROXY: PROXY, https_proxy: 'x' })).toBe(
    'http://proxy.example:3128',
  );
  expect(used('https://api.example', { https_proxy: 'socks5://p:1080' })).toBe('socks5://p:1080');
  expect(used('https://api.example', { HTTPS_PROXY: 'p:3128' })).toBe('http://p:3128');
  expect(used('https://api.example', { HTTP_PROXY: PROXY, ALL_PROXY: PROXY })).toBeUndefined();
  expect(used('http://api.example', { HTTP_PROXY: PROXY })).toBe('http://proxy.example:3128');
  expect(() => used('https://api.example', { HTTPS_PROXY: 'ftp://x' })).toThrow(
    expect.objectContaining({ code: 'proxy-variable-invalid' }),
  );
});

// Go: vendor/golang.org/x/net/http/httpproxy, and apimachinery's NewProxierWithNoProxyCIDR.
test.each([
  ['https://localhost:6443', '', true],
  ['https://127.0.0.5:6443', '', true],
  ['https://[::1]:6443', '', true],
  ['https://example.com', 'example.com', true],
  ['https://a.example.com', 'example.com', true],
  ['https://badexample.com', 'example.com', false],
  ['https://example.com', '.example.com', false],
  ['https://a.example.com', '.example.com', true],
  ['https://a.example.com', '*.example.com', true],
  ['https://example.com', '*.example.com', false],
  ['https://EXAMPLE.com', ' foo , Example.COM ', true],
  ['https://example.com', 'example.com:443', true],
  ['https://example.com:6443', 'example.com:443', false],
  ['https://example.com', '*', true],
  ['https://10.1.2.3', '10.0.0.0/8', true],
  ['https://11.1.2.3', '10.0.0.0/8', false],
  ['https://10.1.2.3:6443', '10.1.2.3', true],
  ['https://10.1.2.3:6443', '10.1.2.3:443', false],
  ['https://[fd00::7]:6443', 'fd00::/8', true],
  ['https://[fd00::7]:6443', 'fd00:0::7', true],
  ['https://[fd00::7]:6443', '[fd00::7]:6443', true],
  ['https://[fd00::7]:6443', '[fd00::7]', false],
  ['https://[::ffff:10.1.2.3]', '10.0.0.0/8', true],
  ['https://10.1.2.3', '::/0', false],
  ['https://[fd00::7]:6443', '[fd00::7]:443', false],
  ['https://10.1.2.3', '.3', false],
  ['https://example.com', '10.0.0.0/8,,x', false],
])('%s with NO_PROXY "%s" is excepted: %s', (server, NO_PROXY, excepted) => {
  expect(used(server, { HTTPS_PROXY: PROXY, NO_PROXY }) === undefined).toBe(excepted);
});

test('proxy-url goes before the environment and its exceptions; its value is not in the error', () => {
  const server = new URL('https://127.0.0.1:6443');
  const env = { HTTPS_PROXY: 'http://other:1', NO_PROXY: '*' };
  expect(proxyFor(server, { ...CLUSTER, proxyUrl: 'socks5://p:1080' }, env)?.host).toBe('p:1080');
  for (const proxyUrl of ['ftp://u:hunter2@p', 'socks5h://p:1080', 'p:3128', '::']) {
    let error: unknown;
    try {
      proxyFor(server, { ...CLUSTER, proxyUrl }, env);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: 'kubeconfig-field-invalid',
      params: { path: 'clusters[c].cluster.proxy-url', expected: 'proxy-url' },
    });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  }
});
