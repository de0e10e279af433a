/** The limits of the transport, each with its reason. */

/** The specification asks for pushes of at least 4 MB; twice that leaves room for indexes with many annotations. */
export const MANIFEST_MAX_BYTES = 8 * 1024 * 1024;

/** A token request is a few hundred bytes of form data; refresh tokens make it some kilobytes. */
export const FORM_MAX_BYTES = 64 * 1024;

/** A user or token to make is some hundred bytes; fifty scopes make it some kilobytes. */
export const ACCOUNT_BODY_MAX_BYTES = 32 * 1024;

/** Large enough for a bearer token with many scopes and for a request line with the most tags a push may name. */
export const HEADERS_MAX_BYTES = 64 * 1024;

/** The specification asks for at least 10; release pipelines push some dozens. More are refused with 414. */
export const TAGS_PER_PUSH_MAX = 100;

/** A page of tags or repositories when the client names no size, and the most it gets when it names a larger one. */
export const LIST_PAGE_MAX = 10_000;

/** Referrers of one page; their annotations make them large, so `REFERRERS_PAGE_BYTES` limits a page as well. */
export const REFERRERS_PAGE_MAX = 1_000;

/** Referrers read in one go: their annotations can make each as large as a manifest. */
export const REFERRERS_BATCH = 16;

/** A page of referrers stays within what clients accept as a manifest. */
export const REFERRERS_PAGE_BYTES = 4 * 1024 * 1024;

/** Ranges of one request; zstd:chunked asks for dozens. More are answered with the whole blob, as RFC 9110 permits. */
export const RANGES_MAX = 128;

/** A body of a reply up to this is sent in one piece with its head: Node writes texts up to 16 KiB without allocating. */
export const JOINED_BODY_MAX_BYTES = 12 * 1024;

/** Pieces of a body are handed on in batches of this size, so that one system call writes many. */
export const BODY_BATCH_BYTES = 512 * 1024;

/** A batch has at most so many pieces: bytes that come one by one would else take hundreds of times their own room. */
export const BODY_BATCH_PIECES = 128;

/** A body that is read whole (a manifest, a form, an account) arrives within this time; blobs may take as long as they do. */
export const BODY_READ_TIMEOUT_MS = 5 * 60_000;

/** A client that still sends a body after it was answered gets this long to finish, then it loses the connection. */
export const UNREAD_BODY_GRACE_MS = 5_000;

/** Request heads arrive within this time, so that slow senders of headers cannot hold connections. */
export const HEADERS_TIMEOUT_MS = 20_000;

/** Longer than the idle time of clients' pools (Go: 90 s), so that the server is not the one to close under a request. */
export const KEEP_ALIVE_TIMEOUT_MS = 120_000;

/** A connection on which no byte moves for this long is given up. Slow bodies are fine: every byte starts it anew. */
export const IDLE_TIMEOUT_MS = 15 * 60_000;

/** A client that opens a connection and says nothing is not told apart as TLS or HTTP for longer than this. */
export const FIRST_BYTE_TIMEOUT_MS = 20_000;

/** While a server closes, connections that have become idle are closed this often. */
export const IDLE_SWEEP_MS = 20;

/** Scopes of one token request; a token for more would not fit the headers of the requests it is for. */
export const SCOPES_MAX = 50;
