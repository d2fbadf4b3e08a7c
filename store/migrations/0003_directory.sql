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
-- of what is equal come in the order of ids.
CREATE INDEX user_keys_idp ON user_keys (idp, user_id);
CREATE INDEX user_keys_inactive ON user_keys (user_id) WHERE active = FALSE;
CREATE INDEX user_keys_updated_at ON user_keys (updated_at, user_id);
CREATE INDEX user_keys_user_name ON user_keys (user_name, user_id);
CREATE INDEX user_keys_external_id ON user_keys (external_id, user_id) WHERE external_id IS NOT NULL;
CREATE INDEX user_keys_display_name ON user_keys (display_name, user_id) WHERE display_name IS NOT NULL;
CREATE INDEX user_keys_family_name ON user_keys (family_name, user_id) WHERE family_name IS NOT NULL;
CREATE INDEX user_keys_employee_number ON user_keys (employee_number, user_id) WHERE employee_number IS NOT NULL;
CREATE INDEX user_keys_department ON user_keys (department, user_id) WHERE department IS NOT NULL;
CREATE INDEX user_keys_manager ON user_keys (manager, user_id) WHERE manager IS NOT NULL;

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

-- Locked by an act that puts a group into a group: two such acts at once could
-- make a cycle that neither of them sees.
INSERT INTO revision (name, number) VALUES ('nesting', 0);
