/** Whether clients are asked who they are before a request reaches what is behind an entry. */
export type Guard =
  /** `by` names what asks, as a message does. */
  | { readonly kind: 'guarded'; readonly by: string }
  /** Something that is not among the sources may ask. */
  | { readonly kind: 'unknown'; readonly by: string }
  /** Asked for some requests alone; which of them matter is not told. */
  | { readonly kind: 'partly'; readonly by: string }
  | { readonly kind: 'open' };

export const OPEN: Guard = { kind: 'open' };

export function guarded(by: string): Guard {
  return { kind: 'guarded', by };
}
