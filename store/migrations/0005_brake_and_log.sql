-- What the console counts on every page, and what the provisioning log drops
-- first, without looking at the rest.

-- +goose Up

CREATE INDEX held_changes_waiting ON held_changes (idp) WHERE rejected = FALSE;
CREATE INDEX scim_requests_sealed ON scim_requests (idp, id) WHERE sealed IS NOT NULL;
