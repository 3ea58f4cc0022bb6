-- Signals that the search index does not hold yet. In good times it is empty: only what the search engine
-- refused or missed is written down here, for the sweeper.
CREATE TABLE search_backlog (
    signal_id bigint PRIMARY KEY REFERENCES sales_signals (id) ON DELETE CASCADE,
    since     timestamptz NOT NULL DEFAULT now(),
    attempts  integer NOT NULL DEFAULT 0,
    -- The search engine says that it will never take this document.
    refused   boolean NOT NULL DEFAULT false,
    reason    text NOT NULL
);

CREATE INDEX search_backlog_next ON search_backlog (attempts, signal_id) WHERE NOT refused;
