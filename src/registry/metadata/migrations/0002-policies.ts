/** Policies: what holds for repositories whoever acts; and indexes for the managing of users and permissions. */

/** `policies.tags` is empty where a policy is not about tags. */
export const POLICIES = `
CREATE TABLE policies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  pattern TEXT NOT NULL,
  tags TEXT NOT NULL,
  UNIQUE (kind, pattern, tags)
) STRICT;
CREATE INDEX users_admin ON users (is_admin, id) WHERE is_admin = 1;
CREATE INDEX permissions_rule ON permissions (audience, user_id, pattern);
`;
