"""A Salesforce for tests: an org in memory, behind the APIs that the product speaks, on loopback."""
