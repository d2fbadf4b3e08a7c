-- Who may go where: permission sets, assignments, roles, and what portals
-- remember. The house rules of the first migration hold.

-- +goose Up

-- Applications of before are what they were: of the web, and for everyone.
ALTER TABLE applications ADD COLUMN kind TEXT NOT NULL DEFAULT 'web' CHECK (kind IN ('web', 'workspaces', 'link'));
ALTER TABLE applications ADD COLUMN entry TEXT NOT NULL DEFAULT 'everyone' CHECK (entry IN ('everyone', 'assigned'));
ALTER TABLE applications ADD COLUMN icon TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN ask_whom TEXT NOT NULL DEFAULT '';
-- JSON, '': none.
ALTER TABLE applications ADD COLUMN links TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN workspaces TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN user_access TEXT NOT NULL DEFAULT '';

-- For how long the assertion asks a role's session to last; 0: it does not say.
ALTER TABLE sessions ADD COLUMN role_seconds BIGINT NOT NULL DEFAULT 0;

CREATE TABLE permission_sets (
    id               TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    name             TEXT   NOT NULL,
    folded_name      TEXT   NOT NULL UNIQUE CHECK (folded_name <> ''),
    description      TEXT   NOT NULL,
    session_duration BIGINT NOT NULL, -- seconds; 0: the default
    relay_state      TEXT   NOT NULL,
    tags             TEXT   NOT NULL, -- JSON, '': none
    rules            TEXT   NOT NULL, -- JSON, '': none
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    version          BIGINT NOT NULL
);

-- The keys make an orphan impossible. Of the principals exactly one is there;
-- NULLs are never equal, so each UNIQUE speaks of its own principals only.
CREATE TABLE assignments (
    id                TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    application_id    TEXT    NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    permission_set_id TEXT    NOT NULL REFERENCES permission_sets (id) ON DELETE RESTRICT,
    user_id           TEXT    REFERENCES users (id) ON DELETE CASCADE,
    group_id          TEXT    REFERENCES groups (id) ON DELETE CASCADE,
    claim_idp         TEXT    REFERENCES idps (slug) ON DELETE CASCADE,
    claim_name        TEXT    CHECK (claim_name <> ''),
    ends_at           BIGINT  NOT NULL, -- 0: never
    ended             BOOLEAN NOT NULL, -- its end has been told
    created_at        BIGINT  NOT NULL,
    created_by        TEXT    NOT NULL,
    CHECK ((user_id IS NOT NULL AND group_id IS NULL AND claim_idp IS NULL AND claim_name IS NULL)
        OR (user_id IS NULL AND group_id IS NOT NULL AND claim_idp IS NULL AND claim_name IS NULL)
        OR (user_id IS NULL AND group_id IS NULL AND claim_idp IS NOT NULL AND claim_name IS NOT NULL)),
    UNIQUE (user_id, application_id, permission_set_id),
    UNIQUE (group_id, application_id, permission_set_id),
    UNIQUE (claim_idp, claim_name, application_id, permission_set_id)
);
CREATE INDEX assignments_application_id ON assignments (application_id, id);
CREATE INDEX assignments_permission_set_id ON assignments (permission_set_id, id);
CREATE INDEX assignments_ends_at ON assignments (ends_at) WHERE ends_at > 0;

CREATE TABLE roles (
    id                   TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    arn                  TEXT   NOT NULL UNIQUE CHECK (arn <> ''),
    description          TEXT   NOT NULL,
    trust                TEXT   NOT NULL, -- IAM JSON, as it was pasted
    inline_policies      TEXT   NOT NULL, -- JSON, '': none
    max_session_duration BIGINT NOT NULL, -- seconds; 0: the default
    created_at           BIGINT NOT NULL,
    updated_at           BIGINT NOT NULL,
    version              BIGINT NOT NULL
);

-- What a portal remembers. The permission set is a mere memory: one that is
-- gone is nothing to it.
CREATE TABLE shelf (
    user_id           TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    application_id    TEXT   NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    pinned_at         BIGINT NOT NULL,
    entered_at        BIGINT NOT NULL,
    permission_set_id TEXT   NOT NULL,
    PRIMARY KEY (user_id, application_id)
);
CREATE INDEX shelf_application_id ON shelf (application_id);
