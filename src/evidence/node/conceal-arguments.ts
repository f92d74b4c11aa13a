import { credentialFormat, secretName } from '../../kubernetes/credentials.ts';

export const REDACTED = 'REDACTED';

/** What is a switch or a name, whatever its flag is called: `--use-service-account-credentials=true`. */
const HARMLESS = /^(?:true|false|)$/;

/** A command line with `REDACTED` in place of what its flags, or the form of a value, say is a secret. */
export function withoutSecretArguments(words: readonly string[]): string[] {
  let isSecretNext = false;
  return words.map((word) => {
    // Configuration files of k3s write flags without their dashes.
    const [, dashes = '', flag, value] = /^(-{0,2})([A-Za-z0-9][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (flag === undefined || (value === undefined && dashes === '')) {
      const concealed = isSecretNext && !HARMLESS.test(word) ? REDACTED : concealForm(word);
      isSecretNext = false;
      return concealed;
    }
    isSecretNext = value === undefined && isSecretName(flag);
    if (value === undefined) return word;
    const concealed = concealValue(flag, value);
    return concealed === value ? word : `${dashes}${flag}=${concealed}`;
  });
}

/** What a named value becomes: itself, unless its name or its form says that it is a secret. */
export function concealValue(name: string, value: string): string {
  if (HARMLESS.test(value)) return value;
  return isSecretName(name) ? REDACTED : concealForm(value);
}

/** A value of the form of a credential goes as a whole; of a URL only what stands before its host. */
function concealForm(value: string): string {
  const shown = value.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*:[^\s/]*@/gi, `$1${REDACTED}@`);
  return credentialFormat(shown) === undefined ? shown : REDACTED;
}

/** Names of k3s, RKE2, kubeconfigs and container runtimes that their last word does not give away. */
const SECRET_NAMES =
  /^(?:.*[-_.]?key[-_]data|certificate-?key|auth|.*[-_.]auth|identity-?token|.*token|datastore-endpoint|data-?source)$/i;

function isSecretName(name: string): boolean {
  return secretName(name) !== undefined || SECRET_NAMES.test(name);
}
