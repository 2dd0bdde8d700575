"""A language model as second reader and writer: it picks and words, code computes; without one, rules and templates do."""
