"""The tests, laid out as the three packages are, beside scenarios, contracts, drift and decks."""
