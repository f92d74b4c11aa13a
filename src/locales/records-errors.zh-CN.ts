import type { ErrorParams, RecordsErrorCode } from '../kubernetes/errors.ts';

export const recordsErrors = {
  'store-locked': (p) =>
    `存储 "${p['path']}" 正由另一个进程写入；请停止该进程，或用 --store 指定其他目录（读取随时可以进行）`,
  'store-full': (p) =>
    `存储 "${p['path']}" 空间不足（${p['reason']}）；最后一批记录完全没有写入：请腾出空间、缩短 --retain，然后重新发送`,
  'store-absent': (p) =>
    `"${p['path']}" 不是记录存储；\`kubestride audit ingest\` 和 \`kubestride audit record\` 会创建它`,
  'store-foreign': (p) =>
    p['problem'] === 'version'
      ? `存储 "${p['path']}" 由更新的版本写入；请更新 KubeStride`
      : `目录 "${p['path']}" 中有记录以外的内容；请用 --store 指定一个空目录`,
  'store-engine-missing': (p) =>
    `记录功能需要软件包 ${p['package']}，但无法加载（${p['reason']}）；请在该软件包支持的平台上安装 KubeStride，且不要使用 --omit=optional`,
  'store-query': (p) => `查询被拒绝：${p['reason']}`,
  'store-unusable': (p) => `无法使用存储 "${p['path']}"（${p['reason']}）；请检查其权限和磁盘`,
  'collector-plain': (p) =>
    `在 ${p['host']} 上不使用 TLS 监听，会让路径上的任何人读取和伪造事件；请提供证书和私钥，或监听 127.0.0.1`,
  'collector-address': (p) => `无法监听 ${p['host']}:${p['port']}（${p['reason']}）`,
  'collector-credentials': (p) => `采集器的证书、私钥、客户端证书颁发机构或令牌文件无法使用：${p['reason']}`,
} satisfies Record<RecordsErrorCode, (params: ErrorParams) => string>;
