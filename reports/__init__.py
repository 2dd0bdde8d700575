"""Middle floor: from records to a finished deck; pure but for one reader."""
