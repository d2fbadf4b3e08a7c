-- One text for SQLite and PostgreSQL. Ids are sortable random TEXT made by the
-- program; times are Unix milliseconds, UTC, and 0 is "never"; JSON is TEXT;
-- the database is never asked for the time and never looks into JSON.

-- +goose Up

-- Grows with every change of connections, keys and applications, in the
-- transaction of the change: instances compare it to know when to read again.
CREATE TABLE revision (
    name   TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO revision (name, number) VALUES ('house', 1);

CREATE TABLE idps (
    id             TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    slug           TEXT   NOT NULL UNIQUE CHECK (slug <> ''),
    name           TEXT   NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('draft', 'active', 'disabled')),
    settings       TEXT   NOT NULL,
    live_number    BIGINT NOT NULL, -- of idp_trusts; 0: nothing is live
    draft_number   BIGINT NOT NULL, -- of idp_trusts; 0: nothing waits for review
    metadata_url   TEXT   NOT NULL,
    refreshed_at   BIGINT NOT NULL,
    refresh_failed TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    version        BIGINT NOT NULL
);

-- What an identity provider said of itself, one row per version, never changed
-- but for activated_at.
CREATE TABLE idp_trusts (
    idp_id                     TEXT    NOT NULL REFERENCES idps (id) ON DELETE CASCADE,
    number                     BIGINT  NOT NULL,
    entity_id                  TEXT    NOT NULL,
    want_authn_requests_signed BOOLEAN NOT NULL,
    valid_until                BIGINT  NOT NULL,
    source                     TEXT    NOT NULL,
    source_name                TEXT    NOT NULL,
    vendor                     TEXT    NOT NULL,
    lists                      TEXT    NOT NULL, -- endpoints, certificates, formats, warnings
    created_at                 BIGINT  NOT NULL,
    created_by                 TEXT    NOT NULL,
    activated_at               BIGINT  NOT NULL,
    PRIMARY KEY (idp_id, number)
);

CREATE TABLE keys (
    id          TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    purpose     TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    certificate BYTEA  NOT NULL,
    sealed      BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE applications (
    id          TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    name        TEXT   NOT NULL UNIQUE CHECK (name <> ''),
    title       TEXT   NOT NULL,
    description TEXT   NOT NULL,
    url         TEXT   NOT NULL,
    allowed     TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL
);

CREATE TABLE users (
    id              TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    user_name       TEXT    NOT NULL,
    folded_name     TEXT    NOT NULL UNIQUE CHECK (folded_name <> ''),
    external_id     TEXT    NOT NULL,
    active          BOOLEAN NOT NULL,
    source          TEXT    NOT NULL,
    idp             TEXT    NOT NULL,
    profile         TEXT    NOT NULL,
    search          TEXT    NOT NULL, -- userName and displayName, folded
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    last_sign_in_at BIGINT  NOT NULL,
    version         BIGINT  NOT NULL
);
CREATE INDEX users_external_id ON users (external_id) WHERE external_id <> '';

CREATE TABLE pending (
    request_id              TEXT    NOT NULL PRIMARY KEY CHECK (request_id <> ''),
    relay_state             TEXT    NOT NULL,
    idp                     TEXT    NOT NULL,
    browser_hash            BYTEA,
    target                  TEXT    NOT NULL,
    force_authn             BOOLEAN NOT NULL,
    requested_authn_context TEXT    NOT NULL,
    created_at              BIGINT  NOT NULL,
    expires_at              BIGINT  NOT NULL
);
CREATE INDEX pending_expires_at ON pending (expires_at);

-- An assertion is used once in each connection: the primary key is the proof.
-- A quarter of an hour of sign-ins is all it ever holds, so no index on time.
CREATE TABLE used_assertions (
    idp          TEXT   NOT NULL,
    assertion_id TEXT   NOT NULL CHECK (assertion_id <> ''),
    used_until   BIGINT NOT NULL,
    PRIMARY KEY (idp, assertion_id)
);

CREATE TABLE sessions (
    id                TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    token_hash        BYTEA   NOT NULL UNIQUE,
    kind              TEXT    NOT NULL,
    user_id           TEXT    NOT NULL,
    user_name         TEXT    NOT NULL,
    idp               TEXT    NOT NULL,
    name_id           TEXT    NOT NULL,
    name_id_format    TEXT    NOT NULL,
    name_qualifier    TEXT    NOT NULL,
    sp_name_qualifier TEXT    NOT NULL,
    sub_type          TEXT    NOT NULL,
    issuer            TEXT    NOT NULL,
    session_index     TEXT    NOT NULL,
    authn_context     TEXT    NOT NULL,
    authn_instant     BIGINT  NOT NULL,
    tags              TEXT    NOT NULL,
    roles             TEXT    NOT NULL,
    role_session_name TEXT    NOT NULL,
    source_identity   TEXT    NOT NULL,
    browser_hash      BYTEA,
    target            TEXT    NOT NULL,
    completed         BOOLEAN NOT NULL,
    began_at          BIGINT  NOT NULL,
    expires_at        BIGINT  NOT NULL,
    ended_at          BIGINT  NOT NULL,
    ended_why         TEXT    NOT NULL,
    forget_after      BIGINT  NOT NULL -- 30 days after its end
);
-- Every index is paid for at each sign-in. Ids are in the order of beginning,
-- which is what lists and pruning go by.
CREATE INDEX sessions_user_id ON sessions (user_id, id);

CREATE TABLE admin_links (
    token_hash BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX admin_links_expires_at ON admin_links (expires_at);

CREATE TABLE events (
    id        TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    at        BIGINT NOT NULL,
    action    TEXT   NOT NULL,
    actor     TEXT   NOT NULL,
    idp       TEXT   NOT NULL,
    object    TEXT   NOT NULL,
    person    TEXT   NOT NULL,
    reference TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    client_ip TEXT   NOT NULL,
    detail    TEXT   NOT NULL
);
CREATE INDEX events_action ON events (action, id);
CREATE INDEX events_person ON events (person, id) WHERE person <> '';
CREATE INDEX events_reference ON events (reference) WHERE reference <> '';
CREATE INDEX events_reason ON events (reason, id) WHERE reason <> '';
