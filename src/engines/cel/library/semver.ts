import { compareText, quoteGo } from '../../../kubernetes/go-text.ts';
import type { FunctionTable, Implementation } from '../declarations.ts';
import { CelError, NO_SUCH_OVERLOAD, OpaqueValue, type Result } from '../value.ts';

class Semver extends OpaqueValue {
  readonly typeName = 'kubernetes.Semver';
  /** Major, minor and patch. */
  readonly numbers: readonly bigint[];
  readonly prerelease: readonly (bigint | string)[];

  constructor(numbers: readonly bigint[], prerelease: readonly (bigint | string)[]) {
    super();
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  override equals(other: OpaqueValue): Result {
    return other instanceof Semver ? compareVersions(this, other) === 0 : NO_SUCH_OVERLOAD;
  }
}

function compareVersions(a: Semver, b: Semver): number {
  for (let i = 0; i < 3; i++)
    if (a.numbers[i] !== b.numbers[i]) return a.numbers[i]! > b.numbers[i]! ? 1 : -1;
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return Math.sign(b.prerelease.length - a.prerelease.length);
  const shared = Math.min(a.prerelease.length, b.prerelease.length);
  for (let i = 0; i < shared; i++) {
    const order = comparePrerelease(a.prerelease[i]!, b.prerelease[i]!);
    if (order !== 0) return order;
  }
  return Math.sign(a.prerelease.length - b.prerelease.length);
}

function comparePrerelease(a: bigint | string, b: bigint | string): number {
  if (typeof a === 'string' && typeof b === 'string') return Math.sign(compareText(a, b));
  if (typeof a !== typeof b) return typeof a === 'bigint' ? -1 : 1;
  return a === b ? 0 : a > b ? 1 : -1;
}

class Refused extends Error {}

/** github.com/blang/semver/v4, Parse. */
function parseSemver(text: string): Semver {
  if (text === '') throw new Refused('Version string empty');
  const [major, minor, ...others] = text.split('.');
  if (minor === undefined || others.length === 0) throw new Refused('No Major.Minor.Patch elements found');
  const numbers = [parseNumber(major!, 'major'), parseNumber(minor, 'minor')];
  let patch = others.join('.');
  const plus = patch.indexOf('+');
  const build = plus === -1 ? [] : patch.slice(plus + 1).split('.');
  if (plus !== -1) patch = patch.slice(0, plus);
  const dash = patch.indexOf('-');
  const prerelease = dash === -1 ? [] : patch.slice(dash + 1).split('.');
  if (dash !== -1) patch = patch.slice(0, dash);
  numbers.push(parseNumber(patch, 'patch'));
  const parts = prerelease.map(parsePrerelease);
  for (const part of build) {
    if (part === '') throw new Refused('Build meta data is empty');
    if (!/^[0-9A-Za-z-]+$/.test(part))
      throw new Refused(`Invalid character(s) found in build meta data ${quoteGo(part)}`);
  }
  return new Semver(numbers, parts);
}

function parseNumber(text: string, name: string): bigint {
  const capital = name[0]!.toUpperCase() + name.slice(1);
  if (!/^[0-9]*$/.test(text))
    throw new Refused(`Invalid character(s) found in ${name} number ${quoteGo(text)}`);
  if (/^0./.test(text))
    throw new Refused(`${capital} number must not contain leading zeroes ${quoteGo(text)}`);
  return parseUint(text);
}

function parseUint(text: string): bigint {
  const context = `strconv.ParseUint: parsing ${quoteGo(text)}: `;
  if (text === '') throw new Refused(`${context}invalid syntax`);
  const value = BigInt(text);
  if (value >= 2n ** 64n) throw new Refused(`${context}value out of range`);
  return value;
}

function parsePrerelease(text: string): bigint | string {
  if (text === '') throw new Refused('Prerelease is empty');
  if (/^[0-9]+$/.test(text)) {
    if (/^0./.test(text))
      throw new Refused(`Numeric PreRelease version must not contain leading zeroes ${quoteGo(text)}`);
    return parseUint(text);
  }
  if (!/^[0-9A-Za-z-]+$/.test(text))
    throw new Refused(`Invalid character(s) found in prerelease ${quoteGo(text)}`);
  return text;
}

/** Takes what people write, `v1.2` or `01.2.3`, for the version that it means. */
function normalized(text: string): string {
  const [first, second, ...others] = text.replace(/^v/, '').split('.');
  const parts = [
    first!,
    ...(second === undefined ? [] : [second]),
    ...(others.length === 0 ? [] : [others.join('.')]),
  ];
  const clean = parts.map((part) => {
    if (part.length <= 1) return part;
    const trimmed = part.replace(/^0+/, '');
    return /^[0-9]/.test(trimmed) ? trimmed : `0${trimmed}`;
  });
  if (clean.length < 3 && /[+-]/.test(clean.at(-1)!))
    throw new Refused('short version cannot contain PreRelease/Build meta data');
  while (clean.length < 3) clean.push('0');
  return clean.join('.');
}

function read(text: string, normalize: boolean): Semver | CelError {
  try {
    return parseSemver(normalize ? normalized(text) : text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return new CelError(error.message);
  }
}

/** apiserver pkg/cel/library/semverlib.go, version 1. */
export function addSemver(table: FunctionTable): void {
  const type = 'kubernetes.Semver';
  const parse: Implementation = (text, normalize) => read(text as string, normalize === true);
  const test: Implementation = (text, normalize) =>
    !(read(text as string, normalize === true) instanceof CelError);
  const compared =
    (answer: (order: number) => boolean | bigint): Implementation =>
    (a, b) =>
      answer(compareVersions(a as Semver, b as Semver));
  table.add('string_to_semver', `semver(string): ${type}`, parse);
  table.add('string_bool_to_semver', `semver(string, bool): ${type}`, parse);
  table.add('is_semver_string', 'isSemver(string): bool', test);
  table.add('is_semver_string_bool', 'isSemver(string, bool): bool', test);
  table.add(
    'semver_is_greater_than',
    `${type}.isGreaterThan(${type}): bool`,
    compared((order) => order > 0),
  );
  table.add(
    'semver_is_less_than',
    `${type}.isLessThan(${type}): bool`,
    compared((order) => order < 0),
  );
  table.add(
    'semver_compare_to',
    `${type}.compareTo(${type}): int`,
    compared((order) => BigInt(order)),
  );
  for (const [i, name] of ['major', 'minor', 'patch'].entries())
    table.add(`semver_${name}`, `${type}.${name}(): int`, (version) =>
      BigInt.asIntN(64, (version as Semver).numbers[i]!),
    );
}
