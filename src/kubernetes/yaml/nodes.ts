import { YamlError } from './error.ts';
import type { ReadLimits } from './limits.ts';
import type { Scanner } from './scanner.ts';
import type { Token, TokenType } from './token.ts';

interface NodeBase {
  /** Byte offsets in the document's text. */
  start: number;
  end: number;
  /** Line counted from 0 as libyaml counts, for upstream's messages. */
  line: number;
  /** Whether an alias refers to the node. */
  shared: boolean;
}
export interface ScalarNode extends NodeBase {
  type: 'scalar';
  text: string;
  tag: string;
  /** Untagged and plain, or tagged `!`: the text decides what the scalar means. */
  implicit: boolean;
}
export interface SequenceNode extends NodeBase {
  type: 'sequence';
  items: YamlNode[];
}
export interface MappingNode extends NodeBase {
  type: 'mapping';
  /** Key, value, key, value … */
  entries: YamlNode[];
}
export interface AliasNode extends NodeBase {
  type: 'alias';
  name: string;
  target: YamlNode;
}
export type YamlNode = ScalarNode | SequenceNode | MappingNode | AliasNode;

const blockContentEnds: ReadonlySet<TokenType> = new Set([
  'version-directive',
  'tag-directive',
  'document-start',
  'document-end',
  'stream-end',
]);

/** The node tree of the first document in the text, as libyaml's parser (parserc.go) and go-yaml's compose it. */
export class Composer {
  private readonly scanner: Scanner;
  private readonly limits: ReadLimits;
  private readonly anchors = new Map<string, YamlNode>();
  private readonly tagPrefixes = new Map<string, string>();
  private depth = 0;

  constructor(scanner: Scanner, limits: ReadLimits) {
    this.scanner = scanner;
    this.limits = limits;
  }

  /** The root node, undefined when the text has no document. What follows the document is not looked at. */
  compose(): YamlNode | undefined {
    let token = this.scanner.peek();
    if (token.type === 'stream-end') return undefined;
    const directives = token.type === 'version-directive' || token.type === 'tag-directive';
    if (directives) this.processDirectives();
    this.defineTag('!', '!');
    this.defineTag('!!', 'tag:yaml.org,2002:');
    token = this.scanner.peek();
    let root: YamlNode;
    if (directives && token.type !== 'document-start') {
      throw this.fail('did not find expected <document start>', token);
    }
    if (token.type === 'document-start') {
      this.scanner.advance();
      const next = this.scanner.peek();
      root = blockContentEnds.has(next.type) ? empty(next.start.offset, next) : this.node(true, false);
    } else {
      root = this.node(true, false);
    }
    // The end of the document is known only with the token behind it, which must be readable.
    this.scanner.peek();
    return root;
  }

  private processDirectives(): void {
    let version = false;
    for (;;) {
      const token = this.scanner.peek();
      if (token.type === 'version-directive') {
        if (version) throw this.fail('found duplicate %YAML directive', token);
        if (token.suffix !== '1.1') throw this.fail('found incompatible YAML document', token);
        version = true;
      } else if (token.type === 'tag-directive') {
        if (this.tagPrefixes.has(token.value)) throw this.fail('found duplicate %TAG directive', token);
        this.tagPrefixes.set(token.value, token.suffix);
      } else {
        return;
      }
      this.scanner.advance();
    }
  }

  private defineTag(handle: string, prefix: string): void {
    if (!this.tagPrefixes.has(handle)) this.tagPrefixes.set(handle, prefix);
  }

  /** Upstream counts the lines of parser errors from 0 and falls back to the start of the surrounding node. */
  private fail(problem: string, token: Token, context?: number): YamlError {
    return new YamlError(problem, token.start.offset, token.start.line || context || 0);
  }

