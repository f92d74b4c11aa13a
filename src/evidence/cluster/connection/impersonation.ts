import type { Impersonation } from './kubeconfig.ts';

/** Bytes that a header's name may hold, RFC 9110 section 5.6.2, without the percent sign, which escapes the others. */
const LEGAL = /[A-Za-z0-9!#$&'*+\-.^_`|~]/;

/**
 * The headers with which a user asks to be taken for another (`as`, `as-uid`, `as-groups`, `as-user-extra`), as
 * client-go's impersonating round tripper sends them.
 */
export function impersonationHeaders({
  user,
  uid,
  groups,
  extra,
}: Impersonation): Record<string, string | readonly string[]> {
  if (user === '') return {};
  return {
    'impersonate-user': bytes(user),
    ...(uid !== '' && { 'impersonate-uid': bytes(uid) }),
    ...(groups.length > 0 && { 'impersonate-group': groups.map(bytes) }),
    ...Object.fromEntries(
      extra.map(([key, values]) => [`impersonate-extra-${escapeKey(key)}`, values.map(bytes)]),
    ),
  };
}

/** Node writes headers as Latin-1; Go sends the bytes of UTF-8. */
function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function escapeKey(key: string): string {
  return bytes(key).replace(/./gs, (character) =>
    LEGAL.test(character)
      ? character
      : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
