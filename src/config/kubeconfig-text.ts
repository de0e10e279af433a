/** Contexts in the text of a kubeconfig, which is the user's: only the one that is current is ever changed. Pure. */
import { isMap, isSeq, parseDocument } from 'yaml';

/** @returns the context that kubectl takes by itself; undefined when the text names none, or is no kubeconfig */
export function currentContextOf(text: string): string | undefined {
  const current = valueOf(text, 'current-context');
  return typeof current === 'string' && current !== '' ? current : undefined;
}

/** @returns the names of all contexts; none when it is no kubeconfig */
export function contextsOf(text: string): string[] {
  const { contents } = parseDocument(text);
  const contexts = isMap(contents) ? contents.get('contexts') : undefined;
  if (!isSeq(contexts)) return [];
  return contexts.items.flatMap((item) => (isMap(item) ? [String(item.get('name'))] : []));
}

/** @returns the text with another context to be taken, and all else as it was */
export function withCurrentContext(text: string, context: string): string {
  const document = parseDocument(text);
  document.set('current-context', context);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function valueOf(text: string, key: string): unknown {
  const { contents } = parseDocument(text);
  return isMap(contents) ? contents.get(key) : undefined;
}
