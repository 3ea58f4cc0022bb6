-- Events that were accepted and not yet scored, for the durability mode postgres-outbox. A row leaves in the same
-- statement that writes its signal, so that it is always in one of the two tables, and Redis may forget what it likes.
CREATE TABLE events_outbox (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    uuid NOT NULL UNIQUE,
    fingerprint bigint NOT NULL,
    event       text NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    -- The run of the Redis server that has it in its queue. Another run may not have it.
    relayed_to  text,
    -- Why it was given up.
    dead_reason text
);

CREATE INDEX events_outbox_waiting ON events_outbox (seq) WHERE relayed_to IS NULL AND dead_reason IS NULL;
