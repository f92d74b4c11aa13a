import type { ErrorParams } from '../kubernetes/errors.ts';
import { access } from './access.zh-CN.ts';
import { audit } from './audit.zh-CN.ts';
import { auditLog } from './audit-log.zh-CN.ts';
import type { CliWords } from './cli.en.ts';
import { clusterErrors } from './cluster-errors.zh-CN.ts';
import { completeness } from './completeness.zh-CN.ts';
import { escalation } from './escalation.zh-CN.ts';
import { exposure } from './exposure.zh-CN.ts';
import { network } from './network.zh-CN.ts';
import { networkGenerate } from './network-generate.zh-CN.ts';
import { picture } from './picture.zh-CN.ts';
import { recording } from './recording.zh-CN.ts';
import { records } from './records.zh-CN.ts';
import { recordsErrors } from './records-errors.zh-CN.ts';
import { inUse } from './usage.zh-CN.ts';

function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? '' : `；您是想用 ${near.join(' 或 ')} 吗？`;
}

function choose(near: readonly string[], all: readonly string[]): string {
  return near.length === 0 ? `；可选：${all.join('、')}` : didYouMean(near);
}

function list(value: ErrorParams[string] | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

const zhCN: CliWords = {
  brief: {
    root: '找出 Kubernetes 对象面临的 STRIDE 威胁，为每个发现给出证据，并说明哪些内容没有检查。',
    scan: '评估清单、运行中的集群或证据包，按威胁报告发现',
    checks: '列出所有检查项',
    explain: '显示检查项的说明页：内容、原因、修复方法、已知局限',
    podSecurity: '说明每个工作负载满足哪一级 Pod 安全性标准，以及违反了什么',
    admission: '说明其中的 ValidatingAdmissionPolicy 会拒绝哪些对象',
    access: '说明谁能做什么、由此能做到什么，以及实际用到了什么',
    network: '说明谁能访问谁：connections、query、exposure、diff、unused、generate',
    collect: '将集群或节点的现状写入一个文件，即证据包',
    permissions: '输出读取集群所需的最小角色',
    watch: '持续更新运行中集群的评估，并输出变化',
    diff: '比较两个状态：清单、证据包或运行中的集群；说明有哪些差异、由谁更改',
    completion: '输出 Shell 自动补全脚本',
  },
  full: {
    scan: [
      '读取文件、目录、通配路径和标准输入（-），默认读取当前目录；使用 --cluster 时读取运行中的集群；也可读取',
      '证据包（*.kse）。报告哪些暴露、哪些受保护、哪些无法评估。',
      '目录内遵守 .gitignore。',
      '',
      '退出码：0 没有达到 --fail-on 的发现；1 有发现；2 未完全评估（低于 --min-coverage，或没有找到对象）；',
      '3 用法错误或内部错误。',
    ].join('\n'),
    podSecurity: [
      '与 API 服务器的 Pod 安全性准入给出相同的答案：工作负载满足的最严格级别，以及更严格级别中禁止它的控制项。',
      '退出码：0 已回答；2 没有找到对象，或工作负载的列表未能读取而没有找到工作负载；3 用法错误。',
    ].join('\n'),
    admission: [
      '从相同的来源读取策略、策略绑定、参数以及其他所有对象，并像 API 服务器在此刻应用该对象时那样逐一回答：',
      '由谁拒绝，措辞如何。取决于来源中没有显示的内容时，结果为未知，并说明原因。',
      '',
      '退出码：0 没有对象会被拒绝；1 有对象会被拒绝；2 有未知结果，或没有已绑定的策略；3 用法错误或内部错误。',
    ].join('\n'),
    collect: [
      '读取运行中的集群（--cluster）、当前机器（--node），或两者，不向其写入任何内容，并将结果记录到一个文件中。',
      '所有命令都可以用它代替路径，以便在别处或以后分析。其中绝不包含 Secret 的值、私钥和令牌。',
      '',
      '退出码：0 全部读取；2 有内容被拒绝，或什么都没有找到；3 用法错误或内部错误。',
    ].join('\n'),
    permissions: [
      '以 YAML 输出一个 ClusterRole（使用 --namespace 时还有一个 Role）。其中不含 Secret，也没有任何写权限。缺少某条规则只会',
      '降低 `scan --cluster` 的覆盖率，不会使其失败。退出码：0；3 用法错误。',
    ].join('\n'),
    watch: [
      '读取一次集群，然后跟随其变化，输出每个出现或消失的发现，直到被停止或 --for 时间已过。',
      '退出码：与结束时状态的 `kubestride scan` 相同。',
    ].join('\n'),
    diff: [
      'kubestride diff 前者 后者 比较两个路径或证据包（*.kse）；kubestride diff 路径… --cluster 比较清单的要求与实际运行的状态。',
      '列出新增、消失和变化的对象与发现，并根据对象的 managedFields 说明每个字段变化的原因：控制器，或者人或流水线。',
      '由 API 服务器填入或自行分配的内容不计入差异。',
      '',
      '退出码：0 没有计入的差异；1 有差异；2 有一个来源不含对象；3 用法错误或内部错误。',
    ].join('\n'),
    completion: [
      'bash: source <(kubestride completion bash)',
      'zsh:  source <(kubestride completion zsh)',
      'fish: kubestride completion fish | source',
    ].join('\n'),
  },
  flag: {
    lang: '语言：en 或 zh-CN（默认取自 LC_ALL、LC_MESSAGES、LANG）',
    color: '颜色：auto、always 或 never（默认 auto：在终端上且未设 NO_COLOR 时）；也可写作 --colour',
    output: 'terminal、json、sarif 或 markdown；FORMAT=FILE 写入文件；可重复，至多一个不带文件名',
    outputDiff: 'terminal、json 或 markdown',
    failOnDiff: '何时退出码为 1：任何差异、有新增或变化的发现、或从不：difference、finding 或 never',
    allDifferences: '同时列出未计入的内容：默认值、由集群分配的字段、由其他对象创建的对象',
    outputPlain: 'terminal 或 json',
    operation: '对对象执行的操作：CREATE 或 UPDATE',
    failOn: '从该严重性起退出码为 1：critical、high、medium、low、info 或 never（默认 high）',
    minCoverage: '已评估的百分比低于此值时退出码为 2',
    threat: '只运行这些 STRIDE 威胁的检查项；可重复，或用逗号分隔',
    check: '只运行这些检查项；可重复，或用逗号分隔',
    exclude: '不运行这些检查项；可重复，或用逗号分隔',
    allVerdicts: '同时列出通过的和不适用的',
    listNotKubernetes: '列出不含 Kubernetes 对象的文件名',
    version: 'Pod 安全性标准的版本：v1.0 及更新，或 latest（默认）',
    help: '显示帮助并退出',
    printVersion: '显示版本并退出',
    cluster: '读取 kubeconfig 所指的运行中的集群，不向其写入任何内容',
    kubeconfig: '要使用的 kubeconfig（默认：$KUBECONFIG、~/.kube/config，或 Pod 的服务账号）',
    context: 'kubeconfig 中的上下文（默认：当前上下文）',
    namespace: '仅此名字空间，以及不属于任何名字空间的对象',
    secrets: '同时列出 Secret；其值在读取后立即丢弃',
    kubeletConfig: '同时向 kubelet 询问其配置，这需要 nodes/proxy 权限',
    node: '读取本机上 Kubernetes 的运行配置：配置文件、文件权限、证书、进程',
    root: '节点文件系统所在的目录（默认：/）',
    bundle: '要写入的证据包，例如 cluster.kse',
    sign: '用此私钥为证据包签名（PEM，Ed25519 或 ECDSA）',
    verifyKey: '拒绝未由此公钥（PEM）签名的证据包',
    permissionsWatch: '同时包含 `kubestride watch` 所需的权限',
    permissionsNamespace: '仅读取此名字空间所需的权限',
    watchFor: '在这么多秒之后停止',
    watchOutput: 'text，或 json：每行一个 JSON 对象',
    accessNamespace: '在这个名字空间中提问（默认：针对所有名字空间和整个集群）',
    asGroup: '主体还属于的组；可重复',
    explainAccess: '说明依据哪个绑定、角色和规则，以及它们在哪里',
    noBootstrap: '不计入每个 API 服务器自行创建的角色和绑定',
    resourceName: '只针对这个名称的对象，用于 RESOURCE 中的斜杠含义不明时',
    reviews: '提问所在的文件，或以 - 表示标准输入',
    subresource: '子资源，用于 RESOURCE 中的斜杠含义不明时',
    escape: '其后的内容都是参数，不是标志',
  },
  admission: {
    verdict: { allowed: '允许', denied: '拒绝', unknown: '未知' },
    notDenied: (p) => `（${p.action}）${p.text}`,
    undecided: (p) => `ValidatingAdmissionPolicy '${p.policy}'（绑定 '${p.binding}'）无法判定：${p.reason}`,
    unknown: {
      'asks-authorizer': () => '它询问鉴权组件',
      'definition-not-seen': (kind) => `没有看到 ${kind} 的定义`,
      'dry-run': () => '它询问请求是否为试运行',
      'made-up-name': () => '名称由 API 服务器生成',
      'namespace-not-seen': (name) => `没有看到名字空间 ${name}`,
      'nested-too-deep': () => '值的嵌套过深，无法比较',
      'object-before': () => '它询问对象之前的状态',
      'other-version': () => '它匹配对象的另一个版本，需由 API 服务器转换',
      'parameters-incomplete': (kind) => `类型为 ${kind} 的参数可能多于所看到的`,
      'parameters-not-seen': (name) => `没有看到参数 ${name}`,
      'policy-refused': (problem) => `API 服务器会拒绝该策略：${problem}`,
      'request-options': () => '它询问请求的选项',
      requester: () => '它询问由谁发出请求',
      'server-time-zone': () => '它询问 API 服务器的时区',
      'set-by-api-server': (field) => `${field} 由 API 服务器设置`,
      'too-large': () => '它计算的值过大，无法在此构造',
    },
    policyRefused: (p) => `API 服务器会拒绝 ValidatingAdmissionPolicy '${p.policy}'：${p.path}：${p.reason}`,
    noPolicy: () => '来源中没有 ValidatingAdmissionPolicy，因此没有进行任何判定',
    noBinding: () => '来源中没有 ValidatingAdmissionPolicyBinding；没有绑定的策略不会拒绝任何对象',
  },
  access,
  network,
  picture,
  exposure,
  networkGenerate,
  audit,
  auditLog,
  recording,
  records,
  completeness,
  inUse,
  escalation,
  permissions: {
    introduction: [
      'KubeStride 读取此集群所需的最小权限。去掉某条规则只会降低覆盖率，报告会指出哪些内容没有读取。',
      '用 kubectl 应用后再绑定：',
      '  kubectl create clusterrolebinding kubestride --clusterrole=kubestride --serviceaccount=NAMESPACE:NAME',
    ],
    topic: {
      workloads: ['Pod、创建 Pod 的对象，以及 Pod 所属的对象'],
      access: ['谁可以做什么，以何种身份'],
      network: ['哪些 Pod 可以与哪些 Pod 通信'],
      exposure: ['从集群外部可以访问什么'],
      admission: ['API 服务器在接受对象之前询问什么'],
      extensions: ['其他组件添加到 API 服务器的 API'],
      limits: ['防止一个工作负载占用全部资源的限制'],
      nodes: ['运行 Pod 的机器和卷'],
      configuration: ['工作负载挂载的配置'],
      secrets: ['Secret：其值会一并返回，读取后立即丢弃'],
      server: ['API 服务器关于自身的信息'],
      'kubelet-configuration': [
        'kubelet 的配置。权限很强：在未将其拆分的版本中，对 nodes/proxy 的 get 还能经 kubelet 读取日志和执行命令（KEP-2862）',
      ],
    },
  },
  gap: {
    forbidden: 'API 服务器拒绝了列表请求',
    'not-asked': '未请求读取',
    unavailable: '该 API 不可用',
    incomplete: '列表未能读完',
    'unknown-version': '仅以 KubeStride 不认识的版本提供',
  },
  watch: {
    synced: (p) =>
      `正在监视 ${p.lists} 个列表中的 ${p.objects} 个对象：${p.findings} 个发现，${p.undecided} 项未能判定`,
    appeared: '新增',
    resolved: '消失',
    undecided: '未能判定',
    decided: '已判定',
    unseen: '不可见',
    lost: (p) => `不可见：${p.list}（${p.reason}）；目前对这些对象一无所知`,
    back: (p) => `重新可见：${p.list}`,
    degraded: (p) => {
      const lists = `${p.lists}${p.more > 0 ? ` 等，另有 ${p.more} 个` : ''}`;
      return p.reason === 'disconnected'
        ? `API 服务器没有应答（${lists}）；所示内容可能已过时`
        : `不允许监视，每分钟重新读取一次：${lists}`;
    },
    recovered: () => '所有内容已恢复为最新',
    stopped: (p) => `已停止：${p.findings} 个发现，${p.undecided} 项未能判定`,
  },
  argument: {
    path: '文件、目录、通配路径，用 - 表示标准输入，或证据包 *.kse（默认：当前目录）',
    check: '检查项的标识，见 `kubestride checks`',
    diffSource: '两个路径或证据包（*.kse）；使用 --cluster 时为与集群比较的路径',
    shell: 'bash、zsh 或 fish',
  },
  headers: {
    usage: '用法',
    command: '命令 [路径…] [标志]',
    commands: '命令',
    flags: '标志',
    anyFlags: '[标志]',
    arguments: '参数',
  },
  usage: {
    unknownCommand: (p) => `未知命令 "${p.input}"${choose(p.near, p.all)}`,
    pathIsNoCommand: (p) => `"${p.path}" 是路径，不是命令；您是想用 ${p.program} scan ${p.path} 吗？`,
    unknownFlag: (p) =>
      `未知标志 ${p.flag}${p.near.length > 0 ? didYouMean(p.near) : `；参见 ${p.command} --help`}`,
    missingValue: (p) => `需要带值的 ${p.flag}；参见 ${p.command} --help`,
    noValueAllowed: (p) => `${p.flag} 不接受值，却给了 "${p.value}"；请去掉它`,
    repeated: (p) => `${p.flag} 给了两次："${p.first}" 和 "${p.second}"；请只保留一个`,
    diffNeedsPath: () => '--cluster 需要一个用于比较的路径：kubestride diff 路径 --cluster',
    diffNeedsTwo: (p) =>
      `diff 比较两个来源，却给了 ${p.count} 个；请给出两个路径或证据包，或一个路径加 --cluster`,
    missingArgument: (p) => `缺少 ${p.name}；参见 ${p.command} --help`,
    tooManyArguments: (p) => `多了一个参数 "${p.input}"；参见 ${p.command} --help`,
    unknownValue: (p) => `${p.flag}：未知的值 "${p.value}"${choose(p.near, p.all)}`,
    unknownCheck: (p) =>
      `${p.where}未知的检查项 "${p.id}"${p.near.length > 0 ? didYouMean(p.near) : '；用 `kubestride checks` 查看全部'}`,
    noCheckLeft: () => '经过 --threat、--check 和 --exclude 之后没有剩下任何检查项；请放宽其中一个',
    notAPercentage: (p) => `${p.flag}："${p.value}" 不是 0 到 100 之间的数`,
    notANumber: (p) => `${p.flag}："${p.value}" 不是大于 0 的数`,
    notAVersion: (p) => `${p.flag}："${p.value}" 不是版本；请写 v1.0 或更新的版本，或 latest`,
    notANamespace: (p) =>
      `${p.flag}："${p.value}" 不是名字空间的名称；请写最多 63 个小写字母、数字和 -，首尾为字母或数字`,
    namespaceMissing: (p) =>
      `${p.where} 中没有名字空间 "${p.namespace}"${p.near.length > 0 ? didYouMean(p.near) : '；请检查名称和 --context'}`,
    notASubject: (p) =>
      `"${p.subject}" 没有指明任何主体；请写 alice、User:alice、Group:devs 或 ServiceAccount:NAMESPACE/NAME`,
    notAResource: (p) =>
      `"${p.resource}" 不是资源；请写 pods、deployments.apps、pods/log、pods/web/log 或 /healthz`,
    fileMissing: (p) => `${p.flag}："${p.value}=" 之后缺少文件名`,
    twoToStdout: (p) =>
      `-o ${p.first} 和 -o ${p.second} 都会写到标准输出；请为其中一个指定文件：-o ${p.second}=FILE`,
    sameFile: (p) => `两个输出都指定了文件 "${p.file}"；请分别指定不同的文件`,
    outputIsInput: (p) => `输出 "${p.file}" 同时也是输入；请指定另一个文件`,
    outputIsFolder: (p) => `输出 "${p.file}" 是目录；请指定其中的一个文件`,
    clusterAndPaths: () => '同时给出了 --cluster 和路径；请只扫描其一，或用 `kubestride diff` 比较它们',
    bundlesAndPaths: (p) =>
      `同时给出了证据包 "${p.bundle}" 和其他路径；请只扫描其一，或用 \`kubestride diff\` 比较它们`,
    twoClusters: (p) =>
      `"${p.first}" 和 "${p.second}" 各含一个集群；请依次扫描，或用 \`kubestride diff\` 比较它们`,
    flagNeeds: (p) => `${p.flag} 需要 ${p.needed}；请加上它，或去掉该标志`,
    nothingToCollect: () => '请说明要采集什么：--cluster、--node，或两者',
    bundleNeedsFile: () => '-o：请写文件名，例如 cluster.kse',
    rootMissing: (p) => `--root："${p.folder}" 不是目录；请指定存在的目录`,
    noOutputFolder: (p) =>
      `无法写入 "${p.file}"：目录 "${p.folder}" 不存在${p.near.length > 0 ? didYouMean(p.near) : '；请先创建它'}`,
  },
  errors: {
    'audit-log-unreadable': (p) => `无法读取 "${p['path']}"：${p['reason']}`,
    'bundle-damaged': (p) => {
      const problems: Record<string, string> = {
        'not-a-bundle': '不是证据包；`kubestride collect` 会生成证据包',
        truncated: '不完整，结尾缺失；请从采集处重新复制',
        structure: '在写入之后被改动过；请勿信任，请重新复制或采集',
        digest: '在写入之后被改动过；请勿信任，请重新复制或采集',
        content: '含有证据包中不会出现的内容；请勿信任，请重新采集',
        'too-large': '所需内存超过任何正常的证据包；请勿信任，请重新采集',
      };
      return `"${p['path']}" ${problems[String(p['problem'])]}${p['part'] ? `（位于 ${p['part']}）` : ''}`;
    },
    'bundle-key-unusable': (p) =>
      p['problem'] === 'algorithm'
        ? `"${p['path']}" 中的密钥类型为 ${p['type']}；请使用 Ed25519 或 ECDSA：openssl genpkey -algorithm ed25519`
        : `"${p['path']}" 中没有可用的密钥；请提供未加密的 PEM：openssl genpkey -algorithm ed25519`,
    'bundle-signature': (p) =>
      `"${p['path']}" 不是由此密钥（${p['expected']}）签名的，其签名注明的是 ${p['keyId']}；除非你认识该密钥，否则请勿信任`,
    'bundle-unreadable': (p) => `无法读取 "${p['path']}"：${p['reason']}`,
    'bundle-unsigned': (p) => `"${p['path']}" 没有签名；采集时请使用 --sign，或去掉 --verify-key`,
    'bundle-version': (p) => `"${p['path']}" 的格式为 ${p['schema']}，当前版本无法识别；请升级 KubeStride`,
    'path-not-found': (p) => `"${p['path']}" 不存在${didYouMean(list(p['suggestions']))}`,
    'pattern-matches-nothing': (p) =>
      `模式 "${p['pattern']}" 没有匹配任何文件；请检查它，并在 Shell 中加引号`,
    ...clusterErrors,
    ...recordsErrors,
  },
  failure: {
    cannotWrite: (p) => `无法写入 "${p.file}"：${p.reason}`,
    cannotRead: (p) => `无法读取 "${p.file}"：${p.reason}`,
    apiError: (p) => `API 服务器 ${p.server} 返回 ${p.status}：${p.message}`,
    internal: (p) => `内部错误：${p.reason}；请附上 KUBESTRIDE_DEBUG=1 的输出进行报告`,
  },
  warning: {
    notKubernetes: (p) => `不是 Kubernetes：${p.file}`,
    coverageBelow: (p) => `已评估 ${p.coverage} %，低于 --min-coverage ${p.minimum}`,
    nothingFound: () => '没有找到 Kubernetes 对象，因此没有进行任何评估',
    noWorkload: () => '没有找到工作负载，因此没有可说明的 Pod 安全性标准',
    notRead: (p) => `有 ${p.count} 个文档或文件没有读取：${p.places}${p.more ? ' 等' : ''}`,
    listNotRead: (p) => `未读取：${p.list}（${p.reason}）`,
    notice: (notice) =>
      notice.code === 'plugin-said'
        ? `${notice.command}：${notice.line}`
        : `${notice.file} 中 "${notice.user}" 的登录仅为本次运行续期；下次运行前请重新登录`,
    wrote: (p) => `已写入 ${p.format}：${p.file}`,
  },
  collect: {
    wrote: (p) => `已写入 ${p.file}：${p.megabytes} MB，sha256 ${p.sha256}`,
    signed: (p) => `签名密钥：${p.keyId}`,
    cluster: (p) => `集群 ${p.server}：${p.lists} 个列表中的 ${p.objects} 个对象`,
    node: (p) =>
      `节点 ${p.node}：读取了 ${p.contents} 个文件，记录了 ${p.files} 个文件的属性，${p.processes === undefined ? '没有 /proc，无法看到进程' : `${p.processes} 个进程`}`,
    noKubernetes: (p) => `在 ${p.root} 下没有找到任何 Kubernetes 的内容：没有配置、证书或进程`,
    noObjects: (p) => `集群 ${p.server} 没有显示任何对象`,
    notRead: (p) => `未读取：${p.what}（${p.reason}）`,
    more: (p) => `未读取：另有 ${p.count} 项`,
  },
  progress: {
    reading: (p) => `正在读取：${p.files}/${p.totalFiles} 个文件，${p.megabytes}/${p.totalMegabytes} MB`,
    listing: (p) => `正在读取集群：列表 ${p.listsDone}/${p.lists}，对象 ${p.objects} 个`,
    assessing: () => '正在评估 …',
  },
};

export default zhCN;
