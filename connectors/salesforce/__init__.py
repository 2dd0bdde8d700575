"""Salesforce behind the `Crm` port: signing in, a local copy of what is read, rights, and guarded writes."""
