import type { Environment, StructFields } from './check.ts';
import { FunctionTable } from './declarations.ts';
import { addAuthorizer } from './library/authorizer.ts';
import { addFormats } from './library/formats.ts';
import { addKubernetesLists, addListLibrary, addSets } from './library/lists.ts';
import { addCidr, addIp } from './library/network.ts';
import { addMapInsert, addOptionals } from './library/optionals.ts';
import { addQuantity } from './library/quantity.ts';
import { addRegex } from './library/regex.ts';
import { addSemver } from './library/semver.ts';
import { addStandard } from './library/standard.ts';
import { addStringLibrary } from './library/strings.ts';
import { addUrls } from './library/urls.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  LIST,
  MAP,
  NULL,
  OPTIONAL,
  opaque,
  STRING,
  structType,
  TIMESTAMP,
  TYPE,
  UINT,
} from './types.ts';

/** The libraries of Kubernetes 1.37, in the order of apiserver pkg/cel/environment/base.go: overloads are tried in turn. */
const LIBRARIES = [
  addStandard,
  addUrls,
  addRegex,
  addAuthorizer,
  addOptionals,
  addQuantity,
  addStringLibrary,
  addSets,
  addIp,
  addCidr,
  addFormats,
  addMapInsert,
  addSemver,
  addListLibrary,
  addKubernetesLists,
];

const TYPE_NAMES: readonly CelType[] = [
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  INT,
  LIST,
  MAP,
  NULL,
  STRING,
  TIMESTAMP,
  TYPE,
  UINT,
  OPTIONAL,
  opaque('net.IP'),
  opaque('net.CIDR'),
];

const PACKAGE = 'kubernetes.authorization';
const OPAQUE_STRUCTS = [
  'kubernetes.URL',
  'kubernetes.Quantity',
  'kubernetes.Semver',
  'kubernetes.NamedFormat',
  ...['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(
    (name) => `${PACKAGE}.${name}`,
  ),
];

let shared: FunctionTable | undefined;

function functions(): FunctionTable {
  if (shared === undefined) {
    shared = new FunctionTable();
    for (const add of LIBRARIES) add(shared);
  }
  return shared;
}

/** Kubernetes' environment with the given variables and the structs that they are made of. */
export function environment(
  variables: ReadonlyMap<string, CelType>,
  structs: ReadonlyMap<string, StructFields>,
): Environment {
  const allStructs = new Map<string, StructFields>(OPAQUE_STRUCTS.map((name) => [name, new Map()]));
  for (const [name, fields] of structs) allStructs.set(name, fields);
  const types = new Map(TYPE_NAMES.map((type) => [type.name, type]));
  for (const name of structs.keys()) types.set(name, structType(name));
  types.set(DYN.name, DYN);
  return { variables, functions: functions().functions, structs: allStructs, types };
}