  private node(block: boolean, indentless: boolean): YamlNode {
    let token = this.scanner.peek();
    if (token.type === 'alias') {
      this.scanner.advance();
      const target = this.anchors.get(token.value);
      if (target === undefined) {
        throw new YamlError(`unknown anchor '${token.value}' referenced`, token.start.offset);
      }
      target.shared = true;
      const { offset, line } = token.start;
      return { type: 'alias', start: offset, end: token.end, line, shared: false, name: token.value, target };
    }
    const first = token;
    let anchor: string | undefined;
    let tagToken: Token | undefined;
    while (
      (token.type === 'anchor' && anchor === undefined) ||
      (token.type === 'tag' && tagToken === undefined)
    ) {
      if (token.type === 'anchor') anchor = token.value;
      else tagToken = token;
      this.scanner.advance();
      token = this.scanner.peek();
    }
    const tag = tagToken === undefined ? '' : this.tag(tagToken, first);
    const node = this.content(block, indentless, first, anchor, tag);
    if (node !== undefined) return node;
    if (anchor === undefined && tag === '') {
      throw this.fail('did not find expected node content', token, first.start.line);
    }
    const scalar = empty(first.start.offset, first);
    scalar.tag = tag;
    scalar.implicit = tag === '';
    if (anchor !== undefined) this.anchors.set(anchor, scalar);
    return scalar;
  }

  private tag(token: Token, first: Token): string {
    if (token.value === '') return token.suffix;
    const tag = (this.tagPrefixes.get(token.value) ?? '') + token.suffix;
    if (!this.tagPrefixes.has(token.value) || tag === '') {
      throw this.fail('found undefined tag handle', token, first.start.line);
    }
    return tag;
  }

  private content(
    block: boolean,
    indentless: boolean,
    first: Token,
    anchor: string | undefined,
    tag: string,
  ): YamlNode | undefined {
    const token = this.scanner.peek();
    const base = { start: first.start.offset, end: token.end, line: first.start.line, shared: false };
    let fill: (() => void) | undefined;
    let node: YamlNode;
    const mapping = (parse: (node: MappingNode, opening: Token) => void): MappingNode => {
      const made: MappingNode = { type: 'mapping', ...base, entries: [] };
      fill = () => parse(made, token);
      return made;
    };
    const sequence = (parse: (node: SequenceNode, opening: Token) => void): SequenceNode => {
      const made: SequenceNode = { type: 'sequence', ...base, items: [] };
      fill = () => parse(made, token);
      return made;
    };
    if (indentless && token.type === 'block-entry') {
      node = sequence((made) => this.indentlessSequence(made));
    } else if (token.type === 'scalar') {
      this.scanner.advance();
      if (token.end - token.start.offset > this.limits.maxScalarBytes) {
        throw new YamlError(`scalar exceeds the limit of ${this.limits.maxScalarBytes} bytes`, base.start);
      }
      const implicit = (tag === '' && token.plain) || tag === '!';
      node = { type: 'scalar', ...base, text: token.value, tag, implicit };
    } else if (token.type === 'flow-sequence-start') {
      node = sequence((made, opening) => this.flowSequence(made, opening));
    } else if (token.type === 'flow-mapping-start') {
      node = mapping((made, opening) => this.flowMapping(made, opening));
    } else if (block && token.type === 'block-sequence-start') {
      node = sequence((made, opening) => this.blockSequence(made, opening));
    } else if (block && token.type === 'block-mapping-start') {
      node = mapping((made, opening) => this.blockMapping(made, opening));
    } else {
      return undefined;
    }
    if (anchor !== undefined) this.anchors.set(anchor, node);
    if (fill !== undefined) {
      this.enter(token);
      fill();
      this.depth--;
    }
    return node;
  }

  private enter(opening: Token): void {
    if (++this.depth > this.limits.maxDepth) {
      throw new YamlError(`exceeded max depth of ${this.limits.maxDepth}`, opening.start.offset);
    }
  }

  private blockSequence(node: SequenceNode, opening: Token): void {
    this.scanner.advance();
    for (;;) {
      const token = this.scanner.peek();
      if (token.type === 'block-end') {
        this.scanner.advance();
        return;
      }
      if (token.type !== 'block-entry') {
        throw this.fail("did not find expected '-' indicator", token, opening.start.line);
      }
      this.scanner.advance();
      const next = this.scanner.peek();
      const none = next.type === 'block-entry' || next.type === 'block-end';
      node.items.push(none ? empty(token.start.offset, token) : this.node(true, false));
      node.end = last(node.items).end;
    }
  }

  private indentlessSequence(node: SequenceNode): void {
    for (;;) {
      const token = this.scanner.peek();
      if (token.type !== 'block-entry') return;
      this.scanner.advance();
      const { type } = this.scanner.peek();
      const none = type === 'block-entry' || type === 'key' || type === 'value' || type === 'block-end';
      node.items.push(none ? empty(token.start.offset, token) : this.node(true, false));
      node.end = last(node.items).end;
    }
  }

