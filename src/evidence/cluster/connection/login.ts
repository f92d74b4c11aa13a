import { KubeStrideError } from '../../../kubernetes/errors.ts';
import type { ClientCertificate } from './agents.ts';
import { type FileField, WatchedFile } from './client-files.ts';
import type { KubeconfigUser } from './kubeconfig.ts';

/** What one request proves the user with. Private, so that no log and no inspection shows it. */
export class Login {
  readonly #authorization: string | undefined;
  readonly #certificate: ClientCertificate | undefined;

  constructor(authorization: string | undefined, certificate: ClientCertificate | undefined) {
    this.#authorization = authorization;
    this.#certificate = certificate;
  }

  /** Value of the header `Authorization`. */
  get authorization(): string | undefined {
    return this.#authorization;
  }

  get certificate(): ClientCertificate | undefined {
    return this.#certificate;
  }
}

/** Where logins come from. */
export interface LoginSource {
  /** A login that should be valid now. */
  current(): Promise<Login>;
  /** The server answered 401 to this one: another, or undefined where there is none. */
  renew(refused: Login): Promise<Login | undefined>;
  close(): void;
}

export function bearer(token: string): string {
  return `Bearer ${token}`;
}

/** Visible ASCII: what a header can carry and every kind of token consists of. */
const TOKEN = /^[\x21-\x7e]+$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** A user's token, password or certificate as the kubeconfig holds them or names files of them. */
export class KubeconfigLogin implements LoginSource {
  readonly #user: KubeconfigUser;
  readonly #tokenFile: WatchedFile | undefined;
  readonly #certificateFile: WatchedFile | undefined;
  readonly #keyFile: WatchedFile | undefined;
  #certificate: ClientCertificate | undefined;
  #login: Login | undefined;

  constructor(user: KubeconfigUser, now: () => number) {
    this.#user = user;
    const file = (path: string, field: string): WatchedFile | undefined => {
      const place: FileField = { path, field, kubeconfig: user.file, entry: user.name };
      return path === '' ? undefined : new WatchedFile(place, now);
    };
    this.#tokenFile = file(user.tokenFile, 'tokenFile');
    this.#certificateFile = file(user.clientCertificate, 'client-certificate');
    this.#keyFile = file(user.clientKey, 'client-key');
  }

  current(): Promise<Login> {
    return this.#read(false);
  }

  async renew(refused: Login): Promise<Login | undefined> {
    const login = await this.#read(true);
    return login === refused ? undefined : login;
  }

  close(): void {}

  async #read(fresh: boolean): Promise<Login> {
    const authorization = await this.#authorization(fresh);
    const certificate = await this.#clientCertificate(fresh);
    if (this.#login?.authorization !== authorization || this.#login?.certificate !== certificate) {
      this.#login = new Login(authorization, certificate);
    }
    this.#login ??= new Login(authorization, certificate);
    return this.#login;
  }

  async #authorization(fresh: boolean): Promise<string | undefined> {
    const { name, file, token, username, password } = this.#user;
    if (this.#tokenFile !== undefined) {
      const path = this.#user.tokenFile;
      const read = await this.#tokenFile.content(fresh).catch((error: unknown) => {
        if (token === '') throw error;
        return undefined;
      });
      const text = read?.toString('utf8').trim() || token;
      if (isToken(text)) return bearer(text);
      throw new KubeStrideError('credential-file-invalid', { path, field: 'tokenFile', expected: 'token' });
    }
    if (token !== '') {
      if (isToken(token)) return bearer(token);
      throw new KubeStrideError('kubeconfig-field-invalid', {
        file,
        path: `users[${name}].user.token`,
        expected: 'token',
      });
    }
    if (username === '' && password === '') return undefined;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  async #clientCertificate(fresh: boolean): Promise<ClientCertificate | undefined> {
    const cert = (await this.#certificateFile?.content(fresh)) ?? this.#user.clientCertificateData;
    const key = (await this.#keyFile?.content(fresh)) ?? this.#user.clientKeyData;
    if (cert === undefined || key === undefined) return undefined;
    if (this.#certificate?.cert !== cert || this.#certificate.key !== key) this.#certificate = { cert, key };
    return this.#certificate;
  }
}
