/** What Tilt does with a Tiltfile that builds one image: a stand-in, for it is another project's program. */
import { createContext, runInContext } from 'node:vm';

/** An image to build. */
export interface Build {
  readonly image: string;
  readonly context: string;
  readonly dockerfile: string;
}

/**
 * Reads the one `docker_build` of a Tiltfile. Of Starlark it understands what is JavaScript as well: keywords must be
 * `context` and `dockerfile`, in this order.
 * @throws when there is none
 */
export function readTiltfile(text: string): Build {
  const builds: Build[] = [];
  const context = createContext({
    docker_build: (image: string, folder: string, dockerfile: string) =>
      builds.push({ image, context: folder, dockerfile }),
  });
  runInContext(
    "String.prototype.format = function (...values) { return this.replaceAll('{}', () => values.shift()); };",
    context,
  );
  runInContext(text.replaceAll(/^#/gm, '//'), context);
  const [build] = builds;
  if (build === undefined) throw new Error('The Tiltfile builds nothing.');
  return build;
}
