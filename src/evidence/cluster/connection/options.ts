import type { Environment } from './load-kubeconfig.ts';
import type { Clock } from './retry.ts';

/** What the user should hear of while requests go on. */
export type Notice =
  /** A line that a credential plugin wrote to standard error, such as the address of a login page. */
  | { readonly code: 'plugin-said'; readonly command: string; readonly line: string }
  /** The identity provider changed the refresh token, which only this process knows now. */
  | { readonly code: 'refresh-token-replaced'; readonly user: string; readonly file: string };

/** Milliseconds. */
export interface Timeouts {
  /** Until TCP, proxy and TLS stand. */
  readonly connect: number;
  /** Without a byte from the server; a request may say otherwise. */
  readonly idle: number;
  /** Until a credential plugin is through; a login in a browser is part of it. */
  readonly plugin: number;
}

export interface ConnectOptions {
  /** Path given by `--kubeconfig`. */
  readonly kubeconfig?: string;
  /** Name of a context; the current one where absent. */
  readonly context?: string;
  readonly env: Environment;
  readonly cwd: string;
  readonly userAgent?: string;
  /** Whether a credential plugin may ask the user: standard input is a terminal and nothing else reads it. */
  readonly terminal?: boolean;
  readonly onNotice?: (notice: Notice) => void;
  readonly clock?: Clock;
  readonly timeouts?: Partial<Timeouts>;
  /** Where a pod finds its service account. */
  readonly serviceAccountFolder?: string;
}
