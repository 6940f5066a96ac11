"""Journal (台账): the append-only, hash-chained record of every act, and the subscribers of its facts."""
