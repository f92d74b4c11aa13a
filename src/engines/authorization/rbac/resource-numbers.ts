/** Of one subresource. */
interface OfSubresource {
  readonly byResource: Map<string, number>;
  /** Of resources that no rule names with this subresource. */
  others: number;
}

/**
 * Numbers such that questions about two resources with the same number have the same answer, whatever the rules: the number of
 * kinds of questions is bound by what rules name, not by what is asked for.
 */
export class ResourceNumbers {
  readonly #plain = new Map<string, number>();
  readonly #bySubresource = new Map<string, OfSubresource>();
  #last = 0;

  /** What a rule names, such as `pods`, `pods/log` or a star before `/log`. */
  add(named: string): void {
    if (this.#plain.has(named)) return;
    this.#plain.set(named, ++this.#last);
    const slash = named.indexOf('/');
    if (slash < 0) return;
    const resource = named.slice(0, slash);
    const subresource = named.slice(slash + 1);
    let known = this.#bySubresource.get(subresource);
    if (known === undefined) {
      known = { byResource: new Map(), others: 0 };
      this.#bySubresource.set(subresource, known);
    }
    if (!known.byResource.has(resource)) known.byResource.set(resource, ++this.#last);
    if (resource === '*' && known.others === 0) known.others = ++this.#last;
  }

  /**
   * 0 is what no rule names. Undefined where `resource` has a slash of its own, as no request of an API server does and any
   * review may: together with the subresource it may be what a rule names all the same.
   */
  get(resource: string, subresource: string): number | undefined {
    if (subresource === '') return this.#plain.get(resource) ?? 0;
    const known = this.#bySubresource.get(subresource);
    const number = known?.byResource.get(resource);
    if (number !== undefined) return number;
    return resource.includes('/') ? undefined : (known?.others ?? 0);
  }
}
