/**
 * Touches memory and gives it back, in a process of its own: `node warm-memory.ts BYTES`. A virtual machine may have
 * returned free memory to its host, and whoever touches it next waits for the host, page by page.
 */
const PART = 64 * 1024 * 1024;

const parts = Array.from({ length: Math.ceil(Number(process.argv[2]) / PART) }, () => Buffer.alloc(PART, 1));
process.exitCode = parts.every((part) => part.at(-1) === 1) ? 0 : 1;
