CREATE TABLE IF NOT EXISTS organizations (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS keys (
    token           TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind            TEXT NOT NULL,
    PRIMARY KEY (token, organization_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS plans (
    seq             INTEGER PRIMARY KEY,
    id              TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name            TEXT NOT NULL,
    UNIQUE (organization_id, id)
) STRICT;

CREATE TABLE IF NOT EXISTS groups (
    seq                   INTEGER PRIMARY KEY,
    id                    TEXT NOT NULL UNIQUE,
    organization_id       TEXT NOT NULL REFERENCES organizations (id),
    name                  TEXT NOT NULL,
    external_reference_id TEXT NOT NULL,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    UNIQUE (organization_id, external_reference_id)
) STRICT;
CREATE INDEX IF NOT EXISTS groups_in_order ON groups (organization_id, created_at, id);

-- A person's account, kept when memberships end.
CREATE TABLE IF NOT EXISTS persons (
    seq                   INTEGER PRIMARY KEY,
    id                    TEXT NOT NULL UNIQUE,
    email_key             TEXT,
    date_of_birth         TEXT NOT NULL,
    record                TEXT NOT NULL,
    -- The organization with a subscription of this person outside of any group.
    held_by               TEXT REFERENCES organizations (id)
) STRICT;
CREATE INDEX IF NOT EXISTS persons_by_contact ON persons (email_key, date_of_birth);

-- One row per group and reference ID, kept when the member leaves so that the id can be reused.
CREATE TABLE IF NOT EXISTS memberships (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    group_id     TEXT NOT NULL REFERENCES groups (id),
    reference_id TEXT NOT NULL,
    person       INTEGER NOT NULL REFERENCES persons (seq),
    plan_id      TEXT NOT NULL,
    active       INTEGER NOT NULL,
    UNIQUE (group_id, reference_id)
) STRICT;
CREATE INDEX IF NOT EXISTS active_by_person ON memberships (person) WHERE active = 1;

CREATE TABLE IF NOT EXISTS syncs (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    group_id     TEXT NOT NULL REFERENCES groups (id),
    -- Recorded to identify the request; it has no effect.
    idempotency_key TEXT,
    accepted_at  INTEGER NOT NULL,
    -- When processing ends; null means never.
    due_at       INTEGER,
    completed_at INTEGER,
    -- The roster, until it is processed.
    rows         TEXT,
    results      TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS pending_by_due ON syncs (due_at, seq) WHERE completed_at IS NULL;
CREATE INDEX IF NOT EXISTS pending_by_group ON syncs (group_id, seq) WHERE completed_at IS NULL;
