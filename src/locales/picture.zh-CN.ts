import type { picture as en } from './picture.en.ts';

/** `kubestride network connections -o svg` 和 `-o mermaid` 图中的文字。 */
export const picture: typeof en = {
  title: '谁能访问谁',
  summary: (p) => `${p.namespaces} 个名字空间中的 ${p.workloads} 个工作负载，按策略放行的数据包。`,
  namespace: (p) => `名字空间 ${p.name}`,
  namespaces: (p) => `${p.count} 个名字空间`,
  workloads: (p) => `${p.count} 个工作负载`,
  more: (p) => `另有 ${p.count} 个`,
  every: { pod: '每个 Pod', address: '图中的每个地址', namespace: '其他每个整体画出的名字空间' },
  everyPodOf: (p) => `${p.namespace} 的每个 Pod`,
  outside: '集群之外',
  ingressController: '入口控制器',
  hostNetwork: '使用节点网络',
  addresses: { internet: '互联网', 'private-networks': '私有网络', 'special-purpose': '特殊用途地址' },
  family: (p) => `${p.of}（${p.family}）`,
  within: (p) => `${p.of}中：${p.blocks}`,
  except: (p) => `${p.of}，除 ${p.blocks}`,
  from: (p) => `来自${p.from}：${p.ports}`,
  to: (p) => `去往${p.to}：${p.ports}`,
  among: (p) => `彼此之间：${p.ports}`,
  some: (p) => `部分：${p.ports}`,
  unknown: (p) => `未知：${p.ports}`,
  fromTo: (p) => `${p.from} → ${p.to}：${p.ports}`,
  between: (p) => `${p.from} ↔ ${p.to}：${p.ports}`,
  notDrawn: () => '未画出：同一工作负载内部的流量，以及来自 Pod 所在节点的流量（NetworkPolicy 无法阻止）。',
  grouped: (p) => `同一名字空间中连接相同的工作负载合为一个节点：${p.workloads} 个合为 ${p.nodes} 个。`,
  collapsed: (p) =>
    `一张图画不下，因此 ${p.count} 个名字空间整体画出，其箭头只对其中部分 Pod 成立：${p.names}。`,
  part: () => '只画出所询问的连接及其两端。',
  nothing: () => '图中所涉没有任何流量可以通过。',
  names: (p) => (p.more === 0 ? p.names : `${p.names} 及另外 ${p.more} 个`),
  tooManyArrows: (p) =>
    `没有图：还剩 ${p.arrows} 个箭头，能看清的最多 ${p.most} 个；请给出更少的文件夹，或使用其他格式`,
  tooManyWorkloads: (p) =>
    `没有图：有 ${p.workloads} 个工作负载，最多能相互比较 ${p.most} 个；请给出更少的文件夹，或使用其他格式`,
  legend: {
    title: '图例',
    allowed: '可以通过，端口如标注',
    unknown: '未知：可能通过，无法确定',
    boundary: '名字空间：信任边界',
    workload: '工作负载，或连接相同的多个工作负载',
    every: '代表其名称所指的全部',
    outside: '集群之外的地址',
    whole: '整个名字空间；箭头只对其中部分 Pod 成立',
    lines: '节点或边界内的一行代表来自或去往其所述全部对象的箭头',
  },
};
