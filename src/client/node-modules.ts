/**
 * Node's modules of HTTP and TLS, loaded when they are used, and without what importing them brings along: an `import`
 * reads every export of the module, and the browser's WebSocket among them loads a whole HTTP client.
 */

/** @returns `node:http` */
export const http = () => process.getBuiltinModule('node:http');

/** @returns `node:https` */
export const https = () => process.getBuiltinModule('node:https');

/** @returns `node:tls` */
export const tls = () => process.getBuiltinModule('node:tls');
