/** Of SOCKADDR records the address as `10.0.0.1:443`, `[::1]:443` or a path; empty for other families and what is cut. */
export function socketAddress(saddr: string): string {
  if (!/^(?:[0-9A-F]{2}){2,256}$/.test(saddr)) return '';
  const bytes = Buffer.from(saddr, 'hex');
  // The family is in the machine's order of bytes; all families that matter are below 256.
  const family = bytes[0] === 0 ? bytes[1] : bytes[0];
  if (family === 2 && bytes.length >= 8) {
    return `${[...bytes.subarray(4, 8)].join('.')}:${bytes.readUInt16BE(2)}`;
  }
  if (family === 10 && bytes.length >= 24) {
    const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(8 + 2 * index).toString(16));
    return `[${new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)}]:${bytes.readUInt16BE(2)}`;
  }
  // Names of the abstract namespace begin with a zero and are shown with an @.
  if (family === 1) {
    const name = bytes.subarray(2);
    const isAbstract = name[0] === 0 && name.length > 1;
    const end = name.indexOf(0, isAbstract ? 1 : 0);
    const text = name.subarray(isAbstract ? 1 : 0, end < 0 ? name.length : end).toString('utf8');
    return isAbstract ? `@${text}` : text;
  }
  return '';
}
