/** Tokens of libyaml's scanner. */
export type TokenType =
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

/** A place in the text: byte offset, and the line and column libyaml counts (from 0, in characters). */
export interface Mark {
  offset: number;
  line: number;
  column: number;
  index: number;
}

export interface Token {
  type: TokenType;
  start: Mark;
  /** Byte offset behind the token. */
  end: number;
  /** Scalar text, name of an anchor or alias, or the handle of a tag. */
  value: string;
  /** Suffix of a tag, prefix of a tag directive, number of a version directive. */
  suffix: string;
  /** Whether a scalar was written without quotes and not as a block. */
  plain: boolean;
}
