import { type ImageReference, parseImage } from './images.ts';
import type { Container } from './workload.ts';

/** What a container's `image` says, as far as it can be read. */
export type StatedImage =
  /** Owners may leave the image to whoever fills the template in. */
  | { readonly state: 'absent' }
  /** The owner itself puts the image together when it runs (a Tekton or Argo Workflows parameter). */
  | { readonly state: 'substituted' }
  /** The runtimes refuse the reference; `placeholder` where something was to be filled in before it was applied. */
  | { readonly state: 'invalid'; readonly placeholder: boolean }
  | { readonly state: 'reference'; readonly reference: ImageReference };

/** A tag's promise: `latest` and `channel` move by their meaning, `major` may move with each release of a line. */
export type TagStability = 'latest' | 'channel' | 'major' | 'release';

const PLACEHOLDER = /\{\{|\$[({[A-Za-z_]|^ko:\/\/|<[^<>]*>|%[A-Za-z_]+%|@@?[A-Z_]+@/;

/** Groups whose controllers replace parameters in the image, and how these begin. */
const SUBSTITUTION: ReadonlyMap<string, string> = new Map([
  ['tekton.dev', '$('],
  ['argoproj.io', '{{'],
]);

export function statedImage(container: Container): StatedImage {
  const { image, object } = container;
  if (image === '') return { state: 'absent' };
  const reference = parseImage(image);
  if (reference !== undefined) return { state: 'reference', reference };
  const parameter = SUBSTITUTION.get(object.group);
  if (parameter !== undefined && image.includes(parameter)) return { state: 'substituted' };
  return { state: 'invalid', placeholder: PLACEHOLDER.test(image) };
}

const CHANNELS = new Set([
  'alpha',
  'beta',
  'canary',
  'ci',
  'current',
  'daily',
  'dev',
  'devel',
  'develop',
  'development',
  'edge',
  'experimental',
  'head',
  'insiders',
  'latest',
  'lts',
  'main',
  'mainline',
  'master',
  'next',
  'nightly',
  'preview',
  'prod',
  'production',
  'qa',
  'rolling',
  'snapshot',
  'stable',
  'stage',
  'staging',
  'testing',
  'trunk',
  'unstable',
  'weekly',
]);
/** Parts of a tag that name a flavour of an image, with or without a version of their own (`alpine3.20`, `ubi9`). */
const FLAVOUR =
  /^(?:alpine|amd64|apache|arm64|bookworm|bullseye|buster|cli|debian|debug|distroless|fpm|jammy|jdk|jre|linux|management|noble|nonroot|openjdk|perl|rootless|slim|static|trixie|ubi|ubuntu)[0-9.]*$/;
const MAJOR = /^v?[0-9]{1,2}$/;

/**
 * What a tag lets expect. A tag is of a channel if it begins or ends with a channel's name and has nothing but flavours beside
 * it (`main-1a2b3c4` is one build), or if it has no digit at all and so cannot name a release.
 */
export function tagStability(tag: string): TagStability {
  if (tag === 'latest') return 'latest';
  const parts = tag.toLowerCase().split(/[-_]/);
  const rest = parts.filter((part) => !CHANNELS.has(part));
  if (rest.length < parts.length) return rest.every(isVague) ? 'channel' : 'release';
  if (!/[0-9]/.test(tag)) return 'channel';
  const [first = '', ...others] = parts;
  if (MAJOR.test(first) && others.every((part) => FLAVOUR.test(part))) return 'major';
  return parts.every((part) => FLAVOUR.test(part)) ? 'channel' : 'release';
}

/** A part that pins nothing: a word, a flavour, or no more than two numbers of a version. */
function isVague(part: string): boolean {
  return FLAVOUR.test(part) || /^(?:[a-z]*|v?[0-9]{1,2}(?:\.[0-9]{1,3})?)$/.test(part);
}

/** The stability of an image without a digest; undefined where a digest pins it. */
export function imageStability(reference: ImageReference): TagStability | undefined {
  if (reference.digest !== undefined) return undefined;
  return reference.tag === undefined ? 'latest' : tagStability(reference.tag);
}
