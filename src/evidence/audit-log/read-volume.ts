import {
  type AuditPolicy,
  AuditVolume,
  LEVELS,
  type Level,
  STAGES,
  type Stage,
} from '../../engines/audit-policy/index.ts';
import { asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import type { AuditEvent } from './event.ts';
import { type AuditLogOptions, type AuditLogReading, readAuditLog } from './read-audit-log.ts';
import { pathOf } from './request-path.ts';

/** What of some logs a policy would have written. */
export interface AuditedVolume {
  readonly volume: AuditVolume;
  readonly reading: AuditLogReading;
  /** Events that do not tell their level and stage, as exports of a cloud provider's own form do not. */
  readonly unmeasured: number;
  /** Milliseconds since the epoch: the first and the last request. Undefined without any time. */
  readonly period: { readonly from: number; readonly to: number } | undefined;
}

/** Reads audit logs for what a policy would have made of them. @throws as readAuditLog */
export async function readVolume(
  paths: readonly string[],
  policy: AuditPolicy,
  options: Omit<AuditLogOptions, 'onEvent'>,
): Promise<AuditedVolume> {
  const volume = new AuditVolume(policy);
  let unmeasured = 0;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const onEvent = (event: AuditEvent, raw: JsonObject | undefined): void => {
    const level = oneOf<Level>(LEVELS, raw?.['level']);
    const stage = oneOf<Stage>(STAGES, event.stage);
    if (raw === undefined || level === undefined || stage === undefined) {
      unmeasured++;
      return;
    }
    if (event.time !== undefined) {
      from = Math.min(from, event.time);
      to = Math.max(to, event.time);
    }
    volume.add({
      request: requestOf(event),
      stage,
      level,
      bytes: bytesOf(raw) + 1,
      requestBytes: bodyBytes('requestObject', raw['requestObject']),
      responseBytes: bodyBytes('responseObject', raw['responseObject']),
    });
  };
  const reading = await readAuditLog(paths, { ...options, onEvent });
  return { volume, reading, unmeasured, period: from <= to ? { from, to } : undefined };
}

/** A policy is asked about the client, before it is anybody else (k8s.io/apiserver pkg/server/config.go, DefaultBuildHandlerChain). */
function requestOf({ user, verb, object, requestURI }: AuditEvent) {
  const nowhere = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' };
  const { name, groups } = user;
  const isResourceRequest = object !== undefined;
  const path = isResourceRequest ? '' : pathOf(requestURI);
  return { ...nowhere, ...object, user: name, groups, verb, isResourceRequest, path };
}

function bytesOf(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** With its name, colon and comma. */
function bodyBytes(field: string, value: Json | undefined): number {
  return value === undefined ? 0 : bytesOf(value) + field.length + 4;
}

function oneOf<T extends string>(values: readonly T[], value: Json | undefined): T | undefined {
  const text = asString(value);
  return values.find((each) => each === text);
}
