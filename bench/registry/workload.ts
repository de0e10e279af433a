/** What a row of the table is: its work, prepared before the clock runs, checked after it. */
import { type HttpConnection, openConnection } from './http-connection.ts';
import type { Image } from './content.ts';
import { makeImage } from './content.ts';
import { pushImage } from './pushes.ts';
import type { Server } from './servers.ts';

/** One operation on a connection; what it gives back counts: 1, or megabytes. */
type Operation = (connection: HttpConnection) => Promise<number>;

/** A row's work on one server. */
export interface Work {
  readonly connections: number;
  /** Stops after this many operations, or never. */
  readonly operations?: number;
  readonly next: () => Operation;
  /** Whether the server returns the right bytes. */
  readonly verify: () => Promise<boolean>;
}

/** A row of the table. */
export interface Workload {
  readonly title: string;
  readonly unit: string;
  /** Which of devreg's durabilities it is about; reading is the same for both. */
  readonly durability: readonly ('fast' | 'full')[];
  /** Times Distribution 3, by durability. */
  readonly bar: Readonly<Partial<Record<'fast' | 'full', number>>>;
  readonly isQuick?: boolean;
  readonly prepare: (server: Server) => Promise<Work>;
}

let repositories = 0;

/** A repository that nobody has used. */
export function newRepository({ prefix }: Server): string {
  return `${prefix}row${++repositories}`;
}

/** Uses a connection of its own. */
export async function once<T>(server: Server, use: (connection: HttpConnection) => Promise<T>): Promise<T> {
  using connection = await openConnection(server.client.port);
  return await use(connection);
}

/** Pushes an image as `latest`. */
export async function putSample(server: Server, repository: string): Promise<Image> {
  const image = makeImage();
  await once(server, (connection) => pushImage(connection, server.client, repository, image, 'latest'));
  return image;
}
