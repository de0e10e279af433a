/** Comparing with what a page shows: the words are the same, while digests, sizes and times are of each run. */

/** What differs from run to run, in text that is already a pattern, and what is put in its place. */
const OF_EACH_RUN: readonly (readonly [RegExp, string])[] = [
  [/sha256:[0-9a-f]{64}/g, 'sha256:[0-9a-f]{64}'],
  [/\b[0-9a-f]{12}(?=:)/g, '[0-9a-f]{12}'],
  [/size: \d+/g, String.raw`size: \d+`],
  [/time=\S+/g, String.raw`time=\S+`],
  [/[\d.\\]+[kM]?B (copied|skipped)/g, String.raw`[\d.]+[kM]?B $1`],
  [/Elapsed: \S+/g, String.raw`Elapsed: \S+`],
  [/ *\n/g, String.raw` *\r?\n`],
];

/** The pattern of a text that a page shows; it fits anywhere in what a program says. */
export function likeShown(text: string): RegExp {
  const literal = text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(OF_EACH_RUN.reduce((pattern, [from, to]) => pattern.replaceAll(from, to), literal));
}
