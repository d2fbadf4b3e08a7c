-- People and groups as a provisioning robot asks for them. The house rules of
-- the first migration hold. A key is what an attribute is compared by: folded
-- by the program, or as it is where its case counts. Keys are bytes, because
-- both engines order bytes alike; a value that is not there is NULL.

-- +goose Up

-- Keys serve what it served.
DROP INDEX users_external_id;

-- One narrow row for each row of users, written with it.
CREATE TABLE user_keys (
    user_id            TEXT    NOT NULL PRIMARY KEY CHECK (user_id <> ''),
    idp                TEXT    NOT NULL,
    active             BOOLEAN NOT NULL,
    created_at         BIGINT  NOT NULL,
    updated_at         BIGINT  NOT NULL,
    user_name          BYTEA   NOT NULL,
    external_id        BYTEA,
    display_name       BYTEA,
    nick_name          BYTEA,
    profile_url        BYTEA,
    title              BYTEA,
    user_type          BYTEA,
    preferred_language BYTEA,
    locale             BYTEA,
    timezone           BYTEA,
    name_formatted     BYTEA,
    family_name        BYTEA,
    given_name         BYTEA,
    middle_name        BYTEA,
    honorific_prefix   BYTEA,
    honorific_suffix   BYTEA,
    employee_number    BYTEA,
    cost_center        BYTEA,
    organization       BYTEA,
    division           BYTEA,
    department         BYTEA,
    manager            BYTEA,
    manager_name       BYTEA
);
-- Each is paid for with every new person. The id behind the key makes a page
-- of what is equal come in the order of ids; the connection behind it spares
-- the look at the row.
CREATE INDEX user_keys_idp ON user_keys (idp, user_id);
CREATE INDEX user_keys_inactive ON user_keys (user_id, idp) WHERE active = FALSE;
CREATE INDEX user_keys_updated_at ON user_keys (updated_at, user_id, idp);
CREATE INDEX user_keys_user_name ON user_keys (user_name, user_id, idp);
CREATE INDEX user_keys_external_id ON user_keys (external_id, user_id, idp) WHERE external_id IS NOT NULL;
CREATE INDEX user_keys_display_name ON user_keys (display_name, user_id, idp) WHERE display_name IS NOT NULL;
CREATE INDEX user_keys_family_name ON user_keys (family_name, user_id, idp) WHERE family_name IS NOT NULL;
CREATE INDEX user_keys_employee_number ON user_keys (employee_number, user_id, idp) WHERE employee_number IS NOT NULL;
CREATE INDEX user_keys_department ON user_keys (department, user_id, idp) WHERE department IS NOT NULL;
CREATE INDEX user_keys_manager ON user_keys (manager, user_id, idp) WHERE manager IS NOT NULL;

-- One row for each element of a multi-valued attribute, in its order: what a
-- value path speaks of.
CREATE TABLE user_values (
    user_id        TEXT    NOT NULL,
    attribute      TEXT    NOT NULL CHECK (attribute IN ('emails', 'phoneNumbers', 'addresses')),
    position       BIGINT  NOT NULL,
    is_primary     BOOLEAN NOT NULL,
    value          BYTEA, -- of an address: formatted
    kind           BYTEA,
    display        BYTEA,
    street_address BYTEA,
    locality       BYTEA,
    region         BYTEA,
    postal_code    BYTEA,
    country        BYTEA,
    PRIMARY KEY (user_id, attribute, position)
);
CREATE INDEX user_values_value ON user_values (value, attribute, user_id) WHERE value IS NOT NULL;

-- 1 as soon as people of older databases have their keys.
INSERT INTO revision (name, number) VALUES ('user_keys', 0);

CREATE TABLE groups (
    id           TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    display_name TEXT   NOT NULL CHECK (display_name <> ''),
    external_id  TEXT   NOT NULL,
    source       TEXT   NOT NULL,
    idp          TEXT   NOT NULL, -- '': a local group
    members      BIGINT NOT NULL, -- how many it has directly
    name_key     BYTEA  NOT NULL,
    external_key BYTEA,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    UNIQUE (name_key, idp)
);
CREATE INDEX groups_idp ON groups (idp, id);
CREATE INDEX groups_updated_at ON groups (updated_at, id);
CREATE INDEX groups_external_key ON groups (external_key, id) WHERE external_key IS NOT NULL;

