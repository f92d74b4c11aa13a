export { type CollectNodeOptions, collectNode } from './collect-node.ts';
