/** POSIX.1-1988 ustar, regular files only: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
export const BLOCK_BYTES = 512;

/** Two empty blocks end an archive. */
export const TRAILER_BYTES = 2 * BLOCK_BYTES;

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const MAX_SIZE = 8 ** 11 - 1;

/** Where each field of a header begins. */
const AT = {
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  mtime: 136,
  checksum: 148,
  type: 156,
  magic: 257,
  prefix: 345,
};

/**
 * The header of a regular file: the same bytes for the same name, size and time.
 * @param name ASCII that `fitsHeader` accepts
 * @param time seconds since 1970
 */
export function tarHeader(name: string, size: number, time: number): Buffer {
  const split = splitName(name);
  if (split === undefined || !(size <= MAX_SIZE))
    throw new RangeError(`no tar header holds ${name} of ${size} bytes`);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(split.name, 0, 'latin1');
  header.write(split.prefix, AT.prefix, 'latin1');
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  octal(0o600, AT.mode, 7);
  octal(0, AT.uid, 7);
  octal(0, AT.gid, 7);
  octal(size, AT.size, 11);
  octal(time, AT.mtime, 11);
  header.write('0', AT.type, 'latin1');
  header.write('ustar\u000000', AT.magic, 'latin1');
  // The checksum counts its own field as blanks.
  header.fill(' ', AT.checksum, AT.type);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    AT.checksum,
    6,
  );
  header[AT.checksum + 6] = 0;
  return header;
}

/** Whether a header has room for the name. */
export function fitsHeader(name: string): boolean {
  return splitName(name) !== undefined;
}

/** The name and size that a header states; undefined where it is no ustar header. What else it says is not looked at. */
export function readTarHeader(header: Uint8Array): { name: string; size: number } | undefined {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  if (bytes.length !== BLOCK_BYTES || bytes.toString('latin1', AT.magic, AT.magic + 5) !== 'ustar')
    return undefined;
  const size = bytes.toString('latin1', AT.size, AT.size + 11);
  if (!/^[0-7]{11}$/.test(size)) return undefined;
  const prefix = text(bytes, AT.prefix, PREFIX_BYTES);
  const name = text(bytes, 0, NAME_BYTES);
  return { name: prefix === '' ? name : `${prefix}/${name}`, size: Number.parseInt(size, 8) };
}

/** How many zeros follow a file to fill its last block. */
export function paddingAfter(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

function text(bytes: Buffer, at: number, length: number): string {
  const field = bytes.toString('latin1', at, at + length);
  const end = field.indexOf('\0');
  return end < 0 ? field : field.slice(0, end);
}

function splitName(name: string): { prefix: string; name: string } | undefined {
  if (name.length <= NAME_BYTES) return { prefix: '', name };
  const slash = name.indexOf('/', name.length - NAME_BYTES - 1);
  if (slash <= 0 || slash > PREFIX_BYTES || slash === name.length - 1) return undefined;
  return { prefix: name.slice(0, slash), name: name.slice(slash + 1) };
}
