import { type Change, fillAbsent, fillPointers, fillValues, inField, inOrder } from '../defaulting.ts';
import { asObject, type Json, type JsonObject } from '../json.ts';
import { type DefaultsByType, withLabels } from './core-defaults.ts';
import { labelsOf } from './emptiness.ts';

/** Fills the update strategy in `field`, where it is rolling or says nothing else. */
function rollingUpdate(field: string, presets: Readonly<Record<string, Json>>): Change {
  return (spec) => {
    const strategy = fillValues({ type: 'RollingUpdate' })(asObject(spec[field]) ?? {});
    if (strategy['type'] !== 'RollingUpdate') return { ...spec, [field]: strategy };
    const rolling = fillAbsent(presets)(asObject(strategy['rollingUpdate']) ?? {});
    return { ...spec, [field]: { ...strategy, rollingUpdate: rolling } };
  };
}

/** A StatefulSet's strategy is filled where its type is not stated, or where it states how to roll. */
function statefulStrategy(spec: JsonObject): JsonObject {
  const strategy = asObject(spec['updateStrategy']) ?? {};
  const typed = strategy['type']
    ? strategy
    : fillAbsent({ rollingUpdate: {} })({ ...strategy, type: 'RollingUpdate' });
  const filled =
    typed['type'] === 'RollingUpdate'
      ? inField('rollingUpdate', fillAbsent({ partition: 0, maxUnavailable: 1 }))(typed)
      : typed;
  return { ...spec, updateStrategy: filled };
}

function retentionPolicy(spec: JsonObject): JsonObject {
  const policy = asObject(spec['persistentVolumeClaimRetentionPolicy']) ?? {};
  const filled = fillValues({ whenDeleted: 'Retain', whenScaled: 'Retain' })(policy);
  return { ...spec, persistentVolumeClaimRetentionPolicy: filled };
}

/** SetDefaults_* of k8s.io/kubernetes v1.37 pkg/apis/apps/v1. */
export const APPS_DEFAULTS: DefaultsByType = {
  'v1.DeploymentSpec': inOrder(
    fillPointers({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    rollingUpdate('strategy', { maxUnavailable: '25%', maxSurge: '25%' }),
  ),
  'v1.DaemonSetSpec': inOrder(
    fillPointers({ revisionHistoryLimit: 10 }),
    rollingUpdate('updateStrategy', { maxUnavailable: 1, maxSurge: 0 }),
  ),
  'v1.StatefulSetSpec': inOrder(
    fillPointers({ replicas: 1, revisionHistoryLimit: 10 }),
    fillValues({ podManagementPolicy: 'OrderedReady' }),
    statefulStrategy,
    retentionPolicy,
  ),
  'v1.ReplicaSetSpec': fillPointers({ replicas: 1 }),
};

const MOST = 2 ** 31 - 1;

function defaultJobSpec(spec: JsonObject): JsonObject {
  const { completions, parallelism } = spec;
  const counted =
    typeof completions !== 'number' && typeof parallelism !== 'number' ? { ...spec, completions: 1 } : spec;
  return fillPointers({
    parallelism: 1,
    backoffLimit: typeof spec['backoffLimitPerIndex'] === 'number' ? MOST : 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: asObject(spec['podFailurePolicy']) ? 'Failed' : 'TerminatingOrFailed',
    manualSelector: false,
  })(counted);
}

function defaultCronJobSpec(spec: JsonObject): JsonObject {
  return inOrder(
    fillValues({ concurrencyPolicy: 'Allow' }),
    fillPointers({ suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
  )(spec);
}

/** SetDefaults_* of k8s.io/kubernetes v1.37 pkg/apis/batch/v1. */
export const BATCH_DEFAULTS: DefaultsByType = {
  'v1.Job': (job) => {
    const spec = asObject(job['spec']) ?? {};
    const labels = labelsOf(asObject(spec['template']));
    const result = { ...job, spec: defaultJobSpec(spec) };
    return labels === undefined ? result : withLabels(result, labels);
  },
  'v1.CronJobSpec': defaultCronJobSpec,
  'v1beta1.CronJobSpec': defaultCronJobSpec,
  'v1.PodFailurePolicyOnPodConditionsPattern': fillValues({ status: 'True' }),
};
