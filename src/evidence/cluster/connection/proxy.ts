import { BlockList, isIP } from 'node:net';
import { KubeStrideError } from '../../../kubernetes/errors.ts';
import type { KubeconfigCluster } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';

/** Schemes of Go's transport; `socks5h` only from the environment, where both leave names to the proxy. */
const SCHEMES = ['http:', 'https:', 'socks5:', 'socks5h:'];
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * The proxy on the way to the server: the cluster's `proxy-url`, else `HTTPS_PROXY` (`HTTP_PROXY` for a plain server)
 * unless `NO_PROXY` excepts the server, as Go's `httpproxy` decides.
 * @throws KubeStrideError `kubeconfig-field-invalid`, `proxy-variable-invalid`
 */
export function proxyFor(server: URL, cluster: KubeconfigCluster, env: Environment): URL | undefined {
  if (cluster.proxyUrl !== '') {
    const proxy = parse(cluster.proxyUrl);
    if (proxy !== undefined && proxy.protocol !== 'socks5h:') return proxy;
    const path = `clusters[${cluster.name}].cluster.proxy-url`;
    throw new KubeStrideError('kubeconfig-field-invalid', {
      file: cluster.file,
      path,
      expected: 'proxy-url',
    });
  }
  return proxyFromEnvironment(server, env);
}

/** @throws KubeStrideError `proxy-variable-invalid` */
export function proxyFromEnvironment(server: URL, env: Environment): URL | undefined {
  const names = server.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const variable = names.find((name) => env[name]);
  if (variable === undefined || isExcepted(server, env['NO_PROXY'] || env['no_proxy'] || ''))
    return undefined;
  const text = env[variable] as string;
  // A bare host and port is an HTTP proxy.
  const proxy = text.includes('://') ? parse(text) : parse(`http://${text}`);
  if (proxy === undefined) throw new KubeStrideError('proxy-variable-invalid', { variable });
  return proxy;
}

function parse(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return SCHEMES.includes(url.protocol) && url.hostname !== '' ? url : undefined;
}

/** Without credentials, for messages. */
export function proxyName(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}

/** Host name or address without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function portOf(url: URL): number {
  return Number(url.port || DEFAULT_PORTS[url.protocol] || '1080');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isExcepted(server: URL, noProxy: string): boolean {
  const host = hostOf(server).toLowerCase();
  if (isLoopback(host)) return true;
  const port = String(portOf(server));
  return noProxy.split(',').some((rule) => matches(rule.trim().toLowerCase(), host, port));
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === '') return false;
  if (rule === '*') return true;
  const slash = rule.indexOf('/');
  if (slash > 0 && isIP(rule.slice(0, slash)) > 0) return isIP(host) > 0 && inSubnet(rule, slash, host);
  const [ruleHost, rulePort] = splitPort(rule);
  if (ruleHost === '' || (rulePort !== '' && rulePort !== port)) return false;
  if (isIP(host) > 0) return isIP(ruleHost) > 0 && canonical(ruleHost) === canonical(host);
  // `example.com` and below; `.example.com` and `*.example.com` only below.
  const below = ruleHost.startsWith('*.') ? ruleHost.slice(1) : ruleHost;
  return below.startsWith('.') ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}

/** As Go's `SplitHostPort`: brackets belong to a port, without one they make no address. */
function splitPort(rule: string): [string, string] {
  const bracketed = /^\[(.*)\]:(\d+)$/.exec(rule);
  if (bracketed !== null) return [bracketed[1] as string, bracketed[2] as string];
  const single = /^([^:]*):(\d+)$/.exec(rule);
  return single === null ? [rule, ''] : [single[1] as string, single[2] as string];
}

function inSubnet(rule: string, slash: number, host: string): boolean {
  const network = rule.slice(0, slash);
  const prefix = Number(rule.slice(slash + 1));
  const address = canonical(host);
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6';
  // Node's list would find every IPv4 address in `::/0`.
  if (isIP(network) !== isIP(address)) return false;
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (family === 'ipv4' ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list.check(address, family);
}

/** One spelling for each address; an IPv4 address in IPv6 (RFC 4291, section 2.5.5.2) is the IPv4 address. */
function canonical(address: string): string {
  if (isIP(address) === 4) return address;
  const text = hostOf(new URL(`http://[${address}]`));
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text);
  if (mapped === null) return text;
  const [high, low] = [mapped[1], mapped[2]].map((group) => Number.parseInt(group as string, 16));
  return [high! >> 8, high! & 255, low! >> 8, low! & 255].join('.');
}
