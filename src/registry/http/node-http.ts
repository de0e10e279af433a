/**
 * Node's HTTP server without what importing it brings along: an `import` reads every export of the module, and the
 * browser's WebSocket among them loads a whole HTTP client, a third of the time the registry takes to start.
 */
const http = process.getBuiltinModule('node:http');

export const { createServer, STATUS_CODES } = http;
