-- What the administrator's console needs: activations that revert by
-- themselves, links for setting up, evidence of rollovers, recorded sign-ins,
-- and administrators. The house rules of the first migration hold.

-- +goose Up

-- JSON of an activation that waits for confirmation, '': none.
ALTER TABLE idps ADD COLUMN confirm TEXT NOT NULL DEFAULT '';

CREATE TABLE setup_links (
    id         TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    token_hash BYTEA  NOT NULL UNIQUE,
    idp        TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL
);
CREATE INDEX setup_links_idp ON setup_links (idp, id);

-- Which of our keys the metadata held that somebody fetched. The id is made
-- from connection, keys, user agent and hour: one row for all that are alike.
CREATE TABLE metadata_fetches (
    id         TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    idp        TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    client_ip  TEXT   NOT NULL,
    user_agent TEXT   NOT NULL,
    keys       TEXT   NOT NULL -- JSON list of fingerprints
);
CREATE INDEX metadata_fetches_idp ON metadata_fetches (idp, at);

-- What is said once, by whichever instance comes first.
CREATE TABLE reminders (
    name TEXT   NOT NULL PRIMARY KEY CHECK (name <> ''),
    at   BIGINT NOT NULL
);

-- Responses as they came, to be verified again with another trust or read by
-- who must find out why one was refused. Everything that they say, and what
-- they were judged by, is sealed. At most 50 accepted and 200 refused ones of a
-- connection are kept: no index on time.
CREATE TABLE recordings (
    id        TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    idp       TEXT    NOT NULL,
    accepted  BOOLEAN NOT NULL,
    reference TEXT    NOT NULL, -- of a refusal, '' otherwise
    at        BIGINT  NOT NULL,
    sealed    BYTEA   NOT NULL
);
CREATE INDEX recordings_idp ON recordings (idp, accepted, id);
CREATE INDEX recordings_reference ON recordings (reference) WHERE reference <> '';

-- JSON list of the groups that the assertion named, '': none.
ALTER TABLE sessions ADD COLUMN groups TEXT NOT NULL DEFAULT '';
-- The number of the trust that verified the assertion.
ALTER TABLE sessions ADD COLUMN trust BIGINT NOT NULL DEFAULT 0;

CREATE TABLE admin_grants (
    id         TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    idp        TEXT    NOT NULL CHECK (idp <> ''), -- slug; what it says of others is nothing to this grant
    admin_set  TEXT    NOT NULL,
    is_group   BOOLEAN NOT NULL,
    principal  TEXT    NOT NULL,
    folded     TEXT    NOT NULL CHECK (folded <> ''), -- a userName folded, a group as it is
    created_at BIGINT  NOT NULL,
    created_by TEXT    NOT NULL,
    UNIQUE (idp, admin_set, is_group, folded)
);

-- One row: how far the webhook was told of events, and who tells it.
CREATE TABLE webhook (
    name       TEXT   NOT NULL PRIMARY KEY,
    position   TEXT   NOT NULL, -- JSON, '': nothing was ever told
    holder     TEXT   NOT NULL,
    held_until BIGINT NOT NULL
);
INSERT INTO webhook (name, position, holder, held_until) VALUES ('house', '', '', 0);

-- One row: what opens the calendar of certificates' ends.
CREATE TABLE calendars (
    name       TEXT  NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE
);
