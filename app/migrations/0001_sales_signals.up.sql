-- One row for each event that was scored: the truth, which the search index is made from.
CREATE TABLE sales_signals (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The client's name for the event, or ours. That it is unique is what makes a repeated job harmless.
    event_id     uuid NOT NULL UNIQUE,
    -- Tells a repeated event from another one under the same id.
    fingerprint  bigint NOT NULL,
    account_id   varchar(255) NOT NULL,
    user_id      varchar(255) NOT NULL,
    event_type   varchar(100) NOT NULL,
    signal_type  varchar(100) NOT NULL,
    signal_score numeric(3, 2) NOT NULL CHECK (signal_score BETWEEN 0 AND 1),
    "timestamp"  timestamptz NOT NULL,
    metadata     jsonb,
    processed_at timestamptz NOT NULL DEFAULT now(),
    created_at   timestamptz NOT NULL DEFAULT now()
);

-- The original has an index for each column that can be filtered by. The types have six values each, which an index
-- cannot tell apart well enough to be worth its upkeep; an account alone is the beginning of the second index here.
CREATE INDEX sales_signals_processed_at ON sales_signals (processed_at DESC, id DESC);
CREATE INDEX sales_signals_account ON sales_signals (account_id, "timestamp" DESC);
CREATE INDEX sales_signals_user ON sales_signals (user_id, "timestamp" DESC);
CREATE INDEX sales_signals_timestamp ON sales_signals ("timestamp" DESC);

-- By account, day (of UTC, not of whoever asks) and signal.
CREATE VIEW signal_analytics AS
SELECT account_id,
       date_trunc('day', "timestamp" AT TIME ZONE 'UTC')::date AS day,
       signal_type,
       count(*)          AS signal_count,
       avg(signal_score) AS average_score,
       max(signal_score) AS highest_score
FROM sales_signals
GROUP BY 1, 2, 3;
