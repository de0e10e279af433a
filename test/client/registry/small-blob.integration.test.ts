/** Small blobs: sent with one request where the registry takes that, as others are where it does not. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { blob, descriptorOf } from '../../support/images.ts';
import { type StubReply, type StubRequest, startStub } from './support/stub-registry.ts';

const never = new AbortController().signal;
const SMALL = blob(Buffer.from('a small layer'));
const OTHER = blob(Buffer.from('another one'));
const open = (bytes: Uint8Array) => async (offset: number) => Readable.from([bytes.subarray(offset)]);
const said = ({ method, path, body }: StubRequest) => `${method} ${path.replace(/sha256.*/, '…')} ${body.length}`;

/** A registry that keeps what comes with PUT. */
function begins(answerAtOnce: StubReply): (request: StubRequest) => StubReply {
  return ({ method, path }) => {
    if (method === 'PUT') return { status: 201 };
    if (method === 'POST' && path.includes('digest=')) return answerAtOnce;
    return { status: 202, headers: { location: '/v2/a/blobs/uploads/begun' } };
  };
}

describe('a small blob', () => {
  it('is sent in one request', async () => {
    await using stub = await startStub(() => ({ status: 201 }));
    const { bytes } = SMALL;
    expect(await stub.client().uploadBlob('a', descriptorOf(SMALL), open(bytes), never)).toBe('copied');
    expect(stub.requests.map(said)).toEqual([`POST /v2/a/blobs/uploads/?digest=… ${bytes.length}`]);
    expect(stub.requests[0]?.body).toEqual(Buffer.from(bytes));
    expect(decodeURIComponent(stub.requests[0]?.path ?? '')).toContain(`digest=${SMALL.digest}`);
  });

  it('goes on in the upload that the registry begins instead; the next one does not try', async () => {
    const instead = { status: 202, headers: { location: '/v2/a/blobs/uploads/instead' } };
    await using stub = await startStub(begins(instead));
    const client = stub.client();
    await client.uploadBlob('a', descriptorOf(SMALL), open(SMALL.bytes), never);
    await client.uploadBlob('a', descriptorOf(OTHER), open(OTHER.bytes), never);
    expect(stub.requests.map(said)).toEqual([
      `POST /v2/a/blobs/uploads/?digest=… ${SMALL.bytes.length}`,
      `PUT /v2/a/blobs/uploads/instead?digest=… ${SMALL.bytes.length}`,
      'POST /v2/a/blobs/uploads/ 0',
      `PUT /v2/a/blobs/uploads/begun?digest=… ${OTHER.bytes.length}`,
    ]);
    expect(stub.requests[1]?.body).toEqual(Buffer.from(SMALL.bytes));
  });

  it.each([400, 404, 405, 501])('is sent as others are when the registry answers %i', async (status) => {
    await using stub = await startStub(begins({ status }));
    let opened = 0;
    const once = (offset: number) => (opened++, open(SMALL.bytes)(offset));
    await stub.client().uploadBlob('a', descriptorOf(SMALL), once, never);
    expect(stub.requests.at(-1)?.body).toEqual(Buffer.from(SMALL.bytes));
    expect(stub.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'PUT']);
    expect(opened).toBe(1);
  });

  it('of another length than was said is not sent', async () => {
    await using stub = await startStub(() => ({ status: 201 }));
    const client = stub.client();
    for (const bytes of [Buffer.from('short'), Buffer.from('more than was announced')]) {
      const sending = client.uploadBlob('a', descriptorOf(SMALL), open(bytes), never);
      await expect(sending).rejects.toMatchObject({ code: 'CONTENT_WRONG' });
    }
    expect(stub.requests).toEqual([]);
  });

  it('that does not come is given up when it is told to', async () => {
    await using stub = await startStub(() => ({ status: 201 }));
    const controller = new AbortController();
    const reason = new Error('Enough.');
    const stalled = new Readable({ read: () => controller.abort(reason) });
    const sending = stub.client().uploadBlob('a', descriptorOf(SMALL), async () => stalled, controller.signal);
    await expect(sending).rejects.toBe(reason);
    expect(stalled.destroyed).toBe(true);
  });
});
