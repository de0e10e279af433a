/** Manifests by digest alone: whether any repository has one, before its bytes are removed. */
export const MANIFESTS_BY_DIGEST = `
CREATE INDEX manifests_digest ON manifests (digest);
`;
