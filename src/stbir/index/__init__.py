"""Where vectors live and are searched: one file per engine."""
