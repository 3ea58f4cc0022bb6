DROP VIEW signal_analytics;
DROP TABLE sales_signals;
