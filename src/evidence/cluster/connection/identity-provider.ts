import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { Agents } from './agents.ts';
import { readCredentialFile } from './client-files.ts';
import { exchange } from './exchange.ts';
import { explainer } from './explain.ts';
import type { KubeconfigUser } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';
import type { AskProvider } from './oidc-login.ts';
import type { Timeouts } from './options.ts';
import { readText } from './read-body.ts';
import { holdsCertificates, routeToProvider } from './route.ts';

const MAX_ANSWER = 1024 * 1024;

/** Requests to an OpenID Connect provider, trusted by `idp-certificate-authority(-data)` or by the system. */
export function identityProvider(
  user: KubeconfigUser,
  config: ReadonlyMap<string, string>,
  env: Environment,
  timeouts: Timeouts,
): AskProvider {
  return async (url, form) => {
    const route = routeToProvider(url, await authorityOf(user, config), env, timeouts.connect);
    const agents = new Agents(route);
    try {
      const { status, body } = await exchange({
        url,
        agent: agents.forStranger(),
        headers: {
          accept: 'application/json',
          ...(form && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': String(Buffer.byteLength(form.body)),
          }),
          ...(form?.authorization && { authorization: form.authorization }),
        },
        form: form?.body,
        connectTimeout: timeouts.connect,
        idleTimeout: timeouts.idle,
        explain: explainer(route, agents, url.pathname, ''),
      });
      return { status, body: await readText(body, MAX_ANSWER) };
    } finally {
      agents.destroy();
    }
  };
}

async function authorityOf(
  { name, file }: KubeconfigUser,
  config: ReadonlyMap<string, string>,
): Promise<Buffer | undefined> {
  const field = 'idp-certificate-authority';
  const data = config.get(`${field}-data`);
  if (data) {
    const authority = Buffer.from(data, 'base64');
    if (holdsCertificates(authority)) return authority;
    const path = `users[${name}].user.auth-provider.config.${field}-data`;
    throw new KubeStrideError('kubeconfig-field-invalid', { file, path, expected: 'certificate' });
  }
  const path = config.get(field);
  if (!path) return undefined;
  const authority = await readCredentialFile({ path, field, kubeconfig: file, entry: name });
  if (holdsCertificates(authority)) return authority;
  throw new KubeStrideError('credential-file-invalid', { path, field, expected: 'certificate' });
}
