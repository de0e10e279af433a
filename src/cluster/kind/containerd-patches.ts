/** Looks through a user's patches of containerd's configuration for what would keep devreg's registry, or containerd itself, from working. */
import type { KindConfig } from '../../config/kind-config.ts';
import { DevregError } from '../../errors.ts';
import { REGISTRY_FOLDER } from '../../rendering/kind-config.ts';

/**
 * Refuses `registry.mirrors` and `registry.configs.*.tls`: beside `config_path` containerd 2.2 loads its image service
 * with neither, and the kubelet never starts. Refuses another `config_path` too.
 * @throws DevregError KIND_CONFIG_CONFLICT
 */
export function checkContainerdPatches(config: KindConfig): void {
  for (const patch of config.containerdConfigPatches ?? []) {
    for (const key of settingsOf(patch)) checkSetting(key);
  }
  for (const patch of config.containerdConfigPatchesJSON6902 ?? []) {
    if (/registry\/(mirrors|configs)\b/.test(patch)) throw refuseMirrors('A JSON patch');
  }
}

/** The way to each value of a TOML text, such as `plugins.io.containerd.grpc.v1.cri.registry.mirrors`, and the value's text. */
function settingsOf(toml: string): { readonly key: string; readonly value: string }[] {
  let table = '';
  return toml.split('\n').flatMap((line) => {
    const [, header] = /^\s*\[+([^\]]+)\]+\s*(?:#.*)?$/.exec(line) ?? [];
    if (header !== undefined) {
      table = header;
      return [{ key: bare(header), value: '' }];
    }
    const [, key, value = ''] = /^\s*((?:"[^"]*"|'[^']*'|[\w.\s-])+?)\s*=\s*(.*)$/.exec(line) ?? [];
    return key === undefined ? [] : [{ key: bare(table === '' ? key : `${table}.${key}`), value }];
  });
}

/** Without quotes and spaces; what is between them never matters here. */
function bare(key: string): string {
  return key.replaceAll(/["'\s]/g, '');
}

function checkSetting({ key, value }: { readonly key: string; readonly value: string }): void {
  if (/(^|\.)registry\.mirrors(\.|$)/.test(key)) throw refuseMirrors('registry.mirrors');
  if (/(^|\.)registry\.configs\..*\.tls(\.|$)/.test(key)) throw refuseMirrors('registry.configs');
  const [, path] = /^["']([^"']*)["']/.exec(value) ?? [];
  if (/(^|\.)registry\.config_path$/.test(key) && path !== undefined && path.replace(/\/$/, '') !== REGISTRY_FOLDER) {
    throw conflict(`sets containerd's config_path to ${path}, and devreg needs it at ${REGISTRY_FOLDER}`, [
      `Leave config_path out, and put your own folders below ${REGISTRY_FOLDER}.`,
    ]);
  }
}

function refuseMirrors(what: string): DevregError {
  return conflict(
    `sets containerd's registries the old way (${what}), which containerd 2.2 refuses beside config_path`,
    [
      `Write ${REGISTRY_FOLDER}/HOST/hosts.toml instead, by an extraMount of your own:`,
      'https://github.com/containerd/containerd/blob/main/docs/hosts.md shows how.',
    ],
  );
}

function conflict(what: string, hint: readonly string[]): DevregError {
  return new DevregError('conflict', 'KIND_CONFIG_CONFLICT', `The kind configuration ${what}.`, {
    hint: hint.join(' '),
  });
}
