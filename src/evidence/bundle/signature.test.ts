import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBundle } from './read-bundle.ts';
import { readSigningKey, readVerifyingKey } from './signature.ts';
import { bundleOf, collected, someEvents, temporaryFolder } from './test-events.ts';
import { forge } from './test-forge.ts';

const openssl = (folder: string, ...args: string[]) =>
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

function keys(folder: string, name: string, ...algorithm: string[]) {
  openssl(folder, 'genpkey', ...algorithm, '-out', `${name}.pem`);
  openssl(folder, 'pkey', '-in', `${name}.pem`, '-pubout', '-out', `${name}.pub`);
  return {
    private: readSigningKey(readFileSync(join(folder, `${name}.pem`)), name),
    public: readVerifyingKey(readFileSync(join(folder, `${name}.pub`)), name),
  };
}

const ED25519 = ['-algorithm', 'ed25519'];
const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];

describe.each([
  [
    'Ed25519',
    ED25519,
    [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      'k.pub',
      '-rawin',
      '-in',
      'kse.json',
      '-sigfile',
      'kse.json.sig',
    ],
  ],
  ['ECDSA-SHA256', P256, ['dgst', '-sha256', '-verify', 'k.pub', '-signature', 'kse.json.sig', 'kse.json']],
])('a signature with %s', (algorithm, generate, verify) => {
  test('is taken for its key alone, and by openssl', async () => {
    const folder = temporaryFolder();
    const key = keys(folder, 'k', ...generate);
    const other = keys(folder, 'other', ...generate);
    const { bytes, index } = await bundleOf(someEvents(), { signWith: key.private });
    expect(index.signature?.algorithm).toBe(algorithm);
    const path = join(folder, 'x.kse');
    writeFileSync(path, bytes);
    expect(await collected(readBundle(path, { verifyWith: key.public }))).toHaveLength(6);
    await expect(collected(readBundle(path, { verifyWith: other.public }))).rejects.toMatchObject({
      code: 'bundle-signature',
    });
    execFileSync('tar', ['xf', 'x.kse'], { cwd: folder });
    openssl(folder, ...verify);
    const digest = execFileSync('sh', ['-c', 'openssl pkey -pubin -in k.pub -outform DER | sha256sum'], {
      cwd: folder,
    });
    expect(index.signature?.keyId).toBe(`sha256:${digest.toString().slice(0, 64)}`);
  });

  test('does not pass with another index under it', async () => {
    const folder = temporaryFolder();
    const key = keys(folder, 'k', ...generate);
    const one = await bundleOf(someEvents(), { signWith: key.private });
    // A forger takes what this key really signed, and puts something else under it.
    const index = Buffer.from(JSON.stringify({ ...one.index, parts: [] }));
    const path = join(folder, 'x.kse');
    writeFileSync(path, forge(index, signatureIn(one.bytes), []));
    await expect(collected(readBundle(path))).resolves.not.toHaveLength(0);
    await expect(collected(readBundle(path, { verifyWith: key.public }))).rejects.toMatchObject({
      code: 'bundle-signature',
    });
  });
});

/** The content of the second entry. */
function signatureIn(bytes: Buffer): Buffer {
  const at = bytes.indexOf('kse.json.sig\0');
  const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
  return bytes.subarray(at + 512, at + 512 + size);
}

test('a bundle without a signature does not pass where one is asked for', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'x.kse');
  writeFileSync(path, (await bundleOf(someEvents())).bytes);
  const { public: verifyWith } = keys(folder, 'k', ...ED25519);
  await expect(collected(readBundle(path, { verifyWith }))).rejects.toMatchObject({
    code: 'bundle-unsigned',
  });
});

test('keys of other kinds, and what is no key, are refused by name', () => {
  const folder = temporaryFolder();
  expect(() => keys(folder, 'rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048')).toThrow(
    expect.objectContaining({
      code: 'bundle-key-unusable',
      params: { path: 'rsa', problem: 'algorithm', type: 'rsa' },
    }),
  );
  expect(() => readSigningKey('hello', 'k.pem')).toThrow(
    expect.objectContaining({ code: 'bundle-key-unusable', params: { path: 'k.pem', problem: 'not-a-key' } }),
  );
});
