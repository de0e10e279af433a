/** Renders what tells containerd how to reach the registry, `hosts.toml`. */
import { readAsset } from './assets.ts';
import { renderTemplate } from './render.ts';

/** The beginning of every such file of devreg's; others belong to somebody else. */
export const HOSTS_FILE_MARK = '# Made by devreg.';

/** Where the registry is. */
export interface HostsFileView {
  /** With scheme and port; every name leads there. */
  readonly server: string;
  /** The path, on the node, of the CA's certificate; undefined: none is needed. */
  readonly authority: string | undefined;
}

/** @returns the file's text, the same for every name */
export async function renderHostsFile(view: HostsFileView): Promise<string> {
  return renderTemplate(await readAsset('templates/hosts.toml.hbs'), view);
}
