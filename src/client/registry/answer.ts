/** What a registry answers, as far as anybody looks at it, by whatever way it came. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** A body that must be read or discarded, and what was said before it. `complete` tells whether all of it came. */
export type Answer = Readable & Pick<IncomingMessage, 'statusCode' | 'headers' | 'headersDistinct' | 'complete'>;