CREATE TABLE group_members (
    group_id  TEXT    NOT NULL,
    member_id TEXT    NOT NULL, -- of users, or of groups
    is_group  BOOLEAN NOT NULL,
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX group_members_member ON group_members (member_id, group_id);
-- Groups in groups are few: no way through them leads past their people.
CREATE INDEX group_members_up ON group_members (member_id, group_id) WHERE is_group = TRUE;
CREATE INDEX group_members_down ON group_members (group_id, member_id) WHERE is_group = TRUE;

-- Locked by an act that puts a group into a group: two such acts at once could
-- make a cycle that neither of them sees.
INSERT INTO revision (name, number) VALUES ('nesting', 0);

-- When somebody was deactivated, 0 for who is active, or came inactive.
ALTER TABLE users ADD COLUMN inactive_since BIGINT NOT NULL DEFAULT 0;
UPDATE users SET inactive_since = updated_at WHERE active = FALSE;

CREATE INDEX users_never_signed_in ON users (id) WHERE last_sign_in_at = 0;
CREATE INDEX users_from_sign_in ON users (idp, id) WHERE source = 'signin';

-- Names of removed people: no sign-in makes them anew.
CREATE TABLE removals (
    folded_name TEXT   NOT NULL PRIMARY KEY CHECK (folded_name <> ''),
    user_name   TEXT   NOT NULL,
    idp         TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    actor       TEXT   NOT NULL
);
CREATE INDEX removals_at ON removals (at, folded_name);

CREATE TABLE scim_tokens (
    id            TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    idp           TEXT   NOT NULL,
    token_hash    BYTEA  NOT NULL UNIQUE,
    compatibility TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    created_by    TEXT   NOT NULL,
    expires_at    BIGINT NOT NULL,
    last_used_at  BIGINT NOT NULL,
    last_used_by  TEXT   NOT NULL
);
CREATE INDEX scim_tokens_idp ON scim_tokens (idp, id);
CREATE INDEX scim_tokens_expires_at ON scim_tokens (expires_at);

-- What each connection's robot may do to many people at once. One row for each
-- connection that ever deactivated somebody or was set; acts that are counted
-- lock it.
CREATE TABLE brakes (
    idp            TEXT   NOT NULL PRIMARY KEY CHECK (idp <> ''),
    share          BIGINT NOT NULL, -- percent; 0: the default, -1: never
    least          BIGINT NOT NULL, -- 0: the default
    held_since     BIGINT NOT NULL, -- 0: it does not hold
    released_until BIGINT NOT NULL,
    passed         BIGINT NOT NULL, -- as of measured_at, and those since
    people         BIGINT NOT NULL, -- active ones when the hour began, as of measured_at
    measured_at    BIGINT NOT NULL
);

-- People whom a robot deactivated or removed of late.
CREATE TABLE robot_acts (
    idp     TEXT    NOT NULL,
    user_id TEXT    NOT NULL,
    removal BOOLEAN NOT NULL,
    at      BIGINT  NOT NULL,
    PRIMARY KEY (idp, user_id)
);
CREATE INDEX robot_acts_at ON robot_acts (idp, at);

-- What a robot may not do to somebody: held, or rejected.
CREATE TABLE held_changes (
    user_id   TEXT    NOT NULL,
    idp       TEXT    NOT NULL,
    user_name TEXT    NOT NULL,
    removal   BOOLEAN NOT NULL,
    at        BIGINT  NOT NULL,
    rejected  BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, idp)
);
CREATE INDEX held_changes_idp ON held_changes (idp, user_id);

-- The provisioning log.
CREATE TABLE scim_requests (
    id            TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    idp           TEXT    NOT NULL,
    token_id      TEXT    NOT NULL,
    at            BIGINT  NOT NULL,
    took          BIGINT  NOT NULL, -- microseconds
    method        TEXT    NOT NULL,
    path          TEXT    NOT NULL,
    status        BIGINT  NOT NULL,
    scim_type     TEXT    NOT NULL,
    detail        TEXT    NOT NULL,
    resource      TEXT    NOT NULL,
    object_id     TEXT    NOT NULL,
    person        TEXT    NOT NULL,
    folded_person TEXT    NOT NULL,
    changes       TEXT    NOT NULL, -- JSON list, '': nothing was changed
    client_ip     TEXT    NOT NULL,
    user_agent    TEXT    NOT NULL,
    sealed        BYTEA -- the body
);
CREATE INDEX scim_requests_idp ON scim_requests (idp, id);
CREATE INDEX scim_requests_person ON scim_requests (folded_person, id) WHERE folded_person <> '';
CREATE INDEX scim_requests_object ON scim_requests (object_id, id) WHERE object_id <> '';
CREATE INDEX scim_requests_failed ON scim_requests (id) WHERE status >= 400;
CREATE INDEX scim_requests_changed ON scim_requests (id) WHERE changes <> '';
