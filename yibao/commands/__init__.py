"""The commands, one module for each group: they parse, call and show; what is done is elsewhere."""
