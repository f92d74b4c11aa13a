import type { Cluster } from '../kubernetes/cluster.ts';
import { type ComputeResource, type ResourceList, resourceSetting } from '../kubernetes/resources.ts';
import type { Container } from '../kubernetes/workload.ts';
import { fail, pass, type Severity, unknown } from './define-check.ts';

/**
 * The verdict on a container's request or limit that the checks of resources share. They declare the messages `missing` and `zero`
 * (`container`) and the reasons `refused` (`value`) and `generated` (`operator`).
 */
export function judgeResource(
  container: Container,
  cluster: Cluster,
  list: ResourceList,
  resource: ComputeResource,
  severity?: Severity,
) {
  const setting = resourceSetting(container, cluster, list, resource);
  switch (setting.state) {
    case 'set':
      return pass;
    case 'refused':
      return unknown('refused', { value: setting.value }, setting.path);
    default: {
      const operator = container.workload.template.generatedBy;
      // What stands in an operator's resource is merged into containers that the operator writes.
      if (operator !== undefined) return unknown('generated', { operator }, container.path);
      return fail({
        at: setting.path,
        message: setting.state,
        params: { container: container.name },
        ...(severity === undefined ? {} : { severity }),
      });
    }
  }
}
