/** Whether podman's list of registries is in its first form, which newer ones do not read (S3-10). Pure. */
import { type Finding, ok, problem, warning } from './finding.ts';

/** A file of the list. */
export interface RegistriesFile {
  readonly path: string;
  readonly text: string;
}

/** The sections of the first form, and what their registries are called in the second. */
const SECTIONS = ['search', 'insecure', 'block'] as const;
type Section = (typeof SECTIONS)[number];

/** From a heading of the first form to the next heading. */
const SECTION = /^[ \t]*\[registries\.(search|insecure|block)\][ \t]*(?:#.*)?$([\s\S]*?)(?=^[ \t]*\[|(?![\s\S]))/gm;

/** What only the second form has. */
const SECOND_FORM = /^[ \t]*(?:\[\[registry\]\]|unqualified-search-registries[ \t]*=)/m;

/** Judges the files that podman reads. */
export function judgeRegistriesConf(files: readonly RegistriesFile[]): Finding[] {
  const old = files.filter(({ text }) => text.search(SECTION) !== -1);
  if (old.length === 0) return [ok('registries-conf', 'No registries.conf of podman is in the form of old.')];
  return old.map(({ path, text }) => {
    const second = toSecondForm(text);
    const lines = second.split('\n').map(quote).join(' ');
    const fix = `cp ${quote(path)} ${quote(`${path}.v1`)} && printf '%s\\n' ${lines} > ${quote(path)}`;
    if (SECOND_FORM.test(text)) {
      const message = `${path} mixes the first form of registries.conf with the second, which podman refuses.`;
      return problem('registries-conf', 'REGISTRIES_CONF_V1', message, fix);
    }
    const message = `${path} is in the first form of registries.conf, which newer podman, buildah and skopeo do not read.`;
    return warning('registries-conf', 'REGISTRIES_CONF_V1', message, fix);
  });
}

/** The same in the second form; what is in that form already stays. */
export function toSecondForm(text: string): string {
  const found: Record<Section, string[]> = { search: [], insecure: [], block: [] };
  for (const [, section, body = ''] of text.matchAll(SECTION))
    if (isSection(section)) found[section].push(...registriesIn(body));
  const { search, insecure, block } = found;
  const rest = text
    .replaceAll(SECTION, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  const tables = [...new Set([...insecure, ...block])].map((location) =>
    [
      '[[registry]]',
      `location = ${JSON.stringify(location)}`,
      ...(insecure.includes(location) ? ['insecure = true'] : []),
      ...(block.includes(location) ? ['blocked = true'] : []),
    ].join('\n'),
  );
  const isThere = rest.includes('unqualified-search-registries');
  const unqualified =
    search.length === 0 || isThere ? [] : [`unqualified-search-registries = ${JSON.stringify(search)}`];
  return [...unqualified, ...(rest === '' ? [] : [rest]), ...tables].join('\n\n');
}

function isSection(word: string | undefined): word is Section {
  return SECTIONS.some((section) => section === word);
}

function registriesIn(body: string): string[] {
  const [, list = ''] = /^[ \t]*registries[ \t]*=[ \t]*\[([\s\S]*?)\]/m.exec(body) ?? [];
  const plain = list.replaceAll(/^\s*#.*$/gm, '');
  return [...plain.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, one, other]) => one ?? other ?? '');
}

/** One word of a shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
