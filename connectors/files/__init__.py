"""Deal exports from files: read as they come, typed by a mapping, kept as snapshots, and offered as a `Crm`."""
