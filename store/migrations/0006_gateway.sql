-- Applications behind proxies: how people must have signed in to enter, what
-- the proxy is told, the way to other hosts, single logout, and who must hear
-- at once of what became of sessions. The house rules of the first migration
-- hold.

-- +goose Up

-- JSON, '': nothing is demanded, and all is told as it is by default.
ALTER TABLE applications ADD COLUMN step_up TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN gateway TEXT NOT NULL DEFAULT '';

-- Grows with every change of a live session, its person and their groups.
INSERT INTO revision (name, number) VALUES ('sessions', 1);

-- Whose answers each number may have changed; both '': everybody's. One row
-- for each number, an hour long: a number without one is forgotten.
CREATE TABLE session_changes (
    number     BIGINT NOT NULL PRIMARY KEY,
    session_id TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    at         BIGINT NOT NULL
);

-- For a minute each, so no index on time.
CREATE TABLE codes (
    code_hash    BYTEA  NOT NULL PRIMARY KEY,
    session_id   TEXT   NOT NULL,
    host         TEXT   NOT NULL,
    browser_hash BYTEA  NOT NULL,
    expires_at   BIGINT NOT NULL
);

-- What a session's browser shows at the hosts of applications. A token is
-- remembered as long as its session is: one that is over still says whose it
-- was.
CREATE TABLE host_tokens (
    token_hash BYTEA  NOT NULL PRIMARY KEY,
    session_id TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    host       TEXT   NOT NULL,
    made_at    BIGINT NOT NULL
);
CREATE INDEX host_tokens_session_id ON host_tokens (session_id, host, made_at);

-- A mere memory: an application or permission set that is gone is nothing to it.
CREATE TABLE choices (
    session_id        TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    application_id    TEXT NOT NULL,
    permission_set_id TEXT NOT NULL,
    PRIMARY KEY (session_id, application_id)
);

-- For a quarter of an hour each, three of a session.
CREATE TABLE kept_forms (
    form_hash    BYTEA  NOT NULL PRIMARY KEY,
    session_id   TEXT   NOT NULL,
    user_id      TEXT   NOT NULL,
    host         TEXT   NOT NULL,
    url          TEXT   NOT NULL,
    browser_hash BYTEA  NOT NULL,
    sealed       BYTEA  NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX kept_forms_session_id ON kept_forms (session_id);

-- Of ours, which wait for the identity provider's answer or tell of it.
CREATE TABLE logouts (
    idp          TEXT   NOT NULL,
    request_id   TEXT   NOT NULL CHECK (request_id <> ''),
    handle       BYTEA  NOT NULL UNIQUE,
    user_name    TEXT   NOT NULL,
    browser_hash BYTEA,
    hosts        TEXT   NOT NULL, -- JSON list, '': none
    outcome      TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (idp, request_id)
);

-- An identity provider's LogoutRequest names sessions by it. Every sign-in pays
-- for it, so it holds what is needed alone: what has not ended and has one, of
-- a length that any index takes. A NameID needs none: it leads by the person.
CREATE INDEX sessions_session_index ON sessions (session_index)
    WHERE ended_at = 0 AND session_index <> '' AND LENGTH(session_index) <= 500;
