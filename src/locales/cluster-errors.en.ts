import type {
  ConnectionErrorCode,
  ErrorParams,
  KubeconfigErrorCode,
  KubeconfigExpectation,
  LoginErrorCode,
  OidcProblem,
  PluginProblem,
} from '../kubernetes/errors.ts';

export type ClusterErrorCode = KubeconfigErrorCode | LoginErrorCode | ConnectionErrorCode;

function list(value: ErrorParams[string] | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** What lets the user choose: near misses, else everything there is, as far as a line holds it. */
function choice(p: ErrorParams): string {
  const near = list(p['near']);
  if (near.length > 0) return `; did you mean ${near.join(' or ')}?`;
  const all = list(p['contexts']);
  if (all.length === 0) return '';
  return `; choose from ${all.slice(0, 10).join(', ')}${all.length > 10 ? ', …' : ''}`;
}

const EXPECTED: Readonly<Record<KubeconfigExpectation, string>> = {
  text: 'has to be text; put it in quotes',
  flag: 'has to be true or false',
  list: 'has to be a list of text',
  map: 'has to be a map',
  base64: 'is not base64; encode it without line breaks, or name a file in the field without -data',
  'unique-name': 'is there twice; keep one of the entries',
  required: 'is missing; add it',
  'interactive-mode': 'has to be Never, IfAvailable or Always; ask the makers of the plugin which one',
  'proxy-url': 'has to be a URL with http, https or socks5',
  'server-url': 'has to be a URL such as https://host:6443',
  token: 'holds no token; log in again',
  certificate: 'holds no certificate in PEM format; get the kubeconfig anew',
};

const PLUGIN: Readonly<Record<PluginProblem, string>> = {
  'too-much': 'more than 1 MiB',
  'no-credential': 'no ExecCredential',
  'other-version': 'an ExecCredential of another apiVersion',
  'no-status': 'an ExecCredential without status',
  'empty-status': 'neither a token nor a certificate',
  'half-a-pair': 'a certificate without key, or a key without certificate',
  'bad-pair': 'a certificate and a key that do not belong together',
  'bad-token': 'a token with characters that no header can carry',
  'bad-expiry': 'an expirationTimestamp that is no time',
};

const OIDC: Readonly<Record<OidcProblem, string>> = {
  'bad-url': 'idp-issuer-url is no URL',
  'not-https': 'it would get the refresh-token without TLS; use https',
  discovery: 'it has no .well-known/openid-configuration',
  'no-token-endpoint': 'its configuration names no token_endpoint',
  refused: 'it refused the refresh-token',
  'no-json': 'it answered with something other than JSON',
  'no-id-token': 'its answer holds no id_token; the login lacked the scope openid',
};

function oidcProblem(p: ErrorParams): string {
  // The provider's own code stays as it is.
  return OIDC[p['problem'] as OidcProblem] ?? String(p['problem']);
}

function expected(p: ErrorParams): string {
  return EXPECTED[p['expected'] as KubeconfigExpectation];
}

function files(p: ErrorParams): string {
  return list(p['files']).join(', ');
}

function since(p: ErrorParams): string {
  return p['date'] === '' ? '' : ` (${p['date']})`;
}

export const clusterErrors: Readonly<Record<ClusterErrorCode, (p: ErrorParams) => string>> = {
  'kubeconfig-missing': (p) => `--kubeconfig: "${p['file']}" does not exist`,
  'kubeconfig-unreadable': (p) =>
    `cannot read the kubeconfig "${p['file']}": ${p['reason']}; check its owner and mode`,
  'kubeconfig-not-yaml': (p) =>
    `the kubeconfig "${p['file']}" is broken at line ${p['line']}: ${p['problem']}`,
  'kubeconfig-field-invalid': (p) => `kubeconfig "${p['file']}": ${p['path']} ${expected(p)}`,
  'kubeconfig-conflict': (p) =>
    `kubeconfig "${p['file']}": ${p['path']} has both ${list(p['fields']).join(' and ')}; keep one`,
  'no-cluster-configured': (p) =>
    `no kubeconfig${files(p) === '' ? '' : ` (looked for ${files(p)})`}, and this is no pod; name one with --kubeconfig or KUBECONFIG`,
  'no-current-context': (p) =>
    choice(p) === ''
      ? `the kubeconfig (${files(p)}) names no cluster; get one from your provider, or name another with --kubeconfig`
      : `the kubeconfig (${files(p)}) has no current context; name one with --context${choice(p)}`,
  'context-not-found': (p) => `there is no context "${p['context']}" in ${files(p)}${choice(p)}`,
  'context-refers-to-nothing': (p) =>
    `kubeconfig "${p['file']}": the context "${p['context']}" names the ${p['field']} "${p['name']}", which is not there${choice(p) || '; add it or get the kubeconfig anew'}`,
  'proxy-variable-invalid': (p) =>
    `${p['variable']} is no URL of an http, https or socks5 proxy; correct or unset it`,

  'credential-file-unreadable': (p) =>
    `cannot read "${p['path']}": ${p['reason']}; it is the ${p['field']} of "${p['entry']}" in ${p['kubeconfig']}`,
  'credential-file-invalid': (p) => `"${p['path']}" (${p['field']}) ${expected(p)}`,
  'client-certificate-unusable': (p) =>
    `client certificate and key of the user "${p['user']}" in ${p['file']} cannot be used: ${p['reason']}; get the kubeconfig anew`,
  'client-certificate-expired': (p) =>
    `${p['server']} does not accept the user "${p['user']}": the client certificate in ${p['file']} expired on ${p['date']}; renew it`,
  'client-certificate-refused': (p) =>
    `${p['server']} refused the client certificate of the user "${p['user']}": ${p['reason']}; get the kubeconfig anew`,
  'credentials-refused': (p) =>
    `${p['server']} does not accept ${p['user'] === '' ? 'requests without a login' : `the login of the user "${p['user']}" (${p['file']})`}: 401; log in again or choose another --context`,
  'auth-provider-unknown': (p) =>
    `the user "${p['user']}" in ${p['file']} logs in with the auth-provider "${p['provider']}", which Kubernetes no longer has; get a kubeconfig with an exec plugin from your provider`,
  'oidc-login-expired': (p) =>
    `the id-token of the user "${p['user']}" has expired and there is no refresh-token; log in at ${p['issuer']} again`,
  'oidc-refresh-failed': (p) =>
    `no new id-token for the user "${p['user']}" from ${p['issuer']}: ${oidcProblem(p)}${p['status'] === 0 ? '' : ` (HTTP ${p['status']})`}; log in again`,
  'plugin-version-unknown': (p) =>
    `the plugin "${p['command']}" of the user "${p['user']}" speaks "${p['version']}"; client.authentication.k8s.io/v1 or v1beta1 is needed: update it and the kubeconfig`,
  'plugin-not-found': (p) =>
    `the plugin "${p['command']}", with which the user "${p['user']}" logs in, is not installed${p['hint'] === '' ? '; install it, or check PATH' : `: ${p['hint']}`}`,
  'plugin-needs-terminal': (p) =>
    `the plugin "${p['command']}" of the user "${p['user']}" asks questions; run this on a terminal, without - as input`,
  'plugin-timeout': (p) =>
    `the plugin "${p['command']}" of the user "${p['user']}" gave no credentials within ${p['seconds']} s; run it by hand to see why`,
  'plugin-failed': (p) =>
    `the plugin "${p['command']}" of the user "${p['user']}" failed (${p['status']})${p['line'] === '' ? '' : `: ${p['line']}`}; run it by hand, or log in with your provider's tool again`,
  'plugin-answer-invalid': (p) =>
    `the plugin "${p['command']}" of the user "${p['user']}" printed ${PLUGIN[p['problem'] as PluginProblem]} instead of an ExecCredential of ${p['version']}; update it`,

  'server-name-unknown': (p) =>
    `cannot reach ${p['server']}: the name ${p['host']} is not known; check it, DNS and VPN`,
  'server-refuses-connection': (p) =>
    `cannot reach ${p['server']}: nothing listens there; check the address and whether the API server runs`,
  'server-unreachable': (p) => `cannot reach ${p['server']}: ${p['reason']}; check network, VPN and firewall`,
  'connect-timeout': (p) =>
    `cannot reach ${p['server']}: no connection within ${p['seconds']} s; check network, VPN, firewall and proxy`,
  'server-too-slow': (p) =>
    `${p['server']} sent nothing more of ${p['path']} for ${p['seconds']} s; try again when it has less to do`,
  'connection-cut': (p) =>
    `the connection to ${p['server']} was cut before ${p['path']} was complete; try again`,
  'server-certificate-expired': (p) =>
    `the certificate of ${p['server']} has expired${since(p)}; renew it on the server, or check this machine's clock`,
  'server-certificate-not-yet-valid': (p) =>
    `the certificate of ${p['server']} is not valid yet${since(p)}; check this machine's clock`,
  'server-certificate-unknown-issuer': (p) =>
    `the certificate of ${p['server']} is from an authority that the kubeconfig does not name${p['issuer'] === '' ? '' : ` (${p['issuer']})`}; check certificate-authority and the address`,
  'server-certificate-wrong-name': (p) =>
    `the certificate of ${p['server']} is not for ${p['host']}${list(p['names']).length === 0 ? '' : ` but for ${list(p['names']).join(', ')}`}; check the address, or set tls-server-name`,
  'tls-failed': (p) =>
    `no TLS connection to ${p['server']}: ${p['reason']}; check the address and its TLS settings`,
  'server-speaks-no-tls': (p) => `${p['server']} does not speak TLS; check the port, or use http:// for it`,
  'server-needs-tls': (p) => `${p['server']} speaks TLS; write https:// for it in the kubeconfig`,
  'proxy-unreachable': (p) =>
    `cannot reach ${p['server']} through the proxy ${p['proxy']}: ${p['reason']}; check proxy-url, HTTPS_PROXY and NO_PROXY`,
  'proxy-refused': (p) =>
    `the proxy ${p['proxy']} refused a connection to ${p['server']} (HTTP ${p['status']}); check its rules and credentials, or except the server with NO_PROXY`,
  'not-an-api-server': (p) =>
    `${p['server']} answered ${p['path']} with a web page (HTTP ${p['status']}), so it is no API server, or a login page is before it; check the address and log in to the network`,
  redirected: (p) =>
    `${p['server']} redirects ${p['path']}${p['location'] === '' ? '' : ` to ${p['location']}`}, which an API server does not; check the address, or log in to the network`,
  'cluster-answer-too-large': (p) =>
    `the answer of ${p['server']} to ${p['path']} has more than ${p['limit']} bytes`,
  'answer-not-json': (p) => `the answer of ${p['server']} to ${p['path']} is no JSON; check the address`,
  'request-failed': (p) => `the request for ${p['path']} to ${p['server']} failed: ${p['reason']}`,
};
