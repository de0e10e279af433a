/** The options that a configuration file may hold: all that `create` is asked for, but what is for one time only. */
import { CLUSTER_OPTIONS, REGISTRY_OPTIONS } from './cluster-options.ts';
import type { Declarations } from './declaration.ts';

/** By name. */
export const CONFIG_OPTIONS: Declarations = { ...REGISTRY_OPTIONS, ...CLUSTER_OPTIONS };
