export type { Plane } from './membership.ts';
export { Mesh, type MutualTls } from './mesh.ts';
export type { Statement } from './statement.ts';
