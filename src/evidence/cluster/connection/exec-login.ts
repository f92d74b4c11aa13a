import { createPrivateKey, X509Certificate } from 'node:crypto';
import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { asObject, asString, isObject, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { readYaml } from '../../../kubernetes/yaml/index.ts';
import type { ClientCertificate } from './agents.ts';
import type { ExecSettings } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';
import { bearer, isToken, Login, type LoginSource } from './login.ts';
import { runPlugin } from './run-plugin.ts';
import { SingleFlight } from './single-flight.ts';

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const INFO_VARIABLE = 'KUBERNETES_EXEC_INFO';

export interface ExecLoginOptions {
  readonly exec: ExecSettings;
  /** Name of the kubeconfig's user, for messages. */
  readonly user: string;
  /** What a plugin that asks for it is told of the cluster. */
  readonly cluster: JsonObject;
  readonly env: Environment;
  readonly cwd: string;
  /** Whether standard input is a terminal that nothing else reads. */
  readonly terminal: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly now: () => number;
  readonly onLine: (line: string) => void;
}

interface Credential {
  readonly login: Login;
  /** Milliseconds since the epoch; infinite where the plugin gives no end. */
  readonly expires: number;
}

/**
 * Logins that a program prints, as client-go's exec plugins (client.authentication.k8s.io). A login is kept until its
 * `expirationTimestamp` or until the server refuses it; the program runs once at a time.
 */
export class ExecLogin implements LoginSource {
  readonly #options: ExecLoginOptions;
  readonly #closing = new AbortController();
  readonly #plugin: SingleFlight<Credential>;
  #credential: Credential | undefined;

  /** @throws KubeStrideError `plugin-version-unknown` */
  constructor(options: ExecLoginOptions) {
    this.#options = options;
    this.#plugin = new SingleFlight(() => this.#run(), options.now);
    const { apiVersion, command } = options.exec;
    if (!API_VERSIONS.includes(apiVersion)) {
      throw new KubeStrideError('plugin-version-unknown', {
        user: options.user,
        command,
        version: apiVersion,
      });
    }
  }

  async current(): Promise<Login> {
    if (this.#credential === undefined || this.#options.now() > this.#credential.expires) {
      this.#credential = await this.#plugin.go();
    }
    return this.#credential.login;
  }

  async renew(refused: Login): Promise<Login | undefined> {
    // Another request may have renewed it meanwhile.
    if (this.#credential?.login === refused) this.#credential = await this.#plugin.go();
    return this.#credential?.login;
  }

  close(): void {
    this.#closing.abort();
  }

  async #run(): Promise<Credential> {
    const { exec, user, cluster, env, cwd, timeout } = this.#options;
    const { command, apiVersion } = exec;
    const interactive = this.#interactive();
    const info = {
      kind: 'ExecCredential',
      apiVersion,
      spec: { ...(exec.provideClusterInfo && { cluster }), interactive },
    };
    const result = await runPlugin({
      command,
      args: exec.args,
      env: {
        ...env,
        ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
        [INFO_VARIABLE]: JSON.stringify(info),
      },
      searchPath: env['PATH'] ?? '',
      cwd,
      interactive,
      timeout,
      signal: this.#closing.signal,
      onLine: this.#options.onLine,
    });
    switch (result.kind) {
      case 'answer':
        return this.#decode(result.stdout);
      case 'missing':
        throw new KubeStrideError('plugin-not-found', { user, command, hint: flat(exec.installHint) });
      case 'timeout':
        throw new KubeStrideError('plugin-timeout', { user, command, seconds: Math.round(timeout / 1000) });
      case 'too-much':
        return this.#refuse('too-much');
      case 'failed':
        throw new KubeStrideError('plugin-failed', {
          user,
          command,
          status: result.status,
          line: result.line,
        });
    }
  }

  #interactive(): boolean {
    const { exec, user, terminal } = this.#options;
    if (exec.interactiveMode === 'Always' && !terminal) {
      throw new KubeStrideError('plugin-needs-terminal', { user, command: exec.command });
    }
    return exec.interactiveMode !== 'Never' && terminal;
  }

  #decode(stdout: Buffer): Credential {
    const [document] = readYaml(stdout);
    const answer = asObject(document?.value);
    if (answer === undefined || answer['kind'] !== 'ExecCredential') return this.#refuse('no-credential');
    if (answer['apiVersion'] !== this.#options.exec.apiVersion) return this.#refuse('other-version');
    const status = answer['status'];
    if (!isObject(status)) return this.#refuse('no-status');
    const token = this.#text(status['token']);
    const cert = this.#text(status['clientCertificateData']);
    const key = this.#text(status['clientKeyData']);
    if (token === '' && cert === '' && key === '') return this.#refuse('empty-status');
    if ((cert === '') !== (key === '')) return this.#refuse('half-a-pair');
    if (token !== '' && !isToken(token)) return this.#refuse('bad-token');
    const expiry = this.#text(status['expirationTimestamp']);
    const expires = expiry === '' ? Number.POSITIVE_INFINITY : Date.parse(expiry);
    if (Number.isNaN(expires)) return this.#refuse('bad-expiry');
    const pair = cert === '' ? undefined : this.#pair(cert, key);
    return { login: new Login(token === '' ? undefined : bearer(token), pair), expires };
  }

  #text(value: Json | undefined): string {
    return value === undefined || value === null ? '' : (asString(value) ?? this.#refuse('no-credential'));
  }

  #pair(cert: string, key: string): ClientCertificate {
    try {
      if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
        return { cert: Buffer.from(cert), key: Buffer.from(key) };
      }
    } catch {
      // OpenSSL's words may hold pieces of what it was given.
    }
    return this.#refuse('bad-pair');
  }

  /** Never shows what the plugin printed, because that is meant to be a secret. */
  #refuse(problem: string): never {
    const { user, exec } = this.#options;
    throw new KubeStrideError('plugin-answer-invalid', {
      user,
      command: exec.command,
      version: exec.apiVersion,
      problem,
    });
  }
}

function flat(hint: string): string {
  return hint.replace(/\s+/g, ' ').trim().slice(0, 1000);
}
