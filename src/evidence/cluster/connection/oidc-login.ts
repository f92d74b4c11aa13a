import { KubeStrideError, type OidcProblem } from '../../../kubernetes/errors.ts';
import { isObject, type JsonObject } from '../../../kubernetes/json.ts';
import { bearer, isToken, Login, type LoginSource } from './login.ts';
import { SingleFlight } from './single-flight.ts';

/** Taken as expired so much earlier, because clocks differ; golang.org/x/oauth2. */
const EXPIRY_DELTA = 10_000;

/** RFC 6749, section 5.2. */
const REGISTERED_CODES = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
] as const;
type RegisteredCode = (typeof REGISTERED_CODES)[number];

/** An answer of the identity provider. */
export interface ProviderAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends a request to the identity provider; the only requests that are not for the API server. */
export type AskProvider = (
  url: URL,
  form?: { readonly body: string; readonly authorization?: string },
) => Promise<ProviderAnswer>;

export interface OidcLoginOptions {
  /** The configuration of the `auth-provider`, as in the kubeconfig. */
  readonly config: ReadonlyMap<string, string>;
  readonly user: string;
  readonly file: string;
  /** The user's other proofs: a token or password goes first, a certificate goes along. */
  readonly other: LoginSource;
  readonly ask: AskProvider;
  readonly now: () => number;
  /** The provider gave a new refresh token, so the one in the kubeconfig may have become void. */
  readonly onReplaced: () => void;
}

/**
 * Logins of an OpenID Connect provider, the `auth-provider` named `oidc`: the id-token while it is valid, then new ones
 * by the refresh token. New tokens stay in memory; the kubeconfig is never written.
 */
export class OidcLogin implements LoginSource {
  readonly #options: OidcLoginOptions;
  #idToken: string;
  #refreshToken: string;
  #login: Login | undefined;
  readonly #refreshes: SingleFlight<void>;

  /** @throws KubeStrideError `kubeconfig-field-invalid` */
  constructor(options: OidcLoginOptions) {
    const { config, user, file } = options;
    this.#options = options;
    this.#refreshes = new SingleFlight(() => this.#refresh(), options.now);
    for (const field of ['idp-issuer-url', 'client-id']) {
      if (config.get(field)) continue;
      const path = `users[${user}].user.auth-provider.config.${field}`;
      throw new KubeStrideError('kubeconfig-field-invalid', { file, path, expected: 'required' });
    }
    this.#idToken = config.get('id-token') ?? '';
    this.#refreshToken = config.get('refresh-token') ?? '';
  }

  async current(): Promise<Login> {
    const other = await this.#options.other.current();
    if (other.authorization !== undefined) return other;
    if (!this.#isValid(this.#idToken)) await this.#refreshes.go();
    return this.#loginWith(other);
  }

  async renew(refused: Login): Promise<Login | undefined> {
    const other = await this.#options.other.renew(refused);
    if (other?.authorization !== undefined) return other;
    if (this.#login === refused) {
      if (this.#refreshToken === '') return undefined;
      await this.#refreshes.go();
    }
    return this.#loginWith(await this.#options.other.current());
  }

  close(): void {
    this.#options.other.close();
  }

  #loginWith(other: Login): Login {
    const authorization = bearer(this.#idToken);
    if (this.#login?.authorization !== authorization || this.#login.certificate !== other.certificate) {
      this.#login = new Login(authorization, other.certificate);
    }
    return this.#login;
  }

  #isValid(token: string): boolean {
    if (token === '') return false;
    const expiry = isToken(token) ? expiryOf(token) : undefined;
    if (expiry !== undefined) return this.#options.now() + EXPIRY_DELTA < expiry;
    const { user, file } = this.#options;
    const path = `users[${user}].user.auth-provider.config.id-token`;
    throw new KubeStrideError('kubeconfig-field-invalid', { file, path, expected: 'token' });
  }

  async #refresh(): Promise<void> {
    const { user, config } = this.#options;
    const issuer = config.get('idp-issuer-url') as string;
    if (this.#refreshToken === '') throw new KubeStrideError('oidc-login-expired', { user, issuer });
    const endpoint = await this.#tokenEndpoint(issuer);
    const answer = await this.#exchange(endpoint);
    const idToken = answer['id_token'];
    if (typeof idToken !== 'string' || !isToken(idToken)) this.#fail('no-id-token');
    this.#idToken = idToken;
    const next = answer['refresh_token'];
    if (typeof next === 'string' && next !== '' && next !== this.#refreshToken) {
      this.#refreshToken = next;
      this.#options.onReplaced();
    }
  }

  /** OpenID Connect Discovery 1.0, section 4. */
  async #tokenEndpoint(issuer: string): Promise<URL> {
    const place = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    if (!URL.canParse(place)) this.#fail('bad-url');
    const { status, body } = await this.#options.ask(confidential(new URL(place)) ?? this.#fail('not-https'));
    if (status !== 200) this.#fail('discovery', status);
    const endpoint = parse(body)?.['token_endpoint'];
    if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) this.#fail('no-token-endpoint');
    return confidential(new URL(endpoint)) ?? this.#fail('not-https');
  }

  /** RFC 6749, section 6. The client's secret goes into the header, else into the body, as golang.org/x/oauth2 tries. */
  async #exchange(endpoint: URL): Promise<JsonObject> {
    const id = this.#options.config.get('client-id') as string;
    const secret = this.#options.config.get('client-secret') ?? '';
    const grant = { grant_type: 'refresh_token', refresh_token: this.#refreshToken };
    const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
    let answer = await this.#options.ask(endpoint, {
      body: new URLSearchParams(grant).toString(),
      authorization: `Basic ${basic}`,
    });
    if (answer.status < 200 || answer.status > 299) {
      const more = { ...grant, client_id: id, ...(secret !== '' && { client_secret: secret }) };
      answer = await this.#options.ask(endpoint, { body: new URLSearchParams(more).toString() });
    }
    if (answer.status < 200 || answer.status > 299) {
      const error = parse(answer.body)?.['error'];
      // Anything else could repeat what was sent.
      const known = REGISTERED_CODES.find((code) => code === error);
      this.#fail(known ?? 'refused', answer.status);
    }
    return parse(answer.body) ?? this.#fail('no-json');
  }

  #fail(problem: OidcProblem | RegisteredCode, status = 0): never {
    const { user, config } = this.#options;
    const issuer = config.get('idp-issuer-url') as string;
    throw new KubeStrideError('oidc-refresh-failed', { user, issuer, problem, status });
  }
}

/** A refresh token goes over TLS only, or stays on this machine. */
function confidential(url: URL): URL | undefined {
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && local) ? url : undefined;
}

function parse(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `exp` of a JSON Web Token (RFC 7519), in milliseconds since the epoch; undefined where it is none. */
function expiryOf(token: string): number | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  const claims = parse(Buffer.from(parts[1] as string, 'base64url').toString('utf8'));
  if (claims === undefined) return undefined;
  const { exp } = claims;
  return typeof exp === 'number' ? exp * 1000 : 0;
}
