/** Every way in which KubeStride refuses to go on. Words for each live in `locales/`. */
export type ErrorCode =
  /** params: path, reason (the system's) */
  | 'audit-log-unreadable'
  /** An evidence bundle that is not as it was written. params: path, part (an entry of the archive, may be empty), problem */
  | 'bundle-damaged'
  /** A signing or verifying key. params: path, problem (`not-a-key`, or `algorithm` with type) */
  | 'bundle-key-unusable'
  /** The signature is not of the given key. params: path, keyId (of the bundle), expected */
  | 'bundle-signature'
  /** params: path, reason (the system's) */
  | 'bundle-unreadable'
  /** A signature was asked for. params: path */
  | 'bundle-unsigned'
  /** A later format. params: path, schema */
  | 'bundle-version'
  /** params: path; candidates (whole paths that exist beside the first missing part of it) */
  | 'path-not-found'
  /** params: pattern */
  | 'pattern-matches-nothing'
  | RecordsErrorCode
  | KubeconfigErrorCode
  | LoginErrorCode
  | ConnectionErrorCode;

/** A store of records that cannot be used. `path` is the store's folder. */
export type RecordsErrorCode =
  /** Another process writes. params: path */
  | 'store-locked'
  /** No room; nothing of what was to be stored was, and it may be sent again. params: path, reason (the system's code, or `limit`) */
  | 'store-full'
  /** params: path */
  | 'store-absent'
  /** A folder with other things in it, or a store of a later version. params: path, problem (`not-a-store` or `version`) */
  | 'store-foreign'
  /** The engine's package is not installed. params: package, reason */
  | 'store-engine-missing'
  /** A question in SQL that is refused or does not work. params: reason */
  | 'store-query'
  /** params: path, reason (the system's) */
  | 'store-unusable'
  /** Events would be received without TLS from other machines. params: host */
  | 'collector-plain'
  /** An address that cannot be listened on. params: host, port, reason (the system's code) */
  | 'collector-address'
  /** Certificates, keys or tokens of the collector. params: reason (the system's or OpenSSL's code) */
  | 'collector-credentials';

/** A kubeconfig that cannot be used. Files are absolute paths; a path is a field such as `users[admin].user.token`. */
export type KubeconfigErrorCode =
  /** params: file */
  | 'kubeconfig-missing'
  /** params: file, reason (the system's code) */
  | 'kubeconfig-unreadable'
  /** params: file, line, problem (the parser's words, without content) */
  | 'kubeconfig-not-yaml'
  /** params: file, path, expected (a KubeconfigExpectation) */
  | 'kubeconfig-field-invalid'
  /** params: file, path, fields (of which only one may be there) */
  | 'kubeconfig-conflict'
  /** params: files (that were looked for) */
  | 'no-cluster-configured'
  /** params: files, contexts */
  | 'no-current-context'
  /** params: context, files, contexts, near */
  | 'context-not-found'
  /** params: file, context, field (`cluster` or `user`), name, near */
  | 'context-refers-to-nothing'
  /** params: variable */
  | 'proxy-variable-invalid';

/** What a field of a kubeconfig has to be. */
export type KubeconfigExpectation =
  | 'text'
  | 'flag'
  | 'list'
  | 'map'
  | 'base64'
  | 'unique-name'
  | 'required'
  | 'interactive-mode'
  | 'proxy-url'
  | 'server-url'
  | 'token'
  | 'certificate';

/** A user who cannot log in. */
export type LoginErrorCode =
  /** params: path, field, kubeconfig, entry (name of the user or cluster), reason (the system's code) */
  | 'credential-file-unreadable'
  /** params: path, field, expected (a KubeconfigExpectation) */
  | 'credential-file-invalid'
  /** params: user, file, reason (OpenSSL's code) */
  | 'client-certificate-unusable'
  /** params: server, user, file, date (RFC 3339) */
  | 'client-certificate-expired'
  /** params: server, user, reason (the TLS alert) */
  | 'client-certificate-refused'
  /** params: server, user, file */
  | 'credentials-refused'
  /** params: file, user, provider */
  | 'auth-provider-unknown'
  /** params: user, issuer */
  | 'oidc-login-expired'
  /** params: user, issuer, problem (an OidcProblem, or the provider's error code), status (0 where there is none) */
  | 'oidc-refresh-failed'
  /** params: user, command, version */
  | 'plugin-version-unknown'
  /** params: user, command, hint (may be empty) */
  | 'plugin-not-found'
  /** params: user, command */
  | 'plugin-needs-terminal'
  /** params: user, command, seconds */
  | 'plugin-timeout'
  /** params: user, command, status (exit code or signal), line (last of standard error, may be empty) */
  | 'plugin-failed'
  /** params: user, command, version, problem (a PluginProblem) */
  | 'plugin-answer-invalid';

/** Why an identity provider gave no new token; it may also say so itself, by a code of RFC 6749, section 5.2. */
export type OidcProblem =
  | 'bad-url'
  | 'not-https'
  | 'discovery'
  | 'no-token-endpoint'
  | 'refused'
  | 'no-json'
  | 'no-id-token';

/** Why what a credential plugin printed is no credential. */
export type PluginProblem =
  | 'too-much'
  | 'no-credential'
  | 'other-version'
  | 'no-status'
  | 'empty-status'
  | 'half-a-pair'
  | 'bad-pair'
  | 'bad-token'
  | 'bad-expiry';

/** A server that gives no usable answer. `server` is its URL without credentials, `path` the request's. */
export type ConnectionErrorCode =
  /** params: server, host */
  | 'server-name-unknown'
  /** params: server */
  | 'server-refuses-connection'
  /** params: server, reason (the system's code) */
  | 'server-unreachable'
  /** params: server, seconds */
  | 'connect-timeout'
  /** params: server, path, seconds */
  | 'server-too-slow'
  /** params: server, path */
  | 'connection-cut'
  /** params: server, date (RFC 3339, empty where unknown) */
  | 'server-certificate-expired'
  /** params: server, date (RFC 3339, empty where unknown) */
  | 'server-certificate-not-yet-valid'
  /** params: server, issuer (empty where unknown) */
  | 'server-certificate-unknown-issuer'
  /** params: server, host, names (empty where unknown) */
  | 'server-certificate-wrong-name'
  /** params: server, reason (OpenSSL's code) */
  | 'tls-failed'
  /** params: server */
  | 'server-speaks-no-tls'
  /** params: server, path */
  | 'server-needs-tls'
  /** params: server, proxy, reason */
  | 'proxy-unreachable'
  /** params: server, proxy, status */
  | 'proxy-refused'
  /** params: server, path, status */
  | 'not-an-api-server'
  /** params: server, path, location (without query, may be empty) */
  | 'redirected'
  /** params: server, path, limit (bytes) */
  | 'cluster-answer-too-large'
  /** params: server, path */
  | 'answer-not-json'
  /** params: server, path, reason */
  | 'request-failed';

export type ErrorParams = Readonly<Record<string, string | number | readonly string[]>>;

/** The one error class of libraries: a code and its parameters, no words. `cli` and `server` map it to words and exit codes. */
export class KubeStrideError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = 'KubeStrideError';
    this.code = code;
    this.params = params;
  }
}