  private blockMapping(node: MappingNode, opening: Token): void {
    this.scanner.advance();
    for (;;) {
      let token = this.scanner.peek();
      if (token.type === 'block-end') {
        this.scanner.advance();
        return;
      }
      if (token.type === 'key') {
        this.scanner.advance();
        const { type } = this.scanner.peek();
        const none = type === 'key' || type === 'value' || type === 'block-end';
        node.entries.push(none ? empty(token.end, token) : this.node(true, true));
      } else {
        throw this.fail('did not find expected key', token, opening.start.line);
      }
      token = this.scanner.peek();
      if (token.type === 'value') {
        this.scanner.advance();
        const { type } = this.scanner.peek();
        const none = type === 'key' || type === 'value' || type === 'block-end';
        node.entries.push(none ? empty(token.end, token) : this.node(true, true));
      } else {
        node.entries.push(empty(last(node.entries).end, token));
      }
      node.end = last(node.entries).end;
    }
  }

  private flowSequence(node: SequenceNode, opening: Token): void {
    this.scanner.advance();
    for (let first = true; ; first = false) {
      let token = this.scanner.peek();
      if (token.type !== 'flow-sequence-end' && !first) {
        if (token.type !== 'flow-entry') {
          throw this.fail("did not find expected ',' or ']'", token, opening.start.line);
        }
        this.scanner.advance();
        token = this.scanner.peek();
      }
      if (token.type === 'flow-sequence-end') {
        this.scanner.advance();
        node.end = token.end;
        return;
      }
      node.items.push(token.type === 'key' ? this.flowPair(token) : this.node(false, false));
    }
  }

  /** A single `key: value` inside a flow sequence is a mapping of its own. */
  private flowPair(key: Token): MappingNode {
    this.scanner.advance();
    this.enter(key);
    const entries: YamlNode[] = [];
    let token = this.scanner.peek();
    if (token.type === 'value' || token.type === 'flow-entry' || token.type === 'flow-sequence-end') {
      // Upstream takes this token for the key's place and goes on behind it.
      this.scanner.advance();
      entries.push(empty(token.end, token));
    } else {
      entries.push(this.node(false, false));
    }
    token = this.scanner.peek();
    let value: YamlNode | undefined;
    if (token.type === 'value') {
      this.scanner.advance();
      token = this.scanner.peek();
      if (token.type !== 'flow-entry' && token.type !== 'flow-sequence-end') value = this.node(false, false);
    }
    entries.push(value ?? empty(last(entries).end, token));
    this.depth--;
    const { offset, line } = key.start;
    return { type: 'mapping', start: offset, end: last(entries).end, line, shared: false, entries };
  }

  private flowMapping(node: MappingNode, opening: Token): void {
    this.scanner.advance();
    for (let first = true; ; first = false) {
      let token = this.scanner.peek();
      if (token.type !== 'flow-mapping-end' && !first) {
        if (token.type !== 'flow-entry') {
          throw this.fail("did not find expected ',' or '}'", token, opening.start.line);
        }
        this.scanner.advance();
        token = this.scanner.peek();
      }
      if (token.type === 'flow-mapping-end') {
        this.scanner.advance();
        node.end = token.end;
        return;
      }
      if (token.type !== 'key') {
        const key = this.node(false, false);
        node.entries.push(key, empty(key.end, this.scanner.peek()));
        continue;
      }
      this.scanner.advance();
      const after = this.scanner.peek();
      const noKey = endsFlowValue(after) || after.type === 'value';
      node.entries.push(noKey ? empty(token.end, after) : this.node(false, false));
      token = this.scanner.peek();
      let value: YamlNode | undefined;
      if (token.type === 'value') {
        this.scanner.advance();
        if (!endsFlowValue(this.scanner.peek())) value = this.node(false, false);
      }
      node.entries.push(value ?? empty(token.end, token));
    }
  }
}

function endsFlowValue(token: Token): boolean {
  return token.type === 'flow-entry' || token.type === 'flow-mapping-end';
}

function last(nodes: YamlNode[]): YamlNode {
  return nodes[nodes.length - 1] as YamlNode;
}

function empty(offset: number, token: Token): ScalarNode {
  const { line } = token.start;
  return {
    type: 'scalar',
    start: offset,
    end: offset,
    line,
    shared: false,
    text: '',
    tag: '',
    implicit: true,
  };
}
