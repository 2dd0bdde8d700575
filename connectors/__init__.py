"""Ground floor: systems of record, and our local mirror of them."""
