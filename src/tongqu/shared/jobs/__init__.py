"""Jobs (任务队列): work that happens after the act that caused it, queued in the same transaction."""
