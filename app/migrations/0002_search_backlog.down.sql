DROP TABLE search_backlog;
